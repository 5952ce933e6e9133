"""What a client asks for when it reads: parameters, each with its fault (H34 to H39, H44)."""

import re
from datetime import datetime

from django.http import QueryDict
from django.utils.translation import gettext as _

from incidents.geo import Place
from incidents.models import Category
from incidents.open311_errors import Refused
from incidents.open311_formats import Unclear, read_instant, window
from incidents.open311_parameters import asked, listed
from incidents.open311_reading import Wish
from incidents.references import typed


MOST = 1000
FARTHEST_M = 5000.0
STATES = {"open", "closed"}
COUNT = re.compile(r"0{0,8}[1-9]\d{0,8}", re.ASCII)
NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,20})?", re.ASCII)


class Faults(list[str]):
    """What is wrong so far; all of it is told at once."""

    def check(self) -> None:
        """Refuse when something is wrong.

        Raises:
            Refused: something is.
        """
        if self:
            raise Refused(400, *self)


def read_wish(values: QueryDict, *, now: datetime, client: int | None) -> Wish:
    """Read what a list is asked for.

    Raises:
        Refused: 400 with every fault; 404 for a service that does not exist.
    """
    if references := listed(values, "service_request_id"):
        return Wish(references=tuple(typed(each) for each in references[:MOST]), client=client)
    faults = Faults()
    states = {each.lower() for each in listed(values, "status")}
    if states - STATES:
        faults.append(_("status vaut « open », « closed », ou les deux."))
    moments = {
        name: _moment(values, name, faults)
        for name in ("start_date", "end_date", "updated_after", "updated_before")
    }
    page, size = _count(values, "page", 1, faults), _count(values, "page_size", MOST, faults)
    around, radius_m = _around(values, faults)
    start, end = _window(moments, faults, now=now)
    faults.check()
    return Wish(
        codes=_codes(values),
        states=frozenset(states),
        start=start,
        end=end,
        updated_after=moments["updated_after"],
        updated_before=moments["updated_before"],
        around=around,
        radius_m=radius_m,
        page=page,
        size=min(size, MOST),
        client=client,
    )


def _codes(values: QueryDict) -> tuple[str, ...]:
    codes = listed(values, "service_code")
    known = set(Category.objects.filter(code__in=codes).values_list("code", flat=True))
    if missing := [each for each in codes if each not in known]:
        raise Refused(
            404, *(_("Aucun service n’a le code %(code)s.") % {"code": each} for each in missing)
        )
    return tuple(codes)


def _moment(values: QueryDict, name: str, faults: Faults) -> datetime | None:
    if not (text := asked(values, name)):
        return None
    try:
        return read_instant(text)
    except Unclear:
        faults.append(
            _(
                "%(name)s : une date et une heure avec leur décalage, comme "
                "2026-10-01T08:00:00+02:00."
            )
            % {"name": name}
        )
        return None


def _window(
    moments: dict[str, datetime | None], faults: Faults, *, now: datetime
) -> tuple[datetime | None, datetime | None]:
    start, end = moments["start_date"], moments["end_date"]
    is_by_update = moments["updated_after"] or moments["updated_before"]
    if faults or (is_by_update and start is None and end is None):
        return None, None
    return read_window(start, end, faults, now=now)


def read_window(
    start: datetime | None, end: datetime | None, faults: Faults, *, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Complete the window that was asked for, or note what is wrong with it."""
    try:
        return window(start, end, now=now)
    except Unclear:
        faults.append(
            _("La période va de start_date à end_date et couvre 90 jours au plus : découpez-la.")
        )
        return None, None


def read_period(values: QueryDict, *, now: datetime) -> tuple[datetime, datetime, int, int]:
    """Read the window and the page of a list of updates.

    Raises:
        Refused: something is wrong.
    """
    faults = Faults()
    start, end = (_moment(values, name, faults) for name in ("start_date", "end_date"))
    page, size = _count(values, "page", 1, faults), _count(values, "page_size", MOST, faults)
    faults.check()
    start, end = read_window(start, end, faults, now=now)
    faults.check()
    assert start is not None  # noqa: S101 - told to the type checker
    assert end is not None  # noqa: S101 - told to the type checker
    return start, end, page, min(size, MOST)


def _count(values: QueryDict, name: str, usual: int, faults: Faults) -> int:
    text = asked(values, name)
    if not text:
        return usual
    if not COUNT.fullmatch(text):
        faults.append(_("%(name)s est un nombre entier à partir de 1.") % {"name": name})
        return usual
    return int(text)


def read_degrees(values: QueryDict, faults: Faults) -> Place | None:
    """Read a point: both numbers or none, on Earth (H20, H21)."""
    lat, lon = asked(values, "lat"), asked(values, "long")
    if not lat and not lon:
        return None
    if not lat or not lon:
        faults.append(_("lat et long vont ensemble."))
        return None
    are_numbers = NUMBER.fullmatch(lat) and NUMBER.fullmatch(lon)
    try:
        return Place(round(float(lat), 6), round(float(lon), 6) if are_numbers else float("nan"))
    except ValueError:
        faults.append(
            _("lat et long sont des degrés décimaux, avec un point : 45.1995 et -0.7475.")
        )
        return None


def _around(values: QueryDict, faults: Faults) -> tuple[Place | None, float]:
    place = read_degrees(values, faults)
    text = asked(values, "radius")
    if not text:
        return place, 500.0
    is_far = not NUMBER.fullmatch(text) or not 0 < float(text) <= FARTHEST_M
    if is_far:
        faults.append(_("radius est en mètres, jusqu’à 5000."))
    return place, 500.0 if is_far else float(text)

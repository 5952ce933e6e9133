"""Reports as everybody reads them by Open311: which ones, in which order, and what each says.

Contract: section "Reading requests". The number of queries does not depend on how many there are.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    Exists,
    F,
    FloatField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import ASin, Cos, Greatest, Least, Power, Radians, Sin, Sqrt
from django.utils.translation import gettext as _

from incidents import links
from incidents.geo import EARTH_RADIUS_M, Place, box_around
from incidents.models import (
    Category,
    ClockPause,
    Message,
    OpenRequest,
    Photo,
    Report,
    ReportAnswers,
    ReportEvent,
    ReportQuerySet,
    StatusChange,
)
from incidents.models.reports import REASON_WORDS
from incidents.open311_catalogue import offered, service_names
from incidents.open311_formats import SECOND, said
from incidents.published import shown_photos
from incidents.states import state_of
from incidents.workflow import CLOSED, EFFECTS, Reason, Status
from parvis.typo import date_longue
from tenants.hosts import absolute_url
from tenants.models import Commune


POSTCODE = re.compile(r"\b(\d{5})\b", re.ASCII)
TOLD = sorted(status for status, effect in EFFECTS.items() if effect.is_told)
UPDATES: Mapping[Status, str] = {
    Status.RECEIVED: "OPEN",
    Status.TRIAGE: "INVESTIGATING",
    Status.AWAITING_REPORTER: "INVESTIGATING",
    Status.ACCEPTED: "IN_PROGRESS",
    Status.IN_PROGRESS: "IN_PROGRESS",
    Status.PLANNED: "ACTION_SCHEDULED",
    Status.FORWARDED: "IN_PROGRESS",
    Status.TRANSFERRED: "IN_PROGRESS",
    Status.REOPENED: "OPEN",
    Status.RESOLVED: "FIXED",
    Status.REJECTED: "NO_FURTHER_ACTION",
    Status.DUPLICATE: "DUPLICATE",
    Status.CANCELLED: "CANCELLED",
}
GONE = ("description", "address", "address_id", "zipcode", "lat", "long", "media_url")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a client asks for; what is empty excludes nothing."""

    references: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    states: frozenset[str] = frozenset()
    start: datetime | None = None
    end: datetime | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    around: Place | None = None
    radius_m: float = 500.0
    page: int = 1
    size: int = 1000
    client: int | None = None
    """Whose own reports are read as well, whatever their visibility."""


@dataclass(frozen=True, slots=True)
class Words:
    """What all items of an answer share, read once."""

    commune: Commune
    base: str
    names: dict[int, str]
    is_extended: bool = False
    zone: ZoneInfo = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "zone", ZoneInfo(self.commune.time_zone))


def words_of(commune: Commune, *, is_extended: bool = False) -> Words:
    """Read what all items share; two queries at most."""
    base = absolute_url(commune, "/").rstrip("/")
    return Words(commune, base, service_names(offered()), is_extended)


def update_status(status: str, reason: str) -> str:
    """Return the word of the extension for a status; never CLOSED nor REOPEN (H58, H59)."""
    if status == Status.REJECTED and reason == Reason.OUT_OF_SCOPE:
        return "NOT_COUNCILS_RESPONSIBILITY"
    return UPDATES[Status(status)]


def visible(client: int | None = None) -> ReportQuerySet:
    """Return the reports that may be read: published ones, and those a client sent (H40)."""
    shown = Q(visibility=Report.Visibility.PUBLIC)
    if client is not None:
        mine = OpenRequest.objects.filter(report=OuterRef("pk"), client_id=client)
        shown |= Q(Exists(mine))
    return Report.objects.filter(shown).exclude(category__door=Category.Door.REDIRECT)


def found(wish: Wish) -> tuple[list[Report], bool]:
    """Return one page of the reports wished for, and whether there are more (H34 to H42)."""
    wanted = with_surroundings(visible(wish.client))
    if wish.references:
        by_reference = {
            each.reference: each for each in wanted.filter(reference__in=wish.references)
        }
        return [by_reference[each] for each in wish.references if each in by_reference], False
    wanted = _narrowed(wanted, wish).order_by("-submitted_at", "-pk")
    first = (wish.page - 1) * wish.size
    rows = list(wanted[first : first + wish.size + 1])
    return rows[: wish.size], len(rows) > wish.size


def with_surroundings(wanted: ReportQuerySet) -> ReportQuerySet:
    """Read along what an item says beside its own columns: its last public change, its pause."""
    here = OuterRef("pk")
    moved = StatusChange.objects.filter(report=here, after__in=TOLD).order_by("-at")
    told = Message.objects.filter(report=here, audience=Message.Audience.PUBLIC).order_by("-at")
    shown = ReportEvent.objects.filter(report=here, kind=ReportEvent.Kind.PUBLISHED)
    pauses = ClockPause.objects.filter(report=here, ended_at__isnull=True)
    last = [Subquery(each.values("at")[:1]) for each in (moved, told, shown.order_by("-at"))]
    return wanted.select_related("category", "handler", "duplicate_of", "asset").annotate(
        updated_at=Case(
            When(closed_at__isnull=False, then=Greatest("closed_at", "submitted_at")),
            default=Greatest("submitted_at", *last),
        ),
        is_paused=Exists(pauses),
    )


def _narrowed(wanted: ReportQuerySet, wish: Wish) -> ReportQuerySet:
    if wish.codes:
        wanted = wanted.filter(category__code__in=wish.codes)
    if len(wish.states) == 1:
        wanted = wanted.filter(closed_at__isnull="open" in wish.states)
    for name, after, before in (
        ("submitted_at", wish.start, wish.end),
        ("updated_at", wish.updated_after, wish.updated_before),
    ):
        if after is not None:
            wanted = wanted.filter(**{f"{name}__gte": after})
        if before is not None:  # whole seconds: the last one counts to its end
            wanted = wanted.filter(**{f"{name}__lt": before.replace(microsecond=0) + SECOND})
    if wish.around is not None:
        wanted = _near(wanted, wish.around, wish.radius_m)
    return wanted


def _near(wanted: ReportQuerySet, place: Place, metres: float) -> ReportQuerySet:
    """Keep what is nearer than so many metres: a box by the index, then haversine."""
    north = Power(Sin((Radians(F("lat")) - Radians(Value(place.lat))) / 2), 2)
    east = Power(Sin((Radians(F("lon")) - Radians(Value(place.lon))) / 2), 2)
    chord = north + Cos(Radians(F("lat"))) * Cos(Radians(Value(place.lat))) * east
    metres_away = Value(2.0 * EARTH_RADIUS_M) * ASin(
        Least(Value(1.0), Sqrt(chord, output_field=FloatField()))  # rounded, it may exceed 1
    )
    return (
        wanted.within(box_around(place, metres)).alias(away=metres_away).filter(away__lte=metres)
    )


def items(reports: list[Report], words: Words) -> list[dict[str, Any]]:
    """Say each report; two queries for their words and photos, two more when extended."""
    pks = [each.pk for each in reports]
    notes = last_words(pks)
    photos: dict[int, list[Photo]] = {}
    shown = [each.pk for each in reports if not is_withdrawn(each)]
    for photo in shown_photos().filter(report__in=shown):
        photos.setdefault(photo.report_id, []).append(photo)
    said_items = [
        item(each, words, note=notes.get(each.pk, ""), photos=photos.get(each.pk, []))
        for each in reports
    ]
    if words.is_extended:
        _extend(reports, said_items, photos, words)
    return said_items


def last_words(reports: list[int]) -> dict[int, str]:
    """Return the last public message of each report; one query."""
    told = Message.objects.filter(
        report__in=reports, audience=Message.Audience.PUBLIC, erased_at__isnull=True
    )
    rows = told.order_by("report_id", "-at", "-pk").distinct("report_id")
    return dict(rows.values_list("report_id", "text"))


def item(report: Report, words: Words, *, note: str, photos: list[Photo]) -> dict[str, Any]:
    """Say one report: these fields, all of them, in this order.

    One that was taken back keeps its state alone, as the site shows it no more.
    """
    zone, category = words.zone, report.category
    handler = report.handler.name if report.handler else ""
    is_paused = report.is_paused  # type: ignore[attr-defined]
    told = {
        "service_request_id": report.reference,
        "status": "closed" if report.status in CLOSED else "open",
        "status_notes": note or label(report),
        "service_name": words.names.get(category.pk, category.name),
        "service_code": category.code,
        "description": report.text or None,
        "agency_responsible": handler or _("Mairie de %(name)s") % {"name": words.commune.name},
        "service_notice": notice(report),
        "requested_datetime": said(report.submitted_at, zone),
        "updated_datetime": said(report.updated_at, zone),  # type: ignore[attr-defined]
        "expected_datetime": None if is_paused else said(report.due_at, zone),
        "address": _address(report.address, words.commune),
        "address_id": report.address_id or None,
        "zipcode": _zipcode(report.address, words.commune),
        "lat": _rounded(report.lat),
        "long": _rounded(report.lon),
        "media_url": words.base + links.photo_address(photos[0], "l", is_public=True)
        if photos
        else None,
    }
    if is_withdrawn(report):
        told |= dict.fromkeys(GONE) | {"status_notes": label(report)}
    return told


def is_withdrawn(report: Report) -> bool:
    """Tell whether its reporter took a report back: words and photos are nobody's any more."""
    return report.status == Status.CANCELLED


def _rounded(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, 6)


def label(report: Report) -> str:
    """Name the state of a report for everybody: why it is closed, or which one it repeats."""
    word = state_of(report.status).word.capitalize()
    if report.status == Status.REJECTED and report.reason:
        return f"{word}\u00a0: {REASON_WORDS[Reason(report.reason)]}"
    master = report.duplicate_of
    if master is not None and master.visibility == Report.Visibility.PUBLIC:
        return f"{word}\u00a0: {master.reference}"
    return word


def notice(report: Report) -> str:
    """Say what will happen: the day that is planned, else what the category promises."""
    if report.planned_on is not None and report.status == Status.PLANNED:
        return _("Intervention planifiée le %(day)s.") % {"day": date_longue(report.planned_on)}
    return delay(report.category)


def delay(category: Category) -> str:
    """Say how long the commune gives itself."""
    unit = Category.PromiseUnit(category.promise_unit).label
    return _("Délai indicatif : %(n)s %(unit)s.") % {"n": category.promise, "unit": unit}


def _address(address: str, commune: Commune) -> str | None:
    """Write an address with its town, where it does not say it."""
    if not address or POSTCODE.search(address) or commune.name.casefold() in address.casefold():
        return address or None
    return f"{address}, {commune.postcode} {commune.name}".replace("  ", " ")


def _zipcode(address: str, commune: Commune) -> str | None:
    known = POSTCODE.search(address)
    return known[1] if known else commune.postcode or None


def _extend(
    reports: list[Report],
    said_items: list[dict[str, Any]],
    photos: Mapping[int, list[Photo]],
    words: Words,
) -> None:
    """Add what ``extensions=true`` asks for; nothing else of an item changes (H42)."""
    pks = [each.pk for each in reports]
    answers = dict(ReportAnswers.objects.filter(report__in=pks).values_list("report", "values"))
    changes: dict[int, list[StatusChange]] = {}
    told = StatusChange.objects.filter(report__in=pks, after__in=TOLD).select_related("message")
    for each in told:
        changes.setdefault(each.report_id, []).append(each)
    for report, one in zip(reports, said_items, strict=True):
        more = extended(
            report,
            words,
            answers=[] if is_withdrawn(report) else answers.get(report.pk, []),
            photos=photos.get(report.pk, []),
            changes=changes.get(report.pk, []),
        )
        one.update(more)


def extended(
    report: Report,
    words: Words,
    *,
    answers: list[dict[str, Any]],
    photos: list[Photo],
    changes: list[StatusChange],
) -> dict[str, Any]:
    """Say what ``extensions=true`` adds to one report."""
    return {
        "attributes": list(_answers(answers)),
        "extended_attributes": _details(report, photos, words),
        "notes": [_noted(each, words.zone) for each in changes],
    }


def _answers(values: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, str]]:
    for each in values:
        if each["is_public"]:
            for name, value in zip(each["names"], each["values"], strict=True):
                yield {"code": each["code"], "label": each["label"], "name": name, "value": value}


def _details(report: Report, photos: list[Photo], words: Words) -> dict[str, Any]:
    asset, master = report.asset if report.asset_id else None, report.duplicate_of
    is_known = master is not None and master.visibility == Report.Visibility.PUBLIC
    addresses = [words.base + links.photo_address(each, "l", is_public=True) for each in photos]
    return {
        "title": words.names.get(report.category_id, report.category.name),
        "detailed_status": report.status,
        "channel": report.channel,
        "url": f"{words.base}/signalements/{report.reference}/"
        if report.visibility == Report.Visibility.PUBLIC and not is_withdrawn(report)
        else None,
        "media_urls": addresses,
        "photos": [
            {
                "media_url": address,
                "title": "avant" if photo.stage == Photo.Stage.BEFORE else "après",
                "width": photo.width,
                "height": photo.height,
                "created_at": said(photo.created_at, words.zone),
            }
            for address, photo in zip(addresses, photos, strict=True)
        ],
        "service_object_id": asset.code if asset else None,
        "service_object_type": asset.kind if asset else None,
        "interest_count": report.reporters,
        "duplicate_of": master.reference if is_known and master else None,
    }


def _noted(change: StatusChange, zone: ZoneInfo) -> dict[str, Any]:
    is_public = change.message and change.message.audience == Message.Audience.PUBLIC
    text = change.message.text if is_public and change.message else ""
    return {
        "datetime": said(change.at, zone),
        "description": text or state_of(change.after).word.capitalize(),
        "type": change.after,
    }

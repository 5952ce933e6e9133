"""What an administrator reads of the exchange with the State: is it alive, what is stuck, why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q, Sum
from django.utils.translation import gettext as _

from ants import calls
from ants.models import HubCall
from coordination.models import Declaration, Meeting
from coordination.numbers import Status, masked
from slots.models import MeetingPoint
from tenants.models import Commune


SILENCE = timedelta(hours=36)
COUNTED_DAYS = 30
SHOWN = 20
ALARMING = 0.2  # share of what was tried within a day
FEWEST = 5
State = Declaration.State


@dataclass(frozen=True, slots=True)
class Line:
    """One declaration that somebody should know of."""

    pk: int
    reference: str
    number: str
    starts_at: datetime
    words: str
    correct_by: datetime | None
    may_retry: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """All of it, for one commune, at one moment."""

    last_call: datetime | None
    is_silent: bool
    points: int
    starts: int
    last_done: datetime | None
    counts: Mapping[str, int]
    errors: Sequence[Line]
    unverified: Sequence[Line]
    refused: Sequence[Line]
    met: int
    avoided: int
    stopped: int


def read(commune: Commune, *, now: datetime) -> Health:
    """Read it all; the same number of queries, however much there is."""
    last = calls.last_call(commune)
    points, starts = calls.published(commune, now=now)
    asked = [call.at for call in last.values()]
    last_call = max(asked, default=None)
    totals = Declaration.objects.aggregate(
        done=Max("done_at"),
        waiting=Count("pk", filter=Q(state=State.WAITING)),
        failed=Count("pk", filter=Q(state=State.FAILED)),
        told=Count("pk", filter=Q(state=State.DONE, is_wanted=True, starts_at__gt=now)),
        refused=Count("pk", filter=Q(state=State.REFUSED, starts_at__gt=now)),
    )
    met = _met(commune, now=now)
    return Health(
        last_call=last_call,
        is_silent=bool(points) and (last_call is None or now - last_call > SILENCE),
        points=points,
        starts=starts,
        last_done=totals.pop("done"),
        counts=totals,
        errors=_lines(Declaration.objects.filter(state=State.FAILED)),
        unverified=_lines(Declaration.objects.unverified().filter(state=State.WAITING)),
        refused=_lines(Declaration.objects.filter(state=State.REFUSED, starts_at__gt=now)),
        met=met.get(Meeting.Kind.MET, 0),
        avoided=max(0, met.get(Meeting.Kind.MET, 0) - met.get(Meeting.Kind.KEPT, 0)),
        stopped=met.get(Meeting.Kind.REFUSED, 0),
    )


def alarms(*, now: datetime) -> tuple[int, int]:
    """Count what was tried within a day and what of it is in error; (0, 0) when all is well."""
    lately = Declaration.objects.current().filter(attempts__gt=0, due_at__gte=now - timedelta(1))
    found = lately.aggregate(
        tried=Count("pk"),
        failed=Count("pk", filter=Q(state=State.FAILED) | Q(state=State.WAITING)),
    )
    tried, failed = found["tried"], found["failed"]
    return (tried, failed) if failed >= max(FEWEST, ALARMING * tried) else (0, 0)


def hub_is_silent(*, now: datetime) -> bool:
    """Tell whether places are published and the State's platform has not read us for 36 hours."""
    if not MeetingPoint.objects.receiving().for_titles().exists():
        return False
    last = HubCall.objects.filter(commune=None).aggregate(at=Max("at"))["at"]
    return last is None or now - last > SILENCE


def words_of(row: Declaration) -> str:
    """Say in plain words what hinders a declaration."""
    if row.state == State.REFUSED:
        return _refusal(row.status)
    if not row.attempts:
        return _("Pas encore transmis.")
    return _fault(row)


def _fault(row: Declaration) -> str:
    if row.last_text == "Already exists":
        return _(
            "L’État garde un rendez-vous qu’il ne montre pas. Réessayez dans une heure, puis "
            "prévenez l’association."
        )
    match row.last_code:
        case 0:
            return _("La plateforme de l’État n’a pas répondu.")
        case HTTPStatus.UNAUTHORIZED:
            return _("La plateforme de l’État refuse notre jeton : l’exploitant doit le changer.")
        case HTTPStatus.UNPROCESSABLE_ENTITY:
            return _(
                "La plateforme de l’État ne comprend pas l’envoi : c’est un défaut de Parvis."
            )
        case HTTPStatus.OK:
            return _("La réponse de l’État n’est pas celle attendue.")
    return _("La plateforme de l’État est en panne (erreur %(code)s).") % {"code": row.last_code}


def _refusal(status: str) -> str:
    said: dict[str, Any] = {
        Status.EXPIRED: _("Pré-demande périmée : il en faut une nouvelle."),
        Status.DECLARED: _("Numéro que l’État ne reconnaît pas."),
        Status.UNKNOWN: _("Numéro inconnu de l’État."),
    }
    return str(said.get(Status(status), _("Numéro refusé par l’État.")))


def _lines(rows: Any) -> list[Line]:
    return [
        Line(
            row.pk,
            row.appointment,
            masked(row.number),
            row.starts_at,
            words_of(row),
            row.correct_by,
            may_retry=row.state in {State.FAILED, State.REFUSED},
        )
        for row in rows.order_by("starts_at", "pk")[:SHOWN]
    ]


def _met(commune: Commune, *, now: datetime) -> dict[str, int]:
    first = now.astimezone(ZoneInfo(commune.time_zone)).date() - timedelta(days=COUNTED_DAYS)
    rows = Meeting.objects.filter(day__gte=first).values_list("kind").annotate(n=Sum("count"))
    return dict(rows)

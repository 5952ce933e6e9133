"""What the State is to know of an appointment, written in the transaction that changes it.

Two outboxes of the France Titres contract: the index that answers a search by number (7), and the
wishes that the coordination API is told (6.1). An appointment without a number costs no query.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, prefetch_related_objects

from booking import planning
from booking.models import Appointment, AppointmentEvent, Participant, Service
from coordination import checks, client, index, wishes
from coordination.models import Declaration
from coordination.numbers import is_number
from slots.models import MeetingPoint
from tenants.hosts import host_of


Kind = AppointmentEvent.Kind
CHANGES = frozenset({Kind.BOOKED, Kind.CANCELLED, Kind.MOVED, Kind.SHORTENED, Kind.RESET})
AHEAD = timedelta(days=60)


def follow(appointment: Appointment, kind: AppointmentEvent.Kind, *, now: datetime) -> None:
    """Follow a fact of the history of an appointment; most of them change nothing here."""
    if kind in CHANGES and asks_numbers(appointment):
        declare(appointment, now=now, is_new=kind == Kind.BOOKED)


def asks_numbers(appointment: Appointment) -> bool:
    """Tell whether an appointment deposits requests that were prepared on line."""
    service = appointment.service
    return service.asks_pre_application and not service.is_collection


def needs_number(service: Service) -> bool:
    """Tell whether citizens may not book a service on line without a number for each person.

    Where nothing can be told to the State a number stays optional. At the desk it always is.
    """
    asks = service.asks_pre_application and not service.is_collection
    return asks and client.line(planning.current_commune()) is not None


def lacks_number(appointment: Appointment) -> bool:
    """Tell whether a citizen has still to give the number of somebody who comes."""
    return needs_number(appointment.service) and not all(
        each.numbers for each in appointment.coming
    )


def declare(
    appointment: Appointment,
    *,
    now: datetime,
    former: Collection[str] = (),
    is_new: bool = False,
) -> int:
    """Wish the State to know the numbers of an appointment as it stands; count the wishes.

    To be called in its transaction. ``former`` are numbers it had a moment ago. Written before is
    what a later call compares with, so the same again changes nothing.
    """
    numbers = {*_told(former), *_all_numbers(appointment)}
    if not numbers:
        return 0
    stands = appointment.status == Appointment.Status.BOOKED and asks_numbers(appointment)
    if stands and appointment.start <= now:
        return 0  # it has begun: what was declared stays
    coming = _told(appointment.numbers) if stands else []
    commune = planning.current_commune()
    point = MeetingPoint.objects.filter(commune=commune, site=appointment.site_id).first()
    entries = index.keep(
        commune=commune,
        appointment=appointment.reference,
        point=point,
        start=appointment.start,
        numbers=coming,
        is_new=is_new,
    )
    if client.line(commune) is None:
        return 0
    return wishes.write(
        appointment=appointment.reference,
        version=appointment.version,
        starts_at=appointment.start,
        wanted=index.held(entries, host=host_of(commune)) if entries else {},
        numbers=numbers,
        now=now,
        is_new=is_new,
        statuses=checks.known(coming, booking=str(appointment.pk)),
    )


def declare_ahead(*, now: datetime) -> int:
    """Every night: wish again what differs of the next sixty days; count the wishes.

    It follows what no appointment tells of: a place renamed, another name of the commune, a
    service that gives no titles any more, a commune that has just been connected.
    """
    commune = planning.current_commune()
    if client.line(commune) is None:
        return 0
    told = Declaration.objects.current().filter(is_wanted=True, starts_at__gt=now)
    numbered = Participant.objects.exclude(pre_application="", other_number="")
    ahead = Appointment.objects.starting_between(now, now + AHEAD).filter(
        Q(status=Appointment.Status.BOOKED, pk__in=numbered.values("appointment"))
        | Q(reference__in=told.values("appointment"))
    )
    return sum(_declare_one(pk, now=now) for pk in list(ahead.values_list("pk", flat=True)))


@transaction.atomic
def _declare_one(pk: int, *, now: datetime) -> int:
    """Declare an appointment as it is at this moment, and keep it so until it is written."""
    rows = Appointment.objects.select_for_update(of=("self",), no_key=True)
    return declare(rows.select_related("service", "site").get(pk=pk), now=now)


def _all_numbers(appointment: Appointment) -> list[str]:
    """List the numbers of everybody, of those who cancelled too; read once for whoever asks."""
    prefetch_related_objects([appointment], "participants")
    return _told([number for each in appointment.participants.all() for number in each.numbers])


def _told(numbers: Iterable[str]) -> list[str]:
    """Keep what the State takes: what another tool held for a number may be none."""
    return [each for each in dict.fromkeys(numbers) if is_number(each)]

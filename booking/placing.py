"""Find a place for an appointment and take it: what every way to book has in common."""

import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from booking import alternatives, planning
from booking.models import Allocation, Appointment, Closure, Service, Title
from booking.refusals import NotOffered
from booking.taking import SlotTaken, allocate, forget_expired_holds, in_one_transaction
from identity.members import Member


ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
REFERENCE_LENGTH = 8


def or_alternatives(
    work: Callable[[], Appointment], wanted: Appointment, *, now: datetime
) -> Appointment:
    """Run a booking transaction; complete a refusal with the nearest free starts.

    Raises:
        SlotTaken: the start is not free.
        Busy: the day could not be locked in time.
    """
    try:
        return in_one_transaction(work, now=now)
    except SlotTaken as refusal:
        raise SlotTaken(
            alternatives.nearest(
                service=wanted.service,
                persons=wanted.persons,
                start=wanted.start,
                now=now,
                resident=wanted.is_resident,
                length=_minutes(wanted),
            )
        ) from refusal


def refuse_what_is_taken(wanted: Appointment, *, online: bool, now: datetime) -> None:
    """Refuse without waiting for the lock: in a rush most wishes end here.

    Raises:
        SlotTaken: the start is not free.
    """
    others = alternatives.refused(
        service=wanted.service,
        persons=wanted.persons,
        start=wanted.start,
        now=now,
        online=online,
        resident=wanted.is_resident,
        length=_minutes(wanted),
    )
    if others is not None:
        raise SlotTaken(others)


def choose(appointment: Appointment, *, online: bool, now: datetime) -> tuple[int, ...] | None:
    """Choose the resources of an appointment; None when its start is not free.

    A title is handed over at the station of its deposit, within three months. The site the
    appointment has, or is wished at, comes before the others.
    """
    station, last = collection_limits(appointment)
    if last is not None and planning.local_day(appointment.start) > last:
        return None
    return planning.choose(
        service=appointment.service,
        persons=appointment.persons,
        start=appointment.start,
        now=now,
        online=online,
        resident=appointment.is_resident,
        length=_minutes(appointment),
        station=station,
        site=appointment.site_id,
    )


def collection_limits(appointment: Appointment) -> tuple[int | None, date | None]:
    """Return the station and the last day of the titles that an appointment is to hand over.

    A time proposed instead of one that cannot be kept hands over the same titles.
    """
    if not appointment.service.is_collection:
        return None, None
    waiting = list(
        Title.objects.filter(
            collection__isnull=False, collection=appointment.instead_of_id or appointment.pk
        )
    )
    stations = [each.station_id for each in waiting if each.station_id is not None]
    return min(stations, default=None), min((each.last_day for each in waiting), default=None)


def place(
    appointment: Appointment, *, state: Allocation.State, online: bool, now: datetime
) -> None:
    """Save the appointment and take its resources, under the lock of the day."""
    units = free_units(appointment, online=online, now=now)
    appointment.site_id = planning.site_of(units[0], year=appointment.start.year)
    appointment.save(force_insert=True)
    allocate(appointment, units, state=state)


def take_for_good(held: Appointment, *, now: datetime) -> None:
    """Turn the hold into a booking, or take the slot again if it is still free."""
    kept = held.allocations.filter(state=Allocation.State.HOLD, expires_at__gt=now).update(
        state=Allocation.State.BOOKED, expires_at=None
    )
    if not kept:
        held.allocations.filter(state=Allocation.State.HOLD).delete()
        units = free_units(held, online=True, now=now)
        allocate(held, units, state=Allocation.State.BOOKED)


def former_units(appointment: Appointment, *, now: datetime) -> tuple[int, ...]:
    """Return the resources a cancelled appointment had, if it can have them again; else nothing.

    It was rightly placed there once: opening hours changed since then do not matter, closures do.
    Only an answer given under the lock of the day can be acted upon.
    """
    forget_expired_holds(
        appointment.start.astimezone(planning.zone()).date(), zone=planning.zone(), now=now
    )
    released = appointment.allocations.filter(state=Allocation.State.RELEASED)
    units = set(released.values_list("resource_id", flat=True))
    for period in released.values_list("period", flat=True):
        rivals = Allocation.objects.filter(resource__in=units, period__overlap=period)
        closed = Closure.objects.filter(
            Q(resource__isnull=True, site__isnull=True)
            | Q(resource__in=units)
            | Q(site__resources__in=units),
            period__overlap=period,
        )
        if rivals.exclude(state=Allocation.State.RELEASED).exists() or closed.exists():
            return ()
    return tuple(sorted(units))


def free_units(appointment: Appointment, *, online: bool, now: datetime) -> tuple[int, ...]:
    """Choose the resources once expired holds of the day are gone, under its lock.

    Raises:
        SlotTaken: the start is not free.
    """
    zone = planning.zone()
    day = appointment.start.astimezone(zone).date()
    forget_expired_holds(day, zone=zone, now=now)
    units = choose(appointment, online=online, now=now)
    if units is None:
        raise SlotTaken
    return units


def check_offered(service: Service, persons: int, *, online: bool) -> None:
    """Refuse what the commune does not give.

    Raises:
        NotOffered: the service is not active, not online, or not for so many persons.
    """
    if not service.is_active or (online and not service.is_online):
        raise NotOffered
    if not 1 <= persons <= service.most_persons:
        raise NotOffered


def channel_of(said: str, by: Member | None) -> str:
    """Return how an appointment was taken; who answers for the association says nothing else."""
    is_phone_desk = by is not None and by.is_phone_desk
    return Appointment.Channel.ASSOCIATION_PHONE.value if is_phone_desk else said


def period_of(service: Service, persons: int, start: datetime) -> DateTimeTZRange:
    """Return the time of a visit, of which the request says only the start."""
    return DateTimeTZRange(start, start + timedelta(minutes=service.length(persons)))


CERTIFICATION_MINUTES = 5  # of a digital identity, when its card is collected (France Titres)


def minutes_for(appointment: Appointment, persons: int) -> int:
    """Return how long an appointment lasts for so many persons, in minutes.

    One that completes the file of another of the same service is short; certifying a digital
    identity takes five minutes more.

    Raises:
        ValueError: that many persons may not come together.
    """
    service, first = appointment.service, appointment.follows
    completes = first is not None and first.service_id == service.pk
    minutes = service.completion_minutes if completes else service.length(persons)
    return minutes + (CERTIFICATION_MINUTES if appointment.certifies_identity else 0)


def new_reference() -> str:
    """Draw a reference among 2⁴⁰; the table refuses the one in a million years that is taken."""
    return "".join(secrets.choice(ALPHABET) for _each in range(REFERENCE_LENGTH))


def _minutes(appointment: Appointment) -> int:
    return appointment.length // timedelta(minutes=1)

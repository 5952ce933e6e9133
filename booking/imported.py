"""Take over appointments that another tool gave: they stand at their hour, whatever is open now.

What was promised elsewhere is kept, on the grid and within the hours or not. Nobody is received
twice by one counter all the same: the locks and the constraint are those of every booking.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from booking import emails, planning
from booking.availability import Need
from booking.events import locked_with_day, record, tell
from booking.models import Allocation, Appointment, AppointmentEvent, Service
from booking.people import Person, enrol, participants
from booking.placing import (
    check_offered,
    choose,
    new_reference,
    or_alternatives,
    period_of,
)
from booking.plans import Plan
from booking.refusals import DetailsMissing, NotCancellable
from booking.situations import Channel
from booking.taking import (
    SlotTaken,
    allocate,
    forget_expired_holds,
    in_one_transaction,
    lock_days,
)
from identity.members import Member
from parvis.signing import digest, new_token


NOBODY = "–"  # whose name is erased


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What the other tool says of one appointment."""

    service: Service
    start: datetime
    people: tuple[Person, ...]
    name: str
    email: str = ""
    phone: str = ""
    note: str = ""


def take_over(
    promise: Promise, *, key: UUID, is_told: bool, by: Member | None, now: datetime
) -> Appointment:
    """Keep an appointment that was promised elsewhere; the same key again is the first one.

    ``is_told``: the citizen gets a confirmation with the link by which she changes it.

    Raises:
        NotOffered: the service is not active, or not for so many persons.
        DetailsMissing: no name.
        SlotTaken: no counter is free then; nothing has changed.
        Busy: the day could not be locked in time.
    """
    service = promise.service
    check_offered(service, len(promise.people), online=False)
    if not promise.name.strip():
        raise DetailsMissing
    token = new_token()
    coming = participants(
        promise.people,
        service=service,
        day=planning.local_day(promise.start),
        channel=Channel.DESK,
    )
    appointment = Appointment(
        service=service,
        persons=len(promise.people),
        period=period_of(service, len(promise.people), promise.start),
        status=Appointment.Status.BOOKED,
        channel=Appointment.Channel.IMPORT,
        name=promise.name,
        email=promise.email,
        phone=promise.phone,
        note=promise.note,
        taken_by_id=by.user_id if by else None,
        taken_by_name=by.name if by else "",
        reference=new_reference(),
        token_hash=digest(token),
        idempotency_key=key,
        booked_at=now,
    )

    def work() -> Appointment:
        lock_days([planning.local_day(promise.start)])
        first = Appointment.objects.filter(idempotency_key=key).first()
        if first is not None:
            return first
        units = _units(appointment, now=now)
        appointment.site_id = planning.site_of(units[0], year=appointment.start.year)
        appointment.save(force_insert=True)
        allocate(appointment, units, state=Allocation.State.BOOKED)
        enrol(appointment, coming)
        record(appointment, AppointmentEvent.Kind.BOOKED, by=by, now=now, imported=True)
        if is_told:
            tell(emails.booked, appointment, token=token)
        return appointment

    return or_alternatives(work, appointment, now=now)


def update(
    promise: Promise, *, appointment: Appointment, by: Member | None, now: datetime
) -> Appointment:
    """Follow what the other tool says now; the citizen has heard it from there, and gets no mail.

    Raises:
        NotCancellable: it is not to come any more, or is for other persons or another service.
        SlotTaken: no counter is free at the new hour; nothing has changed.
        Busy: a day could not be locked in time.
    """
    wanted = Appointment.objects.select_related("service").get(pk=appointment.pk)
    wanted.period = period_of(promise.service, len(promise.people), promise.start)

    def work() -> Appointment:
        current = locked_with_day(appointment, planning.local_day(promise.start))
        same = (current.service_id, current.persons) == (promise.service.pk, len(promise.people))
        if current.status != Appointment.Status.BOOKED or current.start <= now or not same:
            raise NotCancellable
        if current.start != promise.start:
            former = current.start
            current.allocations.all().delete()
            current.period = wanted.period
            units = _units(current, now=now)
            current.site_id = planning.site_of(units[0], year=promise.start.year)
            allocate(current, units, state=Allocation.State.BOOKED)
            current.version += 1
            record(
                current,
                AppointmentEvent.Kind.MOVED,
                by=by,
                now=now,
                before=former.isoformat(),
                after=promise.start.isoformat(),
            )
        current.name, current.email = promise.name, promise.email
        current.phone, current.note = promise.phone, promise.note
        current.save()
        return current

    return or_alternatives(work, wanted, now=now)


def take_back(*, appointment: Appointment, by: Member | None, now: datetime) -> bool:
    """Undo a taking over that nobody has touched since: the hour is free, the name is erased.

    Tells whether it was; what has changed meanwhile is left alone. The citizen gets no mail.
    """

    def work() -> bool:
        current = locked_with_day(appointment)
        if not is_untouched(current):
            return False
        current.allocations.update(state=Allocation.State.RELEASED, expires_at=None)
        current.status = Appointment.Status.CANCELLED
        current.cancelled_at = now
        current.name, current.email, current.phone, current.note = NOBODY, "", "", ""
        current.idempotency_key = uuid4()  # the same promise may be taken over again
        current.version += 1
        current.save()
        record(current, AppointmentEvent.Kind.CANCELLED, by=by, now=now, imported=True)
        current.participants.update(name="", pre_application="", other_number="", situation={})
        return True

    return in_one_transaction(work, now=now)


def is_untouched(appointment: Appointment) -> bool:
    """Tell whether nothing happened to it since it was taken over."""
    return (
        appointment.status == Appointment.Status.BOOKED
        and appointment.arrived_at is None
        and appointment.version == 1
        and appointment.events.count() == 1
    )


def _units(appointment: Appointment, *, now: datetime) -> tuple[int, ...]:
    """Choose counters as for anybody, else any that are free then, open or not, under the lock.

    Raises:
        SlotTaken: none is.
    """
    zone = planning.zone()
    forget_expired_holds(appointment.start.astimezone(zone).date(), zone=zone, now=now)
    usual = choose(appointment, online=False, now=now)
    return usual if usual is not None else _any_free(appointment)


def _any_free(appointment: Appointment) -> tuple[int, ...]:
    service = appointment.service
    around = DateTimeTZRange(
        appointment.start - timedelta(minutes=service.buffer_before),
        appointment.end + timedelta(minutes=service.buffer_after),
    )
    taken = set(
        Allocation.objects.filter(
            period__overlap=around, state__in=[Allocation.State.HOLD, Allocation.State.BOOKED]
        ).values_list("resource_id", flat=True)
    )
    plan = planning.current_plan(appointment.start.year)
    chosen = _at_one_site(plan, plan.needs_of(service.pk), taken)
    if chosen is None:
        raise SlotTaken
    return chosen


def _at_one_site(plan: Plan, needs: Sequence[Need], taken: set[int]) -> tuple[int, ...] | None:
    units = {unit for need in needs for unit in need.units}
    for site in sorted({plan.sites[unit] for unit in units}):
        here = {unit for unit in units - taken if plan.sites[unit] == site}
        if (chosen := _meeting(needs, here)) is not None:
            return chosen
    return None


def _meeting(needs: Sequence[Need], free: set[int]) -> tuple[int, ...] | None:
    """Choose units of one site that meet every need; the smallest numbers first."""
    chosen: set[int] = set()
    for need in needs:
        found = sorted((need.units & free) - chosen)[: need.count]
        if len(found) < need.count:
            return None
        chosen.update(found)
    return tuple(sorted(chosen))


def fits(promises: Sequence[Promise]) -> list[bool]:
    """Tell of each promise whether a counter seems free then, those before it received.

    A rehearsal: what is taken is read once, without any lock.
    """
    if not promises:
        return []
    around = DateTimeTZRange(
        min(each.start for each in promises) - timedelta(days=1),
        max(each.start for each in promises) + timedelta(days=1),
    )
    taken: dict[int, list[tuple[datetime, datetime]]] = {}
    rows = Allocation.objects.filter(
        period__overlap=around, state__in=[Allocation.State.HOLD, Allocation.State.BOOKED]
    )
    for unit, period in rows.values_list("resource_id", "period"):
        taken.setdefault(unit, []).append((period.lower, period.upper))
    plan = planning.current_plan(min(each.start for each in promises).year)
    return [_rehearsed(each, plan, taken) for each in promises]


def _rehearsed(
    promise: Promise, plan: Plan, taken: dict[int, list[tuple[datetime, datetime]]]
) -> bool:
    service = promise.service
    period = period_of(service, len(promise.people), promise.start)
    begin = period.lower - timedelta(minutes=service.buffer_before)
    end = period.upper + timedelta(minutes=service.buffer_after)
    needs = plan.needs_of(service.pk)
    busy = {
        unit
        for need in needs
        for unit in need.units
        if any(start < end and begin < stop for start, stop in taken.get(unit, ()))
    }
    chosen = _at_one_site(plan, needs, busy)
    for unit in chosen or ():
        taken.setdefault(unit, []).append((begin, end))
    return chosen is not None

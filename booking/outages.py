"""What happens when a station fails: other times are held for everybody whom it would have served.

A proposal is an appointment held for one person, as long as hers stands where she cannot be
received. Whoever can be received elsewhere at her own time is not disturbed.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from booking import emails, planning, pushes, read_model
from booking.configuration import configuration_changed
from booking.events import locked_with_day, record, tell
from booking.models import (
    Allocation,
    Appointment,
    AppointmentEvent,
    Closure,
    Outage,
    OutageCase,
    Resource,
    Site,
)
from booking.moving import move
from booking.placing import collection_limits, free_units, new_reference, place
from booking.stranded import concerned
from booking.taking import (
    SlotTaken,
    allocate,
    in_one_transaction,
    lock_configuration,
    lock_days,
)
from identity.members import Member
from parvis.errors import Gone
from parvis.guard import TenantQuerySet
from parvis.signing import digest, new_token


PROPOSED = 3
ANSWER = timedelta(hours=24)  # how long a proposal is held
BEFORE = timedelta(hours=3)  # a proposal ends so long before its start
LEAST = timedelta(hours=1)  # nobody has less to answer
SEARCH_DAYS = 60  # around the time that was planned
PAUSE = timedelta(minutes=10)  # between two messages to the same person


class ProposalGone(Gone):
    """The time to answer is over, or the appointment has changed since."""

    message = _("Ce créneau n’est plus gardé pour vous.")
    heading = _("Ce créneau n’est plus gardé")
    href = "/mon-rendez-vous/"


def report(  # noqa: PLR0913 (all that an outage says)
    *,
    period: DateTimeTZRange,
    site: Site | None,
    resource: Resource | None,
    reason: str,
    by: Member | None,
    now: datetime,
    idempotency_key: UUID,
) -> Outage:
    """Close what fails and note whose appointments it touches; nothing is cancelled.

    Sending the same key again returns the first outage and changes nothing.

    Raises:
        SlotTaken: rivals got in each other's way twice.
    """

    def work() -> Outage:
        lock_configuration()
        sent_before = Outage.objects.filter(idempotency_key=idempotency_key).first()
        if sent_before is not None:
            return sent_before
        closure = Closure.objects.create(
            period=period, site=site, resource=resource, reason=reason
        )
        outage = _follow(closure, key=idempotency_key, by=by, now=now)
        configuration_changed()
        read_model.refresh_all(now=now)
        return outage

    return in_one_transaction(work, now=now)


def follow(*, closure: Closure, by: Member | None, now: datetime) -> Outage:
    """Treat a closure made in the settings as an outage; twice returns the same one."""

    def work() -> Outage:
        lock_configuration()
        known = Outage.objects.filter(closure=closure).first()
        return known or _follow(closure, key=uuid4(), by=by, now=now)

    return in_one_transaction(work, now=now)


def propose(*, outage: Outage, by: Member | None, now: datetime, again: bool = False) -> int:
    """Hold other times for everybody who was not asked yet; return how many people were.

    Those for whom something else is free at their own time are received there, and not told.
    ``again`` also writes to those who have not answered, with new times where theirs are over.
    """
    due = [
        case
        for case in outage.cases.open().select_related("appointment__service", "outage")
        if case.proposed_at is None or (again and case.proposed_at <= now - PAUSE)
    ]
    left = [
        case for case in due if not in_one_transaction(partial(_reseat, case, now=now), now=now)
    ]
    return sum(_propose(case, by=by, now=now) for case in left)


def proposals_of(appointment: Appointment, *, now: datetime) -> TenantQuerySet[Appointment]:
    """Select the times held for somebody now, soonest first."""
    held = appointment.proposals.filter(status=Appointment.Status.HELD, held_until__gt=now)
    return held.order_by("period", "pk")


def open_case(appointment: Appointment) -> OutageCase | None:
    """Return why somebody cannot be received as planned, if so."""
    cases = OutageCase.objects.open().filter(appointment=appointment)
    return cases.select_related("outage").order_by("-pk").first()


def accept(
    *, appointment: Appointment, start: datetime, by: Member | None, now: datetime
) -> Appointment:
    """Move an appointment to one of the times held for it, and give the others back.

    A second press changes nothing. ``by`` is who heard her say so on the phone.

    Raises:
        ProposalGone: the time is over, or the appointment has changed since.
        Busy: a day could not be locked in time.
    """

    def work() -> Appointment:
        mine = Appointment.objects.filter(instead_of=appointment, status=Appointment.Status.HELD)
        held = list(mine)
        days = [planning.local_day(each) for each in (start, *(one.start for one in held))]
        current = locked_with_day(appointment, *days)
        if current.status == Appointment.Status.BOOKED and current.start == start:
            return current
        wanted = mine.filter(period__startswith=start, held_until__gt=now)
        if open_case(current) is None or not wanted.exists():
            raise ProposalGone
        mine.filter(pk__in=[each.pk for each in held]).delete()
        return move(appointment=current, start=start, by=by, now=now, is_promised=True)

    try:
        return in_one_transaction(work, now=now)
    except SlotTaken as refusal:
        raise ProposalGone from refusal


def repair(*, outage: Outage, by: Member | None, now: datetime) -> Outage:
    """Receive again; who has not moved keeps her appointment and is told so, if she was asked.

    Twice changes nothing.

    Raises:
        SlotTaken: rivals got in each other's way twice.
    """

    def work() -> Outage:
        lock_configuration()
        current = Outage.objects.select_for_update(of=("self",)).get(pk=outage.pk)
        if current.repaired_at is not None:
            return current
        staying = list(current.cases.open().select_related("appointment"))
        current.repaired_at = now
        current.repaired_by_name = by.name if by else ""
        closure, current.closure = current.closure, None
        current.save()
        if closure is not None:
            closure.delete()
        for case in staying:
            if open_case(case.appointment) is None:  # no other outage touches it
                _stand(case, now=now)
        configuration_changed()
        read_model.refresh_all(now=now)
        return current

    return in_one_transaction(work, now=now)


def release_answered(*, now: datetime) -> int:
    """Give back what is held for people who have moved or cancelled by themselves; count it."""
    waiting = OutageCase.objects.open().values("appointment")
    left = Appointment.objects.filter(
        status=Appointment.Status.HELD, instead_of__isnull=False
    ).exclude(instead_of__in=waiting)
    found = list(left)

    def work() -> int:
        lock_days(planning.local_day(each.start) for each in found)
        _rows, by_model = left.filter(pk__in=[each.pk for each in found]).delete()
        return by_model.get("booking.Appointment", 0)

    return in_one_transaction(work, now=now) if found else 0


def deadline(*, start: datetime, now: datetime) -> datetime:
    """Say until when a time proposed now is held: a day, less if it is close."""
    return min(now + ANSWER, start - BEFORE)


def _follow(closure: Closure, *, key: UUID, by: Member | None, now: datetime) -> Outage:
    outage = Outage.objects.create(
        closure=closure,
        place=str(closure.resource or closure.site or ""),
        period=closure.period,
        reason=closure.reason,
        idempotency_key=key,
        reported_at=now,
        by_id=by.user_id if by else None,
        by_name=by.name if by else "",
    )
    touched = concerned(
        start=outage.start, end=outage.end, site=closure.site_id, resource=closure.resource_id
    )
    OutageCase.objects.bulk_create(
        OutageCase(outage=outage, appointment=each, start=each.start)
        for each in touched
        if each.start > now
    )
    return outage


def _reseat(case: OutageCase, *, now: datetime) -> bool:
    """Receive somebody at her own time with what else is free on the site; False if nothing is."""
    current = locked_with_day(case.appointment)
    if current.start <= now or not OutageCase.objects.open().filter(pk=case.pk).exists():
        return False
    try:
        with transaction.atomic():
            current.allocations.all().delete()
            allocate(current, _units_there(current, now=now), state=Allocation.State.BOOKED)
    except SlotTaken:
        return False
    OutageCase.objects.filter(pk=case.pk).update(reseated_at=now)
    return True


def _units_there(appointment: Appointment, *, now: datetime) -> tuple[int, ...]:
    units = free_units(appointment, online=False, now=now)
    if planning.site_of(units[0], year=appointment.start.year) != appointment.site_id:
        raise SlotTaken
    return units


def _propose(case: OutageCase, *, by: Member | None, now: datetime) -> bool:
    """Hold times for one person and write to her; False when somebody else has just done so."""
    starts = _suitable(case.appointment, now=now)
    return in_one_transaction(partial(_ask, case, starts, by=by, now=now), now=now)


def _ask(
    case: OutageCase, starts: Sequence[datetime], *, by: Member | None, now: datetime
) -> bool:
    current = locked_with_day(case.appointment, *(planning.local_day(each) for each in starts))
    still = OutageCase.objects.open().filter(pk=case.pk, proposed_at=case.proposed_at)
    if case.proposed_at is None:
        still = OutageCase.objects.open().filter(pk=case.pk, proposed_at__isnull=True)
    if not still.exists():
        return False
    current.proposals.filter(status=Appointment.Status.HELD, held_until__lte=now).delete()
    held = list(proposals_of(current, now=now)) or _hold(current, starts, now=now)
    OutageCase.objects.filter(pk=case.pk).update(
        proposed_at=now,
        held_until=max((each.held_until for each in held if each.held_until), default=None),
    )
    current.version += 1
    current.save(update_fields=["version"])
    record(current, AppointmentEvent.Kind.PROPOSED, by=by, now=now, held=len(held))
    tell(emails.proposed, current, reason=case.outage.reason)
    return True


def _hold(
    appointment: Appointment, starts: Sequence[datetime], *, now: datetime
) -> list[Appointment]:
    """Hold the first three of these times that are still free."""
    held: list[Appointment] = []
    for start in starts:
        if len(held) == PROPOSED:
            break
        proposal = Appointment(
            service=appointment.service,
            persons=appointment.persons,
            period=DateTimeTZRange(start, start + appointment.length),
            channel=appointment.channel,
            language=appointment.language,
            is_resident=appointment.is_resident,
            reference=new_reference(),
            token_hash=digest(new_token()),
            idempotency_key=uuid4(),
            held_until=deadline(start=start, now=now),
            instead_of=appointment,
        )
        try:
            with transaction.atomic():
                place(proposal, state=Allocation.State.HOLD, online=False, now=now)
        except SlotTaken:
            continue
        held.append(proposal)
    return held


def _suitable(appointment: Appointment, *, now: datetime) -> list[datetime]:
    """List free times close to the one that was planned: of three days first, then more of them.

    They are those of agents: whom the commune disappoints is not held to its quotas.
    """
    station, last = collection_limits(appointment)
    today = planning.local_day(now)
    planned = planning.local_day(appointment.start)
    found = planning.free(
        service=appointment.service,
        persons=appointment.persons,
        first=max(today, planned - timedelta(days=SEARCH_DAYS // 2)),
        days=SEARCH_DAYS,
        now=now,
        online=False,
        resident=appointment.is_resident,
        length=appointment.length // timedelta(minutes=1),
        station=station,
    )
    starts = sorted(
        (
            each
            for each in found.starts()
            if each - BEFORE - LEAST >= now
            and each != appointment.start
            and (last is None or planning.local_day(each) <= last)
        ),
        key=lambda each: (abs(each - appointment.start), each),
    )
    firsts: dict[date, datetime] = {}
    for each in starts:
        firsts.setdefault(planning.local_day(each), each)
    days = list(firsts)[:PROPOSED]
    chosen = [firsts[day] for day in days]
    return chosen + [
        each for each in starts if planning.local_day(each) in days and each not in chosen
    ]


def _stand(case: OutageCase, *, now: datetime) -> None:
    """Give back what is held for somebody, and tell her that her appointment stands."""
    current = Appointment.objects.select_related("service", "site").get(pk=case.appointment_id)
    current.proposals.filter(status=Appointment.Status.HELD).delete()
    if case.proposed_at is None or case.start <= now:
        return
    current.version += 1
    current.save(update_fields=["version"])
    record(current, AppointmentEvent.Kind.RESET, by=None, now=now)
    tell(emails.stands, current)
    pushes.tell(pushes.STANDS, current, now=now)

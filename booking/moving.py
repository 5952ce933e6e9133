"""Change a confirmed appointment: move it, take a person out or in; receive beyond the room."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from booking import access, emails, planning
from booking.actions import cancel
from booking.events import locked_with_day, record, tell
from booking.models import (
    Allocation,
    Appointment,
    AppointmentEvent,
    Participant,
    Resource,
    Service,
)
from booking.people import Person, enrol, participants, reprice
from booking.placing import (
    channel_of,
    check_offered,
    free_units,
    minutes_for,
    new_reference,
    or_alternatives,
    period_of,
)
from booking.presence import reminded_by_move
from booking.refusals import DetailsMissing
from booking.situations import Channel
from booking.taking import allocate, in_one_transaction, lock_days
from identity.members import Member
from parvis.errors import DomainError
from parvis.signing import digest, new_token


class NotMovable(DomainError):
    """Only a confirmed appointment that has not begun can be changed."""

    message = _("Ce rendez-vous ne peut plus être déplacé.")


class StaleVersion(DomainError):
    """It was changed on another screen since this one was shown."""

    message = _("Ce rendez-vous a changé entre-temps. Voici où il en est.")


class ReasonMissing(DomainError):
    """Nobody is received beyond the room without a reason."""

    message = _("Dites pourquoi cette personne est reçue en plus.")


class NotAllowed(DomainError):
    """Those who only read do not take places."""

    message = _("Votre rôle ne permet pas d’ajouter un rendez-vous en plus.")


def move(
    *,
    appointment: Appointment,
    start: datetime,
    by: Member | None,
    now: datetime,
    version: int | None = None,
    is_promised: bool = False,
) -> Appointment:
    """Give an appointment another start, and tell the citizen; her link and reference stay.

    What it takes is given back first, so that it may overlap its own former time. A citizen
    (``by`` is None) is held to what can be booked online, unless the start was promised to her.
    ``version`` is the one that was shown.

    Raises:
        NotMovable: it is not confirmed, has begun, or its service is not changed online.
        StaleVersion: it has changed since it was shown.
        SlotTaken: the start is not free; nothing has changed.
        Busy: a day could not be locked in time.
    """
    wanted = Appointment.objects.select_related("service").get(pk=appointment.pk)
    minutes = minutes_for(wanted, wanted.persons)
    wanted.period = DateTimeTZRange(start, start + timedelta(minutes=minutes))

    def work() -> Appointment:
        current = locked_with_day(appointment, planning.local_day(start))
        _check_movable(current, by=by, now=now, version=version, is_promised=is_promised)
        if current.start == start:
            return current
        former = current.start
        current.allocations.all().delete()
        current.period = wanted.period
        units = free_units(current, online=by is None and not is_promised, now=now)
        current.site_id = planning.site_of(units[0], year=start.year)
        allocate(current, units, state=Allocation.State.BOOKED)
        has_new_price = reprice(current, day=planning.local_day(start))
        current.arrived_at = current.called_at = None
        current.presence_asked_at = current.presence_confirmed_at = None
        current.reminded_at = reminded_by_move(start, now=now)
        current.version += 1
        current.save()
        record(
            current,
            AppointmentEvent.Kind.MOVED,
            by=by,
            now=now,
            before=former.isoformat(),
            after=start.isoformat(),
        )
        tell(emails.moved, current, former=former, has_new_price=has_new_price)
        return current

    return or_alternatives(work, wanted, now=now)


def remove_person(
    *,
    participant: Participant,
    by: Member | None,
    now: datetime,
    is_promised: bool = False,
) -> Appointment:
    """Take one person out: the start stays, the end of the slot is free for somebody else.

    ``is_promised``: it was announced, so what citizens may not change online does not count.

    Without the last person the whole appointment is cancelled. Doing it twice changes nothing.

    Raises:
        NotMovable: the appointment is not confirmed, or has begun.
        NotCancellable: so it is, and she was the last.
    """
    appointment = Appointment.objects.get(pk=participant.appointment_id)

    def work() -> Appointment:
        current = locked_with_day(appointment)
        leaving = current.participants.filter(pk=participant.pk, cancelled_at__isnull=True)
        staying = len(current.coming) - leaving.count()
        if not leaving.exists():
            return current
        if not staying:
            return cancel(appointment=current, by=by, now=now)
        _check_movable(current, by=by, now=now, is_promised=is_promised)
        leaving.update(cancelled_at=now)
        current.persons = staying
        current.period = _from_start(current, staying)
        current.version += 1
        current.save(update_fields=["persons", "period", "version"])
        after = timedelta(minutes=current.service.buffer_after)
        for taken in current.allocations.exclude(state=Allocation.State.RELEASED):
            taken.period = DateTimeTZRange(taken.period.lower, current.end + after)
            taken.save(update_fields=["period"])
        record(
            current, AppointmentEvent.Kind.SHORTENED, by=by, now=now, position=participant.position
        )
        tell(emails.shortened, current)
        return current

    return in_one_transaction(work, now=now)


def put_back(*, participant: Participant, by: Member | None, now: datetime) -> Appointment:
    """Take back that a person does not come, while the end of the slot is still free.

    Raises:
        NotMovable: the appointment is not confirmed, or has begun.
        SlotTaken: somebody else has the end of the slot now.
        Busy: the day could not be locked in time.
    """
    appointment = Appointment.objects.select_related("service").get(pk=participant.appointment_id)

    def work() -> Appointment:
        current = locked_with_day(appointment)
        if not current.participants.filter(pk=participant.pk, cancelled_at__isnull=False).exists():
            return current
        _check_movable(current, by=by, now=now)
        current.participants.filter(pk=participant.pk).update(cancelled_at=None)
        current.persons = len(current.coming)
        current.period = _from_start(current, current.persons)
        units = _same_units(current)
        current.allocations.all().delete()
        if not _are_free(units, current):
            units = free_units(current, online=False, now=now)
        allocate(current, units, state=Allocation.State.BOOKED)
        current.version += 1
        current.save(update_fields=["persons", "period", "version"])
        record(current, AppointmentEvent.Kind.RESET, by=by, now=now, position=participant.position)
        return current

    return or_alternatives(work, appointment, now=now)


def overbook(
    *,
    service: Service,
    people: Sequence[Person],
    start: datetime,
    resource: Resource,
    reason: str,
    name: str,
    email: str,
    phone: str,
    channel: str,
    taken_by: Member,
    now: datetime,
    idempotency_key: UUID,
) -> Appointment:
    """Receive somebody beyond the room at one counter; free starts stay free.

    Raises:
        NotAllowed: the member may not book.
        ReasonMissing: no reason is given.
        NotOffered: the service is not active, or not for so many persons.
        DetailsMissing: no name.
    """
    if not access.may_book(taken_by):
        raise NotAllowed
    if not reason.strip():
        raise ReasonMissing
    check_offered(service, len(people), online=False)
    if not name.strip():
        raise DetailsMissing
    token = new_token()
    appointment = Appointment(
        service=service,
        site_id=resource.site_id,
        persons=len(people),
        period=period_of(service, len(people), start),
        status=Appointment.Status.BOOKED,
        channel=channel_of(channel, taken_by),
        name=name,
        email=email,
        phone=phone,
        override_reason=reason.strip(),
        taken_by_id=taken_by.user_id,
        taken_by_name=taken_by.name,
        reference=new_reference(),
        token_hash=digest(token),
        idempotency_key=idempotency_key,
        booked_at=now,
    )
    coming = participants(
        people, service=service, day=planning.local_day(start), channel=Channel.DESK
    )

    def work() -> Appointment:
        lock_days([planning.local_day(start)])
        sent_before = Appointment.objects.filter(idempotency_key=idempotency_key).first()
        if sent_before is not None:
            return sent_before
        appointment.save(force_insert=True)
        allocate(appointment, [resource.pk], state=Allocation.State.OVERBOOKED)
        enrol(appointment, coming)
        record(
            appointment, AppointmentEvent.Kind.BOOKED, by=taken_by, now=now, beyond=reason.strip()
        )
        tell(emails.booked, appointment, token=token)
        return appointment

    return in_one_transaction(work, now=now)


def _from_start(appointment: Appointment, persons: int) -> DateTimeTZRange:
    minutes = minutes_for(appointment, persons)
    return DateTimeTZRange(appointment.start, appointment.start + timedelta(minutes=minutes))


def _same_units(appointment: Appointment) -> tuple[int, ...]:
    taken = appointment.allocations.exclude(state=Allocation.State.RELEASED)
    return tuple(sorted(taken.values_list("resource_id", flat=True)))


def _are_free(units: Sequence[int], appointment: Appointment) -> bool:
    """Tell whether what an appointment had is free for its longer time; under the day's lock."""
    after = timedelta(minutes=appointment.service.buffer_after)
    period = DateTimeTZRange(appointment.start, appointment.end + after)
    rivals = Allocation.objects.filter(resource__in=units, period__overlap=period)
    return bool(units) and not rivals.exclude(state=Allocation.State.RELEASED).exists()


def _check_movable(
    appointment: Appointment,
    *,
    by: Member | None,
    now: datetime,
    version: int | None = None,
    is_promised: bool = False,
) -> None:
    if appointment.status != Appointment.Status.BOOKED:
        raise NotMovable
    service = appointment.service
    is_begun = appointment.start <= now
    if by is None and not is_promised and (is_begun or not service.is_cancellable_online):
        raise NotMovable
    if version is not None and version != appointment.version:
        raise StaleVersion

"""What changes appointments: hold a slot, confirm it, cancel it, mark who came."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from booking import emails, planning
from booking.configuration import configuration_changed, install_presets
from booking.duplicates import refuse_doubled
from booking.events import locked, locked_with_day, record, tell
from booking.hoarding import kept_back_until, refuse_crowded_day, refuse_repeated
from booking.holding import extend_hold, keep_details, release_expired
from booking.links import secret_of
from booking.misses import MustPhone, must_phone
from booking.models import Allocation, Appointment, AppointmentEvent, Service
from booking.people import Person, enrol, participants
from booking.placing import (
    channel_of,
    check_offered,
    former_units,
    free_units,
    new_reference,
    or_alternatives,
    period_of,
    place,
    refuse_what_is_taken,
    take_for_good,
)
from booking.refusals import (
    AlreadyExtended,
    DetailsMissing,
    HoldLost,
    NotCancellable,
    NotMarkable,
    NotOffered,
    NotRestorable,
)
from booking.situations import Channel
from booking.taking import (
    Busy,
    SlotTaken,
    allocate,
    in_one_transaction,
    lock_days,
)
from identity.members import Member
from parvis import faults
from parvis.signing import digest, new_token


__all__ = [
    "AlreadyExtended",
    "Busy",
    "DetailsMissing",
    "HoldLost",
    "NotCancellable",
    "NotMarkable",
    "NotOffered",
    "NotRestorable",
    "SlotTaken",
    "book_directly",
    "cancel",
    "configuration_changed",
    "confirm",
    "extend_hold",
    "hold_slot",
    "install_presets",
    "keep_details",
    "mark",
    "release_expired",
    "restore",
    "send_link_again",
]

TYPED = ("name", "email", "phone")


def hold_slot(
    *,
    service: Service,
    people: Sequence[Person],
    start: datetime,
    language: str,
    now: datetime,
    is_resident: bool = False,
    instead_of: Appointment | None = None,
    idempotency_key: UUID | None = None,
    site: int | None = None,
) -> tuple[Appointment, str]:
    """Keep a slot for a citizen while she fills in the form; return it with its secret.

    ``instead_of`` is the slot she held before: it is given back, what she typed goes on. ``site``
    is the place she would rather come to. ``idempotency_key`` is by which another program finds
    again what it has sent.

    Raises:
        NotOffered: the service is not online, or not for so many persons.
        SlotTaken: the start is not free; nothing has changed.
        DayInDemand: a tenth of the day's slots are held at this moment.
        Busy: the day could not be locked in time.
    """
    check_offered(service, len(people), online=True)
    token = new_token()
    plan = planning.current_plan(start.year)
    coming = participants(
        people, service=service, day=planning.local_day(start), channel=Channel.ONLINE
    )
    appointment = Appointment(
        service=service,
        persons=len(people),
        period=period_of(service, len(people), start),
        channel=Appointment.Channel.ONLINE,
        language=language,
        is_resident=is_resident,
        reference=new_reference(),
        token_hash=digest(token),
        idempotency_key=idempotency_key or uuid4(),
        held_until=now + plan.hold,
    )
    if site is not None:
        appointment.site_id = site
    if instead_of is not None:
        for name in TYPED:
            setattr(appointment, name, getattr(instead_of, name))

    def work() -> Appointment:
        days = [planning.local_day(start)]
        if instead_of is not None:
            days.append(planning.local_day(instead_of.start))
        lock_days(days)
        if instead_of is not None:
            Appointment.objects.filter(pk=instead_of.pk, status=Appointment.Status.HELD).delete()
        refuse_crowded_day(appointment, now=now)
        place(appointment, state=Allocation.State.HOLD, online=True, now=now)
        enrol(appointment, coming)
        return appointment

    if instead_of is None:  # what she held before may be what is in the way
        refuse_what_is_taken(appointment, online=True, now=now)
    return or_alternatives(work, appointment, now=now), token


def confirm(
    *, appointment: Appointment, token: str, now: datetime, by: Member | None = None
) -> Appointment:
    """Turn the held slot into an appointment and tell the citizen; a second press changes nothing.

    When the hold is over and the slot is still free, it is taken again. ``token`` is the secret
    of the hold, which becomes that of the manage link. ``by`` is whoever of the team pressed, in
    a browser where she is logged in.

    Raises:
        DetailsMissing: no name, or neither e-mail nor phone.
        AlreadyBooked: one of the numbers has another appointment to come, in any commune.
        AlreadyComing: the same person has one for the same service.
        MustPhone: the citizen missed more appointments than the commune bears.
        HoldLost: the appointment was cancelled or forgotten.
        SlotTaken: somebody else has it now; what was typed is kept.
        Busy: the day could not be locked in time.
    """

    def work() -> Appointment:
        lock_days([planning.local_day(appointment.start)])
        held = (
            Appointment.objects.select_for_update(of=("self",), no_key=True)
            .select_related("service", "site")
            .prefetch_related("participants")
            .filter(pk=appointment.pk)
            .first()
        )
        if held is None or held.status == Appointment.Status.CANCELLED:
            raise HoldLost
        if held.status != Appointment.Status.HELD:
            return held
        if not held.name or not (held.email or held.phone):
            raise DetailsMissing
        if must_phone(email=held.email, phone=held.phone, now=now):
            raise MustPhone
        refuse_doubled(held, now=now)
        refuse_repeated(held, now=now)
        take_for_good(held, now=now)
        held.status = Appointment.Status.BOOKED
        held.booked_at = now
        held.held_until = None
        held.save(update_fields=["status", "booked_at", "held_until"])
        record(held, AppointmentEvent.Kind.BOOKED, by=by, now=now)
        tell(emails.booked, held, token=token)
        return held

    booked = or_alternatives(work, appointment, now=now)
    faults.point("after_commit:booking")
    return booked


def book_directly(
    *,
    service: Service,
    people: Sequence[Person],
    start: datetime,
    name: str,
    email: str,
    phone: str,
    channel: str,
    now: datetime,
    idempotency_key: UUID,
    taken_by: Member | None = None,
    note: str = "",
    language: str = "fr",
) -> Appointment:
    """Book at once for somebody on the phone or at the counter, and confirm it if she has e-mail.

    Sending the same key again returns the first appointment and changes nothing.

    Raises:
        NotOffered: the service is not active, or not for so many persons.
        DetailsMissing: no name. A visitor without e-mail or phone is received all the same.
        SlotTaken: the start is not free; nothing has changed.
        Busy: the day could not be locked in time.
    """
    check_offered(service, len(people), online=False)
    if not name.strip():
        raise DetailsMissing
    token = new_token()
    coming = participants(
        people, service=service, day=planning.local_day(start), channel=Channel.DESK
    )
    appointment = Appointment(
        service=service,
        persons=len(people),
        period=period_of(service, len(people), start),
        status=Appointment.Status.BOOKED,
        channel=channel_of(channel, taken_by),
        language=language,
        name=name,
        email=email,
        phone=phone,
        note=note,
        taken_by_id=taken_by.user_id if taken_by else None,
        taken_by_name=taken_by.name if taken_by else "",
        reference=new_reference(),
        token_hash=digest(token),
        idempotency_key=idempotency_key,
        booked_at=now,
    )

    def work() -> Appointment:
        lock_days([planning.local_day(start)])
        if (first := sent_before.first()) is not None:
            return first
        place(appointment, state=Allocation.State.BOOKED, online=False, now=now)
        enrol(appointment, coming)
        record(appointment, AppointmentEvent.Kind.BOOKED, by=taken_by, now=now)
        tell(emails.booked, appointment, token=token)
        return appointment

    sent_before = Appointment.objects.filter(idempotency_key=idempotency_key)
    try:
        refuse_what_is_taken(appointment, online=False, now=now)
    except SlotTaken:
        if (first := sent_before.first()) is not None:  # it may be the taker itself
            return first
        raise
    return or_alternatives(work, appointment, now=now)


def cancel(
    *,
    appointment: Appointment,
    by: Member | None,
    now: datetime,
    reason: str = "",
    mail: Callable[..., Any] = emails.cancelled,
) -> Appointment:
    """Give the slot back, and confirm that to the citizen; doing it twice changes nothing.

    ``by`` is None when the citizen does it herself. ``mail`` tells her.

    Raises:
        NotCancellable: the visit has begun, or was never confirmed.
    """

    def work() -> Appointment:
        current = locked_with_day(appointment)
        if current.status == Appointment.Status.CANCELLED:
            return current
        is_over = by is None and current.start <= now
        if current.status != Appointment.Status.BOOKED or is_over:
            raise NotCancellable
        if by is None and (hidden := kept_back_until(now=now)):
            current.allocations.filter(state=Allocation.State.BOOKED).update(
                state=Allocation.State.HOLD, expires_at=hidden
            )
        current.allocations.exclude(
            state__in=[Allocation.State.RELEASED, Allocation.State.HOLD]
        ).update(state=Allocation.State.RELEASED)
        current.status = Appointment.Status.CANCELLED
        current.cancelled_at = now
        current.cancel_reason = reason
        current.version += 1
        current.save(update_fields=["status", "cancelled_at", "cancel_reason", "version"])
        record(current, AppointmentEvent.Kind.CANCELLED, by=by, now=now)
        tell(mail, current)
        return current

    return in_one_transaction(work, now=now)


def restore(*, appointment: Appointment, by: Member | None, now: datetime) -> Appointment:
    """Take a cancellation back while the slot is free, and tell the citizen.

    Raises:
        NotRestorable: the appointment is not cancelled.
        SlotTaken: somebody else has the slot now.
        Busy: the day could not be locked in time.
    """

    def work() -> Appointment:
        current = locked_with_day(appointment)
        if current.status == Appointment.Status.BOOKED:
            return current
        if current.status != Appointment.Status.CANCELLED:
            raise NotRestorable
        current.allocations.filter(state=Allocation.State.HOLD).update(
            state=Allocation.State.RELEASED, expires_at=None
        )
        units = former_units(current, now=now) or free_units(current, online=False, now=now)
        current.allocations.filter(state=Allocation.State.RELEASED).delete()
        allocate(current, units, state=Allocation.State.BOOKED)
        current.status = Appointment.Status.BOOKED
        current.cancelled_at = None
        current.cancel_reason = ""
        if current.presence_asked_at is not None:
            current.presence_confirmed_at = now
        current.version += 1
        current.save()
        record(current, AppointmentEvent.Kind.RESET, by=by, now=now)
        tell(emails.booked, current, token=secret_of(current))
        return current

    return or_alternatives(work, appointment, now=now)


@transaction.atomic
def mark(*, appointment: Appointment, status: str, by: Member, now: datetime) -> Appointment:
    """Note that the citizen ``arrived``, was ``honoured`` (received) or ``missed``; or ``reset``.

    Raises:
        NotMarkable: the appointment is cancelled, or was never confirmed.
        ValueError: there is no such status.
    """
    current = locked(appointment)
    if current.status in {Appointment.Status.HELD, Appointment.Status.CANCELLED}:
        raise NotMarkable
    if status == AppointmentEvent.Kind.ARRIVED:
        current.status, current.arrived_at = Appointment.Status.BOOKED, current.arrived_at or now
    elif status == AppointmentEvent.Kind.RESET:
        current.status = Appointment.Status.BOOKED
        current.arrived_at = current.called_at = None
    elif status in {AppointmentEvent.Kind.HONOURED, AppointmentEvent.Kind.MISSED}:
        current.status = Appointment.Status(status)
    else:
        raise ValueError(status)
    is_honoured = current.status == Appointment.Status.HONOURED
    current.served_at = (current.served_at or now) if is_honoured else None
    current.save(update_fields=["status", "arrived_at", "called_at", "served_at"])
    record(current, AppointmentEvent.Kind(status), by=by, now=now)
    return current


@transaction.atomic
def send_link_again(*, reference: str, email: str) -> bool:
    """Send a new manage link, if this reference and e-mail belong together; the old one dies.

    Tell nobody whether it did: the answer on the page is the same.
    """
    found = (
        Appointment.objects.standing()
        .select_for_update(of=("self",), no_key=True)
        .select_related("service", "site")
        .filter(reference=reference, email__iexact=email)
        .exclude(email="")
        .first()
    )
    if found is None:
        return False
    token = new_token()
    found.token_hash = digest(token)
    found.version += 1
    found.save(update_fields=["token_hash", "version"])
    tell(emails.link, found, token=token)
    return True

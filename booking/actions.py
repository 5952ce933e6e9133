"""Everything that changes appointments: hold a slot, confirm it, cancel it, mark who came."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from booking import emails, planning
from booking.checklists import snapshot
from booking.models import (
    Allocation,
    Appointment,
    AppointmentEvent,
    Opening,
    Resource,
    Service,
    Site,
)
from booking.presets import Preset, ServicePreset
from booking.taking import (
    Busy,
    SlotTaken,
    allocate,
    forget_expired_holds,
    in_one_transaction,
    lock_configuration,
    lock_days,
)
from identity.members import Member
from parvis.errors import DomainError, Gone
from parvis.signing import digest, new_token


__all__ = ["Busy", "SlotTaken"]

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
REFERENCE_LENGTH = 8
FORGET_HOLDS_AFTER = timedelta(hours=2)  # what was typed and never confirmed is erased then
PRESET_FIELDS = ("name", "name_en", "text", "text_en", "icon", "titles", "is_online")


class HoldLost(Gone):
    """There is nothing to confirm any more."""

    message = _("Ce créneau n’est plus gardé pour vous. Choisissez-en un autre.")


class AlreadyExtended(DomainError):
    """A hold is made longer once only: other people wait for slots."""

    message = _(
        "Le créneau a déjà été gardé plus longtemps une fois. Terminez ou choisissez-en un autre."
    )


class NotOffered(DomainError):
    """The service is not given in this way, or not to so many persons."""

    message = _("Ce motif n’est pas proposé pour ce nombre de personnes. Appelez la mairie.")
    status = 422


class DetailsMissing(DomainError):
    """Nobody can be received without a name and a way to reach her."""

    message = _("Indiquez un nom, et un courriel ou un téléphone.")
    status = 422


class NotCancellable(DomainError):
    """The visit has begun, is over, or was never confirmed."""

    message = _("Ce rendez-vous ne peut plus être annulé ici. Appelez la mairie.")


class NotRestorable(DomainError):
    """Only a cancelled appointment can be taken up again."""

    message = _("Ce rendez-vous n’est pas annulé.")


class NotMarkable(DomainError):
    """Only a confirmed appointment that was not cancelled can be marked."""

    message = _("Ce rendez-vous est annulé : son état ne change plus.")


def hold_slot(
    *,
    service: Service,
    persons: int,
    start: datetime,
    situation: dict[str, Any],
    language: str,
    now: datetime,
    instead_of: Appointment | None = None,
) -> tuple[Appointment, str]:
    """Keep a slot for a citizen while she fills in the form; return it with its secret.

    ``instead_of`` is the slot she held before: it is given back, what she typed goes on.

    Raises:
        NotOffered: the service is not online, or not for so many persons.
        SlotTaken: the start is not free; nothing has changed.
        Busy: the day could not be locked in time.
    """
    _check_offered(service, persons, online=True)
    token = new_token()
    plan = planning.current_plan(start.year)
    appointment = Appointment(
        service=service,
        persons=persons,
        period=_period(service, persons, start),
        channel=Appointment.Channel.ONLINE,
        language=language,
        situation=situation,
        documents=snapshot(
            service, persons=persons, situation=situation, day=planning.local_day(start)
        ),
        reference=_new_reference(),
        token_hash=digest(token),
        idempotency_key=uuid4(),
        held_until=now + plan.hold,
    )
    if instead_of is not None:
        _copy_details(instead_of, appointment)

    def work() -> Appointment:
        days = [planning.local_day(start)]
        if instead_of is not None:
            days.append(planning.local_day(instead_of.start))
        # Without waiting for the lock: in a rush most wishes end here. What she held before may
        # be what is in the way, so then only the lock can tell.
        if instead_of is None and _choose(appointment, online=True, now=now) is None:
            raise SlotTaken
        lock_days(days)
        if instead_of is not None:
            _drop_hold(instead_of)
        _place(appointment, state=Allocation.State.HOLD, online=True, now=now)
        return appointment

    return _or_alternatives(work, appointment, now=now), token


def extend_hold(*, appointment: Appointment, now: datetime) -> Appointment:
    """Keep the slot as long again, once (RGAA 13.1).

    Raises:
        AlreadyExtended: it has been done before.
        HoldLost: the time is over, or the appointment is confirmed.
    """
    if appointment.extended:
        raise AlreadyExtended
    plan = planning.current_plan(appointment.start.year)
    with transaction.atomic():
        lock_days([planning.local_day(appointment.start)])
        until = (appointment.held_until or now) + plan.hold
        kept = appointment.allocations.filter(
            state=Allocation.State.HOLD, expires_at__gt=now
        ).update(expires_at=until)
        if not kept:
            raise HoldLost
        appointment.held_until = until
        appointment.extended = True
        appointment.save(update_fields=["held_until", "extended"])
    return appointment


def keep_details(
    *, appointment: Appointment, name: str, email: str, phone: str, pre_application: str
) -> Appointment:
    """Keep what the citizen typed, with the slot held for her.

    Raises:
        HoldLost: the appointment is confirmed, or forgotten.
    """
    changed = Appointment.objects.filter(pk=appointment.pk, status=Appointment.Status.HELD).update(
        name=name, email=email, phone=phone, pre_application=pre_application
    )
    if not changed:
        raise HoldLost
    appointment.refresh_from_db()
    return appointment


def confirm(*, appointment: Appointment, token: str, now: datetime) -> Appointment:
    """Turn the held slot into an appointment and tell the citizen; a second press changes nothing.

    When the hold is over and the slot is still free, it is taken again. ``token`` is the secret
    of the hold, which becomes that of the manage link.

    Raises:
        DetailsMissing: no name, or neither e-mail nor phone.
        HoldLost: the appointment was cancelled or forgotten.
        SlotTaken: somebody else has it now; what was typed is kept.
        Busy: the day could not be locked in time.
    """

    def work() -> Appointment:
        lock_days([planning.local_day(appointment.start)])
        held = (
            Appointment.objects.select_for_update(of=("self",), no_key=True)
            .select_related("service", "site")
            .filter(pk=appointment.pk)
            .first()
        )
        if held is None or held.status == Appointment.Status.CANCELLED:
            raise HoldLost
        if held.status != Appointment.Status.HELD:
            return held
        if not held.name or not (held.email or held.phone):
            raise DetailsMissing
        _take_for_good(held, now=now)
        held.status = Appointment.Status.BOOKED
        held.booked_at = now
        held.held_until = None
        held.save(update_fields=["status", "booked_at", "held_until"])
        _record(held, AppointmentEvent.Kind.BOOKED, by=None, now=now)
        _tell(emails.booked, held, token=token)
        return held

    return _or_alternatives(work, appointment, now=now)


def book_directly(
    *,
    service: Service,
    persons: int,
    start: datetime,
    name: str,
    email: str,
    phone: str,
    channel: str,
    now: datetime,
    idempotency_key: UUID,
    taken_by: Member | None = None,
    situation: dict[str, Any] | None = None,
    pre_application: str = "",
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
    _check_offered(service, persons, online=False)
    if not name.strip():
        raise DetailsMissing
    token = new_token()
    known = situation or {}
    appointment = Appointment(
        service=service,
        persons=persons,
        period=_period(service, persons, start),
        status=Appointment.Status.BOOKED,
        channel=channel,
        language=language,
        situation=known,
        documents=snapshot(
            service, persons=persons, situation=known, day=planning.local_day(start)
        ),
        name=name,
        email=email,
        phone=phone,
        pre_application=pre_application,
        note=note,
        taken_by_id=taken_by.user_id if taken_by else None,
        taken_by_name=taken_by.name if taken_by else "",
        reference=_new_reference(),
        token_hash=digest(token),
        idempotency_key=idempotency_key,
        booked_at=now,
    )

    def work() -> Appointment:
        sent_before = Appointment.objects.filter(idempotency_key=idempotency_key)
        is_free = _choose(appointment, online=False, now=now) is not None
        if (first := sent_before.first()) is not None:  # looked for last: it may be the taker
            return first
        if not is_free:
            raise SlotTaken
        lock_days([planning.local_day(start)])
        if (first := sent_before.all().first()) is not None:
            return first
        _place(appointment, state=Allocation.State.BOOKED, online=False, now=now)
        _record(appointment, AppointmentEvent.Kind.BOOKED, by=taken_by, now=now)
        _tell(emails.booked, appointment, token=token)
        return appointment

    return _or_alternatives(work, appointment, now=now)


@transaction.atomic
def cancel(*, appointment: Appointment, by: Member | None, now: datetime) -> Appointment:
    """Give the slot back, and confirm that to the citizen; doing it twice changes nothing.

    ``by`` is None when the citizen does it herself.

    Raises:
        NotCancellable: the visit has begun, or was never confirmed.
    """
    current = _locked(appointment)
    if current.status == Appointment.Status.CANCELLED:
        return current
    is_over = by is None and current.start <= now
    if current.status != Appointment.Status.BOOKED or is_over:
        raise NotCancellable
    current.allocations.exclude(state=Allocation.State.RELEASED).update(
        state=Allocation.State.RELEASED, expires_at=None
    )
    current.status = Appointment.Status.CANCELLED
    current.cancelled_at = now
    current.version += 1
    current.save(update_fields=["status", "cancelled_at", "version"])
    _record(current, AppointmentEvent.Kind.CANCELLED, by=by, now=now)
    _tell(emails.cancelled, current)
    return current


def restore(*, appointment: Appointment, by: Member | None, now: datetime) -> Appointment:
    """Take a cancellation back while the slot is free, and tell the citizen; the link is new.

    Raises:
        NotRestorable: the appointment is not cancelled.
        SlotTaken: somebody else has the slot now.
        Busy: the day could not be locked in time.
    """
    token = new_token()

    def work() -> Appointment:
        lock_days([planning.local_day(appointment.start)])
        current = _locked(appointment)
        if current.status == Appointment.Status.BOOKED:
            return current
        if current.status != Appointment.Status.CANCELLED:
            raise NotRestorable
        units = _free_units(current, online=False, now=now)
        allocate(current, units, state=Allocation.State.BOOKED)
        current.status = Appointment.Status.BOOKED
        current.cancelled_at = None
        current.token_hash = digest(token)
        current.version += 1
        current.save(update_fields=["status", "cancelled_at", "token_hash", "version"])
        _record(current, AppointmentEvent.Kind.RESET, by=by, now=now)
        _tell(emails.booked, current, token=token)
        return current

    return _or_alternatives(work, appointment, now=now)


@transaction.atomic
def mark(*, appointment: Appointment, status: str, by: Member, now: datetime) -> Appointment:
    """Note that the citizen ``arrived``, was ``honoured`` (received) or ``missed``; or ``reset``.

    Raises:
        NotMarkable: the appointment is cancelled, or was never confirmed.
        ValueError: there is no such status.
    """
    current = _locked(appointment)
    if current.status in {Appointment.Status.HELD, Appointment.Status.CANCELLED}:
        raise NotMarkable
    if status == AppointmentEvent.Kind.ARRIVED:
        current.status, current.arrived_at = Appointment.Status.BOOKED, now
    elif status == AppointmentEvent.Kind.RESET:
        current.status, current.arrived_at = Appointment.Status.BOOKED, None
    elif status in {AppointmentEvent.Kind.HONOURED, AppointmentEvent.Kind.MISSED}:
        current.status = Appointment.Status(status)
    else:
        raise ValueError(status)
    current.save(update_fields=["status", "arrived_at"])
    _record(current, AppointmentEvent.Kind(status), by=by, now=now)
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
    _tell(emails.link, found, token=token)
    return True


@transaction.atomic
def release_expired(*, now: datetime) -> int:
    """Free the slots nobody confirmed in time and count them; forget old unfinished bookings."""
    freed, _by_model = Allocation.objects.filter(
        state=Allocation.State.HOLD, expires_at__lte=now
    ).delete()
    Appointment.objects.filter(
        status=Appointment.Status.HELD, held_until__lte=now - FORGET_HOLDS_AFTER
    ).delete()
    return freed


@transaction.atomic
def configuration_changed() -> None:
    """Make every process read openings, closures, resources and services again after commit.

    To be called in the transaction that changes one of them.
    """
    lock_configuration()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO booking_settings (id, version, hold_minutes)"
            " VALUES (1, extract(epoch FROM clock_timestamp()) * 1000000, 10)"
            " ON CONFLICT (id) DO UPDATE SET version = excluded.version"
        )


@transaction.atomic
def install_presets(*, preset: Preset, site_name: str, address: str = "") -> Site:
    """Give a commune its first services, counters and hours; safe to repeat, changes no row.

    What bears the same slug or name is left as the commune has made it.
    """
    site, _created = Site.objects.get_or_create(name=site_name, defaults={"address": address})
    services = [_install_service(each, n) for n, each in enumerate(preset.services)]
    counters = []
    for position, name in enumerate(preset.counters):
        counter, created = Resource.objects.get_or_create(
            name=name, site=site, defaults={"position": position}
        )
        if created:
            counter.services.set(services)
        counters.append(counter)
    if not Opening.objects.exists():
        for weekday, spans in preset.hours.items():
            for start, end in spans:
                opening = Opening.objects.create(
                    weekday=weekday,
                    start_time=start,
                    end_time=end,
                    step_minutes=preset.step_minutes,
                )
                opening.resources.set(counters)
    configuration_changed()
    return site


def _install_service(preset: ServicePreset, position: int) -> Service:
    service, _created = Service.objects.get_or_create(
        slug=preset.slug,
        defaults={
            **{name: getattr(preset, name) for name in PRESET_FIELDS},
            "minutes": list(preset.minutes),
            "documents": list(preset.documents),
            "position": position,
        },
    )
    return service


def _or_alternatives(
    work: Callable[[], Appointment], wanted: Appointment, *, now: datetime
) -> Appointment:
    """Run a booking transaction; complete a refusal with the nearest free starts."""
    try:
        return in_one_transaction(work)
    except SlotTaken as refusal:
        raise SlotTaken(
            planning.nearest(
                service=wanted.service, persons=wanted.persons, start=wanted.start, now=now
            )
        ) from refusal


def _choose(appointment: Appointment, *, online: bool, now: datetime) -> tuple[int, ...] | None:
    return planning.choose(
        service=appointment.service,
        persons=appointment.persons,
        start=appointment.start,
        now=now,
        online=online,
    )


def _place(
    appointment: Appointment, *, state: Allocation.State, online: bool, now: datetime
) -> None:
    """Save the appointment and take its resources, under the lock of the day."""
    units = _free_units(appointment, online=online, now=now)
    appointment.site_id = planning.site_of(units[0], year=appointment.start.year)
    appointment.save(force_insert=True)
    allocate(appointment, units, state=state)


def _take_for_good(held: Appointment, *, now: datetime) -> None:
    """Turn the hold into a booking, or take the slot again if it is still free."""
    kept = held.allocations.filter(state=Allocation.State.HOLD, expires_at__gt=now).update(
        state=Allocation.State.BOOKED, expires_at=None
    )
    if not kept:
        _drop_allocations(held)
        units = _free_units(held, online=True, now=now)
        allocate(held, units, state=Allocation.State.BOOKED)


def _free_units(appointment: Appointment, *, online: bool, now: datetime) -> tuple[int, ...]:
    zone = planning.zone()
    day = appointment.start.astimezone(zone).date()
    forget_expired_holds(day, zone=zone, now=now)
    units = _choose(appointment, online=online, now=now)
    if units is None:
        raise SlotTaken
    return units


def _drop_hold(held: Appointment) -> None:
    """Forget a hold that another one replaces; a confirmed appointment stays."""
    if held.status == Appointment.Status.HELD:
        Appointment.objects.filter(pk=held.pk, status=Appointment.Status.HELD).delete()


def _drop_allocations(held: Appointment) -> None:
    held.allocations.filter(state=Allocation.State.HOLD).delete()


def _copy_details(old: Appointment, new: Appointment) -> None:
    new.name, new.email, new.phone = old.name, old.email, old.phone
    new.pre_application = old.pre_application


def _check_offered(service: Service, persons: int, *, online: bool) -> None:
    if not service.is_active or (online and not service.is_online):
        raise NotOffered
    if not 1 <= persons <= service.most_persons:
        raise NotOffered


def _period(service: Service, persons: int, start: datetime) -> DateTimeTZRange:
    return DateTimeTZRange(start, start + timedelta(minutes=service.length(persons)))


def _new_reference() -> str:
    """Draw a reference that is free; among 2⁴⁰ a second draw hardly ever happens."""
    while True:
        reference = "".join(secrets.choice(ALPHABET) for _each in range(REFERENCE_LENGTH))
        if not Appointment.objects.filter(reference=reference).exists():
            return reference


def _locked(appointment: Appointment) -> Appointment:
    return (
        Appointment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("service", "site")
        .get(pk=appointment.pk)
    )


def _record(
    appointment: Appointment, kind: AppointmentEvent.Kind, *, by: Member | None, now: datetime
) -> None:
    AppointmentEvent.objects.create(
        appointment=appointment,
        kind=kind,
        at=now,
        by_id=by.user_id if by else None,
        by_name=by.name if by else "",
    )


def _tell(mail: Callable[..., Any], appointment: Appointment, **secret: str) -> None:
    if appointment.email:
        mail(appointment, planning.current_commune(), **secret).send()

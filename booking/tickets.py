"""The queue of the hall: numbers of the day, who is next, who is called where.

Whoever waits has a ticket, with an appointment or without. Each site counts from 1 every day.
Whoever writes in the queue of a site locks the site first, so that no number is given twice and
two counters never call the same person.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _, gettext_lazy

from booking import actions, planning, topics
from booking.events import locked, record
from booking.models import Appointment, AppointmentEvent, Resource, Service, Site, Ticket
from booking.people import Person
from identity.members import Member
from parvis import live
from parvis.errors import DomainError


ON_TIME = timedelta(minutes=15)
"""Who arrives later than this after the hour waits with those who have no appointment."""

SOON = timedelta(minutes=10)
"""How long before their hour people are called ahead of those who have no appointment."""

LATEST = 5  # calls shown on the screen


class TicketOver(DomainError):
    """Somebody else has received this person meanwhile, or she has left."""

    message = gettext_lazy("Ce numéro n’attend plus : voici la file à jour.")


class NoneToday(DomainError):
    """Nothing is free any more today."""

    message = gettext_lazy("Aucun créneau n’est libre aujourd’hui : donnez un numéro.")


def waiting(tickets: Iterable[Ticket], *, now: datetime) -> list[Ticket]:
    """Put those who have not been called in the order in which they are.

    First the appointments kept on time whose hour has come or is near, by their hour. Then those
    without appointment and those who arrived late, by their arrival. Then whoever is early.
    """

    def rank(ticket: Ticket) -> tuple[int, datetime, int]:
        appointment = ticket.appointment
        if appointment is None or ticket.created_at > appointment.start + ON_TIME:
            return 1, ticket.created_at, ticket.number
        is_near = appointment.start <= now + SOON
        return 0 if is_near else 2, appointment.start, ticket.number

    return sorted((each for each in tickets if each.called_at is None), key=rank)


def standing(site: Site, *, now: datetime) -> QuerySet[Ticket]:
    """Select those of today who wait or are called, with what a line of the queue shows."""
    return (
        Ticket.objects.filter(
            site=site,
            day=planning.local_day(now),
            served_at__isnull=True,
            left_at__isnull=True,
        )
        .exclude(appointment__status=Appointment.Status.CANCELLED)
        .select_related("appointment__service", "service", "called_to")
        .order_by("number")
    )


def called(site: Site, *, now: datetime) -> list[Ticket]:
    """List the latest calls of today, the last one first; numbers and counters only."""
    return list(
        Ticket.objects.filter(
            site=site,
            day=planning.local_day(now),
            called_at__isnull=False,
            left_at__isnull=True,
        )
        .select_related("called_to")
        .only("number", "called_at", "called_to__name")
        .order_by("-called_at", "-pk")[:LATEST]
    )


def lock_queue(site_id: int) -> Site:
    """Wait to be the only writer in the queue of a site; before any appointment is locked.

    The screens of the hall and of the counters are told once it is committed.
    """
    live.touch(topics.of_hall(site_id))
    return Site.objects.select_for_update(no_key=True).get(pk=site_id)


@transaction.atomic
def mark(*, appointment: Appointment, status: str, by: Member, now: datetime) -> Appointment:
    """Note what becomes of a visit, and let its ticket follow.

    Whoever arrives on the day of her appointment gets a number.

    Raises:
        NotMarkable: the appointment is cancelled, or was never confirmed.
        ValueError: there is no such status.
    """
    lock_queue(appointment.site_id)
    current = actions.mark(appointment=appointment, status=status, by=by, now=now)
    follow(current, now=now)
    return current


def follow(appointment: Appointment, *, now: datetime) -> None:
    """Bring the ticket of an appointment to what has become of it; inside a transaction."""
    mine = Ticket.objects.filter(appointment=appointment)
    if appointment.status == Appointment.Status.HONOURED:
        mine.update(served_at=appointment.served_at or now, left_at=None)
    elif appointment.status == Appointment.Status.MISSED:
        mine.update(served_at=None, left_at=now)
    elif appointment.arrived_at is None:
        mine.delete()
    elif not mine.update(
        served_at=None, left_at=None, called_at=appointment.called_at
    ) and planning.local_day(appointment.start) == planning.local_day(now):
        _take(
            appointment.site,
            now=now,
            appointment=appointment,
            service=appointment.service,
            name=appointment.name,
        )


@transaction.atomic
def walk_in(
    *, site: Site, service: Service | None, name: str, now: datetime, note: str = ""
) -> Ticket:
    """Give a number to somebody who comes without appointment and waits her turn."""
    return _take(site, now=now, service=service, name=name.strip(), note=note)


def walk_in_at(
    *,
    service: Service,
    start: datetime,
    name: str,
    by: Member,
    now: datetime,
    idempotency_key: UUID,
) -> Appointment:
    """Give a free slot of today to somebody who is there, with a number.

    Raises:
        NotOffered: the service is not active.
        SlotTaken: the start is not free; nothing has changed.
        Busy: the day could not be locked in time.
    """
    appointment = actions.book_directly(
        service=service,
        people=[Person(name=name.strip())],
        start=start,
        name=name.strip() or _("Sans rendez-vous"),
        email="",
        phone="",
        channel=Appointment.Channel.WALK_IN,
        now=now,
        idempotency_key=idempotency_key,
        taken_by=by,
    )
    if appointment.arrived_at is None:
        mark(appointment=appointment, status="arrived", by=by, now=now)
    return appointment


@transaction.atomic
def call(*, ticket: Ticket, counter: Resource, by: Member, now: datetime) -> Ticket:
    """Call somebody to a counter, or once more: her number is on top of the screen again.

    Raises:
        TicketOver: she was received or has left.
    """
    return _call(_locked(ticket), counter, by=by, now=now)


@transaction.atomic
def call_next(*, counter: Resource, by: Member, now: datetime) -> Ticket | None:
    """Call whoever is next in line for what a counter gives; None when nobody waits for it."""
    site = lock_queue(counter.site_id)
    given = set(counter.services.values_list("pk", flat=True))
    for ticket in waiting(standing(site, now=now), now=now):
        if ticket.service_id is None or ticket.service_id in given:
            return _call(ticket, counter, by=by, now=now)
    return None


@transaction.atomic
def call_back(*, ticket: Ticket, by: Member, now: datetime) -> Ticket:
    """Take a call back: she waits again, in the same place."""
    current = _locked(ticket)
    current.called_at = current.called_to = None
    current.save(update_fields=["called_at", "called_to"])
    if current.appointment is not None:
        current.appointment.called_at = None
        current.appointment.save(update_fields=["called_at"])
        record(current.appointment, AppointmentEvent.Kind.RESET, by=by, now=now)
    return current


@transaction.atomic
def serve(*, ticket: Ticket, by: Member, now: datetime) -> Ticket:
    """Note that somebody was received."""
    return _end(ticket, status="honoured", field="served_at", by=by, now=now)


@transaction.atomic
def leave(*, ticket: Ticket, by: Member, now: datetime) -> Ticket:
    """Note that somebody left before she was received; her appointment counts as missed."""
    return _end(ticket, status="missed", field="left_at", by=by, now=now)


@transaction.atomic
def put_back(*, ticket: Ticket, by: Member, now: datetime) -> Ticket:
    """Take back that somebody was received or left: she is where she was."""
    lock_queue(ticket.site_id)
    current = Ticket.objects.select_related("appointment").get(pk=ticket.pk)
    if current.appointment is not None:
        mark(appointment=current.appointment, status="arrived", by=by, now=now)
        current.refresh_from_db()
        return current
    current.served_at = current.left_at = None
    current.save(update_fields=["served_at", "left_at"])
    return current


@transaction.atomic
def forget(*, ticket: Ticket) -> None:
    """Take a number back that was given to nobody; one already called stays.

    Raises:
        TicketOver: it was called.
    """
    current = _locked(ticket)
    if current.called_at is not None or current.appointment is not None:
        raise TicketOver
    current.delete()


def _take(
    site: Site,
    *,
    now: datetime,
    appointment: Appointment | None = None,
    service: Service | None = None,
    name: str = "",
    note: str = "",
) -> Ticket:
    lock_queue(site.pk)
    day = planning.local_day(now)
    last = Ticket.objects.filter(site=site, day=day).aggregate(last=Max("number"))["last"] or 0
    return Ticket.objects.create(
        site=site,
        day=day,
        number=last + 1,
        service=service,
        appointment=appointment,
        name=name,
        note=note,
        created_at=now,
    )


def _locked(ticket: Ticket) -> Ticket:
    """Read a ticket again under the lock of its site.

    Raises:
        TicketOver: she was received, has left, or the number was taken back.
    """
    lock_queue(ticket.site_id)
    current = (
        Ticket.objects.select_related("appointment")
        .filter(pk=ticket.pk, served_at__isnull=True, left_at__isnull=True)
        .first()
    )
    if current is None:
        raise TicketOver
    return current


def _call(ticket: Ticket, counter: Resource, *, by: Member, now: datetime) -> Ticket:
    ticket.called_at, ticket.called_to = now, counter
    ticket.save(update_fields=["called_at", "called_to"])
    if ticket.appointment is not None:
        appointment = locked(ticket.appointment)
        appointment.called_at = now
        appointment.save(update_fields=["called_at"])
        record(appointment, AppointmentEvent.Kind.CALLED, by=by, now=now, to=counter.name)
    return ticket


def _end(ticket: Ticket, *, status: str, field: str, by: Member, now: datetime) -> Ticket:
    current = _locked(ticket)
    if current.appointment is not None:
        mark(appointment=current.appointment, status=status, by=by, now=now)
        current.refresh_from_db()
        return current
    setattr(current, field, now)
    current.save(update_fields=[field])
    return current

"""What the counter finds in a file: documents seen, those missing, and a time to bring them."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from booking import emails, planning, tickets
from booking.actions import cancel
from booking.events import locked, record, tell
from booking.models import Allocation, Appointment, AppointmentEvent, Participant
from booking.people import enrol
from booking.placing import minutes_for, new_reference, or_alternatives, place
from booking.taking import lock_days
from identity.members import Member
from parvis.errors import DomainError
from parvis.signing import digest, new_token


SEARCH_DAYS = 60
PROPOSED = 3
OUTCOMES = (AppointmentEvent.Kind.COMPLETE, AppointmentEvent.Kind.INCOMPLETE)
Keys = Mapping[int, Collection[str]]  # keys of documents, by the position of the person


class NotReceived(DomainError):
    """Only the file of somebody who comes can be looked at."""

    message = _("Ce rendez-vous est annulé ou marqué absent : son dossier ne change plus.")


class NothingMissing(DomainError):
    """An incomplete file lacks something."""

    message = _("Cochez au moins une pièce qui manque, ou notez le dossier complet.")
    status = 422


def asked(person: Participant) -> list[str]:
    """List the keys of the documents a person was asked for."""
    return [line["key"] for line in person.documents.get("documents", ())]


def unseen(appointment: Appointment) -> dict[int, list[str]]:
    """List, for each person, what is not ticked; those who have everything are left out."""
    return {
        person.position: keys
        for person in appointment.coming
        if (keys := [key for key in asked(person) if key not in person.ticks])
    }


@transaction.atomic
def keep_ticks(*, appointment: Appointment, seen: Keys) -> Appointment:
    """Keep which documents were seen, all persons at once; what was not asked for is ignored.

    Raises:
        NotReceived: the appointment is cancelled, missed, or was never confirmed.
    """
    current = _open_file(appointment)
    people = current.coming
    for person in people:
        person.ticks = _among(person, seen)
    Participant.objects.bulk_update(people, ["ticks"])
    return current


@transaction.atomic
def find_complete(*, appointment: Appointment, by: Member, now: datetime) -> Appointment:
    """Note that everything was there; the visit counts as received.

    Raises:
        NotReceived: the appointment is cancelled, missed, or was never confirmed.
    """
    current = _open_file(appointment)
    current.participants.update(missing=[])
    _close(current, Appointment.Outcome.COMPLETE, by=by, now=now)
    return current


def find_incomplete(
    *,
    appointment: Appointment,
    missing: Keys,
    start: datetime | None,
    by: Member,
    now: datetime,
    idempotency_key: UUID,
) -> Appointment:
    """Note what is missing, tell the citizen exactly that, and keep a short time to bring it.

    Returns the short appointment that begins at ``start``, or the file itself when there is
    none. Sending the same key again changes nothing.

    Raises:
        NotReceived: the appointment is cancelled, missed, or was never confirmed.
        NothingMissing: nothing that was asked for is missing.
        SlotTaken: the start is not free; nothing has changed.
        Busy: the day could not be locked in time.
    """
    lacking = {
        person.position: keys for person in appointment.coming if (keys := _among(person, missing))
    }
    if not lacking:
        raise NothingMissing
    if start is None:
        with transaction.atomic():
            return _lacks(appointment, lacking, by=by, now=now)
    token = new_token()
    short = _short(appointment, start=start, persons=len(lacking), by=by, now=now)
    short.reference, short.token_hash = new_reference(), digest(token)
    short.idempotency_key, at = idempotency_key, start

    def work() -> Appointment:
        lock_days([planning.local_day(at)])
        sent_before = Appointment.objects.filter(idempotency_key=idempotency_key).first()
        if sent_before is not None:
            return sent_before
        current = _lacks(appointment, lacking, by=by, now=now)
        place(short, state=Allocation.State.BOOKED, online=False, now=now)
        enrol(short, _bringing(current, lacking))
        record(short, AppointmentEvent.Kind.BOOKED, by=by, now=now, completes=current.reference)
        tell(emails.booked, short, token=token)
        return short

    return or_alternatives(work, short, now=now)


@transaction.atomic
def reopen(*, appointment: Appointment, by: Member, now: datetime) -> Appointment:
    """Take an outcome back, with the short appointment it led to; twice changes nothing.

    The citizen was told by e-mail what is missing: she is told of the cancellation only.
    """
    tickets.lock_queue(appointment.site_id)
    current = locked(appointment)
    if not current.outcome:
        return current
    for short in current.followers.filter(
        status=Appointment.Status.BOOKED,
        service=current.service,
        channel=Appointment.Channel.COUNTER,
    ):
        cancel(appointment=short, by=by, now=now)
    last = current.events.filter(kind__in=OUTCOMES).order_by("-at", "-pk").first()
    if last is not None and last.detail.get("was") == Appointment.Status.BOOKED:
        current.status, current.served_at = Appointment.Status.BOOKED, None
        tickets.follow(current, now=now)
    current.outcome = Appointment.Outcome.UNKNOWN
    current.version += 1
    current.save(update_fields=["status", "served_at", "outcome", "version"])
    current.participants.update(missing=[])
    record(current, AppointmentEvent.Kind.RESET, by=by, now=now)
    return current


def short_starts(appointment: Appointment, *, persons: int, now: datetime) -> list[datetime]:
    """Propose three times to bring what is missing: the first free one of the next days.

    They are of three different days where possible, for whoever must fetch a document.
    """
    wanted = _short(appointment, start=now, persons=persons, by=None, now=now)
    first = planning.local_day(now) + timedelta(days=1)
    found = planning.free(
        service=wanted.service,
        persons=wanted.persons,
        first=first,
        days=SEARCH_DAYS,
        now=now,
        online=False,
        resident=wanted.is_resident,
        length=minutes_for(wanted, wanted.persons),
    )
    starts = list(found.starts())
    of_days: dict[object, datetime] = {}
    for start in starts:
        of_days.setdefault(start.date(), start)
    chosen = list(of_days.values())[:PROPOSED]
    more = (start for start in starts if start not in chosen)
    while len(chosen) < PROPOSED and (extra := next(more, None)) is not None:
        chosen.append(extra)
    return sorted(chosen)


def _open_file(appointment: Appointment) -> Appointment:
    tickets.lock_queue(appointment.site_id)
    current = locked(appointment)
    if current.status not in {Appointment.Status.BOOKED, Appointment.Status.HONOURED}:
        raise NotReceived
    return current


def _among(person: Participant, keys: Keys) -> list[str]:
    return [key for key in asked(person) if key in keys.get(person.position, ())]


def _lacks(appointment: Appointment, lacking: Keys, *, by: Member, now: datetime) -> Appointment:
    current = _open_file(appointment)
    people = current.coming
    for person in people:
        person.missing = _among(person, lacking)
    Participant.objects.bulk_update(people, ["missing"])
    _close(current, Appointment.Outcome.INCOMPLETE, by=by, now=now)
    tell(emails.incomplete, current)
    return current


def _close(
    current: Appointment, outcome: Appointment.Outcome, *, by: Member, now: datetime
) -> None:
    was = current.status
    current.status, current.outcome = Appointment.Status.HONOURED, outcome
    current.served_at = current.served_at or now
    current.version += 1
    current.save(update_fields=["status", "outcome", "served_at", "version"])
    tickets.follow(current, now=now)
    record(current, AppointmentEvent.Kind(outcome.value), by=by, now=now, was=was)


def _short(
    appointment: Appointment, *, start: datetime, persons: int, by: Member | None, now: datetime
) -> Appointment:
    """Prepare the appointment that completes another, without its secrets."""
    short = Appointment(
        service=appointment.service,
        persons=persons,
        status=Appointment.Status.BOOKED,
        channel=Appointment.Channel.COUNTER,
        name=appointment.name,
        email=appointment.email,
        phone=appointment.phone,
        language=appointment.language,
        is_resident=appointment.is_resident,
        follows=appointment,
        taken_by_id=by.user_id if by else None,
        taken_by_name=by.name if by else "",
        booked_at=now,
    )
    minutes = minutes_for(short, persons)
    short.period = DateTimeTZRange(start, start + timedelta(minutes=minutes))
    return short


def _bringing(current: Appointment, lacking: Keys) -> list[Participant]:
    """Prepare who comes again, each with what she lacks only, at the price announced."""
    again = [person for person in current.coming if person.position in lacking]
    return [
        Participant(
            position=position,
            name=person.name,
            pre_application=person.pre_application,
            other_number=person.other_number,
            situation=person.situation,
            documents={
                **person.documents,
                "documents": [
                    line
                    for line in person.documents.get("documents", ())
                    if line["key"] in lacking[person.position]
                ],
            },
        )
        for position, person in enumerate(again, start=1)
    ]

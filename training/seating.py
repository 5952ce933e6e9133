"""Seats: who is invited, who answers, who waits and who moves up. Each writer holds the session.

The row of the session is locked first, so that two rivals for the last seat follow each other.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from parvis.deferred import defer
from parvis.errors import DomainError
from tenants.models import Commune, Membership
from training import emails
from training.models import Attendance, Reply, TrainingSession
from training.models.people import Carpool
from training.seats import Room, seated_next


State = Attendance.State


class AnswersClosed(DomainError):
    """Nobody answers any more once a session has begun, or does not take place."""

    message = _("Cette session a commencé, est terminée ou annulée : on ne répond plus.")


class AnotherCommune(DomainError):
    """Somebody was invited with her other commune."""

    message = _("Cette adresse est déjà inscrite avec une autre commune.")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody answers."""

    is_coming: bool
    accessibility: str = ""
    wants_lunch: bool = False
    carpool: str = Carpool.NONE
    carpool_from: str = ""


def locked(session: TrainingSession) -> TrainingSession:
    """Hold a session until the end of the transaction, and read it afresh."""
    held = TrainingSession.objects.select_for_update(no_key=True, of=("self",))
    return held.select_related("association").get(pk=session.pk)


@transaction.atomic
def invite(*, session: TrainingSession, communes: Iterable[Commune]) -> int:
    """Invite everybody who works for these communes; count those who were not yet.

    Raises:
        AnswersClosed: it is not open.
    """
    session = locked(session)
    if not session.is_open:
        raise AnswersClosed
    known = {email.lower() for email in session.attendances.values_list("email", flat=True)}
    people = (
        Membership.objects.filter(commune__in=list(communes), is_active=True)
        .filter(user__is_active=True, commune__association=session.association)
        .select_related("user", "commune")
        .order_by("user_id", "commune_id")
    )
    rows = {}
    for each in people:
        address = each.user.email.lower()
        if address not in known and address not in rows:
            rows[address] = Attendance(
                session=session,
                user=each.user,
                commune=each.commune,
                name=str(each.user)[:80],
                email=address,
            )
    made = Attendance.objects.bulk_create(rows.values())
    defer("training.write", session=session.pk)
    return len(made)


@transaction.atomic
def add(
    *, session: TrainingSession, commune: Commune, name: str, email: str, now: datetime
) -> Attendance:
    """Register somebody who said she comes, whether or not she has an account.

    Raises:
        AnswersClosed: it is not open; people may still be added while it takes place.
        AnotherCommune: she is there with another commune.
    """
    session = locked(session)
    if not session.is_open:
        raise AnswersClosed
    attendance = _found_or_new(session, commune, name=name, email=email)
    _settle(session, attendance, Wish(is_coming=True), now=now)
    return attendance


@transaction.atomic
def answer(*, attendance: Attendance, wish: Wish, now: datetime) -> Attendance:
    """Take an answer: a seat, a place in the line, or a seat for the next one.

    Raises:
        AnswersClosed: the session has begun, or does not take place.
    """
    session = locked(attendance.session)
    if not session.is_open or session.starts_at <= now:
        raise AnswersClosed
    attendance = Attendance.objects.select_for_update(of=("self",)).get(pk=attendance.pk)
    _settle(session, attendance, wish, now=now)
    return attendance


@transaction.atomic
def remove(*, attendance: Attendance, now: datetime) -> None:
    """Take somebody off the list, for the association; her seat goes to the next one.

    Raises:
        AnswersClosed: the session is over.
    """
    session = locked(attendance.session)
    if not session.is_open:
        raise AnswersClosed
    attendance = Attendance.objects.select_for_update(of=("self",)).get(pk=attendance.pk)
    _settle(session, attendance, Wish(is_coming=False), now=now)


def take_replies(*, now: datetime) -> int:
    """Take what communes answered on their own sites, in the order of arrival; count them."""
    waiting = Reply.objects.filter(taken_at__isnull=True).values_list("pk", flat=True)
    return sum(_take(pk, now=now) for pk in list(waiting))


@transaction.atomic
def _take(pk: int, *, now: datetime) -> int:
    reply = (
        Reply.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("session", "commune")
        .filter(pk=pk, taken_at__isnull=True)
        .first()
    )
    if reply is None:
        return 0
    try:
        with transaction.atomic():
            _apply(reply, now=now)
    except DomainError as refusal:
        reply.refusal = str(refusal)
    reply.taken_at = now
    reply.save(update_fields=["taken_at", "refusal"])
    return 1


def _apply(reply: Reply, *, now: datetime) -> None:
    session = locked(reply.session)
    if session.association_id != reply.commune.association_id:
        raise AnswersClosed
    if not session.is_open or session.starts_at <= now:
        raise AnswersClosed
    attendance = _found_or_new(session, reply.commune, name=reply.name, email=reply.email)
    if attendance.user_id is None:
        is_theirs = Membership.objects.filter(
            commune=reply.commune, user_id=reply.user_id, user__email__iexact=reply.email
        )
        attendance.user_id = reply.user_id if is_theirs.exists() else None
    wish = Wish(
        is_coming=reply.is_coming,
        accessibility=reply.accessibility,
        wants_lunch=reply.wants_lunch,
        carpool=reply.carpool,
        carpool_from=reply.carpool_from,
    )
    _settle(session, attendance, wish, now=now)


def _found_or_new(
    session: TrainingSession, commune: Commune, *, name: str, email: str
) -> Attendance:
    address = email.strip().lower()
    found = session.attendances.filter(email__iexact=address).first()
    if found is None:
        return Attendance(session=session, commune=commune, name=name, email=address)
    if found.commune_id != commune.pk:
        raise AnotherCommune
    return found


def _settle(
    session: TrainingSession, attendance: Attendance, wish: Wish, *, now: datetime
) -> None:
    attendance.session = session
    had_seat = attendance.state == State.REGISTERED
    if not wish.is_coming:
        attendance.state, attendance.waitlisted_at = State.DECLINED, None
    elif not had_seat:
        _seat_or_line(session, attendance, now=now)
    attendance.accessibility = wish.accessibility
    attendance.wants_lunch = wish.wants_lunch
    attendance.carpool, attendance.carpool_from = wish.carpool, wish.carpool_from
    attendance.answered_at = now
    attendance.save()
    emails.answered(attendance, now=now).send()
    promote(session, now=now)


def _seat_or_line(session: TrainingSession, attendance: Attendance, *, now: datetime) -> None:
    room = _room(session)
    if room.has_seat_for(attendance.commune_id):  # who waits could not have had it
        attendance.state, attendance.waitlisted_at = State.REGISTERED, None
    else:
        attendance.state = State.WAITLISTED
        attendance.waitlisted_at = attendance.waitlisted_at or now


def promote(session: TrainingSession, *, now: datetime) -> list[Attendance]:
    """Seat those who wait as far as seats go, tell them, and count the seats again.

    The caller holds the session.
    """
    line = list(session.attendances.in_line()) if session.is_open else []
    chosen = set(seated_next(_room(session), [(each.pk, each.commune_id) for each in line]))
    promoted = [each for each in line if each.pk in chosen]
    for each in promoted:
        each.session = session
        each.state, each.waitlisted_at = State.REGISTERED, None
        each.save(update_fields=["state", "waitlisted_at"])
        emails.promoted(each, now=now).send()
    session.registered_count = session.attendances.seated().count()
    session.save(update_fields=["registered_count"])
    return promoted


def _room(session: TrainingSession) -> Room:
    taken = Counter(session.attendances.seated().values_list("commune_id", flat=True))
    return Room(session.max_seats, session.commune_quota, taken)

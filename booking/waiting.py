"""The waiting list: who wants to come sooner is offered, in order, the places that others give up.

An offer is an appointment held for one person. While it lasts nobody else can take its place. One
that is left unanswered goes to the next person.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from booking import emails, planning
from booking.actions import confirm
from booking.models import Allocation, Appointment, Service, Settings, WaitingEntry
from booking.moving import move
from booking.people import Person, enrol, participants
from booking.placing import check_offered, new_reference, period_of, place
from booking.refusals import DetailsMissing, NotOffered
from booking.situations import Channel
from booking.taking import SlotTaken, in_one_transaction, lock_days
from identity.members import Member
from parvis.deferred import defer
from parvis.errors import DomainError, Gone
from parvis.guard import TenantQuerySet
from parvis.signing import digest, new_token


MORNING, EVENING = time(8), time(21)  # nobody is asked to answer at night
SAME_DAY = timedelta(minutes=30)  # to answer an offer of the very day
LEAST = timedelta(minutes=10)  # an offer shorter than this is none
BEFORE = timedelta(hours=1)  # an offer ends so long before its start
OFFERS_MISSED = 3
SEARCH_DAYS = 120


class AlreadyWaiting(DomainError):
    """Nobody waits twice for the same service."""

    message = _("Vous êtes déjà sur cette liste d’attente.")


class OfferGone(Gone):
    """The time to answer is over, or somebody answered already."""

    message = _("Cette offre n’est plus valable. Vous restez sur la liste d’attente.")
    heading = _("Cette offre n’est plus valable")
    href = "/rendez-vous/"


def join(  # noqa: PLR0913 (all that a place in the list says)
    *,
    service: Service,
    people: Sequence[Person],
    name: str,
    email: str,
    phone: str,
    first_day: date,
    last_day: date,
    weekdays: Iterable[int],
    language: str,
    now: datetime,
    appointment: Appointment | None = None,
) -> WaitingEntry:
    """Put somebody at the end of the list, with the appointment she keeps meanwhile if any.

    Raises:
        NotOffered: the service has no waiting list, or is not for so many persons.
        DetailsMissing: no name, or neither e-mail nor phone.
        AlreadyWaiting: she is on the list of this service.
    """
    if not service.has_waiting_list:
        raise NotOffered
    check_offered(service, len(people), online=True)
    if not name.strip() or not (email or phone):
        raise DetailsMissing
    with transaction.atomic():
        Service.objects.select_for_update(no_key=True).get(pk=service.pk)
        if _same(service.pk, email=email, phone=phone).exists():
            raise AlreadyWaiting
        entry = WaitingEntry.objects.create(
            service=service,
            appointment=appointment,
            people=[_kept(person) for person in people],
            name=name,
            email=email,
            phone=phone,
            language=language,
            first_day=first_day,
            last_day=last_day,
            weekdays=sorted(set(weekdays)),
            token_hash=digest(new_token()),
            created_at=now,
        )
        if entry.email:
            emails.waiting(entry, planning.current_commune()).send()
    return entry


def waiting() -> TenantQuerySet[WaitingEntry]:
    """Select those who wait, in order."""
    return WaitingEntry.objects.filter(served_at__isnull=True, left_at__isnull=True)


def rank(entry: WaitingEntry) -> int:
    """Tell how many are before her, herself included."""
    ahead = waiting().filter(service=entry.service_id)
    return sum(
        (each.created_at, each.pk) <= (entry.created_at, entry.pk)
        for each in ahead.only("created_at", "pk")
    )


def leave(*, entry: WaitingEntry, now: datetime) -> None:
    """Take somebody off the list, and give back what was offered; twice changes nothing."""

    def work() -> None:
        current = _locked(entry)
        _take_back(current.offers.filter(status=Appointment.Status.HELD))
        waiting().filter(pk=current.pk).update(left_at=now)
        defer("booking.serve_waiting")

    in_one_transaction(work, now=now)


def come_back(*, entry: WaitingEntry) -> None:
    """Put somebody who left by mistake back where she was; twice changes nothing.

    Raises:
        AlreadyWaiting: she has joined again meanwhile.
    """
    with transaction.atomic():
        Service.objects.select_for_update(no_key=True).get(pk=entry.service_id)
        if _same(entry.service_id, email=entry.email, phone=entry.phone).exclude(pk=entry.pk):
            raise AlreadyWaiting
        WaitingEntry.objects.filter(pk=entry.pk, served_at__isnull=True).update(left_at=None)


def offer_of(entry: WaitingEntry, *, now: datetime) -> Appointment | None:
    """Return what is offered to her now, if anything."""
    held = entry.offers.filter(status=Appointment.Status.HELD, held_until__gt=now)
    return held.select_related("service", "site").first()


def serve(*, now: datetime) -> int:
    """Offer what is free to those who wait, first come first served; return the offers made."""
    _count_missed(now=now)
    busy = Appointment.objects.filter(
        status=Appointment.Status.HELD, held_until__gt=now, waiting_entry__isnull=False
    )
    entries = waiting().exclude(pk__in=busy.values("waiting_entry"))
    return sum(
        _offer(entry, now=now)
        for entry in entries.select_related("service", "appointment")
        if entry.service.is_active and entry.service.is_online
    )


def decline(*, entry: WaitingEntry, now: datetime) -> None:
    """Give an offer back and stay on the list; it goes to the next person, not to her again."""

    def work() -> None:
        current = _locked(entry)
        offered = offer_of(current, now=now)
        if offered is not None:
            _refuse(current, offered, now=now)
            _take_back(current.offers.filter(pk=offered.pk))
            defer("booking.serve_waiting")

    in_one_transaction(work, now=now)


def accept(
    *, entry: WaitingEntry, now: datetime, by: Member | None = None
) -> tuple[Appointment, str]:
    """Take what is offered: it becomes her appointment, or hers moves there.

    Return it with its secret, new unless she had an appointment (then empty). ``by`` is who heard
    her say so on the phone.

    Raises:
        OfferGone: the time is over.
        SlotTaken: it was over, and somebody else has the place.
        Busy: a day could not be locked in time.
    """

    def work() -> tuple[Appointment, str]:
        current = _locked(entry)
        offered = offer_of(current, now=now)
        if offered is None or current.served_at or current.left_at:
            raise OfferGone
        former = _standing(current, now=now)
        days = [planning.local_day(each.start) for each in (offered, former) if each is not None]
        lock_days(days)
        current.served_at = now
        current.save(update_fields=["served_at"])
        if former is not None:
            start = offered.start
            _take_back(current.offers.filter(pk=offered.pk))
            return move(appointment=former, start=start, by=by, now=now, is_promised=True), ""
        token = new_token()
        offered.token_hash = digest(token)
        if by is not None:
            offered.channel = Appointment.Channel.PHONE
            offered.taken_by_id, offered.taken_by_name = by.user_id, by.name
        offered.save(update_fields=["token_hash", "channel", "taken_by_id", "taken_by_name"])
        return confirm(appointment=offered, token=token, now=now), token

    return in_one_transaction(work, now=now)


def deadline(*, start: datetime, now: datetime, minutes: int) -> datetime | None:
    """Say until when an offer made now is kept; None when there is no time to answer.

    Thirty minutes on the very day, else ``minutes``. At night the time begins in the morning.
    """
    local = now.astimezone(planning.zone())
    begins = now
    if local.time() >= EVENING or local.time() < MORNING:
        day = local.date() + timedelta(days=local.time() >= EVENING)
        begins = datetime.combine(day, MORNING, local.tzinfo)
    is_same_day = planning.local_day(start) == planning.local_day(begins)
    until = begins + (SAME_DAY if is_same_day else timedelta(minutes=minutes))
    until = min(until, start - BEFORE)
    return until if until - begins >= LEAST else None


def _offer(entry: WaitingEntry, *, now: datetime) -> bool:
    """Hold the first start that suits her, and tell her; False when there is none."""
    settings = Settings.objects.filter(pk=1).first() or Settings()
    for start in _suitable(entry, now=now):
        until = deadline(start=start, now=now, minutes=settings.offer_minutes)
        if until is not None:
            try:
                in_one_transaction(partial(_hold, entry, start, until, now=now), now=now)
            except SlotTaken:
                continue
            return True
    return False


def _hold(entry: WaitingEntry, start: datetime, until: datetime, *, now: datetime) -> Appointment:
    current = _locked(entry)
    if current.served_at or current.left_at or offer_of(current, now=now):
        raise SlotTaken  # another round of the list has just served her
    people = [Person(**each) for each in entry.people]
    lock_days([planning.local_day(start)])
    offered = Appointment(
        service=entry.service,
        persons=len(people),
        period=period_of(entry.service, len(people), start),
        channel=Appointment.Channel.ONLINE,
        language=entry.language,
        name=entry.name,
        email=entry.email,
        phone=entry.phone,
        reference=new_reference(),
        token_hash=digest(new_token()),
        idempotency_key=uuid4(),
        held_until=until,
        waiting_entry=entry,
    )
    place(offered, state=Allocation.State.HOLD, online=True, now=now)
    day = planning.local_day(start)
    enrol(offered, participants(people, service=entry.service, day=day, channel=Channel.ONLINE))
    if offered.email:
        emails.offered(offered, planning.current_commune(), entry=entry).send()
    return offered


def _suitable(entry: WaitingEntry, *, now: datetime) -> list[datetime]:
    """List the free starts that suit her, soonest first: none later than hers, or refused."""
    first = max(entry.first_day, planning.local_day(now))
    days = min((entry.last_day - first).days + 1, SEARCH_DAYS)
    if days < 1:
        return []
    found = planning.free(
        service=entry.service,
        persons=len(entry.people),
        first=first,
        days=days,
        now=now,
        online=True,
    )
    former = _standing(entry, now=now)
    return [
        start
        for start in found.starts()
        if (not entry.weekdays or start.weekday() in entry.weekdays)
        and (former is None or start < former.start)
        and start not in entry.refused
    ]


def _standing(entry: WaitingEntry, *, now: datetime) -> Appointment | None:
    has = entry.appointment
    if has is None or has.status != Appointment.Status.BOOKED or has.start <= now:
        return None
    return has


def _count_missed(*, now: datetime) -> None:
    """Note whose offers were left unanswered, and take off the list who left too many."""
    late = Appointment.objects.filter(
        status=Appointment.Status.HELD, held_until__lte=now, waiting_entry__isnull=False
    ).select_related("waiting_entry")
    for offered in late:
        in_one_transaction(partial(_miss, offered, now=now), now=now)
    waiting().filter(last_day__lt=planning.local_day(now)).update(left_at=now)


def _miss(offered: Appointment, *, now: datetime) -> None:
    if offered.waiting_entry is None:
        return
    entry = _locked(offered.waiting_entry)
    if not _take_back(Appointment.objects.filter(pk=offered.pk, status=Appointment.Status.HELD)):
        return
    entry.offers_missed += 1
    _refuse(entry, offered, now=now)
    if entry.offers_missed >= OFFERS_MISSED and entry.left_at is None:
        entry.left_at = now
        if entry.email:
            emails.forgotten(entry, planning.current_commune()).send()
    entry.save(update_fields=["offers_missed", "left_at"])


def _refuse(entry: WaitingEntry, offered: Appointment, *, now: datetime) -> None:
    """Remember what she did not want, as long as it is to come."""
    entry.refused = [*(each for each in entry.refused if each > now), offered.start]
    entry.save(update_fields=["refused"])


def _locked(entry: WaitingEntry) -> WaitingEntry:
    """Read a place in the list again under its lock, which comes before those of days."""
    locked = WaitingEntry.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("service").get(pk=entry.pk)


def _same(service_id: int, *, email: str, phone: str) -> TenantQuerySet[WaitingEntry]:
    """Select the places in one list of whoever can be reached there."""
    listed = waiting().filter(service=service_id)
    return listed.filter(email__iexact=email) if email else listed.filter(phone=phone)


def _take_back(held: TenantQuerySet[Appointment]) -> int:
    """Delete offers with what they hold, and count them."""
    lock_days(planning.local_day(offered.start) for offered in held)
    deleted, _by_model = held.delete()
    return deleted


def _kept(person: Person) -> dict[str, Any]:
    return {
        "situation": dict(person.situation),
        "name": person.name,
        "pre_application": person.pre_application,
        "other_number": person.other_number,
    }

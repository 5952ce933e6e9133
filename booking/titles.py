"""Finished titles, from the day they arrive to the day they are handed over or destroyed.

A title is collected at the station of its deposit, within three months. Titles of one family,
told by the same e-mail or telephone, are collected in one appointment.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import uuid4

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking import emails, planning
from booking.arrivals import Arrival
from booking.events import record, tell
from booking.models import (
    Allocation,
    Appointment,
    AppointmentEvent,
    Participant,
    Resource,
    Service,
    Title,
)
from booking.people import Person, enrol, participants
from booking.placing import minutes_for, new_reference
from booking.refusals import NotOffered
from booking.situations import Channel
from booking.taking import (
    SlotTaken,
    allocate,
    forget_expired_holds,
    in_one_transaction,
    lock_days,
)
from parvis.errors import DomainError
from parvis.signing import digest, new_token


REMINDER_DAYS, LAST_CALL_DAYS = 60, 80  # after the arrival
MORNING, EVENING = time(9), time(19)  # nobody is reminded at night
ALTERNATIVES = 3
KINDS = {"CNI": Title.Kind.CARD, "PASSPORT": Title.Kind.PASSPORT}


class TitleGone(DomainError):
    """It was handed over or destroyed, or its three months are over."""

    message = _("Ce titre n’attend plus à la mairie. Appelez la mairie.")


class Doubt(StrEnum):
    """Why a title that was read cannot be registered."""

    KNOWN = "known"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A title ready to be registered; ``deposit`` is who asked for it, when she is known."""

    arrival: Arrival
    kind: str
    holder: str
    email: str
    phone: str
    language: str
    station: Resource | None
    deposit: Participant | None


def match(
    arrivals: Sequence[Arrival], *, kind: str, station: Resource | None
) -> tuple[list[Proposed], list[tuple[Arrival, Doubt]]]:
    """Find whose titles these are by the number of the deposit; four queries.

    ``kind`` and ``station`` are meant where neither the line nor the deposit tells them.
    """
    numbers = [each.number for each in arrivals]
    known = set(Title.objects.filter(number__in=numbers).values_list("kind", "number"))
    deposits = _deposits(numbers)
    proposed: list[Proposed] = []
    doubts: list[tuple[Arrival, Doubt]] = []
    for arrival in arrivals:
        title = _proposed(arrival, deposits.get(arrival.number), kind=kind, station=station)
        if (title.kind, arrival.number) in known:
            doubts.append((arrival, Doubt.KNOWN))
        elif not title.holder or not (title.email or title.phone):
            doubts.append((arrival, Doubt.UNREACHABLE))
        else:
            known.add((title.kind, arrival.number))
            proposed.append(title)
    return proposed, doubts


@transaction.atomic
def register(*, proposed: Iterable[Proposed], arrived_on: date) -> int:
    """Keep titles that have arrived, and count them; one that is known is not doubled."""
    rows = [
        Title(
            kind=each.kind,
            number=each.arrival.number,
            participant=each.deposit,
            holder=each.holder,
            email=each.email,
            phone=each.phone,
            language=each.language,
            station=each.station,
            token_hash=digest(new_token()),
            arrived_on=arrived_on,
        )
        for each in proposed
    ]
    before = Title.objects.count()
    Title.objects.bulk_create(rows, ignore_conflicts=True)
    return Title.objects.count() - before


@transaction.atomic
def tell_holders(*, now: datetime) -> int:
    """Write to those who do not know yet, one message for each address; count the titles.

    Those without an e-mail stay to be told by phone.
    """
    found = list(
        Title.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=Title.objects.to_tell().exclude(email="").values("pk"))
        .order_by("pk")
    )
    for family in _families(found):
        emails.arrived(family, planning.current_commune(), service=collection_service()).send()
    Title.objects.filter(pk__in=[each.pk for each in found]).update(told_at=now)
    return len(found)


def note_told(*, title: Title, now: datetime) -> None:
    """Note that the holder was told by phone; twice changes nothing."""
    Title.objects.filter(pk=title.pk, told_at__isnull=True).update(told_at=now)


@transaction.atomic
def remind(*, now: datetime) -> int:
    """Remind by e-mail, sixty and eighty days after the arrival; never at night."""
    local = now.astimezone(planning.zone())
    if not MORNING <= local.time() < EVENING:
        return 0
    told = Title.objects.without_appointment().filter(
        told_at__isnull=False, arrived_on__lte=local.date() - timedelta(days=REMINDER_DAYS)
    )
    candidates = Title.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=told.exclude(email="").values("pk")
    )
    due = [each for each in candidates.order_by("pk") if _is_due(each, local.date())]
    for family in _families(due):
        emails.uncollected(family, planning.current_commune(), service=collection_service()).send()
    Title.objects.filter(pk__in=[each.pk for each in due]).update(reminded_at=now)
    return len(due)


def settle() -> int:
    """Note the titles handed over at an appointment that was kept; count them."""
    honoured = Title.objects.filter(
        collected_on__isnull=True,
        destroyed_on__isnull=True,
        collection__status=Appointment.Status.HONOURED,
    ).select_related("collection")
    rows = list(honoured)
    for each in rows:
        if each.collection is not None:
            each.collected_on = planning.local_day(
                each.collection.served_at or each.collection.start
            )
    Title.objects.bulk_update(rows, ["collected_on"])
    return len(rows)


def mark_collected(*, title: Title, day: date) -> None:
    """Note that a title was handed over; one that was destroyed stays so."""
    Title.objects.filter(pk=title.pk, destroyed_on__isnull=True).update(collected_on=day)


def mark_destroyed(*, title: Title, day: date) -> None:
    """Note that a title was destroyed; one that was handed over stays so."""
    Title.objects.filter(pk=title.pk, collected_on__isnull=True).update(destroyed_on=day)


def put_back(*, title: Title) -> None:
    """Take back that a title was handed over or destroyed."""
    Title.objects.filter(pk=title.pk).update(collected_on=None, destroyed_on=None)


def collection_service() -> Service | None:
    """Return the service that hands over titles; None where no appointment is needed."""
    return Service.objects.offered().filter(is_collection=True).first()


def family_of(title: Title, *, lock: bool = False) -> list[Title]:
    """List the titles that can be collected together with one, itself included."""
    same = Q(pk=title.pk)
    for name in ("email", "phone"):
        if value := getattr(title, name):
            same |= Q(**{f"{name}__iexact": value}, station=title.station_id)
    found = Title.objects.filter(
        pk__in=Title.objects.without_appointment().filter(same).values("pk")
    )
    if lock:
        found = found.select_for_update(of=("self",), no_key=True)
    return list(found.order_by("pk"))


def free_starts(
    family: Sequence[Title], *, service: Service, certifies: bool, now: datetime
) -> list[datetime]:
    """List when titles can be collected: at their station, up to their last day."""
    first, last = planning.local_day(now), min(each.last_day for each in family)
    if last < first:
        return []
    wanted = _collection(family, service=service, start=now, certifies=certifies)
    found = planning.free(
        service=service,
        persons=wanted.persons,
        first=first,
        days=(last - first).days + 1,
        now=now,
        online=True,
        resident=True,
        length=minutes_for(wanted, wanted.persons),
        station=family[0].station_id,
    )
    return found.starts()


def collect(*, title: Title, start: datetime, certifies: bool, now: datetime) -> Appointment:
    """Take an appointment to collect a title with those of its family, and confirm it.

    Whoever has one already gets that one back.

    Raises:
        NotOffered: the commune hands titles over without appointment.
        TitleGone: it does not wait any more.
        SlotTaken: the start is not free at its station, or too late; nothing has changed.
        Busy: the day could not be locked in time.
    """
    service = collection_service()
    if service is None:
        raise NotOffered

    def work() -> Appointment:
        lock_days([planning.local_day(start)])
        family = family_of(title, lock=True)
        if title.pk not in {each.pk for each in family}:
            return _standing(title)
        return _take(family, service=service, start=start, certifies=certifies, now=now)

    try:
        return in_one_transaction(work, now=now)
    except SlotTaken as refusal:
        family = family_of(title)
        starts = free_starts(family, service=service, certifies=certifies, now=now)
        starts.sort(key=lambda each: abs(each - start))
        raise SlotTaken(starts[:ALTERNATIVES]) from refusal


def _take(
    family: Sequence[Title], *, service: Service, start: datetime, certifies: bool, now: datetime
) -> Appointment:
    day = planning.local_day(start)
    if min(each.last_day for each in family) < planning.local_day(now):
        raise TitleGone
    appointment = _collection(family, service=service, start=start, certifies=certifies)
    forget_expired_holds(day, zone=planning.zone(), now=now)
    units = planning.choose(
        service=service,
        persons=appointment.persons,
        start=start,
        now=now,
        online=True,
        resident=True,
        length=minutes_for(appointment, appointment.persons),
        station=family[0].station_id,
    )
    if units is None or day > min(each.last_day for each in family):
        raise SlotTaken
    token = new_token()
    appointment.token_hash = digest(token)
    appointment.reference = new_reference()
    appointment.booked_at = now
    appointment.site_id = planning.site_of(units[0], year=start.year)
    people = [Person(name=name) for name in _holders(family)[: appointment.persons]]
    coming = participants(people, service=service, day=day, channel=Channel.ONLINE)
    appointment.save(force_insert=True)
    allocate(appointment, units, state=Allocation.State.BOOKED)
    enrol(appointment, coming)
    Title.objects.filter(pk__in=[each.pk for each in family]).update(collection=appointment)
    record(appointment, AppointmentEvent.Kind.BOOKED, by=None, now=now)
    tell(emails.booked, appointment, token=token)
    return appointment


def _standing(title: Title) -> Appointment:
    """Return the appointment a title has already.

    Raises:
        TitleGone: it has none, and does not wait.
    """
    found = Appointment.objects.filter(titles=title, status=Appointment.Status.BOOKED).first()
    if found is None:
        raise TitleGone
    return found


def _collection(
    family: Sequence[Title], *, service: Service, start: datetime, certifies: bool
) -> Appointment:
    """Prepare the appointment that hands titles over, without its secrets."""
    first = family[0]
    deposit = first.participant.appointment_id if first.participant else None
    appointment = Appointment(
        service=service,
        persons=min(len(_holders(family)), service.most_persons),
        status=Appointment.Status.BOOKED,
        channel=Appointment.Channel.ONLINE,
        language=first.language,
        name=first.holder,
        email=first.email,
        phone=first.phone,
        follows_id=deposit,
        certifies_identity=certifies,
        idempotency_key=uuid4(),
    )
    minutes = minutes_for(appointment, appointment.persons)
    appointment.period = DateTimeTZRange(start, start + timedelta(minutes=minutes))
    return appointment


def _holders(family: Iterable[Title]) -> list[str]:
    """Name each holder once."""
    return list({each.holder.casefold(): each.holder for each in family}.values())


def _families(titles: Iterable[Title]) -> list[list[Title]]:
    families: dict[str, list[Title]] = {}
    for each in titles:
        families.setdefault(each.email.casefold(), []).append(each)
    return list(families.values())


def _is_due(title: Title, today: date) -> bool:
    """Tell whether a reminder is to be sent: one after sixty days, one after eighty."""
    if today > title.last_day:
        return False
    if title.reminded_at is None:
        return True
    last_call = title.arrived_on + timedelta(days=LAST_CALL_DAYS)
    return today >= last_call > planning.local_day(title.reminded_at)


def _deposits(numbers: Collection[str]) -> dict[str, Participant]:
    """Find who asked for titles, by number: of several visits the last one that was kept."""
    found = (
        Participant.objects.numbered(numbers)
        .filter(
            cancelled_at__isnull=True,
            appointment__status__in=[
                Appointment.Status.BOOKED,
                Appointment.Status.MISSED,
                Appointment.Status.HONOURED,
            ],
        )
        .select_related("appointment__service")
        .prefetch_related("appointment__allocations__resource")
    )
    ranked = sorted(
        found,
        key=lambda each: (
            each.appointment.status == Appointment.Status.HONOURED,
            each.appointment.start,
        ),
    )
    return {number: each for each in ranked for number in each.numbers}


def _proposed(
    arrival: Arrival, deposit: Participant | None, *, kind: str, station: Resource | None
) -> Proposed:
    visit = deposit.appointment if deposit else None
    of_service = visit.service.titles if visit else ""
    at = _station(visit) if visit else None
    return Proposed(
        arrival=arrival,
        kind=arrival.kind or (of_service if of_service in KINDS else kind),
        holder=arrival.holder
        or (deposit.name if deposit else "")
        or (visit.name if visit else ""),
        email=arrival.email or (visit.email if visit else ""),
        phone=arrival.phone or (visit.phone if visit else ""),
        language=visit.language if visit else "fr",
        station=at or station,
        deposit=deposit,
    )


def _station(visit: Appointment) -> Resource | None:
    """Return the station an appointment took."""
    taken = (each.resource for each in visit.allocations.all())
    return next((each for each in taken if each.kind == Resource.Kind.STATION), None)

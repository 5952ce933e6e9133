"""Write invented visits as appointments: who comes, with what, and what became of it."""

import random
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from booking import planning
from booking.checklists import snapshot
from booking.models import (
    Allocation,
    Appointment,
    AppointmentEvent,
    Participant,
    Resource,
    Service,
    Site,
)
from booking.placing import ALPHABET
from onboarding.practice_agenda import Offer, Pace, Spans, Visit, fill
from onboarding.practice_people import invent
from parvis.copying import copy


Status = Appointment.Status
Kind = AppointmentEvent.Kind
WEIGHTS = {
    "carte-identite": 42,
    "passeport": 27,
    "carte-identite-et-passeport": 17,
    "recensement-citoyen": 4,
    "legalisation-signature": 4,
    "reconnaissance-enfant": 2,
    "pacs": 2,
    "mariage": 2,
}
SITUATIONS: tuple[tuple[dict[str, str], int], ...] = (
    ({"age": "adult", "motive": "renewal"}, 55),
    ({"age": "adult", "motive": "first"}, 8),
    ({"age": "adult", "motive": "loss"}, 9),
    ({"age": "adult", "motive": "theft"}, 3),
    ({"age": "0-11", "motive": "first"}, 17),
    ({"age": "12-14", "motive": "first"}, 8),
)
OFTEN_MISSING = {"photo": 9, "proof_address": 8, "tax_stamp": 5, "birth_certificate": 4}
MARKED, INCOMPLETE = 0.94, 0.09  # shares of the files that somebody marked, and found wanting
EVENTS = {Status.HONOURED: Kind.HONOURED, Status.MISSED: Kind.MISSED}


def fill_diary(
    *, pace: Pace, week: Mapping[int, Spans], site: Site, now: datetime, luck: random.Random
) -> int:
    """Fill the diary of the active commune around today; returns how many appointments."""
    services = {each.slug: each for each in Service.objects.offered()}
    visits = fill(
        pace=pace,
        week=week,
        holidays=planning.current_plan(now.year).holidays,
        offers=[
            Offer(services[slug].pk, tuple(services[slug].minutes), weight)
            for slug, weight in WEIGHTS.items()
        ],
        now=now,
        zone=planning.zone(),
        luck=luck,
    )
    _write(visits, {each.pk: each for each in services.values()}, site=site, luck=luck)
    return len(visits)


def _write(
    visits: list[Visit], services: dict[int, Service], *, site: Site, luck: random.Random
) -> None:
    counters = list(Resource.objects.filter(site=site, kind=Resource.Kind.COUNTER))
    stations = list(Resource.objects.filter(site=site, kind=Resource.Kind.STATION))
    papers = _papers(services)
    appointments = [
        _appointment(visit, reference, services, site=site, luck=luck)
        for visit, reference in zip(visits, _references(luck), strict=False)
    ]
    copy(appointments)
    copy(
        [
            Allocation(
                appointment=appointment,
                resource=resource,
                period=appointment.period,
                state=Allocation.State.RELEASED if visit.cancelled_at else Allocation.State.BOOKED,
            )
            for visit, appointment in zip(visits, appointments, strict=True)
            for resource in (
                counters[visit.counter],
                *([stations[visit.counter]] if appointment.service.titles else []),
            )
        ]
    )
    copy(
        [
            person
            for visit, appointment in zip(visits, appointments, strict=True)
            for person in _participants(visit, appointment, papers, luck=luck)
        ]
    )
    copy([event for each in appointments for event in _events(each)])


def _papers(services: dict[int, Service]) -> Callable[..., dict[str, Any]]:
    """Remember snapshots: thousands of visits, a few dozen different lists."""

    @cache
    def find(service_id: int, situation: int, day: Any) -> dict[str, Any]:
        return snapshot(
            services[service_id],
            situation=SITUATIONS[situation][0] if services[service_id].titles else {},
            day=day,
        )

    return find


def _references(luck: random.Random) -> Iterator[str]:
    seen: set[str] = set()
    while True:
        reference = "".join(luck.choices(ALPHABET, k=8))
        if reference not in seen:
            seen.add(reference)
            yield reference


def _appointment(
    visit: Visit,
    reference: str,
    services: dict[int, Service],
    *,
    site: Site,
    luck: random.Random,
) -> Appointment:
    person = invent(luck)
    is_online = visit.channel == Appointment.Channel.ONLINE
    service = services[visit.service]
    writes, answers = luck.random(), luck.random()
    received = _reception(visit, has_file=bool(service.titles), luck=luck)
    return Appointment(
        **received,
        reference=reference,
        service=service,
        site=site,
        period=DateTimeTZRange(visit.start, visit.end),
        persons=visit.persons,
        status=visit.status,
        channel=visit.channel,
        name=person.name,
        email=person.email if is_online or writes < 0.5 else "",  # noqa: PLR2004 (about half)
        phone=person.phone if not is_online or answers < 0.7 else "",  # noqa: PLR2004 (most)
        token_hash=secrets.token_hex(32),
        idempotency_key=UUID(int=luck.getrandbits(128), version=4),
        created_at=visit.created_at,
        booked_at=visit.created_at,
        cancelled_at=visit.cancelled_at,
        taken_by_name="" if is_online else "Accueil",
    )


def _reception(visit: Visit, *, has_file: bool, luck: random.Random) -> dict[str, Any]:
    """Draw when a visitor who came arrived and was called, and whether her file was complete."""
    late, waited, complete = luck.gauss(-4, 4), luck.triangular(1, 14, 3), luck.random()
    if visit.status != Status.HONOURED:
        return {}
    arrived = visit.start + timedelta(minutes=round(late))
    called = max(visit.start, arrived + timedelta(minutes=round(waited)))
    outcome = Appointment.Outcome.UNKNOWN
    if has_file and complete < MARKED:
        is_short = complete < INCOMPLETE
        outcome = Appointment.Outcome.INCOMPLETE if is_short else Appointment.Outcome.COMPLETE
    return {
        "arrived_at": arrived,
        "called_at": called,
        "served_at": max(visit.end, called),
        "outcome": outcome,
    }


def _missing(appointment: Appointment, papers: dict[str, Any], luck: random.Random) -> list[str]:
    """Draw which documents were not there, for a file that was not complete."""
    if appointment.outcome != Appointment.Outcome.INCOMPLETE:
        return []
    keys = [line["key"] for line in papers["documents"]]
    likely = [OFTEN_MISSING.get(key, 1) for key in keys]
    return sorted(set(luck.choices(keys, likely, k=luck.choice((1, 1, 1, 2)))))


def _participants(
    visit: Visit,
    appointment: Appointment,
    papers: Callable[..., dict[str, Any]],
    *,
    luck: random.Random,
) -> Iterator[Participant]:
    """Invent who comes: whoever booked, then others of the same family."""
    has_titles = bool(appointment.service.titles)
    _first_name, *family = appointment.name.split()
    for position in range(1, visit.persons + 1):
        kind = luck.choices(range(len(SITUATIONS)), [weight for _case, weight in SITUATIONS])[0]
        is_prepared = has_titles and luck.random() < 0.6  # noqa: PLR2004 (more than half)
        other = invent(luck).name.split()[0]
        listed = papers(visit.service, kind, visit.start.date().replace(day=1))
        missing = _missing(appointment, listed, luck) if position == 1 else []
        keys = [line["key"] for line in listed["documents"]]
        is_ticked = bool(appointment.outcome)
        yield Participant(
            appointment=appointment,
            position=position,
            name=appointment.name if position == 1 else " ".join([other, *family]),
            pre_application="".join(luck.choices(ALPHABET, k=10)) if is_prepared else "",
            situation=SITUATIONS[kind][0] if has_titles else {},
            documents=listed,
            missing=missing,
            ticks=[key for key in keys if key not in missing] if is_ticked else [],
        )


def _events(appointment: Appointment) -> Iterator[AppointmentEvent]:
    moments: list[tuple[Kind, datetime, str]] = [
        (Kind.BOOKED, appointment.created_at, appointment.taken_by_name)
    ]
    if appointment.cancelled_at:
        moments.append((Kind.CANCELLED, appointment.cancelled_at, ""))
    elif kind := EVENTS.get(Status(appointment.status)):
        moments.append((kind, appointment.period.upper, "Accueil"))
    for kind, at, by in moments:
        yield AppointmentEvent(appointment=appointment, kind=kind, at=at, by_name=by)

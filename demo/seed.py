"""Write the demo: an association, its communes, weeks of appointments, accounts, counts.

Deterministic for a seed and a day. What opens a door (tokens) is drawn at random all the same.
"""

import random
import secrets
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django_tenants.utils import tenant_context

from booking import planning, read_model
from booking.actions import install_presets
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
from booking.presets import USUAL, Preset
from demo import library, measures, pipeline, reports, showcase, story, training as trainings, web
from demo.agenda import Offer, Pace, Visit, fill
from demo.people import invent
from demo.story import LiveCommune
from onboarding import actions as onboarding
from onboarding.stages import NEEDS_REASON, Module, Reason, Stage
from onboarding.usual import opening_hours
from tenants import provisioning
from tenants.actions import list_communes, open_commune
from tenants.models import Association, Commune, Membership, OfficialCommune, User


Say = Callable[[str], None]
Account = tuple[str, str, str]  # slug, role, e-mail
Status = Appointment.Status
Kind = AppointmentEvent.Kind

DAYS_BEFORE, DAYS_AFTER = 28, 35
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


def is_loaded() -> bool:
    """Tell whether a load went through to its end: the director's account is written last."""
    return User.objects.filter(email=story.DIRECTOR).exists()


def load(*, seed: int, now: datetime, say: Say) -> None:
    """Write everything; what an interrupted load left is removed first."""
    unload()
    if not OfficialCommune.objects.exists():
        call_command("import_communes", verbosity=0)
    association = _list_members()
    say(f"{association.name}: {association.communes.count()} communes")
    _tell_stages(now=now)
    for number, live in enumerate(story.LIVE, start=1):
        commune = _open(live, now=now)
        luck = random.Random(f"{seed}:{live.insee_code}")  # noqa: S311 (invented people)
        with tenant_context(commune):
            taken = furnish(commune, live, luck=luck, now=now)
            if number == 1:
                showcase.show(now=now, luck=luck)
            reports.tell(
                insee_code=live.insee_code,
                pack="bourg",
                now=now,
                luck=luck,
                is_shown=number == 1,
            )
            read_model.refresh_all(now=now)
            measures.count(now=now, wait=DAYS_BEFORE + live.wait, is_shown=number == 1)
        say(f"{number:2} / {len(story.LIVE)}  {commune.name}: {taken} appointments")
    connection.set_schema_to_public()  # type: ignore[attr-defined]
    director, *staff = accounts()
    _create_accounts(association, staff)
    _tell_stories(association, seed=seed, now=now)
    _create_accounts(association, [director])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE onboarding_metric")  # the first pages wait for no vacuum
    say(f"{len(accounts())} accounts")


def live_communes() -> list[Commune]:
    """List the communes in service, in the order of the story."""
    known = {each.insee_code: each for each in Commune.objects.with_schema()}
    return [known[live.insee_code] for live in story.LIVE if live.insee_code in known]


def _tell_stories(association: Association, *, seed: int, now: datetime) -> None:
    """Write what the association and its communes did together, once they all exist."""
    shown, neighbour = (Commune.objects.get(insee_code=live.insee_code) for live in story.LIVE[:2])
    with tenant_context(shown):
        reports.finish(neighbour=neighbour, now=now)
    web.tell(commune=shown, now=now)
    luck = random.Random(f"{seed}:pipeline")  # noqa: S311 (invented people)
    pipeline.tell(association=association, now=now, luck=luck)
    trainings.tell(association, communes=live_communes(), now=now)
    library.tell(association=association, now=now)
    measures.tell(association, seed=seed, now=now)


def unload() -> None:
    """Remove the association of the demo, its communes with their schemas, and the accounts."""
    connection.set_schema_to_public()  # type: ignore[attr-defined]
    User.objects.filter(email__endswith="demo.parvis.test").delete()
    members = Commune.objects.filter(association__slug=story.ASSOCIATION_SLUG)
    for commune in members.exclude(state=Commune.State.LISTED):
        provisioning.drop(commune.schema_name)
    members.delete()
    Association.objects.filter(slug=story.ASSOCIATION_SLUG).delete()


def accounts() -> list[Account]:
    """List the accounts as slug, role and e-mail, for the communes that are in the registry."""
    communes = Commune.objects.filter(insee_code__in=[live.insee_code for live in story.LIVE])
    slugs = dict(communes.with_schema().values_list("insee_code", "slug"))
    role = Membership.Role
    found = [
        (story.ASSOCIATION_SLUG, role.DIRECTOR.value, story.DIRECTOR),
        (story.ASSOCIATION_SLUG, role.REFERENT.value, story.REFERENT),
    ]
    for slug in (slugs[live.insee_code] for live in story.LIVE if live.insee_code in slugs):
        found.append((slug, role.ADMIN.value, f"admin@{slug}.demo.parvis.test"))
        found.append((slug, role.BOOKING_AGENT.value, f"agent@{slug}.demo.parvis.test"))
        found.append((slug, role.REPORT_AGENT.value, f"technique@{slug}.demo.parvis.test"))
        found.append((slug, role.READER.value, f"maire@{slug}.demo.parvis.test"))
    shared = [slugs[code] for code in story.SHARED_BETWEEN if code in slugs]
    return found + [(slug, role.BOOKING_AGENT.value, story.SHARED_AGENT) for slug in shared]


@transaction.atomic
def _list_members() -> Association:
    association = Association.objects.create(
        name=story.ASSOCIATION_NAME,
        short_name=story.ASSOCIATION_SHORT_NAME,
        slug=story.ASSOCIATION_SLUG,
        departments=[story.DEPARTMENT],
        brand_colour=story.ASSOCIATION_COLOUR,
    )
    members = OfficialCommune.objects.filter(department=story.DEPARTMENT)
    stations = dict.fromkeys(story.EQUIPPED, 1)
    stations |= {live.insee_code: live.counters for live in story.LIVE}
    list_communes(
        insee_codes=members.values_list("pk", flat=True),
        association=association,
        station_counts=stations,
    )
    return association


def _tell_stages(*, now: datetime) -> None:
    communes = {each.insee_code: each for each in Commune.objects.equipped()}
    wanted: dict[str, tuple[Stage, Reason | None, int]] = {
        live.insee_code: (Stage.LIVE, None, live.age) for live in story.LIVE
    }
    for days, (code, reason) in enumerate(story.CONSIDERING.items(), start=1):
        wanted[code] = (Stage.CONSIDERING, reason, 13 * days)
    for days, (code, (stage, why)) in enumerate(story.OTHERS.items(), start=1):
        wanted[code] = (stage, why, 9 * days)
    morning = now.replace(hour=9, minute=0, second=0, microsecond=0)
    with transaction.atomic():
        for code, (stage, why, age) in wanted.items():
            path = story.PATHS[stage]
            for steps_left, step in zip(range(len(path) - 1, -1, -1), path, strict=True):
                needed = (why or Reason.STAFF_TIME) if step in NEEDS_REASON else None
                onboarding.move(
                    commune=communes[code],
                    module=Module.BOOKING,
                    stage=step,
                    reason=needed,
                    now=morning - timedelta(days=age + 1 + 24 * steps_left),
                )


def _open(live: LiveCommune, *, now: datetime) -> Commune:
    commune = Commune.objects.get(insee_code=live.insee_code)
    commune.brand_colour = live.colour
    commune.save(update_fields=["brand_colour"])
    return open_commune(commune=commune, now=now - timedelta(days=live.age))


@transaction.atomic
def furnish(commune: Commune, live: LiveCommune, *, luck: random.Random, now: datetime) -> int:
    """Configure the active commune and fill its diary; returns how many appointments."""
    week = opening_hours(commune.hours)
    site = install_presets(
        preset=Preset(
            services=USUAL.services,
            counters=tuple(f"Guichet {n}" for n in range(1, live.counters + 1)),
            stations=tuple(f"Station {n}" for n in range(1, live.counters + 1)),
            hours={day: tuple(spans) for day, spans in week.items()},
        ),
        site_name="Hôtel de ville",
        address=commune.address,
    )
    services = {each.slug: each for each in Service.objects.offered()}
    by_id = {each.pk: each for each in services.values()}
    visits = fill(
        pace=Pace(
            counters=live.counters,
            online=live.online,
            phone=live.phone,
            wait=live.wait,
            days_before=DAYS_BEFORE,
            days_after=DAYS_AFTER,
        ),
        week=week,
        holidays=planning.current_plan(now.year).holidays,
        offers=[
            Offer(services[slug].pk, tuple(services[slug].minutes), weight)
            for slug, weight in WEIGHTS.items()
        ],
        now=now,
        zone=ZoneInfo(commune.time_zone),
        luck=luck,
    )
    _write(visits, by_id, site=site, luck=luck)
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
    Appointment.objects.bulk_create(appointments, batch_size=1000)
    Allocation.objects.bulk_create(
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
        ],
        batch_size=1000,
    )
    Participant.objects.bulk_create(
        [
            person
            for visit, appointment in zip(visits, appointments, strict=True)
            for person in _participants(visit, appointment, papers, luck=luck)
        ],
        batch_size=1000,
    )
    AppointmentEvent.objects.bulk_create(
        [event for each in appointments for event in _events(each)], batch_size=1000
    )


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


@transaction.atomic
def _create_accounts(association: Association, wanted: Sequence[Account]) -> None:
    communes = {each.slug: each for each in association.communes.exclude(state="listed")}
    password = make_password(story.PASSWORD)  # hashed once: Argon2 is slow on purpose
    luck = random.Random(f"{story.PASSWORD}:{len(wanted)}")  # noqa: S311 (invented colleagues)
    users = {
        email: User(email=email, display_name=invent(luck).name, password=password)
        for _slug, _role, email in reversed(wanted)
    }
    User.objects.bulk_create(users.values())
    EmailAddress.objects.bulk_create(
        [
            EmailAddress(user=user, email=user.email, verified=True, primary=True)
            for user in users.values()
        ]
    )
    Membership.objects.bulk_create(
        [
            Membership(
                user=users[email],
                role=role,
                commune=communes.get(slug),
                association=None if slug in communes else association,
            )
            for slug, role, email in wanted
        ]
    )

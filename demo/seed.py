"""Write the demo: an association, its communes, weeks of appointments, accounts, counts.

Deterministic for a seed and a day. What opens a door (tokens) is drawn at random all the same.
"""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Q
from django_tenants.utils import tenant_context

from booking import read_model
from booking.actions import install_presets
from booking.presets import USUAL, Preset
from demo import (
    access_letters,
    agendas,
    connections,
    hub,
    identities,
    letters,
    library,
    measures,
    nearby_alerts,
    numbers,
    open311,
    openings,
    pipeline,
    practice,
    record,
    reports,
    rights,
    sharing,
    showcase,
    story,
    texts,
    training as trainings,
    web,
)
from demo.story import LiveCommune
from onboarding import actions as onboarding
from onboarding.practice_agenda import Pace
from onboarding.practice_people import invent
from onboarding.practice_visits import fill_diary
from onboarding.stages import NEEDS_REASON, Module, Reason, Stage
from onboarding.usual import opening_hours
from parvis.acting import Actor, in_bulk
from tenants import provisioning
from tenants.actions import list_communes, open_commune
from tenants.models import Association, Commune, Membership, OfficialCommune, User


Say = Callable[[str], None]
Account = tuple[str, str, str]  # slug, role, e-mail

DAYS_BEFORE, DAYS_AFTER = 28, 35


def is_loaded() -> bool:
    """Tell whether a load went through to its end: the director's account is written last."""
    return User.objects.filter(email=story.DIRECTOR).exists()


def load(*, seed: int, now: datetime, say: Say) -> None:
    """Write everything; what an interrupted load left is removed first.

    The record of who did what begins afterwards: a story was not done by anybody.
    """
    with in_bulk(Actor(channel="command", action="demo")):
        _load(seed=seed, now=now, say=say)


def _load(*, seed: int, now: datetime, say: Say) -> None:
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
                texts.show(now=now)
            reports.tell(
                insee_code=live.insee_code,
                pack="bourg",
                now=now,
                luck=luck,
                is_shown=number == 1,
            )
            if number == 1:
                say(f"    Open311 key of {commune.name}: {open311.show(now=now)}")
            read_model.refresh_all(now=now)
            measures.count(now=now, wait=DAYS_BEFORE + live.wait, is_shown=number == 1)
        say(f"{number:2} / {len(story.LIVE)}  {commune.name}: {taken} appointments")
    connection.set_schema_to_public()  # type: ignore[attr-defined]
    openings.create()
    practice.show(association=association, now=now)
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
        administrator = record.tell(commune=shown, now=now)
        rights.tell(by_name=administrator, now=now)
        connections.tell(now=now)
        letters.show(now=now)
        agendas.show(commune=shown, now=now)
        nearby_alerts.show(now=now)
        numbers.tell(commune=shown, now=now)
    web.tell(commune=shown, now=now)
    pipeline.tell(association=association, now=now, seed=seed)
    openings.tell(association, now=now)
    trainings.tell(association, communes=live_communes(), now=now)
    library.tell(association=association, now=now)
    sharing.tell(association, communes=live_communes(), now=now)
    measures.tell(association, seed=seed, now=now)
    hub.let_in(now=now)
    access_letters.tell(association=association, commune=shown, now=now)
    identities.tell(commune=shown, now=now)


def unload() -> None:
    """Remove the association of the demo, its communes with their schemas, and the accounts."""
    connection.set_schema_to_public()  # type: ignore[attr-defined]
    User.objects.filter(email__endswith="demo.parvis.test").delete()
    sharing.forget()
    members = Commune.objects.filter(
        Q(association__slug=story.ASSOCIATION_SLUG) | Q(sandbox_for__slug=story.ASSOCIATION_SLUG)
    )
    for commune in members.exclude(state=Commune.State.LISTED):
        provisioning.drop(commune.schema_name)
    members.delete()
    Association.objects.filter(slug=story.ASSOCIATION_SLUG).delete()


def accounts() -> list[Account]:
    """List the accounts as slug, role and e-mail, for the communes that are in the registry."""
    told = {*(live.insee_code for live in story.LIVE), *openings.CODES}
    communes = Commune.objects.filter(insee_code__in=told)
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
    found.append((story.ASSOCIATION_SLUG, role.REFERENT.value, openings.BACKUP))
    found += openings.accounts(slugs)
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
    return fill_diary(
        pace=Pace(
            counters=live.counters,
            online=live.online,
            phone=live.phone,
            wait=live.wait,
            days_before=DAYS_BEFORE,
            days_after=DAYS_AFTER,
        ),
        week=week,
        site=site,
        now=now,
        luck=luck,
    )


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

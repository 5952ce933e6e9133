"""S14: the creation of a commune dies after each of its steps, and goes on."""

import os
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.utils import timezone

from benchmarks.world import NOW
from booking.models import Service, Site
from faults import dispatchers
from faults.ground import Ground
from faults.outcome import Outcome, Stopwatch
from identity.models import Invitation
from onboarding import bringing_up, creation
from onboarding.models import Creation, Onboarding
from onboarding.stages import Module, Stage
from tenants import lifecycle
from tenants.actions import list_commune
from tenants.models import Association, Commune, Membership, OfficialCommune, User
from tenants.provisioning import drop


# Where the process dies: after the step, for the number of times that it is reached.
STEPS: list[tuple[Any, str, int]] = [
    (creation, "dress", 1),
    (bringing_up, "create_schema", 1),
    (creation, "note", 1),
    (bringing_up, "furnish", 1),
    (lifecycle, "begin_configuring", 1),
    (creation, "note", 1),
    (creation, "move_on", 1),
    (creation, "invite", 1),
]
INSEE, SLUG, DIRECTOR = "33063", "essai-des-fautes", "directrice@example.org"
DEAD = 86


def killed_at_each_step(ground: Ground, *, required: int, seed: int, mutant: str = "") -> Outcome:
    """S14: end the process after each step, go on each time, and twice more at the end."""
    del ground, seed
    outcome = Outcome("S14", "creation of a commune dead after each step", required)
    connection.set_schema_to_public()
    _leave_nothing()
    commune = _ask()
    try:
        for place, name, times in STEPS:
            outcome.landed += _die_after(commune, place, name, mutant, times=times)
        watch = Stopwatch()
        for _twice in range(2):
            _run(commune, mutant, lambda: _bring_up(commune))
        outcome.recovery_s = watch.seconds() / 2
        outcome.broken += _checked(commune)
    finally:
        _leave_nothing()
    return outcome


def _ask() -> Commune:
    association = Association.objects.create(
        name="Essai", short_name="Essai", slug=SLUG, departments=["33"]
    )
    user = User.objects.create_user(DIRECTOR, "a long enough secret", display_name="Directrice")
    Membership.objects.create(user=user, role="director", association=association)
    OfficialCommune.objects.get_or_create(
        insee_code=INSEE,
        defaults={
            "name": "Bordeaux",
            "department": "33",
            "postcodes": ["33000"],
            "search_key": " bordeaux",
            "population": 260_000,
        },
    )
    commune = list_commune(insee_code=INSEE, association=association)
    for module in Module:
        Onboarding.objects.update_or_create(
            commune=commune,
            module=module,
            defaults={"stage": Stage.COMMITTED, "since": NOW},
        )
    current = lifecycle.ask_creation(commune=commune)
    Creation.objects.create(
        commune=current,
        admin_email="maire@example.org",
        asked_at=timezone.now(),
        by_id=user.pk,
        by_name="Directrice",
    )

    return current


def _leave_nothing() -> None:
    connection.set_schema_to_public()
    for commune in Commune.objects.filter(insee_code=INSEE):
        drop(commune.schema_name)
        commune.delete()
    User.objects.filter(email=DIRECTOR).delete()
    Association.objects.filter(slug=SLUG).delete()


def _bring_up(commune: Commune) -> None:
    """Do what the task of the queue does, in public."""
    connection.set_schema_to_public()
    bringing_up.bring_up(commune_id=commune.pk, now=timezone.now())


def _die_after(commune: Commune, place: Any, name: str, mutant: str, *, times: int) -> bool:
    """Bring the commune up in a process that dies once a step is done; say whether it did."""
    left = times

    def work() -> None:
        original = getattr(place, name)

        def last(*args: Any, **kwargs: Any) -> None:
            nonlocal left
            original(*args, **kwargs)
            left -= 1
            if left <= 0:
                os._exit(DEAD)

        setattr(place, name, last)
        _bring_up(commune)

    return _run(commune, mutant, work) == DEAD


def _run(commune: Commune, mutant: str, work: Callable[[], None]) -> int | None:
    process = dispatchers.start(commune, mutant=mutant, work=work)
    connection.set_schema_to_public()
    process.join(120)
    return process.exitcode


def _checked(commune: Commune) -> list[str]:
    current = Commune.objects.get(pk=commune.pk)
    record = Creation.objects.get(commune=commune)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM pg_namespace WHERE nspname = %(s)s),"
            " (SELECT count(*) FROM pg_roles WHERE rolname = 't_' || %(s)s)",
            {"s": commune.schema_name},
        )
        schemas, roles = cursor.fetchone()
    found = {
        "schema": schemas,
        "role": roles,
        "host": current.domains.count(),
        "invitation": Invitation.objects.filter(commune=commune).count(),
        "complete record": int(record.is_done),
        "set of modules being configured": int(
            set(Onboarding.objects.filter(commune=commune).values_list("stage", flat=True))
            == {Stage.CONFIGURING}
        ),
    }
    connection.set_tenant(current)
    found["town hall"] = Site.objects.count()
    doubled = Service.objects.count() - len(set(Service.objects.values_list("slug", flat=True)))
    connection.set_schema_to_public()
    broken = [
        f"I1 {'doubled' if count > 1 else 'lost'}: {count} times {name}"
        for name, count in found.items()
        if count != 1
    ]
    return broken + [f"I1 doubled: {doubled} services"] * bool(doubled)

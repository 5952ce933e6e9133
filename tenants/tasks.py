"""What the scheduler asks for: visit every commune, in chunks, so that nothing waits unseen."""

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from celery import shared_task
from django.core.cache import caches
from django.db import DatabaseError
from django.utils import timezone
from django_tenants.utils import schema_context

from parvis.acting import Actor, acting
from parvis.celery import app
from parvis.guard import PUBLIC
from parvis.pausing import is_paused
from tenants.models import Commune, CommuneQuerySet
from tenants.tls import publish_names


log = logging.getLogger(__name__)
Result = TypeVar("Result")
CHUNK = 50
HEARTBEAT = "scheduler:heartbeat"
EVERY_MINUTE = (
    "parvis.deliver",
    "audit.seal",
    "identity.tell_support",
    "booking.release_expired",
    "booking.serve_waiting",
    "coordination.sweep",
    "incidents.develop_photos",
    "incidents.send_again",
    "incidents.fetch_media",
    "incidents.send_dispatches",
    "incidents.follow_servers",
    "connect.sweep",
    "nearby.tell",
)
EVERY_QUARTER = (
    "library.catch_up",
    "messaging.write_digests",
    "booking.write_to_citizens",
    "booking.follow_titles",
    "booking.follow_numbers",
    "incidents.follow_silent",
    "incidents.escalate",
    "incidents.forget_trials",
    "exchange.resume_imports",
    "exchange.read_due_calendars",
    "onboarding.watch_first_use",
    "exchange.make_forgotten_archives",
    "connect.count_calls",
)
EVERY_NIGHT = (
    "audit.forget",
    "journal.anchor",
    "library.attach",
    "booking.check_slots",
    "booking.tell_new_prices",
    "booking.tell_new_documents",
    "booking.declare_ahead",
    "coordination.reconcile",
    "privacy.erase_what_is_due",
    "incidents.ask_again",
    "incidents.chase_silent",
    "incidents.write_bulk",
    "adoption.measure",
    "parvis.forget_delivered",
    "exchange.erase_imports",
    "exchange.read_calendars",
    "calendars.end_of_who_left",
    "onboarding.check_readiness",
    "exchange.erase_archives",
    "mutual.take_note",
    "mutual.count_uses",
    "connect.remind",
    "api.forget",
)
# In the public schema, before the communes.
EVERY_MINUTE_ONCE = (
    "parvis.deliver",
    "audit.seal",
    "onboarding.go_on",
    "slots.follow_communes",
    "ants.publish_points",
    "ants.write_down_calls",
)
EVERY_NIGHT_ONCE = (
    "privacy.erase_what_is_due_once",
    "audit.forget",
    "parvis.forget_delivered",
    "parvis.forget_attempts",
    "widgets.check_domains",
    "coordination.watch_hub",
    "exchange.follow_departures",
    "onboarding.follow_departures",
    "onboarding.end_previews",
    "ants.forget_past",
)


@shared_task(name="tenants.sweep")
def sweep() -> None:
    """Every minute: deliver what is due and free what has expired, everywhere."""
    caches["shared"].set(HEARTBEAT, timezone.now().isoformat(), 600)
    _run(EVERY_MINUTE_ONCE, PUBLIC)
    publish_names()
    for schemas in _chunks():
        visit.delay(schemas=schemas, tasks=list(EVERY_MINUTE))


@shared_task(name="tenants.count")
def count() -> None:
    """Every five minutes: count what leaves the communes, numbers only."""
    for schemas in _chunks(Commune.objects.counted()):
        visit.delay(schemas=schemas, tasks=["adoption.count"])


@shared_task(name="tenants.write")
def write() -> None:
    """Every quarter of an hour: write to the citizens who are to be asked or reminded."""
    for schemas in _chunks():
        visit.delay(schemas=schemas, tasks=list(EVERY_QUARTER))


@shared_task(name="tenants.check")
def check() -> None:
    """Every night: verify what is written for all to read, erase what was kept long enough."""
    _run(EVERY_NIGHT_ONCE, PUBLIC)
    for schemas in _chunks():
        visit.delay(schemas=schemas, tasks=list(EVERY_NIGHT))


@shared_task(name="tenants.visit")
def visit(*, schemas: list[str], tasks: list[str]) -> None:
    """Run the named tasks in each schema, one after the other.

    A commune in maintenance is left alone. What the database refuses in one of them stops nobody
    else; a defect stops the chunk, loudly.
    """
    for schema in schemas:
        with schema_context(schema):
            try:
                is_resting = is_paused()
            except DatabaseError:  # it was dropped since the list was made
                log.exception("%s cannot be visited", schema)
                continue
            if not is_resting:
                _run(tasks, schema)


def _run(tasks: Iterable[str], schema: str) -> None:
    for name in tasks:
        try:
            with acting(Actor(channel="task", action=name)):
                app.tasks[name].run()
        except DatabaseError:
            log.exception("%s failed in %s", name, schema)


def in_each(
    communes: Iterable[Commune], work: Callable[[], Result]
) -> Iterator[tuple[Commune, Result]]:
    """Do the same in the schema of each commune, one after the other; for commands."""
    for commune in communes:
        with schema_context(commune.schema_name):
            done = work()
        yield commune, done


def _chunks(communes: CommuneQuerySet | None = None) -> Iterator[list[str]]:
    """Name the schemas of these communes, of all that have one by default, fifty at a time."""
    wanted = Commune.objects.with_schema() if communes is None else communes
    names = list(wanted.order_by("pk").values_list("schema_name", flat=True))
    for start in range(0, len(names), CHUNK):
        yield names[start : start + CHUNK]

"""Work that the queue asks for in a commune's schema: tell the State, and check every night."""

import logging

from celery import shared_task
from django.utils import timezone

from coordination import client, health, reconcile
from coordination.models import Declaration
from coordination.sync import sync
from parvis.egress import Breaker
from parvis.guard import current_schema
from tenants.models import Commune


log = logging.getLogger(__name__)
MOST_AT_ONCE = 30  # numbers of one commune a minute: the sweep comes again
# A State that does not answer costs a worker a few waits, not one for each number of everybody.
breaker = Breaker(failures=3, pause_s=60.0)


@shared_task(name="coordination.sync")
def sync_one(*, declaration_id: int) -> bool:
    """Tell the State of one wish that has just been written."""
    line = _line()
    row = Declaration.objects.filter(pk=declaration_id).first()
    if line is None or row is None or not breaker.allows():
        return False
    return _sync(row.number, line)


@shared_task(name="coordination.sweep")
def sweep() -> int:
    """Every minute: try what is due, whether its task was lost or its time has come."""
    now = timezone.now()
    due = Declaration.objects.waiting().filter(due_at__lte=now).order_by("due_at")
    numbers = list(dict.fromkeys(due.values_list("number", flat=True)[:MOST_AT_ONCE]))
    line = _line() if numbers else None
    if line is None:
        return 0
    return sum(_sync(number, line) for number in numbers if breaker.allows())


@shared_task(name="coordination.reconcile")
def reconcile_all() -> int:
    """Every night: find what the State does not hold as wished, and say when too much fails."""
    now = timezone.now()
    line = _line()
    if line is None:
        return 0
    tried, failed = health.alarms(now=now)
    if failed:
        log.error("%s of %s declarations of %s fail", failed, tried, current_schema())
    return reconcile.reconcile(line=line, now=now)


@shared_task(name="coordination.watch_hub")
def watch_hub() -> bool:
    """Every night, in public: say when the State's platform reads us no more; tell whether so."""
    is_silent = health.hub_is_silent(now=timezone.now())
    if is_silent:
        log.error("The State's platform has asked nothing for %s", health.SILENCE)
    return is_silent


def _sync(number: str, line: client.Line) -> bool:
    is_answered = sync(number=number, line=line, now=timezone.now())
    if is_answered:
        breaker.succeeded()
    else:
        breaker.failed()
    return is_answered


def _line() -> client.Line | None:
    """Open a way for the active commune, whose state is read now."""
    return client.line(Commune.objects.get(schema_name=current_schema()))

"""Every night: erase what is over its time, everywhere, and look whether anything is left."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.apps import apps

from parvis import erasing
from parvis.erasing import Spans, Step
from privacy.models import Choice, Night
from privacy.policy import spans


NIGHTS_KEPT = 400


def steps(where: str = "STEPS") -> Iterator[Step]:
    """List what each installed app erases in time; ``ONCE`` in the public schema."""
    for module in modules():
        yield from vars(module).get(where, ())


def modules() -> Iterator[ModuleType]:
    """List the ``retention.py`` of the installed apps."""
    for config in apps.get_app_configs():
        if "." not in config.name and find_spec(f"{config.name}.retention"):
            yield import_module(f"{config.name}.retention")


def kept() -> Spans:
    """Give the durations in force in the active commune; one query."""
    return spans(dict(Choice.objects.values_list("rule", "number")))


def due(*, now: datetime) -> dict[str, int]:
    """Count by rule what is over its time, without touching it."""
    in_force, found = kept(), Counter[str]()
    for step in steps():
        found[step.rule] += step.count(in_force, now)
    return {rule: count for rule, count in found.items() if count}


def run(*, now: datetime) -> Night:
    """Erase all that is over its time in the active commune, then count what is left.

    Each step works in small transactions of its own: what is interrupted goes on the next time,
    and repeating changes nothing.
    """
    in_force, erased = kept(), Counter[str]()
    for step in steps():
        erased[step.rule] += erasing.run(step, in_force, now)
    night = Night.objects.create(
        at=now, erased={rule: n for rule, n in erased.items() if n}, left=due(now=now)
    )
    old = Night.objects.values_list("pk", flat=True)[NIGHTS_KEPT:]
    Night.objects.filter(pk__in=list(old)).delete()
    return night


def run_once(*, now: datetime) -> dict[str, int]:
    """Erase what is over its time in the public schema; count it by rule."""
    usual, erased = spans({}), Counter[str]()
    for step in steps("ONCE"):
        erased[step.rule] += erasing.run(step, usual, now)
    return dict(erased)

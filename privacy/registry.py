"""Every field of the database and what it tells about people, from the tables of the apps."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from parvis.personal import Mark, Pii, Table, fields
from privacy.policy import RULES


def declared() -> dict[str, dict[str, Mark]]:
    """Return the marks of the fields of each model, by ``app.Model``.

    Raises:
        ValueError: a model or a field is declared twice.
    """
    found: dict[str, dict[str, Mark]] = {}
    for app, table in tables():
        for name, marks in table.items():
            label = name if "." in name else f"{app}.{name}"
            if label in found:
                raise ValueError(label)
            found[label] = fields(marks)
    return found


def tables() -> Iterator[tuple[str, Table]]:
    """List the installed apps that have a table, each with it."""
    for config in apps.get_app_configs():
        if "." not in config.name and find_spec(f"{config.name}.privacy"):
            yield config.label, import_module(f"{config.name}.privacy").MODELS


def undecided() -> list[str]:
    """Name what no table speaks of, and what only a table speaks of."""
    known = declared()
    wrong = []
    for model in apps.get_models():
        options = model._meta  # noqa: SLF001 (the documented door to what a model is)
        marks = known.pop(options.label, None)
        if marks is None:
            wrong.append(f"{options.label}: no table speaks of it")
            continue
        has = {each.name for each in (*options.local_fields, *options.local_many_to_many)}
        wrong += [f"{options.label}.{name}: not classified" for name in has - set(marks)]
        wrong += [f"{options.label}.{name}: no such field" for name in set(marks) - has]
    return sorted([*wrong, *(f"{label}: no such model" for label in known)])


def personal(app: str | None = None) -> Iterator[tuple[str, str, Pii]]:
    """List ``(app.Model, field, mark)`` of what is personal, of one app or of all."""
    for label, marks in declared().items():
        if app in (None, label.split(".", maxsplit=1)[0]):
            yield from (
                (label, name, mark) for name, mark in marks.items() if isinstance(mark, Pii)
            )


def without_rule() -> list[str]:
    """Name the personal fields whose rule is not in the table of durations."""
    return [f"{label}.{name}" for label, name, mark in personal() if mark.rule not in RULES]

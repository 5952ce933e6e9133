"""Rows of a few tables as they were, what changed since, and how to bring them back.

Rows are plain values, in the form of Django's ``python`` serializer, so that they can be stored.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from typing import Any, Protocol

from django.core import serializers
from django.db import IntegrityError, connection, models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from parvis.errors import DomainError


Key = tuple[str, int]
Row = dict[str, Any]
Rows = dict[Key, Row]


class StillUsed(Exception):
    """Something else stands on a row that would have to go."""


class Change(Protocol):
    """A difference as it was kept, under a name."""

    label: str
    before: Any
    created: Any


class ChangedSince(DomainError):
    """A later change touched the same rows: it must be undone first."""

    def __init__(self, later: Change) -> None:
        super().__init__()
        self.message = _(
            "Ces réglages ont encore changé depuis. Annulez d’abord « %(label)s »."
        ) % {"label": later.label}


def read(tables: Iterable[type[models.Model]], *, but: Collection[str] = ()) -> Rows:
    """Read every row of these tables, without the fields named in ``but``."""
    rows: list[Row] = []
    for model in tables:
        links = [field.name for field in model._meta.many_to_many]  # noqa: SLF001 (documented)
        query = model._default_manager.order_by("pk").prefetch_related(*links)  # noqa: SLF001
        rows += json.loads(serializers.serialize("json", query))
    for row in rows:
        for name in but:
            row["fields"].pop(name, None)
        for name, value in row["fields"].items():
            if isinstance(value, list) and all(isinstance(each, int) for each in value):
                row["fields"][name] = sorted(value)
    return {(row["model"], row["pk"]): row for row in rows}


def difference(before: Rows, after: Rows) -> tuple[list[Row], list[list[Any]]]:
    """Return the rows as they were that changed or went, and the keys of those that came."""
    changed = [row for key, row in before.items() if after.get(key) != row]
    return changed, [list(key) for key in after if key not in before]


def touched(changed: Iterable[Row], created: Iterable[Sequence[Any]]) -> set[Key]:
    """Name the rows of a difference."""
    return {(row["model"], row["pk"]) for row in changed} | {(name, pk) for name, pk in created}


def touched_last(change: Change, later: Iterable[Change]) -> set[Key]:
    """Name the rows of a change that nothing has touched since.

    Raises:
        ChangedSince: a later change touched one of them.
    """
    mine = touched(change.before, change.created)
    for each in later:
        if mine & touched(each.before, each.created):
            raise ChangedSince(each)
    return mine


def untouched(rows: Rows, keys: Collection[Key]) -> Rows:
    """Leave the rows of a difference out."""
    return {key: row for key, row in rows.items() if key not in keys}


@transaction.atomic
def bring_back(
    changed: Iterable[Row],
    created: Sequence[Sequence[Any]],
    *,
    tables: Iterable[type[models.Model]],
) -> None:
    """Delete what came, write again what changed or went, and let the database complain now.

    Raises:
        StillUsed: rows of other tables stand on what would go.
    """
    try:
        with transaction.atomic():
            _delete(created, tables)
            for each in serializers.deserialize("python", changed, ignorenonexistent=True):
                each.save()
            _check_references()
    except (ProtectedError, IntegrityError) as refusal:
        raise StillUsed from refusal


def _delete(created: Sequence[Sequence[Any]], tables: Iterable[type[models.Model]]) -> None:
    known = {model._meta.label_lower: model for model in tables}  # noqa: SLF001
    joins = [
        field.remote_field.through
        for model in known.values()
        for field in model._meta.many_to_many  # noqa: SLF001
    ]
    links = {join._meta.label_lower for join in joins if join is not None}  # noqa: SLF001
    for name, keys in groupby(reversed(created), key=lambda key: str(key[0])):
        numbers = [pk for _name, pk in keys]
        _total, gone = known[name]._default_manager.filter(pk__in=numbers).delete()  # noqa: SLF001
        if {label.lower() for label in gone} - set(known) - links:
            raise StillUsed


def _check_references() -> None:
    """Check deferred constraints now, not at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")

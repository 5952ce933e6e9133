"""Change what a commune offers, and take such a change back.

Whatever a page of the settings does runs in :func:`reconfigure`: it compares the whole
configuration (a few hundred small rows) before and after, and keeps what there was.
"""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.core import serializers
from django.db import IntegrityError, connection, models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from booking.configuration import configuration_changed
from booking.models import (
    Closure,
    DocumentText,
    MessageText,
    Opening,
    OpeningOverride,
    Resource,
    Service,
    ServiceLink,
    ServiceNeed,
    Settings,
    SettingsChange,
    Site,
)
from booking.taking import lock_configuration
from identity.members import Member
from parvis.errors import DomainError


# In an order in which each row finds those it points to.
CONFIGURATION: tuple[type[models.Model], ...] = (
    Settings,
    Site,
    Service,
    Resource,
    ServiceNeed,
    ServiceLink,
    Opening,
    OpeningOverride,
    Closure,
    DocumentText,
    MessageText,
)
UNDOABLE_SHOWN = 8
Key = tuple[str, int]
Row = dict[str, Any]


class ChangedSince(DomainError):
    """A later change touched the same rows: it must be undone first."""

    def __init__(self, later: SettingsChange) -> None:
        super().__init__()
        self.message = _(
            "Ces réglages ont encore changé depuis. Annulez d’abord « %(label)s »."
        ) % {"label": later.label}


class UsedSince(DomainError):
    """Something stands on what the change made."""

    message = _(
        "Ce qui a été créé sert déjà, par exemple à des rendez-vous : ce changement ne peut plus "
        "être annulé. Vous pouvez le désactiver."
    )


@transaction.atomic
def reconfigure(
    *, label: str, work: Callable[[], object], by: Member | None, now: datetime
) -> SettingsChange | None:
    """Run ``work``, which changes the configuration, and keep what it takes to undo it.

    Nobody books meanwhile. Returns None when nothing has changed.
    """
    before = _read_all()
    work()
    after = _read()
    changed = [row for key, row in before.items() if after.get(key) != row]
    created = [list(key) for key in after if key not in before]
    configuration_changed()
    if not changed and not created:
        return None
    return SettingsChange.objects.create(
        label=label[:200],
        before=changed,
        created=created,
        at=now,
        by_id=by.user_id if by else None,
        by_name=by.name if by else "",
    )


@transaction.atomic
def undo(*, change: SettingsChange, now: datetime) -> SettingsChange:
    """Put back everything as it was before a change; doing it twice changes nothing.

    Raises:
        ChangedSince: a later change, not undone, touched the same rows.
        UsedSince: something stands on what the change created.
    """
    before = _read_all()
    current = SettingsChange.objects.select_for_update().get(pk=change.pk)
    if current.undone_at is not None:
        return current
    touched = _touched(current)
    for later in SettingsChange.objects.filter(pk__gt=current.pk, undone_at=None):
        if touched & _touched(later):
            raise ChangedSince(later)
    try:
        with transaction.atomic():
            _delete([(name, pk) for name, pk in reversed(current.created)])
            _restore(current.before)
            _check_references()
    except (ProtectedError, IntegrityError) as refusal:
        raise UsedSince from refusal
    if _without(_read(), touched) != _without(before, touched):
        raise UsedSince
    current.undone_at = now
    current.save(update_fields=["undone_at"])
    configuration_changed()
    return current


def latest_changes() -> list[SettingsChange]:
    """List the last changes that were not undone, the newest first."""
    return list(SettingsChange.objects.filter(undone_at=None)[:UNDOABLE_SHOWN])


def _read_all() -> dict[Key, Row]:
    """Keep everybody else out until commit, then read the configuration."""
    lock_configuration()
    Settings.objects.get_or_create(pk=1)
    return _read()


def _read() -> dict[Key, Row]:
    rows: list[Row] = []
    for model in CONFIGURATION:
        links = [field.name for field in model._meta.many_to_many]  # noqa: SLF001 (documented)
        query = model._default_manager.order_by("pk").prefetch_related(*links)  # noqa: SLF001
        rows += json.loads(serializers.serialize("json", query))
    for row in rows:
        row["fields"].pop("version", None)
        for name, value in row["fields"].items():
            if isinstance(value, list):
                row["fields"][name] = sorted(value)
    return {(row["model"], row["pk"]): row for row in rows}


def _touched(change: SettingsChange) -> set[Key]:
    return {(row["model"], row["pk"]) for row in change.before} | {
        (name, pk) for name, pk in change.created
    }


def _without(rows: dict[Key, Row], touched: set[Key]) -> dict[Key, Row]:
    return {key: row for key, row in rows.items() if key not in touched}


def _delete(keys: Iterable[Key]) -> None:
    """Delete rows of the configuration.

    Raises:
        UsedSince: rows that are no configuration would go with them.
    """
    known = {model._meta.label_lower: model for model in CONFIGURATION}  # noqa: SLF001
    links = {
        Resource.services.through._meta.label_lower,  # noqa: SLF001
        Opening.resources.through._meta.label_lower,  # noqa: SLF001
        Opening.services.through._meta.label_lower,  # noqa: SLF001
        OpeningOverride.resources.through._meta.label_lower,  # noqa: SLF001
    }
    for name, pk in keys:
        _total, gone = known[name]._default_manager.filter(pk=pk).delete()  # noqa: SLF001
        if {label.lower() for label in gone} - set(known) - links:
            raise UsedSince


def _restore(rows: list[Row]) -> None:
    settings = Settings._meta.label_lower  # noqa: SLF001
    for row in rows:
        if row["model"] == settings:  # its version must not go back
            Settings.objects.filter(pk=row["pk"]).update(**row["fields"])
    others = [row for row in rows if row["model"] != settings]
    for each in serializers.deserialize("python", others, ignorenonexistent=True):
        each.save()


def _check_references() -> None:
    """Let the database complain now, not at commit, of rows that point to nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")

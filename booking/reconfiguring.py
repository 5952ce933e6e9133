"""Change what a commune offers, and take such a change back.

Whatever a page of the settings does runs in :func:`reconfigure`: it compares the whole
configuration (a few hundred small rows) before and after, and keeps what there was.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from booking.configuration import renew_version
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
from parvis import snapshots
from parvis.errors import DomainError


Tables = tuple[type[models.Model], ...]
# In an order in which each row finds those it points to.
CONFIGURATION: Tables = (
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


class UsedSince(DomainError):
    """Something stands on what the change made."""

    message = _(
        "Ce qui a été créé sert déjà, par exemple à des rendez-vous : ce changement ne peut plus "
        "être annulé. Vous pouvez le désactiver."
    )


@transaction.atomic
def reconfigure(
    *,
    label: str,
    work: Callable[[], object],
    by: Member | None,
    now: datetime,
    tables: Tables = CONFIGURATION,
) -> SettingsChange | None:
    """Run ``work``, which changes these tables, and keep what it takes to undo it.

    Nobody books meanwhile. Returns None when nothing has changed.
    """
    before = _read_all(tables)
    work()
    after = _read(tables)
    changed, created = snapshots.difference(before, after)
    renew_version()
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
        snapshots.ChangedSince: a later change, not undone, touched the same rows.
        UsedSince: something stands on what the change created.
    """
    before = _read_all()
    current = SettingsChange.objects.select_for_update().get(pk=change.pk)
    if current.undone_at is not None:
        return current
    later = SettingsChange.objects.filter(pk__gt=current.pk, undone_at=None)
    touched = snapshots.touched_last(current, later)
    settings = Settings._meta.label_lower  # noqa: SLF001
    for row in current.before:
        if row["model"] == settings:  # its version must not go back
            Settings.objects.filter(pk=row["pk"]).update(**row["fields"])
    others = [row for row in current.before if row["model"] != settings]
    try:
        snapshots.bring_back(others, current.created, tables=CONFIGURATION)
    except snapshots.StillUsed as refusal:
        raise UsedSince from refusal
    if snapshots.untouched(_read(), touched) != snapshots.untouched(before, touched):
        raise UsedSince
    current.undone_at = now
    current.save(update_fields=["undone_at"])
    renew_version()
    return current


def latest_changes() -> list[SettingsChange]:
    """List the last changes that were not undone, the newest first."""
    return list(SettingsChange.objects.filter(undone_at=None)[:UNDOABLE_SHOWN])


def _read_all(tables: Tables = CONFIGURATION) -> snapshots.Rows:
    """Keep everybody else out until commit, then read the configuration."""
    lock_configuration()
    if Settings in tables:
        Settings.objects.get_or_create(pk=1)
    return _read(tables)


def _read(tables: Tables = CONFIGURATION) -> snapshots.Rows:
    return snapshots.read(tables, but=["version"])

"""Change how reports are set up, and take such a change back.

Whatever a page of the settings does runs in :func:`reconfigure`: it compares the rows before and
after, and keeps what there was. The inventory may hold thousands of rows, so it is read only when
a change is about it.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from identity.members import Member
from incidents.models import (
    Asset,
    Category,
    CategoryAttribute,
    Handler,
    MessageText,
    ReplyTemplate,
    RoutingRule,
    Settings,
    SettingsChange,
    Team,
    Zone,
)
from parvis import snapshots
from parvis.errors import DomainError
from parvis.guard import current_schema


Tables = tuple[type[models.Model], ...]
# In an order in which each row finds those it points to.
CONFIGURATION: Tables = (
    Settings, Team, Handler, Category, CategoryAttribute, Zone, RoutingRule, ReplyTemplate,
    MessageText,
)  # fmt: skip
INVENTORY: Tables = (Asset,)
UNDOABLE_SHOWN = 8
LOCK = 4  # of this module, beside the number of the commune


class UsedSince(DomainError):
    """Something stands on what the change made."""

    message = _(
        "Ce qui a été créé sert déjà, par exemple à des signalements : ce changement ne peut plus "
        "être annulé. Vous pouvez mettre hors service ce qui ne sert plus."
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

    Nobody else changes settings meanwhile. Returns None when nothing has changed.
    """
    _lock()
    before = snapshots.read(tables)
    work()
    changed, created = snapshots.difference(before, snapshots.read(tables))
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
    _lock()
    current = SettingsChange.objects.select_for_update().get(pk=change.pk)
    if current.undone_at is not None:
        return current
    later = SettingsChange.objects.filter(pk__gt=current.pk, undone_at=None)
    touched = snapshots.touched_last(current, later)
    tables = CONFIGURATION + INVENTORY * any(name == "incidents.asset" for name, _pk in touched)
    before = snapshots.read(tables, but=["position"])
    _make_room(current)
    try:
        snapshots.bring_back(current.before, current.created, tables=tables)
    except snapshots.StillUsed as refusal:
        raise UsedSince from refusal
    after = snapshots.read(tables, but=["position"])
    if snapshots.untouched(after, touched) != snapshots.untouched(before, touched):
        raise UsedSince
    current.undone_at = now
    current.save(update_fields=["undone_at"])
    return current


def latest_changes() -> list[SettingsChange]:
    """List the last changes that were not undone, the newest first."""
    shown = SettingsChange.objects.filter(undone_at=None).defer("before", "created")
    return list(shown[:UNDOABLE_SHOWN])


def _make_room(change: SettingsChange) -> None:
    """Move the rules that took the rank of one that comes back to just after it."""
    coming = {
        row["fields"]["position"]: row["pk"]
        for row in change.before
        if row["model"] == "incidents.routingrule"
    }
    there = RoutingRule.objects.filter(position__in=coming).exclude(pk__in=coming.values())
    if not there.exists():
        return
    lowest = min(coming)
    RoutingRule.objects.filter(position__gte=lowest).exclude(pk__in=coming.values()).update(
        position=models.F("position") + len(coming)
    )


def _lock() -> None:
    """Keep everybody else out of the settings of the active commune until commit."""
    number = int(current_schema().removeprefix("c_"), 16)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [number, LOCK])

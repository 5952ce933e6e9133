"""Bring a commune or a preview up, step by step, from wherever it was left; end previews.

Called by the queue, in public. Each step has its own transaction, and each may be repeated.
"""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Q

from booking.read_model import withdraw
from onboarding import creation
from onboarding.furnishing import furnish
from onboarding.models import Creation
from parvis.deferred import defer
from tenants import lifecycle
from tenants.actions import create_schema
from tenants.models import Commune
from tenants.tasks import in_each


def bring_up(*, commune_id: int, now: datetime) -> bool:
    """Make a commune, or a preview of one; False when another worker is at it."""
    with creation.alone(commune_id) as is_mine:
        if is_mine:
            _bring_up(Commune.objects.get(pk=commune_id), now)
    return is_mine


def _bring_up(commune: Commune, now: datetime) -> None:
    if not commune.has_schema:
        creation.dress(commune=commune)
        create_schema(commune=commune)
        creation.note(commune=commune, step="schema_at", now=now)
        for _commune, _nothing in in_each([commune], partial(furnish, now=now)):
            creation.note(commune=commune, step="furnished_at", now=now)
        if commune.delete_after:
            lifecycle.show_preview(commune=commune)
            return
        lifecycle.begin_configuring(commune=commune)
    creation.note(commune=commune, step="open_to_team_at", now=now)
    creation.move_on(commune=commune, now=now)
    creation.invite(commune=commune, now=now)


@transaction.atomic
def go_on() -> int:
    """Wake workers for what was interrupted; return how many communes."""
    unfinished = Creation.objects.filter(
        Q(open_to_team_at=None) | Q(moved_at=None) | Q(invited_at=None)
    ).values("commune")
    left = Commune.objects.filter(
        Q(pk__in=unfinished) | Q(state=Commune.State.CREATING, delete_after__isnull=False)
    )
    found = list(left.order_by("pk").values_list("pk", flat=True))
    for number in found:
        defer("onboarding.bring_up", commune_id=number)
    return len(found)


def end_previews(*, now: datetime) -> int:
    """Drop the previews whose time is over; return how many."""
    over = Commune.objects.filter(delete_after__lte=now)
    for _commune, _nothing in in_each(over.filter(state=Commune.State.PREVIEW), withdraw):
        pass
    return sum(lifecycle.end_preview(commune=each, now=now) for each in over)

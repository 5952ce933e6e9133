"""Keep the head of the chain each night, compare the chain with it, drop what is old."""

from datetime import datetime, timedelta

from audit import chain, keeping
from audit.chain import ROWS_KEPT, Verdict
from journal.models import Anchor
from parvis.guard import current_schema
from tenants.models import Commune


ALL = 1_000_000_000


def anchor(*, now: datetime) -> Anchor | None:
    """Keep the head of the active commune's chain; nothing where nothing happened since.

    A sandbox and a preview are emptied one day: they have no anchor.
    """
    commune = Commune.objects.get(schema_name=current_schema())
    if commune.is_sandbox or commune.is_preview:
        return None
    keeping.seal(most=ALL)
    position, link = chain.head()
    if not position or Anchor.objects.filter(commune=commune, position=position).exists():
        return None
    return Anchor.objects.create(commune=commune, position=position, hash=link, at=now)


def verify(*, now: datetime) -> Verdict:
    """Walk the chain of the active commune, from its beginning to its end."""
    return chain.verify(anchors=anchors(), now=now)


def anchors() -> list[chain.Anchor]:
    """List the anchors of the active commune, but those of a record that a restore set aside."""
    set_aside = chain.taken_back()
    kept = Anchor.objects.filter(commune__schema_name=current_schema())
    return [
        chain.Anchor(each.position, each.hash, each.at)
        for each in kept
        if not any(after < each.at <= until for after, until in set_aside)
    ]


def drop_old(*, now: datetime) -> int:
    """Drop what is older than three years, up to an anchor of that time; count the rows."""
    old = [each.position for each in anchors() if now - each.at >= ROWS_KEPT + timedelta(days=2)]
    return keeping.forget(now=now, cut=max(old)) if old else 0

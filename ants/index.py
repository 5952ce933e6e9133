"""Answer ``searchApplicationIds``: one indexed query, whatever is asked (ANTS contract, 3.5)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import OuterRef, Subquery

from ants import keys, links, numbers
from ants.models import PreDemandeIndex
from tenants.models import Commune, Domain


Found = dict[str, list[dict[str, str]]]


def answer(values: list[str], *, now: datetime) -> Found:
    """Tell where each number has an appointment to come: a key for each, as it was spelled.

    Only communes in service are searched, and what is cancelled has no row.
    """
    asked = numbers.parts(values)
    found: Found = {spelled: [] for spelled in asked}
    wanted: dict[str, list[str]] = {}
    for spelled in asked:
        if plain := numbers.normalise(spelled):
            wanted.setdefault(plain, []).append(spelled)
    for number, declared in _declarations(wanted, now=now):
        for spelled in wanted[number]:
            found[spelled].append(declared.for_hub)
    return found


def _declarations(
    wanted: Iterable[str], *, now: datetime
) -> Iterator[tuple[str, links.Declaration]]:
    """Yield what is told of these numbers, soonest first."""
    by_hash = {each: number for number in wanted for each in keys.hashes(number)}
    if not by_hash:
        return
    primary = Domain.objects.filter(commune=OuterRef("commune"), is_primary=True)
    rows = (
        PreDemandeIndex.objects.filter(
            number_hash__in=by_hash, start__gt=now, commune__in=Commune.objects.open()
        )
        .select_related("commune", "point")
        .annotate(host=Subquery(primary.values("domain")[:1]))
        .order_by("start", "pk")
    )
    for row in rows:
        if row.host:
            number = by_hash[row.number_hash]
            yield number, links.declare(row, number, host=row.host)

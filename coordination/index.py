"""Where a number has an appointment to come, over all communes: hashes only (contract, 7).

Written in the transaction of the appointment, beside what is wished of the State, and read to
find the appointment that a second one would double.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, Subquery

from ants import keys, links
from ants.models import PreDemandeIndex
from coordination.client import Held
from slots.models import MeetingPoint
from tenants.models import Commune, Domain


Entries = Mapping[str, PreDemandeIndex]


@dataclass(frozen=True, slots=True)
class Taken:
    """An appointment that a number has: where and when, and the address that changes it."""

    place: str
    city: str
    start: datetime
    address: str
    is_here: bool


def keep(
    *,
    commune: Commune,
    appointment: str,
    point: MeetingPoint | None,
    start: datetime,
    numbers: Collection[str],
    is_new: bool,
) -> dict[str, PreDemandeIndex]:
    """Write that these numbers, and no others, have this appointment; return their rows.

    A row keeps the version of the key that made its address: an address never changes. Without a
    meeting point nothing is found.
    """
    known = {} if is_new else _rows(commune, appointment)
    wanted: dict[str, PreDemandeIndex] = {}
    fresh: list[PreDemandeIndex] = []
    version = keys.newest()
    for number in numbers if point else ():
        row = next((known.pop(each) for each in keys.hashes(number) if each in known), None)
        if row is None:
            row = PreDemandeIndex(
                number_hash=keys.hash_of(number, version=version),
                key_version=version,
                appointment=appointment,
            )
            fresh.append(row)
        elif point is not None and (row.point_id, row.start) != (point.pk, start):
            PreDemandeIndex.objects.filter(pk=row.pk).update(point=point, start=start)
        wanted[number] = row
    for row in wanted.values():
        row.commune, row.start = commune, start
        if point is not None:
            row.point = point
    if known:
        PreDemandeIndex.objects.filter(pk__in=[each.pk for each in known.values()]).delete()
    if fresh:
        PreDemandeIndex.objects.bulk_create(fresh)
    return wanted


def held(entries: Entries, *, host: str) -> dict[str, Held]:
    """Say in the State's words what is to be declared of each number."""
    told = {}
    for number, entry in entries.items():
        said = links.declare(entry, number, host=host)
        told[number] = Held(
            said.management_url, said.meeting_point, str(entry.point_id), said.for_coordination
        )
    return told


def taken(
    numbers: Iterable[str], *, commune: Commune, but: str, now: datetime
) -> dict[str, Taken]:
    """Find another appointment to come of each number: one query.

    Looked for in every commune in service; what is not real knows itself only. ``but`` is the
    reference of the appointment itself, in ``commune``.
    """
    by_hash = {each: number for number in numbers for each in keys.hashes(number)}
    if not by_hash:
        return {}
    primary = Domain.objects.filter(commune=OuterRef("commune"), is_primary=True)
    where = Q(commune=commune)
    if commune.is_real_and_open:
        where |= Q(commune__in=Commune.objects.open())
    rows = (
        PreDemandeIndex.objects.filter(where, number_hash__in=by_hash, start__gt=now)
        .exclude(commune=commune, appointment=but)
        .select_related("point", "commune")
        .annotate(host=Subquery(primary.values("domain")[:1]))
        .order_by("-start", "-pk")
    )
    found = {}
    for row in rows:  # the soonest one of a number comes last, and stays
        number = by_hash[row.number_hash]
        found[number] = _taken(row, number, commune, host=row.host)
    return found


def _taken(row: PreDemandeIndex, number: str, commune: Commune, *, host: str | None) -> Taken:
    address = links.declare(row, number, host=host).management_url if host else ""
    return Taken(
        place=row.point.name,
        city=row.point.city,
        start=row.start,
        address=address,
        is_here=row.commune_id == commune.pk,
    )


def _rows(commune: Commune, appointment: str) -> dict[str, PreDemandeIndex]:
    rows = PreDemandeIndex.objects.filter(commune=commune, appointment=appointment)
    return {row.number_hash: row for row in rows}

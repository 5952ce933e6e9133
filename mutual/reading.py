"""What pages show of agreements: who takes part, how much each was used, who owes what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from mutual.costs import shares
from mutual.models import Agreement
from tenants.models import Commune


ENOUGH = 10  # below, a count is not shown to others


@dataclass(frozen=True, slots=True)
class Line:
    """One commune of an agreement: how many of its inhabitants came, and its part of the costs.

    A count that is too small to be shown is None, and so is a part that would tell it.
    """

    commune: Commune
    is_host: bool
    weekdays: list[int]
    used: int | None
    cents: int | None

    @property
    def euros(self) -> str:
        """The part as it is written, to the cent."""
        if self.cents is None:
            return ""
        whole = f"{self.cents // 100:,}".replace(",", "\u202f")
        return f"{whole},{self.cents % 100:02}\u00a0€"


@dataclass(frozen=True, slots=True)
class Shared:
    """An agreement with its lines, for the year of a day."""

    agreement: Agreement
    is_in_force: bool
    lines: list[Line]
    year: int


def agreements_of(here: Commune, *, today: date) -> list[Shared]:
    """Read the agreements a commune takes part in; it sees all counts where it is the host."""
    found = _read(Agreement.objects.of(here))
    return [_shared(each, today=today, sees=here) for each in found]


def agreements_for_association(association: int, *, today: date) -> list[Shared]:
    """Read all agreements of an association; counts from 1 to 9 stay hidden."""
    found = _read(Agreement.objects.filter(association=association))
    return [_shared(each, today=today, sees=None) for each in found]


def _read(found: QuerySet[Agreement]) -> list[Agreement]:
    return list(found.select_related("host").prefetch_related("members__commune", "uses"))


def _shared(agreement: Agreement, *, today: date, sees: Commune | None) -> Shared:
    used = _used(agreement, year=today.year)
    members = list(agreement.members.all())
    communes = [agreement.host, *(each.commune for each in members)]
    days = {each.commune_id: each.weekdays for each in members}
    costs = _costs(agreement, communes, used)
    sees_all = sees is not None and sees.pk == agreement.host_id
    is_told = sees_all or agreement.cost_key != Agreement.CostKey.USE
    is_told = is_told or all(not 0 < used.get(each.pk, 0) < ENOUGH for each in communes)
    lines = []
    for commune in communes:
        n = used.get(commune.pk, 0)
        is_own = sees is not None and sees.pk == commune.pk
        lines.append(
            Line(
                commune,
                is_host=commune.pk == agreement.host_id,
                weekdays=days.get(commune.pk, []),
                used=n if sees_all or is_own or not 0 < n < ENOUGH else None,
                cents=costs.get(commune.pk) if is_told else None,
            )
        )
    is_in_force = agreement.starts_on <= today <= (agreement.ends_on or today)
    return Shared(agreement, is_in_force, lines, today.year)


def _used(agreement: Agreement, *, year: int) -> dict[int, int]:
    used: dict[int, int] = {}
    for each in agreement.uses.all():
        if each.month.year == year:
            used[each.commune_id] = used.get(each.commune_id, 0) + each.n
    return used


def _costs(
    agreement: Agreement, communes: list[Commune], used: Mapping[int, int]
) -> dict[int, int]:
    if agreement.cost_key == Agreement.CostKey.NONE:
        return {}
    weights = {
        Agreement.CostKey.EQUAL: {each.pk: 1 for each in communes},
        Agreement.CostKey.POPULATION: {each.pk: each.population for each in communes},
        Agreement.CostKey.USE: {each.pk: used.get(each.pk, 0) for each in communes},
    }[Agreement.CostKey(agreement.cost_key)]
    return shares(agreement.yearly_cents, weights)

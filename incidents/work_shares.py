"""What work cost, shared: one visit for three reports counts a third for each. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: what it took, and for how many reports it was, at least one."""

    minutes: int
    cost_cents: int
    reports: int = 1

    def __post_init__(self) -> None:
        if self.reports < 1:
            raise ValueError("A visit is for a report.")


@dataclass(frozen=True, slots=True)
class Total:
    """What visits took, as exact fractions: rounded only where it is shown."""

    minutes: Fraction = Fraction(0)
    cost_cents: Fraction = Fraction(0)

    def __add__(self, other: "Total") -> "Total":
        return Total(self.minutes + other.minutes, self.cost_cents + other.cost_cents)


def shared(visits: Iterable[Visit]) -> Total:
    """Sum the share of one report in each of these visits.

    The shares of all the reports of a visit add up to the visit, to the cent.
    """
    total = Total()
    for each in visits:
        total += Total(
            Fraction(each.minutes, each.reports), Fraction(each.cost_cents, each.reports)
        )
    return total

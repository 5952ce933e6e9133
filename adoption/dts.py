"""The State's subsidy for secure identity documents (DTS): what a commune gets and what it lacks.

Pure. The parameters are those of one year: the unit price is the result of sharing an envelope,
so that another year is another row of ``RULES``. Amounts are exact decimals, in euros.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum


CENT = Decimal("0.01")


class Basis(StrEnum):
    """Whose requests reach a threshold."""

    COMMUNE = "commune"
    STATION = "station"
    """Those of the commune divided by its stations, as before 2024."""


@dataclass(frozen=True, slots=True)
class Step:
    """From so many requests on, the coefficient of *all* of them."""

    threshold: int
    coefficient: Decimal


@dataclass(frozen=True, slots=True)
class Rules:
    """What one year's decree says."""

    year: int
    per_station: Decimal
    per_connected_station: Decimal
    per_request: Decimal
    steps: tuple[Step, ...]
    certifications_per_request: int = 10
    basis: Basis = Basis.COMMUNE


RULES: dict[int, Rules] = {
    2024: Rules(
        year=2024,
        per_station=Decimal(9000),
        per_connected_station=Decimal(500),
        per_request=Decimal("1.93"),
        steps=(
            Step(1876, Decimal(1)),
            Step(2501, Decimal("1.5")),
            Step(4000, Decimal("2.25")),
        ),
    ),
}
LATEST = max(RULES)


@dataclass(frozen=True, slots=True)
class Subsidy:
    """What a commune would get, part by part; ``missing`` requests lead to the next step."""

    fixed: Decimal
    connection: Decimal
    variable: Decimal
    coefficient: Decimal
    counted: Decimal
    missing: int
    next_threshold: int

    @property
    def total(self) -> Decimal:
        """All three parts."""
        return self.fixed + self.connection + self.variable


def rules_of(year: int) -> Rules:
    """Return the rules of a year, or the last ones known before or after it."""
    known = [each for each in RULES if each <= year]
    return RULES[max(known, default=min(RULES))]


def counted_requests(requests: int, certifications: int, *, rules: Rules) -> Decimal:
    """Add certifications of digital identities to requests, ten for one."""
    return requests + Decimal(certifications) / rules.certifications_per_request


def variable_part(counted: Decimal, *, rules: Rules, stations: int = 1) -> Decimal:
    """Return what the requests are worth, at the coefficient of the step that they reach."""
    step = _step(counted, rules=rules, stations=stations)
    if step is None:
        return Decimal(0)
    return (counted * rules.per_request * step.coefficient).quantize(CENT, ROUND_HALF_UP)


def simulate(
    *, requests: int, certifications: int, stations: int, connected: int, rules: Rules
) -> Subsidy:
    """Tell what a commune would get, and how far the next step is.

    Raises:
        ValueError: a number is negative, or more stations are connected than there are.
    """
    if min(requests, certifications, stations, connected) < 0 or connected > stations:
        raise ValueError("There are no fewer than no requests, nor more than all stations.")
    counted = counted_requests(requests, certifications, rules=rules)
    step = _step(counted, rules=rules, stations=stations)
    missing, threshold = missing_to_next(counted, rules=rules, stations=stations)
    return Subsidy(
        fixed=rules.per_station * stations,
        connection=rules.per_connected_station * connected,
        variable=variable_part(counted, rules=rules, stations=stations),
        coefficient=step.coefficient if step else Decimal(0),
        counted=counted,
        missing=missing,
        next_threshold=threshold,
    )


def missing_to_next(counted: Decimal, *, rules: Rules, stations: int = 1) -> tuple[int, int]:
    """Return how many requests lead to the next step, and its threshold; zeros at the last."""
    share = _shared(rules, stations)
    for step in rules.steps:
        needed = step.threshold * share
        if counted < needed:
            return math.ceil(needed - counted), needed
    return 0, 0


def expected(months: Sequence[int]) -> int:
    """Extend the requests of the months entered to a whole year, each month as the mean."""
    return round(sum(months) * 12 / len(months)) if months else 0


def _step(counted: Decimal, *, rules: Rules, stations: int) -> Step | None:
    share = _shared(rules, stations)
    reached = [step for step in rules.steps if counted >= step.threshold * share]
    return reached[-1] if reached else None


def _shared(rules: Rules, stations: int) -> int:
    return max(1, stations) if rules.basis == Basis.STATION else 1

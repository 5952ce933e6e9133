"""Tell what a title costs: tax stamps by date, age and territory. Data, not code, change yearly.

Amounts: service-public.fr, the sheets named at each rate; see :data:`STAMP_RATES`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from booking.situations import Age, Motive, Situation, Territory, Title, TitleState


class StampCase(StrEnum):
    """What the stamp is for: a title as such, or one in the place of a card not handed over."""

    ISSUE = "issue"
    REPLACEMENT = "replacement"


class StampAge(StrEnum):
    """The age bands of prices, which are not those of fingerprints."""

    ADULT = "adult"
    FROM_15 = "15-17"
    CHILD = "0-14"


STAMP_AGES = {
    Age.ADULT: StampAge.ADULT,
    Age.FROM_15: StampAge.FROM_15,
    Age.FROM_12: StampAge.CHILD,
    Age.CHILD: StampAge.CHILD,
}
FREE_REMAKES = frozenset({Motive.CIVIL_STATUS, Motive.ADDRESS, Motive.ERROR})
"""A passport still valid is made anew for nothing, until the date of the old one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StampRate:
    """A price, from the first day it applies to the last, both included."""

    title: Title
    case: StampCase
    ages: frozenset[StampAge]
    territories: frozenset[Territory]
    amount_cents: int
    desk_photo_cents: int = 0
    """What is added when the town hall takes the photo."""
    valid_from: date
    valid_to: date | None = None
    source: str
    """The sheet of service-public.fr."""

    def __post_init__(self) -> None:
        if self.amount_cents <= 0 or self.desk_photo_cents < 0:
            raise ValueError("A stamp has a price.")
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("A rate applies for a day at least.")

    def applies(self, on: date) -> bool:
        """Tell whether this is the price on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What one person pays for one title."""

    title: Title
    amount_cents: int
    desk_photo_cents: int = 0


def charges(situation: Situation) -> tuple[tuple[Title, StampCase], ...]:
    """List the titles a person pays for, and why.

    A card is free unless the old one is not handed over; a passport is paid for, except when one
    still valid has become wrong.
    """
    found = []
    not_handed_over = situation.is_replacing and situation.old_title == TitleState.NONE
    if Title.CARD in situation.titles and (not_handed_over or situation.is_missing):
        found.append((Title.CARD, StampCase.REPLACEMENT))
    still_valid = situation.old_title in {TitleState.VALID, TitleState.LONG_VALID}
    if Title.PASSPORT in situation.titles and not (
        still_valid and situation.motive in FREE_REMAKES
    ):
        found.append((Title.PASSPORT, StampCase.ISSUE))
    return tuple(found)


_EVERYONE = frozenset(StampAge)
_AT_FULL_PRICE = frozenset({Territory.MAINLAND, Territory.OVERSEAS})
_GUYANE = frozenset({Territory.GUYANE})
_MAYOTTE = frozenset({Territory.MAYOTTE})
_SINCE = date(2015, 1, 1)


def _passport_rates(age: StampAge, *, full: int, guyane: int, source: str) -> list[StampRate]:
    return [
        StampRate(
            title=Title.PASSPORT,
            case=StampCase.ISSUE,
            ages=frozenset({age}),
            territories=territories,
            amount_cents=amount,
            desk_photo_cents=photo,
            valid_from=_SINCE,
            source=source,
        )
        for territories, amount, photo in (
            (_AT_FULL_PRICE, full, 0),
            (_GUYANE, guyane, 0),
            (_MAYOTTE, full, 300),
        )
    ]


def _card_rate(territories: frozenset[Territory], amount_cents: int) -> StampRate:
    return StampRate(
        title=Title.CARD,
        case=StampCase.REPLACEMENT,
        ages=_EVERYONE,
        territories=territories,
        amount_cents=amount_cents,
        valid_from=_SINCE,
        source="F1344",
    )


STAMP_RATES: tuple[StampRate, ...] = (
    *_passport_rates(StampAge.ADULT, full=86_00, guyane=43_00, source="F14929"),
    *_passport_rates(StampAge.FROM_15, full=42_00, guyane=21_00, source="F14930"),
    *_passport_rates(StampAge.CHILD, full=17_00, guyane=8_50, source="F14930"),
    _card_rate(_AT_FULL_PRICE | _MAYOTTE, 25_00),
    _card_rate(_GUYANE, 12_50),
)
"""To change a price: end the old rate with ``valid_to`` and add the new one after it."""


def stamps_for(
    situation: Situation, *, on: date, rates: Iterable[StampRate] = STAMP_RATES
) -> tuple[Stamp, ...]:
    """List the stamps to buy for an appointment of that day, at the price of that day.

    Raises:
        LookupError: no price is known for that day.
    """
    age = STAMP_AGES[situation.age]
    known = [
        rate
        for rate in rates
        if rate.applies(on) and age in rate.ages and situation.territory in rate.territories
    ]
    found = []
    for title, case in charges(situation):
        rate = next((each for each in known if (each.title, each.case) == (title, case)), None)
        if rate is None:
            raise LookupError(f"No tax stamp is known for {title} ({case}) on {on}.")
        found.append(Stamp(title, rate.amount_cents, rate.desk_photo_cents))
    return tuple(found)

"""What a commune is proposed from public facts alone: look, categories, hours. Pure.

Proposals, never truths: the hours are the town hall's, not those of the counter, and whether a
commune lies by the sea is told from names. The commune confirms all of it in its wizard.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import time
from typing import Any

from tenants.directory import normalise, weekly_hours


Spans = tuple[tuple[time, time], ...]
NOON, AFTERNOON = time(12), time(13, 30)
LONGEST_SPAN = 5  # hours without a lunch break
SMALL, MIDDLE, LARGE = 2_000, 5_000, 20_000  # inhabitants
BY_THE_SEA = re.compile(
    r"\b(mer|plages?|ocean|oceane|littoral|bassin d arcachon|"
    r"cote (d azur|d opale|d emeraude|d albatre|des legendes|vermeille|fleurie))\b"
)
# Public facts: communes of the Atlantic shore and of its bay whose names do not say so.
KNOWN_SHORE = frozenset(
    {
        *("33214", "33203", "33097", "33300", "33540", "33541", "33193", "33333"),
        *("33009", "33529", "33199", "33527", "33051", "33019", "33229", "33011", "33236"),
    }
)
SEA_COLOURS = ("#0b6a8a", "#0a5c96", "#1d6f8f", "#14587a", "#0f6f68")
COLOURS = (
    *("#7a1f3d", "#2f6b3c", "#5b3a8c", "#8a6100", "#8a4b2a", "#1d4fa0", "#9b2226"),
    *("#6a4c93", "#2a7a55", "#34679a", "#4a6318", "#24507f"),
)


def is_by_the_sea(insee_code: str, name: str, epci_name: str) -> bool:
    """Tell whether a commune seems to lie on a shore, by its name and its intercommunality's."""
    if insee_code in KNOWN_SHORE:
        return True
    words = f"{normalise(name)} / {normalise(epci_name)}"
    return bool(BY_THE_SEA.search(words))


def pack_for(*, population: int, by_the_sea: bool) -> str:
    """Choose the pack of categories of reports: shore, village or town."""
    if by_the_sea:
        return "littoral"
    return "rural" if population < SMALL else "bourg"


def colour_for(insee_code: str, *, by_the_sea: bool) -> str:
    """Propose a colour: always the same for a commune, another than its neighbour's as a rule."""
    colours = SEA_COLOURS if by_the_sea else COLOURS
    return colours[int(insee_code, 36) % len(colours)]


def counters_for(*, population: int, stations: int) -> int:
    """Propose how many counters receive: one for each station, and by the size of the commune."""
    usual = 1 + (population >= MIDDLE) + (population >= LARGE)
    return max(usual, stations)


def opening_hours(hours: Iterable[Sequence[Any]]) -> dict[int, Spans]:
    """Spread the directory's hours over the week, with a lunch break in the longest spans."""
    return {
        day: tuple(
            sorted(
                {
                    span
                    for start, end in periods
                    for span in _with_lunch(_rounded(start), _rounded(end))
                }
            )
        )
        for day, periods in weekly_hours(hours).items()
    }


def _with_lunch(start: time, end: time) -> list[tuple[time, time]]:
    if end.hour - start.hour > LONGEST_SPAN and start < NOON and end > AFTERNOON:
        return [(start, NOON), (AFTERNOON, end)]
    return [(start, end)]


def _rounded(at: time) -> time:
    return at.replace(minute=at.minute // 5 * 5)

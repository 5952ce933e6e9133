"""Name the public holidays of a commune: no database, clock or settings.

Dates come from the ``holidays`` package; which of its calendars a commune follows is decided here,
from its INSEE code.
"""

from datetime import date
from enum import StrEnum
from functools import lru_cache

import holidays


class Territory(StrEnum):
    """The parts of France whose public holidays differ."""

    MAINLAND = "mainland"
    ALSACE_MOSELLE = "alsace_moselle"
    GUADELOUPE = "guadeloupe"
    MARTINIQUE = "martinique"
    GUYANE = "guyane"
    REUNION = "reunion"
    SAINT_PIERRE_ET_MIQUELON = "saint_pierre_et_miquelon"
    MAYOTTE = "mayotte"
    SAINT_BARTHELEMY = "saint_barthelemy"
    SAINT_MARTIN = "saint_martin"
    WALLIS_ET_FUTUNA = "wallis_et_futuna"
    POLYNESIE = "polynesie"
    NOUVELLE_CALEDONIE = "nouvelle_caledonie"


TERRITORY_OF_CODE = {
    "57": Territory.ALSACE_MOSELLE,
    "67": Territory.ALSACE_MOSELLE,
    "68": Territory.ALSACE_MOSELLE,
    "971": Territory.GUADELOUPE,
    "972": Territory.MARTINIQUE,
    "973": Territory.GUYANE,
    "974": Territory.REUNION,
    "975": Territory.SAINT_PIERRE_ET_MIQUELON,
    "976": Territory.MAYOTTE,
    "977": Territory.SAINT_BARTHELEMY,
    "978": Territory.SAINT_MARTIN,
    "97123": Territory.SAINT_BARTHELEMY,
    "97127": Territory.SAINT_MARTIN,
    "986": Territory.WALLIS_ET_FUTUNA,
    "987": Territory.POLYNESIE,
    "988": Territory.NOUVELLE_CALEDONIE,
}
"""By the first characters of an INSEE code, the longest first; all others are mainland."""

SUBDIVISIONS = {
    Territory.MAINLAND: None,
    Territory.ALSACE_MOSELLE: "57",
    Territory.GUADELOUPE: "971",
    Territory.MARTINIQUE: "972",
    Territory.GUYANE: "973",
    Territory.REUNION: "974",
    Territory.SAINT_PIERRE_ET_MIQUELON: "PM",
    Territory.MAYOTTE: "976",
    Territory.SAINT_BARTHELEMY: "BL",
    Territory.SAINT_MARTIN: "MF",
    Territory.WALLIS_ET_FUTUNA: "WF",
    Territory.POLYNESIE: "PF",
    Territory.NOUVELLE_CALEDONIE: "NC",
}
"""What the ``holidays`` package calls them."""


def territory_of(insee_code: str) -> Territory:
    """Return the territory of a commune: ``67482`` is Alsace-Moselle, ``33314`` mainland."""
    for length in (5, 3, 2):
        if insee_code[:length] in TERRITORY_OF_CODE:
            return TERRITORY_OF_CODE[insee_code[:length]]
    return Territory.MAINLAND


@lru_cache(maxsize=256)
def public_holidays(year: int, territory: Territory) -> dict[date, str]:
    """Map each public holiday of the year to its French name, in the order of the year.

    In Alsace-Moselle Good Friday counts everywhere, although the law keeps it for communes with a
    Protestant church or a mixed one. The answer is shared: copy it before changing it.
    """
    found = holidays.country_holidays(
        "FR", subdiv=SUBDIVISIONS[territory], years=year, language="fr"
    )
    return {day: found[day].replace("'", "’") for day in sorted(found)}

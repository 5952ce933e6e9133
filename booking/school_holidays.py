"""Say when schools near a commune are closed: no database, clock or settings.

The dates of zones A, B and C come from the ``vacances-scolaires-france`` package, which follows
the calendar of the ministry of education. Corsica and overseas decide by themselves, and no
package keeps their dates: they are said to be unknown, never taken for term without a word.
"""

from datetime import date
from enum import StrEnum
from functools import lru_cache

from vacances_scolaires_france import SchoolHolidayDates


class SchoolZone(StrEnum):
    """The calendars of French schools."""

    A = "A"
    B = "B"
    C = "C"
    CORSE = "corse"
    OVERSEAS = "overseas"
    """As many calendars as territories."""


ACADEMIES = {
    SchoolZone.A: {
        "Besançon": "25 39 70 90",
        "Bordeaux": "24 33 40 47 64",
        "Clermont-Ferrand": "03 15 43 63",
        "Dijon": "21 58 71 89",
        "Grenoble": "07 26 38 73 74",
        "Limoges": "19 23 87",
        "Lyon": "01 42 69",
        "Poitiers": "16 17 79 86",
    },
    SchoolZone.B: {
        "Aix-Marseille": "04 05 13 84",
        "Amiens": "02 60 80",
        "Lille": "59 62",
        "Nancy-Metz": "54 55 57 88",
        "Nantes": "44 49 53 72 85",
        "Nice": "06 83",
        "Normandie": "14 27 50 61 76",
        "Orléans-Tours": "18 28 36 37 41 45",
        "Reims": "08 10 51 52",
        "Rennes": "22 29 35 56",
        "Strasbourg": "67 68",
    },
    SchoolZone.C: {
        "Créteil": "77 93 94",
        "Montpellier": "11 30 34 48 66",
        "Paris": "75",
        "Toulouse": "09 12 31 32 46 65 81 82",
        "Versailles": "78 91 92 95",
    },
    SchoolZone.CORSE: {"Corse": "2A 2B"},
}
"""The departments of each academy, and the zone of each academy since 2016."""

ZONE_OF_DEPARTMENT = {
    department: zone
    for zone, academies in ACADEMIES.items()
    for departments in academies.values()
    for department in departments.split()
}


def zone_of(insee_code: str) -> SchoolZone:
    """Return the zone of a commune: ``33314`` is in zone A, ``97209`` overseas."""
    return ZONE_OF_DEPARTMENT.get(insee_code[:2].upper(), SchoolZone.OVERSEAS)


def known_until(zone: SchoolZone) -> date | None:
    """Return the last day for which the calendar of the zone is known; None for never."""
    return max(_published()) if zone in _PUBLISHED else None


@lru_cache(maxsize=256)
def school_holidays(year: int, zone: SchoolZone) -> frozenset[date]:
    """Give the days of the year without school, Sundays in them included.

    The answer is empty where the calendar is not known: ask :func:`known_until`.
    """
    if zone not in _PUBLISHED:
        return frozenset()
    return frozenset(
        day for day, zones in _published().items() if day.year == year and zone in zones
    )


_PUBLISHED = (SchoolZone.A, SchoolZone.B, SchoolZone.C)


@lru_cache(maxsize=1)
def _published() -> dict[date, frozenset[SchoolZone]]:
    """Read the dates once: the package parses a file of all days since 1990."""
    dates = SchoolHolidayDates()
    return {
        day: frozenset(zone for zone in _PUBLISHED if row[dates.zone_key(zone)])
        for day, row in dates.data.items()
    }

"""The communes of France as packaged data: read the file, fold names, propose values.

Pure: no database, no settings, no clock. The file and its licence are described in
``data/README.md``; ``build_communes`` makes it, ``import_communes`` copies it into the database.
"""

import gzip
import json
import lzma
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any


DATA = Path(__file__).parent / "data"
COMMUNES_FILE = DATA / "communes.jsonl.xz"
FORMAT = 1
OUTLINE_SCALE = 10_000  # outlines are stored as integers, in ten-thousandths of a degree

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")

Hours = tuple[tuple[int, int, tuple[tuple[str, str], ...]], ...]
Ring = list[tuple[float, float]]

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
_ABBREVIATIONS = {"st": "saint", "ste": "sainte"}
_LONGEST_LABEL = 63  # of one part of a host name


@dataclass(frozen=True, slots=True)
class CommuneRecord:
    """What public data say of one commune; an empty text or ``None`` means unknown.

    ``hours`` are the town hall's, as first day, last day (0 is Monday, both included) and
    ``HH:MM`` periods in local time. Longitude and latitude are WGS 84 degrees.
    """

    insee_code: str
    name: str
    department: str
    epci_siren: str
    epci_name: str
    siren: str
    postcodes: tuple[str, ...]
    population: int | None
    population_year: int | None
    population_source: str
    longitude: float | None
    latitude: float | None
    address: str
    phone: str
    email: str
    website: str
    hours: Hours


# --- Names ---


def words(text: str) -> list[str]:
    """Split into lower-case ASCII words: ``"L'Haÿ-les-Roses"`` gives l, hay, les, roses.

    Whatever is neither a letter nor a digit once accents are dropped separates words, so the
    result holds no character that a pattern, a host name or the database would read specially.
    """
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    return re.findall(r"[a-z0-9]+", bare)


def normalise(text: str) -> str:
    """Fold a name for comparison: no accent, hyphen or apostrophe, and *st* is *saint*.

    >>> normalise("St-Émilion")
    'saint emilion'
    """
    return " ".join(_ABBREVIATIONS.get(word, word) for word in words(text))


def search_key(record: CommuneRecord) -> str:
    """Make the text that searches look into: `` name / codes ``, every word between spaces.

    The slash, which no folded word contains, tells where the name ends.
    """
    codes = (record.insee_code.lower(), *record.postcodes)
    return f" {normalise(record.name)} / {' '.join(codes)} "


def slug(name: str) -> str:
    """Make one label of a host name out of a commune's name; empty if nothing remains."""
    return "-".join(words(name))[:_LONGEST_LABEL].rstrip("-")


# --- Opening hours ---


def parse_hours(text: str) -> Hours:
    """Read the official directory's hours, leaving out what makes no sense.

    ``[["lundi", "vendredi", [["08:30:00", "12:30:00"]]]]`` gives
    ``((0, 4, (("08:30", "12:30"),)),)``. A line without a day, and a period that does not end
    after it starts, are dropped.
    """
    try:
        lines = json.loads(text)
    except ValueError:
        return ()
    kept = []
    for first, last, periods in lines:
        sound = tuple((start[:5], end[:5]) for start, end in periods if start[:5] < end[:5])
        if first in DAYS and last in DAYS and sound:
            kept.append((DAYS.index(first), DAYS.index(last), sound))
    return tuple(kept)


def weekly_hours(hours: Iterable[Sequence[Any]]) -> dict[int, list[tuple[time, time]]]:
    """Spread hours over the week: day (0 is Monday) to its periods; closed days are absent.

    ``hours`` are those of a ``CommuneRecord``, or what JSON made of them.
    """
    week: dict[int, list[tuple[time, time]]] = {}
    for first, last, periods in hours:
        for step in range((last - first) % 7 + 1):
            day = week.setdefault((first + step) % 7, [])
            day += [(time.fromisoformat(start), time.fromisoformat(end)) for start, end in periods]
    return {day: sorted(set(week[day])) for day in sorted(week)}


# --- Proposals ---


def proposed_siret(siren: str) -> str:
    """Propose the SIRET of a commune's first establishment: SIREN, 0001 and the Luhn digit.

    Wrong when the seat has moved, hence always shown as to be confirmed.

    Raises:
        ValueError: the SIREN is not nine digits.
    """
    if not re.fullmatch(r"[0-9]{9}", siren):
        raise ValueError("A SIREN has nine digits.")
    body = f"{siren}0001"
    return body + str(-_luhn_sum(f"{body}0") % 10)


def is_siret(digits: str) -> bool:
    """Tell whether fourteen digits can be a SIRET: their Luhn sum is a multiple of ten."""
    return bool(re.fullmatch(r"[0-9]{14}", digits)) and _luhn_sum(digits) % 10 == 0


def vat_number(siren: str) -> str:
    """Compute the French VAT number of a SIREN: ``FR``, a key on two digits, the SIREN.

    Raises:
        ValueError: the SIREN is not nine digits.
    """
    if not re.fullmatch(r"[0-9]{9}", siren):
        raise ValueError("A SIREN has nine digits.")
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02}{siren}"


def _luhn_sum(digits: str) -> int:
    """Sum the digits, every second one from the right doubled and its own digits summed."""
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return sum(doubled) + sum(int(digit) for digit in digits[::-2])


# --- Files ---


def _lines() -> Iterator[str]:
    """Yield the lines of the national file, its header first."""
    with lzma.open(COMMUNES_FILE, "rt", encoding="utf-8") as lines:
        yield from lines


@cache
def header() -> dict[str, Any]:
    """Read the sources, licence and shared names that open the national file.

    Raises:
        ValueError: the file is of another format than this program reads.
    """
    described: dict[str, Any] = json.loads(next(_lines()))
    if described["format"] != FORMAT:
        raise ValueError("The file of communes is of another format: build it again.")
    return described


def department_name(department: str) -> str:
    """Name a department from its code; the code itself when unknown."""
    return str(header()["departments"].get(department, department))


def _parse(line: str) -> CommuneRecord:
    """Make a record of one line of the national file."""
    insee, name, department, epci, siren, postcodes, population, point, *rest = json.loads(line)
    address, phone, email, website, hours = rest
    populations = header()["populations"]
    source, year = populations.get(department, populations["*"])
    return CommuneRecord(
        insee_code=insee,
        name=name,
        department=department,
        epci_siren=epci,
        epci_name=header()["epcis"].get(epci, ""),
        siren=siren,
        postcodes=tuple(postcodes),
        population=population,
        population_year=year if population is not None else None,
        population_source=source if population is not None else "",
        longitude=point[0] if point else None,
        latitude=point[1] if point else None,
        address=address,
        phone=phone,
        email=email,
        website=website,
        hours=tuple(
            (first, last, tuple((start, end) for start, end in periods))
            for first, last, periods in hours
        ),
    )


def load_records() -> Iterator[CommuneRecord]:
    """Yield every commune of France, by INSEE code."""
    lines = _lines()
    next(lines)
    return map(_parse, lines)


@lru_cache(maxsize=256)
def record(insee: str) -> CommuneRecord | None:
    """Find a commune by its INSEE code, ``None`` if there is none.

    Reads the file through (a fifth of a second): to handle many, go through ``load_records``.
    """
    if not re.fullmatch(r"[0-9][0-9AB][0-9]{3}", insee):
        return None
    start = f'["{insee}"'
    return next((_parse(line) for line in _lines() if line.startswith(start)), None)


def outline(insee: str) -> list[Ring] | None:
    """Give the rings (longitude, latitude in degrees) around a commune, ``None`` if not packaged.

    Each ring is closed, its first point repeated at the end; by the even-odd rule a ring inside
    another is a hole. Outlines are simplified: good for a map, not for a boundary dispute.
    """
    packed = _outlines(department_of(insee)).get(insee)
    return None if packed is None else [_unpack(ring) for ring in packed]


def outlined(department: str) -> list[str]:
    """List the INSEE codes of a department whose outlines are packaged."""
    return list(_outlines(department))


def department_of(insee: str) -> str:
    """Return the code of the department of a commune."""
    return insee[:3] if insee.startswith("97") else insee[:2]


@cache
def _outlines(department: str) -> dict[str, list[list[int]]]:
    """Read the packed outlines of a department, none if it has no file."""
    path = DATA / f"outlines-{department}.json.gz"
    if not department.isalnum() or not path.exists():
        return {}
    outlines: dict[str, list[list[int]]] = json.loads(gzip.decompress(path.read_bytes()))[
        "outlines"
    ]
    return outlines


def _unpack(ring: list[int]) -> Ring:
    """Turn first point and steps, x and y alternating, back into closed degrees."""
    points: Ring = []
    x = y = 0
    for step_x, step_y in zip(ring[::2], ring[1::2], strict=True):
        x, y = x + step_x, y + step_y
        points.append((x / OUTLINE_SCALE, y / OUTLINE_SCALE))
    return [*points, points[0]]


def pack_ring(ring: Ring) -> list[int]:
    """Round a closed ring to ten-thousandths of a degree and keep the steps between points.

    A ring that shrinks to fewer than three points gives nothing.
    """
    rounded = [(round(x * OUTLINE_SCALE), round(y * OUTLINE_SCALE)) for x, y in ring[:-1]]
    points = [
        point for before, point in zip([None, *rounded], rounded, strict=False) if point != before
    ]
    if len(set(points)) < 3:  # noqa: PLR2004
        return []
    steps = [*points[0]]
    for (x, y), (next_x, next_y) in pairwise(points):
        steps += [next_x - x, next_y - y]
    return steps

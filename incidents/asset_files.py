"""An inventory that a commune brings: a table (CSV) or points (GeoJSON), whatever its shape.

Pure. The encoding, the separator and which column holds what are guessed, and can be corrected.
"""

import csv
import io
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from incidents.geo import Place
from incidents.zone_files import LAMBERT_93


MOST_BYTES = 2_000_000
MOST_ROWS = 10_000
MOST_COLUMNS = 60
KIND_MOST = CODE_MOST = 40
NAME_MOST = 120
SEPARATORS = ";\t,|"
GUESSES = {
    "kind": ("nature", "type", "kind", "categorie", "famille", "objet"),
    "code": (
        "numero",
        "number",
        "code",
        "id",
        "identifiant",
        "reference",
        "ref",
        "n",
        "num",
        "matricule",
    ),
    "name": ("nom", "name", "libelle", "designation", "description", "adresse", "rue", "voie"),
    "lat": ("latitude", "lat", "y"),
    "lon": ("longitude", "lon", "lng", "long", "x"),
}
ACCENTS = str.maketrans("éèêëàâîïôöûùüç°", "eeeeaaiioouuuc ")
NUMBER = re.compile(r"^[-+]?\d{1,9}(?:[.,]\d{1,15})?$")


class Fault(StrEnum):
    """What may be wrong with a file, or with one of its rows."""

    TOO_LARGE = "too_large"
    NOT_TEXT = "not_text"
    NO_TABLE = "no_table"
    NOT_POINTS = "not_points"
    TOO_MANY = "too_many"
    NO_KIND = "no_kind"
    NO_CODE = "no_code"
    TOO_LONG = "too_long"
    NO_PLACE = "no_place"
    LAMBERT = "lambert"
    NOT_DEGREES = "not_degrees"
    TWICE = "twice"
    FAR = "far"


class Unreadable(ValueError):
    """Nothing can be read of this file."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Table:
    """What a file says, before anybody knows which column holds what."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first_line: int = 2

    def guess(self) -> dict[str, int]:
        """Say which column seems to hold what; nothing is said of what is not found."""
        known = [_plain(each) for each in self.header]
        found: dict[str, int] = {}
        for what, words in GUESSES.items():
            for word in words:
                if word in known and known.index(word) not in found.values():
                    found[what] = known.index(word)
                    break
        return found


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of the inventory."""

    kind: str
    code: str
    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that cannot be one, with its line in the file."""

    line: int
    fault: Fault


def read_table(content: bytes) -> Table:
    """Read a CSV file, or the points of a GeoJSON file.

    Raises:
        Unreadable: it is neither, is too large, or holds nothing.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(Fault.TOO_LARGE)
    text = _decoded(content)
    return _points(text) if text.lstrip().startswith("{") else _lines(text)


def read_items(
    table: Table,
    columns: Mapping[str, int],
    *,
    kind: str = "",
    near: Callable[[Place], bool] | None = None,
) -> tuple[list[Item], list[Wrong]]:
    """Read the things of a table, and list the rows that are none.

    ``kind`` stands where no column says it; ``near`` tells whether a place may be the commune's.
    """
    items: list[Item] = []
    wrong: list[Wrong] = []
    seen: set[tuple[str, str]] = set()
    for line, row in enumerate(table.rows, start=table.first_line):
        if not any(row):
            continue
        try:
            item = _item(row, columns, kind)
        except Unreadable as refusal:
            wrong.append(Wrong(line, refusal.fault))
            continue
        if (item.kind, item.code) in seen:
            wrong.append(Wrong(line, Fault.TWICE))
        elif near is not None and not near(item.place):
            wrong.append(Wrong(line, Fault.FAR))
        else:
            seen.add((item.kind, item.code))
            items.append(item)
    return items, wrong


def _decoded(content: bytes) -> str:
    for encoding in ("utf-16", "utf-8-sig", "cp1252"):
        if encoding == "utf-16" and content[:2] not in {b"\xff\xfe", b"\xfe\xff"}:
            continue
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable(Fault.NOT_TEXT)


def _lines(text: str) -> Table:
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    if not first.count(separator):
        raise Unreadable(Fault.NO_TABLE)
    try:
        known = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as fault:
        raise Unreadable(Fault.NO_TABLE) from fault
    start = next(number for number, row in enumerate(known) if any(row))
    return _table(known[start], known[start + 1 :], first_line=start + 2)


def _points(text: str) -> Table:
    try:
        known = json.loads(text)
        features = known["features"] if known["type"] == "FeatureCollection" else [known]
        points = [
            (each["geometry"]["coordinates"], each.get("properties") or {})
            for each in features
            if each["geometry"]["type"] == "Point"
        ]
        header = list(dict.fromkeys(str(key) for _where, said in points for key in said))
        places = [tuple(str(number) for number in where[:2]) for where, _said in points]
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as fault:
        raise Unreadable(Fault.NOT_POINTS) from fault
    rows = [
        [*(_cell(said.get(key)) for key in header), *reversed(place)]
        for (_where, said), place in zip(points, places, strict=True)
    ]
    return _table([*header, "latitude", "longitude"], rows, first_line=1)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], *, first_line: int) -> Table:
    if not rows or len(header) > MOST_COLUMNS:
        raise Unreadable(Fault.NO_TABLE)
    if len(rows) > MOST_ROWS:
        raise Unreadable(Fault.TOO_MANY)
    wide = len(header)
    padded = [tuple(_clean(each) for each in [*row, *[""] * wide][:wide]) for row in rows]
    return Table(tuple(_clean(each) for each in header), tuple(padded), first_line)


def _item(row: Sequence[str], columns: Mapping[str, int], kind: str) -> Item:
    said = {what: row[column] for what, column in columns.items() if 0 <= column < len(row)}
    named, code, name = said.get("kind") or kind, said.get("code", ""), said.get("name", "")
    if not named:
        raise Unreadable(Fault.NO_KIND)
    if not code:
        raise Unreadable(Fault.NO_CODE)
    if len(named) > KIND_MOST or len(code) > CODE_MOST or len(name) > NAME_MOST:
        raise Unreadable(Fault.TOO_LONG)
    return Item(named, code, name, _place(said.get("lat", ""), said.get("lon", "")))


def _place(lat: str, lon: str) -> Place:
    if not NUMBER.match(lat) or not NUMBER.match(lon):
        raise Unreadable(Fault.NO_PLACE)
    north, east = (float(each.replace(",", ".")) for each in (lat, lon))
    (least_x, most_x), (least_y, most_y) = LAMBERT_93
    if least_x <= east <= most_x and least_y <= north <= most_y:
        raise Unreadable(Fault.LAMBERT)
    if not math.isfinite(north + east) or abs(north) > 90 or abs(east) > 180:  # noqa: PLR2004
        raise Unreadable(Fault.NOT_DEGREES)
    return Place(north, east)


def _cell(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) else ""


def _clean(text: str) -> str:
    """Tidy a cell; the apostrophe by which our own exports keep it inert goes."""
    tidy = " ".join(text.split())
    return tidy[1:] if len(tidy) > 1 and tidy[0] == "'" and tidy[1] in "=+-@" else tidy


def _plain(title: str) -> str:
    return re.sub(r"[^a-z]+", "", title.casefold().translate(ACCENTS))

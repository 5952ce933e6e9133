"""All published reports in two files, written every night: open data beyond what a list gives.

Contract: section "Bulk export" (GeoReport Bulk, a proposed specification). The same visibility as
the lists; cells of the table are inert text.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils import translation

from incidents.calendar import current_commune
from incidents.models import Report
from incidents.open311_formats import said
from incidents.open311_reading import Words, items, visible, with_surroundings, words_of
from incidents.states import state_of
from parvis.exports import safe_cell
from parvis.guard import current_schema


AT_ONCE = 1000
COLUMNS = (
    "service_request_id",
    "requested_datetime",
    "updated_datetime",
    "closed_date",
    "status_description",
    "status_notes",
    "source",
    "service_name",
    "service_subtype",
    "description",
    "agency_responsible",
    "address",
    "lat",
    "long",
)
KINDS = ("csv", "json")


def file_of(kind: str) -> Path:
    """Return where the file of the active commune is."""
    return Path(settings.MEDIA_ROOT) / current_schema() / "open311" / f"requests.{kind}"


def write_all() -> int:
    """Write both files anew, each whole or not at all; return how many reports they hold."""
    partial = {kind: file_of(kind).with_suffix(f".{kind}.partial") for kind in KINDS}
    file_of("csv").parent.mkdir(parents=True, exist_ok=True)
    with (
        translation.override("fr"),
        partial["csv"].open("w", encoding="utf-8", newline="") as table,
        partial["json"].open("w", encoding="utf-8") as listing,
    ):
        count = _write(table, listing)
    for kind in KINDS:
        partial[kind].replace(file_of(kind))
    return count


def _write(table: IO[str], listing: IO[str]) -> int:
    writer = csv.writer(table)  # as RFC 4180 has it: commas, and a line of names
    writer.writerow(COLUMNS)
    count = 0
    listing.write("[")
    for count, row in enumerate(_rows(), 1):
        writer.writerow([safe_cell(row[name]) for name in COLUMNS])
        listing.write(f"{',' * (count > 1)}\n{json.dumps(row, ensure_ascii=False)}")
    listing.write("\n]\n")
    return count


def _rows() -> Iterator[dict[str, Any]]:
    """Read the reports by their numbers, a thousand at a time."""
    words, last = words_of(current_commune()), 0
    while True:
        wanted = with_surroundings(visible().filter(pk__gt=last)).order_by("pk")
        reports = list(wanted[:AT_ONCE])
        if not reports:
            return
        last = reports[-1].pk
        for report, item in zip(reports, items(reports, words), strict=True):
            yield _row(report, item, words)


def _row(report: Report, item: dict[str, Any], words: Words) -> dict[str, Any]:
    more = {
        "closed_date": said(report.closed_at, words.zone),
        "status_description": state_of(report.status).word.capitalize(),
        "source": report.channel,
        "service_subtype": report.category.group,
    }
    return {name: more[name] if name in more else item[name] for name in COLUMNS}

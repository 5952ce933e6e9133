"""Files to take away; tables for spreadsheets, in which no cell can become a formula."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from django.http import HttpResponse
from xlsxwriter import Workbook


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_NAME_MOST = 31  # characters, a limit of the format

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "ics": "text/calendar; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": XLSX,
}

# What makes a spreadsheet compute, or start a command, instead of showing text (OWASP).
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def download(content: bytes, name: str, *, is_shown: bool = False) -> HttpResponse:
    """Answer with a file whose name says what it is; kept by nobody on the way.

    ``is_shown``: the browser opens it rather than keep it, as sheets to print.

    Raises:
        KeyError: there is no such kind of file.
    """
    kind = KINDS[name.rpartition(".")[2]]
    answer = HttpResponse(content, content_type=kind)
    how = "inline" if is_shown else "attachment"
    answer["Content-Disposition"] = f'{how}; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def decimal(cell: str | float | None) -> str | int | None:
    """Write a number with decimals as French spreadsheets read it."""
    return f"{cell}".replace(".", ",") if isinstance(cell, float) else cell


def safe_cell(value: str | float | None) -> str:
    """Write a value as inert text; numbers stay numbers, even negative ones."""
    if isinstance(value, int | float):
        return str(value)
    text = value or ""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def to_csv(header: Sequence[str], rows: Iterable[Sequence[str | float | None]]) -> bytes:
    """Write a table as French spreadsheets open it: semicolons, UTF-8 with its mark."""
    return b"".join(csv_lines(header, rows))


def csv_lines(
    header: Iterable[str], rows: Iterable[Iterable[str | float | None]]
) -> Iterator[bytes]:
    """Write the same, row by row, for tables that memory could not hold."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    yield codecs.BOM_UTF8
    for row in chain([header], rows):
        writer.writerow([safe_cell(cell) for cell in row])
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()


def to_xlsx(
    name: str, header: Sequence[str], rows: Iterable[Sequence[str | int | float | None]]
) -> bytes:
    """Write a table as a workbook of one sheet: words are words, numbers are numbers.

    Text is written as text whatever it begins with, so that nothing in it is computed.
    """
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet(name[:SHEET_NAME_MOST])
        bold = book.add_format({"bold": True})
        for column, title in enumerate(header):
            sheet.write_string(0, column, title, bold)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, int | float):
                    sheet.write_number(number, column, value)
                elif value:
                    sheet.write_string(number, column, value)
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return out.getvalue()

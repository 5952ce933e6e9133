"""Tables for spreadsheets, in which no cell can become a formula."""

import csv
import io
from collections.abc import Iterable, Sequence


# What makes a spreadsheet compute, or start a command, instead of showing text (OWASP).
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: str | int | None) -> str:
    """Write a value as inert text; numbers stay numbers, even negative ones."""
    if isinstance(value, int):
        return str(value)
    text = value or ""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def to_csv(header: Sequence[str], rows: Iterable[Sequence[str | int | None]]) -> bytes:
    """Write a table as French spreadsheets open it: semicolons, UTF-8 with its mark."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow([safe_cell(cell) for cell in header])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")

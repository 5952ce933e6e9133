"""What a file says, whatever its shape: a table, its encoding and separator guessed.

Pure. Everything is read as text; nothing in it is ever computed. What could hurt (an archive that
swells, macros, millions of rows, endless cells) is refused with the reason.
"""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from openpyxl import load_workbook


MOST_BYTES = 5_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 60
CELL_MOST = 2_000
UNPACKED_MOST = 60_000_000
SEPARATORS = ";\t,|"
ZIP = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
ENCODINGS = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252", "utf-16": "UTF-16"}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Fault(StrEnum):
    """What may be wrong with a file."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_TEXT = "not_text"
    NO_TABLE = "no_table"
    TOO_MANY = "too_many"
    TOO_WIDE = "too_wide"
    CELL_TOO_LONG = "cell_too_long"
    OLD_EXCEL = "old_excel"
    MACROS = "macros"
    SWELLS = "swells"
    BROKEN = "broken"


class Unreadable(ValueError):
    """Nothing can be read of this file."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file, each as wide as its header, with the line where each stands."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    read_as: str


def read_table(content: bytes) -> Table:
    """Read the first sheet of a workbook, or a text with separators.

    Raises:
        Unreadable: it is neither, hurts, or holds nothing.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(Fault.TOO_LARGE)
    if not content.strip():
        raise Unreadable(Fault.EMPTY)
    if content.startswith(OLD_EXCEL):
        raise Unreadable(Fault.OLD_EXCEL)
    if content.startswith(ZIP):
        return _table(_sheet(content), read_as="Excel")
    text, encoding = decoded(content)
    rows, separator = _lines(text)
    return _table(rows, read_as=f"{ENCODINGS[encoding]} ({separator})")


def decoded(content: bytes) -> tuple[str, str]:
    """Return a text and the encoding it was in.

    Raises:
        Unreadable: it is no text.
    """
    for encoding in _candidates(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.removeprefix("\ufeff"), encoding[:6] if "16" in encoding else encoding
    raise Unreadable(Fault.NOT_TEXT)


def _candidates(content: bytes) -> tuple[str, ...]:
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return ("utf-16",)
    start = content[:200]
    if start[1::2].count(0) > len(start) // 4:
        return ("utf-16-le",)
    if start[::2].count(0) > len(start) // 4:
        return ("utf-16-be",)
    return ("utf-8-sig", "cp1252")


def _lines(text: str) -> tuple[list[tuple[int, Sequence[str]]], str]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    rows: list[tuple[int, Sequence[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num, row))
            if len(rows) > MOST_ROWS + 1:
                raise Unreadable(Fault.TOO_MANY)
    except csv.Error as fault:  # a quote that never closes, a cell of megabytes
        raise Unreadable(Fault.CELL_TOO_LONG) from fault
    return rows, "tab" if separator == "\t" else separator


def _sheet(content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    _check_archive(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            rows = sheet.iter_rows(
                max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1, values_only=True
            )
            for number, row in enumerate(rows, start=1):
                cells = [_cell(value) for value in row]
                if any(cells):
                    yield number, cells
    except Unreadable:
        raise
    except Exception as fault:  # a damaged workbook fails in a hundred ways
        raise Unreadable(Fault.BROKEN) from fault


def _check_archive(content: bytes) -> None:
    """Refuse an archive that swells, holds programs, or whose XML declares entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > UNPACKED_MOST:
                raise Unreadable(Fault.SWELLS)
            if any("vbaproject" in part.filename.lower() for part in parts):
                raise Unreadable(Fault.MACROS)
            for part in parts:
                with archive.open(part) as opened:
                    if b"<!DOCTYPE" in opened.read(1_000):
                        raise Unreadable(Fault.BROKEN)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as fault:
        raise Unreadable(Fault.BROKEN) from fault


def _cell(value: object) -> str:
    """Write a cell as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes").removesuffix(" 00:00")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _table(rows: Iterable[tuple[int, Sequence[str]]], *, read_as: str) -> Table:
    known = list(rows)
    if len(known) - 1 > MOST_ROWS:
        raise Unreadable(Fault.TOO_MANY)
    if not known:
        raise Unreadable(Fault.EMPTY)
    header = _named(known[0][1])
    if len(known) == 1 or len(header) == 1:
        raise Unreadable(Fault.NO_TABLE)
    if len(header) > MOST_COLUMNS:
        raise Unreadable(Fault.TOO_WIDE)
    wide = len(header)
    body = []
    for line, row in known[1:]:
        cells = tuple(_clean(each) for each in [*row, *[""] * wide][:wide])
        if any(len(cell) > CELL_MOST for cell in cells):
            raise Unreadable(Fault.CELL_TOO_LONG)
        body.append((line, cells))
    return Table(header, tuple(body), read_as)


def _named(titles: Sequence[str]) -> tuple[str, ...]:
    """Name every column once: empty titles get their rank, repeated ones a number."""
    cut = [_clean(each)[:80] for each in titles]
    while cut and not cut[-1]:
        cut.pop()
    names: list[str] = []
    for rank, title in enumerate(cut, start=1):
        base = name = title or str(rank)
        times = 1
        while name in names:
            times += 1
            name = f"{base} ({times})"
        names.append(name)
    return tuple(names)


def _clean(text: str) -> str:
    return " ".join(CONTROL.sub(" ", text).split())

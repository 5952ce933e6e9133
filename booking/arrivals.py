"""Read the titles that an agent scanned, pasted or uploaded: one a line, columns in any order.

What cannot be read is given back as it was typed, with the reason: nothing is lost.
"""

import csv
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


LINES_MOST = 500
ENCODINGS = ("utf-8-sig", "windows-1252")
SEPARATORS = (";", "\t", ",")
NUMBER = re.compile(r"[A-Z0-9]{6,20}")
PHONE = re.compile(r"\+?[0-9]{9,15}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
NAME_MOST, EMAIL_MOST = 120, 254
KINDS = {
    "cni": "CNI",
    "carte": "CNI",
    "carteidentite": "CNI",
    "cartedidentite": "CNI",
    "cartenationaledidentite": "CNI",
    "passeport": "PASSPORT",
    "passport": "PASSPORT",
}
HEADINGS = ("numero", "number", "demande", "titulaire", "nom")


class Flaw(StrEnum):
    """Why a line is not a title."""

    NUMBER = "number"
    TWICE = "twice"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A title as a line tells it; ``kind`` is empty when the line does not say it."""

    line: str
    number: str
    kind: str = ""
    holder: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that cannot be read, and why."""

    line: str
    flaw: Flaw


def decode(content: bytes) -> str:
    """Read a file of a spreadsheet, written in UTF-8 or in the old way of Windows.

    Raises:
        ValueError: it is no text.
    """
    if b"\0" in content:
        raise ValueError("Binary content.")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("Neither UTF-8 nor Windows-1252.")


def read_lines(text: str) -> tuple[list[Arrival], list[Unread]]:
    """Tell the titles of a text from the lines that cannot be read; a heading is skipped."""
    found: list[Arrival] = []
    unread: list[Unread] = []
    seen: set[tuple[str, str]] = set()
    lines = [line.strip() for line in text.splitlines() if line.strip(" \t;,")]
    if lines and _is_heading(lines[0]):
        del lines[0]
    for rank, line in enumerate(lines):
        read = read_line(line) if rank < LINES_MOST else Unread(line, Flaw.TOO_MANY)
        if isinstance(read, Unread):
            unread.append(read)
        elif (read.kind, read.number) in seen:
            unread.append(Unread(line, Flaw.TWICE))
        else:
            seen.add((read.kind, read.number))
            found.append(read)
    return found, unread


def read_line(line: str) -> Arrival | Unread:
    """Read one title: a number first, then in any order kind, holder, e-mail and phone."""
    first, *others = _cells(line)
    number = re.sub(r"[\s\-]", "", first).upper()
    if not NUMBER.fullmatch(number) or not re.search(r"[0-9]", number):
        return Unread(line, Flaw.NUMBER)
    known = {"kind": "", "holder": "", "email": "", "phone": ""}
    for cell in filter(None, others):
        name, value = _recognised(cell)
        known[name] = f"{known[name]} {value}".strip() if name == "holder" else value
    if len(known["holder"]) > NAME_MOST or len(known["email"]) > EMAIL_MOST:
        return Unread(line, Flaw.TOO_LONG)
    return Arrival(line, number, **known)


def _recognised(cell: str) -> tuple[str, str]:
    """Tell what a cell is by its looks."""
    if EMAIL.fullmatch(cell):
        return "email", cell
    digits = re.sub(r"[\s.\-/()]", "", cell)
    if PHONE.fullmatch(digits):
        return "phone", re.sub(r"^(?:\+33|0033)0?(?=[1-9][0-9]{8}$)", "0", digits)
    kind = KINDS.get(re.sub(r"[^a-z]", "", _plain(cell)))
    return ("kind", kind) if kind else ("holder", cell)


def _cells(line: str) -> list[str]:
    separator = next((each for each in SEPARATORS if each in line), ";")
    try:
        cells = next(csv.reader([line], delimiter=separator, strict=True))
    except csv.Error:
        cells = line.split(separator)
    return [cell.strip() for cell in cells]


def _is_heading(line: str) -> bool:
    return _plain(_cells(line)[0]).startswith(HEADINGS)


def _plain(words: str) -> str:
    letters = unicodedata.normalize("NFKD", words.lower())
    return "".join(each for each in letters if not unicodedata.combining(each))

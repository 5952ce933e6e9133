"""Read ``docs/trust/asvs.csv``: one decision for each requirement of ASVS 5.0 up to level 2.

Pure. The column ``tests`` of an applicable row begins with one of: test ids, ``no test`` (the row
says what holds it otherwise), ``gap`` (the row says what is missing; ids may follow). An id is a
file, ``file::test`` or a line of ``platform/bin/check``.
"""

import csv
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


ROOT = Path(__file__).parents[1]
FILE = ROOT / "docs/trust/asvs.csv"
CHECK = "platform/bin/check:"
CHAPTERS = {
    1: "Encoding and sanitising",
    2: "Validation and business rules",
    3: "What browsers are told",
    4: "Requests and services",
    5: "Files",
    6: "Logging in",
    7: "Sessions",
    8: "Who may what",
    9: "Signed tokens",
    10: "OAuth and OpenID Connect",
    11: "Cryptography",
    12: "Encrypted connections",
    13: "Configuration",
    14: "Personal and secret data",
    15: "Code and its parts",
    16: "Records and errors",
    17: "WebRTC",
}


class Decision(StrEnum):
    """What is said of a requirement."""

    TESTED = "tested"
    HELD = "no test"
    GAP = "gap"
    OUT = "not applicable"


@dataclass(frozen=True)
class Row:
    """One requirement."""

    id: str
    level: int
    applicable: str
    how: str
    decision: Decision
    tests: tuple[str, ...]

    @property
    def chapter(self) -> int:
        """The number it begins with."""
        return int(self.id.partition(".")[0])


def read(path: Path = FILE) -> list[Row]:
    """Read the table.

    Raises:
        ValueError: a row is decided in two ways, or in none.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        return [_row(line) for line in csv.DictReader(lines)]


def _row(line: dict[str, str]) -> Row:
    cells = [cell.strip() for cell in line["tests"].split(";") if cell.strip()]
    first = cells[0] if cells else ""
    if line["applicable"] == "no":
        decision, tests = Decision.OUT, cells
    elif first in {Decision.HELD, Decision.GAP}:
        decision, tests = Decision(first), cells[1:]
    else:
        decision, tests = Decision.TESTED, cells
    if bool(tests) != (decision is Decision.TESTED) and decision is not Decision.GAP:
        raise ValueError(f"{line['id']}: {line['applicable']}, {line['tests']!r}")
    return Row(
        line["id"], int(line["level"]), line["applicable"], line["how"], decision, tuple(tests)
    )

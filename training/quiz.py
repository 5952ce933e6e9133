"""Five questions, as many tries as one likes; no mark is kept: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Marked:
    """A question after a try: what was chosen, whether it was right, and why."""

    ask: str
    choices: Sequence[str]
    chosen: int | None
    is_right: bool
    why: str


def mark(questions: Sequence[Mapping[str, Any]], chosen: Sequence[int | None]) -> list[Marked]:
    """Compare what was chosen with what is right."""
    return [
        Marked(each["ask"], each["choices"], choice, choice == each["right"], each.get("why", ""))
        for each, choice in zip(questions, chosen, strict=True)
    ]


def blank(questions: Sequence[Mapping[str, Any]]) -> list[Marked]:
    """Return the questions before any try."""
    return [Marked(each["ask"], each["choices"], None, False, "") for each in questions]


def is_passed(marked: Sequence[Marked]) -> bool:
    """Whether everything is right."""
    return bool(marked) and all(each.is_right for each in marked)

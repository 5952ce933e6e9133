"""Five questions, as many tries as one likes; no mark is kept: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


COUNT = 5
LEAST_CHOICES, MOST_CHOICES = 2, 8


class Unreadable(ValueError):
    """Which question of a text cannot be asked."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def read(text: str) -> list[dict[str, Any]]:
    """Read questions: under each, "-" begins a wrong choice, "+" the right one, "=" the reason.

    Raises:
        Unreadable: a question has no words, too few or too many choices, or not one right.
    """
    parts = [part.strip() for part in text.replace("\r\n", "\n").split("\n\n")]
    return [_read(part, number) for number, part in enumerate(filter(None, parts), start=1)]


def _read(part: str, number: int) -> dict[str, Any]:
    asked: list[str] = []
    choices: list[str] = []
    rights: list[int] = []
    why = ""
    for line in map(str.strip, part.split("\n")):
        sign, words = line[:1], line[1:].strip()
        if sign in {"-", "+"}:
            rights += [len(choices)] if sign == "+" else []
            choices.append(words)
        elif sign == "=":
            why = words
        else:
            asked.append(line)
    is_asked = asked and all(choices) and LEAST_CHOICES <= len(choices) <= MOST_CHOICES
    if not is_asked or len(rights) != 1:
        raise Unreadable(number)
    return {"ask": " ".join(asked), "choices": choices, "right": rights[0], "why": why}


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

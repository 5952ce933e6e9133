"""Read what the hub asks of free starts, odd forms included: pure (ANTS contract, 3.2).

Parameters are read here rather than by Django, which refuses more than some hundreds of them: the
hub repeats one for each meeting point, and anything but 200 fails the search of the whole nation.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import parse_qs


REASONS = ("CNI", "PASSPORT", "CNI-PASSPORT")
USUAL_DAYS = 150
MOST_DAYS = 366
MANY = 32_767  # persons: more than any commune accepts
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
COUNT = re.compile(r"0*[1-9][0-9]*", re.ASCII)
IDENTIFIER = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which starts, from the first day to the last one, both included."""

    points: tuple[int, ...]
    first: date
    last: date
    reason: str
    persons: int


def parameters(query: str) -> dict[str, list[str]]:
    """Read a query string: any number of parameters, empty ones too, of any encoding."""
    return parse_qs(query, keep_blank_values=True, errors="replace")


def read(query: str, *, today: date) -> Question | None:
    """Read a question; None when it cannot be answered, or about no place.

    Days are held within what anybody may book: from yesterday, which is today elsewhere.
    """
    given = parameters(query)
    points = tuple(
        dict.fromkeys(
            int(i) for i in given.get("meeting_point_ids", []) if IDENTIFIER.fullmatch(i)
        )
    )
    first = _day(given, "start_date", today)
    last = _day(given, "end_date", today + timedelta(days=USUAL_DAYS))
    reason = _last(given, "reason") or REASONS[0]
    persons = _persons(_last(given, "documents_number") or "1")
    if not points or first is None or last is None or first > last:
        return None
    if reason not in REASONS or not persons:
        return None
    return Question(
        points=points,
        first=max(first, today - timedelta(days=1)),
        last=min(last, today + timedelta(days=MOST_DAYS)),
        reason=reason,
        persons=persons,
    )


def _day(given: dict[str, list[str]], name: str, usual: date) -> date | None:
    text = _last(given, name)
    if not text:
        return usual
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:  # the 30th of February
        return None


def _persons(text: str) -> int:
    if not COUNT.fullmatch(text):
        return 0
    digits = text.lstrip("0")
    return min(int(digits), MANY) if len(digits) <= len(str(MANY)) else MANY


def _last(given: dict[str, list[str]], name: str) -> str:
    return given.get(name, [""])[-1]

"""Weekly hours a town hall may start from: pure; 0 is Monday, local wall time."""

from collections.abc import Sequence
from datetime import time
from typing import Any


Spans = tuple[tuple[time, time], ...]
Week = dict[int, Spans]
MORNING = (time(9), time(12))
AFTERNOON = (time(14), time(17))
EVENING = (time(17), time(19))
LONGEST_MINUTES = 6 * 60  # longer than that, nobody receives without a break
NOON, AFTER_NOON = time(12), time(14)
SUNDAY = 6

MORNINGS: Week = dict.fromkeys(range(5), (MORNING,))
DAYS: Week = dict.fromkeys(range(5), (MORNING, AFTERNOON))
EVENINGS: Week = MORNINGS | {1: (MORNING, EVENING), 3: (MORNING, EVENING), 5: (MORNING,)}
PRESETS: dict[str, Week] = {"mornings": MORNINGS, "days": DAYS, "evenings": EVENINGS}


def of_directory(hours: Sequence[Any]) -> Week:
    """Spread the hours of the official directory over a week, on the grid of five minutes.

    What cannot be read is left out: the directory is typed by hand.
    """
    week: dict[int, set[tuple[time, time]]] = {}
    for line in hours:
        for day, start, end in _spans(line):
            week.setdefault(day, set()).update(_with_break(start, end))
    return {day: tuple(sorted(spans)) for day, spans in sorted(week.items())}


def _spans(line: Any) -> list[tuple[int, time, time]]:
    try:
        first, last, periods = line
        days = range(int(first), int(last) + 1)
        spans = [(_on_grid(start), _on_grid(end)) for start, end in periods]
    except (TypeError, ValueError):
        return []
    return [
        (day, start, end)
        for day in days
        if 0 <= day <= SUNDAY
        for start, end in spans
        if start < end
    ]


def _on_grid(text: str) -> time:
    at = time.fromisoformat(text)
    return time(at.hour, at.minute // 5 * 5)


def _with_break(start: time, end: time) -> list[tuple[time, time]]:
    lasts = (end.hour - start.hour) * 60 + end.minute - start.minute
    if lasts > LONGEST_MINUTES and start < NOON and end > AFTER_NOON:
        return [(start, NOON), (AFTER_NOON, end)]
    return [(start, end)]

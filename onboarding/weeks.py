"""Weekly hours a town hall may start from: pure; 0 is Monday, local wall time."""

from datetime import time


Spans = tuple[tuple[time, time], ...]
Week = dict[int, Spans]
MORNING = (time(9), time(12))
AFTERNOON = (time(14), time(17))
EVENING = (time(17), time(19))

MORNINGS: Week = dict.fromkeys(range(5), (MORNING,))
DAYS: Week = dict.fromkeys(range(5), (MORNING, AFTERNOON))
EVENINGS: Week = MORNINGS | {1: (MORNING, EVENING), 3: (MORNING, EVENING), 5: (MORNING,)}
PRESETS: dict[str, Week] = {"mornings": MORNINGS, "days": DAYS, "evenings": EVENINGS}

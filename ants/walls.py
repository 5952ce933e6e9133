"""Turn bits of five minutes since midnight into what a clock on the wall shows: pure."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


STEP_S = 300
USUAL = 24 * 3600 // STEP_S
FACE = tuple(f"{n * 5 // 60:02}:{n * 5 % 60:02}" for n in range(USUAL))


@lru_cache(maxsize=4096)
def face(zone: str, day: date) -> tuple[float, tuple[str, ...]]:
    """Return the instant of a local midnight, and the wall time of each bit of that day.

    Bits count elapsed time, so a day on which clocks change has twelve less, or twelve more.
    """
    local = ZoneInfo(zone)
    begin = datetime.combine(day, time.min, local).timestamp()
    end = datetime.combine(day + timedelta(days=1), time.min, local).timestamp()
    bits = int(end - begin) // STEP_S
    if bits == USUAL:
        return begin, FACE
    instants = (datetime.fromtimestamp(begin + n * STEP_S, UTC) for n in range(bits))
    return begin, tuple(f"{each.astimezone(local):%H:%M}" for each in instants)


def from_instant(bits: int, begin: float, earliest: float) -> int:
    """Drop the bits of a day before an instant."""
    passed = max(0, -int((begin - earliest) // STEP_S))
    return bits >> passed << passed


def times(bits: int, shown: tuple[str, ...]) -> list[str]:
    """List the wall times of bits, in order; an hour that comes twice is told once."""
    found = []
    while bits:
        lowest = bits & -bits
        bits ^= lowest
        position = lowest.bit_length() - 1
        if position < len(shown):
            found.append(shown[position])
    return found if shown is FACE else sorted(set(found))

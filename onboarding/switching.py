"""When a commune may leave the solution it has: pure dates."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


SOON = timedelta(days=60)  # how long before the window the referent is told


class WindowState(StrEnum):
    """Where today stands beside a window."""

    FAR = "far"
    SOON = "soon"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Window:
    """From the day notice may be given to the day the contract ends, both included."""

    opens: date
    closes: date

    def __post_init__(self) -> None:
        if self.opens > self.closes:
            raise ValueError("A window opens before it closes.")

    @property
    def told_on(self) -> date:
        """The day the referent is told of it; calendars begin in year 1."""
        return self.opens - min(SOON, self.opens - date.min)

    def state(self, today: date) -> WindowState:
        """Say where a day stands."""
        if today > self.closes:
            return WindowState.OVER
        if today >= self.opens:
            return WindowState.OPEN
        return WindowState.SOON if today >= self.told_on else WindowState.FAR


def switch_window(contract_end: date | None, notice_days: int) -> Window | None:
    """Compute the window in which a contract can be left; None while its end is unknown.

    It opens ``notice_days`` before the end.
    """
    if contract_end is None:
        return None
    return Window(
        contract_end - min(timedelta(days=notice_days), contract_end - date.min), contract_end
    )

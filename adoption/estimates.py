"""What appointments taken online are thought to spare: estimates, never measures. Pure."""

from dataclasses import dataclass


MOST_PERCENT = 100
MOST_MINUTES = 10
"""What one commune published for booking, information, registration and no-shows together."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """How much one appointment or one change made online is thought to spare."""

    booking_percent: int = 80
    change_percent: int = 90
    minutes: int = 5

    def __post_init__(self) -> None:
        if not 0 <= self.minutes <= MOST_MINUTES:
            raise ValueError("No appointment spares more than ten minutes.")
        if not (
            0 <= self.booking_percent <= MOST_PERCENT and 0 <= self.change_percent <= MOST_PERCENT
        ):
            raise ValueError("An appointment spares one call at most.")


def calls_avoided(*, bookings: int, changes: int, parameters: Parameters) -> int:
    """Estimate the telephone calls that online bookings and changes made needless."""
    hundredths = bookings * parameters.booking_percent + changes * parameters.change_percent
    return (hundredths + 50) // 100


def minutes_saved(*, bookings: int, parameters: Parameters) -> int:
    """Estimate the minutes of staff that online bookings spared."""
    return bookings * parameters.minutes

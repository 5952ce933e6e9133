"""What figures are made of: local days in a row, and shares of which both parts are told."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


PARIS = ZoneInfo("Europe/Paris")
"""The local time of an association: communes have a time zone of their own."""


@dataclass(frozen=True, slots=True)
class Period:
    """Some local days in a row, the last one included."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def begin(self) -> datetime:
        """The first instant."""
        return datetime.combine(self.first, time.min, self.zone)

    @property
    def end(self) -> datetime:
        """The first instant after it."""
        return datetime.combine(self.last + timedelta(days=1), time.min, self.zone)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Share:
    """So many out of so many; no ratio of nothing."""

    part: int
    whole: int

    @property
    def ratio(self) -> float | None:
        """Between 0 and 1; None of nothing."""
        return self.part / self.whole if self.whole else None

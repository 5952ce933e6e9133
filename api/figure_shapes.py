"""Figures as they are answered."""

from datetime import date

from ninja import Field, Schema

from api.shapes import Day


class Waiting(Schema):
    """How long citizens wait for a service: days from today to the first free one."""

    service: str
    name: str
    first_free_day: date | None
    days: int | None


class ReportFigures(Schema):
    """Reports of some days; counts from 1 to 4 are null, as nobody is to be recognised."""

    received: int | None
    open: int | None
    resolved: int | None
    rejected: int | None
    kept_promises: float | None
    median_closing_days: float | None


class AppointmentFigures(Schema):
    """Appointments of some days, in full."""

    by_channel: dict[str, int]
    online_share: float | None
    missed_share: float | None
    cancelled_share: float | None
    filled_share: float | None
    complete_share: float | None
    median_delay_days: float | None


class CategoryFigures(Schema):
    """Reports of one category, in full."""

    category: str
    received: int
    open: int
    resolved: int
    rejected: int
    overdue: int


class Detailed(Schema):
    """What only a key with the right to read figures is told."""

    appointments: AppointmentFigures
    reports: list[CategoryFigures]


class Figures(Schema):
    """The figures of the commune; ``detailed`` only with the right to read them."""

    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    waiting: list[Waiting]
    reports: ReportFigures
    detailed: Detailed | None = None


class FigureWish(Schema):
    """Of which days; the last year unless others are named."""

    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")

"""Reports as they are sent and answered."""

from datetime import datetime
from typing import Annotated

from ninja import Field, Schema

from api.shapes import CLEAN, Given, Listing


class Category(Schema):
    """What a report is about."""

    code: str
    name: str
    group: str


class Report(Schema):
    """A published report; nothing of it says who wrote it."""

    reference: str
    category: Category
    status: str
    status_words: str
    text: str
    address: str
    latitude: float | None
    longitude: float | None
    submitted_at: datetime
    updated_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    concerned: int
    photos: list[str]
    url: str


class Step(Schema):
    """Something that happened to a report."""

    at: datetime
    title: str
    text: str


class ReportDetail(Report):
    """A report with what happened to it, oldest first."""

    history: list[Step]


class ReportPage(Schema):
    """Some reports; ``next`` is the cursor of those before them."""

    items: list[Report]
    next: str | None


class ReportWish(Listing):
    """Which reports: of a category, in a state."""

    category: Annotated[str, Field(min_length=1, max_length=40), CLEAN] | None = None
    state: Annotated[str, Field(pattern="^(received|open|waiting|closed)$")] | None = None


class ReportIn(Given):
    """Something to report; a problem has a place: an address, or a point."""

    category: Annotated[str, Field(min_length=1, max_length=40), CLEAN]
    text: Annotated[str, Field(max_length=2000), CLEAN] = ""
    address: Annotated[str, Field(max_length=200), CLEAN] = ""
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    email: Annotated[str, Field(max_length=254), CLEAN] = ""
    phone: Annotated[str, Field(max_length=20), CLEAN] = ""
    language: Annotated[str, Field(pattern="^(fr|en)$")] = "fr"


class ReportMade(Schema):
    """A report just received, with the page by which its author follows it."""

    reference: str
    status: str
    is_published: bool
    follow_url: str

"""Appointments as they are sent and answered."""

from datetime import datetime
from typing import Annotated

from ninja import Field, Schema

from api.shapes import CLEAN, Answers, Code, Day, Document, Given, Instant, Listing, Site


class PersonIn(Given):
    """One of those who come."""

    name: Annotated[str, Field(max_length=120), CLEAN] = ""
    pre_application: Annotated[str, Field(max_length=30), CLEAN] = ""
    situation: Answers = Field(default_factory=Answers)


class AppointmentIn(Given):
    """An appointment to book."""

    service: Code
    start: Instant
    people: list[PersonIn] = Field(min_length=1, max_length=50)
    email: Annotated[str, Field(max_length=254), CLEAN] = ""
    phone: Annotated[str, Field(max_length=30), CLEAN] = ""
    language: Annotated[str, Field(pattern="^(fr|en)$")] = "fr"
    is_resident: bool = False
    terms_accepted: bool = False


class MoveIn(Given):
    """Another time for an appointment; ``version`` is the one that was read."""

    start: Instant
    version: int | None = Field(None, ge=1, le=2_147_483_647)


class CancelIn(Given):
    """Why an appointment is given up, if it is to be said."""

    reason: Annotated[str, Field(max_length=200), CLEAN] = ""


class PersonOut(Schema):
    """One of those who come; names and numbers only with the right to read appointments."""

    position: int
    is_cancelled: bool
    documents: list[Document]
    name: str | None = None
    pre_application: str | None = None


class Contact(Schema):
    """How to reach who comes."""

    name: str
    email: str
    phone: str


class Appointment(Schema):
    """An appointment; ``contact`` only with the right to read appointments."""

    id: str
    service: str
    service_name: str
    site: Site
    start: datetime
    end: datetime
    persons: int
    status: str
    channel: str
    language: str
    created_at: datetime
    cancelled_at: datetime | None
    version: int
    may_move: bool
    may_cancel: bool
    people: list[PersonOut]
    contact: Contact | None = None


class AppointmentMade(Appointment):
    """An appointment just booked, with the page by which the citizen manages it."""

    manage_url: str


class AppointmentPage(Schema):
    """Some appointments; ``next`` is the cursor of those after them."""

    items: list[Appointment]
    next: str | None


class AppointmentWish(Listing):
    """Which appointments: those of some days, those that changed since an instant."""

    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")
    updated_since: Instant | None = None
    service: Code | None = None
    status: Annotated[str, Field(pattern="^(booked|honoured|missed|cancelled)$")] | None = None

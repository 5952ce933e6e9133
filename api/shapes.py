"""What is sent and answered; a name here is a promise to other programs, and never changes."""

from datetime import date, datetime
from typing import Annotated

from ninja import Field, Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict

from booking.situations import (
    Age,
    BirthPlace,
    Housing,
    Motive,
    Nationality,
    Parents,
    Protection,
    TitleState,
    UsageName,
)


FIRST_YEAR, LAST_YEAR = 2000, 2100  # beyond, adding a day to a date may overflow


def _no_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("NUL")
    return text


def _usual_day(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError("year")
    return day


Text = Annotated[str, AfterValidator(_no_nul)]
Code = Annotated[Text, Field(min_length=1, max_length=60)]
Day = Annotated[date, AfterValidator(_usual_day)]
Instant = Annotated[AwareDatetime, AfterValidator(_usual_day)]


class Given(Schema):
    """What is sent: a field that does not exist is a mistake, not a wish."""

    model_config = ConfigDict(extra="forbid")


class Document(Schema):
    """Something to bring."""

    key: str
    title: str
    text: str


class Duration(Schema):
    """How long a visit takes for so many persons."""

    persons: int
    minutes: int


class Choice(Schema):
    """One possible answer to a question about the situation."""

    key: str
    label: str


class Question(Schema):
    """What decides which documents a person brings; ``answer`` is the usual or the given one."""

    key: str
    label: str
    choices: list[Choice]
    answer: str
    is_rare: bool


class Service(Schema):
    """A reason to come to the town hall."""

    code: str
    name: str
    text: str
    titles: list[str]
    durations: list[Duration]
    is_online: bool
    is_cancellable_online: bool
    asks_pre_application: bool
    notice_hours: int
    horizon_days: int
    first_free_day: date | None
    documents: list[Document]
    url: str


class ServiceDetail(Service):
    """A service, with what has to be known before booking it."""

    terms: str
    instructions: str
    questions: list[Question]


class ServiceList(Schema):
    """The services of the commune, in its order."""

    items: list[Service]


class Answers(Schema):
    """The situation of one person; what is left out has its usual answer."""

    age: Age | None = None
    motive: Motive | None = None
    old_title: TitleState | None = None
    other_title: TitleState | None = None
    birth_place: BirthPlace | None = None
    nationality: Nationality | None = None
    housing: Housing | None = None
    parents: Parents | None = None
    protection: Protection | None = None
    usage_name: UsageName | None = None


class Site(Schema):
    """A place where citizens are received."""

    id: int
    name: str
    address: str


class SiteDetail(Site):
    """A place, with the services that are given there."""

    services: list[str]


class SiteList(Schema):
    """The places of the commune."""

    items: list[SiteDetail]


class SlotWish(Schema):
    """Which free slots are wanted; two weeks from today unless other days are named."""

    service: Code
    persons: int = Field(1, ge=1, le=50)
    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")
    site: int | None = Field(None, ge=1, le=2_147_483_647)


class Slot(Schema):
    """A free slot: nothing is promised until it is booked."""

    start: datetime
    end: datetime
    site: int


class SlotList(Schema):
    """Free slots, soonest first."""

    items: list[Slot]


class PersonIn(Given):
    """One of those who come."""

    name: Annotated[Text, Field(max_length=120)] = ""
    pre_application: Annotated[Text, Field(max_length=30)] = ""
    situation: Answers = Field(default_factory=Answers)


class AppointmentIn(Given):
    """An appointment to book."""

    service: Code
    start: Instant
    people: list[PersonIn] = Field(min_length=1, max_length=50)
    email: Annotated[Text, Field(max_length=254)] = ""
    phone: Annotated[Text, Field(max_length=30)] = ""
    language: Annotated[str, Field(pattern="^(fr|en)$")] = "fr"
    is_resident: bool = False
    terms_accepted: bool = False


class MoveIn(Given):
    """Another time for an appointment; ``version`` is the one that was read."""

    start: Instant
    version: int | None = Field(None, ge=1, le=2_147_483_647)


class CancelIn(Given):
    """Why an appointment is given up, if it is to be said."""

    reason: Annotated[Text, Field(max_length=200)] = ""


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


class Listing(Schema):
    """Where to go on in a list, and how much to read."""

    cursor: Annotated[Text, Field(max_length=1000)] | None = None
    limit: int = Field(50, ge=1, le=200)


class AppointmentWish(Listing):
    """Which appointments: those of some days, those that changed since an instant."""

    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")
    updated_since: Instant | None = None
    service: Code | None = None
    status: Annotated[str, Field(pattern="^(booked|honoured|missed|cancelled)$")] | None = None


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

    category: Annotated[Text, Field(min_length=1, max_length=40)] | None = None
    state: Annotated[str, Field(pattern="^(received|open|waiting|closed)$")] | None = None


class ReportIn(Given):
    """Something to report; a problem has a place: an address, or a point."""

    category: Annotated[Text, Field(min_length=1, max_length=40)]
    text: Annotated[Text, Field(max_length=2000)] = ""
    address: Annotated[Text, Field(max_length=200)] = ""
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    email: Annotated[Text, Field(max_length=254)] = ""
    phone: Annotated[Text, Field(max_length=20)] = ""
    language: Annotated[str, Field(pattern="^(fr|en)$")] = "fr"


class ReportMade(Schema):
    """A report just received, with the page by which its author follows it."""

    reference: str
    status: str
    is_published: bool
    follow_url: str


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


class FieldProblem(Schema):
    """One field that does not say what it should; ``field`` is its path, ``people.0.name``."""

    field: str
    message: str


class Problem(Schema):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] | None = None
    alternatives: list[datetime] | None = None

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


CLEAN = AfterValidator(_no_nul)
Code = Annotated[str, Field(min_length=1, max_length=60), CLEAN]
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


class Listing(Schema):
    """Where to go on in a list, and how much to read."""

    cursor: Annotated[str, Field(max_length=1000), CLEAN] | None = None
    limit: int = Field(50, ge=1, le=200)


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

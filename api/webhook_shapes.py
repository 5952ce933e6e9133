"""Webhooks as they are sent and answered."""

from datetime import datetime
from typing import Annotated

from ninja import Field, Schema

from api.shapes import CLEAN, Given


Url = Annotated[str, Field(max_length=500), CLEAN]
Events = Annotated[list[Annotated[str, Field(max_length=24), CLEAN]], Field(max_length=20)]


class WebhookIn(Given):
    """An address that is told of some facts."""

    name: Annotated[str, Field(min_length=1, max_length=80), CLEAN]
    url: Url
    events: Events


class WebhookChange(Given):
    """What changes of a webhook; what is left out stays."""

    name: Annotated[str, Field(min_length=1, max_length=80), CLEAN] | None = None
    url: Url | None = None
    events: Events | None = None
    is_active: bool | None = None


class Webhook(Schema):
    """An address that is told of some facts, and how it is doing."""

    id: int
    name: str
    url: str
    events: list[str]
    is_active: bool
    failing_since: datetime | None
    created_at: datetime


class WebhookMade(Webhook):
    """A webhook with the secret that signs what it is told: shown once."""

    secret: str


class WebhookList(Schema):
    """The webhooks of this program."""

    items: list[Webhook]


class Delivery(Schema):
    """Something that was told, or is to be."""

    id: str
    event: str
    written_at: datetime
    tried_at: datetime | None
    sent_at: datetime | None
    is_given_up: bool
    attempts: int
    answer: int | None


class DeliveryPage(Schema):
    """What a webhook was told, latest first; ``next`` is the cursor of what came before."""

    items: list[Delivery]
    next: str | None

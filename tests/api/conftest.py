"""A commune with something to book and to report, and programs with keys."""

import itertools
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from booking import read_model
from connect import actions as connect
from connect.models import ApiClient
from identity.members import Member
from tests.factories import OpeningFactory, ResourceFactory, ServiceFactory, SiteFactory


numbers = itertools.count(1)


@pytest.fixture
def now():
    """The real instant: views read the clock."""
    return timezone.now()


@pytest.fixture
def service(now):
    """A service with room tomorrow and the day after."""
    made = ServiceFactory(slug="carte-identite", minutes=[20, 30], horizon_days=6)
    counter = ResourceFactory(services=[made], site=SiteFactory())
    for day in (now + timedelta(days=1), now + timedelta(days=2)):
        OpeningFactory(weekday=day.weekday(), resources=[counter], step_minutes=20)
    read_model.refresh_all(now=now)
    return made


@pytest.fixture
def member():
    return Member(user_id=1, name="Nadia", role="admin")


@pytest.fixture
def key_for(member, now, commune):
    """Give a new program a key with some rights."""

    def give(*scopes, client=None):
        connection.set_tenant(commune)  # a request before left it on public
        client = client or connect.create_client(
            name=f"Borne {next(numbers)}", contact="borne@example.org", by=member
        )
        _key, secret = connect.issue_key(client=client, scopes=scopes, by=member, now=now)
        return secret

    return give


@pytest.fixture
def program(key_for):
    """A program with some rights."""

    def make(*scopes):
        headers = {"host": "pauillac.localhost", "authorization": f"Bearer {key_for(*scopes)}"}
        return Client(headers=headers)

    return make


@pytest.fixture
def slot(client, service):
    """A free slot, as the API gives it."""
    items = client.get("/api/v1/slots?service=carte-identite").json()["items"]
    return items[len(items) // 2]


def body(slot, **given):
    return {
        "service": "carte-identite",
        "start": slot["start"],
        "people": [{"name": "Jeanne Dupuy", "pre_application": "AB12CD34EF"}],
        "email": "jeanne@example.org",
    } | given


def book(program, sent, key="k1"):
    return program.post(
        "/api/v1/appointments",
        sent,
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )


def later(instant, **by):
    return instant + timedelta(**by)


__all__ = ["ApiClient", "body", "book", "later"]

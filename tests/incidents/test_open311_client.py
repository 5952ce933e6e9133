"""Pauillac passes reports on to Lacanau's own Open311 server, and follows them both ways."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from connect.models import ApiKey
from identity.members import Member
from incidents import open311_outbox, reporters, transfers
from incidents.actions import move
from incidents.models import Category, Dispatch, Handler, HeardUpdate, OpenServer, Report
from incidents.open311_client import Door
from incidents.open311_forwarding import DELAYS, follow_due, send_due
from incidents.workflow import Actor, Status
from parvis.egress import Answer, Unreachable
from parvis.encryption import encrypt
from parvis.models import OutgoingEmail
from tests.incidents.factories import category, report
from tests.incidents.open311_client import issue


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
AGENT = Member(user_id=1, name="A. Agent", role="report_agent")
State = Dispatch.State


@pytest.fixture
def there(commune, other_commune):
    """Do something in Lacanau, and come back."""

    def inner(work):
        connection.set_tenant(other_commune)
        try:
            return work()
        finally:
            connection.set_tenant(commune)

    return inner


@pytest.fixture
def door(there):
    """Lead to the live pages of Lacanau, whose outline holds no place of Pauillac."""
    client = Client(headers={"host": "lacanau.localhost"})

    def said(answer):
        kind = answer["Content-Type"].partition(";")[0]
        return Answer(status=answer.status_code, kind=kind, content=answer.content)

    def path(url):
        assert url.startswith("https://lacanau.example.org/")
        return url.removeprefix("https://lacanau.example.org")

    def post(url, content, headers):
        kind = headers["Content-Type"]
        once = {"idempotency-key": headers["Idempotency-Key"]}
        return said(
            there(lambda: client.post(path(url), content, content_type=kind, headers=once))
        )

    return Door(get=lambda url: said(there(lambda: client.get(path(url)))), post=post)


@pytest.fixture
def key(there):
    def work():
        Category.objects.all().update(is_active=False)
        category(code="trou", name="Trou", moderation="after")
        return issue(timezone.now(), name="Pauillac")[1]

    return there(work)


@pytest.fixture
def server(key):
    body = Handler.objects.create(kind="body", name="Département", email="cd@example.org")
    return OpenServer.objects.create(
        handler=body,
        url="https://lacanau.example.org/open311/v2/",
        key=encrypt(key),
        fallback="trou",
        poll_minutes=1,
        is_extended=True,
    )


@pytest.fixture
def given(server):
    made = report(category(), now=timezone.now() - timedelta(minutes=1), place=None)
    return transfers.forward(
        report=made, handler=server.handler, text="", by=AGENT, now=timezone.now()
    )


def minutes(number):
    return timezone.now() + timedelta(minutes=number)


def test_a_report_passed_on_arrives_once_and_is_followed_both_ways(given, door, there, server):
    assert not OutgoingEmail.objects.filter(to=["cd@example.org"]).exists()
    assert send_due(now=timezone.now(), door=door) == 1
    assert send_due(now=minutes(1), door=door) == 0

    dispatch = Dispatch.objects.get()
    arrived = there(Report.objects.get)
    assert (dispatch.state, dispatch.external_id) == (State.DONE, arrived.reference)
    assert given.reference in arrived.text
    assert there(lambda: arrived.contact.email) == ""

    def move_there(to, **more):
        there(
            lambda: move(
                report=arrived, to=to, actor=Actor.STAFF, by=AGENT, now=timezone.now(), **more
            )
        )

    move_there(Status.ACCEPTED, text="Une équipe passera lundi.")
    assert follow_due(now=minutes(1), door=door) == 1  # its first word is no news
    message = given.messages.get(text="Une équipe passera lundi.")
    assert (message.author, message.author_name) == ("partner", "Département")

    reporters.answer(report=given, text="C’est devant le numéro 3.", now=timezone.now())
    assert send_due(now=timezone.now(), door=door) == 1
    heard = there(lambda: arrived.messages.get(author="reporter"))
    assert heard.text == "C’est devant le numéro 3."

    move_there(Status.RESOLVED, reason="repaired", text="Rebouché.")
    assert follow_due(now=minutes(3), door=door) == 1
    given.refresh_from_db()
    assert (given.status, given.reason) == (Status.RESOLVED, "repaired")
    assert follow_due(now=minutes(5), door=door) == 0
    assert given.messages.filter(text="C’est devant le numéro 3.").count() == 1
    assert HeardUpdate.objects.filter(dispatch=dispatch).count() == 4


def test_what_is_refused_waits_for_the_team_and_can_be_sent_again(given, door, there, key):
    there(lambda: ApiKey.objects.update(revoked_at=timezone.now()))

    assert send_due(now=timezone.now(), door=door) == 0
    dispatch = Dispatch.objects.get()
    assert dispatch.state == State.DEAD
    assert dispatch.error.startswith("403 ")
    assert given.messages.filter(audience="staff", text__contains="403").exists()

    there(lambda: ApiKey.objects.update(revoked_at=None))
    open311_outbox.relaunch(dispatch, now=timezone.now())
    assert send_due(now=timezone.now(), door=door) == 1


def test_a_server_that_is_down_is_tried_again_later_and_not_for_ever(given):
    def down(*_asked):
        raise Unreachable("nobody there")

    closed, now = Door(get=down, post=down), timezone.now()
    for delay in DELAYS:
        send_due(now=now, door=closed)
        dispatch = Dispatch.objects.get()
        assert (dispatch.state, dispatch.due_at) == (State.WAITING, now + delay)
        assert send_due(now=now, door=closed) == 0
        now += delay
    send_due(now=now, door=closed)
    assert Dispatch.objects.get().state == State.DEAD


INSIDE = (
    "http://example.org/open311",
    "https://127.0.0.1/open311",
    "https://10.0.0.1/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest",
    "https://100.64.0.1/",
    "https://[::1]/",
    "https://[fd00::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://example.org:22/",
    "https://user@example.org/",
    "file:///etc/passwd",
)


def test_no_server_inside_is_ever_asked(given, server):
    for url in INSIDE:
        OpenServer.objects.update(url=url)
        Dispatch.objects.update(state=State.WAITING, due_at=timezone.now(), attempts=0)
        assert send_due(now=timezone.now()) == 0
        assert Dispatch.objects.get().state == State.DEAD, url


class Fake:
    """A server that has tokens and no updates, and answers as its kind does."""

    def __init__(self):
        self.number, self.state, self.sent = "", ("open", "Reçu"), []

    def get(self, url):
        if "/tokens/" in url:
            return self._said(
                f"<token>t1</token><service_request_id>{self.number}</service_request_id>"
            )
        if "servicerequestupdates" in url:
            return Answer(status=404, kind="text/html", content=b"<html><body>Not found")
        assert re.search(r"service_request_id=\d+", url)
        status, notes = self.state
        return self._said(
            f"<service_request_id>{self.number}</service_request_id><status>{status}</status>"
            f"<status_notes>{notes}</status_notes>"
        )

    def post(self, _url, content, headers):
        self.sent.append((content, headers))
        return self._said("<token>t1</token>")

    @staticmethod
    def _said(fields):
        text = f"<service_requests><request>{fields}</request></service_requests>"
        return (
            Answer(status=201, kind="application/xml", content=text.encode())
            if "<token>" in (fields[:7])
            else Answer(status=200, kind="application/xml", content=text.encode())
        )


def test_a_server_with_tokens_and_without_updates_is_followed_by_its_reports(given):
    fake = Fake()
    door = Door(get=fake.get, post=fake.post)

    send_due(now=timezone.now(), door=door)
    assert Dispatch.objects.get().state == State.PENDING
    send_due(now=minutes(2), door=door)
    assert Dispatch.objects.get().state == State.PENDING
    fake.number = "4711"
    assert send_due(now=minutes(60), door=door) == 1
    assert len(fake.sent) == 1

    assert follow_due(now=minutes(61), door=door) == 0
    assert not OpenServer.objects.get().has_updates
    fake.state = ("open", "Une équipe passera.")
    assert follow_due(now=minutes(63), door=door) == 1
    assert given.messages.filter(text="Une équipe passera.").exists()
    fake.state = ("closed", "Rebouché.")
    assert follow_due(now=minutes(65), door=door) == 1
    given.refresh_from_db()
    assert given.status == Status.RESOLVED

"""A text leaves once and within the budget; nobody guesses what became of it."""

import json
import socket
import threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone

from messaging.actions import (
    NotWaitingForAnyone,
    decide_texts,
    give_up,
    note_sent,
    send_again,
    write_text,
)
from messaging.budget import budget
from messaging.channels import Texts
from messaging.models import OutgoingText
from parvis.delivery import _claim, _postpone, deliver_due, forget_delivered


pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=1)
YEAR = timedelta(days=300)


@pytest.fixture
def later():
    return timezone.now() + LATER


class Provider:
    """A strict stand-in for the HTTP interface of a provider; ``mode`` says how it behaves."""

    def __init__(self):
        self.mode, self.asked, self.taken = "ok", [], set()

    def answer(self, path, headers, body):
        self.asked.append((path, headers, body))
        if path.endswith("/jobs"):
            assert set(body) <= {
                "message", "receivers", "charset", "coding", "priority", "noStopClause",
                "validityPeriod", "sender", "senderForResponse",
            }  # fmt: skip
            assert headers["X-Ovh-Signature"].startswith("$1$")
            if self.mode == "invalid":
                return 200, {"ids": [], "invalidReceivers": body["receivers"]}
            return 200, {
                "ids": [4217],
                "invalidReceivers": [],
                "validReceivers": body["receivers"],
            }
        assert headers["api-key"] == "key"
        if body["request_id"] in self.taken:
            return 422, {"message": "request_id already used"}
        self.taken.add(body["request_id"])
        return 201, {"sms_ticket": "sms_1"}


@pytest.fixture
def provider(settings):
    known = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, said = known.answer(self.path, self.headers, body)
            if known.mode == "silent":
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if known.mode == "busy":
                status, said = 503, {}
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.OVH_SMS_URL = settings.OCTOPUSH_URL = f"http://127.0.0.1:{server.server_port}"
        settings.OVH_SMS_SERVICE = "sms-parvis-1"
        settings.OCTOPUSH_LOGIN, settings.OCTOPUSH_KEY = "login", "key"
        settings.SMS_GATEWAY = "ovh"
        yield known
        server.shutdown()


@pytest.fixture
def on(settings):
    settings.SMS_GATEWAY = "console"
    decide_texts(is_on=True, reminds=True, sender_name="PAUILLAC", monthly_budget=1000)


def write(key="booked.1.1", to="06 12 34 56 78", body="Rendez-vous confirmé", **when):
    with transaction.atomic():
        return write_text(key=key, to=to, body=body, **when)


def test_nothing_is_written_until_the_commune_switches_texts_on(settings):
    settings.SMS_GATEWAY = "console"

    assert not write()
    decide_texts(is_on=True, reminds=False, sender_name="", monthly_budget=1000)
    assert write()
    assert not write(key="reminder.1.1", is_reminder=True)
    assert not write(key="booked.2.1", to="05 56 59 12 34")
    settings.SMS_GATEWAY = ""
    assert not write(key="booked.3.1")


def test_a_fact_is_told_once_and_counted_once(on, provider, later):
    write()
    write()

    assert deliver_due(now=later) == 1
    assert deliver_due(now=later + YEAR) == 0
    ((path, _headers, body),) = provider.asked
    assert path == "/sms/sms-parvis-1/jobs"
    assert (body["receivers"], body["sender"]) == (["+33612345678"], "PAUILLAC")
    sent = OutgoingText.objects.get()
    assert (sent.provider_key, sent.segments, sent.cost) == ("4217", 1, 65)
    assert (budget(now=later).spent, budget(now=later).messages) == (65, 1)


def test_an_answer_that_does_not_come_is_left_to_a_person(on, provider, later):
    write()
    provider.mode = "silent"

    assert deliver_due(now=later) == 0
    provider.mode = "ok"
    assert deliver_due(now=later + timedelta(days=20)) == 0

    (doubt,) = OutgoingText.objects.unsure()
    assert len(provider.asked) == 1
    assert budget(now=later).spent == 65  # it may have gone
    note_sent(message=doubt, now=later)
    with pytest.raises(NotWaitingForAnyone):
        send_again(message=OutgoingText.objects.get(), now=later)


def test_what_nobody_is_sure_of_leaves_again_when_somebody_says_so(on, provider, later):
    write()
    provider.mode = "silent"
    deliver_due(now=later)
    provider.mode = "ok"

    send_again(message=OutgoingText.objects.get(), now=later, to="+33798765432")

    assert deliver_due(now=later) == 1
    assert provider.asked[1][2]["receivers"] == ["+33798765432"]


def test_a_worker_that_died_in_the_middle_leaves_a_doubt(on, provider, later):
    write()
    OutgoingText.objects.update(attempts=1, claimed_until=timezone.now() - timedelta(seconds=1))

    assert deliver_due(now=later) == 0
    assert OutgoingText.objects.unsure().count() == 1
    assert provider.asked == []


def test_a_provider_that_knows_its_messages_is_asked_again(on, provider, later, settings):
    settings.SMS_GATEWAY = "octopush"
    write()
    provider.mode = "silent"
    assert deliver_due(now=later) == 0
    provider.mode = "ok"

    assert deliver_due(now=later + timedelta(minutes=2)) == 1
    assert len({body["request_id"] for _path, _headers, body in provider.asked}) == 1
    assert len(provider.taken) == 1
    assert budget(now=later).messages == 1


def test_a_busy_provider_costs_nothing_and_is_asked_again(on, provider, later):
    write()
    provider.mode = "busy"

    assert deliver_due(now=later) == 0
    assert budget(now=later).spent == 0
    provider.mode = "ok"
    assert deliver_due(now=later + timedelta(minutes=2)) == 1


def test_a_number_that_is_refused_is_dead_and_costs_nothing(on, provider, later):
    write()
    provider.mode = "invalid"

    deliver_due(now=later)

    assert OutgoingText.objects.failed().count() == 1
    assert budget(now=later).spent == 0


def test_the_budget_ends_before_it_is_passed_and_can_be_raised(on, provider, later):
    decide_texts(is_on=True, reminds=True, sender_name="", monthly_budget=150)
    for number in range(3):
        write(key=f"booked.{number}.1", to=f"06 12 34 56 7{number}")

    assert deliver_due(now=later) == 2
    (kept,) = OutgoingText.objects.failed()
    assert "budget" in kept.last_error
    assert budget(now=later).left == 20
    decide_texts(is_on=True, reminds=True, sender_name="", monthly_budget=1000)
    send_again(message=kept, now=later)
    assert deliver_due(now=later) == 1


def test_a_third_text_to_one_number_waits_for_an_hour(on, provider, later):
    for number in range(3):
        write(key=f"booked.{number}.1")

    assert deliver_due(now=later) == 2
    (waits,) = OutgoingText.objects.waiting()
    assert "attend" in waits.last_error
    assert budget(now=later).messages == 2
    assert deliver_due(now=later + timedelta(minutes=30)) == 0
    assert deliver_due(now=later + timedelta(hours=2)) == 1


def test_no_reminder_leaves_at_night_however_late_it_is(on, provider):
    night = datetime(2032, 2, 3, 21, 30, tzinfo=ZoneInfo("Europe/Paris"))
    write(key="text-reminder.1.1", is_reminder=True)
    write(to="07 98 76 54 32")

    assert deliver_due(now=night) == 1
    (waits,) = OutgoingText.objects.waiting()
    assert waits.not_before == night.replace(day=4, hour=8, minute=0)
    assert deliver_due(now=night + timedelta(hours=10)) == 0
    assert deliver_due(now=night + timedelta(hours=11)) == 1


def test_what_is_given_up_while_it_is_being_sent_does_not_come_back(on, later):
    write()
    row = _claim(Texts(), later)
    OutgoingText.objects.update(dead_at=later, to="", body="")

    _postpone(row, "busy", later)

    kept = OutgoingText.objects.get()
    assert (kept.dead_at, kept.last_error) == (later, "")
    with pytest.raises(NotWaitingForAnyone):  # and nothing is left of it to send
        send_again(message=kept, now=later)


def test_what_comes_too_late_does_not_leave(on, provider, later):
    write(not_after=later - timedelta(seconds=1))

    assert deliver_due(now=later) == 0
    assert provider.asked == []


def test_a_text_that_waits_can_be_given_up_and_then_waits_no_more(on, provider, later):
    write()
    give_up(message=OutgoingText.objects.get(), now=later)

    assert deliver_due(now=later) == 0
    with pytest.raises(NotWaitingForAnyone):
        give_up(message=OutgoingText.objects.get(), now=later)


def test_words_are_forgotten_on_every_channel(on, provider, later):
    write()
    deliver_due(now=later)

    assert forget_delivered(now=later + timedelta(days=31)) == 1
    text = OutgoingText.objects.get()
    assert (text.to, text.body, text.key) == ("", "", "booked.1.1")
    forget_delivered(now=later + timedelta(days=190))
    assert not OutgoingText.objects.exists()


def test_a_text_too_long_loses_its_end_and_breaks_nothing(on):
    write(body="ж" * 900)
    write(key="booked.2.1", body="a" * 900)

    assert [text.segments for text in OutgoingText.objects.order_by("pk")] == [3, 3]

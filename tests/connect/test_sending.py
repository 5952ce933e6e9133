"""What happens here is told to the programs that asked: once each, signed, and to nobody else."""

import json
import time
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from threading import Thread

import pytest
from django.db import connection, transaction

from connect import events, sending, shown, signatures, tasks, webhook_actions, webhooks
from connect.models import Delivery, Webhook
from demo import connections
from demo.receiver import Receiver, demo_secret
from identity.members import Member
from parvis.delivery import drain
from parvis.egress import Reach
from parvis.encryption import decrypt, encrypt
from parvis.models import OutgoingEmail
from tenants.tasks import EVERY_MINUTE, EVERY_NIGHT
from tests.parvis.test_transport import SEALED, become


pytestmark = pytest.mark.django_db
BY = Member(user_id=7, name="Odile Admin", role="admin")
URL = "https://outil.example.org/avis"
FACT = {"reference": "K7M2Q9XA", "status": "booked"}


def made(url=URL, chosen=(events.APPOINTMENT_BOOKED,), **fields):
    found, secret = webhook_actions.create(name="Outil", url=url, events=chosen, by=BY)
    if fields:
        Webhook.objects.filter(pk=found.pk).update(**fields)
    return found, secret


@contextmanager
def listening(receiver):
    serving = Thread(target=receiver.server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    yield receiver
    receiver.server.shutdown()
    serving.join()
    receiver.server.server_close()


@pytest.fixture
def hook():
    return made()


@pytest.fixture
def receiver(hook, now):
    """The strict receiver of the demo, under the name of somebody's server."""
    found, secret = hook
    with listening(Receiver(secret, clock=now.timestamp)) as there:
        Webhook.objects.filter(pk=found.pk).update(
            url=f"http://outil.example.org:{there.port}/avis"
        )
        there.reach = Reach(
            schemes=frozenset({"http"}),
            ports=frozenset({there.port}),
            allows=lambda address: address == "127.0.0.1",
            look_up=lambda _host, port, **_how: [(2, 1, 6, "", ("127.0.0.1", port))],
        )
        yield there


def told(now, event=events.APPOINTMENT_BOOKED, **data):
    with transaction.atomic():
        webhooks.note(event, data or FACT, now=now)


def deliver(receiver, now):
    return sending.deliver_due(now=now, reach=receiver.reach)


def test_a_fact_is_told_once_signed_and_with_its_number(hook, receiver, now):
    told(now)

    assert deliver(receiver, now) == 1
    assert deliver(receiver, now) == 0

    (said,) = receiver.received
    assert {key: said[key] for key in ("event", "at", "commune", "data")} == {
        "event": "appointment.booked",
        "at": "2026-11-23T08:00:00Z",
        "commune": "33314",
        "data": FACT,
    }
    ((headers, body),) = receiver.asked
    row = Delivery.objects.get()
    assert (row.key, row.body.encode()) == (headers["parvis-delivery"], body)
    assert (row.answer, row.sent_at, row.tried_at) == (202, now, now)
    assert hook[1] not in str(Webhook.objects.values().get())


def test_only_those_who_chose_it_are_told_in_one_statement(now, django_assert_num_queries):
    made(chosen=[events.REPORT_CLOSED])
    first, second = made()[0], made()[0]
    made(is_active=False)

    with django_assert_num_queries(1):
        webhooks.note_all(events.APPOINTMENT_BOOKED, [FACT, {"reference": "2"}], now=now)

    rows = Delivery.objects.order_by("pk")
    assert [each.webhook_id for each in rows] == [first.pk, second.pk] * 2
    assert len({each.key for each in rows}) == 4
    assert len({json.loads(each.body)["id"] for each in rows}) == 2  # the fact's own number


def test_a_commune_without_webhooks_pays_one_statement_and_no_task(
    now, django_assert_num_queries, django_capture_on_commit_callbacks
):
    webhooks.note(events.APPOINTMENT_BOOKED, FACT, now=now)  # the role, once

    with django_capture_on_commit_callbacks() as woken, django_assert_num_queries(1):
        webhooks.note(events.APPOINTMENT_BOOKED, FACT, now=now)

    assert (woken, Delivery.objects.count()) == ([], 0)


def test_a_fact_that_is_rolled_back_is_told_to_nobody(receiver, now):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        webhooks.note(events.APPOINTMENT_BOOKED, FACT, now=now)
        1 / 0  # noqa: B018

    assert deliver(receiver, now) == 0
    assert receiver.asked == []


@pytest.mark.parametrize("facts", SEALED, ids=lambda facts: facts.get("kind", facts["state"]))
def test_a_sandbox_a_preview_and_a_commune_to_come_tell_nobody(commune, receiver, now, facts):
    told(now)
    become(commune, **facts)

    assert deliver(receiver, now + timedelta(days=40)) == 0

    assert receiver.asked == []
    assert Delivery.objects.get().attempts == 0


def test_another_commune_has_its_own(hook, receiver, now, other_commune):
    connection.set_tenant(other_commune)
    told(now)

    assert (Webhook.objects.count(), Delivery.objects.count()) == (0, 0)
    assert deliver(receiver, now) == 0
    assert receiver.asked == []


def test_what_is_refused_comes_again_later_and_later(hook, receiver, now):
    receiver.trouble = HTTPStatus.SERVICE_UNAVAILABLE
    told(now)
    waits, at = [], now
    for _attempt in range(5):
        assert deliver(receiver, at) == 0
        row = Delivery.objects.get()
        waits.append((row.not_before - at).total_seconds())
        assert deliver(receiver, at) == 0  # not before
        at = row.not_before

    assert waits == [30, 120, 600, 1800, 3600]
    assert (row.answer, row.attempts) == (503, 5)
    assert row.last_error == "Le serveur répond «\u00a0503\u00a0»."
    assert sending.BACKOFF[-1] == timedelta(hours=24)
    receiver.trouble, receiver.clock = None, at.timestamp
    assert deliver(receiver, at) == 1
    hook[0].refresh_from_db()
    assert (hook[0].failing_since, hook[0].paused_until) == (None, None)
    assert len({headers["parvis-delivery"] for headers, _body in receiver.asked}) == 1


def test_a_server_that_is_down_is_tried_once_for_each_rest(receiver, now):
    receiver.trouble = HTTPStatus.BAD_GATEWAY
    for _fact in range(5):
        told(now)

    deliver(receiver, now)
    assert len(receiver.asked) == 1
    receiver.trouble = None
    receiver.clock = (now + timedelta(seconds=31)).timestamp
    assert deliver(receiver, now + timedelta(seconds=31)) == 5


def test_one_that_is_removed_while_it_is_told_stops_no_other(hook, receiver, now):
    class Meanwhile(sending.Webhooks):
        def _post(self, told_to, row, now):
            answer = super()._post(told_to, row, now)
            if told_to == hook[0]:
                webhook_actions.remove(webhook=told_to)
            return answer

    other = made()[0]
    Webhook.objects.filter(pk=other.pk).update(url=receiver.url)
    told(now)
    drain(Meanwhile(receiver.reach), now=now, leaves=sending.NOW)

    left = Delivery.objects.get()
    assert (left.webhook_id, left.attempts, len(receiver.received)) == (other.pk, 1, 1)


def test_a_redirect_is_not_followed(receiver, now):
    receiver.trouble = HTTPStatus.FOUND
    told(now)

    assert deliver(receiver, now) == 0
    assert len(receiver.asked) == 1
    assert Delivery.objects.get().answer == 302


def test_who_does_not_answer_in_time_has_not_taken_it(receiver, now, monkeypatch):
    monkeypatch.setattr(sending, "PATIENCE_S", 0.05)
    receiver.wait_s = 0.3
    told(now)

    began = time.monotonic()
    assert deliver(receiver, now) == 0
    assert time.monotonic() - began < 0.3
    assert Delivery.objects.get().last_error == "Le serveur ne répond pas."


def test_after_days_of_failure_it_is_stopped_and_the_administrators_are_told(
    hook, receiver, now, commune, make_user
):
    make_user("admin", commune=commune, email="admin@example.org")
    receiver.trouble = HTTPStatus.INTERNAL_SERVER_ERROR
    told(now)
    deliver(receiver, now)
    told(now + timedelta(days=3))
    deliver(receiver, now + timedelta(days=3))

    hook[0].refresh_from_db()
    assert (hook[0].is_active, hook[0].stopped_at) == (False, now + timedelta(days=3))
    letter = OutgoingEmail.objects.get()
    assert letter.to == ["admin@example.org"]
    assert f"/agent/commune/api/avis/{hook[0].pk}/" in letter.body
    asked = len(receiver.asked)
    deliver(receiver, now + timedelta(days=4))
    assert len(receiver.asked) == asked
    receiver.trouble, receiver.clock = None, (now + timedelta(days=4)).timestamp
    Delivery.objects.update(not_before=now + timedelta(days=5))
    webhook_actions.resume(webhook=hook[0], now=now + timedelta(days=4))
    assert deliver(receiver, now + timedelta(days=4)) == 2  # whatever waits leaves at once


def test_while_the_secret_changes_both_sign_for_a_week(hook, receiver, now):
    _hook, fresh = webhook_actions.rotate(webhook=hook[0], now=now)
    told(now)

    assert deliver(receiver, now) == 1  # the receiver still knows the old one
    receiver.secret = fresh
    told(now)
    assert deliver(receiver, now) == 1
    receiver.secret, receiver.clock = hook[1], (now + timedelta(days=7)).timestamp
    told(now + timedelta(days=7))
    assert deliver(receiver, now + timedelta(days=7)) == 0
    assert Delivery.objects.latest("pk").answer == 401
    assert decrypt(Webhook.objects.get().secret) == fresh


def test_a_repeat_bears_the_same_number_so_that_it_is_known(receiver, now):
    told(now)
    deliver(receiver, now)

    webhook_actions.resend(delivery=Delivery.objects.get(), now=now)

    assert deliver(receiver, now) == 1
    assert (len(receiver.asked), len(receiver.received)) == (2, 1)


def test_a_try_tells_nothing_of_anybody(hook, receiver, now):
    webhook_actions.try_out(webhook=hook[0], now=now)

    assert deliver(receiver, now) == 1
    assert receiver.received[0]["data"] == {"message": "Parvis"}
    Webhook.objects.update(is_active=False)
    with pytest.raises(webhook_actions.NotInService):
        webhook_actions.try_out(webhook=hook[0], now=now)
    with pytest.raises(webhook_actions.NotInService):
        webhook_actions.resend(delivery=Delivery.objects.get(), now=now)


@pytest.mark.parametrize(
    ("name", "addresses"),
    [
        ("rebinding.example.org", ["127.0.0.1"]),
        ("meta.example.org", ["169.254.169.254"]),
        ("both.example.org", ["93.184.215.14", "10.0.0.1"]),
        ("six.example.org", ["::1"]),
        ("mapped.example.org", ["::ffff:127.0.0.1"]),
    ],
)
def test_a_name_that_leads_to_this_network_is_told_nothing(now, monkeypatch, name, addresses):
    """The name is looked up at the connection: what it led to yesterday counts for nothing."""

    def connect(*_where, **_how):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr("socket.create_connection", connect)
    made(url=f"https://{name}/")
    told(now)
    reach = Reach(look_up=lambda _h, port, **_o: [(2, 1, 6, "", (ip, port)) for ip in addresses])

    assert sending.deliver_due(now=now, reach=reach) == 0
    assert Delivery.objects.get().last_error == "Cette adresse n’est pas sur l’internet public."


REFUSED = [
    *("http://example.org/", "ftp://example.org/", "https://", "", "//example.org", "x"),
    *("https://169.254.169.254/", "https://localhost/", "https://127.0.0.1/", "https://[::1]/"),
    *("https://10.0.0.1/", "https://192.168.1.1/", "https://172.16.0.1/", "https://100.64.0.1/"),
    *("https://2130706433/", "https://0x7f000001/", "https://127.1/", "https://0177.0.0.1/"),
    *("https://[fc00::1]/", "https://[::ffff:10.0.0.1]/", "https://db.internal/"),
    *("https://intranet/", "https://nas.local/", "https://localhost./", "https://x.localhost/"),
    *("https://u:p@example.org/", "https://example.org:22/", "https://example.org:99999999/"),
    *("https://example.org/\r\nX: y", "https://exa mple.org/", "https://example.org/#x"),
    *("https://éxample.org/", "https://example.org\\@127.0.0.1/", "https://[::1", "\0"),
    "https://example.org/" + "x" * 500,
]


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_is_not_of_the_internet_is_refused_as_it_is_typed(address):
    with pytest.raises(webhook_actions.NotAnAddress):
        made(url=address)


@pytest.mark.parametrize(
    "address", ["https://outil.example.org:8443/a?b=c", " https://8.8.8.8/ ", "https://x.fr"]
)
def test_an_address_of_the_internet_is_taken(address):
    assert made(url=address)[0].url == address.strip()


@pytest.mark.parametrize("chosen", [[], ["test"], ["appointment.booked", "all"], ["\0"]])
def test_what_does_not_exist_cannot_be_asked_for(chosen):
    with pytest.raises(webhook_actions.NoEvent):
        made(chosen=chosen)


def test_a_commune_has_twenty_at_most(hook, monkeypatch):
    monkeypatch.setattr(webhook_actions, "MOST", 1)

    with pytest.raises(webhook_actions.TooMany):
        made()


def test_a_secret_that_cannot_be_read_ends_its_delivery(hook, receiver, now):
    Webhook.objects.update(secret="elsewhere")
    told(now)

    assert deliver(receiver, now) == 0
    assert Delivery.objects.get().dead_at == now
    assert receiver.asked == []


def test_the_receiver_is_strict(hook, receiver, now):
    """What stands in for others refuses what they would."""
    body = webhooks.body("test", {"a": 1}, now=now).encode()
    known = {"timestamp": int(now.timestamp()), "delivery": "n", "event": "test"}

    def asked(body=body, path="/avis", secret=hook[1], **change):
        said = signatures.headers([secret], body=body, **known | change)
        return receiver.judge(path, {k.lower(): v for k, v in said.items()}, body)[0]

    named = json.dumps({**json.loads(body), "data": {"name": "Zoé"}}).encode()
    assert asked(path="/") == 404
    assert asked(secret="whsec_x") == 401
    assert asked(timestamp=int(now.timestamp()) - 301) == 401
    assert asked(body=b"{") == 400
    assert asked(body=b"{}") == 422
    assert asked(body=named) == 422
    assert asked(event="report.closed") == 422
    assert (asked(), asked()) == (202, 200)


def test_in_the_demo_alone_the_receiver_of_this_machine_is_told(now, settings):
    """The name it has exists nowhere: without the demo nothing leaves."""
    made(url=sending.DEMO_URL, secret=encrypt(demo_secret()))
    with listening(Receiver(demo_secret(), clock=now.timestamp)) as there:
        settings.DEMO_RECEIVER = there.url
        told(now)
        nowhere = Reach(look_up=lambda *_w, **_h: [])
        assert sending.deliver_due(now=now, reach=nowhere) == 0
        assert there.asked == []

        settings.DEMO = True
        later = now + timedelta(minutes=1)
        there.clock = later.timestamp
        assert sending.deliver_due(now=later, reach=nowhere) == 1
        assert len(there.received) == 1


def test_the_story_of_the_demo_holds(now):
    connections.tell(now=now)

    page = [shown.client_line(each, now=now) for each in shown.clients()]
    assert {each.title: each.badge for each in page} == {
        "FixMyStreet": "expire bientôt",
        "Écran d’accueil de la mairie": "relié",
    }
    assert Delivery.objects.count() == 1


def test_the_sweep_wakes_what_waits_and_nothing_else(
    hook, now, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as woken:
        tasks.sweep()
    assert woken == []
    told(now)
    with django_capture_on_commit_callbacks() as woken:
        tasks.sweep()
    assert len(woken) == 1
    webhook_actions.stop(webhook=hook[0])
    with django_capture_on_commit_callbacks() as woken:
        tasks.sweep()
    assert woken == []
    assert {"connect.sweep"} < set(EVERY_MINUTE)
    assert "connect.remind" in EVERY_NIGHT

"""Notifications: only the browser reads them, only known services are asked."""

import json
import os
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import transaction

from messaging import push_channel, pushing, retention
from messaging.models import OutgoingPush, PushSubscription
from messaging.push_crypto import public_key
from messaging.push_hosts import is_push_service
from parvis.delivery import deliver_due
from parvis.egress import Reach
from tests.messaging.push_service import PushService


pytestmark = pytest.mark.django_db
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"
SAID = {"topic": "report-1", "title": "Mairie", "body": "Nid-de-poule : pris en charge"}


def encode(raw):
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


class Phone:
    """Keys that only the browser of a citizen holds."""

    def __init__(self):
        self.private, self.secret = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        point = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        self.keys = {"p256dh": encode(point), "auth": encode(self.secret)}

    def read(self, body):
        return json.loads(
            http_ece.decrypt(
                body, private_key=self.private, auth_secret=self.secret, version="aes128gcm"
            )
        )


@pytest.fixture
def vapid(settings):
    settings.VAPID_PRIVATE_KEY = encode(os.urandom(32))
    return settings.VAPID_PRIVATE_KEY


@pytest.fixture
def service(vapid, monkeypatch):
    """A push service under the name of a known one, as our only way out."""
    with PushService() as server:
        parts = urlsplit(server.address)
        reach = Reach(
            schemes=frozenset({"http"}),
            ports=frozenset({parts.port}),
            allows=lambda address: address == "127.0.0.1",
            look_up=lambda _host, port, **_how: [(2, 1, 6, "", ("127.0.0.1", port))],
        )
        monkeypatch.setattr(push_channel.Pushes, "reach", reach)
        server.endpoint = f"http://fcm.googleapis.com:{parts.port}/send/abc"
        yield server


def subscribed(phone, *, endpoint=ENDPOINT, subject="report:1"):
    return PushSubscription.objects.create(subject=subject, endpoint=endpoint, **phone.keys)


def tell(browser, fact="moved.1"):
    with transaction.atomic():
        said = pushing.push(to=browser, fact=fact, navigate="https://x.test/suivi/s/", **SAID)
        pushing.send([said])


def test_only_the_phone_reads_it_and_it_is_told_once(service, vapid, now):
    phone = Phone()
    browser = subscribed(phone, endpoint=service.endpoint)
    tell(browser)
    tell(browser)

    assert deliver_due(now=now + timedelta(days=9000)) == 1
    ((headers, body),) = service.received
    assert phone.read(body) == {
        "web_push": 8030,
        "notification": {
            "title": "Mairie",
            "body": SAID["body"],
            "navigate": "https://x.test/suivi/s/",
            "lang": "fr",
            "tag": "report-1",
        },
    }
    assert b"Nid" not in body
    assert (headers["ttl"], headers["topic"]) == ("86400", "report-1")
    assert headers["content-encoding"] == "aes128gcm"
    assert headers["authorization"].endswith(f"k={public_key(vapid)}")


def test_at_night_a_telephone_stays_silent(service):
    night = datetime(2032, 2, 3, 23, tzinfo=ZoneInfo("Europe/Paris"))
    tell(subscribed(Phone(), endpoint=service.endpoint))
    OutgoingPush.objects.update(is_by_day=True)

    assert deliver_due(now=night) == 0
    assert service.received == []
    assert deliver_due(now=night + timedelta(hours=9)) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_unsubscribed_is_forgotten(service, now, status):
    service.status = status
    tell(subscribed(Phone(), endpoint=service.endpoint))

    assert deliver_due(now=now + timedelta(days=9000)) == 0

    assert not PushSubscription.objects.exists()
    assert OutgoingPush.objects.get().dead_at is not None


@pytest.mark.parametrize(("status", "is_dead"), [(429, False), (503, False), (400, True)])
def test_a_busy_service_is_asked_again_and_a_refusal_is_final(service, now, status, is_dead):
    service.status = status
    tell(subscribed(Phone(), endpoint=service.endpoint))

    deliver_due(now=now + timedelta(days=9000))

    row = OutgoingPush.objects.get()
    assert (row.dead_at is not None, row.attempts) == (is_dead, 1)
    assert PushSubscription.objects.exists()


def test_a_service_we_do_not_know_is_never_asked(service, now):
    elsewhere = service.endpoint.replace("fcm.googleapis.com", "fcm.googleapis.com.example.org")
    tell(subscribed(Phone(), endpoint=elsewhere))

    deliver_due(now=now + timedelta(days=9000))

    assert service.received == []
    assert OutgoingPush.objects.get().dead_at is not None


@pytest.mark.parametrize(
    ("endpoint", "known"),
    [
        (ENDPOINT, True),
        ("https://updates.push.services.mozilla.com/wpush/v2/x", True),
        ("https://wns2-par02p.notify.windows.com/w/?token=x", True),
        ("https://web.push.apple.com/x", True),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("https://fcm.googleapis.com@127.0.0.1/x", False),
        ("https://127.0.0.1/fcm.googleapis.com", False),
        ("https://evilpush.apple.com/x", False),
        ("https://fcm.googleapis.com/" + "x" * 500, False),
        ("https://fcm.googleapis.com:x/", False),
        ("https://fcm.googleapis.com/é", False),
        ("", False),
    ],
)
def test_only_services_of_browsers_are_asked(endpoint, known):
    assert is_push_service(endpoint) is known


def test_the_sixth_browser_takes_the_place_of_the_first(vapid, now):
    keys = Phone().keys
    for number in range(7):
        pushing.subscribe(
            subject="report:1",
            endpoint=f"{ENDPOINT}{number % 6}",
            keys=keys,
            language="fr",
            now=now + timedelta(minutes=number),
        )

    found = {each.endpoint[-1] for each in pushing.subscriptions(["report:1"])}
    assert found == {"0", "2", "3", "4", "5"}


@pytest.mark.parametrize(
    "keys", [{}, {"p256dh": "x", "auth": "é"}, {"p256dh": "AAAA", "auth": "AAAA"}]
)
def test_what_is_no_browser_is_refused(vapid, now, keys):
    with pytest.raises(pushing.NotABrowser):
        pushing.subscribe(subject="report:1", endpoint=ENDPOINT, keys=keys, language="fr", now=now)


def test_it_is_over_after_a_year(now):
    for number, days in enumerate((10, 400)):
        made = subscribed(Phone(), endpoint=f"{ENDPOINT}{number}")
        PushSubscription.objects.filter(pk=made.pk).update(created_at=now - timedelta(days=days))
    tell(made)
    step = next(each for each in retention.STEPS if each.rule == "push")
    kept = {"push": "12 months"}

    assert step.count(kept, now) == 1
    assert (step.erase(kept, now), step.erase(kept, now)) == (1, 0)
    assert (
        PushSubscription.objects.count()
        == OutgoingPush.objects.filter(subscription=None).count()
        == 1
    )

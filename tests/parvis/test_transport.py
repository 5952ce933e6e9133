"""No message leaves a commune that is not real and open, whatever the settings and the channel."""

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings as configured
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.utils import timezone

from connect.sending import Webhooks
from messaging.models import OutgoingPush, OutgoingText, PushSubscription
from parvis.deferred import defer_to
from parvis.delivery import channel_types
from parvis.mail import deliver_due
from parvis.models import Outgoing, OutgoingEmail
from tenants.lifecycle import close_again, open_to_citizens
from tenants.models import Commune
from tests.conftest import owner
from tests.test_architecture import modules, short


pytestmark = pytest.mark.django_db
LATER = timedelta(days=4000)


def write():
    with transaction.atomic():
        EmailMessage("Sujet", "Texte", to=["anne@example.org"]).send()


def write_to_telephones():
    """A text and a notification, as the actions write them."""
    OutgoingText.objects.create(key="text", to="+33698765432", body="Texte", segments=1, cost=65)
    browser = PushSubscription.objects.create(
        subject="report:1", endpoint="https://fcm.googleapis.com/x", p256dh="k", auth="s"
    )
    OutgoingPush.objects.create(key="push", subscription=browser, title="T", body="B", topic="t")


def become(commune, **facts):
    with owner():
        if facts.get("kind") == "sandbox":  # which a schema of this name cannot be
            with connection.cursor() as cursor:
                for rule in ("kind_fits_the_schema", "a_sandbox_belongs_to_its_association"):
                    cursor.execute(f"ALTER TABLE tenants_commune DROP CONSTRAINT {rule}")
        Commune.objects.filter(pk=commune.pk).update(**facts)


SEALED = [
    {"state": "preview", "delete_after": timezone.now() + LATER, "opened_at": None},
    {"state": "configuring"},
    {"state": "creating"},
    {"state": "listed"},
    {"state": "suspended"},
    {"state": "maintenance"},
    {"state": "incompatible"},
    {"state": "ready", "kind": "sandbox"},
]


@pytest.mark.parametrize("facts", SEALED, ids=lambda facts: facts.get("kind", facts["state"]))
@pytest.mark.parametrize("backend", ["locmem", "smtp", "console"])
def test_a_message_stays_where_citizens_are_not_served(
    commune, now, mailoutbox, settings, facts, backend
):
    settings.DELIVERY_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    settings.DEMO = False
    settings.SMS_GATEWAY, settings.VAPID_PRIVATE_KEY = "ovh", "A" * 43
    settings.OVH_SMS_URL = "http://127.0.0.1:9"  # nobody listens: asking would be an error
    write()
    write_to_telephones()
    become(commune, **facts)

    assert deliver_due(now=now + LATER) == 0

    assert mailoutbox == []
    for model in (OutgoingEmail, OutgoingText, OutgoingPush):
        kept = model.objects.get()
        assert (kept.sent_at, kept.attempts, kept.last_error) == (None, 0, "")
    become(commune, state="ready", kind="commune", delete_after=None, opened_at=now)
    deliver_due(now=now + LATER)
    assert {model.objects.get().attempts for model in (OutgoingText, OutgoingPush)} == {1}


def test_there_is_no_other_way_out():
    """Every table of messages has its channel, and only channels speak to those who carry them."""
    carried = {channel.model for channel in [*channel_types(), Webhooks]}
    doors = re.compile(
        r"\bsmtplib\b|get_connection\([^)]|DELIVERY_BACKEND|egress\.post|post_foreign\("
    )
    known = {
        *("messaging/channels.py", "messaging/gateways.py", "messaging/push_channel.py"),
        "connect/sending.py",  # narrows the same gate: test_sending
        "incidents/open311_client.py",  # reports for another body, behind the same gate
        *("parvis/settings.py", "parvis/egress.py"),
        "stateid/exchange.py",  # it asks a provider who somebody is
        *("parvis/doctor.py", "tenants/management/commands/doctor.py"),  # they only greet
    }

    assert {model for model in apps.get_models() if issubclass(model, Outgoing)} == carried
    assert {short(path) for path in modules() if doors.search(path.read_text())} == known
    assert configured.EMAIL_BACKEND == "messaging.outbox.Outbox"


def test_an_open_commune_and_the_platform_write_to_people(commune, now, mailoutbox):
    write()

    assert deliver_due(now=now + LATER) == 1
    with owner():
        write()
        assert deliver_due(now=now + LATER) == 1
    assert len(mailoutbox) == 2


def test_what_was_written_before_the_opening_never_leaves(commune, now, mailoutbox):
    become(commune, state="configuring", opened_at=None)
    write()
    OutgoingEmail.objects.update(written_at=timezone.now() - timedelta(hours=1))

    with owner():
        open_to_citizens(commune=commune, now=now)
    OutgoingEmail.objects.bulk_create(
        [OutgoingEmail(key="after", subject="Après", body="", to=["b@example.org"],
                       written_at=timezone.now() + timedelta(minutes=1))]
    )  # fmt: skip

    assert deliver_due(now=now + LATER) == 1
    assert [message.subject for message in mailoutbox] == ["Après"]


def test_an_opening_that_is_undone_keeps_what_is_left(commune, now, mailoutbox):
    with owner():
        close_again(commune=commune)
    write()

    assert deliver_due(now=now + LATER) == 0


def test_other_communes_hear_nothing_of_what_is_not_real(
    commune, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as real:
        defer_to("c_33214", "incidents.take_over", facts="{}")
    become(commune, state="configuring", opened_at=None)
    with django_capture_on_commit_callbacks() as unreal:
        defer_to("c_33214", "incidents.take_over", facts="{}")

    assert (len(real), len(unreal)) == (1, 0)

"""No message leaves a commune that is not real and open, whatever the settings."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from parvis.deferred import defer_to
from parvis.mail import deliver_due
from parvis.models import OutgoingEmail
from parvis.transport import may_leave
from tenants.lifecycle import close_again, open_to_citizens
from tenants.models import Commune
from tests.conftest import owner


pytestmark = pytest.mark.django_db
LATER = timedelta(days=4000)


def write():
    with transaction.atomic():
        EmailMessage("Sujet", "Texte", to=["anne@example.org"]).send()


def become(commune, **facts):
    with owner():
        Commune.objects.filter(pk=commune.pk).update(**facts)


SEALED = [
    {"state": "preview", "delete_after": timezone.now() + LATER, "opened_at": None},
    {"state": "configuring"},
    {"state": "creating"},
    {"state": "listed"},
    {"state": "suspended"},
    {"state": "maintenance"},
    {"state": "incompatible"},
]


@pytest.mark.parametrize("facts", SEALED, ids=lambda facts: facts["state"])
@pytest.mark.parametrize("backend", ["locmem", "smtp", "console"])
def test_a_message_stays_where_citizens_are_not_served(
    commune, now, mailoutbox, settings, facts, backend
):
    settings.DELIVERY_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    settings.DEMO = False
    write()
    become(commune, **facts)

    assert deliver_due(now=now + LATER) == 0

    assert mailoutbox == []
    assert may_leave() is False
    kept = OutgoingEmail.objects.get()
    assert (kept.sent_at, kept.attempts, kept.last_error) == (None, 0, "")


def test_an_open_commune_and_the_platform_write_to_people(commune, now, mailoutbox):
    write()

    assert may_leave() is True
    assert deliver_due(now=now + LATER) == 1
    with owner():
        write()
        assert may_leave() is True
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

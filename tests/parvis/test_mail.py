"""A message is written with its reason, delivered once, and never blocks another."""

import socketserver
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from messaging.channels import Emails
from parvis.celery import app
from parvis.delivery import LEASE, _claim, deliver_due
from parvis.mail import FACT
from parvis.models import OutgoingEmail


pytestmark = pytest.mark.django_db


def write(fact="booked.1.1", to="anne@example.org"):
    message = EmailMultiAlternatives("Sujet", "Texte", to=[to], headers={FACT: fact})
    message.attach_alternative("<p>Texte</p>", "text/html")
    message.attach("rdv.ics", "BEGIN:VCALENDAR", "text/calendar")
    with transaction.atomic():
        message.send()


def test_a_fact_is_told_once_even_when_written_twice(now, mailoutbox):
    write()
    write()

    assert deliver_due(now=now + timedelta(days=400)) == 1
    assert deliver_due(now=now + timedelta(days=400)) == 0
    (message,) = mailoutbox
    assert message.to == ["anne@example.org"]
    assert message.extra_headers["Message-ID"] == "<booked.1.1@c_33314.localhost>"
    assert message.attachments[0][0] == "rdv.ics"
    assert message.alternatives[0][0] == "<p>Texte</p>"


def test_another_commune_has_another_outbox(now, mailoutbox):
    write()

    with schema_context("c_33214"):
        assert deliver_due(now=now + timedelta(days=400)) == 0


def test_a_claimed_message_waits_for_its_lease(now):
    later = now + timedelta(days=400)
    write()
    OutgoingEmail.objects.update(claimed_until=later + LEASE)

    assert deliver_due(now=later) == 0
    assert deliver_due(now=later + LEASE + timedelta(seconds=1)) == 1


def test_one_message_is_claimed_at_a_time_whatever_plan_the_database_chooses(now):
    for number in range(3):
        write(fact=f"booked.{number}.1")
    with connection.cursor() as cursor:
        for name in ("hashjoin", "mergejoin", "hashagg", "sort", "material"):
            cursor.execute(f"SET LOCAL enable_{name} = off")

    claimed = _claim(Emails(), now + timedelta(days=400))

    assert list(OutgoingEmail.objects.exclude(claimed_until=None)) == [claimed]


def test_a_worker_that_has_been_busy_for_long_still_leases_in_full(now, mailoutbox):
    write()
    OutgoingEmail.objects.update(not_before=now - timedelta(days=1))
    began = timezone.now() - timedelta(hours=1)

    claimed = _claim(Emails(), began)

    assert claimed.claimed_until > timezone.now() + LEASE / 2
    assert deliver_due(now=began) == 0


@pytest.fixture
def refusing_server():  # noqa: C901 (a whole protocol)
    """An SMTP server that refuses the recipients whose name says so."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"220 test\r\n")
            for line in self.rfile:
                word = line.decode().split(":")[0].strip().upper()[:4]
                if word == "RCPT" and b"gone" in line:
                    self.wfile.write(b"550 no such user\r\n")
                elif word == "RCPT" and b"later" in line:
                    self.wfile.write(b"451 try later\r\n")
                elif word == "DATA":
                    self.wfile.write(b"354 go\r\n")
                    for text in self.rfile:
                        if text == b".\r\n":
                            break
                    self.wfile.write(b"250 kept\r\n")
                elif word == "QUIT":
                    self.wfile.write(b"221 bye\r\n")
                    return
                else:
                    self.wfile.write(b"250 ok\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_a_refused_address_dies_and_a_busy_server_is_asked_again(now, settings, refusing_server):
    settings.DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", refusing_server
    later = now + timedelta(days=400)
    for number, to in enumerate(("gone@example.org", "later@example.org", "anne@example.org")):
        write(fact=f"booked.{number}.1", to=to)

    delivered = deliver_due(now=later)

    gone, busy, fine = OutgoingEmail.objects.order_by("key")
    assert (delivered, fine.last_error) == (1, "")
    assert (gone.dead_at, fine.sent_at) == (later, later)
    assert busy.not_before == later + timedelta(minutes=1)
    assert "try later" in busy.last_error


def test_a_server_that_is_down_loses_nothing(now, settings):
    settings.DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    write()

    assert deliver_due(now=now + timedelta(days=400)) == 0
    assert OutgoingEmail.objects.get().attempts == 1


def test_the_worker_is_woken_after_commit_in_the_right_schema(django_capture_on_commit_callbacks):
    with app.connection_for_write() as broker:
        queue = broker.SimpleQueue("celery")
        queue.clear()
        with django_capture_on_commit_callbacks() as callbacks:
            write()
        with schema_context("c_33214"):
            for callback in callbacks:
                callback()
        woken = queue.get(block=True, timeout=2)

    assert woken.headers["task"] == "parvis.deliver"
    assert woken.headers["_schema_name"] == "c_33314"


def test_a_task_without_a_schema_is_refused():
    app.loader.import_default_modules()
    task = app.tasks["parvis.deliver"]

    with pytest.raises(RuntimeError, match="schema"):
        task.before_start("id", (), {})


@contextmanager
def broker_at(url):
    """Point the queue elsewhere; the application keeps its connections otherwise."""
    before = app.conf.broker_url

    def point_to(address):
        app.conf.broker_url = address
        app._pool = app.amqp._producer_pool = None

    point_to(url)
    try:
        yield
    finally:
        point_to(before)


def test_losing_the_queue_does_not_lose_the_message(caplog, django_capture_on_commit_callbacks):
    with broker_at("redis://127.0.0.1:9/0"), django_capture_on_commit_callbacks(execute=True):
        write()

    assert OutgoingEmail.objects.count() == 1
    assert "waits for the sweep" in caplog.text

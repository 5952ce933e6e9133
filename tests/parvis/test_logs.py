"""Nothing that somebody typed, and no secret, comes out in a log, whatever fails."""

import io
import logging
import logging.config
import re
import socketserver
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module

import pytest
from celery import signals
from django.core.exceptions import SuspiciousOperation
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from messaging.actions import decide_texts, write_text
from messaging.models import OutgoingText
from parvis import doctor_secrecy, logs
from parvis.delivery import deliver_due
from parvis.doctor import Level
from parvis.models import OutgoingEmail
from parvis.tasks import deliver
from tests.conftest import owner
from tests.identity.conftest import PASSWORD
from tests.incidents.factories import category
from tests.parvis.places import app_address


NAME, MAIL, PHONE = "Zéphyrine Canari", "zephyrine.canari@example.org", "06 98 76 54 32"
WORDS, TOKEN = "Le trou devant chez Canari", "cAnArI-0123456789abcdefghij"
SECRETS = re.compile(r"canari|98.?76.?54.?32|a long enough secret", re.IGNORECASE)
REPORT = {
    "category": "nid-de-poule", "address": "Quai Albert-Pichon", "text": WORDS,
    "name": NAME, "email": MAIL, "phone": PHONE, "key": "0b4ed6a2-9a0b-4b5e-8d7c-3c1d35c5f7b1",
}  # fmt: skip


@pytest.fixture
def written(settings):
    """All that a process would write, down to what libraries say when asked for everything."""
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    made = dict(settings.LOGGING["formatters"]["line"])
    assert made.pop("()") == "parvis.logs.Line"
    handler.setFormatter(logs.Line(**made))
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def forbid(table, condition):
    """Make the database refuse a row with all its values, as a rule that we forgot would."""
    with owner(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT forgotten CHECK ({condition})")


def browser(host="pauillac.localhost"):
    return Client(headers={"host": host}, raise_request_exception=False)


def assert_silent(stream, *expected):
    said = stream.getvalue()
    assert SECRETS.findall(said) == []
    assert [word for word in expected if word not in said] == []


# --- Pages ------------------------------------------------------


@pytest.mark.django_db
def test_a_form_that_the_database_refuses_is_logged_without_its_words(written):
    forbid("c_33314.incidents_reportcontact", "email = ''")
    category()

    answer = browser().post("/signaler/", REPORT)

    assert answer.status_code == 500
    assert_silent(
        written, "ERROR django.request", "/signaler/", "incidents/",
        "psycopg.errors.CheckViolation (23514, incidents_reportcontact, forgotten)",
    )  # fmt: skip


@pytest.mark.django_db
def test_a_login_that_breaks_is_logged_without_the_password(written, make_user, commune):
    user = make_user("booking_agent", commune=commune, email=MAIL)
    forbid("public.usersessions_usersession", "user_id = 0")

    answer = browser("connexion.localhost").post(
        "/connexion/", {"login": user.email, "password": PASSWORD}
    )

    assert answer.status_code == 500
    assert_silent(written, "/connexion/", "CheckViolation")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (f"/rdv/{TOKEN}/", "/rdv"),
        (f"/suivi/{TOKEN}/", "/suivi/"),
        (f"/suivi/{TOKEN}/?nom=Canari", "/suivi/"),
        (f"/{TOKEN}/{MAIL}", "/…"),
        ("/nowhere/at/all/?api_key=pv_cAnArI", "/nowhere"),
        ("/é-Canari-Canari\n2026 ERROR forged/", "/…"),
    ],
)
def test_a_page_is_named_by_its_route(written, path, shown):
    answer = browser().get(path)

    assert answer.status_code in {403, 404, 410}
    assert_silent(written, f": {shown}")
    assert "ERROR forged" not in written.getvalue()


@pytest.mark.django_db
def test_a_form_from_elsewhere_is_refused_without_the_link_it_came_from(written):
    strict = Client(
        enforce_csrf_checks=True,
        headers={"host": "pauillac.localhost", "origin": f"https://x.example/{TOKEN}"},
    )

    assert strict.post("/signaler/", REPORT).status_code == 403
    assert_silent(written, "django.security.csrf", "https://x.example/…")


# --- The worker and what it speaks to ---------------------------


class Mocking(socketserver.StreamRequestHandler):
    """A mail server that repeats what it was told, and refuses it."""

    def handle(self):
        self.wfile.write(b"220 test\r\n")
        for line in self.rfile:
            is_told = line[:4].upper() in {b"MAIL", b"RCPT"}
            said = b"451 not " + line.strip() if is_told else b"250 ok"
            self.wfile.write(said + b"\r\n")


class Parrot(BaseHTTPRequestHandler):
    """A provider of texts that repeats what it was told, and fails."""

    def do_POST(self):
        told = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(503)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_words):
        """Say nothing."""


@contextmanager
def serving(kind, handler):
    with kind(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def write_mail():
    with transaction.atomic():
        EmailMessage(f"Pour {NAME}", WORDS, to=[MAIL]).send()


@pytest.mark.django_db
def test_what_servers_of_others_repeat_is_kept_for_the_team_alone(written, settings):
    settings.DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.SMS_GATEWAY, settings.OVH_SMS_SECRET = "ovh", TOKEN
    decide_texts(is_on=True, reminds=True, sender_name="PAUILLAC", monthly_budget=1000)
    write_mail()
    with transaction.atomic():
        assert write_text(key="booked.1.1", to=PHONE, body=WORDS)
    with (
        serving(socketserver.ThreadingTCPServer, Mocking) as mail,
        serving(HTTPServer, Parrot) as texts,
    ):
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail
        settings.OVH_SMS_URL = f"http://127.0.0.1:{texts}"
        assert deliver_due(now=timezone.now()) == 0

    assert "451" in OutgoingEmail.objects.get().last_error
    assert WORDS in OutgoingText.objects.get().last_error
    assert_silent(written)


@pytest.mark.django_db
def test_a_message_that_nobody_can_write_is_named_by_its_number(written):
    write_mail()
    OutgoingEmail.objects.update(attachments=[[NAME, WORDS, f"no/type/{MAIL}", "too many"]])

    assert deliver_due(now=timezone.now()) == 0

    assert_silent(written, "parvis_outgoingemail", "cannot be sent: ValueError")


@pytest.mark.django_db
def test_a_task_that_fails_says_where_and_not_with_what(written, mailoutbox):
    forbid("c_33314.parvis_outgoingemail", "attempts = 0")
    write_mail()

    with transaction.atomic():
        deliver.apply(headers={"_schema_name": "c_33314"})
        transaction.set_rollback(True)

    assert mailoutbox == []
    assert_silent(
        written, "ERROR celery.app.trace Task parvis.deliver", "parvis/delivery.py",
        "raised unexpected: django.db.utils.IntegrityError",
        "(23514, parvis_outgoingemail, forgotten)",
    )  # fmt: skip


def test_celery_writes_its_log_as_we_do(monkeypatch):
    """Its own handlers would show the texts of exceptions."""
    monkeypatch.setenv("PARVIS_SERVING", "0")  # else the module says so to all that comes after
    entrance = import_module("parvis.worker")

    known = [reference() for _key, reference, *_more in signals.setup_logging.receivers]

    assert entrance.log_as_ours in known


# --- The way of writing -----------------------------------------


def line(message, *arguments, fault=None, **extra):
    info = (type(fault), fault, fault.__traceback__) if fault else None
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, message, arguments, info)
    vars(record).update(extra)
    return logs.Line("%(message)s").format(record)


def raised(fault, cause=None):
    try:
        raise fault from cause
    except type(fault) as caught:
        return caught


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (f"to {MAIL}: no", "to …@…: no"),
        (f"call {PHONE}", "call …"),
        ("call +33698765432 or 0033 6 98 76 54 32", "call … or …"),
        (f"redis://:{TOKEN}@127.0.0.1:6379/0 is down", "redis://127.0.0.1:6379/… is down"),
        ("a\r\nb", "a\\r\\nb"),
        (
            f"future: <Task exception=ValueError('{NAME}')>",
            "future: <Task exception=ValueError(…)>",
        ),
        ("refused pv_ab2cd3ef_cAnArIcAnArI", "refused pv_ab2cd3ef_…"),
        ("GET /open311/x.json?api_key=canari&start=1", "GET /open311/x.json?api_key=…&start=1"),
        ("{'api_key': 'canari-1'}", "{'api_key': '…'}"),
        ("Authorization: Bearer canari.x", "Authorization: Bearer …"),
        ("signs with whsec_canari", "signs with whsec_…"),
        ("c_33314: 2026-11-23 09:00, 12 of 345 678 901 rows", None),
    ],
)
def test_what_reaches_somebody_is_masked(message, shown):
    assert line(message) == (shown or message)


def test_an_exception_is_its_class_and_its_way():
    fault = raised(ValueError(f"{NAME} <{MAIL}>"), raised(OSError(28, WORDS, NAME)))

    said = line("failed: %s", fault, fault=fault)

    assert SECRETS.findall(said) == []
    assert said.startswith("failed: builtins.ValueError\n")
    assert said.index("builtins.OSError (ENOSPC)") < said.rindex("builtins.ValueError")
    assert "in raised" in said
    assert SECRETS.findall(line(f"failed: {fault}", fault=fault)) == []
    assert SECRETS.findall(line("failed: %(exc)s", {"exc": repr(fault)})) == []
    assert SECRETS.findall(line("", fault=raised(ExceptionGroup(NAME, [fault])))) == []
    assert SECRETS.findall(line("%d", NAME)) == []
    assert line(SuspiciousOperation(NAME)) == "django.core.exceptions.SuspiciousOperation"


def test_a_server_of_pages_writes_as_we_do(monkeypatch, capsys):
    theirs = logging.getLogger("_granian")
    handler = logging.StreamHandler(io.StringIO())
    theirs.addHandler(handler)
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.setattr(logging.root.manager, "loggerDict", {"_granian": theirs})
    monkeypatch.setattr("sys.excepthook", None)
    try:
        logs.write_alike()
        theirs.error("Application callable raised an exception", exc_info=raised(ValueError(NAME)))
        logs.sys.excepthook(ValueError, raised(ValueError(NAME)), None)
    finally:
        theirs.removeHandler(handler)

    assert "builtins.ValueError" in handler.stream.getvalue()
    assert "builtins.ValueError" in capsys.readouterr().err
    assert SECRETS.findall(handler.stream.getvalue()) == []


def test_who_develops_sees_everything():
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "%s", (NAME,), None)

    assert logs.Line("%(message)s", is_full=True).format(record) == NAME


# --- The database's own log -------------------------------------


def test_our_database_writes_no_row_and_no_statement():
    assert doctor_secrecy.check_server_log(app_address()).level is Level.OK


@pytest.mark.parametrize(
    "told",
    [
        {"log_error_verbosity": "default"},
        {"log_min_error_statement": "error"},
        {"log_statement": "mod"},
        {"log_min_duration_statement": "250"},
    ],
)
def test_a_database_that_would_write_them_is_reported(told):
    finding = doctor_secrecy.judge_server_log(doctor_secrecy.QUIET | told)

    assert finding.level is Level.WARNING
    assert next(iter(told)) in finding.remedy

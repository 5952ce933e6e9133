"""Promises about what is written nowhere, what is always said, and what is never answered."""

import logging
import re
import ssl
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from string import ascii_lowercase, digits
from threading import Thread

import openpyxl
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.mail import EmailMessage
from django.core.signing import Signer
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils.log import log_response

from identity import limits, sessions
from parvis.egress import INTERNET, Unreachable, fetch
from parvis.signing import new_token
from tenants.models import User
from tests.test_architecture import ROOT, modules, short


DAY = timedelta(days=1)
SCRIPTS = sorted((ROOT / "platform/parvis/static/js").glob("*.js"))
HOSTS = ["localhost", "pauillac.localhost", "gironde.localhost", "connexion.localhost"]


def test_scripts_write_text_and_never_markup():
    door = re.compile(
        r"\.(inner|outer)HTML\s*=[^=]|insertAdjacentHTML|document\.write|\beval\(|new Function"
        r"|__proto__"
    )

    assert [path.name for path in SCRIPTS if door.search(path.read_text())] == []


def test_messages_of_other_windows_are_heard_by_the_widget_alone_and_from_us():
    heard = {
        path.name: path.read_text()
        for path in SCRIPTS
        if re.search(r"(?<!\w\.)addEventListener\(\"message\"", path.read_text())
    }

    assert set(heard) == {"widget.js"}
    assert "event.origin !== origin" in heard["widget.js"]


def test_patterns_are_written_by_us():
    """None is a variable, which somebody could have typed."""
    asked = re.compile(
        r"\bre\.(compile|(full)?match|search|subn?|split|find\w+)\(\s*(?![\s\"'A-Z]|[bfr]{1,2}[\"'])"
    )
    found = {short(path) for path in modules() if asked.search(path.read_text(encoding="utf-8"))}

    assert found == {"parvis/catalogue.py", "messaging/numbers.py"}  # their own tables


def test_workbooks_are_read_without_entities():
    assert openpyxl.DEFUSEDXML


def test_every_package_is_pinned_with_its_fingerprints():
    lock = (ROOT / "requirements.lock").read_text()
    packages = re.findall(
        r"^([\w.\[\]-]+)==\S+.*\\\n((?:    --hash=sha256:.*\n)+)", lock, re.MULTILINE
    )

    assert len(packages) == len(re.findall(r"^[a-zA-Z0-9]", lock, re.MULTILINE))
    assert "--require-hashes" in (ROOT / "platform/bin/setup").read_text()


@pytest.mark.parametrize("subject", ["Oui\nBcc: a@example.org", "Oui\r\n\r\n<b>"])
def test_no_header_is_added_to_a_mail(subject):
    with pytest.raises(ValueError, match="newlines"):
        EmailMessage(subject, "…", "mairie@example.org", ["a@example.org"]).message()


@pytest.mark.django_db
def test_a_session_has_more_than_128_bits():
    key = SessionStore()._get_new_session_key()

    assert len(key) == 32
    assert set(key) <= {*ascii_lowercase, *digits}
    assert 36 ** len(key) > 2**128
    assert len(new_token()) >= 22


def test_a_signature_names_no_algorithm():
    signed = Signer().sign_object({"alg": "none"})

    assert Signer().algorithm == "sha256"
    assert signed.count(":") == 1


def test_what_a_log_says_stays_on_its_line(caplog):
    request = RequestFactory().get("/")
    request.path = "/\n2026 ERROR forged"

    with caplog.at_level(logging.WARNING, logger="django.request"):
        log_response(
            "Not Found: %s", request.path, response=HttpResponse(status=404), request=request
        )

    assert "\n" not in caplog.records[-1].getMessage()


def test_the_process_writes_its_log_to_one_place():
    assert settings.LOGGING["root"]["handlers"] == [*settings.LOGGING["handlers"]] == ["stderr"]


def test_documents_say_how_many_sessions_an_account_has():
    words = " ".join((ROOT / "identity/README.md").read_text().split())

    assert "number of sessions of an account is not limited" in words


def test_connections_to_others_are_of_today():
    context = INTERNET.context()

    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    weak = re.compile(r"NULL|RC4|DES|MD5|EXP|anon|ADH|SEED|IDEA", re.IGNORECASE)
    assert [each["name"] for each in context.get_ciphers() if weak.search(each["name"])] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("pauillac.localhost", "max-age=31536000; includeSubDomains"),
        ("localhost", "max-age=31536000; includeSubDomains"),
        ("rdv.notlocalhost", "max-age=31536000"),  # other names below it are not ours
    ],
)
def test_https_is_remembered_for_a_year(settings, commune, host, told):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    browser = Client(headers={"host": host})

    assert browser.get("/accessibilite/", secure=True)["Strict-Transport-Security"] == told
    assert "Strict-Transport-Security" not in browser.get("/accessibilite/")


def test_https_sets_it():
    source = (ROOT / "platform/parvis/settings.py").read_text()

    assert 'SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SCHEME == "https" else 0' in source


def test_documents_say_how_long_a_session_lasts():
    words = (ROOT / "identity/README.md").read_text()

    assert f"{sessions.IDLE.total_seconds() // 60:.0f} minutes without activity" in words
    assert f"after {settings.SESSION_COOKIE_AGE // 3600} hours" in words


def test_documents_say_what_is_counted():
    words = " ".join((ROOT / "identity/README.md").read_text().split())

    assert (limits.LOGIN.seats, limits.LOGIN.period.seconds) == (5, 300)
    assert "five guesses in five minutes" in words
    assert (
        f"{limits.SEARCH.seats} searches a minute, {limits.HOLD.seats} slots held an hour and "
        f"{limits.HOLDS_AT_ONCE.seats} at once, {limits.REPORT.seats} reports an hour "
        f"({limits.REPORT_CONTACT.seats} a day for one contact), {limits.LOOKUP.seats} references"
    ) in words


@pytest.fixture
def impostor(tmp_path):
    """A server on this machine with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, begin, begin + 9999 * DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "both.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_who: None
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"https://localhost:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_certificate_that_nobody_vouches_for_is_refused(impostor):
    with pytest.raises(Unreachable) as fault:
        fetch(impostor, most_bytes=100)

    chain = [fault.value, fault.value.__cause__, fault.value.__context__]
    assert any(isinstance(each, ssl.SSLCertVerificationError) for each in chain)


def test_documents_name_every_setting():
    source = (ROOT / "platform/parvis/settings.py").read_text()
    words = (ROOT / "README.md").read_text()
    asked = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source))
    known = set(re.findall(r"`([A-Z_]+)`", words)) | {
        f"PARVIS_OVH_SMS_{end}" for end in re.findall(r"`…_([A-Z]+)`", words)
    }

    assert asked - known == set()


@pytest.mark.public
@pytest.mark.django_db
def test_a_new_installation_has_no_account():
    assert not User.objects.exists()


PATHS = [
    "/static/",
    "/static/css/",
    "/.git/config",
    "/.env",
    "/admin/",
    "/static/..%2f..%2fREADME.md",
]


@pytest.mark.django_db
@pytest.mark.parametrize("host", HOSTS)
def test_nothing_is_listed_and_no_source_is_served(host, commune, association):
    browser = Client(headers={"host": host})

    assert {path: browser.get(path).status_code for path in PATHS} == dict.fromkeys(PATHS, 404)


@pytest.mark.django_db
@pytest.mark.parametrize("host", HOSTS)
def test_an_answer_says_what_it_is_and_to_nobody_else(host, commune, association):
    browser = Client(headers={"host": host, "origin": "https://evil.example"})

    answer = browser.get("/accessibilite/")

    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert "Access-Control-Allow-Origin" not in answer
    assert "Server" not in answer
    assert answer["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert browser.trace("/accessibilite/").status_code in {403, 405}


@pytest.mark.django_db
def test_what_is_encoded_twice_is_decoded_once(host_client):
    page = host_client("localhost").get("/?q=%253Cb%253E").content.decode()

    assert "%3Cb%3E" in page
    assert "<b>" not in page

"""What the documents promise of security is what the sources do."""

import ast
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from booking.models import Appointment
from identity.passwords import WORDS
from identity.urls_login import urlpatterns as ways_in
from incidents import pictures
from parvis import doctor_secrecy, settings as product
from parvis.doctor import Level
from parvis.doctor_secrecy import check_encryption, check_packages
from tests.test_architecture import ROOT, modules, short


TODAY = datetime(2026, 11, 28, tzinfo=UTC)
SECRET = re.compile(r"KEY|SECRET|PASSWORD|DATABASE_URL|REDIS_URL|CONSUMER")
CRYPTOGRAPHY = re.compile(
    r"(?m)^\s*(?:import|from) (Crypto|nacl|rsa|ecdsa|jwt|jose|OpenSSL|pyaes|passlib|bcrypt)\b"
)
ALGORITHM = re.compile(
    r"hashlib\.(\w+)\(|import (sha\d+|md5)\b|\b(md5)\(|ec\.(SECP\w+)|\b(AESGCM)\b"
)


def text_of(path):
    return " ".join((ROOT / path).read_text(encoding="utf-8").split())


def section(path, title):
    words = (ROOT / path).read_text(encoding="utf-8")
    found = re.search(rf"(?ms)^## {re.escape(title)}\n(.*?)(?=^## |\Z)", words)
    assert found, f"{path} has no section {title}"
    return found.group(1)


# --- Keys, algorithms, packages -------------------------------------------------------------


def test_each_secret_has_a_holder_and_a_day_to_change():
    asked = set(
        re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "platform/parvis/settings.py").read_text())
    )
    secret = {name for name in asked if SECRET.search(name)} - {"PARVIS_SECRET_KEY_FALLBACKS"}

    rows = [
        line.split("|")
        for line in section("docs/operations.md", "Keys and secrets").splitlines()
        if line.startswith("| ")
    ]
    told = " ".join(cells[1] for cells in rows)

    assert [name for name in secret if name not in told] == []
    assert all(cell.strip() for cells in rows for cell in cells[1:-1])


def test_a_secret_is_read_from_a_file_that_a_vault_wrote(tmp_path, monkeypatch):
    (tmp_path / "key").write_text("from the vault\n")
    monkeypatch.setenv("PARVIS_SMTP_PASSWORD_FILE", str(tmp_path / "key"))

    assert product.env.str("PARVIS_SMTP_PASSWORD", default="") == "from the vault"


def test_every_algorithm_is_in_the_inventory():
    told = section("docs/operations.md", "Algorithms").replace("-", "").lower()
    known = {"secp256r1": "p256", "aesgcm": "aes128gcm", "file_digest": "sha256"}

    used = {
        next(filter(None, found)).lower()
        for path in modules()
        for found in ALGORITHM.findall(path.read_text(encoding="utf-8"))
    }

    assert {"sha256", "md5", "sha1"} <= used
    assert [name for name in used if known.get(name, name) not in told] == []
    assert "argon2id" in told
    assert product.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_ciphers_come_from_libraries_that_people_check():
    found = {short(p) for p in modules() if CRYPTOGRAPHY.search(p.read_text(encoding="utf-8"))}

    # PyJWT, over cryptography; the demo's is the other end of the same conversation
    talk = {"demo/provider_lies.py", "demo/provider_server.py", "demo/strict_provider.py"}
    assert found == {"stateid/tokens.py", *talk}


@pytest.mark.parametrize(("days", "level"), [(0, Level.OK), (90, Level.OK), (91, Level.WARNING)])
def test_packages_that_nobody_reviewed_for_a_quarter_are_reported(tmp_path, days, level):
    project = tmp_path / "pyproject.toml"
    project.write_text('[tool.parvis]\npackages-reviewed = "2026-11-28"\n')

    assert check_packages(project, now=TODAY + timedelta(days=days)).level is level
    assert check_packages(tmp_path / "none", now=TODAY).level is Level.WARNING


def test_the_day_of_the_last_review_and_the_delays_are_written_down():
    assert doctor_secrecy.REVIEWED.search((ROOT / "pyproject.toml").read_text())
    told = section("docs/operations.md", "Packages")
    assert re.findall(r"\| (\d+) days \|", told) == ["2", "7", "30", "90"]
    assert f"more than {doctor_secrecy.OLDEST_REVIEW.days} days ago" in " ".join(told.split())


# --- Connections ----------------------------------------------------------------------------

LOCAL = {
    "database": "postgresql://p@127.0.0.1/parvis",
    "queue": "redis://127.0.0.1",
    "smtp_host": "localhost",
    "smtp_tls": False,
}


@pytest.mark.parametrize(
    ("told", "level"),
    [
        ({}, Level.OK),
        ({"database": "postgresql:///parvis"}, Level.OK),
        ({"database": "host=/run/postgresql dbname=parvis"}, Level.OK),
        ({"database": "postgresql://p@db.example/parvis"}, Level.ERROR),
        ({"database": "postgresql://p@db.example/parvis?sslmode=require"}, Level.ERROR),
        ({"database": "postgresql://p@db.example/parvis?sslmode=verify-full"}, Level.OK),
        ({"database": "postgresql://p@127.0.0.1,db.example/parvis"}, Level.ERROR),
        ({"queue": "redis://queue.example"}, Level.ERROR),
        ({"queue": "rediss://queue.example"}, Level.OK),
        ({"queue": "rediss://queue.example?ssl_cert_reqs=none"}, Level.ERROR),
        ({"queue": "redis://[::1]:6379/0"}, Level.OK),
        ({"smtp_host": "mail.example"}, Level.ERROR),
        ({"smtp_host": "mail.example", "smtp_tls": True}, Level.OK),
    ],
    ids=str,
)
def test_nothing_goes_to_another_machine_in_clear(told, level):
    assert check_encryption(**LOCAL | told).level is level


# --- Rules of identity ----------------------------------------------------------------------


def test_words_that_are_no_password_are_listed():
    told = section("identity/README.md", "Words that are no password")

    assert set(WORDS) <= set(re.findall(r"\w+", told))


def test_every_way_in_is_described():
    told = text_of("identity/README.md")
    names = {each.name for each in ways_in if getattr(each, "name", None)}

    assert {"account_login", "account_request_login_code", "mfa_login_webauthn"} <= names
    for word in ("password", "code", "passkey", "recovery code", "second factor"):
        assert word in told
    for each in (
        "Logging in",
        "Somebody who lost every factor",
        "Fields that not everybody reads",
    ):
        assert len(section("identity/README.md", each)) > 300


def test_there_is_no_question_to_answer_instead_of_a_password():
    pages = [*(ROOT / "templates/account").rglob("*.html"), ROOT / "identity/forms.py"]

    assert [
        path.name
        for path in pages
        if re.search(r"(?i)question (secr|de s)|secret question|indice", path.read_text())
    ] == []


# --- Files, values that go together, what is heavy, what is written -------------------------


def test_what_files_may_be_is_written_down():
    photos, tables = text_of("incidents/README.md"), text_of("exchange/README.md")

    assert pictures.FORMATS == ("JPEG", "PNG", "WEBP", "HEIF")
    assert (
        f"JPEG, PNG, WebP or HEIC**, of {pictures.MOST_BYTES // 10**6} MB and "
        f"{pictures.MOST_PIXELS // 10**6} million pixels at most"
    ) in photos
    assert "more than 5 MB, 20 000 rows, 60 columns or 2 000 characters in a cell" in tables
    assert "Refused: names that lead elsewhere, links, encryption, bombs" in tables


def test_values_that_go_together_are_written_down():
    assert "situation" in text_of("booking/README.md")
    assert "category" in text_of("incidents/README.md")
    assert Appointment._meta.constraints


def test_what_is_heavy_is_written_down_with_its_limit():
    told = section("README.md", "Tests, checks, benchmarks")

    for word in ("photo", "outbox", "restore", "at most", "availability"):
        assert word in told
    assert "runs in the worker" in section("docs/operations.md", "Packages").replace("\n", " ")


def test_what_is_written_where_is_an_inventory():
    told = section("docs/operations.md", "What is written where")
    loggers = {
        found
        for path in modules()
        for found in re.findall(r'getLogger\("([\w.]+)"\)', path.read_text(encoding="utf-8"))
    }

    assert loggers == {"parvis.security"}
    for word in (*loggers, "audit_entry", "standard error", "PostgreSQL", "another machine"):
        assert word in told
    for quiet in doctor_secrecy.QUIET.items():
        assert " = ".join(quiet) in told


# --- Formats --------------------------------------------------------------------------------


def is_written_by_us(node):
    """A literal, a constant in capitals, a translation of a literal, a piece of SQL of ours."""
    match node:
        case ast.Constant() | ast.JoinedStr():
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.isupper()
        case ast.Call(func=function):
            return (
                True
                if getattr(function, "id", "") in {"_", "gettext", "ngettext", "super"}
                else (isinstance(function, ast.Attribute) and function.attr == "SQL")
            )
    return False


def formats(path):
    """Yield what is formatted in a module, with its line."""
    source = path.read_text(encoding="utf-8")
    for node in (
        ast.walk(ast.parse(source)) if "format(" in source or "format_html(" in source else ()
    ):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            yield node.lineno, node.func.value
        elif getattr(node.func, "id", "") == "format_html":
            yield node.lineno, node.args[0]


def test_nobody_else_writes_a_format():
    """``format`` and ``format_html`` are told what we wrote, never what was typed."""
    found = {
        short(path)
        for path in modules()
        for _line, told in formats(path)
        if not is_written_by_us(told)
    }

    # the product's own legal texts, its own statements and its own addresses, passed on
    assert found <= {"onboarding/legal.py", "messaging/shown.py", "parvis/delivery.py"}


def test_only_pages_are_led_to_https_and_by_the_edge():
    assert settings.SECURE_SSL_REDIRECT is False
    assert "redirects pages from http to https" in section(
        "docs/operations.md", "Encryption on the way"
    ).replace("\n", " ")

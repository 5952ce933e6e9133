"""The doctor looks for real: each check is shown a thing that is really broken."""

import http.server
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from psycopg.conninfo import make_conninfo

from parvis import doctor
from parvis.doctor import Finding, Level
from parvis.doctor_live import check_live_pages
from parvis.servers import LOOPBACK, free_port
from tests.parvis.places import app_address, owner_address, queue_address


NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def assert_error(finding: Finding) -> None:
    """It says what is wrong and what to do."""
    assert finding.level is Level.ERROR
    assert finding.sentence
    assert finding.remedy


@contextmanager
def another_program() -> Iterator[int]:
    class Other(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"another program")

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with http.server.HTTPServer((LOOPBACK, 0), Other) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join(5)


def test_an_old_python_is_refused() -> None:
    assert_error(doctor.check_python((3, 10, 2)))
    assert doctor.check_python().level is Level.OK


@pytest.mark.parametrize("key", ["", "short", "a" * 60])
def test_a_guessable_secret_key_is_refused(key: str) -> None:
    assert_error(doctor.check_secret_key(key))
    assert doctor.check_secret_key(secrets.token_urlsafe(48)).level is Level.OK


@pytest.mark.parametrize("keys", [[], ["not a key"]])
def test_second_factors_need_valid_keys(keys: list[str]) -> None:
    assert_error(doctor.check_second_factor_keys(keys))
    assert doctor.check_second_factor_keys([Fernet.generate_key().decode()]).level is Level.OK


@pytest.mark.parametrize(
    ("scheme", "debug", "demo", "level"),
    [
        ("https", False, False, Level.OK),
        ("https", False, True, Level.WARNING),
        ("http", False, False, Level.ERROR),
        ("https", True, False, Level.ERROR),
    ],
)
def test_a_demo_is_not_for_the_world(scheme, debug, demo, level) -> None:
    public = doctor.check_exposure(
        base_domain="parvis.example", scheme=scheme, debug=debug, demo=demo
    )
    local = doctor.check_exposure(base_domain="localhost", scheme=scheme, debug=debug, demo=demo)

    assert public.level is level
    assert local.level is Level.OK


def test_a_database_that_answers_is_fine() -> None:
    assert doctor.check_database(app_address()).level is Level.OK


def test_a_closed_database_port_is_named_without_its_password() -> None:
    port = free_port()

    finding = doctor.check_database(f"postgresql://x:topsecret@{LOOPBACK}:{port}/parvis")

    assert_error(finding)
    assert str(port) in finding.sentence
    assert "topsecret" not in finding.sentence


def test_a_wrong_database_password_is_an_error() -> None:
    assert_error(doctor.check_database(make_conninfo(app_address(), password="wrong")))


def test_an_unreadable_database_address_is_an_error() -> None:
    assert_error(doctor.check_database("nonsense"))


def test_an_old_postgresql_is_refused() -> None:
    assert_error(doctor.judge_server_version(150008))


def test_the_prepared_role_is_harmless() -> None:
    assert doctor.check_serving_role(app_address()).level is Level.OK


def test_the_owner_must_not_serve() -> None:
    assert_error(doctor.check_serving_role(owner_address()))


def test_a_role_that_inherits_the_communes_must_not_serve() -> None:
    with psycopg.connect(owner_address(), autocommit=True) as connection:
        connection.execute("CREATE ROLE heir LOGIN INHERIT PASSWORD 'only for this test'")
        try:
            finding = doctor.check_serving_role(
                make_conninfo(owner_address(), user="heir", password="only for this test")
            )
        finally:
            connection.execute("DROP ROLE heir")

    assert_error(finding)


def test_a_database_without_extensions_is_an_error() -> None:
    with psycopg.connect(owner_address(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE bare TEMPLATE template0")
        try:
            finding = doctor.check_extensions(make_conninfo(owner_address(), dbname="bare"))
        finally:
            connection.execute("DROP DATABASE bare")

    assert_error(finding)
    assert "btree_gist" in finding.sentence
    assert doctor.check_extensions(owner_address()).level is Level.OK


def test_a_direct_connection_needs_no_declaration() -> None:
    assert doctor.check_pooling(app_address()).level is Level.OK


def test_an_unreachable_database_gives_no_guarantee_about_pooling() -> None:
    assert_error(doctor.check_pooling(make_conninfo(app_address(), port=free_port())))


def test_two_clocks_that_disagree_are_reported() -> None:
    real = datetime.now(tz=UTC)

    assert doctor.check_clock(app_address(), now=real).level is Level.OK
    assert doctor.check_clock(app_address(), now=real - timedelta(hours=1)).level is Level.WARNING


@pytest.mark.parametrize("url", ["redis://127.0.0.1:{port}/0", "nonsense"])
def test_a_queue_that_does_not_answer_is_an_error(url: str) -> None:
    assert_error(doctor.check_queue(url.format(port=free_port())))


def test_a_queue_that_answers_is_fine() -> None:
    assert doctor.check_queue(queue_address()).level is Level.OK


def test_no_worker_means_no_mail() -> None:
    assert_error(doctor.check_worker([]))
    assert doctor.check_worker([{"celery@here": {"ok": "pong"}}]).level is Level.OK


def test_a_scheduler_silent_for_six_minutes_is_reported() -> None:
    assert doctor.check_scheduler(NOW - timedelta(minutes=1), now=NOW).level is Level.OK
    assert doctor.check_scheduler(NOW - timedelta(minutes=6), now=NOW).level is Level.WARNING
    assert doctor.check_scheduler(None, now=NOW).level is Level.WARNING


def test_a_domain_that_leads_nowhere_is_an_error() -> None:
    assert_error(doctor.check_base_domain("nowhere.invalid"))


def test_a_free_port_is_fine_and_somebody_elses_is_not() -> None:
    assert doctor.check_port(free_port(), base_domain="localhost").level is Level.OK
    with another_program() as port:
        assert_error(doctor.check_port(port, base_domain="localhost"))


def test_a_disk_with_room_is_fine_even_before_the_folder_exists(tmp_path: Path) -> None:
    assert doctor.check_disk(tmp_path / "not" / "yet").level is not Level.ERROR


def test_a_mail_server_that_does_not_answer_is_an_error() -> None:
    assert_error(doctor.check_mail(host=LOOPBACK, port=free_port()))


def test_live_pages_that_do_not_answer_are_worth_a_warning() -> None:
    for scheme in ("http", "https"):
        found = check_live_pages(f"{scheme}://{LOOPBACK}:{free_port()}/direct/?s=x")

        assert found.level is Level.WARNING
        assert "parvis live" in found.remedy.replace("\u00a0", " ")


def test_a_commune_behind_the_code_is_an_error() -> None:
    finding = doctor.check_migrations(["c_33314"])

    assert_error(finding)
    assert "c_33314" in finding.sentence


@pytest.mark.django_db
@pytest.mark.owner
@pytest.mark.public
def test_the_command_fails_when_the_queue_is_down_and_says_so(settings) -> None:
    settings.REDIS_URL = f"redis://{LOOPBACK}:{free_port()}/0"
    output = StringIO()

    with pytest.raises(SystemExit) as stopped:
        call_command("doctor", stdout=output)

    assert stopped.value.code == 1
    assert "REDIS_URL" in output.getvalue()


@pytest.mark.parametrize(
    ("tiles", "level"),
    [
        ("https://maps.example.org/{z}/{x}/{y}.png", Level.OK),
        ("", Level.OK),
        ("https://maps.example.org/{z}/{x}.png", Level.ERROR),
        ("ftp://maps.example.org/{z}/{x}/{y}.png", Level.ERROR),
    ],
)
def test_addresses_of_maps_are_judged_without_asking_them(tiles, level):
    found = doctor.check_places(tiles=tiles, geocoder="https://maps.example.org/geocoder")

    assert found.level == level

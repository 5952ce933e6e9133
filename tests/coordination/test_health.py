"""The page of the commune's administrators (France Titres contract, 6.3)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ants.models import HubCall
from coordination import health, tasks, wishes
from coordination.models import Declaration, Meeting, Rules
from parvis.doctor import Level
from parvis.doctor_secrecy import check_coordination
from slots.models import MeetingPoint
from tests.booking.settings_client import open_settings
from tests.conftest import owner
from tests.coordination.conftest import held


pytestmark = pytest.mark.django_db
PAGE = "/agent/commune/titres/"
STARTS = datetime(2099, 1, 4, 8, 0, tzinfo=UTC)


@pytest.fixture
def admin(make_user, commune):
    return open_settings(make_user, commune)


def fail(number="PANN000001", visit="K7M2QX4T", **facts):
    wishes.write(
        appointment=visit, version=1, starts_at=STARTS, wanted={number: held(number=number)},
        numbers=[number], now=timezone.now(),
    )  # fmt: skip
    facts = {"state": "failed", "attempts": 6, "last_code": 500} | facts
    Declaration.objects.filter(number=number).update(**facts)
    return Declaration.objects.get(number=number)


def test_errors_are_in_plain_words_with_a_button_that_tries_again(admin, state):
    row = fail()

    page = admin.get(PAGE)
    assert "La plateforme de l’État est en panne (erreur 500)" in page.text
    assert "PA••••••01" in page.text
    assert "PANN000001" not in page.text
    admin.post(f"{PAGE}{row.pk}/reessayer/")

    row.refresh_from_db()
    assert (row.state, row.attempts) == ("waiting", 0)
    assert "Nouvel essai" in admin.get(PAGE).text


def test_all_that_failed_is_tried_again_at_once(admin, state):
    fail()
    fail("PANN000002", "AAAA2222")

    assert "2 envois repartent" in admin.post(f"{PAGE}reessayer/", follow=True).text
    assert Declaration.objects.waiting().count() == 2


def test_the_page_costs_the_same_with_one_row_and_with_many(admin, state):
    fail()
    admin.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        admin.get(PAGE)
    for number in range(2, 9):
        fail(f"PANN0000{number:02}", f"AAAA00{number:02}")
    with CaptureQueriesContext(connection) as many:
        admin.get(PAGE)

    assert len(many) == len(few)


def test_what_waits_and_what_was_met_is_counted(admin, state, commune):
    fail(state="waiting", attempts=1, last_code=0)
    Meeting.objects.create(day=timezone.localdate(), kind="met", count=5)
    Meeting.objects.create(day=timezone.localdate(), kind="kept", count=2)

    page = admin.get(PAGE).text

    assert "La plateforme de l’État n’a pas répondu." in page
    found = health.read(commune, now=timezone.now())
    assert (found.met, found.avoided, found.counts["waiting"]) == (5, 3, 1)


@pytest.mark.parametrize(("hours_ago", "is_silent"), [(35, False), (37, True), (None, True)])
def test_a_hub_that_reads_us_no_more_for_36_hours_alerts(
    commune, now, hours_ago, is_silent, caplog
):
    with owner():
        MeetingPoint.objects.create(
            commune=commune, site=1, name="Mairie", city="Pauillac", reasons=["CNI"],
            is_active=True,
        )  # fmt: skip
        if hours_ago:
            HubCall.objects.create(
                endpoint="points", at=timezone.now() - timedelta(hours=hours_ago), count=1
            )
    assert health.read(commune, now=timezone.now()).is_silent is is_silent
    with owner():
        assert tasks.watch_hub() is is_silent
    assert ("asked nothing" in caplog.text) is is_silent


def test_a_commune_without_places_is_not_silent(commune):
    assert not health.read(commune, now=timezone.now()).is_silent


def test_too_many_errors_alert(state, caplog):
    for number in range(6):
        fail(f"PANN00000{number}", f"AAAA000{number}", due_at=timezone.now())

    tasks.reconcile_all()

    assert "6 of 6 declarations" in caplog.text


@pytest.mark.parametrize("typed", [{}, {"hours": "0"}, {"hours": "x", "then": "?"},
                                   {"hours": "9" * 400, "then": "list"}])  # fmt: skip
def test_rules_that_make_no_sense_are_told(admin, typed):
    assert admin.post(f"{PAGE}regles/", typed).status_code == 422
    assert not Rules.objects.exists()


def test_the_commune_decides_how_long_and_what_follows(admin):
    admin.post(f"{PAGE}regles/", {"hours": "48", "then": "cancel"})

    assert Rules.objects.values_list("hours", "then").get() == (48, "cancel")


@pytest.mark.parametrize(
    ("url", "token", "demo", "level"),
    [
        ("", "", False, Level.OK),
        ("https://api.example.fr", "x", False, Level.OK),
        ("https://api.example.fr", "", False, Level.ERROR),
        ("http://api.example.fr", "x", False, Level.ERROR),
        ("https://api.example.fr", "x", True, Level.ERROR),
        ("http://127.0.0.1:8021", "x", True, Level.OK),
    ],
)
def test_the_doctor_judges_the_way_to_the_state(url, token, demo, level):
    assert check_coordination(url=url, token=token, demo=demo).level is level

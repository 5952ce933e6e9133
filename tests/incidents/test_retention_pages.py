"""What the commune reads about what was erased of its reports."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.models import Elimination
from tests.incidents.desk_pages import DESK, text_of


pytestmark = pytest.mark.django_db
PAGE = f"{DESK}chiffres/conservation/"


@pytest.fixture
def admin(log_in):
    return log_in("admin")


def test_the_page_says_what_was_erased(admin):
    Elimination.objects.create(
        what="person", references=["ABCD1234"], at=datetime(2026, 11, 2, tzinfo=UTC)
    )

    page = admin.get(PAGE)

    assert page.status_code == 200
    assert "personnes et messages" in text_of(page)


def test_the_settings_lead_to_the_durations_of_the_commune(admin):
    page = admin.get(f"{DESK}reglages/").content.decode()

    assert "/agent/commune/donnees-personnelles/" in page
    assert PAGE in page


def test_the_list_of_what_was_erased_holds_references_only(admin):
    Elimination.objects.create(
        what="record", references=["ABCD1234", "WXYZ5678"], at=datetime(2026, 11, 2, tzinfo=UTC)
    )

    lines = admin.get(f"{PAGE}eliminations.csv").content.decode("utf-8-sig").splitlines()

    assert lines[1:] == [
        "2026-11-02;signalements entiers;ABCD\u00a01234",
        "2026-11-02;signalements entiers;WXYZ\u00a05678",
    ]


def test_the_pages_cost_the_same_however_much_was_erased(admin, django_assert_num_queries):
    admin.get(PAGE)
    with CaptureQueriesContext(connection) as first:
        admin.get(PAGE)
    for _each in range(3):
        Elimination.objects.create(
            what="record", references=["ABCD1234"], at=datetime(2026, 11, 2, tzinfo=UTC)
        )
    with django_assert_num_queries(len(first)):
        admin.get(PAGE)

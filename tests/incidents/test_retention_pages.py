"""What the commune reads about what it keeps, and what a command tells without touching."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.models import Elimination, ReportContact
from tests.incidents.desk_pages import DESK, text_of
from tests.incidents.test_figure_pages import rows_of
from tests.incidents.test_retention import closed


pytestmark = pytest.mark.django_db
PAGE = f"{DESK}chiffres/conservation/"


@pytest.fixture
def admin(log_in):
    return log_in("admin")


def command(commune, *options):
    out = StringIO()
    call_command("incidents_retention", *options, stdout=out)
    connection.set_tenant(commune)
    return out.getvalue()


def test_the_page_says_what_is_kept_and_what_goes_tonight(admin):
    closed()  # ten years ago: it goes whole, its photos and people with it
    Elimination.objects.create(
        what="person", references=["ABCD1234"], at=datetime(2026, 11, 2, tzinfo=UTC)
    )

    page = admin.get(PAGE)

    assert page.status_code == 200
    assert ["Photos", "24 mois après la clôture"] in rows_of(page)
    assert ["signalements entiers", "1"] in rows_of(page)
    assert "personnes et messages" in text_of(page)


def test_looking_touches_nothing(admin):
    closed()

    admin.get(PAGE)

    assert ReportContact.objects.get().erased_at is None


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
        closed()
        Elimination.objects.create(
            what="record", references=["ABCD1234"], at=datetime(2026, 11, 2, tzinfo=UTC)
        )
    with django_assert_num_queries(len(first)):
        admin.get(PAGE)


def test_a_dry_run_counts_and_a_run_erases(commune):
    closed()

    assert "33314 Pauillac: record 1" in command(commune, "--dry-run")
    assert ReportContact.objects.exists()
    assert "record 1" in command(commune, "--insee", "33314")
    assert not ReportContact.objects.exists()


def test_an_unknown_commune_is_said(commune):
    with pytest.raises(CommandError):
        command(commune, "--insee", "99999")

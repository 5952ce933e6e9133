"""What holds for every page of the settings."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg.types.range import TimestamptzRange

from booking.models import Closure, DocumentText, Opening, OpeningOverride, SettingsChange
from tests.booking.settings_client import HOME, open_settings, text_of
from tests.factories import OpeningFactory, ResourceFactory, ServiceFactory, SiteFactory


pytestmark = pytest.mark.django_db
LISTS = [
    "",
    "horaires/",
    "horaires/jour/",
    "fermetures/",
    "demarches/",
    "demarches/catalogue/",
    "guichets/",
    "pieces/",
    "messages/",
    "hors-horaires/",
]
FORMS = [
    "horaires/nouvelle/",
    "fermetures/nouvelle/",
    "demarches/nouvelle/",
    "guichets/nouveau/",
    "lieux/nouveau/",
    "pieces/nouvelle/",
    "pieces/photo/",
    "messages/booked/fr/",
    "regles/",
]
HUGE = "99999999999999999999"
NONSENSE = [
    "",
    "\x00",
    HUGE,
    "-1",
    "🦄" * 300,
    "<script>alert(1)</script>",
    "1e9",
    "\N{FULLWIDTH DIGIT TWO}",
    "NaN",
]
NAMES = [
    *("weekdays", "start_time", "end_time", "step_minutes", "resources", "services", "rhythm"),
    *("valid_from", "valid_to", "school", "quota", "release_days", "release_time"),
    *("where", "first", "last", "reason", "name", "kind", "site", "active", "titles"),
    *("minutes_1", "minutes_2", "need_agent", "link_second", "documents", "horizon_days"),
    *("title", "text", "subject", "hold_minutes", "presence_days", "offer_minutes"),
]


@pytest.fixture
def admin(make_user, commune):
    return open_settings(make_user, commune)


def fill(count):
    """Write so many rows of each kind."""
    now = timezone.now()
    for number in range(count):
        service = ServiceFactory(documents=["identity", f"local-{number}"])
        counter = ResourceFactory(site=SiteFactory(), services=[service])
        opening = OpeningFactory(resources=[counter], weekday=number % 7)
        opening.services.set([service])
        OpeningOverride.objects.create(opening=opening, day=now.date() + timedelta(days=number))
        Closure.objects.create(
            period=TimestamptzRange(now + timedelta(days=50), now + timedelta(days=51)),
            resource=counter,
        )
        DocumentText.objects.create(key=f"local-{number}", title="Pièce")
        SettingsChange.objects.create(label="Essai", at=now)


def queries(admin, path):
    with CaptureQueriesContext(connection) as seen:
        answer = admin.get(HOME + path)
    assert answer.status_code == 200, text_of(answer)
    return len(seen)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_costs_the_same_for_one_row_and_for_ten(admin, path):
    fill(1)
    queries(admin, path)
    one = queries(admin, path)
    DocumentText.objects.all().delete()
    Opening.objects.all().delete()

    fill(10)
    queries(admin, path)

    assert queries(admin, path) <= one


@pytest.mark.parametrize("nonsense", NONSENSE)
@pytest.mark.parametrize("path", FORMS)
def test_nonsense_is_refused_with_a_page(admin, path, nonsense):
    answer = admin.post(HOME + path, dict.fromkeys(NAMES, nonsense))

    assert answer.status_code in {302, 422}
    assert b"<script>alert" not in answer.content


@pytest.mark.parametrize("path", FORMS)
def test_every_form_opens(admin, path):
    fill(1)

    assert admin.get(HOME + path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        f"horaires/{HUGE}/",
        f"demarches/{HUGE}/",
        f"guichets/{HUGE}/",
        "horaires/1/jour/2026-02-30/",
        "horaires/jour/?date=licorne",
        "fermetures/nouvelle/?date=9999-12-31",
        "horaires/nouvelle/?jour=licorne",
        "demarches/nouvelle/?modele=licorne",
        "pourquoi/?demarche=%00&personnes=%00",
    ],
)
def test_an_address_that_means_nothing_breaks_nothing(admin, path):
    fill(1)

    assert admin.get(HOME + path).status_code in {200, 404, 422}

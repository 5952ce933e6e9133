"""The page that says why nobody can book."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import planning
from booking.diagnosis import Reason
from booking.models import Opening
from booking.settings_diagnosis_views import OF_THE_SERVICE, REMEDIES
from tests.booking.settings_client import HOME, open_settings, text_of
from tests.factories import OpeningFactory, ResourceFactory, ServiceFactory


pytestmark = pytest.mark.django_db
PAGE = f"{HOME}pourquoi/"


@pytest.fixture
def admin(make_user, commune):
    return open_settings(make_user, commune)


@pytest.fixture
def service():
    return ServiceFactory(slug="passeport", name="Passeport", minutes=[20, 40])


@pytest.fixture
def counter(service):
    counter = ResourceFactory(services=[service])
    for weekday in range(7):
        OpeningFactory(weekday=weekday, resources=[counter])
    return counter


def test_days_that_can_be_booked_say_how_much(admin, counter):
    page = text_of(admin.get(PAGE))

    assert "créneaux libres, le premier à 9 h" in page
    assert "Passeport : réservable" in text_of(admin.get(HOME))


def test_without_openings_each_day_leads_to_the_hours(admin, counter):
    Opening.objects.all().delete()
    OpeningFactory(weekday=0, resources=[counter])

    page = admin.get(PAGE, {"demarche": "passeport", "personnes": 1})

    assert "Aucune plage d’ouverture pour cette démarche ce jour-là" in text_of(page)
    assert f'href="{HOME}horaires/"' in page.content.decode()


def test_a_service_that_is_not_online_leads_to_its_page(admin, counter, service):
    service.is_online = False
    service.save()

    page = admin.get(PAGE, {"demarche": "passeport"})

    assert "On peut réserver 0 jour" in text_of(page)
    assert f'href="{HOME}demarches/{service.pk}/"' in page.content.decode()


def test_a_closure_leads_to_the_closures(admin, counter):
    today = planning.local_day(timezone.now())
    last = today + timedelta(days=40)
    admin.post(
        f"{HOME}fermetures/nouvelle/",
        {
            "where": "all",
            "first": today.isoformat(),
            "last": last.isoformat(),
            "reason": "Peinture",
        },
    )

    page = admin.get(PAGE)

    assert "Fermeture : Peinture." in text_of(page)
    assert f'href="{HOME}fermetures/"' in page.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"demarche": "licorne"},
        {"personnes": "9999999999999999"},
        {"personnes": "-1"},
        {"personnes": "3"},
        {"personnes": "x"},
    ],
)
def test_a_question_that_makes_no_sense_is_said_so(admin, counter, query):
    answer = admin.get(PAGE, query)

    assert answer.status_code == 422
    assert "Erreur" in text_of(answer)


def test_without_services_the_page_says_where_to_begin(admin):
    assert "commencez par en ajouter une" in text_of(admin.get(PAGE))


def test_every_reason_has_a_place_to_change_it_or_none_by_law():
    said = set(REMEDIES) | OF_THE_SERVICE

    assert set(Reason) - said == {Reason.PAST, Reason.PUBLIC_HOLIDAY}

"""The settings of closures: nobody books, nothing is cancelled."""

import html
import re
from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from booking import planning
from booking.models import Appointment, Closure, SettingsChange
from booking.settings_closures_views import spans
from tests.booking.settings_client import HOME, open_settings, text_of, told
from tests.factories import AppointmentFactory, ResourceFactory, ServiceFactory


pytestmark = pytest.mark.django_db
LIST = f"{HOME}fermetures/"


@pytest.fixture
def admin(make_user, commune):
    return open_settings(make_user, commune)


@pytest.fixture
def day():
    return planning.local_day(timezone.now()) + timedelta(days=20)


@pytest.fixture
def counter():
    return ResourceFactory(name="Guichet 1", services=[ServiceFactory()])


def book(counter, day):
    return AppointmentFactory(
        start=datetime.combine(day, time(10), planning.zone()),
        resource=counter,
        service=counter.services.get(),
        site=counter.site,
    )


def confirmation_in(page):
    """Return what the button that closes all the same sends."""
    found = re.search(r'name="sure" value="([^"]+)"', page.text)
    assert found
    return html.unescape(found[1])


def test_the_whole_town_hall_closes_for_a_day(admin, day):
    answer = admin.post(
        f"{LIST}nouvelle/", {"where": "all", "first": day.isoformat(), "reason": "Travaux"}
    )

    page = told(admin, answer)
    assert "Fermeture ajoutée : Toute la mairie" in page
    assert "Travaux" in page
    closure = Closure.objects.get()
    assert closure.period.lower.astimezone(planning.zone()).date() == day
    assert closure.period.upper - closure.period.lower >= timedelta(hours=23)


def test_concerned_appointments_are_shown_first_and_kept(admin, counter, day):
    appointment = book(counter, day)
    wish = {"where": "all", "first": day.isoformat(), "reason": ""}

    page = admin.post(f"{LIST}nouvelle/", wish)
    assert "1 rendez-vous est concerné" in text_of(page)
    assert appointment.name in text_of(page)
    assert not Closure.objects.exists()
    admin.post(f"{LIST}nouvelle/", {**wish, "sure": confirmation_in(page)})

    assert Closure.objects.exists()
    assert Appointment.objects.get().status == "booked"


def test_a_confirmation_of_other_days_closes_nothing(admin, counter, day):
    book(counter, day)
    book(counter, day + timedelta(days=1))
    wish = {"where": "all", "first": day.isoformat()}
    sure = confirmation_in(admin.post(f"{LIST}nouvelle/", wish))

    longer = {**wish, "last": (day + timedelta(days=1)).isoformat()}
    page = admin.post(f"{LIST}nouvelle/", {**longer, "sure": sure})

    assert "2 rendez-vous sont concernés" in text_of(page)
    assert not Closure.objects.exists()


def test_one_counter_closes_without_concerning_the_other(admin, counter, day):
    other = ResourceFactory(site=counter.site, services=list(counter.services.all()))
    book(other, day)

    admin.post(f"{LIST}nouvelle/", {"where": f"resource-{counter.pk}", "first": day.isoformat()})

    assert Closure.objects.get().resource == counter


def test_an_afternoon_closes_by_itself(admin, day):
    wish = {
        "where": "all",
        "first": day.isoformat(),
        "start_time": "14:00",
        "end_time": "17:00",
    }

    admin.post(f"{LIST}nouvelle/", wish)

    period = Closure.objects.get().period
    assert period.upper - period.lower == timedelta(hours=3)


def test_a_closure_is_deleted_and_brought_back(admin, day):
    admin.post(f"{LIST}nouvelle/", {"where": "all", "first": day.isoformat()})

    answer = admin.post(f"{LIST}{Closure.objects.get().pk}/suppression/")
    assert "Fermeture supprimée" in told(admin, answer)
    change = SettingsChange.objects.first()
    admin.post(f"{HOME}changements/{change.pk}/annulation/")

    assert Closure.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"first": "demain"}, "date"),
        ({"last": "2020-01-01"}, "La fin vient après le début"),
        ({"last": "2050-01-01"}, "un an au plus"),
        ({"where": "site-99"}, "site-99"),
        ({"start_time": "15:00", "end_time": "14:00"}, "L’heure de fin"),
    ],
)
def test_a_wrong_closure_is_refused_and_kept(admin, day, wrong, said):
    answer = admin.post(
        f"{LIST}nouvelle/", {"where": "all", "first": day.isoformat(), "reason": "Pont", **wrong}
    )

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "Pont" in text_of(answer)


def test_the_home_page_leads_to_closing_that_day(admin, day):
    page = admin.get(f"{LIST}nouvelle/", {"date": day.isoformat()})

    assert f'value="{day.isoformat()}"' in page.content.decode()


def test_public_and_school_holidays_are_listed(admin):
    page = text_of(admin.get(LIST))

    assert "Jour de l’an" in page
    assert "Elles ne ferment rien" in page
    assert "Prochaine fermeture" in text_of(admin.get(HOME))


def test_days_in_a_row_make_one_stretch():
    days = {date(2026, 12, n) for n in (1, 2, 3, 6)}

    assert spans(days) == [
        (date(2026, 12, 1), date(2026, 12, 3)),
        (date(2026, 12, 6), date(2026, 12, 6)),
    ]

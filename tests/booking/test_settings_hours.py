"""The settings of hours: the week, one day that differs, and what was booked before."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from booking import planning
from booking.models import Appointment, Opening, OpeningOverride, SettingsChange
from booking.stranded import stranded
from tests.booking.settings_client import HOME, open_settings, text_of, told
from tests.factories import AppointmentFactory, OpeningFactory, ResourceFactory, ServiceFactory


pytestmark = pytest.mark.django_db
WEEK = f"{HOME}horaires/"


@pytest.fixture
def admin(make_user, commune):
    return open_settings(make_user, commune)


@pytest.fixture
def service():
    return ServiceFactory(name="Passeport", minutes=[20])


@pytest.fixture
def counter(service):
    return ResourceFactory(name="Guichet 1", services=[service])


@pytest.fixture
def tuesday():
    """A Tuesday to come that is no public holiday."""
    day = planning.local_day(timezone.now()) + timedelta(days=7)
    while day.weekday() != 1 or planning.closed_reason(day).startswith("Jour férié"):
        day += timedelta(days=1)
    return day


def typed(counter, **fields):
    usual = {
        "weekdays": ["1"],
        "start_time": "09:00",
        "end_time": "12:00",
        "step_minutes": "20",
        "resources": [counter.pk],
        "rhythm": "1",
        "school": "always",
    }
    return usual | fields


def book(counter, service, day, hour):
    start = datetime.combine(day, time(hour), planning.zone())
    return AppointmentFactory(start=start, resource=counter, service=service, site=counter.site)


def test_the_week_shows_its_openings_and_what_it_holds(admin, counter):
    OpeningFactory(resources=[counter])

    page = text_of(admin.get(WEEK))

    assert "9 h – 12 h" in page
    assert "Guichet 1" in page
    assert "= 9 rendez-vous par semaine" in page


def test_hours_are_added_for_several_days_at_once(admin, counter):
    answer = admin.post(f"{WEEK}nouvelle/", typed(counter, weekdays=["0", "3"]))

    assert "Plage ajoutée : lundi, jeudi, 9 h – 12 h" in told(admin, answer)
    assert list(Opening.objects.values_list("weekday", flat=True)) == [0, 3]
    assert all(opening.resources.get() == counter for opening in Opening.objects.all())


def test_adding_is_undone_in_one_press(admin, counter):
    admin.post(f"{WEEK}nouvelle/", typed(counter, weekdays=["0", "3"]))

    admin.post(f"{HOME}changements/{SettingsChange.objects.get().pk}/annulation/")

    assert not Opening.objects.exists()


def test_what_it_gives_is_told_before_anything_is_saved(admin, counter):
    OpeningFactory(weekday=0, resources=[counter])

    page = text_of(admin.post(f"{WEEK}nouvelle/", typed(counter, look="1")))

    assert "Chaque mardi, de 9 h à 12 h." in page
    assert "Prochaines dates :" in page
    assert "= 18 rendez-vous par semaine" in page
    assert Opening.objects.count() == 1


def test_changing_hours_counts_them_once(admin, counter):
    opening = OpeningFactory(resources=[counter])

    page = text_of(
        admin.post(f"{WEEK}{opening.pk}/", typed(counter, weekdays="1", end_time="11:00", look=1))
    )

    assert "= 6 rendez-vous par semaine" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"end_time": "08:00"}, "vient après celle d’ouverture"),
        ({"start_time": "09:03"}, "à cinq minutes près"),
        ({"weekdays": []}, "au moins un jour"),
        ({"rhythm": "2"}, "les semaines se comptent à partir d’elle"),
        ({"valid_from": "2027-01-01", "valid_to": "2026-01-01"}, "La fin vient après le début"),
        ({"release_time": "08:00"}, "Indiquez aussi combien de jours avant"),
        ({"resources": []}, "obligatoire"),
        ({"weekdays": ["9"]}, "9"),
        ({"quota": "-4"}, "entre 0 et 500"),
        ({"start_time": "99:99"}, "99:99"),
    ],
)
def test_wrong_hours_are_refused_and_kept(admin, counter, wrong, said):
    answer = admin.post(f"{WEEK}nouvelle/", typed(counter, **wrong))

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Opening.objects.exists()


def test_an_opening_keeps_its_rhythm_when_another_answer_changes(admin, counter):
    opening = OpeningFactory(resources=[counter], week_of_month=-1)
    page = admin.get(f"{WEEK}{opening.pk}/").content.decode()
    assert '<option value="m-1" selected>' in page

    admin.post(f"{WEEK}{opening.pk}/", typed(counter, weekdays="1", rhythm="m-1", quota="3"))

    opening.refresh_from_db()
    assert (opening.week_of_month, opening.every_weeks, opening.quota) == (-1, 1, 3)


def test_an_opening_is_deleted_and_brought_back(admin, counter):
    opening = OpeningFactory(resources=[counter])

    answer = admin.post(f"{WEEK}{opening.pk}/suppression/")
    assert "Plage supprimée : mardi, 9 h – 12 h" in told(admin, answer)
    admin.post(f"{HOME}changements/{SettingsChange.objects.get().pk}/annulation/")

    assert Opening.objects.get() == opening
    assert opening.resources.get() == counter


def test_appointments_left_outside_are_counted_and_kept(admin, counter, service, tuesday):
    opening = OpeningFactory(resources=[counter])
    late = book(counter, service, tuesday, 11)
    book(counter, service, tuesday, 9)

    answer = admin.post(f"{WEEK}{opening.pk}/", typed(counter, weekdays="1", end_time="10:00"))

    assert "1 rendez-vous déjà pris tombe maintenant en dehors" in told(admin, answer)
    assert stranded(now=timezone.now()) == [late.pk]
    assert Appointment.objects.filter(status="booked").count() == 2
    assert late.reference in admin.get(f"{HOME}hors-horaires/").content.decode()


def test_one_day_is_cancelled_and_the_others_stay(admin, counter, service, tuesday):
    opening = OpeningFactory(resources=[counter])
    now = timezone.now()

    answer = admin.post(
        f"{WEEK}{opening.pk}/jour/{tuesday}/", {"what": "cancel", "reason": "Formation"}
    )

    page = told(admin, answer)
    assert "Plage annulée le" in page
    assert "Formation" in page
    found = planning.free(service=service, persons=1, first=tuesday, days=8, now=now, online=False)
    assert not found.on(tuesday)
    assert found.on(tuesday + timedelta(days=7))


def test_one_day_has_other_hours_then_its_usual_ones(admin, counter, service, tuesday):
    opening = OpeningFactory(resources=[counter])
    changed = {
        "what": "change",
        "start_time": "14:00",
        "end_time": "15:00",
        "resources": [counter.pk],
    }

    admin.post(f"{WEEK}{opening.pk}/jour/{tuesday}/", changed)
    assert OpeningOverride.objects.get().start_time == time(14)
    answer = admin.post(f"{WEEK}jour/{OpeningOverride.objects.get().pk}/retablissement/")

    assert "Horaires habituels remis le" in told(admin, answer)
    assert not OpeningOverride.objects.exists()


def test_a_day_on_which_the_opening_does_not_come_back_has_no_page(admin, counter, tuesday):
    opening = OpeningFactory(resources=[counter])

    answer = admin.get(f"{WEEK}{opening.pk}/jour/{tuesday + timedelta(days=1)}/")

    assert answer.status_code == 404


def test_a_changed_day_without_hours_is_refused(admin, counter, tuesday):
    opening = OpeningFactory(resources=[counter])

    answer = admin.post(f"{WEEK}{opening.pk}/jour/{tuesday}/", {"what": "change"})

    assert answer.status_code == 422
    assert "Indiquez une heure." in text_of(answer)


def test_a_date_leads_to_its_openings(admin, counter, tuesday):
    opening = OpeningFactory(resources=[counter])

    page = admin.get(f"{WEEK}jour/", {"date": tuesday.isoformat()})

    assert f"/horaires/{opening.pk}/jour/{tuesday}/" in page.content.decode()


def test_an_opening_for_term_only_knows_the_school_calendar(admin, counter):
    page = text_of(admin.post(f"{WEEK}nouvelle/", typed(counter, school="holidays", look="1")))

    assert "pendant les vacances scolaires" in page
    dates = page.partition("Prochaines dates :")[2].partition(".</p>")[0]
    assert dates.count("mardi") == 5

"""The settings of sites, counters and agents."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.configuration import install_presets
from booking.models import Resource, SettingsChange, Site
from booking.presets import USUAL
from tests.booking.settings_client import HOME, open_settings, text_of, told
from tests.factories import AppointmentFactory, ResourceFactory, ServiceFactory, SiteFactory


pytestmark = pytest.mark.django_db
LIST = f"{HOME}guichets/"


@pytest.fixture
def admin(make_user, commune):
    return open_settings(make_user, commune)


@pytest.fixture
def service():
    return ServiceFactory(name="Passeport")


@pytest.fixture
def counter(service):
    return ResourceFactory(name="Guichet 1", services=[service])


def typed(counter, **fields):
    usual = {"name": "Guichet 1", "kind": "counter", "site": counter.site_id, "active": "on"}
    return usual | fields


def test_the_list_says_what_each_one_does(admin, counter):
    page = text_of(admin.get(LIST))

    assert "Guichet 1" in page
    assert "Passeport" in page
    assert "1 en service" in text_of(admin.get(HOME))


def test_an_agent_is_added_with_her_skills(admin, service):
    site = SiteFactory()

    answer = admin.post(
        f"{LIST}nouveau/",
        {"name": "Agnès", "kind": "agent", "site": site.pk, "services": [service.pk], "active": 1},
    )

    assert "Ajouté : Agnès" in told(admin, answer)
    agent = Resource.objects.get()
    assert (agent.kind, agent.services.get()) == ("agent", service)


def test_a_counter_out_of_service_says_what_it_keeps(admin, counter, service):
    AppointmentFactory(
        service=service,
        resource=counter,
        site=counter.site,
        start=timezone.now() + timedelta(days=3),
    )
    assert "1 rendez-vous à venir a lieu ici" in text_of(admin.get(f"{LIST}{counter.pk}/"))

    wish = typed(counter, services=[service.pk])
    del wish["active"]
    admin.post(f"{LIST}{counter.pk}/", wish)

    assert not Resource.objects.get().active
    assert "Hors service" in text_of(admin.get(LIST))


def test_skills_are_changed_and_taken_back(admin, counter, service):
    other = ServiceFactory(name="Carte")

    admin.post(f"{LIST}{counter.pk}/", typed(counter, services=[other.pk]))
    assert counter.services.get() == other
    admin.post(f"{HOME}changements/{SettingsChange.objects.get().pk}/annulation/")

    assert counter.services.get() == service


def test_a_service_that_is_stopped_stays_a_skill(admin, counter, service):
    stopped = ServiceFactory(is_active=False)
    counter.services.add(stopped)

    admin.post(f"{LIST}{counter.pk}/", typed(counter, services=[service.pk]))

    assert set(counter.services.all()) == {service, stopped}


def test_a_counter_without_a_name_is_refused(admin, counter):
    answer = admin.post(f"{LIST}{counter.pk}/", typed(counter, name="", kind="tank"))

    assert answer.status_code == 422
    assert "obligatoire" in text_of(answer)


def test_a_site_is_added_and_changed(admin):
    admin.post(f"{HOME}lieux/nouveau/", {"name": "Annexe", "address": "1 rue Neuve"})
    site = Site.objects.get()

    answer = admin.post(f"{HOME}lieux/{site.pk}/", {"name": "Mairie annexe", "address": ""})

    assert "Lieu modifié : Mairie annexe" in told(admin, answer)


def test_without_any_site_the_page_says_where_to_begin(admin):
    assert "commencez par en ajouter un" in text_of(admin.get(LIST))


def test_an_address_of_two_lines_keeps_its_words_apart(admin):
    site = SiteFactory(address="1 quai du Port\n33250 Pauillac")

    page = admin.get(f"{HOME}lieux/{site.pk}/").text

    assert 'value="1 quai du Port, 33250 Pauillac"' in page


def test_two_places_of_one_name_do_not_stop_the_first_services():
    first = Site.objects.create(name="Mairie")
    Site.objects.create(name="Mairie")

    site = install_presets(preset=USUAL, site_name="Mairie")

    assert site == first
    assert Site.objects.count() == 2

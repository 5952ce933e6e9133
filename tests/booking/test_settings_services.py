"""The settings of services: from the catalogue to what is needed together."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import Service, SettingsChange
from booking.settings_services_forms import free_slug
from tests.booking.settings_client import HOME, open_settings, text_of, told
from tests.factories import AppointmentFactory, ResourceFactory, ServiceFactory


pytestmark = pytest.mark.django_db
LIST = f"{HOME}demarches/"


@pytest.fixture
def admin(make_user, commune):
    return open_settings(make_user, commune)


@pytest.fixture
def service():
    return ServiceFactory(slug="passeport", name="Passeport", titles="PASSPORT")


def typed(**fields):
    usual = {
        "name": "Carte de stationnement",
        "minutes_1": "15",
        "completion_minutes": "10",
        "buffer_before": "0",
        "buffer_after": "0",
        "notice_hours": "2",
        "horizon_days": "60",
        "is_active": "on",
        "is_online": "on",
    }
    return usual | fields


def test_a_service_is_added_from_a_blank_page(admin):
    counter = ResourceFactory()

    answer = admin.post(f"{LIST}nouvelle/", typed(resources=[counter.pk], minutes_2="20"))

    assert "Démarche ajoutée : Carte de stationnement" in told(admin, answer)
    service = Service.objects.get()
    assert (service.slug, service.minutes) == ("carte-de-stationnement", [15, 20])
    assert service.resources.get() == counter


def test_the_catalogue_offers_what_the_commune_has_not(admin):
    ServiceFactory(slug="passeport")

    page = admin.get(f"{LIST}catalogue/").content.decode()

    assert "?modele=pacs" in page
    assert "?modele=passeport" not in page


def test_a_model_fills_the_page(admin):
    page = admin.get(f"{LIST}nouvelle/", {"modele": "pacs"}).content.decode()

    assert 'value="Dossier de PACS"' in page
    assert 'value="30"' in page


def test_everything_about_a_service_is_changed_and_taken_back(admin, service):
    other = ServiceFactory(slug="remise", name="Remise")
    before = Service.objects.filter(pk=service.pk).values().get()
    changes = typed(
        name="Passeports",
        titles="PASSPORT",
        minutes_1="25",
        minutes_2="40",
        need_counter="1",
        need_station="1",
        documents=["family_book"],
        link_second=other.pk,
        link_min="20",
        link_max="60",
        terms="Venez à l’heure.",
    )

    admin.post(f"{LIST}{service.pk}/", changes)
    service.refresh_from_db()
    assert (service.minutes, service.documents) == ([25, 40], ["family_book"])
    needs = dict(service.needs.values_list("kind", "count"))
    assert needs == {"counter": 1, "station": 1}
    link = service.links.get()
    assert (link.second, link.min_days, link.max_days) == (other, 20, 60)
    admin.post(f"{HOME}changements/{SettingsChange.objects.get().pk}/annulation/")

    assert Service.objects.filter(pk=service.pk).values().get() == before
    assert not service.needs.exists()
    assert not service.links.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"minutes_1": ""}, "obligatoire"),
        ({"minutes_1": "7"}, "multiple de 5"),
        ({"minutes_3": "60"}, "Remplissez d’abord"),
        ({"buffer_after": "3"}, "multiple de 5"),
        ({"horizon_days": "0"}, "entre 1 et 365"),
        ({"documents": ["inconnue"]}, "inconnue"),
        ({"name": ""}, "obligatoire"),
    ],
)
def test_a_wrong_service_is_refused_and_kept(admin, wrong, said):
    answer = admin.post(f"{LIST}nouvelle/", typed(**{"text": "Ma ligne", **wrong}))

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "Ma ligne" in text_of(answer)
    assert not Service.objects.exists()


def test_a_service_stopped_keeps_its_appointments(admin, service):
    AppointmentFactory(service=service, start=timezone.now() + timedelta(days=9))
    stopped = {key: value for key, value in typed().items() if key != "is_active"}

    answer = admin.post(f"{LIST}{service.pk}/", stopped)

    assert "1 rendez-vous à venir est gardé" in told(admin, answer)
    assert not Service.objects.get().is_active


def test_a_service_goes_up_and_down(admin):
    for position, name in enumerate(("Un", "Deux", "Trois")):
        ServiceFactory(name=name, position=position)
    third = Service.objects.get(name="Trois")

    admin.post(f"{LIST}{third.pk}/ordre/", {"sens": "haut"})
    admin.post(f"{LIST}{third.pk}/ordre/", {"sens": "haut"})
    admin.post(f"{LIST}{third.pk}/ordre/", {"sens": "haut"})

    assert [each.name for each in Service.objects.offered()] == ["Trois", "Un", "Deux"]


def test_online_booking_closes_and_opens_in_one_press(admin, service):
    answer = admin.post(f"{LIST}{service.pk}/en-ligne/", {"ouvrir": "0"})
    assert "Réservation en ligne fermée : Passeport" in told(admin, answer)
    assert not Service.objects.get().is_online

    admin.post(f"{LIST}{service.pk}/en-ligne/", {"ouvrir": "1"})

    assert Service.objects.get().is_online


def test_two_services_of_one_name_have_two_addresses(service):
    assert free_slug("Passeport") == "passeport-2"
    assert free_slug("!!!") == "demarche"


def test_the_list_says_what_is_online(admin, service):
    ServiceFactory(name="Archives", is_online=False)

    page = text_of(admin.get(LIST))

    assert "Guichet seulement" in page
    assert "1 démarche en ligne" in text_of(admin.get(HOME))


def test_a_service_says_that_nothing_is_to_be_brought(admin):
    ResourceFactory()
    both = admin.post(
        f"{LIST}nouvelle/", typed(needs_no_document="on", documents=["both_identities"])
    )
    assert both.status_code == 422
    assert "choisissez" in text_of(both)

    admin.post(f"{LIST}nouvelle/", typed(needs_no_document="on"))

    assert Service.objects.get().needs_no_document

"""The settings of words: documents and messages in the commune's own."""

import pytest
from django.utils import timezone

from booking.checklists import announced
from booking.message_previews import EVENTS, MAKERS, stored
from booking.models import DocumentText, MessageText, Service, SettingsChange
from messaging.own_words import LANGUAGES
from tests.booking.settings_client import HOME, open_settings, text_of, told
from tests.factories import ServiceFactory


pytestmark = pytest.mark.django_db
DOCUMENTS = f"{HOME}pieces/"
MESSAGES = f"{HOME}messages/"


@pytest.fixture
def admin(make_user, commune):
    return open_settings(make_user, commune)


@pytest.fixture
def service():
    return ServiceFactory(name="Recensement", titles="", documents=["identity"])


def words(**fields):
    return {"title": "", "text": "", "title_en": "", "text_en": ""} | fields


def test_the_list_has_what_the_services_ask_for(admin, service):
    page = text_of(admin.get(DOCUMENTS))

    assert "Pièce d’identité" in page
    assert "Photo d’identité" not in page


def test_a_document_is_reworded_and_goes_back_to_its_origin(admin, service, now):
    admin.post(f"{DOCUMENTS}identity/", words(title="Votre carte d’identité"))
    said = announced(service, situation={}, day=now.date())
    assert [each.title for each in said] == ["Votre carte d’identité"]
    assert "Revenir au texte d’origine" in text_of(admin.get(f"{DOCUMENTS}identity/"))

    answer = admin.post(f"{DOCUMENTS}identity/retour/")

    assert "Texte d’origine remis" in told(admin, answer)
    assert not DocumentText.objects.exists()


def test_emptying_all_words_goes_back_to_the_origin_too(admin, service):
    admin.post(f"{DOCUMENTS}identity/", words(title="Votre carte"))

    admin.post(f"{DOCUMENTS}identity/", words())

    assert not DocumentText.objects.exists()


def test_a_commune_asks_for_a_document_of_its_own(admin, service):
    admin.post(f"{DOCUMENTS}nouvelle/", words(title="Attestation du club", services=[service.pk]))

    own = DocumentText.objects.get()
    assert own.key == "local-attestation-du-club"
    assert Service.objects.get().documents == ["identity", own.key]
    assert "Attestation du club" in text_of(admin.get(DOCUMENTS))


def test_an_own_document_is_no_longer_asked_for_then_it_is_again(admin, service):
    admin.post(f"{DOCUMENTS}nouvelle/", words(title="Attestation", services=[service.pk]))

    admin.post(f"{DOCUMENTS}local-attestation/retour/")
    assert Service.objects.get().documents == ["identity"]
    assert not DocumentText.objects.exists()
    admin.post(f"{HOME}changements/{SettingsChange.objects.first().pk}/annulation/")

    assert Service.objects.get().documents == ["identity", "local-attestation"]


def test_an_own_document_needs_a_title_and_keeps_the_rest(admin):
    answer = admin.post(f"{DOCUMENTS}nouvelle/", words(text="Signée"))

    assert answer.status_code == 422
    assert "Signée" in text_of(answer)


def test_a_document_that_does_not_exist_has_no_page(admin):
    assert admin.get(f"{DOCUMENTS}licorne/").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", EVENTS)
def test_every_message_is_shown_as_it_is_sent(commune, service, event, language):
    shown = stored(event, commune, language=language, now=timezone.now())

    assert shown.subject
    assert "Pauillac" in shown.body


def test_every_message_that_has_a_name_can_be_shown():
    assert set(EVENTS) == set(MAKERS)


def test_a_message_is_completed_and_taken_back(admin, service):
    typed = {"subject": "Votre venue à Pauillac", "text": "Le parking est derrière la mairie."}

    answer = admin.post(f"{MESSAGES}booked/fr/", typed)
    assert "Message modifié : Rendez-vous confirmé, en français" in told(admin, answer)
    page = text_of(admin.get(f"{MESSAGES}booked/fr/"))
    assert "Le parking est derrière" in page
    admin.post(f"{HOME}changements/{SettingsChange.objects.get().pk}/annulation/")

    assert not MessageText.objects.exists()


def test_a_message_is_read_before_it_is_saved(admin, service):
    page = admin.post(f"{MESSAGES}booked/en/", {"subject": "See you", "text": "Hi.", "look": "1"})

    assert page.status_code == 200
    assert text_of(page).count("See you") >= 2
    assert not MessageText.objects.exists()
    assert not SettingsChange.objects.exists()


@pytest.mark.parametrize("path", ["licorne/fr/", "booked/de/"])
def test_a_message_that_does_not_exist_has_no_page(admin, path):
    assert admin.get(f"{MESSAGES}{path}").status_code == 404

"""The settings of booking and incidents, where the law imposes something or a version stands."""

import pytest
from django.urls import reverse

from booking.models import DocumentText, Opening, Service, SettingsChange
from incidents.models import Category, ReplyTemplate
from shelf.receiving import enforce
from tests.booking.settings_client import text_of
from tests.booking.test_settings_services import typed
from tests.conftest import NOW


pytestmark = pytest.mark.django_db
REFUSED = "Rien n’a été enregistré : la loi impose"


def booking(name, *args):
    return reverse(f"booking:agent:settings:{name}", args=args, urlconf="parvis.urls_commune")


def incidents(name, *args):
    return reverse(f"incidents:agent:settings:{name}", args=args, urlconf="parvis.urls_commune")


@pytest.fixture
def service(taken):
    taken(
        *("service", "casier"),
        policy="legal",
        name="Casier",
        minutes=[20],
        documents=[{"key": "identity"}],
    )
    Service.objects.update(is_active=True)
    return Service.objects.get()


def as_it_is(service, **fields):
    return typed(
        name=service.name,
        minutes_1="20",
        documents=service.documents,
        is_cancellable_online="on",
        has_waiting_list="on",
        **fields,
    )


def test_a_field_that_the_law_imposes_is_refused_at_once_and_what_was_typed_is_kept(
    admin, service
):
    page = booking("change_service", service.pk)

    answer = admin.post(page, as_it_is(service) | {"name": "Notre casier"})

    assert answer.status_code == 422
    assert f"{REFUSED} « Nom »" in text_of(answer)
    assert "Notre casier" in text_of(answer)
    service.refresh_from_db()
    assert service.name == "Casier"
    assert not SettingsChange.objects.filter(label__contains="Notre casier").exists()


def test_what_is_the_communes_own_is_added_to_what_the_law_imposes(admin, service):
    DocumentText.objects.create(key="local-plan", title="Plan")
    page = booking("change_service", service.pk)

    refused = admin.post(page, as_it_is(service) | {"documents": ["local-plan"]})
    answer = admin.post(page, as_it_is(service) | {"documents": ["identity", "local-plan"]})

    assert refused.status_code == 422
    assert f"{REFUSED} « Pièces à apporter" in text_of(refused)
    assert answer.status_code == 302
    service.refresh_from_db()
    assert service.documents == ["identity", "local-plan"]


def test_a_press_that_the_law_forbids_says_why(admin, service):
    answer = admin.post(booking("switch_service", service.pk), {"ouvrir": "0"})

    assert answer.status_code == 409
    assert REFUSED in text_of(answer)
    service.refresh_from_db()
    assert service.is_online


def test_going_back_on_a_change_does_not_go_around_the_law(admin, service):
    Service.objects.update(name="Le nôtre")
    enforce(now=NOW)
    back = SettingsChange.objects.latest("pk")

    answer = admin.post(booking("undo", back.pk), follow=True)

    assert REFUSED in text_of(answer)
    service.refresh_from_db()
    assert service.name == "Casier"


def test_what_departed_from_the_law_before_does_not_stand_in_the_way(admin, service):
    Service.objects.update(name="Le nôtre")
    DocumentText.objects.create(key="local-plan", title="Plan")

    page = booking("change_document", "local-plan")
    assert admin.post(page, {"title": "Plan de masse"}).status_code == 302


@pytest.mark.parametrize("is_by_law", [True, False])
def test_words_openings_categories_and_answers_too(admin, taken, is_by_law):
    policy = "legal" if is_by_law else "recommended"
    taken("document", "photo", policy=policy, title="Photo de loi")
    taken("message", "booked", policy=policy, text="Mot de loi")
    span = {"key": "lundi", "weekday": "0", "start": "09:00", "end": "12:00", "step": 20}
    taken("hours", "matins", policy=policy, title="", spans=[span])
    item = {"key": "trou", "name": "Trou", "group": "Rue", "icon": "cone", "promise": 5}
    taken("pack", "rue", policy=policy, categories=[item | {"similar_radius_m": 60}])
    taken("reply", "merci", policy=policy, title="Merci", text="Merci", status="")
    pages = {
        booking("change_document", "photo"): {"title": "Autre"},
        booking("change_message", "booked", "fr"): {"text": "Autre"},
        incidents("change_reply", ReplyTemplate.objects.get().pk): {"title": "A", "text": "B"},
    }

    for page, values in pages.items():
        shown = text_of(admin.get(page))
        assert "Modèle de l’association : " in shown
        assert ("La loi l’impose" in shown) == is_by_law
        assert admin.post(page, values).status_code == (422 if is_by_law else 302)
    opening, category = Opening.objects.get(), Category.objects.get()
    for page in (
        booking("change_opening", opening.pk),
        incidents("change_category", category.pk),
    ):
        assert "Modèle de l’association : " in text_of(admin.get(page))
    for page in (
        booking("delete_opening", opening.pk),
        incidents("delete_category", category.pk),
    ):
        assert admin.post(page).status_code == (409 if is_by_law else 302)


def test_a_service_says_which_version_it_stands_on(admin, service):
    shown = text_of(admin.get(booking("change_service", service.pk)))

    assert "Modèle de l’association : Casier, version 1." in shown
    assert "La loi l’impose" in shown


def test_what_the_commune_made_itself_says_nothing(admin):
    own = Service.objects.create(slug="a-nous", name="À nous", minutes=[20])

    assert "Modèle de l’association" not in text_of(admin.get(booking("change_service", own.pk)))

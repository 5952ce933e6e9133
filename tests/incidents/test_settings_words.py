"""The settings of words: ready answers, their marks and preview, and the service in charge."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.models import ReplyTemplate, Settings
from incidents.receipts import mentions
from tests.incidents.factories import category, report
from tests.incidents.settings_pages import HOME, text_of, told, undo_last


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commune")]
LIST = f"{HOME}reponses/"
SERVICE = f"{HOME}accuse/"
WORDS = "Votre signalement {reference}, {lieu}, est réparé depuis le {date}."


def typed(**fields):
    return {"title": "Réparé", "text": WORDS, "status": "resolved", "category": ""} | fields


def test_an_answer_is_added_changed_and_taken_back(admin):
    answer = admin.post(f"{LIST}nouvelle/", typed())
    assert "Modèle ajouté : Réparé" in told(admin, answer)
    reply = ReplyTemplate.objects.get()
    assert "résolu" in text_of(admin.get(LIST))

    admin.post(f"{LIST}{reply.pk}/", typed(title="C’est réparé", category=category().pk))
    reply.refresh_from_db()
    assert (reply.title, reply.category.name) == ("C’est réparé", "Nid-de-poule")
    undo_last(admin)
    undo_last(admin)

    assert not ReplyTemplate.objects.exists()


def test_an_answer_is_deleted_and_comes_back(admin):
    reply = ReplyTemplate.objects.create(title="Réparé", text=WORDS)

    admin.post(f"{LIST}{reply.pk}/suppression/")
    assert not ReplyTemplate.objects.exists()
    undo_last(admin)

    assert ReplyTemplate.objects.get().text == WORDS


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": ""}, "Donnez un titre."),
        ({"text": ""}, "Écrivez la réponse."),
        ({"text": "Bonjour {nom},"}, "« {nom} » ne sera pas remplacé"),
        ({"text": "Le {date"}, "« {date » ne sera pas remplacé"),
        ({"text": "date}"}, "« } » ne sera pas remplacé"),
        ({"text": "x" * 2001}, "2000"),
        ({"status": "licorne"}, "choix valide"),
        ({"category": "0"}, "choix valide"),
        ({"title": "Ancien"}, "a déjà ce titre"),
        ({"text": "\x00"}, "nul"),
    ],
)
def test_what_is_wrong_is_said(admin, wrong, words):
    ReplyTemplate.objects.create(title="Ancien", text="Merci.")

    answer = admin.post(f"{LIST}nouvelle/", typed(**wrong))

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert ReplyTemplate.objects.count() == 1


def test_an_answer_is_read_with_a_real_report_before_it_is_saved(admin):
    hole = category()
    found = report(hole, address="Quai Albert-Pichon")

    page = text_of(admin.post(f"{LIST}nouvelle/", typed(category=hole.pk, look="1")))

    assert f"Votre signalement {found.reference}, Quai Albert-Pichon, est réparé" in page
    assert "Avec votre dernier signalement" in page
    assert not ReplyTemplate.objects.exists()


def test_without_any_report_one_is_invented(admin):
    page = text_of(admin.post(f"{LIST}nouvelle/", typed(look="1")))

    assert "Votre signalement K7M2QX4T, rue de l’Église, est réparé" in page


def test_the_list_costs_the_same_for_one_answer_and_for_ten(admin):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert admin.get(LIST).status_code == 200
        return len(seen)

    hole = category()
    ReplyTemplate.objects.create(title="Modèle", text="Merci.", category=hole)
    queries()
    one = queries()
    for number in range(10):
        ReplyTemplate.objects.create(title=f"Modèle {number}", text="Merci.", category=hole)

    assert queries() == one


def test_the_service_in_charge_is_named_in_acknowledgements_and_taken_back(admin, commune):
    sent = {
        "service": "Services techniques",
        "service_address": "1 rue du Port",
        "service_email": "st@example.org",
        "service_phone": "05 56 59 00 00",
    }

    answer = admin.post(SERVICE, sent)

    assert "Service chargé modifié" in told(admin, answer)
    said = " ".join(each.text for each in mentions(report(), commune))
    assert "Services techniques" in said
    assert "1 rue du Port" in said
    undo_last(admin)
    assert not Settings.objects.exists()


def test_a_service_whose_address_is_none_is_refused(admin):
    answer = admin.post(SERVICE, {"service": "ST", "service_email": "pas une adresse"})

    assert answer.status_code == 422
    assert 'value="pas une adresse"' in text_of(answer)


def test_the_home_page_costs_the_same_however_much_is_set(admin):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert admin.get(HOME).status_code == 200
        return len(seen)

    category()
    queries()
    one = queries()
    for number in range(12):
        admin.post(f"{LIST}nouvelle/", typed(title=f"Modèle {number}"))
        category(code=f"c{number}", name=f"C{number}")
    queries()

    assert queries() == one

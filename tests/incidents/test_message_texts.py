"""What the commune adds to the messages about reports, shown before it is sent."""

import pytest
from django.core.mail import EmailMessage
from django.db import transaction
from django_tenants.utils import schema_context

from incidents import emails
from incidents.message_previews import EVENTS, MAKERS, stored
from incidents.models import MessageText, Report
from parvis.mail import LANGUAGE
from parvis.models import OutgoingEmail
from tests.conftest import NOW, login_as


pytestmark = pytest.mark.django_db
SETTINGS = "/agent/signalements/reglages/messages/"


@pytest.fixture
def admin(client, make_user, commune):
    return login_as(client, make_user("admin", commune=commune), site=commune.schema_name)


def texts():
    with schema_context("c_33314"):
        return list(MessageText.objects.values_list("event", "language", "subject", "text"))


def test_each_message_to_citizens_can_be_read(commune):
    assert set(EVENTS) == set(MAKERS)
    for event in EVENTS:
        for language in ("fr", "en"):
            message = stored(event, commune, language=language, now=NOW)
            assert message.subject
            assert message.body
    assert not Report.objects.exists()


def test_the_commune_adds_its_words_with_marks_filled(commune):
    MessageText.objects.create(
        event="moved", language="fr", subject="Dossier {reference}", text="Au {lieu}, merci."
    )

    message = stored("moved", commune, language="fr", now=NOW)

    assert message.subject == "Dossier EXEMP1E0"
    assert message.body.endswith("Au 12 rue de l’Église, merci.\n")
    assert "merci" not in stored("moved", commune, language="en", now=NOW).body
    assert "merci" not in stored("said", commune, language="fr", now=NOW).body


def test_a_place_on_two_lines_breaks_no_subject():
    message = emails.own_words.Written("Objet", "Texte", headers={LANGUAGE: "fr"})
    message.event, message.marks = "moved", {"{lieu}": "rue\r\nBcc: x@example.org"}
    MessageText.objects.create(event="moved", language="fr", subject="Au {lieu}")

    emails.own_words.added([message])

    assert message.subject == "Au rue Bcc: x@example.org"


def test_many_readers_cost_one_query(commune, django_assert_num_queries):
    messages = [stored("said", commune, language="fr", now=NOW) for _number in range(8)]
    others = [EmailMessage("Autre", "texte", to=["a@example.org"])]

    with django_assert_num_queries(1):
        assert len(emails.own_words.added([*messages, *others])) == 9


def test_an_administrator_looks_then_keeps_her_words(admin):
    page = f"{SETTINGS}moved/fr/"
    looked = admin.post(page, {"subject": "Du nouveau", "text": "À {lieu}.", "look": "1"})
    assert "Du nouveau" in looked.content.decode()
    assert "À 12 rue de l’Église." in looked.content.decode()
    assert texts() == []

    admin.post(page, {"subject": "Du nouveau", "text": "À {lieu}."})
    assert texts() == [("moved", "fr", "Du nouveau", "À {lieu}.")]
    assert "complété" in admin.get(SETTINGS).content.decode()

    admin.post(page, {"subject": "", "text": ""})
    assert texts() == []


def test_a_mark_that_nothing_replaces_is_refused_and_kept(admin):
    answer = admin.post(f"{SETTINGS}moved/fr/", {"subject": "", "text": "Bonjour {prenom}"})

    assert answer.status_code == 422
    assert "ne sera pas remplacé" in answer.content.decode()
    assert "Bonjour {prenom}" in answer.content.decode()


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        (f"{SETTINGS}moved/fr/", {"subject": "Du nouveau", "text": "À {lieu}."}),
        ("/agent/reglages/messages/booked/fr/", {"subject": "Venez", "text": "Merci."}),
    ],
)
def test_a_trial_reaches_only_whoever_asks_and_changes_nothing(admin, page, typed):
    admin.post(page, {**typed, "trial": "1"})

    with schema_context("c_33314"):
        email = OutgoingEmail.objects.get()
    assert email.to == ["admin@example.org"]
    assert email.subject == f"[Essai] {typed['subject']}"
    assert email.unsubscribe == ""
    assert texts() == []


@pytest.mark.parametrize("path", ["moved/de/", "nothing/fr/"])
def test_what_is_no_message_is_not_found(admin, path):
    assert admin.get(f"{SETTINGS}{path}").status_code == 404


def test_words_of_both_products_leave_with_their_message(commune):
    MessageText.objects.create(event="link", language="fr", text="À bientôt.")
    with transaction.atomic():
        emails.send([stored("link", commune, language="fr", now=NOW)])

    assert OutgoingEmail.objects.get().body.count("À bientôt.") == 1

"""What a commune says of documents in its own words, and the documents it adds."""

from datetime import date

import pytest
from django.utils import translation

from booking.checklists import announced, count, named, shown, snapshot, told
from booking.models import DocumentText
from tests.factories import AppointmentFactory, ServiceFactory


pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 1)


@pytest.fixture
def livret(commune):
    return DocumentText.objects.create(
        key="local-livret", title="Livret d’accueil", text="Remis à la mairie annexe."
    )


def test_a_commune_adds_a_document_to_the_rules(livret):
    service = ServiceFactory(documents=["local-livret"])

    added = announced(service, situation={}, day=DAY)[-1]

    assert (added.title, added.text) == ("Livret d’accueil", "Remis à la mairie annexe.")


def test_a_document_of_the_rules_is_not_asked_twice(commune):
    service = ServiceFactory(documents=["photo"])

    keys = [document.key for document in announced(service, situation={}, day=DAY)]

    assert keys.count("photo") == 1


def test_the_commune_s_words_come_before_those_of_the_rules(commune):
    DocumentText.objects.create(key="photo", text="Photomaton dans le hall.")
    service = ServiceFactory(titles="", documents=["photo"])

    (photo,) = announced(service, situation={}, day=DAY)

    assert photo.title.startswith("Photo")
    assert photo.text == "Photomaton dans le hall."


def test_in_english_a_text_without_translation_is_that_of_the_rules(livret):
    DocumentText.objects.create(key="photo", title="Une photo", title_en="")
    service = ServiceFactory(titles="", documents=["photo", "local-livret"])

    with translation.override("en"):
        photo, own = announced(service, situation={}, day=DAY)

    assert photo.title != "Une photo"
    assert own.title == "Livret d’accueil"


def test_a_document_that_is_no_longer_described_still_has_a_name(commune):
    kept = snapshot(ServiceFactory(titles="", documents=["local-gone"]), situation={}, day=DAY)

    (gone,) = shown(kept)

    assert gone.title == "Pièce demandée par la mairie"


def test_a_family_is_told_each_document_once(livret, django_assert_num_queries):
    service = ServiceFactory(documents=["local-livret"])
    kept = snapshot(service, situation={}, day=DAY)
    family = AppointmentFactory(service=service, persons=3, people=[{"documents": kept}] * 3)

    with django_assert_num_queries(2):
        listed = told(family)

    keys = [document.key for document in listed]
    assert len(keys) == len(set(keys)) == count(family)
    assert "local-livret" in keys


def test_some_documents_are_named_in_the_order_given(livret):
    assert [each.key for each in named(["local-livret", "photo"])] == ["local-livret", "photo"]

"""A list of communes to contact, brought in."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from onboarding import prospects
from onboarding.models import Contact
from tenants.models import Association, Commune, OfficialCommune
from tests.conftest import owner


pytestmark = [pytest.mark.django_db, pytest.mark.public]
PAGE = "/communes/importer/"


@pytest.fixture
def officials(association):
    """Three communes of the Gironde and of the Landes, where the association works too."""
    with owner():
        association.departments = ["33", "40"]
        association.save(update_fields=["departments"])
        for code, name, department in (
            ("33314", "Pauillac", "33"),
            ("33900", "Sainte-Colombe", "33"),
            ("40900", "Sainte-Colombe", "40"),
            ("24900", "Ailleurs", "24"),
        ):
            OfficialCommune.objects.update_or_create(
                insee_code=code,
                defaults={"name": name, "department": department, "postcodes": []},
            )


def read(text, association):
    return prospects.read(text.encode(), association=association)


def test_communes_are_found_by_code_or_by_name_whatever_the_spelling(officials, association):
    found = read("Commune;Code INSEE\nPAUILLAC;\n;33900\nste colombe;40900", association)

    assert [row.commune.pk for row in found.prospects] == ["33314", "33900", "40900"]
    assert found.wrong == []
    assert found.new_communes == 2


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Sainte-Colombe;;;", "Plusieurs communes portent ce nom"),
        ("Nulle part;;;", "Aucune commune de ce nom"),
        ("Ailleurs;;;", "Aucune commune de ce nom"),
        (";99999;;", "Aucune commune du périmètre"),
        (";;;ana@x.fr", "Il manque le code INSEE"),
        ("Lacanau;33314;;", "Ce code est celui de Pauillac"),
        ("Pauillac;;;pas une adresse", "Ce courriel n’est pas une adresse."),
        (f"Pauillac;;{'x' * 130};", "trop longue"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(officials, association, row, said):
    found = read(f"Commune;INSEE;Contact;Courriel\n{row}", association)

    assert found.prospects == []
    assert said in found.wrong[0].reason
    assert found.wrong[0].line == 2


@pytest.mark.parametrize("department", ["40", "Landes", "landes"])
def test_namesakes_are_told_apart_by_the_department(officials, association, department):
    found = read(f"Commune;Département\nSainte-Colombe;{department}", association)

    assert found.prospects[0].commune.pk == "40900"


def test_a_commune_of_another_association_is_left_alone(officials, association):
    with owner():
        other = Association.objects.create(name="Landes", slug="landes", departments=["40"])
        Commune.objects.filter(insee_code="33314").update(association=other)

    assert "autre association" in read("INSEE;x\n33314;", association).wrong[0].reason


def test_the_same_list_twice_changes_nothing_more(officials, association):
    text = (
        "Code INSEE;Contact;Fonction;Téléphone;Courriel;Stations\n"
        "33900;Ana Lacoste;Secrétaire;05 56 00 00 00;Ana@example.org;1\n"
        "33314;;;;mairie@example.org;3\n"
        "33314;;;;mairie@example.org;\n"
        "33314;;;;accueil@example.org;\n"
        "33314;;;05 56 11 11 11;;\n"
    )

    first = prospects.bring_in(
        prospects=read(text, association).prospects, association=association
    )
    again = prospects.bring_in(
        prospects=read(text, association).prospects, association=association
    )

    assert (first, again) == ((1, 4), (0, 0))
    assert Commune.objects.get(insee_code="33900").station_count == 1
    assert Contact.objects.count() == 4
    assert Contact.objects.get(email="ana@example.org").function == "Secrétaire"


def test_the_page_shows_before_it_writes(director, officials):
    text = "Commune\tContact\nPauillac\tAna Lacoste\nNulle part\tBob"

    seen = director.post(PAGE, {"text": text})

    page = seen.content.decode()
    assert "Ana Lacoste" in page
    assert "Aucune commune de ce nom" in page
    assert not Contact.objects.exists()
    again = seen.context["again"]
    assert director.post(PAGE, {"text": again, "sure": "1"})["Location"] == "/communes/"
    assert Contact.objects.get().name == "Ana Lacoste"
    assert "déjà là" in director.post(PAGE, {"text": text}).content.decode()


def test_a_workbook_is_read_too(director, officials):
    book, out = Workbook(), io.BytesIO()
    book.active.append(["INSEE", "Contact"])
    book.active.append([33314, "Ana"])
    book.save(out)

    answer = director.post(PAGE, {"file": SimpleUploadedFile("liste.xlsx", out.getvalue())})

    assert "Pauillac" in answer.content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Collez une liste ou choisissez un fichier."),
        ({"text": "bonjour"}, "La première ligne doit nommer les colonnes"),
        ({"text": "a;b\n1;2"}, "La première ligne doit nommer les colonnes"),
        ({"text": "Commune;b\n" + "x;y\n" * 1001}, "mille lignes au plus"),
        ({"text": "Commune;b\n\x00;1"}, "nul"),
        ({"file": SimpleUploadedFile("x.csv", b"")}, "La liste est vide."),
        ({"file": SimpleUploadedFile("x.xls", b"\xd0\xcf\x11\xe0abc")}, ".xlsx"),
        ({"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04broken")}, "ne peut pas être lue"),
    ],
)
def test_what_is_no_list_is_refused_with_the_reason(director, officials, sent, said):
    answer = director.post(PAGE, sent)

    assert answer.status_code == 422
    assert said in answer.content.decode()

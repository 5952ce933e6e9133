"""The pages by which an administrator brings a file in."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.models import Appointment
from exchange import import_actions
from exchange.models import ImportBatch
from tests.booking.settings_client import open_settings, text_of
from tests.exchange.test_imports import HEAD, JEANNE, MARC


pytestmark = pytest.mark.django_db
HOME = "/agent/commune/donnees/imports/"


@pytest.fixture
def client(make_user, commune):
    return open_settings(make_user, commune)


def send(client, content, *, kind="appointments", name="export.csv"):
    file = SimpleUploadedFile(name, content)
    return client.post(f"{HOME}nouveau/", {"kind": kind, "file": file})


def bring(client, text):
    answer = send(client, text.encode("cp1252"))
    assert answer.status_code == 302, text_of(answer)
    return ImportBatch.objects.get(), answer["Location"]


def choose(client, address, batch, **changes):
    columns = {name: str(column) for name, column in batch.columns.items()}
    return client.post(address, {**columns, "date_order": "dmy", **changes})


def test_a_file_goes_from_upload_to_undoing(client, service, now, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    batch, columns = bring(client, HEAD + JEANNE + MARC + "3;demain;;;Perdu;;;A3\n")
    page = text_of(client.get(columns))
    assert "Lu comme Windows-1252" in page
    assert "Jeanne" in page

    answer = choose(client, columns, batch, is_told="")
    page = text_of(client.get(answer["Location"]))
    assert "Importer 2 lignes" in page
    assert "« demain » n’est pas une date." in page

    row = f"{HOME}{batch.pk}/lignes/4/"
    wrong = client.post(row, {"save": "1", "day": "hier", "name": "Perdu"})
    assert wrong.status_code == 422
    assert 'value="hier"' in wrong.content.decode()
    right = {"save": "1", "day": "24/11/2026", "time": "9h40", "service": "Carte d’identité"}
    assert client.post(row, {**right, "name": "Perdu"}).status_code == 302

    client.post(f"{HOME}{batch.pk}/lancer/")
    waiting = client.get(f"{HOME}{batch.pk}/")
    assert waiting["Refresh"] == "3"
    assert "lignes traitées sur 3" in text_of(waiting)
    import_actions.resume(batch=batch.pk, now=now)
    page = text_of(client.get(f"{HOME}{batch.pk}/"))
    assert "Annuler cet import" in page
    assert Appointment.objects.standing().count() == 3

    client.post(f"{HOME}{batch.pk}/annuler/")
    import_actions.resume(batch=batch.pk, now=now)
    assert Appointment.objects.standing().count() == 0
    assert "export.csv" in text_of(client.get(HOME))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Ce fichier est vide."),
        (b"a;b\n1;\x00\n", "n’est pas lisible"),
        (b"PK\x03\x04", "Ce classeur est abîmé"),
        (b"a;b\n" + b"1;2\n" * 200_000, "20 000 lignes"),
        (b'a;b\n"' + b"x" * 4_900_000, "2 000 caractères"),
        (b"x" * 10_000_000, "5 Mo"),
    ],
    ids=range(6),
)
def test_a_hostile_file_gets_a_sentence(client, content, words):
    answer = send(client, content)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize("name", ["é" * 200 + ".csv", "../../etc/passwd", "<b>.csv", "\x00.csv"])
def test_a_hostile_name_hurts_nobody(client, name):
    assert send(client, HEAD.encode() + JEANNE.encode(), name=name).status_code in {302, 422}


def test_formulas_leave_as_words(client, service):
    batch, columns = bring(client, HEAD + "=1+1;demain;@SUM(1);;+33;;;\n")
    choose(client, columns, batch)

    answer = client.get(f"{HOME}{batch.pk}/corrections.csv")

    assert "'=1+1;demain;'@SUM(1);;'+33" in answer.content.decode("utf-8-sig")


def test_one_column_for_two_fields_and_no_column_for_the_day_are_refused(client):
    batch, columns = bring(client, HEAD + JEANNE)

    answer = choose(client, columns, batch, name="4", email="4", day="")

    assert answer.status_code == 422
    assert "Cette colonne sert déjà à « Nom »." in text_of(answer)
    assert "Choisissez la colonne." in text_of(answer)


@pytest.mark.parametrize("sent", [{"day": "999999999999"}, {"date_order": "\x00"}, {"time": "-1"}])
def test_invented_columns_are_refused(client, sent):
    batch, columns = bring(client, HEAD + JEANNE)

    assert choose(client, columns, batch, **sent).status_code == 422


def test_an_unknown_date_order_is_pointed_out(client):
    _batch, columns = bring(client, HEAD + JEANNE.replace("24/11", "01/12"))

    assert "vérifiez-le" in text_of(client.get(columns))


def test_a_file_is_forgotten(client):
    batch, _columns = bring(client, HEAD + JEANNE)

    assert client.post(f"{HOME}{batch.pk}/oublier/").status_code == 302
    assert not ImportBatch.objects.exists()


def test_a_row_that_is_not_there_or_a_proposal_invented(client, service):
    batch, columns = bring(client, HEAD + "1;demain;;;Perdu;;;A3\n")
    choose(client, columns, batch)

    assert client.post(f"{HOME}{batch.pk}/lignes/2/", {"proposal": "7"}).status_code == 200
    assert client.get(f"{HOME}{batch.pk}/lignes/99/").status_code == 404


def test_the_page_of_an_import_costs_the_same_for_one_row_and_for_many(client, service):
    asked = []
    for most in (1, 25):
        rows = "".join(f"{n};demain;;;N{n};;;X{n}\n" for n in range(most))
        answer = send(client, (HEAD + rows).encode())
        batch = ImportBatch.objects.first()
        choose(client, answer["Location"], batch)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{HOME}{batch.pk}/")
        asked.append(len(queries))

    assert asked[0] == asked[1]

"""The settings of the inventory: things, files in and out, stickers, and all taken back."""

import re
import zlib
from datetime import UTC, datetime

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents import inventory, stickers
from incidents.asset_files import read_items, read_table
from incidents.models import Asset
from tests.incidents.factories import report
from tests.incidents.settings_pages import HOME, text_of, told, undo_last


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commune")]
LIST = f"{HOME}equipements/"
FILE = f"{LIST}fichier/"
COLUMNS = f"{FILE}colonnes/"
ROWS = b"nature;numero;nom;lat;lon\nLampadaire;L1;Quai;45.1995;-0.7475\nBanc;B1;;45.2;-0.75\n"
CHOSEN = {"kind": "0", "code": "1", "name": "2", "lat": "3", "lon": "4"}
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def asset(code="L1", **options):
    given = {"kind": "Lampadaire", "lat": 45.1995, "lon": -0.7475} | options
    return Asset.objects.create(code=code, token=inventory.new_token(), **given)


def typed(**fields):
    return {
        "kind": "Banc",
        "code": "B7",
        "name": "Square",
        "lat": "45.2",
        "lon": "-0.75",
        "is_active": "on",
    } | fields


def send(admin, content=ROWS):
    return admin.post(FILE, {"file": SimpleUploadedFile("equipements.csv", content)})


def pages(content):
    return len(re.findall(rb"/Type /Page\b", content))


def test_a_thing_is_added_changed_and_taken_back(admin):
    answer = admin.post(f"{LIST}nouveau/", typed())
    assert "Équipement ajouté : Banc B7" in told(admin, answer)
    added = Asset.objects.get()
    assert len(added.token) == 10

    admin.post(f"{LIST}{added.pk}/", typed(name="Place"))
    assert Asset.objects.get().name == "Place"
    assert Asset.objects.get().token == added.token
    undo_last(admin)
    undo_last(admin)

    assert not Asset.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"kind": ""}, "Dites ce que c’est."),
        ({"code": ""}, "Donnez son numéro."),
        ({"lat": ""}, "Cliquez sur la carte, ou donnez la latitude."),
        ({"lat": "1e999"}, "Saisissez un nombre"),
        ({"lat": "48.85", "lon": "2.35"}, "Ce lieu n’est pas dans la commune."),
        ({"code": "L1", "kind": "Lampadaire"}, "a déjà un équipement de ce numéro"),
        ({"code": "x" * 41}, "40"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(admin, wrong, words):
    asset()

    answer = admin.post(f"{LIST}nouveau/", typed(**wrong))

    assert answer.status_code == 422
    page = text_of(answer)
    assert words in page
    assert 'value="Square"' in page


def test_a_thing_that_was_reported_is_not_deleted(admin):
    lamp = asset()
    report(asset=lamp)

    answer = admin.post(f"{LIST}{lamp.pk}/suppression/")

    assert "1 signalement porte sur lui" in told(admin, answer)
    assert Asset.objects.exists()


def test_a_thing_is_deleted_and_comes_back_with_its_sticker(admin):
    lamp = asset()

    admin.post(f"{LIST}{lamp.pk}/suppression/")
    assert not Asset.objects.exists()
    undo_last(admin)

    assert Asset.objects.get().token == lamp.token


def test_the_list_is_searched_and_paged(admin):
    for number in range(60):
        asset(f"L{number:02}")
    asset("B1", kind="Banc", name="Square")

    page = text_of(admin.get(LIST))
    assert "61 équipements" in page
    assert "Page 1 sur 2" in page
    assert "1 équipement<" in text_of(admin.get(LIST, {"q": "square"}))
    assert "1 équipement<" in text_of(admin.get(LIST, {"nature": "Banc"}))
    assert "Aucun équipement ne convient" in text_of(admin.get(LIST, {"q": "licorne\x00"}))


def test_a_file_is_read_before_it_changes_anything(admin):
    asset(name="Quai")

    answer = send(admin)

    page = told(admin, answer)
    assert "À ajouter" in page
    assert "Premières lignes du fichier" in page
    assert Asset.objects.count() == 1


def test_a_file_is_brought_in_once_however_often_and_taken_back(admin):
    known = asset(name="Vieux quai")
    send(admin)
    answer = admin.post(COLUMNS, CHOSEN | {"sure": "1"})
    assert "2 équipements importés" in told(admin, answer)
    assert Asset.objects.get(code="L1").name == "Quai"
    assert Asset.objects.get(code="L1").token == known.token

    send(admin)
    again = admin.post(COLUMNS, CHOSEN | {"sure": "1"})
    assert "Rien n’a changé" in told(admin, again)
    undo_last(admin)

    assert Asset.objects.get().name == "Vieux quai"


def test_rows_that_are_wrong_are_left_out_and_told(admin):
    send(admin, ROWS + b"Banc;;;45.2;-0.75\nBanc;B9;;48.85;2.35\n")

    page = text_of(admin.post(COLUMNS, CHOSEN | {"look": "1"}))

    assert "Ligne 4 : le numéro manque" in page
    assert "Ligne 5 : ce lieu n’est pas dans la commune" in page
    admin.post(COLUMNS, CHOSEN | {"sure": "1"})
    assert Asset.objects.count() == 2


@pytest.mark.parametrize("wrong", [{"lat": ""}, {"lat": "99"}, {"lat": "\x00"}, {"code": "x"}])
def test_columns_that_mean_nothing_are_refused(admin, wrong):
    send(admin)

    answer = admin.post(COLUMNS, CHOSEN | wrong | {"sure": "1"})

    assert answer.status_code == 422
    assert not Asset.objects.exists()


def test_titles_that_say_nothing_are_asked_about(admin):
    page = told(admin, send(admin, b"a;b;c\n1;2;3\n"))

    assert "Dans quelle colonne ?" in page
    assert "Ce que cela change" not in page


def test_a_file_that_is_no_table_is_refused(admin):
    answer = send(admin, b"\x00\x01")

    assert answer.status_code == 422
    assert "pas un tableau de texte" in text_of(answer)


def test_a_file_that_is_gone_is_asked_for_again(admin):
    assert "choisissez-le de nouveau" in told(admin, admin.get(COLUMNS))


def test_what_goes_out_comes_back_in_without_a_change(admin):
    asset(name="=cmd", code="-1")
    out = admin.get(f"{LIST}export.csv")
    assert "attachment" in out["Content-Disposition"]

    send(admin, out.content)
    answer = admin.post(COLUMNS, CHOSEN | {"sure": "1"})

    assert "Rien n’a changé" in told(admin, answer)


def test_twenty_four_stickers_fit_on_a_page(admin, commune):
    made = [asset(f"L{number:02}") for number in range(25)]

    one = admin.get(f"{LIST}autocollants.pdf", {"e": [each.pk for each in made[:24]]})
    two = admin.get(f"{LIST}autocollants.pdf")

    assert one["Content-Type"] == "application/pdf"
    assert (pages(one.content), pages(two.content)) == (1, 2)
    assert pages(admin.get(f"{LIST}{made[0].pk}/autocollant.pdf").content) == 1


def test_nothing_to_print_is_said(admin):
    asset(is_active=False)

    assert "rien à imprimer" in told(admin, admin.get(f"{LIST}autocollants.pdf"))
    assert admin.get(f"{LIST}autocollants.pdf", {"e": "9" * 30}).status_code == 302


def test_a_sticker_leads_to_its_thing(commune):
    lamp = asset()
    address = f"http://pauillac.localhost:8000/e/{lamp.token}/"

    content = stickers.sheet([lamp], commune, now=NOON)

    assert re.findall(rb"/URI \((.*?)\)", content) == [address.encode()]
    runs = sum(
        len(re.findall("1+", "".join(str(dot) for dot in line)))
        for line in segno.make(address, error="m").matrix_iter(border=2)
    )
    drawn = [
        zlib.decompress(each)
        for each in re.findall(rb"stream\n(.*?)\nendstream", content, re.DOTALL)
        if each[:1] == b"x"
    ]
    assert runs in {len(re.findall(rb" re f", each)) for each in drawn}


def test_the_list_costs_the_same_for_one_thing_and_for_many(admin):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert admin.get(LIST).status_code == 200
        return len(seen)

    asset()
    queries()
    one = queries()
    for number in range(40):
        asset(f"L{number + 2}")

    assert queries() == one


def test_many_things_come_in_within_a_few_statements():
    def queries(number):
        rows = "".join(f"Banc;{n};;45.2;-0.75\n" for n in range(number))
        table = read_table(f"nature;numero;nom;lat;lon\n{rows}".encode())
        items, _wrong = read_items(table, table.guess())
        with CaptureQueriesContext(connection) as seen:
            inventory.bring_in(items)
        return len(seen)

    few = queries(10)
    Asset.objects.all().delete()

    assert queries(450) == few

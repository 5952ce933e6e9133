"""What leaves the list: tables, a map file and work orders; what is personal only when asked."""

import csv
import io
import json
import re
import zipfile
import zlib
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from incidents import exports, photos
from incidents.cards import key_of
from incidents.models import Photo, Report
from tests.incidents.desk_pages import DESK, path_of, text_of
from tests.incidents.factories import NOW, category, report, team
from tests.incidents.test_bulk import MANY
from tests.incidents.test_desk_list import many


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
EXPORT = f"{DESK}export/"


@pytest.fixture
def hole():
    return category()


@pytest.fixture
def made(hole):
    found = report(hole, name="Jeanne Dupuy", phone="0556591717", text="=HYPERLINK(1)")
    Report.objects.filter(pk=found.pk).update(
        team=team().team, answered_at=NOW + timedelta(hours=2), planned_on=NOW.date()
    )
    return found


def table(answer):
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_a_table_has_all_the_dates_in_local_time(agent, made):
    answer = agent.get(f"{EXPORT}?format=csv")

    [row] = table(answer)
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert re.search(
        r'filename="signalements-\d{4}-\d\d-\d\d\.csv"', answer["Content-Disposition"]
    )
    assert answer["Cache-Control"] == "private, no-store"
    assert row["Référence"] == made.reference
    assert row["Reçu le"] == "2026-11-23 10:00"
    assert row["Première réponse le"] == "2026-11-23 12:00"
    assert row["Prévu le"] == "2026-11-23"
    assert row["Clos le"] == ""
    assert row["Latitude"] == "45,1995"
    assert row["Équipe"] == "Voirie"


def test_nothing_personal_is_there_unless_it_is_asked_for(agent, log_in, made):
    plain = agent.get(f"{EXPORT}?format=csv").content.decode()
    asked = agent.get(f"{EXPORT}?format=csv&textes=1&personnes=1")
    reader = log_in("reader").get(f"{EXPORT}?format=csv&textes=1&personnes=1").content.decode()

    assert "Dupuy" not in plain
    assert "HYPERLINK" not in plain
    [row] = table(asked)
    assert row["Nom du déclarant"] == "Jeanne Dupuy"
    assert row["Courriel"] == "jeanne@example.org"
    assert row["Description"] == "'=HYPERLINK(1)"
    for secret in ("Dupuy", "jeanne@example.org", "0556591717"):
        assert secret not in reader
    assert "HYPERLINK" in reader


def test_who_takes_what_is_personal_is_written_in_the_log(agent, log_in, made, caplog):
    agent.get(f"{EXPORT}?format=csv&textes=1")
    log_in("reader").get(f"{EXPORT}?format=csv&personnes=1")
    assert "took who reported" not in caplog.text

    agent.get(f"{EXPORT}?format=csv&personnes=1")
    assert "took who reported 1 reports" in caplog.text
    assert "Dupuy" not in caplog.text


def test_the_page_offers_what_is_personal_to_whoever_handles(agent, log_in, made):
    assert "personnes" in agent.get(DESK).content.decode()
    assert "personnes" not in log_in("reader").get(DESK).content.decode()


def test_a_workbook_and_a_map_file_say_the_same(agent, made):
    report(made.category, place=None)

    book = agent.get(f"{EXPORT}?format=xlsx&personnes=1&textes=1")
    with zipfile.ZipFile(io.BytesIO(book.content)) as archive:
        words = archive.read("xl/sharedStrings.xml").decode()
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    assert made.reference in words
    assert "Jeanne Dupuy" in words

    answer = agent.get(f"{EXPORT}?format=geojson")
    features = json.loads(answer.content)["features"]
    assert answer["Content-Type"] == "application/geo+json"
    placed, nowhere = sorted(features, key=lambda each: each["geometry"] is None)
    assert placed["id"] == made.reference
    assert placed["geometry"]["coordinates"] == [-0.7475, 45.1995]
    assert placed["properties"]["recu_le"] == "2026-11-23 10:00"
    assert nowhere["geometry"] is None
    assert "courriel" not in placed["properties"]


def test_a_file_follows_the_filter(agent, made):
    lamp = category(code="lampadaire", name="Lampadaire", group="Éclairage")
    other = report(lamp)

    rows = table(agent.get(f"{EXPORT}?categorie=lampadaire"))

    assert [row["Référence"] for row in rows] == [other.reference]


def test_a_file_costs_the_same_for_many(agent, hole):
    def questions():
        agent.get(f"{EXPORT}?personnes=1&etat=tous")
        with CaptureQueriesContext(connection) as queries:
            assert agent.get(f"{EXPORT}?personnes=1&etat=tous").status_code == 200
        return len(queries)

    report(hole)
    one = questions()
    for _each in range(5):
        report(hole)

    assert questions() == one <= 5  # two of them note that it was taken away


def test_too_many_are_asked_for_in_parts(agent, hole, monkeypatch):
    monkeypatch.setattr(exports, "MOST", 3)
    many(hole, 4)

    answer = agent.get(f"{EXPORT}?format=csv&tri=ancien", follow=True)

    assert "resserrez les filtres" in text_of(answer)
    assert answer.redirect_chain[0][0] == f"{DESK}?tri=ancien"


def test_another_format_is_not_found(agent, made):
    assert agent.get(f"{EXPORT}?format=exe").status_code == 404


# --- Work orders --------------------------------------------------------------------------


def words_of(pdf):
    """Read the letters of a document: its fonts say which character each code stands for."""
    streams = []
    for found in re.finditer(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL):
        try:
            streams.append(zlib.decompress(found[1]))
        except zlib.error:
            streams.append(found[1])
    fonts = []
    for stream in streams:
        if b"beginbfchar" in stream:
            pairs = re.findall(rb"<([0-9A-F]+)> <([0-9A-F]+)>", stream)
            fonts.append(
                {
                    int(code, 16): bytes.fromhex(to.decode()).decode("utf-16-be")
                    for code, to in pairs
                }
            )
    said, letters = [], {}
    step = re.compile(rb"/F(\d+) [\d.]+ Tf|\((.*?)(?<!\\)\) ?Tj", re.DOTALL)
    for font, text in (each for stream in streams for each in step.findall(stream)):
        if font:
            letters = fonts[int(font) - 1]
            continue
        raw = re.sub(rb"\\(.)", lambda one: _unescaped(one[1]), text, flags=re.DOTALL)
        codes = zip(raw[::2], raw[1::2], strict=False)
        said.append("".join(letters.get(high * 256 + low, "") for high, low in codes))
    return " ".join(said)


def _unescaped(letter):
    return {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}.get(letter, letter)


def pages_of(pdf):
    return len(re.findall(rb"/Type /Page\b(?!s)", pdf))


def test_a_work_order_is_one_page_with_all_that_is_needed(agent, hole):
    found = report(hole, text="Un trou profond. " * 200)
    Report.objects.filter(pk=found.pk).update(priority=4, assignee_name="Paul Seguin")
    for number in range(4):
        photo = Photo.objects.create(
            report=found, stage="before", state="ready", name=f"{number:032}"
        )
        photos.folder().mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 30)).save(photos.rendition(photo, "m"))

    answer = agent.get(path_of(found).rstrip("/") + "/bon.pdf")

    assert answer["Content-Type"] == "application/pdf"
    assert pages_of(answer.content) == 1
    said = " ".join(words_of(answer.content).split())
    for words in (
        f"Bon de travail {found.reference[:4]}",
        "Nid-de-poule",
        "Quai Albert-Pichon",
        "Paul Seguin",
        "Promis avant le",
        "urgente",
        "Un trou profond.",
        "45.199500, -0.747500",
        "Fait le",
        "Temps passé",
        "Matériel",
        "Signature",
    ):
        assert words in said, words
    assert "jeanne" not in said.lower()


def test_a_selection_has_one_page_for_each_in_its_order(agent, hole):
    chosen = [report(hole, place=None), report(hole), report(hole, text="")]
    references = ",".join(each.reference for each in chosen)

    led = agent.post(MANY, {"what": "bons", "r": [key_of(each) for each in chosen]})
    answer = agent.get(led["Location"])

    assert led["Location"] == f"{DESK}bons.pdf?choix={references}"
    assert pages_of(answer.content) == 3
    said = words_of(answer.content)
    places = [said.index(each.reference[:4]) for each in chosen]
    assert places == sorted(places)


def test_a_selection_leads_to_a_round(agent, hole):
    made = report(hole)

    led = agent.post(MANY, {"what": "tournee", "r": [key_of(made)]})

    assert led["Location"] == f"{DESK}tournees/nouvelle/?choix={made.reference}"
    assert agent.get(led["Location"]).status_code == 200


@pytest.mark.parametrize("query", ["", "choix=", "choix=%00", "choix=" + "A," * 900])
def test_work_orders_of_nothing_are_not_printed(agent, hole, query):
    answer = agent.get(f"{DESK}bons.pdf?{query}", follow=True)

    assert "Cochez d’abord" in text_of(answer)


def test_letters_that_the_face_has_not_do_no_harm(agent, hole):
    found = report(hole, text="Trou 🕳️ 深い\nligne\n" * 30, address="Rue 🚧")

    assert pages_of(agent.get(path_of(found).rstrip("/") + "/bon.pdf").content) == 1

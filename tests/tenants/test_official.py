"""Finding a commune of France, and loading them all."""

import time
from dataclasses import replace
from itertools import islice
from statistics import median

import pytest
from django.core.management import call_command

from tenants import directory
from tenants.official import OfficialCommune


pytestmark = [pytest.mark.django_db, pytest.mark.public, pytest.mark.owner]


@pytest.fixture(scope="module")
def gironde() -> list[directory.CommuneRecord]:
    codes = {"72181", "75056", "67482", "69189", "72183"}
    return [
        record
        for record in directory.load_records()
        if record.department in {"33", "71"} or record.insee_code in codes
    ]


@pytest.fixture
def _some(gironde) -> None:
    OfficialCommune.objects.load(gironde)


def names(query: str, **options) -> list[str]:
    return [commune.name for commune in OfficialCommune.objects.search(query, **options)]


# --- Search ---


@pytest.mark.usefixtures("_some")
@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("st emil", "Saint-Émilion"),
        ("SAINT EMILION", "Saint-Émilion"),
        ("saint-émilion", "Saint-Émilion"),
        ("emilion", "Saint-Émilion"),
        ("ste foy", "Sainte-Foy-la-Grande"),
        ("pauillac", "Pauillac"),
        ("33314", "Pauillac"),
        ("pauillac 33250", "Pauillac"),
        ("33250 pauillac", "Pauillac"),
        ("33250", "Pauillac"),
        ("mans", "Le Mans"),
        ("st", "Strasbourg"),
        ("st julien", "Saint-Julien-Beychevelle"),
        ("paris", "Paris"),
    ],
)
def test_a_commune_is_found_as_people_type_it(query, first):
    found = names(query)

    assert first in found[:3]
    assert found[0] == first or query in {"st", "st julien", "ste foy"}


@pytest.mark.usefixtures("_some")
def test_the_whole_name_comes_before_names_that_begin_so():
    assert names("bordeaux")[0] == "Bordeaux"
    assert names("mérignas") == ["Mérignas"]
    assert names("merignac")[0] == "Mérignac"
    assert names("arsac")[0] == "Arsac"


@pytest.mark.usefixtures("_some")
def test_among_equals_the_most_inhabited_comes_first():
    populations = [commune.population for commune in OfficialCommune.objects.search("33")]

    assert populations == sorted(populations, reverse=True)


@pytest.mark.usefixtures("_some")
def test_words_must_come_in_order():
    assert "Saint-Julien-Beychevelle" in names("julien bey")
    assert names("beychevelle julien") == []


@pytest.mark.usefixtures("_some")
def test_a_search_stays_within_departments_and_its_limit():
    assert "Saint-Émiland" in names("saint emil")
    assert names("saint emil", within=["33"]) == ["Saint-Émilion"]
    assert names("saint emil", within=[]) == []
    assert len(names("saint", limit=5)) == 5


@pytest.mark.usefixtures("_some")
def test_departments_nearby_come_first_among_names_alike():
    found = [commune.department for commune in OfficialCommune.objects.search("st", near=["71"])]

    assert found[0] == "71"
    assert names("paris", near=["71"])[0] == "Paris"


@pytest.mark.usefixtures("_some")
@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "%",
        "_",
        "\\",
        "%%_",
        "pauil\0lac",
        "\0",
        "a" * 10_000,
        "東京",
        "😀",
        "\ud800",
        "'",
    ],
)
def test_a_query_that_means_nothing_finds_nothing(query):
    assert names(query) == []


@pytest.mark.usefixtures("_some")
def test_wildcards_are_not_taken_for_any_letter():
    assert names("p%lac") == []
    assert names("p_uillac") == []


@pytest.mark.usefixtures("_some")
def test_namesakes_are_told_apart_by_their_department():
    found = OfficialCommune.objects.search("pauillac").get()

    assert found.department_name == "Gironde"


# --- Load ---


def test_loading_twice_writes_nothing_the_second_time(gironde):
    OfficialCommune.objects.load(gironde)

    again = OfficialCommune.objects.load(gironde)

    assert (again.added, again.updated, again.removed) == (0, 0, 0)


def test_loading_adds_changes_and_removes_what_differs(gironde):
    kept, changed, gone, new = islice(gironde, 4)
    OfficialCommune.objects.load([kept, changed, gone])

    counts = OfficialCommune.objects.load([kept, replace(changed, name="Neuville"), new])

    assert (counts.added, counts.updated, counts.removed) == (1, 1, 1)
    assert names("neuville") == ["Neuville"]
    assert not OfficialCommune.objects.filter(pk=gone.insee_code).exists()


def test_every_field_survives_the_way_through_the_database(gironde):
    OfficialCommune.objects.load(gironde)

    pauillac, record = OfficialCommune.objects.get(pk="33314"), directory.record("33314")

    assert record is not None
    assert pauillac.postcodes == list(record.postcodes)
    assert pauillac.hours == [[0, 4, [["08:30", "12:30"], ["13:30", "17:15"]]]]
    for field in ("name", "epci_name", "siren", "population", "longitude", "address", "email"):
        assert getattr(pauillac, field) == getattr(record, field)


def test_the_command_loads_all_of_france_and_finds_fast(capsys):
    call_command("import_communes")

    assert OfficialCommune.objects.count() == 34_969
    assert "34969 added, 0 updated, 0 removed" in capsys.readouterr().out
    durations = {query: timed(query) for query in ("st emil", "33250", "sainte-colombe", "s")}
    print({query: f"{milliseconds:.1f} ms" for query, milliseconds in durations.items()})
    assert durations["st emil"] < 200  # twenty are meant; a busy machine is not a failure


def timed(query: str) -> float:
    """Median milliseconds of a search, rows fetched."""
    durations = []
    for _ in range(5):
        started = time.perf_counter()
        list(OfficialCommune.objects.search(query))
        durations.append(1000 * (time.perf_counter() - started))
    return median(durations)

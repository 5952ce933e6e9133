"""« Trouver un rendez-vous », the way into a commune, what a full one shows, and the open data."""

import csv
import io
import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.cache import caches
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from booking import read_model
from booking.actions import configuration_changed
from booking.elsewhere import elsewhere
from booking.models import Closure
from booking.taking import lock_configuration
from nearby import data_views, opendata
from nearby.forms import SearchForm
from slots.models import FreeSlotDay, MeetingPoint
from slots.search import Place
from tenants.models import OfficialCommune
from tests.booking.test_actions import hold
from tests.conftest import owner
from tests.nearby.conftest import LACANAU, PAUILLAC, at, offer, others, receive


pytestmark = [pytest.mark.django_db, pytest.mark.public]
PAGE = "/trouver/"


@pytest.fixture
def now(monkeypatch, now):
    """The Monday of the tests, for views too: their rows are of that week."""
    monkeypatch.setattr(timezone, "now", lambda: now)
    return now


@pytest.fixture
def portal():
    return Client(headers={"host": "localhost"})


@pytest.fixture
def france():
    """Two communes of the official list, and a third of the same name as one."""
    rows = [
        ("33314", "Pauillac", "33", *PAUILLAC),
        ("33214", "Lacanau", "33", *LACANAU),
        ("77001", "Lacanau", "77", 48.0, 2.0),
    ]
    with owner():
        OfficialCommune.objects.bulk_create(
            OfficialCommune(
                insee_code=code,
                name=name,
                department=department,
                postcodes=[f"{department}250"],
                latitude=lat,
                longitude=lon,
                search_key=f" {name.lower()} / {code} {department}250 ",
            )
            for code, name, department, lat, lon in rows
        )


def ask(client, **query):
    answer = client.get(PAGE, {"titres": "CNI", **query})
    return answer, " ".join(unescape(answer.content.decode()).split())


def test_the_page_begins_with_the_question(portal, ready):
    page = portal.get(PAGE)

    assert page.status_code == 200
    assert "Autour de quelle commune" in page.text
    assert "data-map" not in page.text
    assert 'data-denied="La position' in page.text  # what the script says of a telephone


def test_who_types_a_place_finds_the_soonest_around_it(
    portal, commune, other_commune, ready, france, now
):
    offer(commune, {9: [9, 9.5]}, place=PAUILLAC)
    offer(other_commune, {3: [14]})

    answer, page = ask(portal, lieu="pauillac", rayon="50")

    assert answer.status_code == 200
    assert page.index("1. Mairie de Lacanau") < page.index("2. Mairie de Pauillac")
    assert "à 35 km" in page
    assert "à jour à l’instant" in page
    assert "jeudi 26 novembre 2026 à 14 h" in page
    assert "9 h 30" in page
    assert "data-points" in page
    assert 'data-outline="/trouver/contour.json"' in page
    near, _page = ask(portal, lieu="pauillac", rayon="50", tri="distance")
    assert near.text.index("Mairie de Pauillac") < near.text.index("Mairie de Lacanau")


def test_the_form_shows_what_was_looked_for_where_nobody_chose(
    portal, commune, ready, france, now
):
    offer(commune, {9: [9]}, place=PAUILLAC)

    _answer, page = ask(portal, lieu="pauillac", rayon="")

    assert "à moins de 20 km" in page
    assert '<option value="20" selected>' in page


def test_the_map_shows_all_the_places_of_the_list(portal, commune, ready, france, now):
    offer(commune, {9: [9]}, place=PAUILLAC)

    _answer, page = ask(portal, lieu="pauillac", rayon="100")

    assert re.search(r"<div [^>]*data-map [^>]*data-points=[^>]* data-fit>", page)
    assert portal.get("/trouver/contour.json").json()["properties"]["zooms"][0] == 5


def test_a_start_leads_into_the_booking_of_its_commune_which_looks_again(
    portal, client, commune, ready, now
):
    service = receive(commune, now=now)
    _answer, page = ask(portal)
    link = re.search(r'href="http://pauillac\.localhost[^"]*(/creneau/[^"]*debut=[^"]*)"', page)[1]

    there = client.get(link, follow=True)

    assert there.status_code == 200
    assert "Le créneau demandé est libre" in there.text
    with schema_context(commune.schema_name):
        hold(service, now, start=at(1, 9))
    gone = client.get(link, follow=True)
    assert gone.status_code == 200
    assert "n’est plus libre" in gone.text
    assert "Voici les plus proches" in gone.text
    assert "9 h 20" in ask(portal)[1]


@pytest.mark.parametrize(
    "path",
    [
        "/creneau/999999/?debut=2026-11-24T09:00",
        "/creneau/99999999999999999999999999/",
        "/creneau/1/?debut=%00&personnes=%00",
    ],
)
def test_an_arrival_is_never_an_error(client, ready, path):
    answer = client.get(path, follow=True)

    assert answer.status_code == 200


def test_a_place_that_several_have_is_chosen_and_an_unknown_one_said(portal, ready, france, now):
    answer, page = ask(portal, lieu="lacanau")
    unknown, said = ask(portal, lieu="Nullepart")

    assert answer.status_code == 200
    assert "Plusieurs communes portent ce nom" in page
    assert "insee=77001" in page
    assert unknown.status_code == 422
    assert "Aucune commune ne porte ce nom" in said
    assert 'value="Nullepart"' in said


def test_a_telephone_is_placed_to_a_kilometre(portal, commune, ready, now):
    offer(commune, {9: [9]}, place=PAUILLAC)

    _answer, page = ask(portal, lat="45.196412", lon="-0.748712")

    assert "Autour de votre position" in page
    assert "Mairie de Pauillac" in page
    typed = QueryDict("titres=CNI&lat=45.196412&lon=-0.748712")
    form = SearchForm(typed, services=[])
    assert form.is_valid()
    assert form.point == Place(45.2, -0.75)


@pytest.mark.parametrize(
    "query",
    [
        {"titres": "\0"},
        {"lieu": "\0"},
        {"lieu": "x" * 101},
        {"titres": "autre"},
        {"titres": "autre", "demarche": "nothing"},
        {"personnes": "99999999999999999999"},
        {"rayon": "-1"},
        {"lat": "1e400", "lon": "nan"},
        {"tri": "x"},
        {"insee": "'"},
    ],
)
def test_what_makes_no_sense_is_said(portal, ready, query):
    answer, page = ask(portal, **query)

    assert answer.status_code in {422, 200}
    assert (answer.status_code == 422) == ("Erreur" in page)


def test_where_nothing_is_free_one_may_look_farther_or_be_told(
    portal, commune, ready, france, now
):
    offer(commune, {80: [9]}, place=PAUILLAC)

    _answer, page = ask(portal, lieu="pauillac")

    assert "Aucun créneau libre à moins de 20 km de Pauillac" in page
    assert "Chercher à moins de 50 km" in page
    assert "Complet en ce moment" in page
    assert "http://pauillac.localhost:8000/alerte/?personnes=1&rayon=20&titres=CNI" in page


def test_other_services_are_found_by_their_name_in_every_commune(
    portal, commune, other_commune, ready, now
):
    for each in (commune, other_commune):
        offer(each, {3: [9]}, reason="", name="Recensement citoyen", place=PAUILLAC)

    _answer, page = ask(portal, titres="autre", demarche="recensement citoyen")

    assert page.count("Recensement citoyen") == 1  # once in the list
    assert "2 mairies vous reçoivent" in page


def test_an_association_shows_its_own_communes(commune, other_commune, ready, host_client, now):
    offer(commune, {3: [9]})
    offer(other_commune, {3: [9]})
    with owner():
        type(commune).objects.filter(pk=other_commune.pk).update(association=None)

    _answer, page = ask(host_client("gironde.localhost"))

    assert "Mairie de Pauillac" in page
    assert "Mairie de Lacanau" not in page


def test_as_many_queries_for_one_commune_as_for_many(
    portal, association, commune, ready, france, now
):
    def count():
        with CaptureQueriesContext(connection) as queries:
            ask(portal, lieu="pauillac", rayon="100")
        return len(queries)

    offer(commune, {3: [9]}, place=PAUILLAC)
    count()
    one = count()
    for number, each in enumerate(others(association, 10)):
        offer(each, {number: [9, 16]}, place=(45 + number / 100, -1))

    count()
    assert count() == one


def test_a_full_commune_shows_the_nearest_others(client, commune, other_commune, ready, now):
    receive(other_commune, now=now)
    service = receive(commune, now=now, slug="carte")
    with owner():
        for each, place in ((commune, PAUILLAC), (other_commune, LACANAU)):
            move(each, place)
    page = client.get("/rendez-vous/carte/creneaux/", {"persons": 2})
    assert "D’autres mairies proches" not in page.text  # there is room
    with schema_context(commune.schema_name):
        Closure.objects.create(period=(now, now + timedelta(days=200)))
        read_model_again(now)

    page = client.get("/rendez-vous/carte/creneaux/", {"persons": 2})

    assert service.most_persons > 1
    assert "Complet\u00a0? D’autres mairies proches ont de la place" in page.text
    assert "Mairie de Lacanau" in page.text
    assert "à 35 km" in page.text
    assert f"/alerte/?motif={service.pk}&amp;personnes=2" in page.text


def move(commune, place):
    MeetingPoint.objects.filter(commune=commune).update(latitude=place[0], longitude=place[1])


def read_model_again(now):
    configuration_changed()
    lock_configuration()
    read_model.refresh_all(now=now)


def test_a_commune_that_makes_wait_shows_who_is_sooner(commune, other_commune, ready, now):
    offer(other_commune, {3: [9]})
    service = receive(commune, now=now)
    with owner():
        move(commune, PAUILLAC)
    with schema_context(commune.schema_name):
        assert elsewhere(service, persons=1, first=now + timedelta(days=29), now=now) == []
        found = elsewhere(service, persons=1, first=now + timedelta(days=40), now=now)
        assert [(each.commune, each.km) for each in found] == [("Lacanau", 35)]
        service.is_confidential = True
        assert elsewhere(service, persons=1, first=None, now=now) == []


# --- The map ---


def test_the_map_is_bounded_to_where_communes_receive(portal, commune, ready):
    offer(commune, {3: [9]}, place=PAUILLAC)

    ground = portal.get("/trouver/contour.json").json()

    west, south, east, north = ground["bbox"]
    assert west < PAUILLAC[1] < east
    assert south < PAUILLAC[0] < north
    assert portal.get("/trouver/tuiles/12/2100/1400.png").status_code == 404


# --- Open data ---


def test_the_open_data_say_when_and_how_many(portal, commune, ready, now):
    offer(commune, {0: [8, 17], 9: [9, 10], 40: [9]}, place=PAUILLAC)
    offer(commune, {}, reason="PASSPORT", name="=Passeport()")

    answer = portal.get("/donnees/creneaux.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))

    assert [(row["titres"], row["jours"], row["creneaux_30_jours"]) for row in rows] == [
        ("CNI", "0", "3")
    ]
    assert rows[0]["prochain_creneau"] == "2026-11-23T17:00:00+01:00"
    assert rows[0]["latitude"] == "45.1964"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "licence" in answer["Link"]
    told = portal.get("/donnees/creneaux.json").json()
    assert told["licence"].startswith("Licence Ouverte")
    assert told["creneaux"][0]["jours"] == 0


def test_no_name_becomes_a_formula(portal, commune, ready, now):
    offer(commune, {3: [9]}, reason="", name="=1+1")

    assert ";'=1+1;" in portal.get("/donnees/creneaux.csv").content.decode()


def test_what_was_read_is_not_sent_again(portal, commune, ready, now):
    offer(commune, {3: [9]})
    first = portal.get("/donnees/creneaux.json")

    again = portal.get("/donnees/creneaux.json", headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_a_slot_taken_is_gone_from_the_open_data_within_60_s(portal, commune, ready, now):
    service = receive(commune, now=now)
    address = "/donnees/creneaux.json"
    before = portal.get(address).json()["creneaux"][0]["prochain_creneau"]
    with schema_context(commune.schema_name):
        hold(service, now, start=at(1, 9))

    assert portal.get(address).json()["creneaux"][0]["prochain_creneau"] == before  # kept
    assert data_views.KEPT_S + 30 <= 60  # here, and in caches on the way
    caches["shared"].clear()  # as its time does
    assert portal.get(address).json()["creneaux"][0]["prochain_creneau"] != before
    assert f"max-age={data_views.KEPT_S}" in portal.get(address)["Cache-Control"]


def test_the_open_data_of_many_communes_cost_one_query(
    association, commune, ready, now, django_assert_num_queries
):
    for number, each in enumerate(others(association, 8)):
        offer(each, {number: [9, 16], 20: [9]})

    opendata.rows(association=None, now=now)
    with django_assert_num_queries(1):
        found = opendata.rows(association=None, now=now)

    assert [each.soon for each in found] == [2] + [3] * 7
    assert FreeSlotDay.objects.count() == 16
    assert json.dumps([opendata.cells(each, href="", now=now) for each in found])

"""Addresses and places: what the geocoder says, and what happens when it says nothing."""

import json

import pytest
from django.core.cache import caches
from django.test import Client

from incidents import geocoder_client, where
from incidents.geo import Place
from incidents.models import Handler, RoutingRule
from incidents.territory import commune_at
from parvis.egress import Breaker
from tests.geoportal import feature, geoportal
from tests.incidents.factories import QUAY, category


pytestmark = pytest.mark.django_db
STREET = feature("Rue Victor-Hugo 33250 Pauillac", 45.198, -0.748, type="street")
LACANAU = Place(44.978, -1.077)
BEGLES = Place(44.8085, -0.5498)


@pytest.fixture
def server(settings, monkeypatch):
    """A geocoder of our own."""
    monkeypatch.setattr(geocoder_client, "breaker", Breaker())
    with geoportal() as known:
        settings.GEOCODER_URL = known.geocoder
        known.addresses = {"rue victor hugo": [STREET], "reverse": [STREET]}
        yield known


def ask(path, host="pauillac.localhost", **query):
    answer = Client().get(path, query, headers={"host": host})
    return answer, json.loads(answer.content)


def test_suggestions_are_of_the_commune_and_asked_for_once(server):
    for _each in range(2):
        answer, said = ask("/adresse/", q=" Rue  Victor Hugo ")

    assert said["found"] == [
        {"label": "Rue Victor-Hugo 33250 Pauillac", "lat": 45.198, "lon": -0.748}
    ]
    assert answer["Cache-Control"] == "no-store"
    assert len(server.asked) == 1
    assert "citycode=33314" in server.asked[0]


@pytest.mark.parametrize("text", ["", "ab", "  ", "?!…", "a\0b", "%%%", "é" * 5000])
def test_whatever_is_typed_is_answered(server, text):
    answer, said = ask("/adresse/", q=text)

    assert (answer.status_code, said) == (200, {"found": []})


@pytest.mark.parametrize("trouble", ["refused", "busy", "moved", "html", "absent", "heavy"])
def test_a_geocoder_in_trouble_is_no_obstacle(server, trouble):
    server.trouble = trouble

    answer, said = ask("/adresse/", q="rue victor hugo")

    assert (answer.status_code, said) == (200, {"found": []})


def test_a_busy_geocoder_is_left_alone(server):
    server.trouble = "busy"
    for word in ("rue une", "rue deux", "rue trois"):
        ask("/adresse/", q=word)

    assert len(server.asked) == 1


def test_all_communes_share_one_count(server, monkeypatch):
    monkeypatch.setattr(geocoder_client, "PER_SECOND", 2)
    monkeypatch.setattr(geocoder_client.time, "time", lambda: 1_800_000_000.0)
    for host in ("pauillac", "lacanau"):
        for word in ("rue une", "rue deux"):
            ask("/adresse/", host=f"{host}.localhost", q=word)

    assert len(server.asked) == 2


def test_somebody_who_asks_too_much_waits(server, monkeypatch):
    monkeypatch.setattr("incidents.place_views.ASKED_MOST", 3)
    answers = [ask("/adresse/", q="rue victor hugo")[0].status_code for _each in range(4)]

    assert answers == [200, 200, 200, 429]


def test_without_valkey_addresses_are_still_found(server, settings, monkeypatch):
    monkeypatch.setitem(settings.CACHES["shared"], "LOCATION", "redis://127.0.0.1:1/0")
    monkeypatch.delattr(caches._connections, "shared", raising=False)

    _answer, said = ask("/adresse/", q="rue victor hugo")

    assert len(said["found"]) == 1


def test_a_place_has_an_address_and_a_caretaker(server):
    kind = category()
    department = Handler.objects.create(kind="body", name="Département de la Gironde")
    RoutingRule.objects.create(position=1, category=kind, handler=department)

    _answer, said = ask("/adresse/ici/", lat=QUAY.lat, lon=QUAY.lon, categorie=kind.code)

    assert said == {
        "address": "Rue Victor-Hugo 33250 Pauillac",
        "inside": True,
        "caretaker": "Qui s’en occupe\u00a0: Département de la Gironde",
    }


def test_a_team_of_the_commune_is_not_named(server):
    _answer, said = ask("/adresse/ici/", lat=QUAY.lat, lon=QUAY.lon, categorie="inconnue\0")

    assert "caretaker" not in said


def test_a_place_in_another_commune_on_parvis_leads_to_its_form(server):
    _answer, said = ask("/adresse/ici/", lat=LACANAU.lat, lon=LACANAU.lon)

    assert said["inside"] is False
    assert said["words"] == "Ce lieu est à Lacanau."
    assert said["form"].endswith("lacanau.localhost:8000/signaler/")
    assert server.asked == []


def test_a_place_in_a_commune_elsewhere_names_its_town_hall(server):
    _answer, said = ask("/adresse/ici/", lat=BEGLES.lat, lon=BEGLES.lon)

    assert said["words"].startswith("Ce lieu est à Bègles. Sa mairie")
    assert "form" not in said


def test_a_place_that_no_outline_holds_is_only_not_here(server):
    _answer, said = ask("/adresse/ici/", lat=48.85, lon=2.35)

    assert said["words"] == "Ce lieu n’est pas dans la commune."


@pytest.mark.parametrize(
    "query", [{}, {"lat": "x", "lon": 1}, {"lat": "nan", "lon": "nan"}, {"lat": "1e999", "lon": 0}]
)
def test_what_is_no_place_is_refused(server, query):
    assert ask("/adresse/ici/", **query)[0].status_code == 400


def test_an_address_is_found_only_when_it_is_surely_meant(server):
    server.addresses["pauillac"] = [feature("33250 Pauillac", 45.2, -0.75, type="municipality")]
    server.addresses["rue loin"] = [feature("Rue Loin", 44.84, -0.58)]
    server.addresses["rue peut-être"] = [feature("Rue", 45.198, -0.748, score=0.2)]

    assert where.find("rue victor hugo").label.startswith("Rue Victor-Hugo")
    assert where.find("pauillac") is None
    assert where.find("rue loin") is None
    assert where.find("rue peut-être") is None


def test_the_commune_of_a_place_is_found_among_534_outlines():
    assert commune_at(QUAY, department="33") in {"33314", ""}
    assert commune_at(LACANAU, department="33") == "33214"
    assert commune_at(QUAY, department="99") == ""

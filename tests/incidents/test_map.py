"""The outline of a commune, and the box that maps are drawn in."""

import json

import pytest
from django.template import Context, Template
from django.test import Client, override_settings

from incidents.geo import Place
from incidents.territory import territory
from tenants import directory


pytestmark = pytest.mark.django_db
HERE = {"headers": {"host": "pauillac.localhost"}}


def test_the_outline_is_the_commune_s_own_and_kept_by_the_browser():
    answer = Client().get("/carte/contour.json", **HERE)

    ground = json.loads(answer.content)
    west, south, east, north = ground["bbox"]
    lat, lon = ground["properties"]["centre"]
    assert ground["geometry"]["type"] == "Polygon"
    assert south < 45.2 < north
    assert west < -0.75 < east
    assert territory("33314").holds(Place(lat, lon))
    assert answer["Cache-Control"] == "public, max-age=86400"
    again = Client().get("/carte/contour.json", headers={
        "host": "pauillac.localhost", "if-none-match": answer["ETag"]})  # fmt: skip
    assert (again.status_code, again.content) == (304, b"")


def test_another_commune_has_another_outline():
    answer = Client().get("/carte/contour.json", headers={"host": "lacanau.localhost"})

    assert json.loads(answer.content)["properties"]["centre"][1] < -1


def test_the_outline_costs_no_query_of_its_own(django_assert_num_queries):
    client = Client()
    client.get("/carte/contour.json", **HERE)

    with django_assert_num_queries(0):
        client.get("/carte/contour.json", **HERE)


def test_a_place_near_the_outline_is_still_inside():
    ground = territory("33314")
    quay = Place(45.1995, -0.7475)

    assert ground.holds(quay)
    assert not ground.holds(Place(44.84, -0.58))  # Bordeaux
    assert ground.outline.metres_to(Place(44.84, -0.58)) > 30_000
    assert ground.outline.metres_to(quay) < 150


def test_every_packaged_outline_makes_a_territory():
    codes = directory.outlined("33")

    assert len(codes) == 534
    assert all(territory(code).outline.holds(territory(code).centre) for code in codes)


def test_without_an_outline_the_map_shows_the_town_hall():
    ground = territory("01004")

    assert ground.outline is None
    assert ground.box.holds(ground.centre)
    assert 45 < ground.centre.lat < 46.5
    assert ground.holds(Place(0, 0))  # nobody can tell


def test_a_commune_that_no_file_knows_still_has_a_map():
    assert territory("33999").box.holds(territory("33999").centre)


def test_a_map_never_writes_numbers_as_french_does():
    page = Template(
        "{% load ui_map %}{% map label='Lieu' lat=lat lon=lon points=points twin='Écrit' %}"
    )
    points = [{"lat": 45.2, "lon": -0.7, "label": "<b>"}]

    with override_settings(ROOT_URLCONF="parvis.urls_commune"):
        drawn = page.render(Context({"lat": 45.2, "lon": -0.75, "points": points}))

    assert 'data-lat="45.200000" data-lon="-0.750000"' in drawn
    assert "&lt;b&gt;" in drawn
    assert "<noscript><p>Écrit</p></noscript>" in drawn

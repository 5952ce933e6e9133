"""The association's pages, read as its team and as anybody."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from onboarding.stages import Stage
from tests.conftest import login_as


pytestmark = [pytest.mark.django_db, pytest.mark.public]


@pytest.fixture
def visitor(host_client):
    return host_client("gironde.localhost")


def text_of(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


@pytest.mark.parametrize("path", ["/communes/", "/communes/33314/"])
def test_the_team_alone_reads_the_figures(visitor, path):
    answer = visitor.get(path)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/connexion/")


def test_somebody_of_a_commune_is_a_visitor_here(host_client, make_user, association, commune):
    browser = host_client("gironde.localhost")
    user = make_user("admin", commune=commune)
    login_as(browser, user, site=f"association:{association.pk}")

    assert browser.get("/communes/").status_code == 302


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "PAUÏLLAC"}, "Pauillac"),
        ({"q": "33214"}, "Lacanau"),
        ({"stage": "live"}, "Pauillac"),
        ({"stage": "nonsense"}, "Lacanau"),
        ({"equipped": "on"}, "Pauillac"),
    ],
)
def test_the_list_of_communes_is_filtered(director, commune, at_stage, query, found):
    at_stage(commune, Stage.LIVE)

    assert found in text_of(director.get("/communes/", query))


def test_a_commune_without_a_station_is_not_to_be_contacted(director, commune, at_stage):
    at_stage(commune, Stage.PROSPECT)

    prospects = text_of(director.get("/communes/", {"stage": "prospect"}))

    assert "Pauillac" in prospects
    assert "Lacanau" not in prospects
    assert "Sans station biométrique" in text_of(director.get("/communes/33214/"))


def test_a_search_without_answer_says_so(director):
    page = text_of(director.get("/communes/", {"q": "zz\x00top" + "é" * 10_000}))

    assert "Aucune commune ne répond à ces filtres." in text_of(
        director.get("/communes/", {"q": "zztop"})
    )
    assert "Pauillac" in page  # nonsense narrows nothing


def test_the_card_of_a_commune_shows_its_stage_and_history(director, commune, at_stage):
    at_stage(commune, Stage.DECLINED, reason="cost")

    page = text_of(director.get("/communes/33314/"))

    assert "Refus" in page
    assert "coût" in page


@pytest.mark.parametrize("code", ["33000", "99999", "%27%3B", "é" * 50])
def test_the_card_of_an_unknown_commune_is_not_found(director, code):
    assert director.get(f"/communes/{code}/").status_code == 404


@pytest.mark.parametrize("path", ["/communes/", "/communes/33314/"])
def test_pages_cost_the_same_for_few_communes_and_for_many(
    director, commune, many_communes, at_stage, publish, path
):
    at_stage(commune, Stage.LIVE)
    publish(commune, timezone.localdate(), online=30)
    director.get(path)
    with CaptureQueriesContext(connection) as few:
        director.get(path)
    for each in many_communes(20):
        at_stage(each, Stage.LIVE)
        publish(each, timezone.localdate(), online=30)
    director.get(path)  # sets the role again, which is no query of the page

    with CaptureQueriesContext(connection) as many:
        director.get(path)

    assert len(many) == len(few)

"""The association's dashboard, read as its team and as anybody."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from onboarding.stages import Stage
from tenants.hosts import absolute_url
from tenants.models import Commune
from tests.conftest import owner


pytestmark = [pytest.mark.django_db, pytest.mark.public]


@pytest.fixture
def visitor(host_client):
    return host_client("gironde.localhost")


def text_of(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def test_a_visitor_sees_the_communes_that_are_open_and_no_figure(visitor, commune, publish):
    publish(commune, timezone.localdate(), online=83, phone=17)

    page = text_of(visitor.get("/"))

    assert "2 communes en service" in page
    assert f'href="{absolute_url(commune, "/")}"' in page
    assert "83 %" not in page


def test_an_association_without_any_open_commune_says_so(visitor):
    with owner():
        Commune.objects.update(association=None)

    assert "Aucune commune n’est encore en service." in text_of(visitor.get("/"))


def test_the_definitions_are_public(visitor):
    assert "jamais une moyenne de pourcentages" in text_of(visitor.get("/mesures/"))


def test_the_dashboard_tells_how_far_the_communes_are(
    director, commune, other_commune, publish, at_stage
):
    at_stage(commune, Stage.LIVE)
    at_stage(other_commune, Stage.CONSIDERING, reason="cost")
    today = timezone.localdate()
    publish(commune, today, online=83, phone=12, counter=5)
    publish(commune, today - timedelta(days=30), online=80, phone=20)

    page = text_of(director.get("/"))

    assert "1 / 2" in page
    assert "1 en réflexion" in page
    assert "83 %" in page
    assert "en ligne à Pauillac" in page
    assert "+3 points par rapport aux 28 jours précédents." in page


def test_too_few_appointments_make_no_share(director, commune, publish, at_stage):
    at_stage(commune, Stage.LIVE)
    publish(commune, timezone.localdate(), online=15, phone=4)

    page = text_of(director.get("/"))

    assert "données insuffisantes" in page
    assert "79 %" not in page


def test_an_association_without_equipped_commune_says_what_comes_next(director):
    assert "Aucune commune équipée n’est encore inscrite." in text_of(director.get("/"))


def test_the_table_is_sorted_both_ways_and_the_unknown_comes_last(
    director, commune, other_commune, publish, at_stage, many_communes
):
    at_stage(commune, Stage.LIVE)
    at_stage(other_commune, Stage.LIVE)
    many_communes(1)
    publish(commune, timezone.localdate(), online=40, phone=10)
    publish(other_commune, timezone.localdate(), online=10, phone=30)

    def order(sort):
        table = text_of(director.get("/", {"sort": sort})).rpartition("<tbody>")[2]
        return sorted(("Pauillac", "Lacanau", "Essai 900"), key=table.rindex)

    assert order("online") == ["Lacanau", "Pauillac", "Essai 900"]
    assert order("-online") == ["Pauillac", "Lacanau", "Essai 900"]
    assert order("=1; DROP TABLE") == ["Essai 900", "Lacanau", "Pauillac"]


def test_the_export_has_a_line_for_each_equipped_commune(director, commune, at_stage, publish):
    at_stage(commune, Stage.LIVE)
    publish(commune, timezone.localdate(), online=83, phone=17)
    with owner():
        commune.name = "=cmd|' /C calc'!A0"
        commune.save(update_fields=["name"])

    answer = director.get("/communes.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()

    assert answer["Content-Disposition"] == 'attachment; filename="communes.csv"'
    assert len(lines) == 2
    assert lines[1].startswith("'=cmd|")
    assert ";83;100;" in lines[1]


@pytest.mark.parametrize("path", ["/", "/communes.csv"])
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

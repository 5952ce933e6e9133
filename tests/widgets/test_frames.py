"""What a site of the commune shows of Parvis: without cookie, and on verified sites only."""

import pytest
from django.test import Client
from django.urls import reverse

from booking import read_model
from incidents.models import Category
from tests.conftest import owner
from tests.factories import OpeningFactory, ResourceFactory, ServiceFactory
from widgets.models import EmbeddingSite


pytestmark = pytest.mark.django_db
ORIGIN = "https://www.pauillac.fr"
FRAMES = ["/widget/rdv/", "/widget/signalement/"]


@pytest.fixture
def verified(commune):
    with owner():
        EmbeddingSite.objects.create(
            commune=commune, page=f"{ORIGIN}/", origin=ORIGIN, state="seen"
        )
        EmbeddingSite.objects.create(
            commune=commune, page="https://x.fr/", origin="https://x.fr", state="pending"
        )


@pytest.fixture
def services(now):
    services = [ServiceFactory(name=f"Motif {n}", slug=f"motif-{n}") for n in range(2)]
    OpeningFactory(resources=[ResourceFactory(name="Guichet 1", services=services)])
    read_model.refresh_all(now=now)
    return services


def ancestors(answer):
    policy = dict(
        part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";")
    )
    return policy["frame-ancestors"]


@pytest.mark.parametrize("path", FRAMES)
def test_only_verified_sites_may_show_a_frame(client, verified, path):
    answer = client.get(path, {"site": ORIGIN})

    assert ancestors(answer) == ORIGIN
    assert f'data-site="{ORIGIN}"' in answer.content.decode()
    assert ancestors(client.get("/")) == "'none'"


@pytest.mark.parametrize("path", FRAMES)
@pytest.mark.parametrize("site", ["https://x.fr", "https://evil.example", '"><script>', ""])
def test_a_frame_speaks_to_no_other_site(client, verified, path, site):
    assert "data-site" not in client.get(path, {"site": site}).content.decode()


@pytest.mark.parametrize("path", [*FRAMES, "/w.js", "/widget/badge.json"])
def test_no_cookie_is_set_and_no_form_is_there(client, verified, services, path):
    answer = client.get(path)

    assert answer.status_code == 200
    assert not answer.cookies
    assert "<form" not in answer.content.decode()


def test_without_a_verified_site_nobody_may_show_a_frame(client):
    assert ancestors(client.get("/widget/rdv/")) == "'none'"


def test_every_way_on_opens_the_real_site_in_a_new_tab(client, services):
    page = client.get("/widget/rdv/").content.decode()

    assert '<base target="_blank">' in page
    assert 'href="/rendez-vous/motif-0/"' in page
    assert "Dès le" in page


def test_one_service_may_be_shown_alone(client, services):
    alone = client.get("/widget/rdv/", {"motif": "motif-1"}).content.decode()
    unknown = client.get("/widget/rdv/", {"motif": "\0"}).content.decode()

    assert "Motif 1" in alone
    assert "Motif 0" not in alone
    assert "Motif 0" in unknown


def test_what_can_be_reported_leads_to_its_form(client):
    Category.objects.create(code="nid", group="Voirie", name="Nid-de-poule")

    page = client.get("/widget/signalement/").content.decode()

    assert 'href="/signaler/?categorie=nid"' in page


def test_the_badge_says_the_first_free_day_to_everybody(client, services):
    said = client.get("/widget/badge.json", {"motif": "motif-0"})

    assert said.json()["path"] == reverse("booking:situation", args=["motif-0"], urlconf=URLS)
    assert said.json()["text"].startswith("Prochain créneau")
    assert said["Access-Control-Allow-Origin"] == "*"


def test_without_a_free_day_the_badge_is_a_plain_link(client):
    assert client.get("/widget/badge.json").json()["text"] == "Prendre rendez-vous"


def test_the_portal_serves_the_same_script_for_all_communes(client):
    own = client.get("/w.js").content.decode()
    shared = Client(headers={"host": "localhost"}).get("/w.js").content.decode()

    assert '"no" === "yes"' in own
    assert '"yes" === "yes"' in shared
    assert shared.count("\n") <= 60
    assert "cookie" not in shared


URLS = "parvis.urls_commune"

"""The portal leads people to their commune."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenants import directory
from tenants.models import Commune, Domain, OfficialCommune
from tests.conftest import owner


pytestmark = [pytest.mark.django_db, pytest.mark.public]


@pytest.fixture
def portal() -> Client:
    return Client(headers={"host": "localhost"})


@pytest.fixture(scope="module")
def gironde() -> list[directory.CommuneRecord]:
    return [record for record in directory.load_records() if record.department == "33"]


@pytest.fixture(autouse=True)
def _communes(gironde) -> None:
    with owner():
        OfficialCommune.objects.load(gironde)


def page(portal: Client, query: str | None = None) -> str:
    answer = portal.get("/", {} if query is None else {"q": query})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_portal_says_what_it_is_and_asks_for_the_commune(portal):
    text = page(portal)

    assert "guichet en ligne des mairies" in text
    assert 'type="search"' in text


def test_the_portal_shows_the_communes_that_are_open(portal):
    text = page(portal)

    assert 'href="http://pauillac.localhost:8000/"' in text
    assert "Déjà en service" in text


def test_an_open_commune_is_a_link_to_its_site(portal):
    text = page(portal, "pauil")

    assert 'href="http://pauillac.localhost:8000/"' in text
    assert "Gironde (33) · 33250" in text
    assert "1 commune trouvée" in text


def test_a_commune_that_is_not_open_says_so_and_leads_nowhere(portal):
    text = page(portal, "st emil")

    assert "Saint-Émilion" in text
    assert "Pas encore en service" in text
    assert "saint-emilion.localhost" not in text


@pytest.mark.parametrize("state", ["listed", "creating", "suspended", "maintenance"])
def test_a_closed_commune_is_not_linked(portal, state):
    with owner():
        Commune.objects.filter(insee_code="33314").update(state=state)

    assert "pauillac.localhost" not in page(portal, "pauillac") + page(portal)


def test_more_communes_than_fit_ask_for_a_more_precise_name(portal):
    text = page(portal, "saint")

    assert "Seules les 20 premières communes" in text


@pytest.mark.parametrize(
    "query", ["zzz", "%", "a\0b", "x" * 10_000, "\u202e", "<script>", "33999"]
)
def test_a_search_that_finds_nothing_helps_and_never_fails(portal, query):
    text = page(portal, query)

    assert "\0" not in text
    assert "<script>" not in text
    assert "Aucune commune" in text or "Trouver ma commune" in text


def test_what_was_typed_stays_in_the_field(portal):
    assert 'value="zzz &quot;là&quot;"' in page(portal, ' zzz "là" ')


def test_one_open_commune_or_two_cost_the_same_queries(portal):
    with owner():
        cissac = Commune.objects.create(
            insee_code="33125",
            schema_name="c_33125",
            name="Cissac-Médoc",
            slug="cissac-medoc",
            state="ready",
        )
        Domain.objects.create(domain="cissac-medoc.localhost", commune=cissac)
    page(portal)  # who answers under this host is remembered from here on

    with CaptureQueriesContext(connection) as one:
        page(portal, "pauillac")
    with CaptureQueriesContext(connection) as two:
        text = page(portal, "33250")

    assert "//cissac-medoc.localhost:8000/" in text
    assert "//pauillac.localhost:8000/" in text
    assert len(one) == len(two)

"""A host name decides the site, whatever its spelling; nothing else does."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from tenants.hosts import RESERVED_LABELS, absolute_url, forget_hosts, normalise, site_of
from tenants.models import Commune, Domain
from tests.conftest import owner


pytestmark = [pytest.mark.django_db, pytest.mark.public]


@pytest.mark.parametrize(
    "host",
    [
        "pauillac.localhost",
        "PAUILLAC.localhost",
        "pauillac.localhost.",
        "pauillac.localhost:8000",
        "Pauillac.LocalHost.:443",
        " pauillac.localhost ",
    ],
)
def test_every_spelling_of_a_host_leads_to_its_commune(host):
    site = site_of(host)

    assert site.kind == "commune"
    assert site.commune.insee_code == "33314"


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("localhost", "portal"),
        ("127.0.0.1", "portal"),
        ("connexion.localhost", "login"),
        ("gironde.localhost", "association"),
        ("inconnue.localhost", "unknown"),
        ("pauillac.localhost.example.org", "unknown"),
        ("", "unknown"),
        ("[::1]", "unknown"),
        ("a..b", "unknown"),
        ("é" * 80, "unknown"),
        ("\x00", "unknown"),
        ("x" * 10_000, "unknown"),
        ("evil.connexion.localhost", "unknown"),
        ("pauillac.localhost@evil", "unknown"),
    ],
)
def test_a_name_nobody_registered_leads_nowhere(host, kind):
    assert site_of(host).kind == kind


@pytest.mark.parametrize("host", ["inconnue.localhost", "'; DROP TABLE x", "a..b", "x" * 300])
def test_an_unknown_host_gets_a_helpful_page(host):
    answer = Client(headers={"host": host}).get("/")

    assert answer.status_code == 404
    assert "commune" in answer.content.decode()


def test_an_unknown_host_writes_nothing_and_is_asked_once(django_assert_num_queries):
    forget_hosts()
    site_of("inconnue.localhost")

    with django_assert_num_queries(0):
        site_of("inconnue.localhost")


@pytest.mark.parametrize("state", ["maintenance", "suspended", "incompatible"])
def test_a_closed_commune_says_so_before_any_query_in_its_schema(state):
    with owner():
        Commune.objects.filter(insee_code="33314").update(state=state)
    forget_hosts()

    answer = Client(headers={"host": "pauillac.localhost"}).get("/")

    assert answer.status_code == 503
    assert "Pauillac" in answer.content.decode()


def test_after_a_request_the_connection_looks_at_public_again():
    Client(headers={"host": "pauillac.localhost"}).get("/accessibilite/")

    assert connection.schema_name == "public"


def test_addresses_come_from_the_registry_and_not_from_the_request(commune, settings):
    settings.PORT = 8000

    assert absolute_url(commune, "/x/") == "http://pauillac.localhost:8000/x/"
    settings.SCHEME = "https"
    assert absolute_url("login", "/") == "https://connexion.localhost/"
    with owner():
        Domain.objects.filter(commune=commune).update(domain="rdv.pauillac.fr")
    assert absolute_url(commune, "/") == "https://rdv.pauillac.fr/"


def test_forwarded_headers_change_nothing(client):
    answer = client.get("/accessibilite/", headers={"x-forwarded-host": "lacanau.localhost"})

    assert "Pauillac" in answer.content.decode()


def test_the_login_label_is_reserved():
    assert settings.LOGIN_HOST_LABEL in RESERVED_LABELS
    assert normalise("ÉCOLE.localhost").startswith("xn--")

"""A name of the commune: asked for, proven by two resolvers, in service, looked after."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django_tenants.utils import schema_context

from parvis.models import OutgoingEmail
from tenants import tls
from tenants.domains import HostTaken, add_host
from tenants.hosts import absolute_url, forget_hosts, site_of
from tenants.models import Domain, OfficialCommune
from tests.conftest import owner
from widgets import domains
from widgets.models import CustomDomain


pytestmark = pytest.mark.django_db
NAME = "rdv.pauillac.fr"


@pytest.fixture
def asked(commune, member, now):
    return domains.ask(commune=commune, typed=NAME, by=member, now=now)


def write(domain, *servers, cname="tenants.localhost.", txt=None):
    for server in servers:
        server.records = {
            (domain.domain, "CNAME"): [cname],
            (f"_verif.{domain.domain}", "TXT"): [f'"{txt or domain.token}"'],
        }


def settle(domain, now):
    """Look it up as the worker does, in the public schema under its role."""
    schema = connection.tenant
    connection.set_schema_to_public()
    try:
        domains.settle(domain_id=domain.pk, now=now)
    finally:
        connection.set_tenant(schema)
    domain.refresh_from_db()
    return domain


def wish(domain, what):
    domains.wish(domain=domain, what=what)


def test_a_name_leads_nowhere_before_its_proof(asked, resolvers, now):
    settle(asked, now)

    assert (asked.state, asked.problem) == ("pending_dns", "txt")
    assert site_of(NAME).kind == "unknown"


def test_a_proven_name_leads_to_the_commune(asked, resolvers, now):
    write(asked, *resolvers)

    settle(asked, now)

    assert (asked.state, asked.problem) == ("tls_ok", "")
    assert site_of(NAME).commune.insee_code == "33314"
    assert site_of(NAME).moved_to == "pauillac.localhost"
    kinds = {kind for _name, kind in resolvers[0].asked + resolvers[1].asked}
    assert kinds == {"CNAME", "TXT"}


@pytest.mark.parametrize(
    ("records", "problem"),
    [
        ({"cname": "ailleurs.example.org."}, "cname"),
        ({"txt": "forged"}, "txt"),
    ],
)
def test_one_resolver_that_disagrees_is_enough_to_wait(asked, resolvers, now, records, problem):
    honest, other = resolvers
    write(asked, honest)
    write(asked, other, **records)

    assert settle(asked, now).problem == problem
    assert asked.state == "pending_dns"


def test_one_resolver_alone_proves_nothing(asked, resolvers, now, monkeypatch):
    monkeypatch.setattr("parvis.resolvers.PATIENCE_S", 0.2)
    honest, other = resolvers
    write(asked, honest)
    other.is_silent = True

    assert settle(asked, now).state == "pending_dns"


def test_the_main_name_is_the_one_addresses_show_and_the_other_leads_to_it(
    asked, resolvers, now, commune, client
):
    write(asked, *resolvers)
    wish(asked, "primary")

    settle(asked, now)
    forget_hosts()

    assert asked.state == "primary"
    assert absolute_url(commune, "/").startswith(f"http://{NAME}")
    moved = client.get("/rendez-vous/?x=1")
    assert moved.status_code == 301
    assert moved["Location"].startswith(f"http://{NAME}")
    assert moved["Location"].endswith("/rendez-vous/?x=1")
    assert client.get("/sante/").status_code == 200
    assert Client(headers={"host": NAME}).get("/accessibilite/").status_code == 200


def test_there_is_one_main_name(asked, resolvers, now, commune, member):
    second = domains.ask(commune=commune, typed="mairie.pauillac.fr", by=member, now=now)
    for domain in (asked, second):
        write(domain, *resolvers)
        wish(domain, "primary")
        settle(domain, now)

    asked.refresh_from_db()
    assert (asked.state, second.state) == ("tls_ok", "primary")
    assert Domain.objects.filter(commune=commune, is_primary=True).get().domain == second.domain

    wish(second, "secondary")
    settle(second, now)

    assert Domain.objects.get(commune=commune, is_primary=True).domain == "pauillac.localhost"


def test_a_name_that_stops_leading_here_is_announced_then_given_up(
    asked, resolvers, now, commune, admin
):
    write(asked, *resolvers)
    wish(asked, "primary")
    settle(asked, now)
    write(asked, *resolvers, cname="ailleurs.example.org.")

    settle(asked, now + timedelta(days=1))
    settle(asked, now + timedelta(days=2))

    with owner():
        (warning,) = OutgoingEmail.objects.filter(key__startswith="domain_failing")
    assert warning.to == [admin.email]
    assert NAME in warning.subject
    assert site_of(NAME).kind == "commune"

    settle(asked, now + timedelta(days=4))

    assert asked.state == "pending_dns"
    forget_hosts()
    assert site_of(NAME).kind == "unknown"
    assert Domain.objects.get(commune=commune).is_primary
    with owner():
        assert OutgoingEmail.objects.filter(key__startswith="domain_lost").count() == 1


def test_silent_resolvers_start_no_clock(asked, resolvers, now, monkeypatch):
    monkeypatch.setattr("parvis.resolvers.PATIENCE_S", 0.2)
    write(asked, *resolvers)
    settle(asked, now)
    for server in resolvers:
        server.is_silent = True

    settle(asked, now + timedelta(days=9))

    assert (asked.state, asked.problem, asked.failing_since) == ("tls_ok", "silent", None)


def test_a_name_taken_away_is_free_for_others(asked, resolvers, now, commune):
    write(asked, *resolvers)
    settle(asked, now)

    wish(asked, "removed")
    connection.set_schema_to_public()
    domains.settle(domain_id=asked.pk, now=now)

    assert not CustomDomain.objects.exists()
    assert [each.domain for each in Domain.objects.filter(commune=commune)] == [
        "pauillac.localhost"
    ]


def test_who_proves_the_name_has_it(asked, resolvers, now, other_commune):
    with owner():
        rival = CustomDomain.objects.create(commune=other_commune, domain=NAME, asked_by=1)
        add_host(commune=other_commune, host=NAME)
    write(asked, *resolvers)

    settle(asked, now)

    assert (asked.state, asked.problem) == ("pending_dns", "taken")
    assert rival.token != asked.token
    with owner(), pytest.raises(HostTaken):
        add_host(commune=asked.commune, host=NAME)


def test_the_name_of_another_commune_is_refused(commune, member, now):
    with owner():
        for code, name in (("33214", "Lacanau"), ("33314", "Pauillac")):
            OfficialCommune.objects.get_or_create(
                insee_code=code,
                defaults={
                    "name": name,
                    "department": "33",
                    "postcodes": [],
                    "search_key": f" {name.lower()} / {code} ",
                },
            )

    for typed in ("rdv.lacanau.fr", "rdv.mairie-lacanau.fr", "lacanau.medoc.fr"):
        with pytest.raises(domains.NameRefused, match="Lacanau"):
            domains.ask(commune=commune, typed=typed, by=member, now=now)
    assert domains.ask(commune=commune, typed="rdv.mairie-pauillac.fr", by=member, now=now)


def test_a_commune_cannot_prove_anything_by_itself(asked, other_commune):
    def refused(statement):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    refused("UPDATE public.widgets_customdomain SET state = 'primary'")
    refused("UPDATE public.widgets_customdomain SET domain = 'x.example.org'")
    refused("UPDATE public.tenants_domain SET is_primary = true")
    refused(
        "INSERT INTO public.widgets_embeddingsite (commune_id, page, origin, state, problem)"
        f" VALUES ({asked.commune_id}, 'https://x.fr', 'https://x.fr', 'seen', '')"
    )
    with schema_context(other_commune.schema_name):
        assert not CustomDomain.objects.exists()


# --- Certificates -------------------------------------------------------------------------


@pytest.fixture
def published(asked, resolvers, now):
    write(asked, *resolvers)
    settle(asked, now)
    tls.known.forget()
    tls.publish_names()
    yield
    tls.known.forget()


def ask(name, client=None, **meta):
    return (client or Client()).get("/tls/ask", {"domain": name}, **meta).status_code


@pytest.mark.parametrize(
    "name",
    [
        *(NAME, "RDV.Pauillac.FR", "rdv.pauillac.fr."),
        *("localhost", "connexion.localhost", "pauillac.localhost", "gironde.localhost"),
    ],
)
def test_a_known_name_may_have_a_certificate(published, name):
    assert ask(name) == 200


@pytest.mark.parametrize(
    "name",
    [
        *("", "x", "127.0.0.1", "[::1]", "inconnue.localhost", "rdv.lacanau.fr", "x" * 10_000),
        *("rdv.раuillac.fr", "evil.rdv.pauillac.fr", "rdv.pauillac.fr.evil.org", "\x00"),  # noqa: RUF001
    ],
)
def test_any_other_name_may_not(published, name):
    assert ask(name) == 404


def test_the_answer_needs_no_database_and_survives_the_cache(
    published, django_assert_num_queries, monkeypatch
):
    ask(NAME)
    caches["shared"].clear()
    monkeypatch.setattr(tls, "LOOKED_EVERY_S", 0.0)
    with django_assert_num_queries(0):
        assert [ask(NAME), ask("rdv.lacanau.fr")] == [200, 404]


def test_only_the_edge_may_ask(published, settings):
    assert ask(NAME, REMOTE_ADDR="192.0.2.7") == 404
    assert ask(NAME, HTTP_X_FORWARDED_FOR="192.0.2.7") == 404
    assert Client().post("/tls/ask?domain=localhost").status_code == 404

    settings.TLS_ASK_SECRET = "drawn-at-random"
    assert ask(NAME) == 404
    away = Client(REMOTE_ADDR="192.0.2.7")
    assert away.get("/tls/ask/drawn-at-random", {"domain": NAME}).status_code == 200
    assert away.get("/tls/ask/drawn-at-randon", {"domain": NAME}).status_code == 404

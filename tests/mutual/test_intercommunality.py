"""An intercommunality receives in its own schema, and its members show what it offers."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django_tenants.utils import schema_context

from booking import sharing
from booking.models import Service
from mutual import actions
from mutual.models import SharedService
from mutual.names import read_names
from mutual.neighbours import read_neighbours
from tenants.actions import UnknownSiren, list_epci, open_commune
from tenants.models import Commune, OfficialCommune
from tenants.provisioning import drop
from tests.conftest import NOW, let_owner_become, owner
from tests.factories import ResourceFactory, ServiceFactory, SiteFactory
from tests.mutual.test_agreements import agree


pytestmark = [pytest.mark.django_db, pytest.mark.public]
SIREN = "200069995"


def official(insee_code, name, population, **more):
    given = {
        "department": "33", "epci_siren": SIREN, "epci_name": "CC Médoc Cœur de Presqu’île",
        "search_key": f" {name.lower()} / {insee_code} ", "postcodes": [],
    }  # fmt: skip
    return OfficialCommune(insee_code=insee_code, name=name, population=population, **given | more)


@pytest.fixture(scope="module")
def schema(django_db_setup, django_db_blocker):
    """One real schema of an intercommunality, for the tests of this file."""
    with django_db_blocker.unblock():
        connection.settings_dict["TENANT_ROLES"] = False
        connection.set_schema_to_public()
        OfficialCommune.objects.bulk_create(
            [official("33314", "Pauillac", 4_800), official("33240", "Lesparre", 5_700)]
        )
        epci = list_epci(siren="200 069 995")
        open_commune(commune=epci, now=NOW)
        let_owner_become(epci.schema_name)
        yield epci.pk
        connection.settings_dict["TENANT_ROLES"] = False
        connection.set_schema_to_public()
        drop(epci.schema_name)
        epci.delete()
        OfficialCommune.objects.filter(epci_siren=SIREN).delete()


@pytest.fixture
def epci(schema, association, commune):
    with owner():
        Commune.objects.filter(pk=schema).update(association=association)
        Commune.objects.filter(pk=commune.pk).update(state="ready")
    return Commune.objects.get(pk=schema)


@pytest.fixture
def services(epci):
    with schema_context(epci.schema_name):
        hall = SiteFactory(name="Maison France services", address="1 place Gambetta")
        for name, slug in (("Permis de construire", "permis"), ("Transport scolaire", "bus")):
            ResourceFactory(name=name, site=hall, services=[ServiceFactory(name=name, slug=slug)])
    return epci


def note(*communes):
    for each in communes:
        with schema_context(each.schema_name):
            actions.take_note(now=NOW)


def test_it_is_known_by_its_members(epci):
    assert (epci.kind, epci.schema_name, epci.insee_code) == ("epci", f"e_{SIREN}", SIREN)
    assert (epci.name, epci.population) == ("CC Médoc Cœur de Presqu’île", 10_500)
    assert epci.slug == "cc-medoc-coeur-de-presqu-ile"
    with owner():
        assert list_epci(siren=SIREN).pk == epci.pk


@pytest.mark.parametrize("siren", ["", "1", "999999999", "\x00", "x' OR 1"])
def test_a_siren_nobody_has_is_refused(siren):
    with pytest.raises(UnknownSiren):
        list_epci(siren=siren)


def test_the_command_says_so_too():
    with pytest.raises(CommandError, match="SIREN"):
        call_command("create_commune", siren="123456789")


def test_members_list_its_services_with_their_place_and_the_way_there(
    services, association, commune, other_commune
):
    agree(association, services, {commune: []}, name="Services communautaires")
    note(services, commune, other_commune)

    page = Client(headers={"host": "pauillac.localhost"}).get("/rendez-vous/").content.decode()

    assert "CC Médoc Cœur de Presqu’île" in page
    assert "Transport scolaire" in page
    assert "Maison France services, 1 place Gambetta" in page
    way = "http://cc-medoc-coeur-de-presqu-ile.localhost:8000/rendez-vous/permis/"
    assert f'href="{way}"' in page
    there = Client(headers={"host": "cc-medoc-coeur-de-presqu-ile.localhost"})
    assert there.get("/rendez-vous/permis/").status_code == 200
    with schema_context(other_commune.schema_name):
        assert sharing.services_elsewhere() == []
        assert not SharedService.objects.exists()


def test_only_the_services_an_agreement_names_are_listed(services, association, commune):
    agreement = agree(association, services, {commune: []}, services=["PERMIS de construire"])
    note(services, commune)
    with schema_context(commune.schema_name):
        ((_host, cards),) = sharing.services_elsewhere()
        (found,) = read_neighbours(commune, now=NOW)
    assert [each["name"] for each in cards] == ["Permis de construire"]
    assert found.offers == []  # nothing is open there yet

    with schema_context(services.schema_name):
        Service.objects.filter(slug="permis").update(is_online=False)
    agreement.refresh_from_db()
    note(services, commune)
    with schema_context(commune.schema_name):
        assert sharing.services_elsewhere() == []


def test_an_agreement_that_is_over_lists_nothing(services, association, commune):
    agree(association, services, {commune: []}, ends_on=date(2026, 2, 1))
    note(services, commune)

    with schema_context(commune.schema_name):
        assert sharing.services_elsewhere() == []


def test_the_members_hear_of_a_change_and_of_nothing_else(
    services, association, commune, django_capture_on_commit_callbacks
):
    agree(association, services, {commune: []})
    with schema_context(services.schema_name):
        with django_capture_on_commit_callbacks() as first:
            actions.take_note(now=NOW)
        with django_capture_on_commit_callbacks() as again:
            actions.take_note(now=NOW)

    assert (len(first), len(again)) == (1, 0)


def test_names_are_read_one_per_line():
    assert read_names(" Permis \n\nPERMIS\nBus  scolaire\n·\n") == ["PERMIS", "Bus scolaire"]

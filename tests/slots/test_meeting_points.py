"""The register of places: numbers for ever, what each commune says of its own, who serves."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from booking import places
from booking.configuration import configuration_changed, install_presets
from booking.models import Resource, ServiceNeed, Site
from booking.presets import USUAL
from slots.addresses import split
from slots.models import MeetingPoint
from slots.registry import follow_communes
from tenants import departures
from tenants.models import OfficialCommune
from tests.booking.settings_client import HOME, open_settings
from tests.conftest import owner
from tests.factories import ResourceFactory, ServiceFactory, SiteFactory


pytestmark = pytest.mark.django_db
POINTS = MeetingPoint.objects.order_by("pk")


@pytest.fixture
def counter():
    return ResourceFactory(services=[ServiceFactory(titles="CNI")])


def test_a_configured_commune_is_in_the_register_with_what_it_gives(commune):
    with owner():
        OfficialCommune.objects.create(
            insee_code="33314", name="Pauillac", department="33", postcodes=["33250"],
            search_key="pauillac", longitude=-0.7461, latitude=45.1997,
        )  # fmt: skip

    install_presets(
        preset=USUAL, site_name="Mairie", address="1 quai Antoine-Ferchaud\n33250 Pauillac"
    )

    point = MeetingPoint.objects.get()
    assert (point.commune, point.site) == (commune, Site.objects.get().pk)
    assert point.name == "Mairie de Pauillac"
    assert (point.street, point.zip_code) == ("1 quai Antoine-Ferchaud", "33250")
    assert (point.city, point.longitude, point.latitude) == ("Pauillac", -0.7461, 45.1997)
    assert point.is_active
    assert "CNI" in point.reasons


def test_the_page_that_adds_a_place_writes_it_and_renaming_keeps_its_number(make_user, commune):
    admin = open_settings(make_user, commune)

    admin.post(
        f"{HOME}lieux/nouveau/", {"name": "Annexe", "address": "2 rue Haute, 33250 Pauillac"}
    )
    known = MeetingPoint.objects.get()
    admin.post(f"{HOME}lieux/{known.site}/", {"name": "Annexe du port", "address": ""})

    renamed = MeetingPoint.objects.get()
    assert (known.name, renamed.name, renamed.pk) == ("Annexe", "Annexe du port", known.pk)
    assert not renamed.is_open  # nothing receives there yet


def test_a_place_without_a_position_is_where_the_town_hall_is(make_user, commune):
    """Else nobody who looks around would find it."""
    with owner():
        OfficialCommune.objects.create(
            insee_code="33314", name="Pauillac", department="33", postcodes=["33250"],
            search_key="pauillac", longitude=-0.7461, latitude=45.1997,
        )  # fmt: skip
    admin = open_settings(make_user, commune)
    said = {"name": "Annexe", "address": "2 rue Haute, 33250 Pauillac"}

    admin.post(f"{HOME}lieux/nouveau/", said)
    added = MeetingPoint.objects.get()
    admin.post(f"{HOME}lieux/{added.site}/", said | {"position": "45.2, -0.75"})
    corrected = MeetingPoint.objects.get()
    admin.post(f"{HOME}lieux/{added.site}/", said)

    assert (added.latitude, added.longitude) == (45.1997, -0.7461)
    assert (corrected.latitude, corrected.longitude) == (45.2, -0.75)
    assert MeetingPoint.objects.get().latitude == 45.1997


def test_a_place_that_closes_keeps_its_number_and_a_corrected_position_stays(counter):
    configuration_changed()
    MeetingPoint.objects.update(longitude=2.0, latitude=47.0)
    before = MeetingPoint.objects.get()

    Resource.objects.update(active=False)
    configuration_changed()
    closed = MeetingPoint.objects.get()
    Resource.objects.update(active=True)
    configuration_changed()

    assert not closed.is_open
    assert not closed.is_active
    after = MeetingPoint.objects.get()
    assert (after.pk, after.is_active, after.longitude) == (before.pk, True, 2.0)


def test_an_administrator_corrects_the_position_and_says_the_code(make_user, commune, counter):
    admin = open_settings(make_user, commune)
    configuration_changed()
    where = f"{HOME}lieux/{counter.site_id}/"
    typed = {"name": "Mairie", "address": "1 quai Neuf, 33250 Pauillac"}

    wrong = admin.post(where, typed | {"position": "au port", "ugf": "33A"})
    assert wrong.status_code == 422
    assert "45.1997, -0.7461" in wrong.content.decode()
    assert admin.post(where, typed | {"position": "99.5, 2"}).status_code == 422
    assert (
        admin.post(where, typed | {"position": " 45.2 , -0.75 ", "ugf": "33a01"}).status_code
        == 302
    )

    point = MeetingPoint.objects.get()
    assert (point.latitude, point.longitude, point.ugf) == (45.2, -0.75, "33A01")
    page = admin.get(where).content.decode()
    assert 'value="45.2, -0.75"' in page
    assert 'value="33A01"' in page


def test_a_place_that_is_no_more_stays_in_the_register_closed():
    site = SiteFactory()
    places.publish()
    number = MeetingPoint.objects.get().pk

    site.delete()
    places.publish()
    SiteFactory()
    places.publish()

    assert POINTS.get(pk=number, is_open=False)
    assert POINTS.last().pk > number


def test_titles_are_those_that_the_site_can_give(counter):
    service = ServiceFactory(titles="PASSPORT", is_online=False)
    counter.services.add(service)
    station = ServiceFactory(titles="CNI-PASSPORT")
    counter.services.add(station)
    ServiceNeed.objects.create(service=station, kind="station")

    configuration_changed()

    assert MeetingPoint.objects.get().reasons == ["CNI"]


def test_a_suspended_commune_has_no_place_in_service_and_comes_back(counter, commune, now):
    configuration_changed()
    number = MeetingPoint.objects.get().pk
    with owner():
        departures.suspend(commune=commune, reason="", by_id=1, by_name="Ana", now=now)
        assert follow_communes() == 1
        assert not MeetingPoint.objects.get().is_active
        departures.resume(commune=commune, by_name="Ana", now=timezone.now())
        assert follow_communes() == 1
        assert follow_communes() == 0
    assert MeetingPoint.objects.get(is_active=True).pk == number


@pytest.mark.public
def test_the_platform_puts_places_in_and_out_of_use_and_deletes_none(commune):
    with owner():
        MeetingPoint.objects.create(commune=commune, site=1, name="Mairie", city="Pauillac")

    assert follow_communes() == 1
    assert MeetingPoint.objects.all()._raw_delete("default") == 0
    assert MeetingPoint.objects.count() == 1


def test_a_commune_writes_its_own_places_only_and_deletes_none(other_commune, counter):
    configuration_changed()
    with owner():
        MeetingPoint.objects.create(commune=other_commune, site=1, name="Mairie", city="Lacanau")

    assert MeetingPoint.objects.count() == 2
    assert MeetingPoint.objects.filter(commune=other_commune).update(name="Ailleurs") == 0
    with pytest.raises(DatabaseError), transaction.atomic():
        MeetingPoint.objects.create(commune=other_commune, site=2, name="Faux", city="Lacanau")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM public.slots_meetingpoint")


@pytest.mark.parametrize(
    ("site", "commune", "name"),
    [
        ("Mairie", "Pauillac", "Mairie de Pauillac"),
        ("Hôtel de ville", "Arcachon", "Hôtel de ville d’Arcachon"),
        ("Annexe du port", "Pauillac", "Annexe du port"),
    ],
)
def test_a_name_that_every_town_hall_has_says_of_which_commune(site, commune, name):
    assert places.official_name(site, commune) == name


def test_saying_the_same_again_changes_nothing(counter):
    assert len(places.publish()) == 1
    assert places.publish() == []


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        (
            "1 quai Antoine-Ferchaud, 33250 Pauillac",
            ("1 quai Antoine-Ferchaud", "33250", "Pauillac"),
        ),
        ("12 cours du 8 mai\n33000 Bordeaux Cedex 2", ("12 cours du 8 mai", "33000", "Bordeaux")),
        ("33680 Lacanau", ("", "33680", "Lacanau")),
        ("Le bourg", ("Le bourg", "", "")),
        ("٣٣٢٥٠ Pauillac", ("٣٣٢٥٠ Pauillac", "", "")),  # digits of contracts are ASCII
        ("", ("", "", "")),
    ],
)
def test_an_address_is_parted(address, parts):
    assert split(address) == parts

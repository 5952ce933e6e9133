"""A shared counter: seen from the others, counted, and paid for to the cent."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context
from hypothesis import given, strategies as st

from booking import read_model, sharing
from booking.models import Service, Sharing
from booking.taking import lock_configuration
from mutual import actions
from mutual.costs import shares
from mutual.desk import read_desk
from mutual.models import Agreement, AgreementUse, PhoneDesk
from mutual.neighbours import read_neighbours
from mutual.reading import agreements_for_association, agreements_of
from parvis.signing import BadSignature, sign_for, unsign
from tenants.models import Commune, Membership
from tests.conftest import login_as, owner
from tests.factories import AppointmentFactory, OpeningFactory, ResourceFactory, ServiceFactory


pytestmark = [pytest.mark.django_db, pytest.mark.public]


@given(
    st.integers(0, 10**9),
    st.dictionaries(st.integers(0, 99), st.integers(0, 10**6), min_size=1, max_size=20),
)
def test_parts_add_up_and_none_is_a_cent_off(total, weights):
    parts = shares(total, weights)

    assert sum(parts.values()) == total
    whole = sum(weights.values())
    if whole:
        assert all(abs(parts[key] * whole - total * weights[key]) < whole for key in weights)
    else:
        assert max(parts.values()) - min(parts.values()) <= 1


@pytest.fixture
def ready(commune, other_commune):
    Commune.objects.filter(pk__in=[commune.pk, other_commune.pk]).update(
        state="ready", population=5_000
    )


@pytest.fixture
def agreement(association, commune, other_commune, ready):
    return agree(association, commune, {other_commune: []})


def agree(association, host, members, **terms):
    given = {
        "name": "Station de Pauillac", "kind": "counter", "starts_on": date(2026, 1, 1),
        "ends_on": None, "after_days": 0, "cost_key": "use", "yearly_cents": 100_001,
    }  # fmt: skip
    return actions.agree(association=association, members=members, host=host, **given | terms)


def open_counter(commune, now):
    with schema_context(commune.schema_name):
        service = ServiceFactory(name="Carte d’identité", titles="CNI")
        OpeningFactory(resources=[ResourceFactory(services=[service])])
        lock_configuration()
        read_model.refresh_all(now=now)
    return service.pk


def test_a_member_sees_the_next_start_of_the_host_and_is_led_there(
    agreement, commune, other_commune, now
):
    service = open_counter(commune, now)

    with schema_context(other_commune.schema_name):
        (found,) = read_neighbours(other_commune, now=now)

    assert found.name == "Pauillac"
    (offer,) = found.offers
    assert offer.start == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert offer.href.startswith("http://pauillac.localhost:8000/rendez-vous-partages/arrivee/?t=")
    token = offer.href.partition("?t=")[2]
    with schema_context(commune.schema_name):
        told = unsign(token.replace("%3A", ":"), purpose="shared-slot", max_age=600)
        assert (told["service"], told["from"]) == (service, "Lacanau")
    with schema_context(other_commune.schema_name), pytest.raises(BadSignature):
        unsign(token.replace("%3A", ":"), purpose="shared-slot", max_age=600)


def test_only_the_days_of_a_member_are_shown(association, commune, other_commune, ready, now):
    agree(association, commune, {other_commune: [3]})
    open_counter(commune, now)

    with schema_context(other_commune.schema_name):
        (found,) = read_neighbours(other_commune, now=now)

    assert found.offers == []


def test_a_stranger_sees_no_agreement(association, commune, other_commune, ready):
    with owner():
        third = Commune.objects.create(
            insee_code="33003", schema_name="c_33003", name="Ambès", slug="ambes",
            association=association, state="ready",
        )  # fmt: skip
    agree(association, commune, {third: []})

    with schema_context(other_commune.schema_name):
        assert not Agreement.objects.exists()
    with schema_context(commune.schema_name):
        assert Agreement.objects.count() == 1


def test_citizens_of_the_host_are_asked_and_those_of_members_sent(
    agreement, commune, other_commune, now
):
    for each in (commune, other_commune):
        with schema_context(each.schema_name):
            actions.take_note(now=now)

    with schema_context(commune.schema_name):
        assert sharing.asked_communes() == [("33314", "Pauillac"), ("33214", "Lacanau")]
        assert sharing.receive_for_us([], now=now) == []
    with schema_context(other_commune.schema_name):
        assert sharing.asked_communes() == []
        assert sharing.receive_for_us([], now=now) == ["Pauillac"]

    Agreement.objects.update(ends_on=date(2026, 2, 1))
    with schema_context(other_commune.schema_name):
        actions.take_note(now=now)
        assert Sharing.objects.get().offers == []


def test_neighbours_help_only_when_the_commune_is_full(
    association, commune, other_commune, ready, now
):
    agree(association, other_commune, {commune: []}, kind="overflow", after_days=7)
    open_counter(commune, now)
    with schema_context(commune.schema_name):
        actions.take_note(now=now)
        services = list(Service.objects.offered_online())

        assert sharing.receive_for_us(services, now=now) == []
        assert sharing.receive_for_us([], now=now) == ["Lacanau"]


def test_uses_are_counted_by_the_host_and_small_counts_hidden_from_others(
    agreement, association, commune, other_commune, now
):
    with schema_context(commune.schema_name):
        for n in range(12):
            AppointmentFactory(
                from_commune="33314",
                start=datetime(2026, 11, 24, 8, tzinfo=UTC) + timedelta(days=n % 3),
            )
        for _n in range(3):
            AppointmentFactory(from_commune="33214")
        AppointmentFactory(from_commune="33214", cancelled=True)
        AppointmentFactory()

        assert actions.count_uses(now=now) == 4
        assert actions.count_uses(now=now) == 4

        (own,) = agreements_of(commune, today=now.date())
        assert [line.used for line in own.lines] == [12, 3]
        assert [line.euros for line in own.lines] == ["800,01\u00a0€", "200,00\u00a0€"]
    with schema_context(other_commune.schema_name):
        (seen,) = agreements_of(other_commune, today=now.date())
        assert [line.used for line in seen.lines] == [0, 3]  # of others it reads nothing
    (told,) = agreements_for_association(association.pk, today=now.date())
    assert [line.used for line in told.lines] == [12, None]
    assert [line.euros for line in told.lines] == ["", ""]
    assert AgreementUse.objects.count() == 4


def test_an_agreement_needs_another_commune_of_the_association(association, commune, ready):
    with pytest.raises(actions.NobodyElse):
        agree(association, commune, {commune: []})
    with owner():
        alien = Commune.objects.create(
            insee_code="33004", schema_name="c_33004", name="Andernos", slug="andernos"
        )
    with pytest.raises(actions.NotOurs):
        agree(association, commune, {alien: []})


# --- The phone desk -----------------------------------------------------------------------


@pytest.fixture
def operator(make_user):
    return make_user("referent")


def opened(commune, now):
    with schema_context(commune.schema_name):
        actions.open_phone_desk(commune=commune, by="Ana Lacoste", now=now)


def test_who_answers_gets_a_place_where_the_commune_wishes_it_and_loses_it_again(
    operator, association, commune, other_commune, now
):
    opened(commune, now)
    with schema_context(other_commune.schema_name):
        assert not PhoneDesk.objects.exists()  # of another commune

    actions.choose_phone_agents(association=association, users=[operator])

    place = Membership.objects.get(user=operator, is_phone_desk=True)
    assert (place.commune, place.role, place.is_active) == (commune, "booking_agent", True)

    with schema_context(commune.schema_name):
        actions.close_phone_desk(commune=commune)
    actions.seat_phone_agents(association=association.pk)
    place.refresh_from_db()
    assert not place.is_active

    opened(commune, now)
    actions.seat_phone_agents(association=association.pk)
    place.refresh_from_db()
    assert place.is_active


def test_nobody_outside_the_association_answers(make_user, association, commune):
    with pytest.raises(actions.NotOurs):
        actions.choose_phone_agents(
            association=association, users=[make_user("admin", commune=commune)]
        )


def test_the_pages_of_the_association(
    operator, make_user, association, commune, other_commune, ready
):
    open_counter(commune, timezone.now())
    opened(commune, timezone.now())
    director = make_user("director")
    client = Client(headers={"host": "gironde.localhost"})
    with owner():
        login_as(client, director, site=f"association:{association.pk}")

    sent = {
        "name": "Entraide", "kind": "overflow", "host": commune.pk, "communes": [other_commune.pk],
        "starts_on": "2026-01-01", "cost_key": "equal", "yearly_euros": "1000,01",
    }  # fmt: skip
    assert client.post("/partage/nouvelle/", sent | {"name": ""}).status_code == 422
    assert client.post("/partage/nouvelle/", sent | {"host": "9" * 30}).status_code == 422
    assert client.post("/partage/nouvelle/", sent | {"communes": [commune.pk]}).status_code == 422
    assert client.post("/partage/nouvelle/", sent).status_code == 302
    page = client.get("/partage/").content.decode()
    assert "Entraide" in page
    assert "500,01" in page
    pk = Agreement.objects.get().pk
    assert client.get(f"/partage/{pk}/").status_code == 200

    desk = client.get("/partage/standard/").content.decode()
    assert "Pauillac" in desk
    assert "/agent/rendez-vous/nouveau/" not in desk
    client.post("/partage/standard/personnes/", {"agents": [director.pk]})
    desk = client.get("/partage/standard/").content.decode()
    assert "http://pauillac.localhost:8000/agent/rendez-vous/nouveau/" in desk
    assert "Carte d’identité" in desk


def test_the_list_of_the_desk_costs_the_same_for_one_commune_and_for_two(
    association, commune, other_commune, ready, now
):
    asked = []
    for each in (commune, other_commune):
        opened(each, now)
        with CaptureQueriesContext(connection) as queries:
            read_desk(association.pk, now=now)
        asked.append(len(queries))

    assert asked[0] == asked[1]


def test_the_pages_of_a_commune(agreement, make_user, commune, other_commune):
    client = Client(headers={"host": "pauillac.localhost"})
    with owner():
        login_as(client, make_user("admin", commune=commune), site=commune.schema_name)

    page = client.get("/agent/commune/partage/").content.decode()
    assert "Station de Pauillac" in page
    client.post("/agent/commune/partage/standard/ouvrir/")
    assert "Fermer au standard" in client.get("/agent/commune/partage/").content.decode()
    client.post("/agent/commune/partage/standard/fermer/")
    assert "Ouvrir au standard" in client.get("/agent/commune/partage/").content.decode()


def test_a_citizen_sent_by_a_neighbour_is_told_where_she_is(agreement, commune, other_commune):
    now = timezone.now()
    service = open_counter(commune, now)
    away = Client(headers={"host": "lacanau.localhost"})
    assert "Mairie de Pauillac" in away.get("/rendez-vous-partages/").content.decode()
    here = Client(headers={"host": "pauillac.localhost"})

    def arrive(**told):
        token = sign_for(told, purpose="shared-slot", schema=commune.schema_name)
        return here.get("/rendez-vous-partages/arrivee/", {"t": token})

    page = arrive(service=service, start="2031-01-01T09:00:00+00:00").content.decode()
    assert "Ce créneau vient d’être pris." in page
    for wrong in (
        {"service": 999_999_999, "start": "2031-01-01T09:00:00+00:00"},
        {"start": 1},
        {},
    ):
        assert arrive(**wrong).status_code == 302
    for token in ("", "x", "\x00", "é" * 3_000):
        assert here.get("/rendez-vous-partages/arrivee/", {"t": token}).status_code == 302

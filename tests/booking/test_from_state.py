"""From the State's search to a start, and to an appointment one has (ANTS contract, 3.4 and 7)."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tenants.utils import tenant_context

from ants import callbacks, keys, links
from ants.models import PreDemandeIndex
from booking import planning, read_model, visitor
from booking.configuration import configuration_changed
from booking.models import Allocation, Appointment, Participant, Service
from slots.models import MeetingPoint
from tests.conftest import owner
from tests.factories import (
    AppointmentFactory,
    OpeningFactory,
    ResourceFactory,
    ServiceFactory,
    SiteFactory,
)


pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


class Browser(Client):
    """A browser after whose visits the test is in the commune again."""

    def request(self, **request):
        tenant = connection.tenant
        try:
            return super().request(**request)
        finally:
            connection.set_tenant(tenant)


@pytest.fixture
def client():
    return Browser(headers={"host": "pauillac.localhost"})


@pytest.fixture
def service():
    service = ServiceFactory(
        slug="carte", titles="CNI", minutes=[20, 40, 60], notice_hours=0, horizon_days=60
    )
    counter = ResourceFactory(services=[service])
    for weekday in range(7):
        OpeningFactory(weekday=weekday, resources=[counter])
    return service


@pytest.fixture
def start(service):
    """Ten in the morning, in a week."""
    day = timezone.localdate() + timedelta(days=7)
    while day in planning.current_plan(day.year).holidays:
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, 10, 0, tzinfo=PARIS)


def address(start, *, persons=2, point=None, forged=()):
    point = point or MeetingPoint.objects.get().pk
    reason = "CNI"
    at = start.strftime(callbacks.WALL)
    told = {
        "mp": point,
        "at": at,
        "reason": reason,
        "n": persons,
        "sig": callbacks.signer(point, reason, persons)(at),
    }
    return f"{callbacks.PATH}?{urlencode(told | dict(forged))}"


def test_3_4_a_free_start_is_shown_and_opening_the_page_holds_nothing(client, start):
    answer = client.get(address(start))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Ce créneau est libre" in page
    assert "10\N{NO-BREAK SPACE}h" in page
    assert "2\N{NO-BREAK SPACE}personnes" in page or "2 personnes" in page
    assert "15 quai Jean-Fleuret" in page
    assert not Allocation.objects.exists()
    assert visitor.HOLD not in answer.cookies


def test_3_4_it_leads_to_the_ordinary_booking_with_persons_start_and_place(client, start):
    page = client.get(address(start))
    way_on = page.context["way_on"]

    situation = client.get(way_on)
    assert b'value="2"' in situation.content
    asked = situation.client.post(situation.context["action"], {"persons": "2"}, follow=True)
    while "suite" in dict(parse_qsl(urlsplit(asked.request["QUERY_STRING"]).path)):
        query = dict(parse_qsl(asked.request["QUERY_STRING"]))
        query.pop("suite")
        asked = client.get(f"{asked.request['PATH_INFO']}creneaux/?{urlencode(query)}")
    if not asked.request["PATH_INFO"].endswith("creneaux/"):
        form = asked.context["form"]
        data = {name: form[name].value() for name in form.fields}
        asked = client.post(asked.context["action"], data, follow=True)

    assert asked.request["PATH_INFO"] == "/rendez-vous/carte/creneaux/"
    assert "Le créneau demandé est libre" in asked.content.decode()
    query = dict(parse_qsl(asked.request["QUERY_STRING"]))
    assert (query["persons"], datetime.fromisoformat(query["debut"])) == ("2", start)
    held = client.post(
        f"/rendez-vous/carte/creneaux/?{asked.request['QUERY_STRING']}",
        {"slot": asked.context["asked_offer"].value},
    )
    assert held.status_code == 302
    appointment = Appointment.objects.get()
    assert (appointment.start, appointment.persons) == (start, 2)
    assert appointment.length == timedelta(minutes=40)  # by the table of the service


@pytest.mark.parametrize("gone", ["taken", "past", "closed", "notice", "hour"])
def test_3_4_taken_past_or_closed_is_200_with_the_nearest_at_the_same_place(
    client, start, service, gone
):
    if gone == "taken":
        resource = service.resources.get()
        AppointmentFactory(service=service, start=start, resource=resource, site=resource.site)
    elif gone == "past":
        start -= timedelta(days=30)
    elif gone == "closed":
        start = start.replace(hour=20)
    elif gone == "notice":
        Service.objects.update(notice_hours=24 * 10)
        configuration_changed()
    else:
        start = start.replace(minute=7)

    answer = client.get(address(start))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Ce créneau n’est plus libre" in page
    assert page.count('name="slot"') == 3
    assert "lieu=" in answer.context["action"]


def test_a_start_that_only_the_second_service_for_a_title_has_is_free(client, start, service):
    second = ServiceFactory(slug="zz-mineur", titles="CNI", minutes=[20, 40], notice_hours=0)
    counter = ResourceFactory(services=[second], site=service.resources.get().site)
    for weekday in range(7):
        OpeningFactory(weekday=weekday, resources=[counter])
    resource = service.resources.get()
    AppointmentFactory(service=service, start=start, resource=resource, site=resource.site)

    page = client.get(address(start))

    assert page.context["is_free"]
    assert page.context["way_on"].startswith("/rendez-vous/zz-mineur/")


def test_3_4_a_service_that_is_no_longer_online_is_200_and_leads_to_the_town_hall(client, start):
    Service.objects.update(is_online=False)
    configuration_changed()

    answer = client.get(address(start))

    assert answer.status_code == 200
    assert "ne se réserve plus en ligne ici" in answer.content.decode()


@pytest.mark.parametrize(
    "forged",
    [
        *({"sig": "0" * 20}, {"sig": "é"}, {"n": "3"}, {"n": "9" * 40}, {"mp": "\0"}, {"mp": "1"}),
        *({"reason": "PASSPORT"}, {"at": "2026-13-41T99:99"}, {"at": "demain"}),
    ],
    ids=str,
)
def test_3_4_nothing_that_was_changed_in_the_address_is_read(client, start, forged):
    assert client.get(address(start, forged=forged)).status_code == 404


def test_an_address_signed_by_the_former_key_of_the_platform_still_opens(client, start, settings):
    published = address(start)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a newer secret of this platform, long enough"

    assert client.get(published).status_code == 200


def test_a_start_of_one_place_is_taken_there_although_another_is_free(client, service, start):
    annexe = ResourceFactory(services=[service], site=SiteFactory(name="Annexe"))
    for weekday in range(7):
        OpeningFactory(weekday=weekday, resources=[annexe])
    read_model.refresh_all(now=timezone.now())
    point = MeetingPoint.objects.get(name="Annexe")
    page = client.get(address(start, persons=1, point=point.pk))
    assert page.context["is_free"]

    query = f"persons=1&lieu={point.site}&debut={start.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"
    slots = client.get(f"/rendez-vous/carte/creneaux/?{query}")
    client.post(
        slots.context["action"] + "&" + query, {"slot": slots.context["asked_offer"].value}
    )

    assert Appointment.objects.get().site_id == point.site
    assert not client.get(address(start, persons=1, point=point.pk)).context["is_free"]


# --- The address that the State is told ------------------------------------------------------


@pytest.fixture
def declared(service, start, commune):
    """An appointment of two persons, each with her number and her own addresses."""
    resource = service.resources.get()
    found = AppointmentFactory(service=service, start=start, resource=resource, persons=2)
    told = []
    for position, number in enumerate(("A1B2C3D4E5", "1122334455"), start=1):
        Participant.objects.filter(appointment=found, position=position).delete()
        Participant.objects.create(
            appointment=found, position=position, name="Jeanne", pre_application=number
        )
        entry = PreDemandeIndex(
            number_hash=keys.hash_of(number, version=1),
            key_version=1,
            commune=commune,
            point=MeetingPoint.objects.get(),
            appointment=found.reference,
            start=start,
        )
        told.append(links.declare(entry, number, host="pauillac.localhost"))
    return found, told


def path_of(url):
    return urlsplit(url)._replace(scheme="", netloc="").geturl()


def test_7_the_address_opens_without_a_password_where_it_can_be_moved_or_cancelled(
    client, declared
):
    appointment, told = declared

    for each in told:
        client.cookies.clear()
        page = client.get(path_of(each.management_url), follow=True)
        assert page.redirect_chain == [("/mon-rendez-vous/", 302)]
        assert page.context["appointment"] == appointment
        assert page.context["may_move"]
        client.cookies.clear()
        page = client.get(path_of(each.cancel_url), follow=True)
        assert page.redirect_chain == [("/mon-rendez-vous/annulation/", 302)]
    appointment.refresh_from_db()
    assert appointment.status == "booked"  # following an address cancels nothing


def test_7_an_address_is_for_one_number_as_long_as_it_comes(client, declared, now):
    appointment, (first, second) = declared
    swapped = path_of(first.management_url).replace("A1B2C3D4E5", "1122334455")
    assert client.get(swapped).status_code == 404
    assert client.get(path_of(first.management_url).partition("?")[0]).status_code == 404

    appointment.participants.filter(position=2).update(cancelled_at=now)

    assert client.get(path_of(second.management_url)).status_code == 404
    assert client.get(path_of(first.management_url)).status_code == 302


def test_7_an_address_of_another_commune_opens_nothing(client, declared, host_client):
    _appointment, (first, _second) = declared

    answer = host_client("lacanau.localhost").get(path_of(first.management_url))

    assert answer.status_code == 404


def test_3_4_the_nearest_communes_come_after_the_same_place(client, start, other_commune):
    with owner():
        type(other_commune).objects.update(state="ready")
    with tenant_context(other_commune):
        near = ServiceFactory(titles="CNI", minutes=[20, 40], notice_hours=0, horizon_days=60)
        counter = ResourceFactory(
            services=[near], site=SiteFactory(address="31 avenue de la Libération, 33680 Lacanau")
        )
        for weekday in range(7):
            OpeningFactory(weekday=weekday, resources=[counter])
        read_model.refresh_all(now=timezone.now())
    with owner():
        MeetingPoint.objects.filter(city="Pauillac").update(longitude=-0.7461, latitude=45.1997)
        MeetingPoint.objects.filter(city="Lacanau").update(longitude=-0.9, latitude=45.1)

    here = MeetingPoint.objects.get(city="Pauillac").pk
    page = client.get(address(start.replace(hour=20), point=here))

    text = page.content.decode()
    assert [each.commune for each in page.context["others"]] == ["Lacanau"]
    assert text.index('name="slot"') < text.index("Dans les mairies proches")

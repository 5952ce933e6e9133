"""The three endpoints, by the sentences of the ANTS contract that must hold (2.3, 3.1 to 3.5)."""

import gzip
import json
import logging
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg import OperationalError as PsycopgError

from ants import asking, calls, feed, keeping, keys, links, points, tokens
from ants.models import AntsToken, HubCall, PreDemandeIndex
from ants.tasks import forget_past, publish_points, write_down_calls
from booking import planning, read_model
from booking.configuration import configuration_changed
from booking.models import Closure, Resource, Service
from booking.places import publish
from slots.models import MeetingPoint
from tenants import departures
from tenants.hosts import host_of
from tests.ants.conftest import Hub
from tests.booking.test_actions import book, hold
from tests.conftest import owner
from tests.factories import TUESDAY_NINE, OpeningFactory, ResourceFactory, ServiceFactory


pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
NAMES = ("getManagedMeetingPoints", "availableTimeSlots", "searchApplicationIds")
MONDAY = TUESDAY_NINE - timedelta(days=1)


def point():
    return MeetingPoint.objects.get()


def ask(now, *, first=None, last=None, reason="CNI", persons=1, ids=()):
    """Ask the feed at an instant, without HTTP."""
    question = asking.Question(
        points=tuple(ids) or (point().pk,),
        first=first or now.date(),
        last=last or now.date() + timedelta(days=60),
        reason=reason,
        persons=persons,
    )
    return json.loads(feed.answer(question, now=now)[0])


def walls(now, **wish):
    return [each["datetime"] for each in ask(now, **wish)[str(point().pk)]]


def asked(seen):
    """Leave aside what a connection is told when it takes another role."""
    return [each for each in seen if "set_config" not in each["sql"]]


def broken(*_ignored):
    raise OperationalError("the connection is closed") from PsycopgError("closed")


# --- 2.3 Tokens -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_2_3_no_header_401_wrong_token_401_before_any_parameter_is_read(token, name):
    for secret in ("", "wrong", "é" * 3, f"{token} "[:-2]):
        answer = Hub(secret.encode().decode("latin-1")).get(name, "meeting_point_ids=%00&%ff")

        assert answer.status_code == 401
        assert answer.json() == {"detail": "X-HUB-RDV-AUTH-TOKEN header invalid"}


def test_2_3_the_previous_token_is_accepted_during_rotation(hub):
    now = timezone.now()
    with owner():
        second, secret = tokens.issue(label="Nouveau", now=now)
        with pytest.raises(tokens.TooManyTokens):
            tokens.issue(label="Un de trop", now=now)
        tokens.publish()
        first = AntsToken.objects.first()

    assert {each.get(NAMES[0]).status_code for each in (hub, Hub(secret))} == {200}
    with owner():
        tokens.revoke(pk=first.pk, now=timezone.now())
        tokens.publish()
        with pytest.raises(tokens.NoToken):
            tokens.revoke(pk=first.pk, now=timezone.now())
    assert (hub.get(NAMES[0]).status_code, Hub(secret).get(NAMES[0]).status_code) == (401, 200)
    with owner():
        write_down_calls()
        assert AntsToken.objects.get(pk=second.pk).last_used_at is not None


@pytest.mark.parametrize("header", ["X-HUB-RDV-AUTH-TOKEN", "x-hub-rdv-auth-token"])
def test_2_3_both_cases_of_the_header_are_equal(token, header):
    assert Hub("").get(NAMES[0], **{header: token}).status_code == 200


def test_2_3_the_name_of_the_header_is_configurable(token, settings):
    settings.ANTS_HEADER = "x-editor-token"

    assert Hub("").get(NAMES[0], **{"x-editor-token": token}).status_code == 200
    assert Hub("").get(NAMES[0]).json()["detail"] == "X-EDITOR-TOKEN header invalid"


def test_2_3_no_log_line_shows_a_token_and_it_is_stored_encrypted(hub, token, caplog):
    with owner():
        stored = AntsToken.objects.get()
    caplog.set_level(logging.DEBUG)
    with connection.execute_wrapper(broken):
        hub.get(NAMES[1], "meeting_point_ids=7")

    assert caplog.records
    assert token not in caplog.text
    assert token not in stored.secret
    assert tokens.secret_of(stored) == token
    assert token not in keeping._path("tokens").read_text()


def test_a_commune_reads_no_token(token):
    with pytest.raises(Exception, match="permission denied"):
        AntsToken.objects.exists()


# --- 3.1 getManagedMeetingPoints ------------------------------------------------------------


def test_3_1_list_of_objects_with_unique_string_ids_floats_in_range_and_five_digits(
    hub, written, pauillac
):
    with owner():
        publish_points()

    answer = hub.get(NAMES[0])

    (entry,) = answer.json()
    assert answer["Content-Type"] == "application/json"
    assert entry == {
        "id": str(point().pk),
        "name": "Mairie de Pauillac",
        "longitude": -0.7461,
        "latitude": 45.1997,
        "public_entry_address": "15 quai Jean-Fleuret",
        "zip_code": "33250",
        "city_name": "Pauillac",
        "website": "http://pauillac.localhost:8000/",
    }
    assert entry["zip_code"] not in entry["public_entry_address"]


def test_3_1_the_answer_is_identical_with_the_database_stopped(hub, written):
    with owner():
        publish_points()
    running = hub.get(NAMES[0]).content
    keeping.forget()  # a process that has just started, on a machine that has Valkey

    with connection.execute_wrapper(broken):
        assert hub.get(NAMES[0]).content == running
        keeping.forget()
        keeping.caches["shared"].clear()  # and without Valkey: the last good copy
        stopped = hub.get(NAMES[0])
        assert Hub("wrong").get(NAMES[0]).status_code == 401

    assert (stopped.status_code, stopped.content) == (200, running)
    assert b"Mairie de Pauillac" in running


def test_3_1_what_was_never_made_is_an_empty_list_and_an_alert(hub, written, caplog):
    with connection.execute_wrapper(broken):
        answer = hub.get(NAMES[0])

    assert (answer.status_code, answer.json()) == (200, [])
    assert "answered with nothing" in caplog.text
    with owner():
        write_down_calls()
        assert HubCall.objects.filter(endpoint="fault").exists()


def test_3_1_closed_without_titles_online_or_suspended_is_absent_and_full_is_present(
    written, commune, now
):
    with owner():
        listed = points.listed()
        assert listed.count() == 1
        read_model.FreeSlotDay.objects.update(n=0, starts=bytes(38))
        assert listed.count() == 1
    Service.objects.update(is_online=False)
    configuration_changed()
    assert points.listed().count() == 0
    Service.objects.update(is_online=True)
    Resource.objects.update(active=False)
    configuration_changed()
    assert points.listed().count() == 0
    Resource.objects.update(active=True)
    configuration_changed()
    with owner():
        assert points.listed().count() == 1
        departures.suspend(commune=commune, reason="", by_id=1, by_name="Ana", now=now)
        assert points.listed().count() == 0


def test_3_1_renaming_a_site_never_changes_its_id(written):
    before = json.loads(points.make())
    site = Resource.objects.first().site
    site.name = "Maison des services"
    site.save()
    publish()

    (after,) = json.loads(points.make())
    assert (after["id"], after["name"]) == (before[0]["id"], "Maison des services")


def test_3_1_a_place_without_position_or_postcode_is_not_told(written):
    MeetingPoint.objects.update(latitude=None, longitude=None, zip_code="")

    assert json.loads(points.make()) == []
    assert points.missing(point()) == ["position", "zip_code"]


# --- 3.2 and 3.3 availableTimeSlots ---------------------------------------------------------


def test_3_3_keys_are_exactly_the_requested_known_ids(hub, written, other_commune):
    with owner():
        closed = MeetingPoint.objects.create(
            commune=other_commune, site=1, name="Mairie", city="Lacanau"
        )
    open_id = MeetingPoint.objects.get(name="Mairie de Pauillac").pk

    found = hub.slots(f"meeting_point_ids={open_id}&meeting_point_ids={closed.pk}"
                      "&meeting_point_ids=987654321&meeting_point_ids=x")  # fmt: skip

    assert set(found) == {str(open_id), str(closed.pk)}
    assert found[str(closed.pk)] == []
    assert found[str(open_id)]


def test_3_3_sorted_unique_in_range_in_the_future_and_complete(hub, service):
    for _second in range(2):  # two more counters that are free at the same times
        counter = ResourceFactory(services=[service], site=Resource.objects.first().site)
        OpeningFactory(weekday=1, resources=[counter])
    other = ServiceFactory(titles="CNI", notice_hours=0)  # and another service with these titles
    other.resources.set(Resource.objects.all())
    configuration_changed()
    now = timezone.now()
    read_model.refresh_all(now=now)
    today = timezone.localdate(now)
    last = today + timedelta(days=20)

    found = hub.slots(f"meeting_point_ids={point().pk}&start_date={today}&end_date={last}")

    entries = found[str(point().pk)]
    times = [each["datetime"] for each in entries]
    assert times == sorted(set(times))
    assert times
    wall = f"{now.astimezone(PARIS):%Y-%m-%dT%H:%MZ}"
    assert all(wall < each <= f"{last}T23:59Z" for each in times)
    for each in entries:
        assert set(each) == {"datetime", "callback_url"}
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ", each["datetime"])
        at = each["datetime"][:-1]
        assert each["callback_url"].startswith(
            f"http://pauillac.localhost:8000/rdv/titres?mp={point().pk}&at={at}&reason=CNI&n=1&sig="
        )


def test_3_3_more_persons_never_give_more_slots(service):
    read_model.refresh_all(now=MONDAY)

    found = [set(walls(MONDAY, persons=n)) for n in range(1, 5)]

    assert found[0] > found[1] > found[2] > found[3] == set()


def test_3_3_the_wall_times_are_those_of_our_own_page_also_around_the_days_of_clocks(service):
    Service.objects.update(horizon_days=8, notice_hours=0)

    for day in (date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31), date(2027, 4, 10)):
        now = datetime.combine(day - timedelta(days=3), datetime.min.time(), PARIS)
        read_model.refresh_all(now=now)
        for shown in (day - timedelta(days=1), day, day + timedelta(days=1)):
            ours = planning.free(
                service=Service.objects.get(), persons=1, first=shown, days=1, now=now, online=True
            )
            wanted = [f"{each.astimezone(PARIS):%Y-%m-%dT%H:%MZ}" for each in ours.starts()]
            assert walls(now, first=shown, last=shown) == wanted
            assert not wanted or wanted[0].endswith("T09:00Z")
        assert walls(now)


def test_3_3_overseas_the_clock_is_that_of_the_town_hall(service, commune):
    with owner():
        type(commune).objects.filter(pk=commune.pk).update(time_zone="Indian/Reunion")
    connection.tenant.time_zone = "Indian/Reunion"
    planning._plans.clear()
    try:
        read_model.refresh_all(now=MONDAY)
        assert walls(MONDAY, first=date(2026, 12, 1))[0] == "2026-12-01T09:00Z"
    finally:
        planning._plans.clear()


@pytest.mark.parametrize(
    "query",
    [
        *("", "reason=CNI", "meeting_point_ids=", "%ff=%fe&&&=", "meeting_point_ids=%00"),
        *("documents_number=0", "documents_number=-3", "documents_number=deux"),
        *("reason=PERMIS", "start_date=hier", "start_date=2026-12-24&end_date=2020-01-01"),
    ],
)
def test_3_3_every_odd_request_of_the_table_gives_200_and_an_empty_object(hub, query):
    known = "&meeting_point_ids=7" if query.startswith(("doc", "reason=P", "start")) else ""

    assert hub.slots(query + known) == {}


@pytest.mark.parametrize("query", ["", "&reason=&documents_number=", "&reason=CNI"])
def test_3_3_absent_and_empty_forms_give_one_card(hub, written, query):
    assert len(hub.slots(f"meeting_point_ids={point().pk}{query}")[str(point().pk)]) > 100


def test_3_3_more_persons_than_the_commune_accepts_give_an_empty_list(hub, written):
    number = point().pk

    for persons in (4, 99_999_999_999):
        found = hub.slots(f"meeting_point_ids={number}&documents_number={persons}")
        assert found == {str(number): []}


def test_3_3_ten_years_are_clamped_and_a_thousand_places_are_one_query(hub, written):
    many = "&".join(f"meeting_point_ids={n}" for n in range(10**9, 10**9 + 1000))
    number = point().pk

    with CaptureQueriesContext(connection) as seen:
        found = hub.slots(
            f"meeting_point_ids={number}&{many}&start_date=2020-01-01&end_date=2036-01-01"
        )

    assert set(found) == {str(number)}
    assert len(asked(seen)) == 1


def test_3_3_no_slot_for_a_closed_service_a_bank_holiday_or_a_held_slot(service, commune):
    read_model.refresh_all(now=MONDAY - timedelta(days=2))
    now = MONDAY - timedelta(days=2)
    at = "2026-11-24T09:00Z"
    assert at in walls(now)
    hold(service, now)
    assert at not in walls(now)
    assert not [each for each in walls(now) if each.startswith("2026-12-25")]

    Closure.objects.create(
        period=(datetime(2026, 12, 1, tzinfo=PARIS), datetime(2026, 12, 2, tzinfo=PARIS)),
        reason="Travaux",
    )
    configuration_changed()
    read_model.refresh_all(now=now)
    assert not [each for each in walls(now) if each.startswith("2026-12-01")]

    Service.objects.update(is_online=False)
    configuration_changed()
    read_model.refresh_all(now=now)
    assert walls(now) == []


def test_3_3_a_slot_is_gone_with_the_commit_of_its_booking(service):
    now = MONDAY - timedelta(days=2)
    read_model.refresh_all(now=now)
    before = walls(now)

    book(service, now)

    assert set(before) - set(walls(now)) == {"2026-11-24T09:00Z"}


def test_3_3_notice_and_horizon_are_applied_by_our_clock(service):
    read_model.refresh_all(now=MONDAY)

    found = walls(MONDAY)

    assert found[0] == "2026-11-24T09:00Z"  # twenty-four hours ahead, to the minute
    assert walls(MONDAY + timedelta(minutes=1))[0] == "2026-11-24T09:20Z"
    assert found[-1].startswith("2027-01-22")  # sixty days
    assert walls(MONDAY, first=date(2027, 1, 23), last=date(2027, 3, 1)) == []


def test_3_3_any_exception_gives_an_empty_object_and_an_alert(hub, written, caplog):
    query = f"meeting_point_ids={point().pk}"
    with connection.execute_wrapper(broken):
        answer = hub.get(NAMES[1], query)

    assert (answer.status_code, answer.json()) == (200, {})
    assert "answered with nothing" in caplog.text


def test_answers_are_packed_for_who_can_read_it(hub, written):
    query = f"meeting_point_ids={point().pk}"
    plain = hub.get(NAMES[1], query)

    packed = hub.get(NAMES[1], query, **{"accept-encoding": "gzip, deflate"})

    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) * 4 < len(plain.content)


def test_no_limit_of_ours_stops_the_hub(hub):
    assert {hub.get(NAMES[2], "application_ids=1").status_code for _each in range(120)} == {200}


# --- 3.5 searchApplicationIds ---------------------------------------------------------------


@pytest.fixture
def entry(written, commune):
    """Index a number as the transaction of an appointment does."""

    def make(number, *, reference="ABCD1234", start=None, version=None):
        version = version or keys.newest()
        return PreDemandeIndex.objects.create(
            number_hash=keys.hash_of(number, version=version),
            key_version=version,
            commune=commune,
            point=point(),
            appointment=reference,
            start=start or timezone.now() + timedelta(days=3),
        )

    return make


def search(hub, *values):
    answer = hub.get(NAMES[2], "&".join(f"application_ids={each}" for each in values))
    assert answer.status_code == 200
    return answer.json()


def test_3_5_unknown_gives_an_empty_list_under_the_number_as_it_was_spelled(hub):
    assert search(hub) == {}
    assert search(hub, "1122334455", "x", "%00", "a1b2c3d4e5") == {
        each: [] for each in ("1122334455", "x", "\0", "a1b2c3d4e5")
    }


def test_3_5_lower_case_finds_the_same_in_one_query(hub, entry):
    start = datetime(2031, 6, 3, 9, 0, tzinfo=PARIS)
    entry("A1B2C3D4E5", start=start)

    with CaptureQueriesContext(connection) as seen:
        found = search(hub, "a1b2c3d4e5,A1B2C3D4E5", "1122334455")

    assert len(asked(seen)) == 1
    assert set(found) == {"a1b2c3d4e5", "A1B2C3D4E5", "1122334455"}
    assert found["a1b2c3d4e5"] == found["A1B2C3D4E5"]
    (told,) = found["a1b2c3d4e5"]
    assert set(told) == {"meeting_point", "datetime", "management_url", "cancel_url"}
    assert told["meeting_point"] == "Mairie de Pauillac"
    assert told["datetime"] == "2031-06-03T09:00Z"
    assert re.fullmatch(
        r"http://pauillac\.localhost:8000/rdv/ABCD1234\.[0-9a-f]{32}\?n=A1B2C3D4E5",
        told["management_url"],
    )
    assert told["cancel_url"] == told["management_url"].replace("?", "/annuler?")


def test_3_5_cancelled_and_past_are_absent_and_so_are_suspended_communes(hub, entry, commune):
    cancelled = entry("A1B2C3D4E5")
    entry("1122334455", start=timezone.now() - timedelta(minutes=1))
    kept = entry("5544332211")
    cancelled.delete()

    found = search(hub, "A1B2C3D4E5", "1122334455", "5544332211")
    assert {number: len(told) for number, told in found.items()} == {
        "A1B2C3D4E5": 0, "1122334455": 0, "5544332211": 1,
    }  # fmt: skip
    with owner():
        departures.suspend(commune=commune, reason="", by_id=1, by_name="Ana", now=timezone.now())
    assert search(hub, "5544332211") == {"5544332211": []}
    with owner():
        PreDemandeIndex.objects.filter(pk=kept.pk).update(start=timezone.now() - timedelta(days=2))
        assert forget_past() == 1


def test_3_5_a_family_of_three_gives_three_numbers_each_with_its_own_urls(hub, entry):
    family = ["A1B2C3D4E5", "1122334455", "5544332211"]
    for number in family:
        entry(number)

    found = search(hub, *family)

    urls = [told["management_url"] for number in family for told in found[number]]
    urls += [told["cancel_url"] for number in family for told in found[number]]
    assert len(set(urls)) == 6


def test_3_5_both_channels_tell_the_same_bytes_whatever_key_is_new_since(
    hub, entry, commune, settings
):
    settings.ANTS_KEYS = {"1": "the first key"}
    kept = entry("A1B2C3D4E5")
    (told,) = search(hub, "A1B2C3D4E5")["A1B2C3D4E5"]

    settings.ANTS_KEYS = {"1": "the first key", "2": "a newer one"}
    declared = links.declare(kept, "A1B2C3D4E5", host=host_of(commune))

    assert search(hub, "A1B2C3D4E5")["A1B2C3D4E5"] == [told]
    assert declared.for_hub == told
    assert declared.for_coordination[:16].replace(" ", "T") + "Z" == told["datetime"]
    secret = told["management_url"].rpartition("/")[2].partition("?")[0]
    assert links.opened_by(secret, "a1b2c3d4e5") == ("ABCD1234", "A1B2C3D4E5")
    assert links.opened_by(secret, "1122334455") is None
    assert links.opened_by(secret.replace("ABCD1234", "ABCD1235"), "A1B2C3D4E5") is None
    assert links.opened_by("ABCD1234", "A1B2C3D4E5") is None


def test_3_5_an_outage_leaves_each_number_its_empty_list(hub, entry):
    entry("A1B2C3D4E5")
    with connection.execute_wrapper(broken):
        assert search(hub, "A1B2C3D4E5") == {"A1B2C3D4E5": []}


def test_the_index_holds_no_number_and_each_commune_its_own_rows(entry, other_commune):
    row = entry("A1B2C3D4E5")

    assert "A1B2C3D4E5" not in str(PreDemandeIndex.objects.values().get())
    assert len(row.number_hash) == 64
    with owner():
        PreDemandeIndex.objects.update(commune=other_commune)
    assert PreDemandeIndex.objects.all()._raw_delete("default") == 0


# --- What is remembered of the calls --------------------------------------------------------


def test_a_commune_reads_when_it_was_last_asked_and_what_it_publishes(hub, written, commune):
    number = point().pk
    starts = hub.slots(f"meeting_point_ids={number}")[str(number)]
    hub.get(NAMES[0])

    with owner():
        assert write_down_calls() == 3
        assert write_down_calls() == 0

    found = calls.last_call(commune)
    assert set(found) == {"slots", "points"}
    assert found["slots"].count == len(starts)
    assert timezone.now() - found["slots"].at < timedelta(minutes=1)
    places, free = calls.published(commune, now=timezone.now())
    assert places == 1
    assert free >= len(starts)


def test_a_commune_reads_no_call_of_another_one(commune, other_commune):
    with owner():
        HubCall.objects.create(endpoint="slots", commune=other_commune, at=timezone.now(), count=9)

    assert calls.last_call(commune) == {}
    assert HubCall.objects.count() == 0

"""Finished titles: their arrival, their holders, their station and their three months."""

import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import actions, moving, planning, titles
from booking.arrivals import Flaw, decode, read_lines
from booking.links import path_to_title
from booking.models import Allocation, Appointment, ServiceNeed, Title
from booking.titles import Doubt
from identity.members import Member
from parvis.models import OutgoingEmail
from parvis.signing import digest, new_token
from tests.booking.settings_client import open_settings, text_of, told
from tests.factories import AppointmentFactory, OpeningFactory, ResourceFactory, ServiceFactory


pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
AGENT = Member(user_id=7, name="Nadia", role="booking_agent")


@pytest.fixture
def hall():
    """Two stations and a counter, open every day from 9 h to 12 h, hand titles over."""
    deposit = ServiceFactory()
    service = ServiceFactory(
        slug="remise",
        titles="",
        minutes=[10, 15, 20],
        is_online=False,
        is_collection=True,
        horizon_days=120,
        notice_hours=0,
    )
    stations = [
        ResourceFactory(kind="station", name=f"Station {n}", services=[deposit, service])
        for n in (1, 2)
    ]
    site = stations[0].site
    stations[1].site = site
    stations[1].save()
    counters = [ResourceFactory(site=site, services=[deposit, service]) for _n in (1, 2)]
    for kind in ("station", "counter"):
        ServiceNeed.objects.create(service=service, kind=kind)
    for weekday in range(7):
        OpeningFactory(weekday=weekday, resources=[*stations, *counters], step_minutes=10)
    actions.configuration_changed()
    return {"service": service, "deposit": deposit, "stations": stations}


def title(hall, **changes):
    facts = {
        "kind": "CNI",
        "number": f"NUM{Title.objects.count():07}",
        "holder": "Jeanne Dupuy",
        "email": "jeanne@example.org",
        "station": hall["stations"][1],
        "arrived_on": MONDAY,
        "token_hash": digest(new_token()),
    }
    return Title.objects.create(**facts | changes)


def starts(each, hall, *, certifies=False, now=NOW):
    return titles.free_starts([each], service=hall["service"], certifies=certifies, now=now)


def stations_of(appointment):
    return set(
        appointment.allocations.filter(resource__kind="station").values_list(
            "resource_id", flat=True
        )
    )


def test_columns_come_in_any_order_and_with_any_separator():
    read, unread = read_lines(
        "Numéro;Titulaire;Courriel\n"
        "ab12-cd34 ef;Jeanne Dupuy;jeanne@example.org\n"
        "AB12CD34EG\t06 12 34 56 78\tPaul Roux\tpasseport\n"
        'AB12CD34EH,"Roux, Paul",CNI\n\n'
    )

    assert unread == []
    assert [(each.number, each.holder, each.email, each.phone, each.kind) for each in read] == [
        ("AB12CD34EF", "Jeanne Dupuy", "jeanne@example.org", "", ""),
        ("AB12CD34EG", "Paul Roux", "", "0612345678", "PASSPORT"),
        ("AB12CD34EH", "Roux, Paul", "", "", "CNI"),
    ]


def test_what_cannot_be_read_is_given_back_as_typed():
    read, unread = read_lines("AB12CD34EF\nab12cd34ef\nbonjour;x\n" + "x" * 3)

    assert [each.number for each in read] == ["AB12CD34EF"]
    assert [(each.line, each.flaw) for each in unread] == [
        ("ab12cd34ef", Flaw.TWICE),
        ("bonjour;x", Flaw.NUMBER),
        ("xxx", Flaw.NUMBER),
    ]


def test_old_spreadsheets_are_read_and_binary_files_refused():
    assert decode("Hélène".encode("windows-1252")) == decode("Hélène".encode("utf-8-sig"))
    for content in (b"PK\x00\x01", b"\x81\x8d"):
        with pytest.raises(ValueError):  # noqa: PT011
            decode(content)


def test_the_number_of_the_deposit_tells_holder_and_station(hall):
    deposit = AppointmentFactory(
        service=hall["deposit"],
        resource=hall["stations"][1],
        language="en",
        people=[{"name": "Léa Dupuy", "pre_application": "AB12CD34EF"}],
    )
    read, _unread = read_lines("AB12CD34EF")

    proposed, doubts = titles.match(read, kind="PASSPORT", station=hall["stations"][0])

    assert doubts == []
    found = proposed[0]
    assert (found.holder, found.email, found.language) == (
        "Léa Dupuy",
        "jeanne@example.org",
        "en",
    )
    assert (found.kind, found.station) == ("CNI", hall["stations"][1])
    assert found.deposit.appointment == deposit


def test_an_unknown_number_needs_somebody_to_tell(hall):
    read, _unread = read_lines("AB12CD34EF\nAB12CD34EG;Paul Roux;0612345678")

    proposed, doubts = titles.match(read, kind="CNI", station=None)

    assert [each.holder for each in proposed] == ["Paul Roux"]
    assert [(arrival.number, doubt) for arrival, doubt in doubts] == [
        ("AB12CD34EF", Doubt.UNREACHABLE)
    ]


def test_a_title_is_told_as_known_and_never_doubled(hall):
    read, _unread = read_lines("AB12CD34EG;Paul Roux;0612345678")
    proposed, _doubts = titles.match(read, kind="CNI", station=None)

    assert titles.register(proposed=proposed, arrived_on=MONDAY) == 1
    assert titles.register(proposed=proposed, arrived_on=MONDAY) == 0

    assert titles.match(read, kind="CNI", station=None)[1][0][1] == Doubt.KNOWN
    assert titles.match(read, kind="PASSPORT", station=None)[1] == []


def test_one_message_for_each_address_says_until_when(hall):
    title(hall, holder="Jeanne Dupuy")
    title(hall, holder="Tom Dupuy", email="JEANNE@example.org")
    title(hall, holder="Paul Roux", email="", phone="0612345678")

    assert titles.tell_holders(now=NOW) == 2
    assert titles.tell_holders(now=NOW) == 0

    mail = OutgoingEmail.objects.get()
    assert "mardi 23\u00a0février 2027" in mail.body
    assert "/titre/" in mail.body
    assert "Dupuy" not in mail.body
    assert [each.holder for each in Title.objects.to_call(MONDAY)] == ["Paul Roux"]


@pytest.mark.parametrize(
    ("arrived", "last"),
    [
        (date(2026, 11, 23), date(2027, 2, 23)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2026, 12, 31), date(2027, 3, 31)),
    ],
)
def test_a_title_is_kept_three_months_by_the_calendar(arrived, last):
    assert Title(arrived_on=arrived).last_day == last


def test_a_title_is_collected_at_the_station_of_its_deposit_only(hall, now):
    mine = title(hall)
    first = starts(mine, hall)[0]
    other = title(hall, email="paul@example.org", holder="Paul Roux")
    booked = titles.collect(title=mine, start=first, certifies=False, now=NOW)

    assert stations_of(booked) == {hall["stations"][1].pk}
    assert first not in starts(other, hall)
    with pytest.raises(actions.SlotTaken) as refusal:
        titles.collect(title=other, start=first, certifies=False, now=NOW)
    assert len(refusal.value.alternatives) == 3
    free_at_the_other = title(hall, email="x@example.org", station=hall["stations"][0])
    assert first in starts(free_at_the_other, hall)


def test_a_collection_that_moves_stays_at_its_station(hall):
    mine = title(hall)
    free = starts(mine, hall)
    booked = titles.collect(title=mine, start=free[0], certifies=False, now=NOW)
    second = title(hall, email="paul@example.org")
    titles.collect(title=second, start=free[1], certifies=False, now=NOW)

    with pytest.raises(actions.SlotTaken):
        moving.move(appointment=booked, start=free[1], by=AGENT, now=NOW)
    moved = moving.move(appointment=booked, start=free[2], by=AGENT, now=NOW)

    assert stations_of(moved) == {hall["stations"][1].pk}


def test_no_collection_after_the_last_day(hall):
    old = title(hall, arrived_on=MONDAY - timedelta(days=85))
    late = datetime(2026, 12, 20, 8, tzinfo=UTC)

    assert {each.date() for each in starts(old, hall)} <= {
        MONDAY + timedelta(days=n) for n in range((old.last_day - MONDAY).days + 1)
    }
    with pytest.raises(actions.SlotTaken):
        titles.collect(title=old, start=late, certifies=False, now=NOW)
    with pytest.raises(titles.TitleGone):
        titles.collect(title=old, start=late, certifies=False, now=late)


def test_a_family_collects_everything_at_once_and_certifying_takes_longer(hall):
    first = title(hall)
    second = title(hall, holder="Tom Dupuy", email="Jeanne@example.org")
    apart = title(hall, holder="Ana Dupuy", station=hall["stations"][0])
    start = starts(first, hall)[0]

    booked = titles.collect(title=first, start=start, certifies=True, now=NOW)
    again = titles.collect(title=second, start=start, certifies=False, now=NOW)

    assert again == booked
    assert booked.persons == 2
    assert booked.length == timedelta(minutes=20)
    assert booked.certifies_identity
    assert set(Title.objects.with_appointment()) == {first, second}
    assert list(Title.objects.without_appointment()) == [apart]
    assert [each.name for each in booked.coming] == ["Jeanne Dupuy", "Tom Dupuy"]


def test_a_cancelled_collection_makes_the_title_wait_again(hall):
    mine = title(hall)
    free = starts(mine, hall)
    booked = titles.collect(title=mine, start=free[4], certifies=False, now=NOW)

    actions.cancel(appointment=booked, by=None, now=NOW)

    other = titles.collect(title=mine, start=free[5], certifies=False, now=NOW)
    assert other != booked
    assert other.start == free[5]


def test_reminders_go_out_on_day_sixty_and_eighty_and_never_at_night(hall):
    mine = title(hall, told_at=NOW)
    title(hall, told_at=NOW, email="", phone="0612345678")
    day = lambda n: NOW + timedelta(days=n)  # noqa: E731

    sent = {n: titles.remind(now=day(n)) for n in (59, 60, 61, 79, 80, 81)}

    assert sent == {59: 0, 60: 1, 61: 0, 79: 0, 80: 1, 81: 0}
    assert OutgoingEmail.objects.count() == 2
    assert titles.remind(now=day(95)) == 0
    mine.reminded_at = None
    mine.save()
    assert titles.remind(now=day(62).replace(hour=22)) == 0
    assert [each.phone for each in Title.objects.to_call(planning.local_day(day(80)))] == [
        "0612345678"
    ]


def test_an_appointment_that_was_kept_ends_the_wait(hall):
    mine = title(hall)
    start = starts(mine, hall)[0]
    booked = titles.collect(title=mine, start=start, certifies=False, now=NOW)
    actions.mark(appointment=booked, status="honoured", by=AGENT, now=start)

    assert list(Title.objects.collected()) == [mine]
    assert titles.settle() == 1

    mine.refresh_from_db()
    assert mine.collected_on == planning.local_day(start)
    assert titles.settle() == 0


def test_what_is_destroyed_is_not_handed_over(hall):
    mine = title(hall)
    titles.mark_destroyed(title=mine, day=MONDAY)
    titles.mark_collected(title=mine, day=MONDAY)

    mine.refresh_from_db()
    assert (mine.destroyed_on, mine.collected_on) == (MONDAY, None)
    titles.put_back(title=mine)
    assert list(Title.objects.waiting()) == [mine]


# The pages.


@pytest.fixture
def desk(make_user, commune):
    return open_settings(make_user, commune, role="booking_agent")


ARRIVE = "/agent/titres/arrivee/"


def arrival(**changes):
    today = planning.local_day(timezone.now()).isoformat()
    return {"scan": "", "lines": "", "kind": "CNI", "arrived_on": today} | changes


def test_scanned_numbers_pile_up_in_the_list(desk, hall):
    page = desk.post(ARRIVE, arrival(scan="AB12CD34EG;Paul Roux;0612345678"))
    page = desk.post(ARRIVE, arrival(scan="BAD", lines="AB12CD34EG;Paul Roux;0612345678", add="1"))

    assert "2 lignes dans la liste" in text_of(page)
    assert "autofocus" in page.text
    assert Title.objects.count() == 0


def test_good_lines_are_registered_and_wrong_ones_stay(desk, hall):
    sent = arrival(lines="AB12CD34EG;Paul Roux;0612345678\nBAD")
    checked = desk.post(ARRIVE, sent | {"check": "1"})
    assert "1 titre prêt" in text_of(checked)
    assert "le numéro manque" in text_of(checked)

    page = told(desk, desk.post(ARRIVE, sent | {"register": "1"}))

    assert Title.objects.get().holder == "Paul Roux"
    assert "1 titre enregistré" in page
    assert "BAD" in page


def test_a_file_is_read_and_one_that_is_none_refused(desk, hall):
    good = SimpleUploadedFile("t.csv", "AB12CD34EG;Hélène;h@example.org".encode("cp1252"))
    page = desk.post(ARRIVE, arrival(file=good, check="1"))
    assert "Hélène" in text_of(page)

    for name, content in (("t.xlsx", b"x"), ("t.csv", b"\0"), ("t.csv", b"x" * 200_001)):
        page = desk.post(ARRIVE, arrival(file=SimpleUploadedFile(name, content), check="1"))
        assert page.status_code == 422


def test_the_list_costs_the_same_for_one_title_and_for_ten(desk, hall):
    def queries():
        with CaptureQueriesContext(connection) as found:
            assert desk.get("/agent/titres/").status_code == 200
        return len(found)

    title(hall)
    queries()
    before = queries()
    for n in range(9):
        each = title(hall, email=f"p{n}@example.org")
        titles.collect(
            title=each,
            start=starts(each, hall, now=timezone.now())[0],
            certifies=False,
            now=timezone.now(),
        ) if n < 2 else None
    assert queries() == before


def test_every_filter_and_the_export_answer(desk, hall):
    title(hall, holder="=1+1", arrived_on=planning.local_day(timezone.now()))
    for name in ("", "a-prevenir", "a-appeler", "prevenus", "rendez-vous", "en-retard"):
        assert desk.get(f"/agent/titres/?etat={name}&q=num").status_code == 200
    content = desk.get("/agent/titres/titres.csv").content.decode("utf-8-sig")
    assert ";'=1+1;" in content


def test_telling_holders_twice_says_that_they_know(desk, hall):
    title(hall, email="rene@example.org")
    desk.post("/agent/titres/prevenir/")

    page = told(desk, desk.post("/agent/titres/prevenir/"))

    assert "déjà prévenus" in page


def test_marks_can_be_undone(desk, hall):
    mine = title(hall)
    page = told(desk, desk.post(f"/agent/titres/{mine.pk}/destruction/"))
    assert "noté comme détruit" in page
    told(desk, desk.post(f"/agent/titres/{mine.pk}/retour/"))
    assert list(Title.objects.waiting()) == [mine]


def test_a_citizen_collects_in_one_press(client, desk, hall):
    today = planning.local_day(timezone.now())
    mine = title(hall, arrived_on=today)
    where = path_to_title(mine)
    page = desk.get(f"{where}?certifier=1")
    assert "Votre titre est arrivé" in text_of(page)
    assert "J. D." in page.text
    slot = re.search(r'name="slot" value="([^"]+)"', page.text)[1]

    answer = desk.post(f"{where}?certifier=1", {"slot": slot})

    assert urlsplit(answer["Location"]).path == "/rendez-vous/confirme/"
    assert Appointment.objects.get(titles=mine).certifies_identity
    assert desk.get(answer["Location"]).status_code == 200
    assert "Votre rendez-vous de retrait est pris" in text_of(desk.get(where))
    assert Allocation.objects.count() == 2


def test_a_slot_that_is_gone_leads_to_others(desk, hall):
    today = planning.local_day(timezone.now())
    mine = title(hall, arrived_on=today)
    where = path_to_title(mine)
    page = desk.get(where)
    slot = re.search(r'name="slot" value="([^"]+)"', page.text)[1]
    other = title(hall, arrived_on=today, email="paul@example.org")
    titles.collect(
        title=other, start=datetime.fromisoformat(slot), certifies=False, now=timezone.now()
    )

    answer = desk.post(where, {"slot": slot})

    assert answer.status_code == 409
    assert "n’est plus libre" in text_of(answer)


def test_without_a_service_one_comes_without_appointment(desk, hall):
    hall["service"].is_active = False
    hall["service"].save()
    mine = title(hall, arrived_on=planning.local_day(timezone.now()))

    assert "Sans rendez-vous" in text_of(desk.get(path_to_title(mine)))
    assert desk.get("/titre/faux/").status_code == 404

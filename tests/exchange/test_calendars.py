"""Calendars of other tools: their events to come take time here, and are followed."""

import time as clock
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from booking import planning, read_model
from booking.models import Appointment, Closure, SettingsChange
from exchange import calendar_actions, calendar_files
from exchange.calendar_files import CalendarFault, NoCalendar, read_calendar
from exchange.models import CalendarFeed, ImportedRef
from parvis.egress import Reach
from slots.models import FreeSlotDay
from tests.conftest import NOW
from tests.factories import AppointmentFactory, ResourceFactory
from tests.geoportal import geoportal


class Answers(BaseHTTPRequestHandler):
    """A server of calendars: says what it was told to say, in order, and notes what was asked."""

    def do_GET(self):
        self.server.asked.append(self.headers["If-None-Match"])
        status, content, tag = self.server.answers.pop(0)
        self.send_response(status)
        if tag:
            self.send_header("ETag", f'"{tag}"')
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_words):
        """Say nothing."""


@contextmanager
def agenda_server():
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        port = server.server_address[1]
        server.asked, server.answers = [], []
        server.url = f"http://agenda.example.org:{port}/a.ics"
        server.reach = Reach(
            schemes=frozenset({"http"}),
            ports=frozenset({port}),
            allows=lambda _address: True,
            look_up=lambda *_w, **_h: [(2, 1, 6, "", ("127.0.0.1", port))],
        )
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


PARIS = ZoneInfo("Europe/Paris")
LAST = NOW + timedelta(days=365)


def ics(*events, head=""):
    body = "".join(f"BEGIN:VEVENT\r\n{each.strip()}\r\nEND:VEVENT\r\n" for each in events)
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Essai\r\n{head}{body}END:VCALENDAR\r\n"
    return "\r\n".join(text.splitlines()).encode()


def event(uid="1", start="20261124T090000", end="20261124T100000", *lines):
    return f"UID:{uid}\nDTSTART:{start}\nDTEND:{end}\nSUMMARY:Réunion\n" + "\n".join(lines)


def read(*events, head=""):
    return read_calendar(ics(*events, head=head), zone=PARIS, first=NOW, last=LAST)


def test_times_without_zone_are_those_of_the_commune_and_days_are_whole():
    found = read(event(), "UID:2\nDTSTART;VALUE=DATE:20261225\nSUMMARY:Noël").events

    assert [(each.ref, each.start, each.end - each.start) for each in found] == [
        ("1", datetime(2026, 11, 24, 8, tzinfo=UTC), timedelta(hours=1)),
        ("2", datetime(2026, 12, 24, 23, tzinfo=UTC), timedelta(days=1)),
    ]


def test_the_zone_that_a_calendar_names_for_itself_counts():
    utc = read(event(start="20261124T090000Z", end="20261124T100000Z")).events
    named = read(
        event(start="20261124T090000Z", end="20261124T100000Z"),
        head="X-WR-TIMEZONE:America/Guadeloupe\r\n",
    ).events

    assert utc[0].start == named[0].start == datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_a_weekly_event_is_told_each_time_with_its_exceptions():
    found = read(
        event("w", "20261124T090000", "20261124T100000", "RRULE:FREQ=WEEKLY;COUNT=4",
              "EXDATE:20261201T090000"),
        event("w", "20261208T140000", "20261208T150000", "RECURRENCE-ID:20261208T090000"),
    ).events  # fmt: skip

    assert [each.start.astimezone(PARIS).strftime("%d/%m %H") for each in found] == [
        "24/11 09", "08/12 14", "15/12 09",
    ]  # fmt: skip
    assert len({each.ref for each in found}) == 3


def test_past_free_and_cancelled_events_take_no_time():
    found = read(
        event("past", "20261101T090000", "20261101T100000"),
        event("free", "20261124T090000", "20261124T100000", "TRANSP:TRANSPARENT"),
        event("off", "20261124T090000", "20261124T100000", "STATUS:CANCELLED"),
        event("late", "20290101T090000", "20290101T100000"),
    )

    assert found.events == ()


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=1",
        "FREQ=HOURLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6;BYMINUTE=0,5,10,15,20",
        "FREQ=DAILY;BYSECOND=1,2,3",
        "FREQ=NEVER",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYDAY=99ZZ",
    ],
)
def test_rules_that_never_end_cost_nothing(rule):
    begin = clock.perf_counter()

    try:
        found = read(event("r", "20260101T090000", "20260101T090100", f"RRULE:{rule}"), event())
    except NoCalendar:
        found = None

    assert clock.perf_counter() - begin < 3
    assert found is None or [each.ref for each in found.events] == ["1"]


def test_an_endless_daily_rule_is_told_for_a_year():
    found = read(event("d", "20200101T090000", "20200101T100000", "RRULE:FREQ=DAILY"))

    assert len(found.events) == 365


def test_what_no_event_can_say_is_left_out_and_ends_nothing():
    wrong = event("w", "20261125T090000", "20261125T100000")
    period = f"{wrong}RECURRENCE-ID:20261201T090000/20261201T100000"

    assert read(event(), period).left_out == 1
    with pytest.raises(NoCalendar):
        read(f"{wrong}RDATE:99991231T235959Z", head="X-WR-TIMEZONE:Europe/Paris\r\n")


def test_rules_that_take_long_are_given_up_and_hold_no_worker(monkeypatch):
    """One that never comes true is looked for until the year 9999: seconds for each."""
    many = [event("one", "20260101T090000", "20260101T100000", "RRULE:FREQ=WEEKLY")] * 5
    assert read(*many).left_out == 2

    monkeypatch.setattr(calendar_files, "PATIENCE_S", 0)
    with pytest.raises(NoCalendar) as refusal:
        read_calendar(ics(event("one"), event("two")), zone=PARIS, first=NOW, last=LAST)
    assert refusal.value.fault == CalendarFault.TOO_SLOW


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", CalendarFault.NO_CALENDAR),
        (b"<html>Connexion</html>", CalendarFault.NO_CALENDAR),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", CalendarFault.NO_CALENDAR),
        (b"BEGIN:VCALENDAR\r\n\0\xff\xfe;;;:::\r\nEND:VCALENDAR", CalendarFault.NO_CALENDAR),
        (b"BEGIN:VCALENDAR\r\n" + b"x" * 2_000_001, CalendarFault.TOO_LARGE),
        (ics(*[event(str(n)) for n in range(5_001)]), CalendarFault.TOO_MANY),
        (ics(*[event(str(n), "20260101T090000", "20260101T100000", "RRULE:FREQ=DAILY")
               for n in range(301)]), CalendarFault.TOO_MANY),
    ],
    ids=range(7),
)  # fmt: skip
def test_what_is_no_calendar_is_refused(content, fault):
    with pytest.raises(NoCalendar) as refusal:
        read_calendar(content, zone=PARIS, first=NOW, last=LAST)

    assert refusal.value.fault == fault


@pytest.fixture
def feed(by, service, now):
    def added(content=None, **said):
        given = {"name": "Salle", "url": "", "resource": None, "keyword": "", "service": None}
        return calendar_actions.add_feed(
            **given | said, content=content or ics(event()), by=by, now=now
        )

    return added


def is_free(service, start, now):
    free = planning.free(
        service=service, persons=1, first=start.astimezone(PARIS).date(), days=1, now=now,
        online=True,
    )  # fmt: skip
    return free.is_free(start)


NINE = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.mark.django_db
class TestFollowing:
    def test_busy_times_close_and_their_titles_stay_in_the_other_tool(self, feed, service, now):
        assert is_free(service, NINE, now)

        known = feed()

        assert not is_free(service, NINE, now)
        assert Closure.objects.get().reason == ""
        assert (known.events, known.refused, known.good_at) == (1, 0, now)
        assert not SettingsChange.objects.exists()

    def test_the_same_calendar_changes_nothing_and_changes_are_followed(self, feed, service, now):
        known = feed(ics(event("1"), event("2", "20261125T090000", "20261125T100000")))
        before = list(Closure.objects.order_by("pk").values())

        calendar_actions.take_in(
            feed=known,
            content=ics(event("1"), event("2", "20261125T090000", "20261125T100000")),
            now=now,
        )
        assert list(Closure.objects.order_by("pk").values()) == before

        calendar_actions.take_in(
            feed=known, content=ics(event("1", "20261124T110000", "20261124T120000")), now=now
        )
        assert Closure.objects.get().period.lower == datetime(2026, 11, 24, 10, tzinfo=UTC)
        assert is_free(service, NINE, now)

    def test_a_word_in_the_title_makes_an_appointment(self, feed, service, now):
        known = feed(ics(event("1").replace("Réunion", "RDV CNI Mme Dupuy")),
                     keyword="rdv cni", service=service)  # fmt: skip

        taken = Appointment.objects.get()
        assert (taken.name, taken.channel, taken.start) == ("RDV CNI Mme Dupuy", "import", NINE)
        assert not Closure.objects.exists()

        calendar_actions.take_in(feed=known, content=ics(), now=now)

        assert not Appointment.objects.standing().exists()

    def test_two_events_at_one_hour_for_one_counter_are_counted(self, feed, service, now):
        known = feed(ics(event("1"), event("2")), keyword="réunion", service=service)

        assert Appointment.objects.standing().count() == 1
        assert known.refused == 1

    def test_removing_a_calendar_frees_its_times_and_keeps_its_appointments(
        self, feed, service, now
    ):
        busy = feed()
        visits = feed(ics(event("1", "20261125T090000", "20261125T100000")),
                      keyword="réunion", service=service)  # fmt: skip

        for each in (busy, visits):
            calendar_actions.remove_feed(feed=each, now=now)

        assert is_free(service, NINE, now)
        assert Appointment.objects.standing().count() == 1
        assert not ImportedRef.objects.exists()

    def test_one_removed_while_it_is_read_takes_nothing(self, feed, now):
        """Its server answers for ten seconds: nobody could free again what it took then."""
        read = feed(url="https://example.org/a.ics")
        calendar_actions.remove_feed(feed=CalendarFeed.objects.get(), now=now)

        with agenda_server() as server:
            server.answers = [(200, ics(event()), "")]
            read.url = server.url
            calendar_actions.read_again(feed=read, now=now, reach=server.reach)

        assert not Closure.objects.exists()
        assert not ImportedRef.objects.exists()

    @pytest.mark.parametrize(
        "url", ["http://example.org/a.ics", "file:///etc/passwd", "https://u:p@x.fr/", "https://[",
                "https://", "demain"],
    )  # fmt: skip
    def test_other_addresses_are_refused(self, feed, url):
        with pytest.raises(calendar_actions.NotAnAddress):
            feed(url=url)

    def test_failures_are_told_and_change_nothing(self, feed, service, now):
        known = feed()
        CalendarFeed.objects.update(url="https://agenda.example.org/a.ics")
        known.refresh_from_db()
        later = now + timedelta(days=1)

        def nobody(*_where, **_how):
            raise OSError

        calendar_actions.read_again(feed=known, now=later, reach=Reach(look_up=nobody))

        known.refresh_from_db()
        assert (known.error, known.good_at, known.tried_at) == (
            "Le serveur ne répond pas.", now, later,
        )  # fmt: skip
        assert Closure.objects.count() == 1

        calendar_actions.read_again(
            feed=known,
            now=later,
            reach=Reach(look_up=lambda *_w, **_h: [(2, 1, 6, "", ("10.0.0.1", 443))]),
        )
        assert known.error == "Cette adresse n’est pas sur l’internet public."

    def test_a_page_that_is_no_calendar_keeps_what_was_good(self, feed, now):
        known = feed()
        with geoportal() as server:
            port = urlsplit(server.geocoder).port
            known.url = f"http://agenda.example.org:{port}/"
            reach = Reach(
                schemes=frozenset({"http"}),
                ports=frozenset({port}),
                allows=lambda _address: True,
                look_up=lambda *_w, **_h: [(2, 1, 6, "", ("127.0.0.1", port))],
            )
            calendar_actions.read_again(feed=known, now=now, reach=reach)

        assert known.error
        assert Closure.objects.count() == 1

    def test_what_has_not_changed_is_not_sent_again(self, feed, now):
        with agenda_server() as server:
            known = feed(url="https://agenda.example.org/a.ics")
            known.url = server.url
            server.answers = [(200, ics(event()), "v1"), (304, b"", "v1"), (200, ics(), "v2")]
            for hours in range(3):
                calendar_actions.read_again(
                    feed=known, now=now + timedelta(hours=hours), is_whole=False,
                    reach=server.reach,
                )  # fmt: skip
                if hours < 2:
                    assert Closure.objects.count() == 1

        assert server.asked == [None, '"v1"', '"v1"']
        assert known.good_at == now + timedelta(hours=2)
        assert not Closure.objects.exists()

    def test_every_night_a_calendar_is_read_whole(self, feed, now):
        with agenda_server() as server:
            known = feed(url="https://agenda.example.org/a.ics")
            known.url = server.url
            server.answers = [(200, ics(event()), "v1")] * 2
            for _night in range(2):
                calendar_actions.read_again(feed=known, now=now, reach=server.reach)

        assert server.asked == [None, None]

    @pytest.mark.parametrize(
        ("status", "content", "words"),
        [
            (301, b"", "a changé d’adresse"),
            (403, b"", "n’est pas partagé"),
            (404, b"", "n’existe plus"),
            (500, b"", "500"),
            (200, b"<html>", "iCalendar"),
            (200, b"BEGIN:VCALENDAR" + b"x" * 2_000_100, "dépasse 2 Mo"),
        ],
    )
    def test_what_is_wrong_is_said_in_plain_words(self, feed, now, status, content, words):
        known = feed()
        with agenda_server() as server:
            known.url = server.url
            server.answers = [(status, content, "")]
            calendar_actions.read_again(feed=known, now=now, reach=server.reach)

        assert words in known.error
        assert Closure.objects.count() == 1

    def test_only_the_days_that_changed_are_written_again(self, feed, service, now):
        read_model.refresh_all(now=now)
        before = dict(FreeSlotDay.objects.values_list("day", "version"))

        known = feed()
        calendar_actions.take_in(
            feed=known, content=ics(event("1", "20261201T090000", "20261201T100000")), now=now
        )

        after = dict(FreeSlotDay.objects.values_list("day", "version"))
        changed = {day for day in after if after[day] != before[day]}
        assert changed == {date(2026, 11, 24), date(2026, 12, 1)}
        assert read_model.wrong_rows(now=now) == []

    def test_appointments_it_falls_on_stay_and_are_listed(self, feed, service, now):
        resource = service.resources.get()
        AppointmentFactory(resource=resource, start=NINE, service=service, name="Ana Petit")
        AppointmentFactory(resource=ResourceFactory(), start=NINE)
        AppointmentFactory(resource=resource, start=NINE + timedelta(days=1))

        known = feed(resource=resource)

        assert known.touched == 1
        assert [each.name for each in calendar_actions.touched(known, now=now)] == ["Ana Petit"]
        assert Appointment.objects.standing().count() == 3

    def test_those_read_an_hour_ago_are_read_again(self, feed, now):
        feed(url="https://agenda.example.org/a.ics")
        feed(url="https://agenda.example.org/b.ics")
        CalendarFeed.objects.filter(url__endswith="a.ics").update(tried_at=now)

        assert calendar_actions.ask_for_due(now=now) == 1
        assert calendar_actions.ask_for_due(now=now + timedelta(hours=1)) == 2

    def test_twenty_calendars_are_enough(self, feed, by, now):
        CalendarFeed.objects.bulk_create(
            [CalendarFeed(name=str(n), by_id=1, by_name="") for n in range(20)]
        )

        with pytest.raises(calendar_actions.TooManyFeeds):
            feed()

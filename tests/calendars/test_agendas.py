"""Diaries that leave a commune: read by real programs, and by nobody else."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
import x_wr_timezone
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings, strategies as st

from booking.models import Appointment
from calendars import actions, agenda as diary, lines, tasks
from calendars.models import Agenda
from calendars.shown import short_name
from identity.members import Member
from tests.booking.staff_client import StaffClient
from tests.conftest import login_as, owner
from tests.factories import AppointmentFactory, ResourceFactory, ServiceFactory


PARIS = ZoneInfo("Europe/Paris")
HOME = "/agent/commune/agendas/"
LINE = re.compile(rb"[A-Z][A-Z0-9-]*(;[A-Z-]+=(\"[^\"]*\"|[^\";:,]*))*:.*", re.DOTALL)
pytestmark = pytest.mark.django_db


def strict(content):
    """Read a calendar as RFC 5545 writes it, and refuse what it does not allow."""
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")[:-1]
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert all(0 < len(line) <= 75 for line in lines)  # octets, 3.1
    content.decode()
    whole = content.replace(b"\r\n ", b"").split(b"\r\n")[:-1]
    assert all(LINE.fullmatch(line) for line in whole)
    open_parts = []
    for line in whole:
        name, _, value = line.partition(b":")
        if name == b"BEGIN":
            open_parts.append(value)
        elif name == b"END":
            assert open_parts.pop() == value
    assert open_parts == []
    calendar = icalendar.Calendar.from_ical(content)
    events = calendar.walk("VEVENT")
    assert {"PRODID", "VERSION"} <= set(calendar)
    assert all({"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"} <= set(each) for each in events)
    assert len({each["UID"] for each in events}) == len(events)
    assert all(not each.errors for each in [calendar, *events])
    return calendar


def events(content):
    return strict(content).walk("VEVENT")


@pytest.fixture
def soon():
    return timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)


@pytest.fixture
def counter():
    return ResourceFactory(name="Guichet 1", services=[ServiceFactory()])


@pytest.fixture
def agent(make_user, commune):
    user = make_user("booking_agent", commune=commune)
    return Member(user_id=user.pk, name="Ana Lacoste", role="booking_agent")


@pytest.fixture
def share(counter, agent):
    def shared(detail="busy", **said):
        given = {"name": "", "resource": counter, "site": None, "submission": uuid4()}
        return actions.share(**given | said, detail=detail, by=agent)

    return shared


@pytest.fixture
def fetch(client, commune):
    def fetched(token, **headers):
        answer = client.get(f"/agenda/{token}.ics", headers=headers)
        connection.set_tenant(commune)
        return answer

    return fetched


def test_a_diary_shows_what_its_counter_receives_and_nothing_else(share, fetch, counter, soon):
    AppointmentFactory(resource=counter, start=soon)
    AppointmentFactory(resource=counter, start=soon + timedelta(hours=1), cancelled=True)
    AppointmentFactory(resource=ResourceFactory(), start=soon)
    AppointmentFactory(resource=counter, start=soon - timedelta(days=40))
    AppointmentFactory(resource=counter, start=soon + timedelta(days=200))
    AppointmentFactory(
        resource=counter, start=soon + timedelta(hours=2), status="held", name="",
        held_until=soon,
    )  # fmt: skip

    answer = fetch(share().token)

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"].startswith("private")
    assert "noindex" in answer["X-Robots-Tag"]
    assert [each["DTSTART"].dt for each in events(answer.content)] == [soon]


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ("busy", (["Occupé"], ["Carte", "Jeanne", "Martin", "Mairie", "{reference}"])),
        ("service", (["Carte d’identité"], ["Jeanne", "Martin", "{reference}"])),
        ("initials", (["Carte d’identité – Jeanne M."], ["Martin", "{reference}"])),
        ("full", (["Carte d’identité – Jeanne Martin", "{reference}"], [])),
    ],
)
def test_no_more_is_told_than_was_chosen(share, fetch, counter, soon, detail, words):
    shown, hidden = words
    taken = AppointmentFactory(
        resource=counter, start=soon, service=counter.services.get(), name="Jeanne Martin",
        phone="0612345678", email="jeanne@example.org", note="Béquilles",
    )  # fmt: skip
    never = ["0612345678", "jeanne@example.org", "Béquilles"]

    content = fetch(share(detail).token).content
    told = content.replace(b"\r\n ", b"").decode()

    assert all(each.format(reference=taken.reference) in told for each in shown)
    assert not any(each.format(reference=taken.reference) in told for each in hidden + never)
    strict(content)


@pytest.mark.parametrize("detail", ["service", "full"])
def test_a_confidential_service_is_never_named(share, fetch, soon, detail):
    service = ServiceFactory(name="Aide sociale", is_confidential=True)
    counter = ResourceFactory(services=[service])
    AppointmentFactory(resource=counter, start=soon, service=service)

    told = fetch(share(detail, resource=counter).token).content.decode()

    assert "Aide sociale" not in told
    assert "Rendez-vous à la mairie" in told


def test_words_typed_by_anybody_cannot_add_an_event(share, fetch, counter, soon):
    evil = "X\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Y;,\\é" + "é" * 60
    AppointmentFactory(resource=counter, start=soon, name=evil[:120])

    found = events(fetch(share("full").token).content)

    assert len(found) == 1
    assert "END:VEVENT" in str(found[0]["SUMMARY"])


def test_the_same_appointment_keeps_its_identifier_and_counts_its_changes(
    share, fetch, counter, soon
):
    taken = AppointmentFactory(resource=counter, start=soon)
    opened = share()
    first = events(fetch(opened.token).content)[0]
    Appointment.objects.filter(pk=taken.pk).update(version=2, persons=2)

    again = events(fetch(opened.token).content)[0]

    assert again["UID"] == first["UID"]
    assert (first["SEQUENCE"], again["SEQUENCE"]) == (1, 2)
    assert taken.reference not in first["UID"]


def test_what_has_not_changed_is_not_sent_again(share, fetch, counter, soon):
    taken = AppointmentFactory(resource=counter, start=soon)
    opened = share("full")
    first = fetch(opened.token)

    same = fetch(opened.token, if_none_match=first["ETag"])
    Appointment.objects.filter(pk=taken.pk).update(name="Claire Petit")
    other = fetch(opened.token, if_none_match=first["ETag"])

    assert (same.status_code, same.content) == (304, b"")
    assert same["ETag"] == first["ETag"]
    assert other.status_code == 200
    assert b"Claire Petit" in other.content


@pytest.mark.parametrize("day", [date(2026, 10, 24), date(2026, 10, 26), date(2027, 3, 29)])
def test_nine_o_clock_is_nine_o_clock_on_both_sides_of_a_change_of_time(counter, share, day):
    nine = datetime(day.year, day.month, day.day, 9, tzinfo=PARIS)
    AppointmentFactory(resource=counter, start=nine.astimezone(UTC))
    agenda = share().agenda

    found = diary.appointments(agenda, now=nine - timedelta(days=1))
    calendar = strict(diary.written(agenda, found, schema="c_33314"))
    calendar = x_wr_timezone.to_standard(calendar)
    told = recurring_ical_events.of(calendar).between(nine, nine + timedelta(minutes=1))

    assert [each["DTSTART"].dt.astimezone(PARIS).hour for each in told] == [9]


def test_an_address_is_a_secret_that_ends(share, fetch, agent, commune, client):
    opened = share()
    assert opened.token not in str(Agenda.objects.values())
    assert len(opened.token) * 6 >= 128

    renewed = actions.renew(agenda=opened.agenda, by=agent)

    assert fetch(opened.token).status_code == 404
    assert fetch(renewed.token).status_code == 200
    actions.end(agenda=renewed.agenda)
    assert fetch(renewed.token).status_code == 404
    assert fetch("A" * 32).status_code == 404
    assert fetch("%00" + "é" * 300).status_code == 404


def test_an_address_ends_with_the_access_of_who_asked_for_it(share, fetch, agent, commune):
    opened = share()
    with owner():
        commune.memberships.filter(user_id=agent.user_id).update(role="reader")

    assert fetch(opened.token).status_code == 404
    assert actions.end_of_who_left(commune=commune) == 1


def test_the_same_form_sent_twice_shares_one_diary(share, fetch):
    submission = uuid4()

    first, second = share(submission=submission), share(submission=submission)

    assert Agenda.objects.count() == 1
    assert fetch(first.token).status_code == 404
    assert fetch(second.token).status_code == 200


def test_reading_writes_nothing_and_is_noted_by_the_queue(share, fetch, now):
    opened = share()
    fetch(opened.token)

    tasks.note_fetched(agenda=opened.agenda.pk, at=now.isoformat())

    assert Agenda.objects.get().fetched_at == now


def test_a_diary_costs_the_same_for_one_visit_and_for_many(share, fetch, counter, soon):
    opened, asked = share("full"), []
    for most in (1, 12):
        for n in range(most):
            AppointmentFactory(resource=counter, start=soon + timedelta(days=most, hours=n))
        fetch(opened.token)
        with CaptureQueriesContext(connection) as queries:
            assert fetch(opened.token).status_code == 200
        asked.append(len(queries))

    assert asked[0] == asked[1]


def test_names_are_cut_as_they_are_typed():
    assert [
        short_name(each)
        for each in ("Jeanne Martin", "MARTIN Jeanne", "Jeanne", "", "DUPONT", "Ana de Sousa")
    ] == ["Jeanne M.", "Jeanne M.", "Jeanne", "", "D.", "Ana D."]


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=120))
def test_what_is_written_is_read_back_by_a_library(words):
    known = "".join(each for each in words if each in "\n\t" or (each >= " " and each != "\x7f"))
    body = ("BEGIN:VCALENDAR", "BEGIN:VEVENT", f"SUMMARY:{lines.text(known)}", "END:VEVENT",
            "END:VCALENDAR")  # fmt: skip
    content = lines.joined(body)

    read = icalendar.Calendar.from_ical(content).walk("VEVENT")[0]["SUMMARY"]

    assert str(read) == known
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert content.decode()


class TestPages:
    @pytest.fixture
    def staff(self, commune, make_user):
        def logged(role, email=""):
            user = make_user(role, commune=commune, email=email)
            return login_as(StaffClient(commune), user, site=commune.schema_name)

        return logged

    def said(self, counter, **more):
        return {"what": f"r{counter.pk}", "detail": "service", "submission": str(uuid4())} | more

    def test_the_address_is_shown_once(self, staff, counter, fetch):
        agent = staff("booking_agent", "b@example.org")

        page = agent.post(f"{HOME}partager/", self.said(counter)).content.decode()
        address = re.search(r"http://pauillac\.localhost\S*/agenda/([\w-]+)\.ics", page)

        assert address
        assert fetch(address[1]).status_code == 200
        assert f"webcal://{address[0].partition('://')[2]}" in page
        again = agent.get(HOME).content.decode()
        assert "/agenda/" not in again
        assert "Guichet 1" in again
        assert "jamais" in again

    def test_an_agent_sees_and_ends_her_own_an_administrator_all(self, staff, counter, share):
        others = share(name="De quelqu’un d’autre").agenda
        agent, admin = staff("booking_agent", "b@example.org"), staff("admin")

        assert "De quelqu’un" not in agent.get(HOME).content.decode()
        assert agent.post(f"{HOME}{others.pk}/retirer/").status_code == 404
        assert agent.post(f"{HOME}{others.pk}/adresse/").status_code == 404
        assert "De quelqu’un" in admin.get(HOME).content.decode()
        assert admin.post(f"{HOME}{others.pk}/retirer/").status_code == 302
        assert not Agenda.objects.exists()

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"what": ""}, "Choisissez un guichet"),
            ({"what": "r999999"}, "Choisissez dans la liste."),
            ({"what": "s\x00"}, ""),
            ({"detail": "all"}, "Choisissez une des réponses"),
            ({"name": "n" * 81}, "80"),
            ({"submission": "x"}, ""),
        ],
    )
    def test_what_is_wrong_is_said_and_kept(self, staff, counter, wrong, words):
        answer = staff("admin").post(f"{HOME}partager/", self.said(counter, **wrong))

        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert not Agenda.objects.exists()

    def test_the_list_costs_the_same_for_one_and_for_many(self, staff, share):
        admin, asked = staff("admin"), []
        for most in (1, 8):
            for n in range(most):
                share(name=f"{n}")
            admin.get(HOME)
            with CaptureQueriesContext(connection) as queries:
                admin.get(HOME)
            asked.append(len(queries))

        assert asked[0] == asked[1]

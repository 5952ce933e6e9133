"""Numbers while a citizen books, and what the State holds afterwards (contract, 4, 6.5 and 8)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ants import keys
from ants.models import PreDemandeIndex
from booking import actions, declaring, moving, planning
from booking.duplicates import AlreadyBooked
from booking.models import Appointment, Participant, Service
from booking.people import Person
from coordination import checks, tasks
from coordination.models import Declaration, Meeting
from demo.coordination_api import Row
from parvis.models import OutgoingEmail
from slots.models import MeetingPoint
from tests.booking.test_views import CHECK, DETAILS, Browser
from tests.conftest import owner


pytestmark = pytest.mark.django_db
PAGE = "/rendez-vous/carte-identite/"
CONFIRMED = "/rendez-vous/confirme/"
NUMBER, SECOND = "A1B2C3D4E5", "F6G7H8J9K0"


@pytest.fixture
def client(service, state):
    return Browser(headers={"host": "pauillac.localhost"}, secure=True)


def first_start(service, *, persons=1, after=2):
    now = timezone.now()
    found = planning.free(
        service=service, persons=persons, first=planning.local_day(now) + timedelta(days=after),
        days=20, now=now, online=True,
    )  # fmt: skip
    return found.first()


def hold(client, service, persons=1):
    start = first_start(service, persons=persons)
    query = f"persons={persons}&age=adult&motive=renewal"
    answer = client.post(f"{PAGE}creneaux/?{query}", {"slot": start.isoformat(timespec="minutes")})
    assert answer.headers["Location"] == DETAILS
    return start


def details(client, number=NUMBER, **more):
    typed = {"name": "Jeanne Dupuy", "email": "j@example.org", "pre_application": number}
    return client.post(DETAILS, typed | more)


def book(client, service, number=NUMBER):
    hold(client, service)
    assert details(client, number).headers["Location"] == CHECK
    answer = client.post(CHECK)
    assert answer.headers["Location"] == CONFIRMED
    return Appointment.objects.get(status="booked")


def at_the_desk(service, *numbers, start=None, now=None):
    return actions.book_directly(
        service=service, people=[Person(pre_application=each) for each in numbers],
        start=start or first_start(service, persons=len(numbers)), name="Paul Roux",
        email="p@example.org", phone="", channel="phone", now=now or timezone.now(),
        idempotency_key=uuid4(),
    )  # fmt: skip


def test_end_to_end_booked_then_moved_then_cancelled(client, service, state):
    """Section 8: the State holds one appointment, follows it, and holds none."""
    booked = book(client, service)
    tasks.sweep()
    (row,) = state.of(NUMBER)
    point = MeetingPoint.objects.get(commune__insee_code="33314", is_open=True)
    assert (row.meeting_point_id, row.meeting_point) == (str(point.pk), point.name)
    assert row.appointment_date == f"{booked.start.astimezone(planning.zone()):%Y-%m-%d %H:%M:%S}"
    assert f"/rdv/{booked.reference}." in row.management_url

    now = timezone.now()
    later = first_start(service, after=5)
    moving.move(appointment=booked, start=later, by=None, now=now)
    tasks.sweep()
    (moved,) = state.of(NUMBER)
    assert moved.management_url == row.management_url
    assert moved.appointment_date == f"{later.astimezone(planning.zone()):%Y-%m-%d %H:%M:%S}"
    assert PreDemandeIndex.objects.get().start == later

    actions.cancel(appointment=booked, by=None, now=now)
    tasks.sweep()
    assert state.of(NUMBER) == []
    assert not PreDemandeIndex.objects.exists()

    actions.restore(appointment=booked, by=None, now=now)
    tasks.sweep()
    assert len(state.of(NUMBER)) == 1


def test_one_post_per_distinct_number_in_a_family(service, state):
    at_the_desk(service, NUMBER, NUMBER, SECOND)
    tasks.sweep()

    assert sorted(each["application_id"] for each in state.calls("POST")) == [NUMBER, SECOND]
    urls = [each["management_url"] for each in state.calls("POST")]
    assert len(set(urls)) == 2


def test_a_person_may_hold_two_numbers(client, service, state):
    booked = book(client, service, "a1b2 c3d4e5, F6G7H8J9K0")
    tasks.sweep()

    assert booked.numbers == [NUMBER, SECOND]
    assert len(state.of(NUMBER)) == len(state.of(SECOND)) == 1


def test_a_person_removed_is_delete_for_her_number_only(service, state):
    booked = at_the_desk(service, NUMBER, SECOND)
    tasks.sweep()
    state.asked.clear()
    moving.remove_person(
        participant=booked.participants.get(position=2), by=None, now=timezone.now()
    )
    tasks.sweep()

    assert [each["application_id"] for each in state.calls("DELETE")] == [SECOND]
    assert state.calls("POST") == []
    assert len(state.of(NUMBER)) == 1

    moving.put_back(participant=booked.participants.get(position=2), by=None, now=timezone.now())
    tasks.sweep()
    assert len(state.of(SECOND)) == 1


def test_a_rolled_back_booking_makes_no_call(service, state):
    with pytest.raises(RuntimeError), transaction.atomic():
        at_the_desk(service, NUMBER)
        raise RuntimeError

    assert tasks.sweep() == 0
    assert state.asked == []
    assert not PreDemandeIndex.objects.exists()


def test_a_booking_without_number_makes_no_call_at_all(service, state):
    booked = at_the_desk(service, "")
    moving.move(
        appointment=booked, start=first_start(service, after=5), by=None, now=timezone.now()
    )
    actions.cancel(appointment=booked, by=None, now=timezone.now())

    assert not Declaration.objects.exists()
    assert (tasks.sweep(), state.asked) == (0, [])


def test_what_is_no_deposit_of_titles_makes_no_call(state, service):
    Service.objects.filter(pk=service.pk).update(titles="")
    at_the_desk(Service.objects.get(pk=service.pk), NUMBER)

    assert not Declaration.objects.exists()


def test_online_a_number_is_needed_and_the_page_says_so_before(client, service):
    assert "numéro de pré-demande par personne" in client.get(PAGE).text
    hold(client, service)

    answer = details(client, "")

    assert answer.status_code == 422
    assert "Sans numéro, appelez la mairie" in answer.text


def test_no_way_round_the_form_books_online_without_a_number(client, service):
    hold(client, service, persons=2)
    details(client, NUMBER, **{"name-2": "Paul Dupuy", "garder": "1"})
    assert Appointment.objects.get().name == "Jeanne Dupuy"

    assert client.post(CHECK).headers["Location"] == DETAILS
    assert Appointment.objects.get().status == "held"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("CONS000001", "déjà servi"),
        ("DECL000001", "pas reconnu"),
        ("INCO000001", "n’existe pas"),
        ("EXPI000001", "plus valable"),
    ],
)
def test_a_refused_number_stops_the_citizen_with_a_clear_message(
    client, service, state, number, words
):
    hold(client, service)

    answer = details(client, number.lower())

    assert answer.status_code == 422
    assert words in answer.text
    assert number in answer.text.upper()
    assert state.calls("POST") == []
    assert Meeting.objects.get(kind="refused").count == 1


def test_a_status_is_asked_once_for_a_booking(client, service, state):
    hold(client, service)
    details(client, "INCO000001")
    details(client, "INCO000001")

    assert len(state.calls("GET")) == 1
    assert Meeting.objects.get(kind="refused").count == 1


def test_whoever_guesses_numbers_learns_nothing_and_asks_the_state_no_more(
    client, service, state, monkeypatch
):
    monkeypatch.setattr(checks, "QUESTIONS", replace(checks.QUESTIONS, seats=2))
    hold(client, service)
    for guess in range(2):
        assert details(client, f"INCO00000{guess}").status_code == 422

    assert details(client, "INCO000009").headers["Location"] == CHECK
    assert len(state.calls("GET")) == 2
    client.post(CHECK)
    tasks.sweep()
    assert Declaration.objects.get(number="INCO000009").state == "refused"


@pytest.mark.parametrize("trouble", ["slow", "down", "html"])
def test_without_an_answer_the_booking_completes_to_be_verified(
    client, service, state, trouble, monkeypatch
):
    """Section 6.5: an answer that takes 6 s, longer than four."""
    monkeypatch.setattr("coordination.client.WAITING_S", 0.1)
    state.trouble = trouble

    booked = book(client, service)

    assert "Numéro à vérifier" in client.get(CONFIRMED).text
    (wish,) = Declaration.objects.unverified()
    assert wish.appointment == booked.reference
    state.trouble = ""
    tasks.sweep()
    assert not Declaration.objects.unverified().exists()
    assert len(state.of(NUMBER)) == 1


def test_what_was_verified_is_not_to_be_verified(client, service):
    book(client, service)

    assert "Numéro à vérifier" not in client.get(CONFIRMED).text


def test_an_appointment_elsewhere_is_shown_and_passed_by_confirming(client, service, state):
    hold(client, service)

    stopped = details(client, "AILL000001")

    assert stopped.status_code == 422
    assert "Mairie de Mérignac" in stopped.text
    assert "https://rdv.autre-editeur.example/gestion/AILL000001" in stopped.text
    assert details(client, "AILL000001", confirme="on").headers["Location"] == CHECK
    assert client.post(CHECK).headers["Location"] == CONFIRMED
    counts = dict(Meeting.objects.values_list("kind", "count"))
    assert counts == {"met": 1, "kept": 1}


def test_an_address_that_is_no_page_is_not_followed(client, service, state):
    state.rows.append(Row(NUMBER, "Ailleurs", "7", "2099-01-05 10:20", "javascript:alert(1)"))
    hold(client, service)

    assert "javascript:" not in details(client).text


def test_one_active_appointment_per_number_and_ours_offers_to_move(client, service, state):
    first = at_the_desk(service, NUMBER)
    tasks.sweep()
    hold(client, service)

    answer = details(client)

    assert answer.status_code == 422
    assert f"/rdv/{first.reference}." in answer.text
    assert "Déplacer ce rendez-vous" in answer.text
    assert details(client, confirme="on").status_code == 422


def test_another_commune_has_the_number_already(client, service, other_commune):
    start = datetime(2099, 1, 4, 9, tzinfo=UTC)
    with owner():
        point = MeetingPoint.objects.create(
            commune=other_commune, site=1, name="Mairie de Lacanau", city="Lacanau"
        )
        PreDemandeIndex.objects.create(
            number_hash=keys.hash_of(NUMBER, version=keys.newest()), key_version=keys.newest(),
            commune=other_commune, point=point, appointment="AAAA2222", start=start,
        )  # fmt: skip
    hold(client, service)

    answer = details(client)

    assert answer.status_code == 422
    assert "Mairie de Lacanau" in answer.text
    assert "http://lacanau.localhost:8000/rdv/AAAA2222." in answer.text
    held = Appointment.objects.get()
    Participant.objects.update(pre_application=NUMBER)
    Appointment.objects.update(name="Jeanne Dupuy", phone="0612345678")
    with pytest.raises(AlreadyBooked):
        actions.confirm(appointment=held, token="x", now=timezone.now())


def test_an_agent_books_whatever_the_number_is_worth(service, state):
    at_the_desk(service, NUMBER)
    at_the_desk(service, NUMBER, start=first_start(service, after=5))
    at_the_desk(service, "INCO000001", start=first_start(service, after=6))
    tasks.sweep()

    assert len(state.of(NUMBER)) == 2
    assert Declaration.objects.get(number="INCO000001").state == "refused"


def test_the_same_number_for_two_persons_asks_whether_it_is_one(client, service):
    hold(client, service, persons=2)
    more = {"name-2": "Paul Dupuy", "pre_application-2": NUMBER}

    assert "deux personnes" in details(client, **more).text
    assert details(client, **more, confirme="on").headers["Location"] == CHECK


def test_nothing_typed_can_break_the_page(client, service, state):
    hold(client, service)
    for typed in (
        "\x00" * 10,
        "é" * 10,
        "1" * 5000,
        "A1B2C3D4E5 F6G7H8J9K0 Z9Z9Z9Z9Z9",
        "\ud800",
        "; ; ;",
    ):
        assert details(client, typed.encode("utf-8", "replace").decode()).status_code == 422
    assert state.asked == []


def test_the_night_declares_what_was_booked_before_and_follows_a_renamed_place(
    service, state, settings, commune
):
    url = settings.COORDINATION_URL
    settings.COORDINATION_URL = ""
    at_the_desk(service, NUMBER)
    assert not Declaration.objects.exists()
    settings.COORDINATION_URL = url

    assert declaring.declare_ahead(now=timezone.now()) == 1
    tasks.sweep()
    MeetingPoint.objects.filter(commune=commune).update(name="Hôtel de ville")
    assert declaring.declare_ahead(now=timezone.now()) == 1
    assert declaring.declare_ahead(now=timezone.now()) == 0
    tasks.sweep()

    assert [each.meeting_point for each in state.of(NUMBER)] == ["Hôtel de ville"]


def test_a_confirmation_says_nothing_of_the_number(service, state):
    at_the_desk(service, NUMBER)

    assert all(NUMBER not in each.body for each in OutgoingEmail.objects.all())


def test_a_booking_without_number_costs_no_query_more_than_one_that_asks_for_none(service, state):
    """Agents book all day: the State costs them nothing where it is told nothing."""

    def queries(titles):
        Service.objects.filter(pk=service.pk).update(titles=titles)
        asked = Service.objects.get(pk=service.pk)
        start, booked = first_start(asked), []
        with CaptureQueriesContext(connection) as booking:
            booked.append(at_the_desk(asked, "", start=start))
        later = first_start(asked, after=5)
        with CaptureQueriesContext(connection) as moving_it:
            moving.move(appointment=booked[0], start=later, by=None, now=timezone.now())
        with CaptureQueriesContext(connection) as cancelling:
            actions.cancel(appointment=booked[0], by=None, now=timezone.now())
        return len(booking), len(moving_it), len(cancelling)

    for titles in ("CNI", ""):  # what is free of them is written once
        queries(titles)

    assert queries("CNI") == queries("")


def test_a_number_that_was_taken_over_from_another_tool_and_is_none_is_not_declared(
    service, state
):
    at_the_desk(service, "ÉTÉ2345678", NUMBER)

    assert tasks.sweep() == 1
    assert [each["application_id"] for each in state.calls("POST")] == [NUMBER]

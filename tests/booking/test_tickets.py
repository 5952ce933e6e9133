"""The hall: numbers of the day, the order of the queue, calls, and the public screen."""

from datetime import UTC, datetime, timedelta

import html5lib
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import outcomes, tickets
from booking.links import path_to
from booking.models import Appointment, AppointmentEvent, Ticket
from identity.members import Member
from tests.booking.staff_client import StaffClient
from tests.conftest import login_as, owner
from tests.factories import AppointmentFactory, OpeningFactory, ResourceFactory, ServiceFactory


pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # 10 h in Paris
AGENT = Member(user_id=7, name="Nadia", role="booking_agent")


@pytest.fixture
def service():
    return ServiceFactory(slug="carte-identite")


@pytest.fixture
def counter(service):
    return ResourceFactory(services=[service], name="Guichet 1")


def visit(counter, service, *, start, **fields):
    return AppointmentFactory(
        start=start, resource=counter, service=service, site=counter.site, **fields
    )


def arrive(appointment, *, now=NOW):
    tickets.mark(appointment=appointment, status="arrived", by=AGENT, now=now)
    return Ticket.objects.get(appointment=appointment)


def walk_in(counter, service=None, *, now=NOW, name=""):
    return tickets.walk_in(site=counter.site, service=service, name=name, now=now)


def line(counter, *, now=NOW):
    return [
        each.number for each in tickets.waiting(tickets.standing(counter.site, now=now), now=now)
    ]


# --- Numbers ------------------------------------------------------------------------------


def test_each_site_counts_from_one_every_day(counter, service):
    elsewhere = ResourceFactory(services=[service])

    assert [walk_in(counter).number, walk_in(counter).number] == [1, 2]
    assert walk_in(elsewhere).number == 1
    assert walk_in(counter, now=NOW + timedelta(days=1)).number == 1


def test_whoever_arrives_with_an_appointment_gets_a_number_once(counter, service):
    walk_in(counter)
    appointment = visit(counter, service, start=NOW)

    assert arrive(appointment).number == 2
    assert arrive(appointment).number == 2


def test_an_arrival_taken_back_gives_the_number_back(counter, service):
    appointment = visit(counter, service, start=NOW)
    arrive(appointment)

    tickets.mark(appointment=appointment, status="reset", by=AGENT, now=NOW)

    assert not Ticket.objects.exists()


def test_an_arrival_noted_on_another_day_gets_no_number(counter, service):
    appointment = visit(counter, service, start=NOW + timedelta(days=3))

    tickets.mark(appointment=appointment, status="arrived", by=AGENT, now=NOW)

    assert not Ticket.objects.exists()


def test_a_walk_in_may_take_a_free_slot_of_today(counter, service):
    OpeningFactory(resources=[counter])

    booked = tickets.walk_in_at(
        service=service, start=NOW + timedelta(minutes=20), name="", by=AGENT, now=NOW,
        idempotency_key="6a9f9a52-6c4e-4f0c-8b8e-6f6a4a9f0001",
    )  # fmt: skip

    assert (booked.channel, booked.name) == ("walk_in", "Sans rendez-vous")
    assert Ticket.objects.get(appointment=booked).number == 1
    assert Appointment.objects.get(pk=booked.pk).arrived_at == NOW


# --- The order ----------------------------------------------------------------------------


def test_appointments_on_time_pass_before_walk_ins(counter, service):
    first = walk_in(counter, now=NOW - timedelta(minutes=30))
    later = arrive(visit(counter, service, start=NOW + timedelta(minutes=5)))
    soon = arrive(
        visit(ResourceFactory(services=[service], site=counter.site), service, start=NOW)
    )

    assert line(counter) == [soon.number, later.number, first.number]


def test_who_is_early_waits_behind_walk_ins_until_her_hour_is_near(counter, service):
    early = arrive(visit(counter, service, start=NOW + timedelta(hours=1)))
    other = walk_in(counter)

    assert line(counter) == [other.number, early.number]
    near = NOW + timedelta(minutes=51)
    assert line(counter, now=near) == [early.number, other.number]


def test_who_is_late_waits_in_the_order_of_arrival(counter, service):
    other = walk_in(counter, now=NOW - timedelta(minutes=1))
    late = arrive(visit(counter, service, start=NOW - timedelta(minutes=16)))

    assert line(counter) == [other.number, late.number]


# --- Calls --------------------------------------------------------------------------------


def test_the_next_in_line_is_called_once(counter, service):
    other = ResourceFactory(services=[service], site=counter.site)
    walk_in(counter, service)
    walk_in(counter, service)

    first = tickets.call_next(counter=counter, by=AGENT, now=NOW)
    second = tickets.call_next(counter=other, by=AGENT, now=NOW)

    assert [first.number, second.number] == [1, 2]
    assert tickets.call_next(counter=counter, by=AGENT, now=NOW) is None


def test_a_counter_calls_only_for_what_it_gives(counter, service):
    walk_in(counter, ServiceFactory())
    mine = walk_in(counter, service)

    assert tickets.call_next(counter=counter, by=AGENT, now=NOW) == mine


def test_a_call_is_noted_with_the_appointment_and_can_be_taken_back(counter, service):
    appointment = visit(counter, service, start=NOW)
    ticket = arrive(appointment)

    tickets.call(ticket=ticket, counter=counter, by=AGENT, now=NOW)
    appointment.refresh_from_db()
    assert appointment.called_at == NOW
    tickets.call_back(ticket=ticket, by=AGENT, now=NOW)

    appointment.refresh_from_db()
    assert appointment.called_at is None
    assert line(counter) == [ticket.number]
    kinds = [event.kind for event in AppointmentEvent.objects.filter(appointment=appointment)]
    assert kinds == ["arrived", "called", "reset"]


def test_whoever_was_received_leaves_the_queue_and_can_be_put_back(counter, service):
    appointment = visit(counter, service, start=NOW)
    ticket = arrive(appointment, now=NOW - timedelta(minutes=9))

    tickets.serve(ticket=ticket, by=AGENT, now=NOW)
    appointment.refresh_from_db()
    assert (appointment.status, appointment.served_at) == ("honoured", NOW)
    assert line(counter) == []
    tickets.put_back(ticket=ticket, by=AGENT, now=NOW)

    appointment.refresh_from_db()
    assert (appointment.status, appointment.served_at) == ("booked", None)
    assert appointment.arrived_at == NOW - timedelta(minutes=9)
    assert line(counter) == [ticket.number]


def test_whoever_left_cannot_be_called(counter, service):
    appointment = visit(counter, service, start=NOW)
    ticket = arrive(appointment)

    tickets.leave(ticket=ticket, by=AGENT, now=NOW)

    appointment.refresh_from_db()
    assert appointment.status == "missed"
    with pytest.raises(tickets.TicketOver):
        tickets.call(ticket=ticket, counter=counter, by=AGENT, now=NOW)


def test_a_file_that_was_closed_leaves_the_queue(counter, service):
    appointment = visit(counter, service, start=NOW)
    ticket = arrive(appointment)

    outcomes.find_complete(appointment=appointment, by=AGENT, now=NOW)
    assert line(counter) == []
    outcomes.reopen(appointment=appointment, by=AGENT, now=NOW)

    assert line(counter) == [ticket.number]


def test_a_number_given_by_mistake_is_taken_back_unless_called(counter, service):
    ticket, other = walk_in(counter), walk_in(counter)
    tickets.call(ticket=other, counter=counter, by=AGENT, now=NOW)

    tickets.forget(ticket=ticket)

    assert list(Ticket.objects.all()) == [other]
    with pytest.raises(tickets.TicketOver):
        tickets.forget(ticket=other)


# --- Pages --------------------------------------------------------------------------------


@pytest.fixture
def agent(staff_client):
    return staff_client("booking_agent")


@pytest.fixture
def staff_client(make_user, commune):
    """Open a session on Pauillac's site."""

    def inner(role):
        client = StaffClient(commune)
        with owner():
            login_as(client, make_user(role, commune=commune), site=commune.schema_name)
        return client

    return inner


def text_of(answer):
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


def post(client, path, **typed):
    return client.post(path, typed, follow=True)


def test_from_ticket_to_counter(agent, client, commune, counter, service):
    page = text_of(post(
        agent, "/agent/file/sans-rendez-vous/",
        service="carte-identite", name="Paul Roux", key="6a9f9a52-6c4e-4f0c-8b8e-6f6a4a9f0001",
    ))  # fmt: skip
    assert "N° 1 donné." in page
    assert "/oubli/" in page
    assert "Paul Roux" not in page  # the slip says no name

    assert "N° 1 · Paul Roux" in text_of(agent.get("/agent/file/"))
    page = text_of(post(agent, "/agent/file/suivant/", guichet=counter.pk))
    assert "N° 1 est appelé." in page

    screen = client.get(f"/salle/{counter.site_id}/")
    connection.set_tenant(commune)
    assert "Guichet 1" in text_of(screen)
    assert "Paul" not in text_of(screen)
    html5lib.HTMLParser(strict=True).parse(screen.content.decode())

    ticket = Ticket.objects.get()
    assert "N° 1 : reçu." in text_of(post(agent, f"/agent/file/{ticket.pk}/reception/"))
    assert "N° 1 : de retour." in text_of(post(agent, f"/agent/file/{ticket.pk}/retour/"))


def test_nobody_waits_and_the_page_says_so(agent, counter):
    page = text_of(post(agent, "/agent/file/suivant/", guichet=counter.pk))

    assert "Personne n’attend pour ce guichet." in page


def test_a_full_day_says_to_give_a_number(agent, counter, service):
    page = post(
        agent, "/agent/file/sans-rendez-vous/",
        service="carte-identite", then="slot", key="6a9f9a52-6c4e-4f0c-8b8e-6f6a4a9f0001",
    )  # fmt: skip

    assert page.status_code == 422
    assert "donnez un numéro" in text_of(page)


@pytest.mark.parametrize(
    "typed",
    [
        "{reference}",
        "k7m2-{tail}",
        "http://x/agent/accueil/{reference}/",
        "http://pauillac.localhost/rdv/{token}",
        "dupuy",
    ],
)
def test_a_scanned_code_leads_to_the_visit(agent, counter, service, typed):
    token = "secret-token-long-enough"
    found = visit(counter, service, start=timezone.now() + timedelta(days=1), token=token)
    words = typed.format(reference=found.reference, tail=found.reference[4:], token=token)

    answer = agent.post("/agent/accueil/", {"q": words})

    assert answer["Location"] == f"/agent/accueil/{found.reference}/"


def test_one_press_notes_the_arrival_and_gives_a_number(agent, counter, service):
    found = visit(counter, service, start=timezone.now())

    assert "Est arrivé" in text_of(agent.get(f"/agent/accueil/{found.reference}/"))
    page = text_of(post(agent, f"/agent/accueil/{found.reference}/"))

    assert "est en salle." in page
    assert "Imprimer le ticket" in page
    assert Ticket.objects.get().number == 1


def test_an_appointment_of_another_day_is_said(agent, counter, service):
    found = visit(counter, service, start=timezone.now() + timedelta(days=2))

    assert "n’est pas pour aujourd’hui" in text_of(agent.get(f"/agent/accueil/{found.reference}/"))


def test_the_link_of_a_later_message_is_read_too(agent, counter, service):
    found = visit(counter, service, start=timezone.now() + timedelta(minutes=5))

    answer = agent.post("/agent/accueil/", {"q": f"http://pauillac.localhost{path_to(found)}"})

    assert answer["Location"] == f"/agent/accueil/{found.reference}/"


def test_nobody_is_found_and_the_page_says_so(agent):
    for words in ("personne", "\x00", "é" * 200, "http://x/rdv/inconnu-inconnu-inconnu"):
        answer = agent.post("/agent/accueil/", {"q": words})
        assert answer.status_code in {200, 422}
    assert "Aucun rendez-vous trouvé" in text_of(agent.post("/agent/accueil/", {"q": "personne"}))


def queries_of(client, page):
    client.get(page)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len([one for one in captured if '"booking_' in one["sql"]])


def test_a_long_queue_costs_as_many_queries_as_a_short_one(agent, counter, service):
    now = timezone.now()
    pages = ["/agent/file/", f"/salle/{counter.site_id}/"]
    for ticket in (walk_in(counter, service, now=now), walk_in(counter, service, now=now)):
        ticket.name = "x"
    tickets.call_next(counter=counter, by=AGENT, now=now)
    short = [queries_of(agent, page) for page in pages]
    for _each in range(20):
        walk_in(counter, service, now=now)
    for _each in range(8):
        tickets.call_next(counter=counter, by=AGENT, now=now)

    assert [queries_of(agent, page) for page in pages] == short
    assert max(short) <= 6


def test_the_pages_are_valid_html(agent, counter, service):
    now = timezone.now()
    ticket = walk_in(counter, service, now=now)
    walk_in(counter, service, now=now)
    tickets.call(ticket=ticket, counter=counter, by=AGENT, now=now)
    found = visit(counter, service, start=now)

    for page in (
        "/agent/file/", "/agent/file/sans-rendez-vous/", f"/agent/file/{ticket.pk}/",
        "/agent/accueil/", f"/agent/accueil/{found.reference}/",
    ):  # fmt: skip
        html5lib.HTMLParser(strict=True).parse(agent.get(page).content.decode())

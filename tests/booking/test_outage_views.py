"""The pages of an outage: the agent reports and follows it, the citizen presses once."""

import re
from datetime import timedelta

import html5lib
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import actions, outages, planning
from booking.links import path_to_proposals
from booking.models import Appointment, Closure, Outage
from parvis.models import OutgoingEmail
from tests.booking.staff_client import StaffClient
from tests.booking.test_staff import visit
from tests.conftest import login_as, owner
from tests.factories import OpeningFactory, ResourceFactory, ServiceFactory


pytestmark = pytest.mark.django_db
HOME = "/agent/panne/"


@pytest.fixture
def day():
    """A Wednesday some weeks ahead that no law closes."""
    day = planning.local_day(timezone.now()) + timedelta(days=14)
    while day.weekday() != 2 or planning.closed_reason(day).startswith("Jour férié"):
        day += timedelta(days=1)
    return day


@pytest.fixture
def station(commune):
    service = ServiceFactory(slug="carte-identite", minutes=[20])
    station = ResourceFactory(name="Station 1", kind="station", services=[service])
    for weekday in range(5):
        OpeningFactory(weekday=weekday, resources=[station])
    return station


@pytest.fixture
def log_in(make_user, commune):
    def inner(role):
        client = StaffClient(commune)
        with owner():
            login_as(client, make_user(role, commune=commune), site=commune.schema_name)
        return client

    return inner


@pytest.fixture
def agent(log_in):
    return log_in("booking_agent")


@pytest.fixture
def citizen(commune):
    return StaffClient(commune)


@pytest.fixture
def jeanne(station, day):
    return visit(day, station, station.services.get(), hour=9)


def text_of(answer):
    document = html5lib.parse(answer.content.decode(), namespaceHTMLElements=False)
    return " ".join("".join(document.find("body").itertext()).split())


def wish(station, day, **changes):
    return {
        "where": f"resource-{station.pk}",
        "first": day.isoformat(),
        "reason": "Lecteur d’empreintes en panne",
        "key": "5b7f0c1e-6c0d-4a44-8f1d-0a4f5d5f6a11",
    } | changes


@pytest.fixture
def outage(agent, station, day, jeanne):
    agent.post(f"{HOME}nouvelle/", wish(station, day))
    return Outage.objects.get()


@pytest.fixture
def asked(agent, outage):
    agent.post(f"{HOME}{outage.pk}/propositions/")
    return outage


def slots(appointment):
    return [each.start for each in outages.proposals_of(appointment, now=timezone.now())]


def test_an_agent_reports_an_outage_and_sees_whom_it_touches(agent, station, day, jeanne):
    answer = agent.post(f"{HOME}nouvelle/", wish(station, day))
    again = agent.post(f"{HOME}nouvelle/", wish(station, day))

    assert answer["Location"] == again["Location"]
    page = text_of(agent.get(answer["Location"]))
    assert "Panne : Station 1" in page
    assert "1 rendez-vous touché" in page
    assert "Jeanne Dupuy" in page
    assert "pas encore prévenu" in page
    assert Closure.objects.count() == 1
    assert not OutgoingEmail.objects.exists()


def test_what_was_typed_is_kept_when_something_is_wrong(agent, station, day):
    answer = agent.post(
        f"{HOME}nouvelle/", wish(station, day, first="2020-01-06", reason="Coupure de courant")
    )

    assert answer.status_code == 422
    assert "Coupure de courant" in answer.text
    assert "2020-01-06" in answer.text
    assert not Closure.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": ""}, "Raison"),
        ({"where": "resource-999"}, "Ce qui est en panne"),
        ({"first": "n’importe quoi"}, "Du"),
        ({"last": "2100-01-01"}, "an"),
        ({"start_time": "12:00", "end_time": "09:00"}, "L’heure de fin"),
    ],
)
def test_nonsense_is_refused_beside_its_field(agent, station, day, changes, words):
    answer = agent.post(f"{HOME}nouvelle/", wish(station, day, **changes))

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not Outage.objects.exists()


def test_more_than_a_month_is_no_outage(agent, station, day):
    answer = agent.post(
        f"{HOME}nouvelle/", wish(station, day, last=(day + timedelta(days=40)).isoformat())
    )

    assert "Au-delà d’un mois" in text_of(answer)


def test_readers_see_outages_and_change_nothing(log_in, asked):
    reader = log_in("reader")

    assert "Signaler une panne" not in text_of(reader.get(HOME))
    page = text_of(reader.get(f"{HOME}{asked.pk}/"))
    assert "sans réponse" in page
    assert "Réparé" not in page
    assert reader.post(f"{HOME}{asked.pk}/reparation/").status_code == 403


def test_one_press_takes_a_time_and_the_agent_sees_it(agent, citizen, asked, jeanne):
    address = re.search(r"/propositions/\S+", OutgoingEmail.objects.get().body)[0]
    page = citizen.get(address)
    assert page.text.count('name="slot"') == 3
    assert "Lecteur d’empreintes en panne" in page.text
    start = slots(jeanne)[1]

    answer = citizen.post(address, {"slot": start.isoformat()})

    jeanne.refresh_from_db()
    assert answer["Location"] == "/mon-rendez-vous/"
    assert jeanne.start == start
    assert "C’est noté" in text_of(citizen.get("/mon-rendez-vous/"))
    assert "nouveau créneau" in text_of(agent.get(f"{HOME}{asked.pk}/"))
    assert citizen.post(address, {"slot": start.isoformat()}).status_code == 302
    assert "Vous n’avez rien à faire" in text_of(citizen.get(address))


def test_a_visit_changes_nothing(citizen, asked, jeanne):
    before = list(Appointment.objects.values())

    citizen.get(path_to_proposals(jeanne))
    citizen.head(path_to_proposals(jeanne))

    assert list(Appointment.objects.values()) == before


def test_when_the_time_is_over_the_page_leads_to_all_times(citizen, asked, jeanne):
    start = slots(jeanne)[0]
    Appointment.objects.filter(status="held").update(held_until=timezone.now())

    answer = citizen.post(path_to_proposals(jeanne), {"slot": start.isoformat()})

    assert answer.status_code == 410
    page = text_of(answer)
    assert "Ces créneaux ne sont plus gardés" in page
    assert "Choisir un autre créneau" in page
    assert citizen.get("/mon-rendez-vous/deplacement/").status_code == 200
    jeanne.refresh_from_db()
    assert jeanne.status == "booked"


def test_a_time_that_is_unreadable_is_no_answer(citizen, asked, jeanne):
    answer = citizen.post(path_to_proposals(jeanne), {"slot": "demain"})

    assert answer.status_code == 422
    assert len(slots(jeanne)) == 3


def test_a_false_link_opens_nothing(citizen, asked):
    assert citizen.get("/propositions/faux/").status_code == 404
    assert citizen.post("/propositions/faux/", {"slot": "x"}).status_code == 404


def test_who_cancelled_is_told_so(citizen, asked, jeanne):
    actions.cancel(appointment=jeanne, by=None, now=timezone.now())

    assert "est annulé" in text_of(citizen.get(path_to_proposals(jeanne)))


def test_the_page_of_the_appointment_leads_to_what_is_held(citizen, asked, jeanne):
    citizen.get(path_to_proposals(jeanne))

    assert "/propositions/" in citizen.get("/mon-rendez-vous/").text


def test_who_left_only_a_phone_is_called_and_answered_for(agent, station, day):
    paul = visit(day, station, station.services.get(), hour=10, email="", name="Paul Roux")
    agent.post(f"{HOME}nouvelle/", wish(station, day))
    outage = Outage.objects.get()
    agent.post(f"{HOME}{outage.pk}/propositions/")
    page = text_of(agent.get(f"{HOME}{outage.pk}/"))
    assert "À appeler" in page
    assert "Paul Roux" in page
    assert not OutgoingEmail.objects.exists()
    start = slots(paul)[0]

    answer = agent.post(
        f"{HOME}{outage.pk}/reponse/{paul.reference}/", {"slot": start.isoformat()}
    )

    assert "Paul Roux : déplacé au" in text_of(agent.get(answer["Location"]))
    paul.refresh_from_db()
    assert paul.start == start
    assert paul.events.last().by_name


def test_an_answer_that_comes_too_late_is_told_to_the_agent(agent, asked, jeanne):
    start = slots(jeanne)[0]
    actions.cancel(appointment=jeanne, by=None, now=timezone.now())

    answer = agent.post(
        f"{HOME}{asked.pk}/reponse/{jeanne.reference}/", {"slot": start.isoformat()}
    )

    assert "n’est plus gardé" in text_of(agent.get(answer["Location"]))
    bare = agent.post(f"{HOME}{asked.pk}/reponse/{jeanne.reference}/")
    assert bare.status_code == 302


def test_a_reminder_too_soon_is_refused_in_words(agent, asked):
    answer = agent.post(f"{HOME}{asked.pk}/propositions/", {"again": "1"})

    assert "Personne à relancer" in text_of(agent.get(answer["Location"]))
    assert OutgoingEmail.objects.count() == 1


def test_repaired_means_open_again(agent, citizen, asked, jeanne):
    answer = agent.post(f"{HOME}{asked.pk}/reparation/")

    page = text_of(agent.get(answer["Location"]))
    assert "rendez-vous maintenu" in page
    assert not Closure.objects.exists()
    assert "réparée" in text_of(agent.get(HOME))
    assert "Vous n’avez rien à faire" in text_of(citizen.get(path_to_proposals(jeanne)))


def test_a_closure_of_the_settings_leads_here(log_in, agent, outage):
    admin = log_in("admin")
    page = admin.get("/agent/reglages/fermetures/")
    address = f"{HOME}fermeture/{outage.closure_id}/"
    assert address in page.text

    answer = admin.post(address)

    assert answer["Location"] == f"{HOME}{outage.pk}/"


def test_the_page_costs_the_same_whoever_is_touched(agent, station, day, jeanne):
    agent.post(f"{HOME}nouvelle/", wish(station, day))
    outage = Outage.objects.get()
    agent.post(f"{HOME}{outage.pk}/propositions/")
    agent.get(f"{HOME}{outage.pk}/")
    with CaptureQueriesContext(connection) as one:
        agent.get(f"{HOME}{outage.pk}/")
    outages.repair(outage=outage, by=None, now=timezone.now())
    for n in range(6):
        hour, minute = divmod(60 + 20 * n, 60)
        email = f"n{n}@example.org" if n % 2 else ""
        visit(day, station, station.services.get(), hour=9 + hour, minute=minute, email=email)
    agent.post(f"{HOME}nouvelle/", wish(station, day, key="5b7f0c1e-6c0d-4a44-8f1d-0a4f5d5f6a12"))
    more = Outage.objects.first()
    agent.post(f"{HOME}{more.pk}/propositions/")
    agent.get(f"{HOME}{more.pk}/")
    with CaptureQueriesContext(connection) as many:
        agent.get(f"{HOME}{more.pk}/")

    assert more.cases.count() == 7
    assert len(many) == len(one)

"""The counter's pages: who sees them, what they tell, what their buttons do."""

import re
import uuid
from datetime import date, datetime, time, timedelta
from html import unescape

import html5lib
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from booking import planning
from booking.checklists import snapshot
from booking.models import Allocation, Appointment, Participant, ServiceLink
from booking.situations import Channel, Title, questions_for
from parvis.models import OutgoingEmail
from tests.booking.staff_client import StaffClient
from tests.conftest import login_as, owner
from tests.factories import AppointmentFactory, OpeningFactory, ResourceFactory, ServiceFactory


pytestmark = pytest.mark.django_db
USUAL = {
    question.key: question.answer
    for question in questions_for(frozenset({Title.CARD}), {}, channel=Channel.DESK)
}
NEW = "/agent/rendez-vous/nouveau/"


@pytest.fixture
def day():
    """Next working day on which no town hall is closed by law."""
    day = planning.local_day(timezone.now()) + timedelta(days=1)
    while day.weekday() > 4 or planning.closed_reason(day).startswith("Jour férié"):
        day += timedelta(days=1)
    return day


@pytest.fixture
def service():
    return ServiceFactory(slug="carte-identite")


@pytest.fixture
def counter(service):
    """Open every working day from 9 h to 12 h."""
    counter = ResourceFactory(services=[service], name="Guichet 1")
    for weekday in range(5):
        OpeningFactory(weekday=weekday, resources=[counter])
    return counter


@pytest.fixture
def log_in(make_user, commune):
    """Open a session on Pauillac's site."""

    def inner(role):
        client = StaffClient(commune)
        with owner():
            login_as(client, make_user(role, commune=commune), site=commune.schema_name)
        return client

    return inner


@pytest.fixture
def agent(log_in):
    return log_in("booking_agent")


def at(day, hour, minute=0):
    return datetime.combine(day, time(hour, minute), planning.zone())


def visit(day, counter, service, *, hour=9, minute=0, **fields):
    return AppointmentFactory(
        start=at(day, hour, minute), resource=counter, service=service, site=counter.site, **fields
    )


def page_of(day, **query):
    return reverse(
        "booking:agent:day", args=[day.isoformat()], query=query, urlconf="parvis.urls_commune"
    )


def text_of(answer):
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())


def call(client, day, **typed):
    """Book by phone as the form does."""
    values = {
        "service": "carte-identite",
        "persons": "1",
        "shown": f"carte-identite/1//{','.join(USUAL.values())}",
        **{f"about_{key}": answer for key, answer in USUAL.items()},
        "slot": at(day, 9).isoformat(),
        "day": "",
        "name": "Paul Roux",
        "phone": "05 56 59 17 17",
        "email": "",
        "pre_application": "",
        "note": "",
        "channel": "phone",
        "key": str(uuid.uuid4()),
    } | typed
    return client.post(NEW, values)


# --- Who sees them ------------------------------------------------------------------------

WRITES = ["arrivee", "reception", "absence", "remise", "annulation", "retablissement"]


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        ("admin", (200, 302)),
        ("booking_agent", (200, 302)),
        ("reader", (200, 403)),
        ("report_agent", (403, 403)),
    ],
)
def test_each_role_does_what_it_may(log_in, day, counter, service, role, statuses):
    reads, writes = statuses
    reference = visit(day, counter, service).reference
    client = log_in(role)

    pages = [
        page_of(day), page_of(day, rdv=reference), f"/agent/jour/{day}/feuille/",
        "/agent/recherche/?q=dupuy", f"/agent/rendez-vous/{reference}/",
    ]  # fmt: skip
    for page in pages:
        assert client.get(page).status_code == reads, page
    for write in WRITES:
        answer = client.post(f"/agent/rendez-vous/{reference}/{write}/")
        assert answer.status_code == writes, write
    assert client.get(NEW).status_code == (200 if writes == 302 else 403)
    assert call(client, day, slot=at(day, 10).isoformat()).status_code == writes


def test_a_citizen_is_sent_to_the_login(client, day):
    for page in ("/agent/", page_of(day), NEW, "/agent/recherche/?q=dupuy"):
        answer = client.get(page)

        assert answer.status_code == 302
        assert answer["Location"].startswith("/connexion/")


def test_a_reader_has_no_buttons(log_in, day, counter, service):
    reference = visit(day, counter, service).reference

    page = text_of(log_in("reader").get(page_of(day, rdv=reference)))

    assert "Jeanne Dupuy" in page
    assert "/arrivee/" not in page
    assert "/annulation/" not in page
    assert NEW not in page


def test_a_technical_agent_is_told_whom_to_ask(log_in, day):
    answer = log_in("report_agent").get(page_of(day))

    assert answer.status_code == 403
    assert "demandez à l’administrateur" in text_of(answer)


def test_marks_are_not_made_by_links(agent, day, counter, service):
    reference = visit(day, counter, service).reference

    for write in WRITES:
        answer = agent.get(f"/agent/rendez-vous/{reference}/{write}/")
        assert answer.status_code == (200 if write == "annulation" else 405)

    assert Appointment.objects.get().status == "booked"


# --- The day ------------------------------------------------------------------------------


def test_the_day_tells_who_comes_and_what_is_free(agent, day, counter, service):
    visit(day, counter, service, name="A. Martin", arrived_at=at(day, 8, 55))
    visit(day, counter, service, minute=20, name="J. Petit", status="missed")
    visit(day, counter, service, minute=40, name="S. Benali", persons=2)

    page = text_of(agent.get(page_of(day)))

    assert "3 rendez-vous · 1 en salle · 1 absent" in page
    assert "En salle (1)" in page
    assert "Attendus (1)" in page
    assert "2 personnes" in page
    assert "Guichet 1" in page
    assert f"{NEW}?debut=" in page


def test_the_list_has_the_same_visits_in_a_table(agent, day, counter, service):
    visit(day, counter, service)

    page = text_of(agent.get(page_of(day, vue="liste")))

    assert "<table" in page
    assert "Jeanne Dupuy" in page
    assert "en ligne" in page


def test_an_open_file_shows_what_the_counter_needs(agent, day, counter, service):
    documents = snapshot(service, situation={}, day=day)
    shown = visit(
        day, counter, service,
        note="Fauteuil roulant",
        people=[{"pre_application": "ABCD123456", "documents": documents}],
    )  # fmt: skip

    page = text_of(agent.get(page_of(day, rdv=shown.reference.lower())))

    for words in (
        "Fauteuil roulant",
        "Pièces à vérifier",
        'data-copy="ABCD123456"',
        "06 12 34 56 78",
    ):
        assert words in page


def test_a_closed_day_says_why(agent):
    assert "Jour férié" in text_of(agent.get("/agent/jour/2026-12-25/"))


def test_unknown_days_and_references_get_clear_words(agent, day):
    for written in ("2026-02-30", "hier", "9999-12-31", "0001-01-01", "2026-12-01%00"):
        answer = agent.get(f"/agent/jour/{written}/", follow=True)
        assert answer.status_code == 200
        assert "Cette date n’existe pas" in text_of(answer)
    page = text_of(agent.get(page_of(day, rdv="ZZZZ\x00")))
    assert "Aucun rendez-vous de ce jour ne porte la référence" in page
    assert agent.get("/agent/rendez-vous/ZZZZZZZZ/").status_code == 404
    assert agent.get("/agent/rendez-vous/nimporte/").status_code == 404


def test_a_day_is_picked_in_a_form(agent, day):
    answer = agent.get("/agent/jour/", {"date": day.isoformat()})

    assert answer["Location"] == page_of(day)
    assert agent.get("/agent/jour/", {"date": "n’importe"})["Location"].startswith("/agent/jour/")


def test_the_search_answers_whatever_is_typed(agent, day, counter, service):
    found = visit(day, counter, service)

    for words in ("dupuy", found.reference, "0612345678"):
        assert f"rdv={found.reference}" in text_of(agent.get("/agent/recherche/", {"q": words}))
    assert "Aucun rendez-vous" in text_of(agent.get("/agent/recherche/", {"q": "personne"}))
    for words in ("", "a", "x\x00y", "é" * 10_000):
        assert agent.get("/agent/recherche/", {"q": words}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/agent/rendez-vous/nouveau/?comme=%00",
        "/agent/titres/?q=%00",
        "/agent/file/?guichet=" + "9" * 5_000,
        "/agent/file/?guichet=%00",
    ],
)
def test_an_address_that_means_nothing_is_answered_as_if_it_said_nothing(agent, counter, path):
    assert agent.get(path).status_code == 200


def test_numbers_nobody_can_have_are_no_failure(agent, day, counter, service):
    found = visit(day, counter, service)
    long = "9" * 5_000

    assert agent.post("/agent/file/suivant/", {"guichet": long}).status_code == 404
    answer = agent.post(
        f"/agent/rendez-vous/{found.reference}/pieces/",
        f"seen_{long}=photo",
        content_type="application/x-www-form-urlencoded",
        follow=True,
    )
    assert answer.status_code == 200


def test_a_caller_without_pre_application_brings_the_paper_form(agent, day, counter, service):
    answers = USUAL | {"pre_application": "none"}
    typed = {f"about_{key}": answer for key, answer in answers.items()}

    answer = call(agent, day, **typed, shown=f"carte-identite/1//{','.join(answers.values())}")

    assert answer.status_code == 302
    kept = [line["key"] for line in Participant.objects.get().documents["documents"]]
    assert "paper_form" in kept
    assert "pre_demande" not in kept


def test_the_sheet_holds_boxes_and_says_to_destroy_it(agent, day, counter, service):
    visit(day, counter, service)
    visit(day, counter, service, minute=40, cancelled=True, name="Annulée")

    page = text_of(agent.get(f"/agent/jour/{day}/feuille/"))

    assert "à détruire en fin de journée" in page
    assert "☐" in page
    assert "Annulée" not in page


@pytest.mark.parametrize("view", ["", "liste"])
def test_a_full_day_costs_as_many_queries_as_a_calm_one(agent, day, counter, service, view):
    first = visit(day, counter, service)
    pages = [
        page_of(day, vue=view, rdv=first.reference),
        f"/agent/jour/{day}/feuille/",
        "/agent/recherche/?q=dupuy",
    ]
    calm = [queries_of(agent, page) for page in pages]
    for number in range(1, 45):
        hour, minute = divmod(number * 20, 60)
        visit(day, counter, service, hour=9 + hour, minute=minute)

    assert [queries_of(agent, page) for page in pages] == calm
    assert max(calm) <= 14


def queries_of(client, page):
    client.get(page)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len([one for one in captured if '"booking_' in one["sql"]])


def test_the_pages_are_valid_html(agent, day, counter, service):
    reference = visit(day, counter, service, arrived_at=at(day, 9)).reference

    for page in (
        page_of(day, rdv=reference), page_of(day, vue="liste", rdv=reference), NEW,
        f"/agent/jour/{day}/feuille/", f"/agent/rendez-vous/{reference}/",
        f"/agent/rendez-vous/{reference}/annulation/", "/agent/recherche/?q=dupuy",
    ):  # fmt: skip
        html5lib.HTMLParser(strict=True).parse(agent.get(page).content.decode())


# --- Its buttons --------------------------------------------------------------------------


def press(client, reference, write, **posted):
    return client.post(f"/agent/rendez-vous/{reference}/{write}/", posted, follow=True)


def test_each_mark_can_be_taken_back_at_once(agent, day, counter, service):
    reference = visit(day, counter, service).reference

    page = text_of(press(agent, reference, "arrivee"))
    assert "Jeanne Dupuy est en salle." in page
    assert f"/agent/rendez-vous/{reference}/remise/" in page
    page = text_of(press(agent, reference, "reception"))
    assert "reçu au guichet" in page
    assert f"/agent/rendez-vous/{reference}/arrivee/" in page
    press(agent, reference, "arrivee")
    assert Appointment.objects.get().status == "booked"
    press(agent, reference, "absence")
    assert Appointment.objects.get().status == "missed"
    press(agent, reference, "remise")
    assert Appointment.objects.get().arrived_at is None


def test_what_was_done_is_told_once(agent, day, counter, service):
    reference = visit(day, counter, service).reference
    press(agent, reference, "arrivee")

    assert "est en salle." not in text_of(agent.get(page_of(day)))


def test_a_mark_keeps_the_view_that_was_open(agent, day, counter, service):
    reference = visit(day, counter, service).reference

    assert "<table" in text_of(press(agent, reference, "arrivee", vue="liste"))


def test_a_cancellation_asks_first_and_can_be_taken_back(agent, day, counter, service):
    reference = visit(day, counter, service).reference
    assert "prévenue tout de suite" in text_of(
        agent.get(f"/agent/rendez-vous/{reference}/annulation/")
    )

    page = text_of(press(agent, reference, "annulation"))
    assert Appointment.objects.get().status == "cancelled"
    assert f"/agent/rendez-vous/{reference}/retablissement/" in page
    page = text_of(press(agent, reference, "retablissement"))

    assert "rendez-vous rétabli" in page
    assert Appointment.objects.get().status == "booked"
    assert Allocation.objects.filter(state="booked").count() == 1
    assert OutgoingEmail.objects.count() == 2


def test_a_cancellation_is_not_taken_back_when_somebody_else_has_the_slot(
    agent, day, counter, service
):
    reference = visit(day, counter, service, cancelled=True).reference
    visit(day, counter, service, name="Paul Roux")

    page = text_of(press(agent, reference, "retablissement"))

    assert "Ce créneau n’est plus libre" in page
    assert Appointment.objects.get(reference=reference).status == "cancelled"


def test_a_cancelled_visit_cannot_be_marked(agent, day, counter, service):
    reference = visit(day, counter, service, cancelled=True).reference

    assert "annulé" in text_of(press(agent, reference, "arrivee"))
    assert Appointment.objects.get().arrived_at is None


# --- Booking by phone ---------------------------------------------------------------------


def test_the_form_proposes_the_first_free_slot(agent, day, counter, service):
    visit(day, counter, service)

    page = text_of(agent.get(NEW))

    assert f'value="{at(day, 9, 20).isoformat()}" required id="id_slot_0" checked' in page or (
        f'value="{at(day, 9, 20).isoformat()}"' in page and "checked" in page
    )


def test_a_call_becomes_an_appointment_with_a_reference_to_read(agent, day, counter, service):
    answer = call(agent, day, email="paul@example.org", note="Sourd")

    booked = Appointment.objects.get()
    assert answer["Location"] == f"/agent/rendez-vous/{booked.reference}/"
    assert (booked.channel, booked.taken_by_name, booked.note) == (
        "phone",
        "booking_agent",
        "Sourd",
    )
    assert booked.start == at(day, 9)
    page = text_of(agent.get(answer["Location"]))
    assert f"{booked.reference[:4]} {booked.reference[4:]}" in page
    assert "partent à paul@example.org" in page
    assert OutgoingEmail.objects.count() == 1


def test_sending_twice_books_once(agent, day, counter, service):
    key = str(uuid.uuid4())

    answers = [call(agent, day, key=key) for _time in range(2)]

    assert answers[0]["Location"] == answers[1]["Location"]
    assert Appointment.objects.count() == 1


def test_a_slot_taken_meanwhile_keeps_what_was_typed(agent, day, counter, service):
    visit(day, counter, service)

    answer = call(agent, day, note="Fauteuil")

    page = text_of(answer)
    assert answer.status_code == 422
    assert "Ce créneau n’est plus libre" in page
    assert 'value="Paul Roux"' in page
    assert 'value="Fauteuil"' in page
    assert page.count('name="slot"') == 3
    assert Appointment.objects.count() == 1


def test_changing_the_service_shows_slots_and_keeps_the_name(agent, day, counter, service):
    other = ServiceFactory(slug="pacs", name="PACS", titles="", is_online=False)
    counter.services.add(other)

    answer = call(agent, day, service="pacs", look="1")

    assert answer.status_code == 200
    assert 'value="Paul Roux"' in text_of(answer)
    assert Appointment.objects.count() == 0


def test_a_choice_changed_without_looking_is_not_booked(agent, day, counter, service):
    page = text_of(call(agent, day, persons="2"))

    assert "Vérifiez le créneau" in page
    assert Appointment.objects.count() == 0


def test_an_agent_books_what_is_not_online(agent, day, counter, service):
    service.is_online = False
    service.save()

    assert call(agent, day).status_code == 302


def test_a_free_time_pressed_on_the_day_is_proposed(agent, day, counter, service):
    page = text_of(agent.get(NEW, {"debut": at(day, 10).isoformat()}))

    checked = page.partition('name="slot"')[2].partition(" checked")[0].rpartition('value="')[2]
    assert checked.startswith(at(day, 10).isoformat())


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "Saisissez le nom"),
        ({"name": "x" * 10_000}, "trop long"),
        ({"name": "A\x00B"}, "illisible"),
        ({"phone": ""}, "Indiquez un courriel ou un téléphone"),
        ({"phone": "05"}, "pas complet"),
        ({"email": "paul"}, "nom@exemple.fr"),
        ({"slot": ""}, "Choisissez un créneau"),
        ({"slot": "demain"}, "Choisissez un des créneaux"),
        ({"slot": "2026-12-01T09:00"}, "Choisissez un des créneaux"),
        ({"slot": "9999-12-31T23:59:00+00:00"}, "Choisissez un des créneaux"),
        ({"slot": "2000-01-03T09:00:00+00:00"}, "Ce créneau n’est plus libre"),
        ({"slot": "2090-01-03T09:00:00+00:00"}, "Ce créneau n’est plus libre"),
        ({"pre_application": "123"}, "dix lettres ou chiffres"),
        ({"channel": "online"}, "au téléphone ou au guichet"),
        ({"key": "x"}, "Rechargez"),
        (
            {"persons": "9", "shown": f"carte-identite/3//{','.join(USUAL.values())}"},
            "Au plus 3 personnes",
        ),
        ({"persons": "x"}, "en chiffres"),
        ({"service": "x\x00"}, "Choisissez une démarche"),
        ({"note": "x" * 301}, "trop longue"),
    ],
)
def test_wrong_answers_are_named_and_nothing_is_written(
    agent, day, counter, service, typed, words
):
    answer = call(agent, day, **typed)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert Appointment.objects.count() == 0


def test_a_commune_without_services_says_so(agent):
    assert "aucune démarche" in text_of(agent.get(NEW))


def test_no_free_slot_is_said(agent, service):
    assert "Aucun créneau libre" in text_of(agent.get(NEW))


# --- The documents of a file --------------------------------------------------------------


@pytest.fixture
def family(day, counter, service):
    documents = snapshot(service, situation={"motive": "loss"}, day=day)
    return visit(
        day, counter, service,
        persons=2,
        people=[
            {"documents": documents, "pre_application": "ABCD123456"},
            {"documents": documents, "name": "Tom Dupuy"},
        ],
    )  # fmt: skip


def test_each_person_has_her_own_boxes(agent, day, family):
    page = text_of(agent.get(page_of(day, rdv=family.reference)))

    assert 'data-copy="ABCD123456"' in page
    assert "Tom Dupuy" in page
    assert 'name="seen_1"' in page
    assert 'name="seen_2"' in page


def test_what_follows_a_visit_is_proposed_with_her_name(agent, day, family, service):
    signature = ServiceFactory(slug="signature", name="Signature", titles="")
    ServiceLink.objects.create(first=service, second=signature, min_days=10, max_days=20)
    page = agent.get(page_of(day, rdv=family.reference)).text
    [address] = re.findall(r'href="([^"]+service=signature[^"]*)"', page)

    following = agent.get(unescape(address)).text

    assert f"day={(day + timedelta(days=10)).isoformat()}" in address
    assert f'value="{family.name}"' in following
    assert "<h1>" in following
    assert re.search(r'value="signature"[^>]* checked', following)


def test_boxes_are_kept_by_one_press(agent, day, family):
    page = text_of(press(agent, family.reference, "pieces", seen_1=["photo"], then=""))

    assert "pièces enregistrées" in page
    assert 'value="photo" checked' in page
    assert Participant.objects.get(position=1).ticks == ["photo"]


def test_a_box_is_kept_as_soon_as_it_is_ticked(agent, family):
    answer = agent.post(
        f"/agent/rendez-vous/{family.reference}/pieces/",
        {"seen_2": ["photo"], "seen_x": ["photo"]},
        headers={"X-Live": "1"},
    )

    assert answer.json() == {"kept": 1}
    assert Participant.objects.get(position=2).ticks == ["photo"]


def test_a_complete_file_can_be_taken_back(agent, family):
    page = text_of(press(agent, family.reference, "pieces", then="complete"))
    assert "dossier complet" in page
    assert f"/agent/rendez-vous/{family.reference}/reprise/" in page

    press(agent, family.reference, "reprise")

    assert Appointment.objects.get().outcome == ""


def test_what_is_not_ticked_is_proposed_as_missing(agent, family):
    page = text_of(press(agent, family.reference, "pieces", seen_1=["photo"], then="incomplete"))

    assert "Que manque-t-il" in page
    assert 'id="missing_1-2" value="photo" autocomplete' in page
    assert 'value="photo" checked' in page  # the second person's
    assert "La personne rappellera" in page


def test_an_incomplete_file_gets_a_short_slot(agent, day, family):
    start = at(day, 9, 40)

    page = text_of(
        press(
            agent, family.reference, "incomplet",
            missing_1=["photo"], start=start.isoformat(), key=str(uuid.uuid4()),
        )
    )  # fmt: skip

    short = Appointment.objects.get(follows=family)
    assert short.start == start
    assert "1 pièce manque." in page
    assert "Rendez-vous court gardé" in page
    assert Appointment.objects.get(pk=family.pk).outcome == "incomplete"


def test_an_incomplete_file_needs_no_slot(agent, family):
    page = text_of(
        press(agent, family.reference, "incomplet",
              missing_1=["photo"], start="", key=str(uuid.uuid4()))
    )  # fmt: skip

    assert "Il manquait" in page
    assert Appointment.objects.count() == 1


def test_a_taken_short_slot_is_replaced_by_others(agent, day, counter, service, family):
    visit(day, counter, service, hour=11)

    answer = agent.post(
        f"/agent/rendez-vous/{family.reference}/incomplet/",
        {"missing_1": ["photo"], "start": at(day, 11).isoformat(), "key": str(uuid.uuid4())},
    )

    assert answer.status_code == 422
    assert "Ce créneau n’est plus libre" in text_of(answer)
    assert Appointment.objects.get(pk=family.pk).outcome == ""


# --- Another time, beyond the room, and what she had before -------------------------------


def test_an_appointment_is_moved_and_moved_back(agent, day, counter, service):
    shown = visit(day, counter, service)
    path = f"/agent/rendez-vous/{shown.reference}/deplacement/"
    assert "Déplacer le rendez-vous de Jeanne Dupuy" in text_of(agent.get(path))

    page = text_of(press(agent, shown.reference, "deplacement", slot=at(day, 11).isoformat()))
    shown.refresh_from_db()
    assert shown.start == at(day, 11)
    assert "déplacé au" in page
    assert f'action="{path}"' in page
    press(agent, shown.reference, "deplacement", back=at(day, 9).isoformat())

    shown.refresh_from_db()
    assert shown.start == at(day, 9)


def test_a_move_to_a_taken_time_shows_the_nearest(agent, day, counter, service):
    shown = visit(day, counter, service)
    visit(day, counter, service, hour=11)

    answer = agent.post(
        f"/agent/rendez-vous/{shown.reference}/deplacement/", {"slot": at(day, 11).isoformat()}
    )

    assert answer.status_code == 422
    assert "Ce créneau n’est plus libre" in text_of(answer)


def test_a_move_does_not_undo_what_a_colleague_changed(agent, day, counter, service):
    shown = visit(day, counter, service, version=3)

    answer = agent.post(
        f"/agent/rendez-vous/{shown.reference}/deplacement/",
        {"slot": at(day, 11).isoformat(), "version": "2"},
    )

    assert "a changé entre-temps" in text_of(answer)


def test_dropping_on_a_free_time_asks_first(agent, day, counter, service):
    shown = visit(day, counter, service)

    page = text_of(
        agent.get(
            f"/agent/rendez-vous/{shown.reference}/deplacement/",
            {"debut": at(day, 10, 5).isoformat()},
        )
    )

    chosen = page.partition("checked")[0].rpartition('value="')[2].partition('"')[0]
    assert chosen == at(day, 10, 20).isoformat()


def overbook(client, day, counter, **typed):
    values = {
        "service": "carte-identite", "persons": "1", "day": day.isoformat(), "hour": "09:03",
        "counter": counter.pk, "reason": "Départ demain", "name": "Paul Roux", "phone": "",
        "email": "", "channel": "counter", "key": str(uuid.uuid4()),
    } | typed  # fmt: skip
    return client.post("/agent/rendez-vous/surnombre/", values, follow=True)


def test_somebody_is_received_beyond_the_room_for_a_reason(agent, day, counter, service):
    visit(day, counter, service)

    page = text_of(overbook(agent, day, counter))

    extra = Appointment.objects.get(name="Paul Roux")
    assert extra.start == at(day, 9)
    assert Allocation.objects.get(appointment=extra).state == "overbooked"
    assert "reçu en surnombre" in page
    assert "Départ demain" in page


def test_a_visit_past_midnight_leaves_the_hours_of_its_day_in_sight(agent, day, counter, service):
    overbook(agent, day, counter, hour="23:55")

    for shown in (day, day + timedelta(days=1)):
        page = agent.get(page_of(shown)).text
        assert "diary__hour" in page


@pytest.mark.parametrize("far", [date(1, 1, 1), date(2020, 1, 1), date(9999, 12, 31)])
def test_nobody_is_received_beyond_the_room_in_the_past_or_in_years(agent, counter, service, far):
    assert overbook(agent, far, counter).status_code == 422
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("typed", [{"reason": ""}, {"hour": "25"}, {"persons": "9"}, {"name": ""}])
def test_what_is_wrong_beyond_the_room_is_said(agent, day, counter, service, typed):
    assert overbook(agent, day, counter, **typed).status_code == 422
    assert not Appointment.objects.exists()


def test_the_file_tells_what_the_same_citizen_had_here(agent, day, counter, service):
    shown = visit(day, counter, service, phone="0612345678")
    visit(
        day - timedelta(days=30), counter, service,
        status="missed", name="J. Dupuy", email="", phone="06 12 34 56 78",
    )  # fmt: skip
    visit(day, counter, service, minute=40, name="Jeanne Dupuy", email="x@example.org", phone="1")

    page = text_of(agent.get(page_of(day, rdv=shown.reference)))

    assert "Ses autres rendez-vous ici" in page
    assert "1 absence<" in page
    history = page.partition("Ses autres rendez-vous ici")[2].partition("Historique")[0]
    assert history.count("9 h") == 1


def test_who_left_nothing_has_no_history(agent, day, counter, service):
    shown = visit(day, counter, service, email="", phone="")
    visit(day, counter, service, minute=40, email="", phone="")

    assert "Ses autres rendez-vous" not in text_of(agent.get(page_of(day, rdv=shown.reference)))


def test_a_person_of_a_family_is_found_by_her_name(agent, family):
    assert f"rdv={family.reference}" in text_of(agent.get("/agent/recherche/", {"q": "tom dup"}))


def test_what_is_read_aloud_is_told_for_each_person(agent, family):
    tom = family.participants.get(name="Tom Dupuy")
    tom.documents["documents"].pop()
    tom.save()

    page = text_of(agent.get(f"/agent/rendez-vous/{family.reference}/"))

    assert "Tom Dupuy" in page
    assert "À apporter" in page


def test_the_sheet_lists_each_person_with_her_boxes(agent, day, family):
    page = text_of(agent.get(f"/agent/jour/{day}/feuille/"))

    assert "Tom Dupuy" in page
    assert "ABCD123456" in page
    assert page.count("☐ Déclaration de perte") == 2


# --- A family on the phone ----------------------------------------------------------------


def test_a_family_is_booked_on_one_screen(agent, day, counter, service):
    page = text_of(agent.get(NEW, {"service": "carte-identite", "persons": "3"}))
    assert 'name="name_2"' in page
    assert 'name="number_3"' in page
    assert "comme la première personne" in page

    answer = call(
        agent, day,
        persons="3",
        shown=f"carte-identite/3//{','.join(USUAL.values())}",
        name_2="Tom Roux",
        number_2="abcd 123456",
        other_2_motive="loss",
    )  # fmt: skip

    assert answer.status_code == 302
    first, second, third = Participant.objects.order_by("position")
    assert (second.name, second.pre_application) == ("Tom Roux", "ABCD123456")
    assert second.situation["motive"] == "loss"
    assert "loss_declaration" in [line["key"] for line in second.documents["documents"]]
    assert third.situation == first.situation
    assert third.name == ""


def test_a_wrong_number_of_a_second_person_is_said(agent, day, counter, service):
    answer = call(
        agent, day,
        persons="2",
        shown=f"carte-identite/2//{','.join(USUAL.values())}",
        number_2="12",
    )  # fmt: skip

    assert answer.status_code == 422
    assert "dix lettres ou chiffres" in text_of(answer)


def test_the_same_appointment_is_taken_once_more(agent, family):
    page = text_of(agent.get(NEW, {"comme": family.reference}))

    for typed in ("Jeanne Dupuy", "ABCD123456", "Tom Dupuy", "06 12 34 56 78"):
        assert f'value="{typed}"' in page

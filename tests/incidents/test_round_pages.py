"""The pages of rounds: prepared and printed by the team, answered on the phone."""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from incidents import links, photos, round_views, sheets
from incidents.geo import Place
from incidents.models import Photo, Round, Team
from tests.booking.staff_client import StaffClient
from tests.incidents.desk_pages import DESK, text_of
from tests.incidents.factories import NOW, report, team
from tests.incidents.test_photos import photo
from tests.incidents.test_teamwork import in_a_row, planned


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
ROUNDS = f"{DESK}tournees/"


@pytest.fixture
def client(commune):
    """The phone of the team: it is logged in nowhere."""
    return StaffClient(commune)


@pytest.fixture
def tour():
    return planned(in_a_row(3), day=timezone.localdate())


def page_of(tour, *parts):
    return "/".join([f"{ROUNDS}{tour.pk}", *parts]) + "/"


def answer(client, tour, stop, outcome, *, key=None, kept=False, **sent):
    known = {"outcome": outcome, "key": str(key or uuid4())} | sent
    headers = {"X-Offline-Queue": "1"} if kept else {}
    return client.post(links.path_to_stop(tour, stop), known, headers=headers)


# --- Prepared at a desk -----------------------------------------------------------------


def test_a_round_is_prepared_from_a_filter(agent):
    one, two = in_a_row(2)
    other = report()
    page = text_of(agent.get(f"{ROUNDS}nouvelle/?categorie=nid-de-poule"))
    crew = team().team

    sent = {
        "title": "Centre",
        "day": "2026-11-24",
        "team": crew.pk,
        "start": "mairie",
        "reports": [two.reference, one.reference],
    }
    made = agent.post(f"{ROUNDS}nouvelle/", sent)

    assert one.reference in page
    assert made.status_code == 302
    tour = Round.objects.get()
    assert (tour.title, tour.team, tour.made_by_name) == ("Centre", crew, "report_agent")
    assert {stop.report_id for stop in tour.stops.all()} == {one.pk, two.pk}
    assert other.pk not in {stop.report_id for stop in tour.stops.all()}


def test_a_selection_is_chosen_already(agent):
    one, two = in_a_row(2)

    page = agent.get(f"{ROUNDS}nouvelle/?choix={one.reference}").content.decode()

    assert f'value="{one.reference}"' in page
    assert "checked" in page
    assert two.reference not in page


def test_what_was_ticked_in_the_list_goes_into_a_round(agent, tour):
    one, two = in_a_row(2, code="autre")
    sent = {"what": "rejoindre", "asked": "1", "r": [f"{each.reference}-1" for each in (one, two)]}

    refused = agent.post(f"{DESK}plusieurs/", sent)
    agent.post(f"{DESK}plusieurs/", sent | {"round": tour.pk})
    agent.post(f"{DESK}plusieurs/", sent | {"title": "Neuve", "day": "2026-11-24"})

    assert refused.status_code == 422
    assert tour.stops.count() == 5
    assert Round.objects.get(title="Neuve").stops.count() == 2


def test_a_depot_is_typed_once(agent):
    one, two = in_a_row(2)
    crew = team().team
    sent = {"title": "A", "day": "2026-11-24", "team": crew.pk, "start": "depot"}

    refused = agent.post(f"{ROUNDS}nouvelle/", sent | {"reports": [one.reference]})
    typed = {"depot_lat": "45.2", "depot_lon": "-0.76", "reports": [one.reference]}
    agent.post(f"{ROUNDS}nouvelle/", sent | typed)
    agent.post(f"{ROUNDS}nouvelle/", sent | {"reports": [two.reference]})

    assert refused.status_code == 422
    assert Team.objects.get().depot_lat == 45.2
    assert {each.start_lat for each in Round.objects.all()} == {45.2}


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "x" * 81},
        {"title": "a\0b"},
        {"day": ""},
        {"day": "0001-01-01"},
        {"day": "31/02/2026"},
        {"team": "999999999999999999999"},
        {"start": "lune"},
        {"reports": []},
        {"reports": ["ZZZZZZZZ"]},
        {"depot_lat": "1e999"},
        {"start": "depot", "team": ""},
    ],
    ids=str,
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(agent, wrong):
    (one,) = in_a_row(1)
    usual = {"title": "Centre ville", "day": "2026-11-24", "team": "", "start": "mairie"}

    made = agent.post(f"{ROUNDS}nouvelle/", usual | {"reports": [one.reference]} | wrong)

    assert made.status_code == 422
    assert "title" in wrong or "Centre ville" in made.content.decode()
    assert not Round.objects.exists()


def test_stops_are_added_moved_and_taken_out(agent, tour):
    extra = report(text="En plus")

    agent.post(page_of(tour, "ajout"), {"reports": [extra.reference]})
    first, second, *_others, last = tour.stops.all()
    agent.post(page_of(tour, "arret", "descendre"), {"stop": first.pk})
    agent.post(page_of(tour, "arret", "retrait"), {"stop": last.pk})

    assert list(tour.stops.all())[:2] == [second, first]
    assert tour.stops.count() == 3
    for stop in ("", "²", "0", "999999999999", "abc"):
        gone = agent.post(page_of(tour, "arret", "monter"), {"stop": stop})
        assert gone.status_code == 404


def test_a_round_is_closed_and_taken_up_again_by_hand(agent, tour):
    agent.post(page_of(tour, "fin"))
    tour.refresh_from_db()
    assert tour.closed_at
    assert "Cette tournée est terminée." in text_of(
        agent.post(page_of(tour, "ordre"), follow=True)
    )
    agent.post(page_of(tour, "reprise"))
    agent.post(page_of(tour, "ordre"))
    assert agent.post(page_of(tour, "rien")).status_code == 404
    assert "Trou" not in text_of(agent.get(ROUNDS))
    assert "0 sur 3" in text_of(agent.get(ROUNDS))


def test_who_only_reads_gets_no_link(log_in, tour):
    reader = log_in("reader")

    page = reader.get(page_of(tour))
    assert page.content.count(b'class="pane') == 1

    assert page.status_code == 200
    assert links.path_to_round(tour) not in page.content.decode()
    assert reader.get(page_of(tour, "feuille")).status_code == 403


def test_pages_ask_as_often_for_many_as_for_few(agent, django_assert_num_queries):
    few, many = (
        planned(in_a_row(1)),
        planned(in_a_row(20, code="autre"), team=Team.objects.first()),
    )
    for path in ("", "feuille"):
        parts = [path] if path else []
        counted = Counted()
        agent.get(page_of(few, *parts))
        with counted:
            agent.get(page_of(few, *parts))
        with django_assert_num_queries(counted.count):
            agent.get(page_of(many, *parts))


class Counted:
    """Count the statements of a block."""

    def __enter__(self):
        self.count = 0
        self._wrapper = connection.execute_wrapper(self._one_more)
        self._wrapper.__enter__()
        return self

    def __exit__(self, *fault):
        self._wrapper.__exit__(*fault)

    def _one_more(self, execute, sql, params, many, context):
        self.count += 1
        return execute(sql, params, many, context)


# --- On paper ---------------------------------------------------------------------------


def test_the_sheet_says_each_stop_and_its_code(agent, tour):
    page = agent.get(page_of(tour, "feuille"))

    assert page["Cache-Control"] == "no-store"
    text = page.content.decode()
    assert text.count('class="qr"') == 4
    assert 'class="sketch"' in text
    assert "jeanne@example.org" not in text


def test_the_pdf_has_a_page_for_some_and_more_for_many(agent, tour, commune):
    one = tour.stops.first().report
    photos.add(report=one, content=photo(), stage=Photo.Stage.BEFORE, now=NOW)
    photos.develop_waiting(now=NOW)
    many = planned(in_a_row(14, code="autre", name="Autre"), team=Team.objects.first())

    sent = agent.get(page_of(tour, "feuille.pdf").rstrip("/"))

    assert sent["Content-Type"] == "application/pdf"
    assert sent["Cache-Control"] == "no-store"
    assert sent.content.startswith(b"%PDF-")
    assert sent.content.count(b"/Type /Page\n") <= 2
    assert sheets.write(many, commune, now=NOW).count(b"/Type /Page\n") >= 3


def test_strange_words_do_not_break_the_paper(commune):
    strange = report(text="🎉 عربي \u2028 <b>&amp;</b> " + "x" * 1500, address="Ωmega 🚲")

    assert sheets.write(planned([strange]), commune, now=NOW).startswith(b"%PDF-")


# --- On the phone -----------------------------------------------------------------------


def test_the_phone_shows_the_next_stop_first_and_no_name(client, tour):
    page = client.get(links.path_to_round(tour))

    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "same-origin"
    text = page.content.decode()
    assert "geo:45.199500,-0.747500" in text
    assert re.search("0 arrêts? visités? sur 3", text_of(page))
    assert "jeanne@example.org" not in text


def test_an_answer_leads_to_the_next_stop(client, tour):
    first = tour.stops.first()

    sent = answer(client, tour, first, "done", reason="repaired", minutes="10")

    assert sent.status_code == 302
    assert sent["Location"] == links.path_to_round(tour)
    first.report.refresh_from_db()
    assert first.report.status == "resolved"
    assert re.search("1 arrêts? visités? sur 3", text_of(client.get(sent["Location"])))


def test_the_code_of_a_stop_opens_that_one(client, tour):
    last = tour.stops.last()

    text = client.get(links.path_to_stop(tour, last)).content.decode()

    cards = [part.split('"')[0] for part in text.split('id="arret-')[1:]]
    assert cards[0] == str(last.pk)


def test_a_phone_that_kept_its_answer_is_told_what_became_of_it(client, tour):
    first, key = tour.stops.first(), uuid4()
    picture = SimpleUploadedFile("p.jpg", photo(), content_type="image/jpeg")

    sent = answer(
        client, tour, first, "done", key=key, kept=True, reason="repaired", picture=picture
    )
    again = answer(client, tour, first, "done", key=key, kept=True, reason="repaired")
    late = answer(client, tour, first, "later", kept=True, note="x")
    wrong = answer(client, tour, tour.stops.last(), "later", kept=True)

    assert sent.json() == again.json() == {"outcome": "done"}
    assert late.status_code == 409
    assert "autre téléphone" in late.json()["errors"][0]
    assert wrong.status_code == 422
    assert Photo.objects.count() == 1


def test_two_taps_of_a_plain_form_are_one_answer(client, tour):
    first, key = tour.stops.first(), uuid4()

    for _each in range(2):
        assert answer(client, tour, first, "done", key=key, reason="repaired").status_code == 302

    assert first.report.changes.count() == 2


def test_a_refused_answer_keeps_its_words(client):
    tour = planned(in_a_row(1, needs_after_photo=True), day=timezone.localdate())
    stop = tour.stops.get()

    sent = answer(client, tour, stop, "done", reason="repaired", note="Rebouché.")

    assert sent.status_code == 422
    assert "Rebouché." in sent.content.decode()
    assert "photo après travaux" in text_of(sent)
    assert f"done-{stop.pk}-" in sent.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": ""},
        {"outcome": "lost"},
        {"key": "x"},
        {"key": ""},
        {"minutes": "-1"},
        {"minutes": "99999999999999999999"},
        {"minutes": "²"},
        {"note": "a\0b"},
        {"note": "x" * 301},
        {"material": "x" * 301},
        {"reason": "abusive"},
        {"reason": ""},
        {"outcome": "later", "note": ""},
    ],
    ids=str,
)
def test_a_strange_answer_is_refused(client, tour, wrong):
    stop = tour.stops.first()
    known = {"outcome": "done", "key": str(uuid4()), "reason": "repaired"} | wrong

    assert client.post(links.path_to_stop(tour, stop), known).status_code == 422
    stop.refresh_from_db()
    assert stop.outcome == ""


def test_no_other_secret_opens_a_round(client, tour):
    path = links.path_to_round(tour)
    stop = tour.stops.first()
    other = planned(in_a_row(1, code="b"), team=Team.objects.first(), day=timezone.localdate())

    for wrong in ("/tournee/x/", "/tournee/1-2.3/", f"/tournee/x/{stop.pk}/"):
        assert client.get(wrong).status_code == 404
    assert client.get(f"{links.path_to_round(other)}{stop.pk}/").status_code == 404
    assert (
        client.post(f"/tournee/x/{stop.pk}/", headers={"X-Offline-Queue": "1"}).status_code == 410
    )
    old = planned(
        in_a_row(1, code="c"), team=Team.objects.first(), day=NOW.date().replace(year=2020)
    )
    assert client.get(links.path_to_round(old)).status_code == 404
    assert client.get(path).status_code == 200


def test_when_all_is_said_the_round_is_over(client, tour):
    for stop in tour.stops.all():
        answer(client, tour, stop, "later", note="Demain.")

    assert "Tournée terminée" in text_of(client.get(links.path_to_round(tour)))
    tour.refresh_from_db()
    assert tour.closed_at


def test_the_phone_asks_as_often_for_many_as_for_few(client, django_assert_num_queries):
    few = planned(in_a_row(1), day=timezone.localdate())
    many = planned(in_a_row(15, code="b"), team=Team.objects.first(), day=timezone.localdate())
    client.get(links.path_to_round(few))
    with Counted() as counted:
        client.get(links.path_to_round(few))
    with django_assert_num_queries(counted.count):
        client.get(links.path_to_round(many))


def test_every_stop_is_on_the_map_even_of_a_phone():
    high = [Place(45.19, -0.75), Place(45.23, -0.75)]
    wide = [Place(45.20, -0.80), Place(45.20, -0.72)]

    assert round_views._frame(high)["zoom"] == 12
    assert round_views._frame(wide)["zoom"] == 12
    assert round_views._frame(high[:1])["zoom"] == 17
    assert round_views._frame([])["middle"] is None

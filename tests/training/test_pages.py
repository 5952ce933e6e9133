"""The association's pages, and those behind the links of letters."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ideas.models import Idea
from onboarding.models import Onboarding
from tests.conftest import login_as, owner
from tests.training.conftest import letters
from training import links
from training.models import Attendance, Commitment, Signature, SurveyReply, TrainingSession
from training.tasks import tend


pytestmark = [pytest.mark.django_db, pytest.mark.public]
DRAWN = "M10 10L20 20L30 10L40 20L50 10L60 20L70 10L80 20"
TYPED = {
    "title": "Accueillir avec Parvis",
    "kind": "on_site",
    "topics": ["booking"],
    "place": "Salle du conseil",
    "room_capacity": "12",
    "max_seats": "10",
    "day_1": "2030-03-05",
    "from_1": "09:00",
    "to_1": "12:00",
}


def page(session, name):
    return f"/formations/{session.pk}/{name}"


@pytest.fixture
def soon(make_session, trainer):
    """A session that has begun a minute ago, by the real clock."""
    start = timezone.now() - timedelta(minutes=1)
    return make_session(half_days=[(start, start + timedelta(hours=3))], trainers=[trainer])


@pytest.fixture
def coming(make_session):
    start = timezone.now() + timedelta(days=9)
    return make_session(half_days=[(start, start + timedelta(hours=3))])


def key(row, purpose):
    return f"/formations/{purpose}/{links.key_of(row, purpose)}/"


def test_a_session_is_planned_opened_and_invited_to(director, make_user, commune, at_live):
    make_user("booking_agent", commune=commune)

    answer = director.post("/formations/nouvelle/", TYPED)
    session = TrainingSession.objects.get()
    assert answer["Location"] == f"/formations/{session.pk}/"
    assert session.starts_at.isoformat() == "2030-03-05T08:00:00+00:00"
    for _twice in range(2):
        opened = director.post(page(session, "ouverture/"), follow=True).content.decode()
        assert "terminée ou annulée" not in opened
    director.post(page(session, "invitations/"), {"stage": "live"})

    assert [each.email for each in session.attendances.all()] == ["booking_agent@example.org"]
    shown = director.get(f"/formations/{session.pk}/").content.decode()
    assert "booking_agent" in shown
    assert "Salle du conseil" in shown


@pytest.fixture
def at_live(commune, now):
    with owner():
        Onboarding.objects.create(commune=commune, module="booking", stage="live", since=now)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": ""}, "obligatoire"),
        ({"title": "A\x00"}, "nul"),
        ({"topics": []}, "au moins un sujet"),
        ({"place": ""}, "Indiquez où venir"),
        ({"kind": "remote"}, "à distance"),
        ({"max_seats": "13"}, "ne peut pas recevoir autant"),
        ({"max_seats": "9" * 40}, "2000"),
        ({"day_1": "0001-01-01"}, "Vérifiez l’année"),
        ({"to_1": "08:00"}, "finit avant de commencer"),
        ({"to_1": ""}, "obligatoire"),
        ({"day_2": "2030-03-05", "from_2": "11:00", "to_2": "13:00"}, "sans se chevaucher"),
        ({"day_2": "2030-03-05"}, "le jour, le début et la fin"),
        ({"host_commune": "9" * 30}, "choix valide"),
    ],
)
def test_what_cannot_take_place_is_refused_and_kept(director, change, said):
    answer = director.post("/formations/nouvelle/", TYPED | change)

    assert answer.status_code == 422
    assert said in answer.content.decode().replace("&#x27;", "’")
    assert "Salle du conseil" in answer.content.decode() or "place" in change
    assert not TrainingSession.objects.exists()


def queries(client, address):
    """Count the queries of a page; what is looked up once in a while is left out."""
    counts = []
    for _again in range(2):
        with CaptureQueriesContext(connection) as context:
            assert client.get(address).status_code == 200
        counts.append(len(context))
    return min(counts)


def test_pages_cost_the_same_for_many_people(director, coming, guest, commune):
    guest(coming, commune, "Ana", state="registered")
    pages = [f"/formations/{coming.pk}/", page(coming, "demi-journee/1/"), "/formations/"]
    few = [queries(director, address) for address in pages]
    for number in range(10):
        guest(coming, commune, f"Ana {number}", state="registered")

    assert [queries(director, address) for address in pages] == few


def test_one_answers_by_the_link_of_the_letter_without_an_account(
    stranger, coming, guest, commune
):
    ana = guest(coming, commune, "Ana")
    address = key(ana, links.ANSWER)

    shown = stranger.get(address)
    ana.refresh_from_db()
    assert ana.state == "invited"
    assert "Je viens" in shown.content.decode()
    answer = stranger.post(address, {"vient": "oui", "carpool": "offers", "carpool_from": "Macau"})

    ana.refresh_from_db()
    assert (answer.status_code, ana.state, ana.carpool_from) == (302, "registered", "Macau")
    assert "Votre place est réservée" in stranger.get(address).content.decode()
    assert letters("Votre place")[0].to == ["ana@example.org"]


@pytest.mark.parametrize("purpose", ["reponse", "a-chaud", "a-froid", "attestation", "emargement"])
def test_a_link_opens_one_page_only(stranger, coming, guest, commune, purpose):
    ana = guest(coming, commune, "Ana")
    others = {"reponse", "a-chaud", "a-froid"} - {purpose}
    for other in others:
        forged = f"/formations/{purpose}/{links.key_of(ana, other)}/"
        assert stranger.get(forged).status_code == 404
    assert stranger.get(f"/formations/{purpose}/1.x/").status_code == 404


def test_who_shares_a_car_is_shown_to_who_does_and_nobody_else(stranger, coming, guest, commune):
    guest(coming, commune, "Ana", state="registered", carpool="offers", carpool_from="Macau")
    bob = guest(coming, commune, "Bob", state="registered", carpool="seeks")
    eve = guest(coming, commune, "Eve", state="registered")

    assert "ana@example.org" in stranger.get(key(bob, links.ANSWER)).content.decode()
    assert "ana@example.org" not in stranger.get(key(eve, links.ANSWER)).content.decode()


@pytest.mark.parametrize(
    "typed", [{}, {"vient": "peut-être"}, {"vient": "oui", "carpool": "x\x00"}]
)
def test_an_answer_that_is_none_is_refused(stranger, coming, guest, commune, typed):
    answer = stranger.post(key(guest(coming, commune, "Ana"), links.ANSWER), typed)

    assert answer.status_code == 422


def test_one_signs_with_the_code_of_the_room(stranger, director, soon, guest, commune):
    ana = guest(soon, commune, "Ana", state="registered")
    half_day = soon.half_days.get()
    address = key(half_day, links.SHEET)
    screen = director.get(page(soon, "demi-journee/1/")).content.decode()
    pin = links.pin_of(half_day)
    assert f"{pin[:3]} {pin[3:]}" in screen
    assert address in screen

    assert "Ana" not in stranger.get(address).content.decode()
    assert stranger.post(address, {"pin": "12"}).status_code == 422
    assert "Ana" in stranger.post(address, {"pin": pin}).content.decode()
    unsigned = stranger.post(address, {"pin": pin, "person": ana.pk})
    assert unsigned.status_code == 422
    signed = stranger.post(address, {"pin": pin, "person": ana.pk, "drawing": DRAWN})

    assert "C’est signé" in signed.content.decode()
    assert Signature.objects.get().attendance == ana
    assert DRAWN in director.get(page(soon, "demi-journee/1/")).content.decode()
    again = stranger.post(address, {"pin": pin, "person": ana.pk, "drawing": DRAWN})
    assert again.status_code == 422


def test_papers_come_out_of_the_room(director, stranger, soon, guest, commune, association):
    ana = guest(soon, commune, "Ana", state="registered")
    guest(soon, commune, "Bob", state="registered")
    director.post(page(soon, f"demi-journee/1/signatures/{ana.pk}/"))
    director.post(page(soon, "cloture/"))
    certificate = page(soon, f"certificats/{ana.pk}.pdf")

    assert dict(soon.attendances.values_list("name", "state")) == {
        "Ana": "attended",
        "Bob": "absent",
    }
    assert director.get(page(soon, "demi-journee/1/feuille.pdf")).content.startswith(b"%PDF")
    assert director.get(page(soon, f"attestations/{ana.pk}.pdf")).content.startswith(b"%PDF")
    own = stranger.get(key(ana, links.CERTIFICATE))
    assert own.content.startswith(b"%PDF")
    assert director.get(certificate).status_code == 404
    director.post("/formations/organisme/", {"declaration_number": "75331234533"})
    assert director.get(certificate).content.startswith(b"%PDF")
    assert director.post("/formations/organisme/", {"declaration_number": "1"}).status_code == 422


def test_the_trainer_signs_on_her_own_screen(director, soon, trainer):
    address = page(soon, f"demi-journee/1/formateurs/{trainer.pk}/")

    assert (
        director.post(address, {"typed_name": "Une autre", "is_ticked": "on"}).status_code == 422
    )
    director.post(address, {"typed_name": "claire videau", "is_ticked": "on"})

    assert Signature.objects.get().trainer == trainer


def test_a_person_is_added_leaves_and_is_in_the_file(director, coming, commune, make_session):
    typed = {"name": "=Ana", "email": "Ana@Example.org", "commune": commune.pk}
    director.post(page(coming, "personnes/"), typed)
    ana = Attendance.objects.get()
    lines = director.get(page(coming, "personnes.csv")).content.decode("utf-8-sig")
    director.post(page(coming, f"personnes/{ana.pk}/retrait/"))

    assert "'=Ana;ana@example.org;Pauillac;inscrit" in lines
    ana.refresh_from_db()
    assert ana.state == "declined"
    wrong = director.post(page(coming, "personnes/"), {"name": "Bob", "email": "x"})
    assert wrong.status_code == 422
    assert "Bob" in wrong.content.decode()


def test_a_promise_is_noted_for_a_commune_that_is_there(
    director, coming, guest, commune, other_commune
):
    guest(coming, commune, "Ana")
    typed = {"who": "Ana", "what": "Poser l’affiche", "due": "2030-01-31"}

    refused = director.post(page(coming, "engagements/"), typed | {"commune": other_commune.pk})
    director.post(page(coming, "engagements/"), typed | {"commune": commune.pk})

    assert refused.status_code == 422
    assert Commitment.objects.get().commune == commune
    assert "Poser l’affiche" in director.get(f"/formations/{coming.pk}/").content.decode()


def test_cancelling_says_why_to_everybody(director, coming, guest, commune):
    guest(coming, commune, "Ana")

    director.post(page(coming, "annulation/"), {"reason": "Grève"})

    coming.refresh_from_db()
    assert (coming.status, coming.status_reason) == ("cancelled", "Grève")
    again = director.post(page(coming, "annulation/"), {"reason": "x"}, follow=True)
    assert "terminée ou annulée" in again.content.decode()


def test_opinions_are_given_by_link_once(stranger, director, soon, guest, commune):
    ana = guest(soon, commune, "Ana", state="attended")
    address = key(ana, links.HOT)
    marks = dict.fromkeys(("useful", "tomorrow", "pace", "heard", "place"), "4")
    typed = marks | {"recommends": "9", "verbatim": "Imprimer la liste du jour."}

    assert stranger.post(address, typed | {"recommends": "11"}).status_code == 422
    stranger.post(address, typed)
    assert "Merci" in stranger.get(address).content.decode()
    assert stranger.post(address, typed).status_code == 410
    assert SurveyReply.objects.count() == 1

    results = director.get(page(soon, "avis/")).content.decode()
    assert "à partir de 5 réponses" in results
    found = re.search(r"/formations/\d+/avis/\d+/idee/", results)
    director.post(found[0])
    director.post(found[0])
    idea = Idea.objects.get()
    assert idea.body == "Imprimer la liste du jour."
    assert idea.origin_label.startswith("dit en formation le ")


def test_a_month_later_one_says_what_one_uses(stranger, soon, guest, commune):
    address = key(guest(soon, commune, "Ana", state="attended"), links.COLD)

    both = stranger.post(address, {"uses": ["none", "reports"], "recommends": "5"})
    stranger.post(address, {"uses": ["reports", "figures"], "recommends": "5"})

    assert both.status_code == 422
    assert SurveyReply.objects.get().scores == {"reports": 1, "figures": 1}


def test_the_pages_are_the_associations(host_client, make_user, commune):
    user = make_user("admin", commune=commune)
    other = login_as(host_client("gironde.localhost"), user, site=commune.schema_name)

    assert "/connexion/" in other.get("/formations/")["Location"]


def test_a_trainer_is_listed_once(director, association):
    typed = {"name": "Claire Videau", "email": ""}
    director.post("/formations/formateurs/", typed)
    again = director.post("/formations/formateurs/", typed)

    assert again.status_code == 422
    assert "déjà dans la liste" in again.content.decode()
    assert [each.name for each in association.trainers.all()] == ["Claire Videau"]


def test_what_is_over_is_ended_and_written_about_without_anybody(make_session, guest, commune):
    start = timezone.now() - timedelta(days=2)
    session = make_session(half_days=[(start, start + timedelta(hours=3))])
    ana = guest(session, commune, "Ana", state="registered")
    guest(session, commune, "Bob", state="registered")
    Signature.objects.create(
        half_day=session.half_days.get(), attendance=ana, at=start, method="paper"
    )

    for _again in range(2):
        tend()

    session.refresh_from_db()
    assert session.status == "done"
    assert dict(session.attendances.values_list("name", "state")) == {
        "Ana": "attended",
        "Bob": "absent",
    }
    assert [mail.to for mail in letters("Votre avis")] == [["ana@example.org"]]

"""The board, as a commune and the association use it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ideas import actions
from ideas.actions import Source
from ideas.board import board, narrowed
from ideas.models import Idea, News, Vote
from ideas.workflow import Origin, Status
from parvis.models import OutgoingEmail
from tests.conftest import login_as, owner


pytestmark = pytest.mark.django_db
BOARD = "/agent/commune/idees/"


def text_of(answer, status=200):
    assert answer.status_code == status
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


@pytest.fixture
def agent(client, make_user, commune):
    """A browser of somebody of Pauillac; ``agent.user`` is her account."""
    client.user = make_user("reader", commune=commune)
    return login_as(client, client.user, site=commune.schema_name)


def test_a_commune_asks_and_has_voted_by_that(agent, commune):
    answer = agent.post(
        f"{BOARD}proposer/", {"title": "Un SMS", "body": "La veille.", "module": "booking"}
    )

    idea = Idea.objects.get()
    assert answer["Location"] == f"{BOARD}{idea.pk}/"
    page = text_of(agent.get(answer["Location"]))
    assert "reader, Pauillac" in page
    assert "Retirer ma voix" in page
    assert "Ne plus suivre" in page


def test_the_name_stays_away_and_the_commune_stays(agent):
    agent.post(f"{BOARD}proposer/", {"title": "Un SMS", "module": "booking", "hides_name": "on"})

    assert "quelqu’un, Pauillac" in text_of(agent.get(BOARD))


def test_people_vote_follow_and_change_their_mind(agent, suggest):
    idea = suggest("Un SMS")
    page = f"{BOARD}{idea.pk}/"

    agent.post(f"{page}voter/")
    agent.post(f"{page}suivre/")
    assert "vous avez voté" in text_of(agent.get(BOARD))
    agent.post(f"{page}suivre/", {"stop": "1"})
    agent.post(f"{page}retirer/")
    shown = text_of(agent.get(page))
    assert "Je le veux aussi" in shown
    assert "Suivre" in shown


def test_what_is_settled_shows_no_vote_and_takes_none(agent, suggest, now):
    idea = suggest("Un SMS")
    with owner():
        actions.answer(idea=idea, status=Status.DECLINED, text="Non.", now=now, by_name="Léa")

    page = text_of(agent.get(f"{BOARD}{idea.pk}/"))

    assert "Je le veux aussi" not in page
    assert "Non." in page
    assert agent.post(f"{BOARD}{idea.pk}/voter/").status_code == 409
    assert agent.post(f"{BOARD}999999/voter/").status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"title": "x" * 121, "module": "booking"},
        {"title": "a\x00", "module": "booking"},
        {"title": "a", "module": "catering"},
    ],
)
def test_what_cannot_be_an_idea_is_said(agent, sent):
    assert agent.post(f"{BOARD}proposer/", sent).status_code == 422
    assert not Idea.objects.exists()


def test_a_commune_is_one_voice_however_many_vote(suggest, commune, other_commune, association):
    loud, shared = suggest("Fort"), suggest("Partagé")
    with owner():
        Vote.objects.bulk_create(
            [Vote(idea=loud, commune=commune, user_id=n) for n in range(5)]
            + [Vote(idea=shared, commune=each, user_id=1) for each in (commune, other_commune)]
        )

    first, second = narrowed(board(association), {})

    assert (first, first.communes, first.voices) == (shared, 2, 2)
    assert (second, second.communes, second.voices) == (loud, 1, 5)


def test_the_board_is_searched_without_accents_and_hides_duplicates(suggest, association, now):
    kept, gone = suggest("Rappel par SMS à la mairie"), suggest("SMS")
    with owner():
        actions.merge(duplicate=gone, original=kept, now=now, by_name="Léa")

    def found(**asked):
        return [idea.title for idea in narrowed(board(association), asked)]

    assert found(q="MAIRIE rappel") == [kept.title]
    assert found() == [kept.title]
    assert found(status="duplicate") == ["SMS"]
    assert found(origin="training") == []
    assert found(sort="recent") == found(sort="unblocks") == [kept.title]


def test_a_verbatim_says_where_it_was_said(agent, suggest, commune):
    suggest(
        "Un SMS", commune=commune, source=Source(Origin.TRAINING, "dit en formation à Pauillac")
    )

    assert "dit en formation à Pauillac" in text_of(agent.get(BOARD))


@pytest.mark.public
def test_the_association_answers_and_those_who_follow_read_it(
    director, suggest, commune, make_user
):
    user = make_user("admin", commune=commune, email="ana@pauillac.example")
    idea = suggest("Un SMS", commune=commune, user_id=user.pk)
    sent = {"status": "planned", "planned_for": "Printemps 2027", "text": "C’est prévu."}

    assert director.post(f"/idees/{idea.pk}/repondre/", sent)["Location"] == f"/idees/{idea.pk}/"

    assert "C’est prévu." in text_of(director.get(f"/idees/{idea.pk}/"))
    assert "Printemps 2027" in text_of(director.get("/idees/feuille-de-route/"))
    assert OutgoingEmail.objects.get().to == ["ana@pauillac.example"]
    assert director.post(f"/idees/{idea.pk}/repondre/", {"status": "done"}).status_code == 422


@pytest.mark.public
def test_the_association_writes_what_it_heard(director, commune):
    sent = {"title": "Un SMS", "module": "booking", "origin": "support", "commune": commune.pk}
    director.post("/idees/ajouter/", sent)

    idea = Idea.objects.get()
    assert (idea.commune, idea.author_name) == (commune, "")
    assert "dite au référent" in text_of(director.get("/idees/"))
    assert director.post("/idees/ajouter/", sent | {"commune": "0"}).status_code == 422


@pytest.mark.public
def test_duplicates_are_joined_by_hand(director, suggest, commune):
    original = suggest("Rappel par SMS", commune=commune)
    duplicate = suggest("SMS de rappel")
    page = f"/idees/{duplicate.pk}/reunir/"
    assert "Rappel par SMS" in text_of(director.get(page))
    assert "Choisissez l’idée à garder." in text_of(director.post(page, {}), status=422)

    assert director.post(page, {"original": original.pk})["Location"] == f"/idees/{original.pk}/"
    assert "Réunies à celle-ci" in text_of(director.get(f"/idees/{original.pk}/"))
    assert "a été réunie à une autre" in text_of(director.get(f"/idees/{duplicate.pk}/"))
    assert director.post(page, {"original": original.pk}).status_code == 422


@pytest.mark.public
def test_news_closes_its_ideas_for_all_to_read(director, suggest, commune):
    idea = suggest("Un SMS", commune=commune)
    page = "/idees/nouveautes/annoncer/"
    assert "checked" in director.get(page, {"idee": [idea.pk, "zz"]}).content.decode()
    sent = {"title": "SMS de rappel", "body": "Deux jours avant.", "ideas": [idea.pk]}

    assert director.post(page, sent)["Location"] == "/idees/nouveautes/"

    shown = text_of(director.get("/idees/nouveautes/"))
    assert "Deux jours avant." in shown
    assert "Vous l’avez demandé" in shown
    assert "c’est fait" in text_of(director.get(f"/idees/{idea.pk}/"))
    assert director.post(page, sent).status_code == 422  # it is no longer among those to choose
    assert News.objects.count() == 1


@pytest.mark.parametrize("path", ["", "feuille-de-route/", "nouveautes/"])
def test_pages_of_a_commune_cost_the_same_for_few_ideas_and_for_many(
    agent, suggest, commune, now, path
):
    def settle(idea):
        with owner():
            if idea.pk % 2:
                actions.answer(
                    idea=idea, status=Status.PLANNED, text="Oui.", now=now, by_name="Léa"
                )
            else:
                actions.publish(
                    association=idea.association,
                    title="Là",
                    body="x",
                    ideas=[idea],
                    now=now,
                    by_name="Léa",
                )

    for number in range(2):
        settle(suggest(f"Idée {number}", commune=commune, user_id=1))
    agent.get(BOARD + path)
    with CaptureQueriesContext(connection) as few:
        agent.get(BOARD + path)
    for number in range(12):
        settle(suggest(f"Autre {number}", commune=commune, user_id=2))
    agent.get(BOARD + path)

    with CaptureQueriesContext(connection) as many:
        assert agent.get(BOARD + path).status_code == 200

    assert len(many) == len(few)

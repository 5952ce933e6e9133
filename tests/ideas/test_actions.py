import pytest
from django.db import IntegrityError, transaction

from ideas import actions
from ideas.actions import Author, Source, Words
from ideas.models import Idea, Subscription, Vote
from ideas.workflow import Origin, Status, takes_votes
from parvis.models import OutgoingEmail
from tenants.models import Association


pytestmark = [pytest.mark.django_db, pytest.mark.public]


def answer(idea, status, now, **more):
    return actions.answer(idea=idea, status=status, text="Oui.", now=now, by_name="Léa", **more)


def merge(duplicate, original, now):
    actions.merge(duplicate=duplicate, original=original, now=now, by_name="Léa")


def publish(association, ideas, now):
    return actions.publish(
        association=association,
        title="Rappel par SMS",
        body="Deux jours avant.",
        ideas=ideas,
        now=now,
        by_name="Léa",
    )


def test_only_what_is_not_settled_takes_votes():
    assert {status for status in Status if takes_votes(status)} == {
        Status.OPEN,
        Status.PLANNED,
        Status.STARTED,
    }


def test_who_suggests_votes_and_follows(association, commune, now):
    idea = actions.suggest(
        association=association,
        words=Words("Un SMS"),
        commune=commune,
        author=Author(7, "Ana"),
        now=now,
    )

    assert idea.author_name == "Ana"
    assert Vote.objects.get().user_id == 7
    assert Subscription.objects.get().commune == commune


def test_a_hidden_name_is_not_even_kept(association, commune, now):
    idea = actions.suggest(
        association=association,
        words=Words("Un SMS"),
        commune=commune,
        author=Author(7, "Ana", hides_name=True),
        now=now,
    )

    assert (idea.author_name, idea.author_id) == ("", 7)


def test_a_verbatim_is_the_voice_of_its_commune(association, commune, now):
    idea = actions.suggest(
        association=association,
        words=Words("Un SMS"),
        commune=commune,
        source=Source(Origin.TRAINING, "dit en formation à Pauillac"),
        now=now,
    )

    assert idea.origin == Origin.TRAINING
    assert Vote.objects.get().user_id is None
    assert not Subscription.objects.exists()


def test_voting_twice_is_one_vote_and_it_can_be_taken_back(suggest, commune):
    idea = suggest("Un SMS")

    for _again in range(2):
        actions.vote(idea=idea, commune=commune, user_id=3)
    assert Vote.objects.count() == 1

    actions.take_back(idea=idea, commune=commune, user_id=3)
    assert not Vote.objects.exists()


def test_what_is_settled_takes_no_vote(suggest, commune, now):
    idea = suggest("Un SMS")
    answer(idea, Status.DECLINED, now)
    idea.refresh_from_db()

    with pytest.raises(actions.VotesClosed):
        actions.vote(idea=idea, commune=commune, user_id=3)
    with pytest.raises(actions.VotesClosed):
        actions.take_back(idea=idea, commune=commune, user_id=3)


def test_an_answer_is_written_to_those_who_follow(suggest, commune, make_user, now):
    user = make_user("admin", commune=commune, email="ana@pauillac.example")
    idea = suggest("Un SMS", commune=commune, user_id=user.pk)
    actions.vote(idea=idea, commune=commune, user_id=user.pk + 1)  # votes, does not follow

    answer(idea, Status.PLANNED, now, planned_for="1er trimestre 2027")

    idea.refresh_from_db()
    assert (idea.status, idea.planned_for) == (Status.PLANNED, "1er trimestre 2027")
    mail = OutgoingEmail.objects.get()
    assert mail.to == ["ana@pauillac.example"]
    assert "Prévue" in mail.body
    assert f"/agent/commune/idees/{idea.pk}/" in mail.body


@pytest.mark.parametrize("status", [Status.DONE, Status.DUPLICATE])
def test_delivery_and_merging_are_no_answers(suggest, now, status):
    with pytest.raises(actions.NotAnAnswer):
        answer(suggest("Un SMS"), status, now)


def test_merging_keeps_every_voice_once(suggest, commune, other_commune, now):
    original = suggest("Un SMS", commune=commune, user_id=1)
    duplicate = suggest("Rappeler par SMS", commune=commune, user_id=1)
    actions.vote(idea=duplicate, commune=other_commune, user_id=2)
    older = suggest("SMS", commune=other_commune, user_id=4)
    merge(older, duplicate, now)

    merge(duplicate, original, now)

    voices = set(original.votes.values_list("commune_id", "user_id"))
    assert voices == {(commune.pk, 1), (other_commune.pk, 2), (other_commune.pk, 4)}
    for each in (older, duplicate):
        each.refresh_from_db()
        assert (each.status, each.duplicate_of) == (Status.DUPLICATE, original)
    assert original.subscriptions.count() == 2


def test_what_cannot_be_merged_is_refused(suggest, now):
    one, two = suggest("Un"), suggest("Deux")
    with pytest.raises(actions.CannotMerge):
        merge(one, one, now)
    merge(two, one, now)
    with pytest.raises(actions.CannotMerge):
        merge(one, two, now)


def test_news_settles_its_ideas_and_tells_who_voted(suggest, association, commune, make_user, now):
    author = make_user("admin", commune=commune, email="ana@pauillac.example")
    voter = make_user("reader", commune=commune, email="maire@pauillac.example")
    gone = make_user("booking_agent", commune=commune, email="parti@pauillac.example")
    gone.memberships.update(is_active=False)
    idea = suggest("Un SMS", commune=commune, user_id=author.pk)
    for user in (voter, gone):
        actions.vote(idea=idea, commune=commune, user_id=user.pk)

    news = publish(association, [idea], now)

    idea.refresh_from_db()
    assert (idea.status, idea.news) == (Status.DONE, news)
    mails = OutgoingEmail.objects.order_by("to")
    assert [mail.to[0] for mail in mails] == ["ana@pauillac.example", "maire@pauillac.example"]
    assert mails[0].subject == "Vous l’avez demandé\u00a0: Rappel par SMS"


def test_nothing_is_delivered_twice(suggest, association, now):
    idea = suggest("Un SMS")
    publish(association, [idea], now)

    with pytest.raises(actions.NothingDelivered):
        publish(association, [idea], now)


def test_news_settles_no_idea_of_another_association(suggest, now):
    stranger = Association(name="Autre", slug="autre", departments=["40"])
    idea = suggest("Un SMS")
    idea.association_id = 0

    with pytest.raises((actions.NothingDelivered, IntegrityError)), transaction.atomic():
        stranger.pk = 10**6
        publish(stranger, [idea], now)
    assert Idea.objects.get().status == Status.OPEN


@pytest.mark.parametrize("wrong", [{"status": "lost"}, {"status": "duplicate"}, {"origin": "?"}])
def test_the_database_refuses_nonsense(association, now, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Idea.objects.create(association=association, title="x", created_at=now, **wrong)

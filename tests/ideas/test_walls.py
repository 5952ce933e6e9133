"""What PostgreSQL lets a commune do with ideas, under its own role."""

import pytest
from django.db import DatabaseError, transaction

from ideas import actions
from ideas.actions import Author, Words
from ideas.models import Idea, News, Subscription, Vote
from tenants.models import Association
from tests.conftest import owner


pytestmark = pytest.mark.django_db


def test_a_commune_suggests_votes_and_follows_in_its_own_name(commune, association, now):
    idea = actions.suggest(
        association=association,
        words=Words("Un SMS"),
        commune=commune,
        author=Author(7, "Ana"),
        now=now,
    )

    actions.take_back(idea=idea, commune=commune, user_id=7)
    actions.vote(idea=idea, commune=commune, user_id=7)
    actions.unsubscribe(idea=idea, commune=commune, user_id=7)
    assert Vote.objects.count() == 1


def test_a_commune_speaks_for_no_other(suggest, other_commune, association, now):
    idea = suggest("Un SMS")

    for speak in (
        lambda: actions.vote(idea=idea, commune=other_commune, user_id=1),
        lambda: actions.subscribe(idea=idea, commune=other_commune, user_id=1),
        lambda: actions.suggest(
            association=association, words=Words("x"), commune=other_commune, now=now
        ),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            speak()


def test_a_commune_takes_no_voice_of_another_back(suggest, other_commune):
    idea = suggest("Un SMS", commune=other_commune, user_id=4)

    Vote.objects.all().delete()
    Subscription.objects.all().delete()

    with owner():
        assert idea.votes.count() == 1
        assert idea.subscriptions.count() == 1


def test_a_commune_decides_nothing(suggest, commune, association, now):
    idea = suggest("Un SMS", commune=commune)

    for write in (
        lambda: Idea.objects.filter(pk=idea.pk).update(status="done"),
        lambda: News.objects.create(association=association, title="x", published_at=now),
        lambda: Idea.objects.create(
            association=association,
            commune=commune,
            title="x",
            created_at=now,
            status="planned",
        ),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


def test_a_commune_sees_the_ideas_of_its_association_alone(suggest, now):
    suggest("Un SMS")
    with owner():
        other = Association.objects.create(name="Landes", slug="landes", departments=["40"])
        Idea.objects.create(association=other, title="Ailleurs", created_at=now)

    assert [idea.title for idea in Idea.objects.all()] == ["Un SMS"]

"""Everything that is written about ideas: suggested, voted for, answered, merged, delivered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ideas import emails
from ideas.models import Answer, Idea, News, Subscription, Vote
from ideas.workflow import ANSWERS, Origin, Status, takes_votes
from parvis.errors import DomainError
from tenants.directory import normalise
from tenants.models import Association, Commune


class VotesClosed(DomainError):
    """What is settled, or merged, takes no vote."""

    message = _("On ne vote plus pour cette idée : elle est réalisée, non retenue ou réunie.")


class NotAnAnswer(DomainError):
    """That state is not given by an answer."""

    message = _("Cet état ne se donne pas par une réponse.")


class CannotMerge(DomainError):
    """The two are the same, or the original is itself a duplicate, or settled otherwise."""

    message = _("Ces deux idées ne peuvent pas être réunies.")


class NothingDelivered(DomainError):
    """An idea that is settled already was named as delivered."""

    message = _("Une de ces idées est déjà réalisée, non retenue ou réunie à une autre.")


@dataclass(frozen=True, slots=True)
class Words:
    """What is asked for."""

    title: str
    body: str = ""
    module: str = Idea.Module.OTHER
    screen_code: str = ""


@dataclass(frozen=True, slots=True)
class Author:
    """Who asks: the number of an account; the name is not kept when it is to be hidden."""

    user_id: int
    name: str
    hides_name: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Where it was said; ``label`` says it to readers: "dit en formation à Pauillac"."""

    origin: Origin = Origin.BOARD
    label: str = ""


@transaction.atomic
def suggest(
    *,
    association: Association,
    words: Words,
    now: datetime,
    commune: Commune | None = None,
    author: Author | None = None,
    source: Source = Source(),
) -> Idea:
    """Write down what a member asks for; her commune has voted for it by that.

    Nothing is known of the author of a verbatim: it is the voice of ``commune`` all the same.
    """
    idea = Idea.objects.create(
        association_id=association.pk,
        commune=commune,
        title=words.title,
        body=words.body,
        module=words.module,
        screen_code=words.screen_code,
        origin=source.origin,
        origin_label=source.label,
        author_id=author.user_id if author else None,
        author_name=author.name if author and not author.hides_name else "",
        created_at=now,
        search=normalise(f"{words.title} {words.body}"),
    )
    if commune is not None:
        user_id = author.user_id if author else None
        Vote.objects.create(idea=idea, commune=commune, user_id=user_id, at=now)
        if user_id is not None:
            Subscription.objects.create(idea=idea, commune=commune, user_id=user_id, at=now)
    return idea


@transaction.atomic
def vote(*, idea: Idea, commune: Commune, user_id: int) -> None:
    """Add one's voice, once; whoever votes is told what becomes of it.

    Raises:
        VotesClosed: the idea takes no vote.
    """
    if not takes_votes(idea.status):
        raise VotesClosed
    Vote.objects.bulk_create(
        [Vote(idea=idea, commune=commune, user_id=user_id)], ignore_conflicts=True
    )


@transaction.atomic
def take_back(*, idea: Idea, commune: Commune, user_id: int) -> None:
    """Take one's voice back.

    Raises:
        VotesClosed: the idea takes no vote.
    """
    if not takes_votes(idea.status):
        raise VotesClosed
    Vote.objects.filter(idea=idea, commune=commune, user_id=user_id).delete()


@transaction.atomic
def subscribe(*, idea: Idea, commune: Commune, user_id: int) -> None:
    """Ask to be told what becomes of an idea, whether or not one wants it."""
    Subscription.objects.bulk_create(
        [Subscription(idea=idea, commune=commune, user_id=user_id)], ignore_conflicts=True
    )


@transaction.atomic
def unsubscribe(*, idea: Idea, commune: Commune, user_id: int) -> None:
    """Ask to be told no more; a vote alone still brings the news of its delivery."""
    Subscription.objects.filter(idea=idea, commune=commune, user_id=user_id).delete()


@transaction.atomic
def answer(
    *,
    idea: Idea,
    status: Status,
    text: str,
    now: datetime,
    by_name: str,
    planned_for: str = "",
) -> Answer:
    """Say what becomes of an idea, and write it to those who wait for it.

    Raises:
        NotAnAnswer: the state comes otherwise, or the idea is delivered or merged.
    """
    idea = Idea.objects.select_for_update(of=("self",)).get(pk=idea.pk)
    if status not in ANSWERS or idea.status in {Status.DONE, Status.DUPLICATE}:
        raise NotAnAnswer
    is_planned = status in {Status.PLANNED, Status.STARTED}
    idea.status, idea.planned_for = status, planned_for if is_planned else ""
    idea.save(update_fields=["status", "planned_for"])
    written = Answer.objects.create(idea=idea, status=status, text=text, at=now, by_name=by_name)
    for message in emails.answered(written, followers(idea)):
        message.send()
    return written


@transaction.atomic
def merge(*, duplicate: Idea, original: Idea, now: datetime, by_name: str) -> None:
    """Join an idea to the one that asks for the same; voices and subscriptions go along.

    Raises:
        CannotMerge: they are the same, of two associations, or one of them is settled.
    """
    pair = Idea.objects.select_for_update(of=("self",)).order_by("pk")
    locked = {each.pk: each for each in pair.filter(pk__in=[duplicate.pk, original.pk])}
    duplicate, original = locked[duplicate.pk], locked[original.pk]
    settled = {Status.DONE, Status.DUPLICATE}
    if (
        duplicate.pk == original.pk
        or duplicate.association_id != original.association_id
        or duplicate.status in settled
        or original.status in settled
    ):
        raise CannotMerge
    Vote.objects.bulk_create(
        [
            Vote(idea=original, commune_id=each.commune_id, user_id=each.user_id, at=each.at)
            for each in duplicate.votes.all()
        ],
        ignore_conflicts=True,
    )
    Subscription.objects.bulk_create(
        [
            Subscription(idea=original, commune_id=each.commune_id, user_id=each.user_id)
            for each in duplicate.subscriptions.all()
        ],
        ignore_conflicts=True,
    )
    Idea.objects.filter(duplicate_of=duplicate).update(duplicate_of=original)
    duplicate.status, duplicate.duplicate_of = Status.DUPLICATE, original
    duplicate.planned_for = ""
    duplicate.save(update_fields=["status", "duplicate_of", "planned_for"])
    Answer.objects.create(idea=duplicate, status=Status.DUPLICATE, at=now, by_name=by_name)


@transaction.atomic
def publish(
    *,
    association: Association,
    title: str,
    body: str,
    ideas: Iterable[Idea],
    now: datetime,
    by_name: str,
) -> News:
    """Announce a change, settle the ideas that asked for it, and write to those who did.

    Raises:
        NothingDelivered: one of the ideas is settled already.
    """
    news = News.objects.create(
        association=association, title=title, body=body, published_at=now, by_name=by_name
    )
    wanted = {each.pk for each in ideas}
    found = list(
        Idea.objects.select_for_update(of=("self",))
        .filter(pk__in=wanted, association=association)
        .order_by("pk")
    )
    if len(found) < len(wanted) or any(not takes_votes(each.status) for each in found):
        raise NothingDelivered
    Idea.objects.filter(pk__in=wanted).update(status=Status.DONE, news=news, planned_for="")
    Answer.objects.bulk_create(
        Answer(idea=each, status=Status.DONE, text=title, at=now, by_name=by_name)
        for each in found
    )
    for idea in found:
        for message in emails.delivered(news, idea, followers(idea, with_voters=True)):
            message.send()
    return news


def weigh(*, idea_id: int, communes: int, inhabitants: int) -> None:
    """Note how many communes, of how many inhabitants, an idea would let go on."""
    Idea.objects.filter(pk=idea_id).update(
        unblocks_communes=communes, unblocks_inhabitants=inhabitants
    )


def followers(idea: Idea, *, with_voters: bool = False) -> list[emails.Reader]:
    """List who is to be told: those who subscribed, and those who voted when it is delivered.

    Only active accounts that still work for the commune in whose name they spoke.
    """
    asked = set(idea.subscriptions.values_list("commune_id", "user_id"))
    if with_voters:
        voters = idea.votes.values_list("commune_id", "user_id")
        asked |= {(commune, user) for commune, user in voters if user is not None}
    return emails.readers(asked)

"""What those who asked are told, in their own language, with a link into their own commune."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from ideas.models import Answer, Idea, News
from parvis.mail import FACT, LANGUAGE, signed
from tenants.hosts import absolute_url
from tenants.models import Commune, Membership


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is written to, and the commune she works for."""

    user_id: int
    email: str
    language: str
    commune: Commune


def readers(asked: Collection[tuple[int, int]]) -> list[Reader]:
    """Find the accounts of those who asked, as commune and user; one each, one query."""
    found = (
        Membership.objects.at_work()
        .filter(
            commune_id__in={commune for commune, _user in asked},
            user_id__in={user for _commune, user in asked},
        )
        .select_related("user", "commune")
        .order_by("user_id", "commune_id")
    )
    one_each: dict[int, Reader] = {}
    for each in found:
        if (each.commune_id, each.user_id) in asked and each.commune is not None:
            one_each.setdefault(
                each.user_id,
                Reader(each.user_id, each.user.email, each.user.language, each.commune),
            )
    return list(one_each.values())


def answered(answer: Answer, to: Iterable[Reader]) -> Iterator[EmailMessage]:
    """Tell what the association says of an idea."""
    for reader in to:
        fact = f"idea-answer-{answer.pk}-{reader.user_id}"
        yield _message("answered", answer.idea, reader, fact=fact, answer=answer)


def delivered(news: News, idea: Idea, to: Iterable[Reader]) -> Iterator[EmailMessage]:
    """Tell those who asked for it that it is there."""
    for reader in to:
        fact = f"idea-news-{news.pk}-{idea.pk}-{reader.user_id}"
        yield _message("delivered", idea, reader, fact=fact, news=news)


def _message(name: str, idea: Idea, reader: Reader, *, fact: str, **words: Any) -> EmailMessage:
    words |= {
        "idea": idea,
        "commune": reader.commune,
        "association": idea.association,
        "url": absolute_url(reader.commune, f"/agent/commune/idees/{idea.pk}/"),
    }
    with translation.override(reader.language):
        subject = render_to_string(f"ideas/emails/{name}_subject.txt", words, using="text")
        body = render_to_string(f"ideas/emails/{name}.txt", words, using="text")
    headers = {FACT: fact, LANGUAGE: reader.language, **signed(idea.association_id)}
    return EmailMessage(subject.strip(), body, to=[reader.email], headers=headers)

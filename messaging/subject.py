"""What texts, choices and waiting news hold about one person, told to her, erased when she asks.

Browsers that are told of a report are the report's: ``incidents.subject`` tells of them.
"""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import get_language, gettext as _

from messaging.models import Gathered, OutgoingText, Preference
from messaging.preferences import reader
from parvis.subjects import Held, Person
from parvis.typo import date_heure


def held(person: Person, *, now: datetime) -> list[Held]:
    """List the texts to her numbers, what she chose, the news of tomorrow; three queries."""
    texts = OutgoingText.objects.filter(to__in=person.phones).order_by("pk")
    return [
        *(_text(each) for each in texts),
        *(_choice(each) for each in _choices(person).order_by("pk")),
        *(_news(each) for each in _waiting(person)),
    ]


def erase(person: Person, *, now: datetime) -> int:
    """Empty what was sent to her numbers, delete what waits and what she chose; count them.

    What waits never leaves. What she had refused is offered again with the next message.
    """
    texts = OutgoingText.objects.filter(to__in=person.phones)
    texts.filter(Q(sent_at__isnull=True) & Q(dead_at__isnull=True)).update(dead_at=now)
    choices, _kinds = _choices(person).delete()
    news, _kinds = _waiting(person).delete()
    return texts.update(**OutgoingText.WORDS, last_error="") + choices + news


def _choices(person: Person) -> QuerySet[Preference]:
    return Preference.objects.filter(reader=reader(person.email))


def _waiting(person: Person) -> QuerySet[Gathered]:
    return Gathered.objects.filter(to__iexact=person.email)


def _text(text: OutgoingText) -> Held:
    return Held(
        section=_("SMS envoyés"),
        title=text.to,
        facts=((_("Écrit le"), _moment(text.written_at)), (_("Texte"), text.body)),
    )


def _choice(choice: Preference) -> Held:
    return Held(
        section=_("Messages que vous recevez"),
        title=str(choice.get_kind_display()),
        facts=(
            (_("Choix"), str(choice.get_choice_display())),
            (_("Choisi le"), _moment(choice.chosen_at)),
        ),
    )


def _news(news: Gathered) -> Held:
    return Held(
        section=_("Nouvelles du lendemain"),
        title=news.subject,
        facts=(
            (_("Écrit le"), _moment(news.written_at)),
            (_("À"), news.to),
            (_("Page"), news.url),
        ),
    )


def _moment(at: datetime) -> str:
    return date_heure(at, get_language() or "fr")

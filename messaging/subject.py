"""What choices and waiting news hold about one person, told to her, erased when she asks.

A text belongs to its appointment, a browser to the report that it is told of: ``booking.subject``
and ``incidents.subject`` tell of them.
"""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, gettext as _

from messaging.models import Gathered, Preference
from messaging.preferences import reader
from parvis.subjects import Held, Person
from parvis.typo import date_heure


def held(person: Person, *, now: datetime) -> list[Held]:
    """List what she chose and the news of tomorrow; two queries."""
    return [
        *(_choice(each) for each in _choices(person).order_by("pk")),
        *(_news(each) for each in _waiting(person)),
    ]


def erase(person: Person, *, now: datetime) -> int:
    """Delete the news that wait and what she chose; count them.

    What she had refused is offered again with the next message.
    """
    choices, _kinds = _choices(person).delete()
    news, _kinds = _waiting(person).delete()
    return choices + news


def _choices(person: Person) -> QuerySet[Preference]:
    return Preference.objects.filter(reader=reader(person.email))


def _waiting(person: Person) -> QuerySet[Gathered]:
    return Gathered.objects.filter(to__iexact=person.email)


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
    return date_heure(timezone.localtime(at), get_language() or "fr")

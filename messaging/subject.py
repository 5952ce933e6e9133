"""What text messages hold about one person, told to her, and erased when she asks."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import get_language, gettext as _

from messaging.models import OutgoingText
from parvis.subjects import Held, Person
from parvis.typo import date_heure


def held(person: Person, *, now: datetime) -> list[Held]:
    """List the texts sent to the numbers she gave; one query."""
    language = get_language() or "fr"
    return [
        Held(
            section=_("SMS envoyés"),
            title=each.to,
            facts=(
                (_("Écrit le"), date_heure(each.written_at, language)),
                (_("Texte"), each.body),
            ),
        )
        for each in OutgoingText.objects.filter(to__in=person.phones).order_by("pk")
    ]


def erase(person: Person, *, now: datetime) -> int:
    """Empty what was sent to her numbers; what waits never leaves. Counts the messages."""
    texts = OutgoingText.objects.filter(to__in=person.phones)
    texts.filter(Q(sent_at__isnull=True) & Q(dead_at__isnull=True)).update(dead_at=now)
    return texts.update(**OutgoingText.WORDS, last_error="")

"""What the outbox holds about one person, told to her, and erased when she asks."""

from datetime import datetime

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, gettext as _

from parvis.models import OutgoingEmail
from parvis.subjects import Held, Person
from parvis.typo import date_heure


HERS = """SELECT id FROM parvis_outgoingemail
WHERE EXISTS (SELECT FROM unnest("to") a WHERE lower(a) = lower(%s))"""


def held(person: Person, *, now: datetime) -> list[Held]:
    """List the messages written to her that are still readable; one query."""
    mails = OutgoingEmail.objects.filter(pk__in=_hers(person.email)).order_by("pk")
    language = get_language() or "fr"
    return [
        Held(
            section=_("Messages envoyés"),
            title=each.subject,
            facts=(
                (_("Écrit le"), date_heure(timezone.localtime(each.written_at), language)),
                (_("À"), ", ".join(each.to)),
                (_("Texte"), each.body),
            ),
        )
        for each in mails
    ]


def erase(person: Person, *, now: datetime) -> int:
    """Empty what was written to her; what was not sent yet never will be. Counts the messages."""
    mails = OutgoingEmail.objects.filter(pk__in=_hers(person.email))
    mails.filter(Q(sent_at__isnull=True) & Q(dead_at__isnull=True)).update(dead_at=now)
    return mails.update(**OutgoingEmail.WORDS, last_error="")


def _hers(email: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(HERS, [email])
        return [pk for (pk,) in cursor.fetchall()]

"""Show each message about a report as it will be sent, about one that nobody made."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.mail import EmailMessage
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy, override

from incidents import emails, own_words
from incidents.emails import Recipient
from incidents.models import (
    Category,
    Follower,
    Message,
    MessageText,
    Report,
    ReportContact,
    StatusChange,
)
from incidents.workflow import Status
from messaging.own_words import written_with
from tenants.models import Commune


EVENTS: dict[str, Promise] = {
    "received": gettext_lazy("Signalement reçu"),
    "moved": gettext_lazy("Nouvel état"),
    "said": gettext_lazy("Réponse de la mairie"),
    "merged": gettext_lazy("Réuni avec un autre signalement"),
    "reminded": gettext_lazy("Question restée sans réponse"),
    "asked_to_follow": gettext_lazy("Confirmation pour suivre un signalement"),
    "link": gettext_lazy("Nouveau lien"),
}
TOKEN = "exemple"  # noqa: S105 - opens nothing
ADDRESS = "camille.martin@example.org"


@dataclass(frozen=True, slots=True)
class _Example:
    """A report and who follows it, all invented but its category."""

    report: Report
    commune: Commune
    reader: Recipient
    now: datetime

    @property
    def words(self) -> str:
        """What the town hall is supposed to say."""
        return _("L’équipe passe jeudi.")


MAKERS: dict[str, Callable[[_Example], EmailMessage]] = {
    "received": lambda it: emails.received(it.report, it.commune, token=TOKEN),
    "moved": lambda it: emails.moved(
        StatusChange(pk=0, report=it.report, after=Status.PLANNED), it.commune, [it.reader]
    )[0],
    "said": lambda it: emails.said(
        Message(pk=0, report=it.report, text=it.words), it.commune, [it.reader]
    )[0],
    "merged": lambda it: emails.merged(it.report, it.report, it.commune, [it.reader])[0],
    "reminded": lambda it: emails.reminded(
        it.report, it.commune, text=it.words, until=it.now + timedelta(days=14)
    ),
    "asked_to_follow": lambda it: emails.asked_to_follow(
        Follower(pk=0, report=it.report, email=ADDRESS, language=it.reader.language),
        it.commune,
        repeat="",
    ),
    "link": lambda it: emails.link(it.report, it.commune, repeat=""),
}


def stored(event: str, commune: Commune, *, language: str, now: datetime) -> EmailMessage:
    """Write a message as it goes out now; a few queries.

    Raises:
        KeyError: there is no such message.
    """
    with override(language):
        message = MAKERS[event](_example(commune, language, now))
    return own_words.added([message])[0]


def preview(words: MessageText, commune: Commune, *, now: datetime) -> EmailMessage:
    """Write a message as it would go out with these words, and leave everything as it was.

    Raises:
        KeyError: there is no such message.
    """
    return written_with(
        words, lambda: stored(words.event, commune, language=words.language, now=now)
    )


def _example(commune: Commune, language: str, now: datetime) -> _Example:
    category = Category.objects.offered().first() or Category(name=_("Voirie"))
    report = Report(
        pk=0,
        reference="EXEMP1E0",
        category=category,
        address=_("12 rue de l’Église"),
        submitted_at=now,
        due_at=now + timedelta(days=10),
        planned_on=(now + timedelta(days=4)).date(),
    )
    report.contact = ReportContact(report=report, email=ADDRESS, language=language)
    reader = Recipient(ADDRESS, language, f"/suivi/{TOKEN}/", is_reporter=True)
    return _Example(report, commune, reader, now)

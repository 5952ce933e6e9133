"""The outbox that asks first what its readers want: at once, once a day, or never."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from messaging import preferences
from messaging.kinds import AUDIENCE, HEADER, Choice, Kind
from messaging.models import Gathered, Preference
from parvis.mail import FACT, LANGUAGE, Outbox as PlainOutbox, refusable
from parvis.outbox import LINK


class Outbox(PlainOutbox):
    """Keep messages as ``parvis.mail`` does, but those that their reader does not want now.

    A message of a kind that may be refused carries it in its header, has one reader, and says at
    its end where to choose. Three queries for all of them.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write what is wanted, gather what is wanted tomorrow; count both."""
        of_kind = [each for each in email_messages if HEADER in each.extra_headers]
        if not of_kind:
            return super().send_messages(email_messages)
        chosen, site = _chosen(of_kind), preferences.site()
        wanted, tomorrow = [], []
        for message in email_messages:
            choice = chosen.get(_asked(message), Choice.NOW)
            if choice == Choice.NOW:
                wanted.append(_with_way_out(message, site))
            elif choice == Choice.DAILY:
                tomorrow.append(_gathered(message))
        Gathered.objects.bulk_create(tomorrow, ignore_conflicts=True)
        return len(tomorrow) + (super().send_messages(wanted) if wanted else 0)


def _asked(message: EmailMessage) -> tuple[str, str]:
    kind = message.extra_headers.get(HEADER)
    return (preferences.reader(message.to[0]), kind) if kind else ("", "")


def _chosen(messages: Sequence[EmailMessage]) -> dict[tuple[str, str], str]:
    readers = {preferences.reader(each.to[0]) for each in messages}
    found = Preference.objects.filter(reader__in=readers)
    return {(each.reader, each.kind): each.choice for each in found}


def _with_way_out(message: EmailMessage, site: str) -> EmailMessage:
    """Say at the end where its reader chooses what she receives."""
    name = message.extra_headers.get(HEADER)
    if not name:
        return message
    kind = Kind(name)
    key = preferences.key_of(message.to[0], AUDIENCE[kind])
    with translation.override(message.extra_headers.get(LANGUAGE)):
        url = site + preferences.path(key)
        words = _("Choisir les messages que je reçois : %(url)s") % {"url": url}
    message.body = f"{str(message.body).rstrip()}\n\n{words}\n"
    return refusable(message, url=site + preferences.path(key, kind))


def _gathered(message: EmailMessage) -> Gathered:
    link = LINK.search(str(message.body))
    return Gathered(
        key=str(message.extra_headers[FACT]),
        to=message.to[0],
        kind=message.extra_headers[HEADER],
        subject=str(message.subject),
        url=link.group(0) if link else "",
        language=str(message.extra_headers[LANGUAGE]),
        reply_to=", ".join(message.reply_to),
    )

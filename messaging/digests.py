"""One message each morning for those who want the news of the day before together."""

from datetime import datetime, time
from itertools import groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation

from messaging import preferences
from messaging.kinds import AUDIENCE, Kind
from messaging.models import Gathered
from messaging.twin import writer
from parvis.mail import letter, refusable
from tenants.hosts import absolute_url
from tenants.models import Commune


MORNING = time(7)  # local time of the commune
NAME = "messaging/emails/digest"


def write(*, now: datetime) -> int:
    """Write the message of the morning to each reader that something waits for; count them.

    What was gathered since seven o'clock, local time, waits for the next morning. Each message
    goes to the outbox in the transaction that forgets what it says.
    """
    commune = writer()
    local = now.astimezone(ZoneInfo(commune.time_zone))
    morning = datetime.combine(local.date(), MORNING, local.tzinfo)
    if local < morning:
        return 0
    due = Gathered.objects.filter(written_at__lt=morning)
    readers = due.order_by("to").values_list("to", flat=True).distinct()
    return sum(_write_to(to, commune, morning) for to in list(readers))


@transaction.atomic
def _write_to(to: str, commune: Commune, morning: datetime) -> bool:
    news = list(
        Gathered.objects.filter(to=to, written_at__lt=morning)
        .order_by("kind", "written_at", "pk")
        .select_for_update(skip_locked=True)
    )
    if not news:
        return False
    kind = Kind(news[-1].kind)
    site = absolute_url(commune, "")
    key = preferences.key_of(to, AUDIENCE[kind])
    with translation.override(news[-1].language):
        message = letter(
            NAME,
            {
                "groups": [
                    (Kind(each).label, list(lines))
                    for each, lines in groupby(news, key=attrgetter("kind"))
                ],
                "count": len(news),
                "commune": commune,
                "choose_url": site + preferences.path(key),
            },
            to=[to],
            fact=f"digest.{max(each.pk for each in news)}",
            reply_to=news[-1].reply_to,
        )
        refusable(message, url=site + preferences.path(key, kind)).send()
    Gathered.objects.filter(pk__in=[each.pk for each in news]).delete()
    return True

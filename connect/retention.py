"""The end of what is kept of calls and of what webhooks were told (security.md 2.2: 30 days)."""

from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from connect.models import CallDay, Delivery
from parvis.erasing import BATCH, Spans, Step


def _before(kept: Spans, now: datetime) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s - %s::interval", [now, kept["message_words"]])
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


def _told(kept: Spans, now: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(written_at__lte=_before(kept, now))


def _calls(kept: Spans, now: datetime) -> QuerySet[CallDay]:
    return CallDay.objects.filter(day__lte=_before(kept, now))


def _count(kept: Spans, now: datetime) -> int:
    return _told(kept, now).count() + _calls(kept, now).count()


def _erase(kept: Spans, now: datetime) -> int:
    gone = 0
    for rows in (_told(kept, now), _calls(kept, now)):
        over = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
        gone += rows.model.objects.filter(pk__in=over).delete()[0]
    return gone


STEPS = (Step("message_words", _count, _erase),)

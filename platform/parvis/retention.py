"""The end of the outbox, in any schema: :func:`parvis.delivery.forget_delivered` in steps."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from parvis.delivery import STATUS_KEPT, WORDS_KEPT, channel_types, forget_delivered
from parvis.erasing import Spans, Step
from parvis.models import Outgoing


def _count_words(_kept: Spans, now: datetime) -> int:
    return sum(
        _over(channel.model, now, WORDS_KEPT, "not_before").exclude(**channel.model.WORDS).count()
        for channel in channel_types()
    )


def _count_status(_kept: Spans, now: datetime) -> int:
    return sum(_over(channel.model, now, STATUS_KEPT).count() for channel in channel_types())


def _over(
    model: type[Outgoing], now: datetime, kept: timedelta, *otherwise: str
) -> QuerySet[Outgoing]:
    rows = model.objects.annotate(over_at=Coalesce("sent_at", "dead_at", *otherwise))
    return rows.filter(over_at__lt=now - kept)


def _erase(_kept: Spans, now: datetime) -> int:
    """Empty and drop, in one go: repeated, it finds nothing."""
    return forget_delivered(now=now)


def _erase_status(kept: Spans, now: datetime) -> int:
    found = _count_status(kept, now)
    forget_delivered(now=now)
    return found


STEPS = (
    Step("message_status", _count_status, _erase_status),
    Step("message_words", _count_words, _erase),
)

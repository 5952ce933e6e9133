"""The end of the outbox, in any schema: :func:`parvis.delivery.forget_delivered` in steps."""

from datetime import datetime

from django.db.models.functions import Coalesce

from parvis.delivery import STATUS_KEPT, WORDS_KEPT, forget_delivered
from parvis.erasing import Spans, Step
from parvis.models import OutgoingEmail


def _count_words(_kept: Spans, now: datetime) -> int:
    over = OutgoingEmail.objects.annotate(over_at=Coalesce("sent_at", "dead_at", "not_before"))
    return over.filter(over_at__lt=now - WORDS_KEPT).exclude(subject="", body="").count()


def _count_status(_kept: Spans, now: datetime) -> int:
    over = OutgoingEmail.objects.annotate(over_at=Coalesce("sent_at", "dead_at"))
    return over.filter(over_at__lt=now - STATUS_KEPT).count()


def _erase(_kept: Spans, now: datetime) -> int:
    """Empty and drop, in one go: repeated, it finds nothing."""
    return forget_delivered(now=now)


def _erase_status(_kept: Spans, now: datetime) -> int:
    forget_delivered(now=now)
    return 0


STEPS = (
    Step("message_words", _count_words, _erase),
    Step("message_status", _count_status, _erase_status),
)

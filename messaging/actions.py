"""What people decide about messages, and how a text message is written."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from messaging import gsm
from messaging.budget import text_settings
from messaging.gateways import is_available
from messaging.models import OutgoingText, TextSettings
from messaging.numbers import mobile
from parvis.deferred import defer
from parvis.errors import DomainError
from parvis.models import Outgoing, OutgoingEmail


SEGMENTS_MOST = 3


class NotWaitingForAnyone(DomainError):
    """The message is not one of those that somebody may decide about."""

    message = _("Ce message n’attend aucune décision : il est parti, ou va partir de lui-même.")


def may_text(to: str) -> bool:
    """Tell whether a text message may be written to this telephone; one query."""
    return bool(is_available() and mobile(to)) and text_settings().is_on


def write_text(
    *,
    key: str,
    to: str,
    body: str,
    not_after: datetime | None = None,
    is_reminder: bool = False,
) -> bool:
    """Write a text message in the current transaction; tell whether one was written.

    None is when the commune did not switch text messages on, or when the telephone is not a
    French mobile. ``body`` says nothing that somebody typed. A fact already told is not told
    again. What would take more than three parts loses its foreign letters, then its end. A
    reminder leaves by day only; nothing leaves after ``not_after``.
    """
    number, chosen = mobile(to), text_settings()
    if not (is_available() and number and chosen.is_on and (chosen.reminds or not is_reminder)):
        return False
    words = gsm.fitting(body, most=SEGMENTS_MOST)
    OutgoingText.objects.bulk_create(
        [
            OutgoingText(
                key=key,
                to=number,
                body=words,
                sender=OutgoingText.Sender.NAME
                if chosen.sender_name
                else OutgoingText.Sender.NUMBER,
                segments=gsm.size(words).segments,
                cost=gsm.cost(words, each=settings.SMS_PART_COST),
                is_by_day=is_reminder,
                not_after=not_after,
            )
        ],
        ignore_conflicts=True,
    )
    defer("parvis.deliver")
    return True


@transaction.atomic
def send_again(*, message: Outgoing, now: datetime, to: str = "") -> Outgoing:
    """Let a message that failed, or that nobody is sure of, leave once more; to ``to`` if given.

    Raises:
        NotWaitingForAnyone: it is waiting, has gone, or its words are forgotten.
    """
    current = _decided(message)
    if not current.words:
        raise NotWaitingForAnyone
    changed = ["attempts", "not_before", "sent_at", "dead_at", "unsure_at", "claimed_until"]
    current.attempts, current.not_before, current.claimed_until = 0, now, None
    current.sent_at = current.dead_at = current.unsure_at = None
    if to:
        current.to = to if isinstance(current, OutgoingText) else [to]  # type: ignore[attr-defined]
        changed.append("to")
    current.save(update_fields=changed)
    defer("parvis.deliver")
    return current


@transaction.atomic
def note_sent(*, message: Outgoing, now: datetime) -> None:
    """Note that a message nobody was sure of has gone after all.

    Raises:
        NotWaitingForAnyone: somebody has decided meanwhile.
    """
    current = _decided(message)
    current.sent_at, current.dead_at = now, None
    current.save(update_fields=["sent_at", "dead_at"])


@transaction.atomic
def give_up(*, message: Outgoing, now: datetime) -> None:
    """Give up a message that waits, or that nobody is sure of; its words stay for a month.

    Raises:
        NotWaitingForAnyone: it has gone, or is being sent at this very moment.
    """
    current = _locked(message)
    is_leaving = current.claimed_until is not None and current.claimed_until > now
    if current.sent_at or current.dead_at or is_leaving:
        raise NotWaitingForAnyone
    current.dead_at, current.claimed_until = now, None
    current.last_error = current.last_error or str(_("Abandonné par la commune."))
    current.save(update_fields=["dead_at", "claimed_until", "last_error"])


def call_off(*, model: type[Outgoing], keys: Sequence[str], now: datetime) -> int:
    """Give up the messages of these keys that still wait: what they say is over. Count them."""
    waiting = model.objects.waiting().filter(key__in=keys)
    free = waiting.filter(Q(claimed_until=None) | Q(claimed_until__lt=now))
    return int(free.update(dead_at=now, last_error=str(_("Annulé : ce qu’il disait a changé."))))


@transaction.atomic
def forget_texts(*, keys: Sequence[str], now: datetime) -> int:
    """Empty the texts of these keys; those that wait never leave. Count them."""
    texts = OutgoingText.objects.filter(key__in=keys)
    texts.filter(sent_at=None, dead_at=None).update(dead_at=now)
    return int(texts.exclude(**OutgoingText.WORDS).update(**OutgoingText.WORDS, last_error=""))


@transaction.atomic
def note_bounce(*, pk: int, is_permanent: bool, reason: str, now: datetime) -> bool:
    """Note that an e-mail came back; for good, it is dead. Tell whether anything was noted."""
    email = OutgoingEmail.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if email is None or email.dead_at is not None:
        return False
    email.last_error = reason.replace("\0", "")
    if is_permanent:
        email.dead_at = now
    email.save(update_fields=["last_error", "dead_at"])
    return is_permanent


@transaction.atomic
def decide_texts(*, is_on: bool, reminds: bool, sender_name: str, monthly_budget: int) -> None:
    """Write what the commune decides about text messages."""
    TextSettings.objects.update_or_create(
        pk=1,
        defaults={
            "is_on": is_on,
            "reminds": reminds,
            "sender_name": sender_name,
            "monthly_budget": monthly_budget,
        },
    )


def _decided(message: Outgoing) -> Outgoing:
    current = _locked(message)
    is_unsure = current.unsure_at is not None and current.sent_at is None
    if current.dead_at is None and not is_unsure:
        raise NotWaitingForAnyone
    return current


def _locked(message: Outgoing) -> Outgoing:
    current: Outgoing = type(message).objects.select_for_update(no_key=True).get(pk=message.pk)
    return current

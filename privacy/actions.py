"""What a commune decides about its data, and what it answers."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from identity.members import Member
from parvis.errors import DomainError
from parvis.guard import current_schema
from parvis.mail import letter
from privacy.models import Choice, DataRequest
from privacy.policy import RULES
from tenants.models import Commune


REMINDERS = (20, 27)
"""Days after a request; the law gives one month."""


class NotAllowed(DomainError):
    """The duration is out of bounds, or longer than usual without a reason."""

    message = _("Cette durée n’est pas permise.")


class AlreadyAnswered(DomainError):
    """Somebody has answered meanwhile."""

    message = _("Cette demande a déjà sa réponse.")


@transaction.atomic
def choose(*, rule: str, number: int, reason: str, by: Member, now: datetime) -> None:
    """Keep something shorter, or longer with a reason; the usual number again ends the choice.

    Raises:
        NotAllowed: out of bounds.
    """
    known = RULES.get(rule)
    if known is None or not known.is_adjustable or not known.allows(number, reason=reason):
        raise NotAllowed
    if number == known.default:
        Choice.objects.filter(rule=rule).delete()
        return
    Choice.objects.update_or_create(
        rule=rule,
        defaults={
            "number": number,
            "reason": reason,
            "by_id": by.user_id,
            "by_name": by.name,
            "at": now,
        },
    )


@transaction.atomic
def answer(*, request: DataRequest, words: str, by: Member, now: datetime) -> None:
    """Answer a person by e-mail; the clock stops.

    Raises:
        AlreadyAnswered: somebody was quicker.
    """
    current = DataRequest.objects.select_for_update().get(pk=request.pk)
    if current.answered_at is not None:
        raise AlreadyAnswered
    current.answered_at, current.answer, current.answered_by = now, words, by.name
    current.save(update_fields=["answered_at", "answer", "answered_by"])
    said = {"commune": _commune(), "request": current, "answer": words}
    letter(
        "privacy/emails/answer", said, to=[current.email], fact=f"data-answer:{current.pk}"
    ).send()


@transaction.atomic
def remind(*, now: datetime) -> int:
    """Remind the commune's address of requests on their 20th and 27th day; count the letters."""
    sent = 0
    commune = _commune()
    waiting = DataRequest.objects.select_for_update().filter(answered_at__isnull=True)
    for request in waiting if commune.email else []:
        age = (now - request.asked_at).days
        due = max((day for day in REMINDERS if day <= age), default=0)
        if due > request.reminded:
            request.reminded = due
            request.save(update_fields=["reminded"])
            words = {"commune": commune, "request": request, "days_left": max(0, 30 - age)}
            fact = f"data-reminder:{request.pk}:{due}"
            letter("privacy/emails/reminder", words, to=[commune.email], fact=fact).send()
            sent += 1
    return sent


def _commune() -> Commune:
    return Commune.objects.get(schema_name=current_schema())

"""What a commune decides about numbers that turn out wrong after the booking (section 6.4)."""

from datetime import datetime, timedelta

from django.db import transaction

from coordination.models import Declaration, Rules


LAST_CHANCE = timedelta(hours=48)  # before the appointment nothing is cancelled any more


def rules() -> Rules:
    """Return the rules of the active commune, the usual ones where it chose nothing; a query."""
    return Rules.objects.filter(pk=1).first() or Rules(pk=1)


@transaction.atomic
def decide(*, hours: int, then: str) -> Rules:
    """Keep the choice of the commune, for numbers that are refused from now on.

    Whoever was told already was told of no cancellation: her deadline ends nothing.
    """
    if then == Rules.Then.CANCEL and rules().then != then:
        Declaration.objects.filter(state=Declaration.State.REFUSED).update(correct_by=None)
    row, _created = Rules.objects.update_or_create(pk=1, defaults={"hours": hours, "then": then})
    return row


def deadline(*, starts_at: datetime, hours: int, now: datetime) -> datetime | None:
    """Return until when a number may be corrected; None when that is already too near.

    Never later than 48 hours before the appointment: whoever comes so soon is the agent's case.
    """
    until = min(now + timedelta(hours=hours), starts_at - LAST_CHANCE)
    return until if until > now else None


def note_told(*, declaration: Declaration, until: datetime | None, now: datetime) -> bool:
    """Note that the citizen is asked to correct a number; False when she was, or it is over."""
    return bool(
        Declaration.objects.filter(
            pk=declaration.pk, state=Declaration.State.REFUSED, told_at__isnull=True
        ).update(told_at=now, correct_by=until)
    )


def overdue(*, now: datetime) -> list[Declaration]:
    """List the refused numbers that nobody corrected in time."""
    return list(
        Declaration.objects.filter(
            state=Declaration.State.REFUSED, correct_by__lte=now, starts_at__gt=now
        ).order_by("pk")
    )

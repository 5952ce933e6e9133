"""What a commune said it would do, and whether it did."""

from datetime import date, datetime

from django.db import transaction

from tenants.models import Commune
from training.models import Commitment, TrainingSession


def promise(
    *, session: TrainingSession, commune: Commune, who: str, what: str, due: date | None
) -> Commitment:
    """Note what somebody of a commune said she would do."""
    return Commitment.objects.create(session=session, commune=commune, who=who, what=what, due=due)


@transaction.atomic
def fulfil(*, commitment: Commitment, by_name: str, now: datetime) -> None:
    """Note that it is done, once; done again, nothing changes."""
    Commitment.objects.filter(pk=commitment.pk, done_at__isnull=True).update(
        done_at=now, done_by_name=by_name
    )


def of_commune(commune: Commune) -> list[Commitment]:
    """List what a commune promised: what is still to do first, the soonest at the top.

    For the commune's own page and for its card at the association; one query.
    """
    found = Commitment.objects.filter(commune=commune).select_related("session")
    return sorted(found, key=lambda each: each.done_at is not None)

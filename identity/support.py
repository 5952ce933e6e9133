"""Somebody of the association or the platform reads in a commune: for an hour, and seen by all.

Nobody outside a commune stands in it. An access has a reason, an end, and no effect before the
message to the commune's administrators is written; it reads and changes nothing. Each page that
it opens is in the commune's record.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit import keeping
from identity import emails
from identity.current import forget_site
from identity.factors import has_second_factor
from identity.members import ADMIN, NAME_MOST
from identity.models import SupportAccess
from parvis.deferred import defer_to
from parvis.errors import DomainError
from parvis.guard import current_schema
from tenants.models import Association, Commune, Membership, User


class ReasonMissing(DomainError):
    """The commune reads why somebody comes in."""

    message = _("Dites pourquoi, en une phrase que la commune lira.")
    status = 422


class TooLong(DomainError):
    """An hour at most, then a new reason."""

    message = _("Un accès d’assistance dure de 1 à 60 minutes.")
    status = 422


class NoSecondFactor(DomainError):
    """Support needs what administrators need."""

    message = _("Cette personne n’a pas de second facteur : il lui en faut un.")
    status = 403


class WorksThere(DomainError):
    """She needs no access."""

    message = _("Cette personne travaille déjà dans cette commune.")


@transaction.atomic
def open_access(
    *, user: User, commune: Commune, reason: str, minutes: int, now: datetime
) -> SupportAccess:
    """Prepare an access; it opens once the commune's own task has written to its administrators.

    Raises:
        ReasonMissing, TooLong, NoSecondFactor, WorksThere.
    """
    reason = " ".join(reason.replace("\x00", " ").split())[:300]
    if not reason:
        raise ReasonMissing
    if not timedelta(0) < timedelta(minutes=minutes) <= SupportAccess.LONGEST:
        raise TooLong
    if not settings.DEMO and not has_second_factor(user):
        raise NoSecondFactor
    if Membership.objects.of(user).filter(commune=commune).exists():
        raise WorksThere
    access = SupportAccess.objects.create(
        commune=commune,
        user=user,
        user_name=str(user)[:NAME_MOST],
        reason=reason,
        opened_at=now,
        ends_at=now + timedelta(minutes=minutes),
    )
    defer_to(commune.schema_name, "identity.tell_support")
    return access


def tell(*, now: datetime) -> int:
    """In the commune: write to its administrators, and only then let somebody in; count them."""
    waiting = SupportAccess.objects.filter(
        commune__schema_name=current_schema(), told_at__isnull=True, ends_at__gt=now
    )
    told = 0
    for access in waiting.select_related("commune"):
        with transaction.atomic():
            keeping.seal()
            to = Membership.objects.at_work().filter(commune=access.commune, role=ADMIN)
            emails.support_opened(access, to=to.addresses()).send()
            access.told_at = now
            access.save(update_fields=["told_at"])
        forget_site(access.commune, also=access.user_id)
        told += 1
    return told


def end(*, access: SupportAccess, by_name: str, now: datetime) -> None:
    """Close an access at once; closing it twice changes nothing."""
    with transaction.atomic():
        open_ones = SupportAccess.objects.filter(pk=access.pk, ended_at__isnull=True)
        open_ones.update(ended_at=now, ended_by_name=by_name[:NAME_MOST])
    forget_site(access.commune, also=access.user_id)


def may_enter(*, user: User, place: Commune | Association) -> bool:
    """Tell whether somebody who does not work there may read there now."""
    if not isinstance(place, Commune):
        return False
    return SupportAccess.objects.open().filter(user=user, commune=place).exists()

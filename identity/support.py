"""Somebody of the association or the platform reads in a commune: for a while, and seen by all.

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
from tenants.models import Association, Commune, Membership, MembershipQuerySet, User


REASON_LEAST = 20  # characters: a sentence, and not "bug"


class ReasonMissing(DomainError):
    """The commune reads why somebody comes in."""

    message = _("Dites pourquoi, en une phrase que la commune lira : vingt caractères au moins.")
    status = 422


class TooLong(DomainError):
    """Four hours at most, then a new reason."""

    message = _("Un accès d’assistance dure de 1 minute à 4 heures.")
    status = 422


class AlreadyOpen(DomainError):
    """One at a time: the first says until when she is there."""

    message = _("Cette personne a déjà un accès ouvert à cette commune.")


class NobodyToTell(DomainError):
    """What nobody would be told of does not open."""

    message = _("Cette commune n’a pas encore d’administrateur à prévenir.")


class NoSecondFactor(DomainError):
    """Support needs what administrators need."""

    message = _("Cette personne n’a pas de second facteur : il lui en faut un.")
    status = 403


class WorksThere(DomainError):
    """She needs no access."""

    message = _("Cette personne travaille déjà dans cette commune.")


@transaction.atomic
def open_access(
    *,
    user: User,
    commune: Commune,
    reason: str,
    minutes: int,
    now: datetime,
    asked_by: str = "",
) -> SupportAccess:
    """Prepare an access; it opens once the commune's own task has written to its administrators.

    Raises:
        ReasonMissing, TooLong, NoSecondFactor, WorksThere, NobodyToTell, AlreadyOpen.
    """
    reason = _on_one_line(reason)[:300]
    if len(reason) < REASON_LEAST:
        raise ReasonMissing
    if not timedelta(0) < timedelta(minutes=minutes) <= SupportAccess.LONGEST:
        raise TooLong
    if not settings.DEMO and not has_second_factor(user):
        raise NoSecondFactor
    if Membership.objects.of(user).filter(commune=commune).exists():
        raise WorksThere
    if not _administrators(commune).exists():
        raise NobodyToTell
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two clicks open one
    if SupportAccess.objects.standing().filter(user=user, commune=commune).exists():
        raise AlreadyOpen
    access = SupportAccess.objects.create(
        commune=commune,
        user=user,
        user_name=str(user)[:NAME_MOST],
        reason=reason,
        asked_by=_on_one_line(asked_by)[:120],
        opened_at=now,
        ends_at=now + timedelta(minutes=minutes),
    )
    defer_to(commune.schema_name, "identity.tell_support")
    return access


def _on_one_line(words: str) -> str:
    return " ".join(words.replace("\x00", " ").split())


def _administrators(commune: Commune) -> MembershipQuerySet:
    return Membership.objects.at_work().filter(commune=commune, role=ADMIN)


def tell(*, now: datetime) -> int:
    """In the commune: write to its administrators, and only then let somebody in; count them."""
    waiting = SupportAccess.objects.filter(
        commune__schema_name=current_schema(), told_at__isnull=True, ends_at__gt=now
    )
    told = 0
    for access in waiting.select_related("commune"):
        with transaction.atomic():
            keeping.seal()
            to = _administrators(access.commune).addresses()
            emails.support_opened(access, to=to).send()
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

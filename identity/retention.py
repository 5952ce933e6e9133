"""The end of sessions, invitations and accounts nobody uses; in the public schema."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from identity.current import forget_members
from identity.models import Invitation, SupportAccess
from parvis.erasing import BATCH, Spans, Step
from parvis.mail import letter
from parvis.models import OutgoingEmail
from tenants import ledger
from tenants.models import Erasure, User


INVITATION_KEPT = timedelta(days=183)
ACCESS_KEPT = timedelta(days=3 * 365)
UNUSED, NOTICE = timedelta(days=730), timedelta(days=30)


def _sessions(_kept: Spans, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lt=now)


def _invitations(_kept: Spans, now: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(expires_at__lt=now - INVITATION_KEPT)


def _accesses(_kept: Spans, now: datetime) -> QuerySet[SupportAccess]:
    return SupportAccess.objects.filter(ends_at__lt=now - ACCESS_KEPT)


def _unused(now: datetime, since: timedelta) -> QuerySet[User]:
    seen = User.objects.annotate(seen_at=Coalesce("last_login", "joined_at"))
    return seen.filter(is_active=True, seen_at__lte=now - since).order_by("pk")


def _told(user: User) -> str:
    seen = user.last_login or user.joined_at
    return f"account-unused:{user.pk}:{seen.date().isoformat()}"


def _over(now: datetime) -> list[User]:
    """List the accounts unused for two years whose owner was told thirty days ago."""
    unused = list(_unused(now, UNUSED)[:BATCH])
    told = OutgoingEmail.objects.filter(
        key__in=[_told(each) for each in unused], written_at__lte=now - NOTICE
    )
    keys = set(told.values_list("key", flat=True))
    return [each for each in unused if _told(each) in keys]


@transaction.atomic
def _close_unused(_kept: Spans, now: datetime) -> int:
    for user in _unused(now, UNUSED - NOTICE)[:BATCH]:
        tell_unused(user)
    over = _over(now)
    for user in over:
        _close(user)
    return ledger.note(Erasure.Kind.ACCOUNT, [user.pk for user in over], at=now)


def tell_unused(user: User) -> None:
    """Warn somebody whose account is nearly two years unused; in a transaction."""
    name, words = "identity/emails/account_unused", {"user": user}
    letter(name, words, to=[user.email], fact=_told(user)).send()


def _close(user: User) -> None:
    EmailAddress.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    UserSession.objects.filter(user=user).delete()
    forget_members(user)
    user.is_active, user.display_name = False, "–"
    user.email = f"compte-{user.pk}@efface.invalid"
    user.set_unusable_password()
    user.save(update_fields=["is_active", "display_name", "email", "password"])


def _delete_sessions(kept: Spans, now: datetime) -> int:
    return _sessions(kept, now).delete()[0]


def _delete_invitations(kept: Spans, now: datetime) -> int:
    return _invitations(kept, now).delete()[0]


def _delete_accesses(kept: Spans, now: datetime) -> int:
    return _accesses(kept, now).delete()[0]


ONCE = (
    Step("session", lambda kept, now: _sessions(kept, now).count(), _delete_sessions),
    Step("invitation", lambda kept, now: _invitations(kept, now).count(), _delete_invitations),
    Step("audit_row", lambda kept, now: _accesses(kept, now).count(), _delete_accesses),
    Step("staff_account", lambda _kept, now: len(_over(now)), _close_unused),
)

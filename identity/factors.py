"""Second factors: who has one, who must have one."""

from allauth.mfa.models import Authenticator

from identity.members import NEEDS_SECOND_FACTOR
from tenants.models import Commune, Membership, User


KINDS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_second_factor(user: User, *, but: int | None = None) -> bool:
    """Whether an application or a key protects the account; recovery codes do not count."""
    others = Authenticator.objects.filter(user=user, type__in=KINDS).exclude(pk=but)
    return bool(others.exists())


def needs_second_factor(user: User) -> bool:
    """Whether a role of the account demands a second factor; a role to practise never does."""
    demanding = Membership.objects.of(user).filter(role__in=NEEDS_SECOND_FACTOR)
    return demanding.exclude(commune__kind=Commune.Kind.SANDBOX).exists()

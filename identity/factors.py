"""Second factors: who has one, who must have one."""

from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from identity.members import NEEDS_SECOND_FACTOR
from tenants.models import Commune, Membership, User


ELSEWHERE = "elsewhere"  # what a provider of identities said of one account, in the session
KINDS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_second_factor(user: User, *, but: int | None = None) -> bool:
    """Whether an application or a key protects the account; recovery codes do not count."""
    others = Authenticator.objects.filter(user=user, type__in=KINDS).exclude(pk=but)
    return bool(others.exists())


def shown_elsewhere(request: HttpRequest) -> bool:
    """Whether a provider that is trusted for it saw the second factor of who is logged in.

    The session may remember what was said of another account: then it counts for nothing.
    """
    said = request.session.get(ELSEWHERE) or {}
    return bool(said.get("factor") and request.user.pk and said.get("user") == request.user.pk)


def needs_second_factor(user: User) -> bool:
    """Whether a role of the account demands a second factor; a role to practise never does."""
    demanding = Membership.objects.of(user).filter(role__in=NEEDS_SECOND_FACTOR)
    return demanding.exclude(commune__kind=Commune.Kind.SANDBOX).exists()

"""Second factors of somebody who lost them all: who vouches for her, and what is forgotten."""

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q

from identity import emails
from identity.access import TOP_ROLES
from identity.actions import end_sessions
from tenants.models import Membership, User


def may_vouch(*, for_user: User, by: User) -> bool:
    """Whether somebody manages a team of another person, or the association of her commune."""
    if by.pk == for_user.pk:
        return False
    hers = Membership.objects.of(for_user)
    places = Q(commune__in=hers.values("commune")) | Q(association__in=hers.values("association"))
    above = Q(association__in=hers.values("commune__association"))
    managed = Membership.objects.of(by).filter(role__in=TOP_ROLES)
    return managed.filter(places | above).exists()


@transaction.atomic
def forget_factors(*, user: User) -> int:
    """Forget the second factors of somebody who lost them all, and log her out; count them.

    Whoever asks for it has made sure who she is (README, "Somebody who lost every factor"). She is
    told by mail, and her role asks for a new factor before anything else.
    """
    number, _each = Authenticator.objects.filter(user=user).delete()
    emails.factors_forgotten(user).send()
    end_sessions(user=user)
    return int(number)

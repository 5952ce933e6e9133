"""Pauillac with FranceConnect, agents known to ProConnect, and an identity that waits."""

from datetime import datetime

from allauth.socialaccount.models import SocialAccount

from demo.provider_server import PAUILLAC, agents
from identity.actions import INVITATION_LIFE
from identity.models import Invitation
from parvis.signing import digest, new_token
from stateid.models import CitizenLogin, LinkRequest
from stateid.registered import PROCONNECT
from tenants.directory import proposed_siret
from tenants.models import Commune, Membership, User


MAIL = "pauillac.demo.parvis.test"
INVITED = f"invitee@{MAIL}"


def tell(*, commune: Commune, now: datetime) -> None:
    """Link whom the demo knows, invite somebody, let a mayor wait."""
    people = {one.email: one for one in agents(proposed_siret(PAUILLAC), MAIL)}
    known = User.objects.filter(email__in=people)
    SocialAccount.objects.bulk_create(
        SocialAccount(
            user=user,
            provider=PROCONNECT,
            uid=people[user.email].sub,
            extra_data={"sub": people[user.email].sub, "siret": people[user.email].siret},
        )
        for user in known
    )
    Invitation.objects.create(
        email=INVITED,
        commune=commune,
        role=Membership.Role.BOOKING_AGENT,
        digest=digest(new_token()),
        expires_at=now + INVITATION_LIFE,
    )
    mayor = User.objects.filter(email=f"maire@{MAIL}").first()
    if mayor is not None:
        LinkRequest.objects.create(
            user=mayor,
            commune=commune,
            provider=PROCONNECT,
            uid="pc-maire",
            siret=proposed_siret(PAUILLAC),
            asked_at=now,
        )
    CitizenLogin.objects.create(
        commune=commune, enabled_at=now, enabled_by_name="Mairie de Pauillac"
    )

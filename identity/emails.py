"""The messages about access. allauth writes its own, through ``identity.adapters``."""

from django.core.mail import EmailMessage

from identity.models import Invitation
from parvis.mail import letter
from tenants.hosts import absolute_url


def invited(invitation: Invitation, *, token: str) -> EmailMessage:
    """Offer to join a team; the link is the only place where the token appears."""
    words = {
        "invitation": invitation,
        "place": invitation.place,
        "inviter": invitation.invited_by,
        "url": absolute_url("login", f"/invitation/{token}/"),
    }
    return letter(
        "identity/emails/invited",
        words,
        to=[invitation.email],
        fact=f"invitation-{invitation.digest}",
    )

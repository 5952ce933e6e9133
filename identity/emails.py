"""The messages about access. allauth writes its own, through ``identity.adapters``."""

from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from identity.models import Invitation
from parvis.mail import FACT
from tenants.hosts import absolute_url


def invited(invitation: Invitation, *, token: str) -> EmailMessage:
    """Offer to join a team; the link is the only place where the token appears."""
    words = {
        "invitation": invitation,
        "place": invitation.place,
        "inviter": invitation.invited_by,
        "url": absolute_url("login", f"/invitation/{token}/"),
    }
    subject = render_to_string("identity/emails/invited_subject.txt", words, using="text")
    return EmailMessage(
        " ".join(subject.split()),
        render_to_string("identity/emails/invited.txt", words, using="text"),
        to=[invitation.email],
        headers={FACT: f"invitation-{invitation.digest}"},
    )

"""The messages about access. allauth writes its own, through ``identity.adapters``."""

import uuid

from django.core.mail import EmailMessage
from django.utils import translation

from audit import chain
from identity.models import Invitation, SupportAccess
from parvis.mail import letter
from tenants.hosts import absolute_url
from tenants.models import User


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


def support_opened(access: SupportAccess, *, to: list[str]) -> EmailMessage:
    """Tell the administrators of a commune that somebody reads in it, until when and why.

    The head of the record goes with it: what was written before cannot be changed unseen.
    """
    position, link = chain.head()
    words = {
        "access": access,
        "place": access.commune.name,
        "url": absolute_url(access.commune, "/agent/commune/journal/"),
        "position": position,
        "link": link,
    }
    return letter("identity/emails/support_opened", words, to=to, fact=f"support-{access.pk}")


def factors_forgotten(user: User) -> EmailMessage:
    """Tell somebody that her second factors are forgotten, in case she did not ask for it."""
    with translation.override(user.language):
        return letter(
            "identity/emails/factors_forgotten",
            {"url": absolute_url("login", "/")},
            to=[user.email],
            fact=f"factors-{uuid.uuid4()}",
        )

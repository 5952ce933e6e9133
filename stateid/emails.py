"""What is said of identities that open accounts."""

from allauth.socialaccount.models import SocialAccount
from django.core.mail import EmailMessage
from django.utils import translation

from parvis.mail import letter
from stateid.models import LinkRequest
from stateid.registered import name_of
from tenants.hosts import absolute_url
from tenants.models import Association


def linked(account: SocialAccount) -> EmailMessage:
    """Tell somebody that an identity opens her account from now on."""
    words = {
        "provider": name_of(account.provider),
        "url": absolute_url("login", "/compte/identites/"),
    }
    with translation.override(account.user.language):
        return letter(
            "stateid/emails/linked",
            words,
            to=[account.user.email],
            fact=f"identity-linked-{account.pk}",
        )


def link_asked(request: LinkRequest, *, to: list[str]) -> EmailMessage:
    """Ask the administrators of a team whether an identity is that of their colleague."""
    place = request.place
    kind = "association/" if isinstance(place, Association) else ""
    words = {
        "person": request.user,
        "place": place.name,
        "provider": name_of(request.provider),
        "url": absolute_url("login", f"/equipe/{kind}{place.slug}/identites/"),
    }
    return letter("stateid/emails/link_asked", words, to=to, fact=f"identity-asked-{request.pk}")

"""What is written for an alert, in the language it was asked in; nothing typed is repeated."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.core.mail import EmailMessage
from django.utils import timezone, translation

from nearby import words
from nearby.links import path_to
from nearby.models import Alert
from parvis.mail import letter, refusable
from parvis.pacing import PACED
from slots import links
from slots.search import Found
from tenants.hosts import absolute_url
from tenants.models import Commune


FOLDER = "nearby/emails"


def confirm(alert: Alert, commune: Commune) -> EmailMessage:
    """Ask whether the address is hers; a stranger can cause it, so it is paced."""
    message = _letter("confirm", alert, commune)
    message.extra_headers[PACED] = "1"
    return message


def free(alert: Alert, commune: Commune, found: Sequence[Found]) -> EmailMessage:
    """Tell what is free, each with the address that leads to it, and how to stop."""
    offers = [
        {
            "name": each.commune,
            "start": each.first,
            "distance": words.distance(each.km),
            "url": links.href(each, each.first),
        }
        for each in found
    ]
    message = _letter("free", alert, commune, offers=offers)
    return refusable(message, url=absolute_url(commune, f"{path_to(alert)}arreter/"))


def _letter(name: str, alert: Alert, commune: Commune, **facts: object) -> EmailMessage:
    with translation.override(alert.language), timezone.override(ZoneInfo(commune.time_zone)):
        told = {
            "alert": alert,
            "wish": words.wish_words(alert),
            "commune": commune,
            "url": absolute_url(commune, path_to(alert)),
            "language": alert.language,
            **facts,
        }
        return letter(
            f"{FOLDER}/{name}",
            told,
            to=[alert.email],
            fact=f"alert.{name}.{alert.pk}.{alert.rounds}",
        )

"""What is written to the administrators of a commune, and to whom a key was given."""

from collections.abc import Sequence

from django.core.mail import EmailMessage

from connect.models import ApiKey, Webhook
from connect.people import current_commune
from parvis.mail import letter
from tenants.hosts import absolute_url


PAGE = "/agent/commune/api/"


def key_expires(key: ApiKey, *, days: int, to: Sequence[str]) -> EmailMessage:
    """Say that a key ends soon, and where another one is given."""
    words = {"key": key, "client": key.client, "days": days, **_where()}
    return letter(
        "connect/emails/key_expires", words, to=to, fact=f"connect.key.{key.pk}.{days}.{to[0]}"
    )


def webhook_stopped(webhook: Webhook, *, error: str, to: Sequence[str]) -> EmailMessage:
    """Say that a webhook failed for too long, and is told nothing more."""
    words = {"webhook": webhook, "error": error, **_where(f"avis/{webhook.pk}/")}
    day = f"{webhook.stopped_at:%Y%m%d%H%M}"
    return letter(
        "connect/emails/webhook_stopped", words, to=to, fact=f"connect.stopped.{webhook.pk}.{day}"
    )


def _where(path: str = "") -> dict[str, object]:
    commune = current_commune()
    return {"commune": commune, "url": absolute_url(commune, f"{PAGE}{path}")}

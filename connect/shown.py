"""What pages show of programs, keys and webhooks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from connect import events, scopes
from connect.actions import REMINDED
from connect.models import ApiClient, ApiKey, CallDay, Delivery, Webhook


DAYS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a list: what it is, and how it is doing."""

    pk: int
    title: str
    text: str = ""
    badge: str = ""
    tone: str = "neutral"
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One key, as its table shows it."""

    key: ApiKey
    rights: list[str | Promise]
    state: str
    tone: str
    is_living: bool


def clients() -> QuerySet[ApiClient]:
    """List the programs, each with when its keys were used last."""
    alive = Q(keys__revoked_at=None)
    return ApiClient.objects.annotate(
        used_at=Max("keys__last_used_at"),
        given=Count("keys", filter=alive),
        ends_at=Max("keys__expires_at", filter=alive),
    ).order_by("name", "pk")


def client_line(client: ApiClient, *, now: datetime) -> Line:
    """Say whether a program still has a key, and until when."""
    ends_at = client.ends_at  # type: ignore[attr-defined]  # annotated
    used_at = client.used_at  # type: ignore[attr-defined]
    if ends_at is None or ends_at <= now:
        return Line(client.pk, client.name, client.contact, _("sans clé"), "warning", used_at)
    if ends_at <= now + timedelta(days=REMINDED[0]):
        return Line(
            client.pk, client.name, client.contact, _("expire bientôt"), "warning", used_at
        )
    return Line(client.pk, client.name, client.contact, _("relié"), "success", used_at)


def key_line(key: ApiKey, *, now: datetime) -> KeyLine:
    """Say what a key may do, and whether it still opens anything."""
    said = rights(key.scopes)
    if key.revoked_at:
        return KeyLine(key, said, _("révoquée"), "neutral", is_living=False)
    if key.expires_at <= now:
        return KeyLine(key, said, _("expirée"), "neutral", is_living=False)
    if key.expires_at <= now + timedelta(days=REMINDED[0]):
        return KeyLine(key, said, _("expire bientôt"), "warning", is_living=True)
    return KeyLine(key, said, _("valable"), "success", is_living=True)


def rights(names: Iterable[str]) -> list[str | Promise]:
    """Say in words what a key may do."""
    return [scopes.LABELS[each] for each in names]


def days(client: ApiClient, *, now: datetime) -> list[dict[str, Any]]:
    """Count the calls of a program by day, and give the last reason of a refusal."""
    since = timezone.localdate(now) - timedelta(days=DAYS_SHOWN)
    found = CallDay.objects.filter(key__client=client, day__gt=since)
    counted = found.values("day").annotate(
        all=Sum("calls"), no=Sum("refused"), why=Max("last_refusal")
    )
    return [dict(each) for each in counted.order_by("-day")]


def webhook_line(webhook: Webhook) -> Line:
    """Say whether a webhook works."""
    if webhook.stopped_at:
        state, tone = _("arrêté après trop d’échecs"), "danger"
    elif not webhook.is_active:
        state, tone = _("arrêté"), "neutral"
    elif webhook.failing_since:
        state, tone = _("en échec"), "warning"
    else:
        state, tone = _("en service"), "success"
    return Line(webhook.pk, webhook.name, webhook.url, state, tone, webhook.failing_since)


def delivery_line(delivery: Delivery) -> Line:
    """Say what became of something told."""
    said = str(events.LABELS[delivery.event])
    if delivery.sent_at:
        state, tone = _("reçu"), "success"
    elif delivery.dead_at:
        state, tone = _("abandonné"), "danger"
    elif delivery.attempts:
        state, tone = _("nouvel essai prévu"), "warning"
    else:
        state, tone = _("en attente"), "neutral"
    text = str(delivery.answer or "") if delivery.sent_at else delivery.last_error
    return Line(delivery.pk, said, text, state, tone, delivery.written_at)


def old_secret_until(webhook: Webhook, *, now: datetime) -> datetime | None:
    """Return until when the secret before this one signs too."""
    until = webhook.old_secret_until
    return until if until and until > now else None

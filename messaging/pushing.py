"""Browsers ask to be told of one thing, and are told, in the transaction of the fact."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from messaging.models import OutgoingPush, PushSubscription
from messaging.push_crypto import are_keys, public_key
from messaging.push_hosts import is_push_service
from parvis.deferred import defer
from parvis.errors import DomainError
from parvis.signing import digest


BROWSERS_MOST = 5  # that may follow one thing by one link


class NotABrowser(DomainError):
    """What was sent is not the subscription of a browser at a push service we know."""

    message = _("Ce navigateur ne peut pas recevoir de notifications d’ici.")


def is_available() -> bool:
    """Tell whether this installation can send notifications."""
    return bool(settings.VAPID_PRIVATE_KEY)


def key_for_browsers() -> str:
    """Return the key that a browser needs to subscribe, "" where none is sent."""
    return public_key(settings.VAPID_PRIVATE_KEY) if is_available() else ""


@transaction.atomic
def subscribe(
    *, subject: str, endpoint: str, keys: Mapping[str, str], language: str, now: datetime
) -> None:
    """Tell a browser of what happens to ``subject`` from now on; asked again, nothing changes.

    The oldest of six browsers makes room.

    Raises:
        NotABrowser: another address than a push service's, or keys that are none.
    """
    p256dh, auth = keys.get("p256dh", ""), keys.get("auth", "")
    if not (is_available() and is_push_service(endpoint) and are_keys(p256dh, auth)):
        raise NotABrowser
    PushSubscription.objects.update_or_create(
        subject=subject,
        endpoint=endpoint,
        defaults={"p256dh": p256dh, "auth": auth, "language": language, "created_at": now},
    )
    newest = PushSubscription.objects.filter(subject=subject).order_by("-created_at", "-pk")
    kept = list(newest.values_list("pk", flat=True)[:BROWSERS_MOST])
    PushSubscription.objects.filter(subject=subject).exclude(pk__in=kept).delete()


@transaction.atomic
def unsubscribe(*, subject: str, endpoint: str) -> None:
    """Forget a browser at once."""
    PushSubscription.objects.filter(subject=subject, endpoint=endpoint).delete()


def forget(subjects: Sequence[str]) -> None:
    """Forget every browser that wants to know of some things; in a transaction."""
    PushSubscription.objects.filter(subject__in=subjects).delete()


def subscriptions(subjects: Sequence[str]) -> list[PushSubscription]:
    """List the browsers that want to know of some things; one query."""
    return list(PushSubscription.objects.filter(subject__in=subjects).order_by("pk"))


def push(
    *, to: PushSubscription, fact: str, topic: str, title: str, body: str, navigate: str
) -> OutgoingPush:
    """Make a notification for one browser; ``title`` and ``body`` repeat nothing anybody typed.

    Of those with one ``topic``, a telephone that was off shows the newest only.
    """
    key = f"push.{fact}.{digest(to.endpoint)[:16]}"
    most = {field.name: field.max_length for field in OutgoingPush._meta.local_fields}  # noqa: SLF001 (Django's own documented name)
    return OutgoingPush(
        key=key,
        subscription=to,
        topic=topic,
        title=title[: most["title"]],
        body=body[: most["body"]],
        navigate=navigate,
    )


def send(pushes: list[OutgoingPush]) -> None:
    """Put notifications in the outbox, in the transaction that gives their reason."""
    if pushes:
        OutgoingPush.objects.bulk_create(pushes, ignore_conflicts=True)
        defer("parvis.deliver")

"""Tell webhooks what was noted for them: one claim each, no redirect, five seconds of patience.

A webhook that fails rests before anything else is tried on it: a server that is down costs one
try for each rest, whatever waits for it. One that fails for days is stopped, and the
administrators are written to. What is a sandbox or a preview tells nobody (``parvis.transport``).
"""

import time
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import ClassVar

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from connect import emails, signatures
from connect.models import Delivery, Webhook
from connect.people import administrators
from parvis import egress
from parvis.delivery import Later, Refused, drain
from parvis.egress import INTERNET, Answer, Forbidden, Reach, Unreachable
from parvis.encryption import Unreadable, decrypt
from parvis.models import Outgoing
from parvis.transport import LEAVES


PATIENCE_S = 5.0
BACKOFF = [
    timedelta(seconds=s)
    for s in (30, 120, 600, 1800, 3600, 7200, 14400, 28800, 57600, 86400, 86400)
]
LONGEST_REST = timedelta(hours=1)
STOPPED_AFTER = timedelta(days=3)
SLOW_S, SLOW_REST = 10.0, timedelta(minutes=1)  # of one pass over the outbox
MOST_BYTES = 100_000
# The program beside the demo that takes webhooks in: a name that exists nowhere.
DEMO_URL = "https://recepteur.parvis.test/avis"
NOW = (
    LEAVES
    + """ AND EXISTS (SELECT FROM connect_webhook hook WHERE hook.id = webhook_id
    AND hook.is_active AND (hook.paused_until IS NULL OR hook.paused_until <= %(now)s))"""
)


def deliver_due(*, now: datetime, reach: Reach = INTERNET) -> int:
    """Deliver what is due in the active commune; count it."""
    return drain(Webhooks(reach), now=now, leaves=NOW)


def is_due(*, now: datetime) -> bool:
    """Tell whether something waits."""
    waiting = Delivery.objects.waiting().filter(webhook__is_active=True, not_before__lte=now)
    return waiting.exists()


class Webhooks:
    """The way to the programs of others; a repeat bears the same number."""

    slug: ClassVar[str] = "avis"
    label: ClassVar[str | Promise] = gettext_lazy("Avis automatiques")
    icon: ClassVar[str] = "webhook"
    model: type[Outgoing] = Delivery
    repeats = True

    def __init__(self, reach: Reach = INTERNET) -> None:
        self._reach, self._began = reach, time.monotonic()
        self._spent: dict[int, float] = {}

    def send(self, row: Delivery, *, now: datetime) -> None:
        """Tell one fact.

        Raises:
            Refused: its words are gone, or its secret cannot be read.
            Later: the other side did not take it.
        """
        if not row.body:
            raise Refused(_("Le contenu n’est plus gardé."))
        hook = Webhook.objects.get(pk=row.webhook_id)
        began = time.monotonic()
        try:
            answer = self._post(hook, row, now)
        except Unreadable as fault:
            raise Refused(_("Le secret de cet avis ne peut plus être lu.")) from fault
        except Forbidden:
            error = _("Cette adresse n’est pas sur l’internet public.")
        except Unreachable:
            error = _("Le serveur ne répond pas.")
        else:
            error = self._judged(row, answer)
        self._answered(row, now)
        if error:
            raise self._failed(hook, row, error, now)
        self._succeeded(hook, now, time.monotonic() - began)

    def close(self) -> None:
        """Nothing is kept open."""

    def _post(self, hook: Webhook, row: Delivery, now: datetime) -> Answer:
        """Sign and send.

        Raises:
            Unreachable, Forbidden: as ``egress.post_foreign``.
            Unreadable: no key opens the secret.
        """
        row.answer = None
        keys = [decrypt(hook.secret)]
        if hook.old_secret and hook.old_secret_until and now < hook.old_secret_until:
            keys.append(decrypt(hook.old_secret))
        content = row.body.encode()
        headers = signatures.headers(
            keys,
            timestamp=int(now.timestamp() + time.monotonic() - self._began),
            delivery=row.key,
            event=row.event,
            body=content,
        )
        if settings.DEMO and settings.DEMO_RECEIVER and hook.url == DEMO_URL:
            return egress.post(
                settings.DEMO_RECEIVER,
                content,
                most_bytes=MOST_BYTES,
                patience_s=PATIENCE_S,
                headers=headers,
            )
        return egress.post_foreign(
            hook.url, content, headers=headers, reach=self._reach, patience_s=PATIENCE_S
        )

    def _judged(self, row: Delivery, answer: Answer) -> str:
        """Note what the other side says; return why it is no success."""
        row.answer = answer.status
        if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return ""
        return _("Le serveur répond « %(status)s ».") % {"status": answer.status}

    def _answered(self, row: Delivery, now: datetime) -> None:
        Delivery.objects.filter(pk=row.pk).update(answer=row.answer, tried_at=now)

    def _succeeded(self, hook: Webhook, now: datetime, seconds: float) -> None:
        """Note that it works; one that is slow rests, so that others are told meanwhile."""
        self._spent[hook.pk] = self._spent.get(hook.pk, 0.0) + seconds
        rest = now + SLOW_REST if self._spent[hook.pk] > SLOW_S else None
        if hook.failing_since or hook.paused_until or rest:
            Webhook.objects.filter(pk=hook.pk).update(failing_since=None, paused_until=rest)

    def _failed(self, hook: Webhook, row: Delivery, error: str, now: datetime) -> Later:
        """Let it rest, or stop it after days; return when the row is tried again."""
        wait = BACKOFF[min(row.attempts, len(BACKOFF)) - 1]
        since = hook.failing_since or now
        with transaction.atomic():
            hook = Webhook.objects.select_for_update(no_key=True).get(pk=hook.pk)
            hook.failing_since = since
            hook.paused_until = now + min(wait, LONGEST_REST)
            is_over = hook.is_active and now - since >= STOPPED_AFTER
            if is_over:
                hook.is_active, hook.stopped_at = False, now
            hook.save(update_fields=["failing_since", "paused_until", "is_active", "stopped_at"])
            if is_over and (to := administrators()):
                emails.webhook_stopped(hook, error=error, to=to).send()
        return Later(error, until=now + wait)

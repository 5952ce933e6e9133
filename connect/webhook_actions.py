"""What happens to the webhooks of a commune; the API calls these too."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from connect import events as known, signatures, webhooks
from connect.models import ApiClient, Delivery, Webhook
from identity.members import Member
from parvis.deferred import defer
from parvis.egress import INTERNET, is_public
from parvis.encryption import encrypt
from parvis.errors import DomainError


OVERLAP = timedelta(days=7)  # an old secret signs too
MOST = 20
LONGEST_URL = 500


class NotAnAddress(DomainError):
    """Only public addresses by https are told anything (security.md, section 6)."""

    message = _(
        "Indiquez une adresse publique qui commence par https://, sans mot de passe, "
        "sur le port 443 ou 8443."
    )
    status = 422


class NoEvent(DomainError):
    """A webhook that is told of nothing is of no use."""

    message = _("Cochez au moins un fait de la liste.")
    status = 422


class TooMany(DomainError):
    """Each one costs a row for each fact."""

    message = _("Vingt avis automatiques au plus : retirez-en un d’abord.")
    status = 422


class Emptied(DomainError):
    """What was told a month ago is not kept."""

    message = _("Le contenu de cet avis n’est plus gardé : il ne peut pas repartir.")


class NotInService(DomainError):
    """Nothing leaves to a webhook that was stopped."""

    message = _("Cet avis automatique est arrêté : remettez-le en service d’abord.")


@transaction.atomic
def create(
    *,
    name: str,
    url: str,
    events: Collection[str],
    by: Member,
    client: ApiClient | None = None,
) -> tuple[Webhook, str]:
    """Add a webhook; its secret is returned beside it, and shown once.

    Raises:
        NotAnAddress: the address is not one that may be told anything.
        NoEvent: it is told of nothing, or of what does not exist.
        TooMany: there are enough.
    """
    if Webhook.objects.count() >= MOST:
        raise TooMany
    secret = signatures.new_secret()
    made = Webhook.objects.create(
        name=name,
        url=checked(url),
        events=_chosen(events),
        client=client,
        secret=encrypt(secret),
        by_id=by.user_id,
        by_name=by.name,
    )
    return made, secret


@transaction.atomic
def change(*, webhook: Webhook, name: str, url: str, events: Collection[str]) -> Webhook:
    """Correct a webhook.

    Raises:
        NotAnAddress, NoEvent: as in ``create``.
    """
    webhook = _locked(webhook)
    webhook.name, webhook.url, webhook.events = name, checked(url), _chosen(events)
    webhook.save(update_fields=["name", "url", "events"])
    return webhook


@transaction.atomic
def rotate(*, webhook: Webhook, now: datetime) -> tuple[Webhook, str]:
    """Draw another secret, shown once; the old one signs too for a week."""
    webhook, secret = _locked(webhook), signatures.new_secret()
    webhook.old_secret, webhook.old_secret_until = webhook.secret, now + OVERLAP
    webhook.secret = encrypt(secret)
    webhook.save(update_fields=["secret", "old_secret", "old_secret_until"])
    return webhook, secret


@transaction.atomic
def stop(*, webhook: Webhook) -> Webhook:
    """Tell it nothing more; what waits stays until it is put back, or is too old."""
    webhook = _locked(webhook)
    webhook.is_active = False
    webhook.save(update_fields=["is_active"])
    return webhook


@transaction.atomic
def resume(*, webhook: Webhook, now: datetime) -> Webhook:
    """Put it back in service: what waits leaves now."""
    webhook = _locked(webhook)
    webhook.is_active = True
    webhook.failing_since = webhook.paused_until = webhook.stopped_at = None
    webhook.save(update_fields=["is_active", "failing_since", "paused_until", "stopped_at"])
    Delivery.objects.waiting().filter(webhook=webhook).update(not_before=now)
    defer("connect.deliver")
    return webhook


@transaction.atomic
def remove(*, webhook: Webhook) -> None:
    """Take a webhook away, with the record of what it was told."""
    _locked(webhook).delete()


@transaction.atomic
def try_out(*, webhook: Webhook, now: datetime) -> Delivery:
    """Send a fact that is none, to see whether it arrives.

    Raises:
        NotInService: it was stopped.
    """
    webhook = _locked(webhook)
    if not webhook.is_active:
        raise NotInService
    made = Delivery.objects.create(
        webhook=webhook,
        key=str(uuid.uuid4()),
        event=known.TEST,
        body=webhooks.body(known.TEST, {"message": "Parvis"}, now=now),
        written_at=now,
        not_before=now,
    )
    Webhook.objects.filter(pk=webhook.pk).update(paused_until=None)
    defer("connect.deliver")
    return made


@transaction.atomic
def resend(*, delivery: Delivery, now: datetime) -> Delivery:
    """Send once more what was told or given up, under the same number.

    Raises:
        Emptied: its words are not kept any more.
        NotInService: its webhook was stopped.
    """
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    webhook = _locked(delivery.webhook)
    if not delivery.body:
        raise Emptied
    if not webhook.is_active:
        raise NotInService
    delivery.not_before, delivery.attempts, delivery.last_error = now, 0, ""
    delivery.sent_at = delivery.dead_at = None
    delivery.save(update_fields=["not_before", "attempts", "last_error", "sent_at", "dead_at"])
    Webhook.objects.filter(pk=webhook.pk).update(paused_until=None)
    defer("connect.deliver")
    return delivery


def checked(url: str) -> str:
    """Return an address that may be told something, as far as its letters say.

    Where its name leads is checked at each delivery, at the moment of the connection.

    Raises:
        NotAnAddress: it may not.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError as fault:
        raise NotAnAddress from fault
    if (
        len(url) > LONGEST_URL
        or not url.isascii()
        or not url.isprintable()
        or any(each in url for each in ' "<>\\#@')
        or parts.scheme not in INTERNET.schemes
        or port not in INTERNET.ports
        or not _is_name_of_others(parts.hostname or "")
    ):
        raise NotAnAddress
    return url


def _is_name_of_others(host: str) -> bool:
    """Tell whether a name may be one of the internet: it has a dot, and is no address of ours."""
    host = host.rstrip(".").lower()
    if host.endswith((".localhost", ".local", ".internal", ".lan", ".home.arpa")):
        return False
    try:
        return is_public(host)
    except ValueError:  # a name
        return "." in host and not host.rpartition(".")[2].isdigit()


def _chosen(events: Collection[str]) -> list[str]:
    """Return what is told, in the order of the list.

    Raises:
        NoEvent: it is nothing, or something else.
    """
    if not events or not set(events) <= set(known.CHOICES):
        raise NoEvent
    return [each for each in known.CHOICES if each in events]


def _locked(webhook: Webhook) -> Webhook:
    return Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)

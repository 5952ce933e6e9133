"""What happens to programs of others and their keys (open311.md section 10, security.md T22)."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from connect import emails, keys, scopes as known
from connect.models import ApiClient, ApiKey
from connect.people import administrators
from identity.members import Member
from parvis.errors import DomainError
from parvis.signing import digest


LONGEST = timedelta(days=365)
OVERLAP = timedelta(days=14)  # a renewed key still opens, while the other side changes it
MOST_KEYS = 20
REMINDED = (30, 7)  # days before the end


class NoScope(DomainError):
    """A key that may do nothing is of no use, and one that may do unknown things is a mistake."""

    message = _("Cochez au moins un droit de la liste.")
    status = 422


class BadExpiry(DomainError):
    """A key lives a year at most."""

    message = _("Une clé vaut un an au plus, et sa fin est à venir.")
    status = 422


class TooManyKeys(DomainError):
    """Forgotten keys are open doors."""

    message = _("Vingt clés valables au plus pour un logiciel : révoquez-en d’abord.")
    status = 422


class AlreadyRevoked(DomainError):
    """A key that was taken back does not come again."""

    message = _("Cette clé est déjà révoquée.")


def create_client(
    *, name: str, contact: str, role: str = ApiClient.Role.SOURCE, by: Member
) -> ApiClient:
    """Note a program that will talk with the commune."""
    return ApiClient.objects.create(
        name=name, contact=contact, role=role, by_id=by.user_id, by_name=by.name
    )


@transaction.atomic
def change_client(*, client: ApiClient, name: str, contact: str, role: str) -> ApiClient:
    """Correct what is known of a program."""
    client.name, client.contact, client.role = name, contact, role
    client.save(update_fields=["name", "contact", "role"])
    return client


@transaction.atomic
def issue_key(
    *,
    client: ApiClient,
    scopes: Collection[str],
    by: Member,
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Give a key to a program; the text returned beside it is seen once and kept nowhere.

    Raises:
        NoScope: none is named, or an unknown one.
        BadExpiry: it would live for more than a year, or be over already.
        TooManyKeys: the program has enough of them.
    """
    until = expires_at or now + LONGEST
    if not scopes or not set(scopes) <= known.ALL:
        raise NoScope
    if not now < until <= now + LONGEST:
        raise BadExpiry
    ApiClient.objects.select_for_update(no_key=True).get(pk=client.pk)
    if living(now=now).filter(client=client).count() >= MOST_KEYS:
        raise TooManyKeys
    prefix, secret = keys.drawn()
    key = ApiKey.objects.create(
        client=client,
        prefix=prefix,
        digest=digest(secret),
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=until,
        by_id=by.user_id,
        by_name=by.name,
    )
    return key, secret


@transaction.atomic
def revoke(*, key: ApiKey, by: Member, now: datetime) -> ApiKey:
    """Take a key back, at once and for good.

    Raises:
        AlreadyRevoked: it was.
    """
    key = _locked(key)
    key.revoked_at, key.revoked_by_name = now, by.name
    key.save(update_fields=["revoked_at", "revoked_by_name"])
    return key


@transaction.atomic
def renew(*, key: ApiKey, by: Member, now: datetime) -> tuple[ApiKey, str]:
    """Give a new key with the same rights; the old one opens for two more weeks at most.

    Raises:
        AlreadyRevoked: the old one was taken back.
        TooManyKeys: the program has enough of them.
    """
    key = _locked(key)
    renewed = issue_key(client=key.client, scopes=key.scopes, by=by, now=now)
    if key.expires_at > now + OVERLAP:
        key.expires_at = now + OVERLAP
        key.save(update_fields=["expires_at"])
    return renewed


def note_use(*, key_id: int, at: datetime) -> None:
    """Note when a key was used, to the hour."""
    stale = Q(last_used_at=None) | Q(last_used_at__lte=at - keys.NOTED_EVERY)
    ApiKey.objects.filter(stale, pk=key_id).update(last_used_at=at)


def remind(*, now: datetime) -> int:
    """Write about each key that ends within a month, then within a week; count the letters."""
    to, written = administrators(), 0
    ending = living(now=now).filter(expires_at__lte=now + timedelta(days=REMINDED[0]))
    for key in ending.select_related("client"):
        days = REMINDED[1] if key.expires_at <= now + timedelta(days=REMINDED[1]) else REMINDED[0]
        with transaction.atomic():
            for each in [*to, key.client.contact]:
                emails.key_expires(key, days=days, to=[each]).send()
                written += 1
    return written


def living(*, now: datetime) -> QuerySet[ApiKey]:
    """Find the keys that open something now."""
    return ApiKey.objects.filter(revoked_at=None, expires_at__gt=now)


def _locked(key: ApiKey) -> ApiKey:
    """Take a key for a change.

    Raises:
        AlreadyRevoked: it was taken back meanwhile.
    """
    fresh = ApiKey.objects.select_for_update(no_key=True).get(pk=key.pk)
    if fresh.revoked_at is not None:
        raise AlreadyRevoked
    return fresh

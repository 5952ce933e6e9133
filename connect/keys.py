"""Check the key that a program shows (open311.md section 10, security.md T22).

A key is ``pv_`` + eight characters that name it + 160 random bits. Only the SHA-256 is kept. Keys
live in the commune's schema: that of another commune is unknown here, as any other text.
"""

import base64
import re
import secrets
from datetime import datetime, timedelta

from django.core.cache import caches
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from connect import calls
from connect.models import ApiKey
from parvis.deferred import defer
from parvis.errors import DomainError
from parvis.signing import digest


BRAND, NAME_BYTES, SECRET_BYTES = "pv", 5, 20
FORM = re.compile(r"(pv_[a-z2-7]{8})_[a-z2-7]{32}")
NOTED_EVERY = timedelta(hours=1)
BEARER = "bearer "
NOBODY = digest("nobody")


class KeyRefused(DomainError):
    """A key does not open this door; ``code`` says why, for machines."""

    status = 403
    code = "key_refused"


class KeyMissing(KeyRefused):
    """There is none."""

    message = _("Il manque la clé.")
    code = "key_missing"


class KeyUnknown(KeyRefused):
    """This commune gave no such key: a mistake, or a key of another commune."""

    message = _("Cette clé est inconnue de cette commune.")
    code = "key_unknown"


class KeyExpired(KeyRefused):
    """Its time is over."""

    message = _("Cette clé a expiré : la mairie peut en donner une autre.")
    code = "key_expired"


class KeyRevoked(KeyRefused):
    """The town hall took it back."""

    message = _("Cette clé a été révoquée par la mairie.")
    code = "key_revoked"


class ScopeMissing(KeyRefused):
    """It opens other doors; ``scope`` is the one it lacks."""

    message = _("Cette clé ne donne pas ce droit.")
    code = "scope_missing"

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope


def found(asked: HttpRequest | str, *, scope: str = "", now: datetime) -> ApiKey:
    """Return the key that a request shows, its client loaded; one query.

    ``asked`` is a request, of which ``shown_by`` finds the key, or the key itself. Without
    ``scope`` any living key will do. Each call is counted (:mod:`connect.calls`). What is refused
    says nothing of what exists elsewhere.

    Raises:
        KeyMissing, KeyUnknown, KeyExpired, KeyRevoked, ScopeMissing: as their names say; all are
            ``KeyRefused``.
    """
    secret = asked if isinstance(asked, str) else shown_by(asked)
    if not secret:
        raise KeyMissing
    key = _known(secret)
    try:
        _check(key, scope, now)
    except KeyRefused as refusal:
        calls.came(key, now=now, refusal=f"{refusal} {scope}")
        raise
    calls.came(key, now=now)
    _note_use(key, now)
    return key


def shown_by(request: HttpRequest) -> str:
    """Return what a request shows as its key: ``Authorization: Bearer``, else ``api_key``.

    Open311 has the parameter; FixMyStreet writes it in addresses too.
    """
    header = request.headers.get("Authorization", "")
    if header[: len(BEARER)].lower() == BEARER:
        return header[len(BEARER) :].strip()
    return str(request.POST.get("api_key") or request.GET.get("api_key") or "").strip()


def drawn() -> tuple[str, str]:
    """Draw a key: its name, which may be shown, and the whole, which is shown once."""
    name = f"{BRAND}_{_letters(NAME_BYTES)}"
    return name, f"{name}_{_letters(SECRET_BYTES)}"


def _letters(count: int) -> str:
    return base64.b32encode(secrets.token_bytes(count)).decode().lower()


def _known(secret: str) -> ApiKey:
    """Find a key by its name, then compare fingerprints in constant time.

    Raises:
        KeyUnknown: there is none.
    """
    form = FORM.fullmatch(secret)
    if form is None:
        raise KeyUnknown
    key = ApiKey.objects.filter(prefix=form[1]).select_related("client").first()
    kept = key.digest if key else NOBODY
    if not constant_time_compare(kept, digest(secret)) or key is None:
        raise KeyUnknown
    return key


def _check(key: ApiKey, scope: str, now: datetime) -> None:
    if key.revoked_at is not None:
        raise KeyRevoked
    if key.expires_at <= now:
        raise KeyExpired
    if scope and scope not in key.scopes:
        raise ScopeMissing(scope)


def _note_use(key: ApiKey, now: datetime) -> None:
    """Have the use of a key noted, once an hour and not here: reading writes nothing."""
    if key.last_used_at is not None and now - key.last_used_at < NOTED_EVERY:
        return
    cache, mark = caches["default"], f"connect:used:{key.pk}"
    if cache.get(mark) is None:
        cache.set(mark, 1, 60)
        defer("connect.note_use", key=key.pk, at=now.isoformat())

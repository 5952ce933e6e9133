"""Signatures and secret tokens that are worth nothing in another commune."""

import hashlib
import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.signing import BadSignature
from django.db import connection
from django.utils.crypto import constant_time_compare, salted_hmac


__all__ = [
    "BadSignature",
    "digest",
    "is_stamp",
    "new_token",
    "seal",
    "sign",
    "sign_for",
    "stamp",
    "unseal",
    "unsign",
    "unsign_from",
]
STAMP = 20  # hexadecimal digits: 80 bits


def _here() -> str:
    """Name the active schema; parvis.guard is for those who have models."""
    return str(connection.schema_name)  # type: ignore[attr-defined]


def sign(value: Any, *, purpose: str) -> str:
    """Sign a JSON value for one purpose, in the current schema only."""
    return signing.dumps(value, salt=f"{purpose}:{_here()}", compress=True)


def unsign(text: str, *, purpose: str, max_age: int) -> Any:
    """Read a value signed for ``purpose`` at most ``max_age`` seconds ago in this schema.

    Raises:
        django.core.signing.BadSignature: forged, expired, or signed elsewhere.
    """
    return signing.loads(text, salt=f"{purpose}:{_here()}", max_age=max_age)


def sign_for(value: Any, *, purpose: str, schema: str) -> str:
    """Sign a JSON value that another commune, and no other, will read."""
    return signing.dumps(value, salt=f"{purpose}:{schema}", compress=True)


def unsign_from(schema: str, text: str, *, purpose: str, max_age: int) -> Any:
    """Read a value that a known schema signed, without being in it.

    Raises:
        django.core.signing.BadSignature: forged, expired, or signed elsewhere.
    """
    return signing.loads(text, salt=f"{purpose}:{schema}", max_age=max_age)


def seal(text: str, *, purpose: str) -> str:
    """Sign a short text without a date: the same text always gives the same address."""
    return signing.Signer(sep=".", salt=f"{purpose}:{_here()}").sign(text)


def unseal(sealed: str, *, purpose: str) -> str:
    """Read a text sealed for ``purpose`` in this schema.

    Raises:
        django.core.signing.BadSignature: forged, or sealed elsewhere.
    """
    return signing.Signer(sep=".", salt=f"{purpose}:{_here()}").unsign(sealed)


def stamp(text: str, *, purpose: str, schema: str) -> str:
    """Sign a text with small letters and digits alone, for where their case is lost."""
    return _stamp(text, f"{purpose}:{schema}", settings.SECRET_KEY)


def is_stamp(value: str, text: str, *, purpose: str, schema: str) -> bool:
    """Tell whether ``value`` is the stamp of a text, by this key or an earlier one."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    found = [_stamp(text, f"{purpose}:{schema}", key) for key in keys]
    return any(constant_time_compare(value.lower(), each) for each in found)


def _stamp(text: str, salt: str, key: str) -> str:
    return salted_hmac(salt, text, secret=key, algorithm="sha256").hexdigest()[:STAMP]


def new_token() -> str:
    """Draw a secret of 192 bits that fits in a URL."""
    return secrets.token_urlsafe(24)


def digest(token: str) -> str:
    """Hash a token for storage: the database never holds what opens a door."""
    return hashlib.sha256(token.encode()).hexdigest()

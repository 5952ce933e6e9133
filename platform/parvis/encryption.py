"""Secrets that have to be read again, kept encrypted: a key of others, what signs for us.

A secret that only has to be recognised is hashed instead: :func:`parvis.signing.digest`.
"""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """No key of the ring opens it: it was encrypted elsewhere, or the key was thrown away."""


def encrypt(text: str) -> str:
    """Encrypt with the newest key."""
    return _ring().encrypt(text.encode()).decode()


def decrypt(encrypted: str, *, max_age: int | None = None) -> str:
    """Decrypt with whichever key of the ring fits; ``max_age`` in seconds.

    Raises:
        Unreadable: none does, or it is older than ``max_age``.
    """
    try:
        return _ring().decrypt(encrypted.encode(), ttl=max_age).decode()
    except InvalidToken as fault:
        raise Unreadable from fault


def _ring() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FERNET_KEYS])

"""The keys of what leaves for the State's platform: hashed numbers, derived links.

Each key has a version, which is stored beside what it made. A new key makes what is new; what
the former ones made goes on, so an address that was declared never changes (ANTS contract, 7).
"""

import hashlib
import hmac

from django.conf import settings
from django.utils.crypto import constant_time_compare


FIRST = 1
MAC = 32  # hexadecimal digits: 128 bits


def versions() -> dict[int, bytes]:
    """Give every key by its version; without any of their own, the platform's secret is one."""
    known = {int(number): key.encode() for number, key in settings.ANTS_KEYS.items()}
    return known or {FIRST: settings.SECRET_KEY.encode()}


def newest() -> int:
    """Return the version that makes what is new."""
    return max(versions())


def hash_of(number: str, *, version: int) -> str:
    """Hash a normalised number: without the key nobody finds it by trying them all."""
    return _digest("number", number, version=version)


def hashes(number: str) -> list[str]:
    """Hash a normalised number by every key, to look for it."""
    return [hash_of(number, version=version) for version in versions()]


def mac(schema: str, reference: str, number: str, *, version: int) -> str:
    """Prove that an address of one appointment, for one number, was made here."""
    return _digest("link", f"{schema}:{reference}:{number}", version=version)[:MAC]


def is_mac(given: str, schema: str, reference: str, number: str) -> bool:
    """Tell whether any key proves an address."""
    made = [mac(schema, reference, number, version=version) for version in versions()]
    return any(constant_time_compare(given, each) for each in made)


def _digest(purpose: str, text: str, *, version: int) -> str:
    key = hashlib.sha256(b"ants." + purpose.encode() + b":" + versions()[version]).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

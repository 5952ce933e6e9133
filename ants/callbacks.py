"""The address behind a free start of the national search: signed, and nothing in it is trusted.

It carries place, wall time, titles and number of persons; service and length are computed again by
whoever opens it (ANTS contract, 3.4). The signature is a keyed BLAKE2: a search asks for tens of
thousands of them.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils.crypto import constant_time_compare


PATH = "/rdv/titres"
WALL = "%Y-%m-%dT%H:%M"
SIZE = 10  # bytes: 80 bits


def signer(point: int, reason: str, persons: int, *, secret: str = "") -> Callable[[str], str]:
    """Return what signs the wall times of one place, written as ``WALL``, for one question."""
    key = hashlib.sha256(b"ants.callback:" + (secret or settings.SECRET_KEY).encode()).digest()
    base = hashlib.blake2b(f"{point}:{reason}:{persons}:".encode(), key=key, digest_size=SIZE)

    def sign(at: str) -> str:
        each = base.copy()
        each.update(at.encode())
        return each.hexdigest()

    return sign


def is_signed(point: int, reason: str, persons: int, *, at: datetime, signature: str) -> bool:
    """Tell whether an address was published here, by this key or an earlier one."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    wall = at.strftime(WALL)
    made = [signer(point, reason, persons, secret=each)(wall) for each in secrets]
    return any(constant_time_compare(signature, each) for each in made)

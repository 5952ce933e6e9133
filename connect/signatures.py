"""Sign what a webhook is told, and check it at the other end. Pure.

``Parvis-Signature: v1=<hex>[,v1=<hex>]`` is the HMAC-SHA256, under each secret in force, of
``timestamp.id.body``: ``Parvis-Timestamp``, ``Parvis-Delivery`` and the body as it was sent. A
receiver refuses what is older than five minutes, and what it has already taken in by its id
(security.md T17).
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping


SIGNATURE, TIMESTAMP, DELIVERY = "Parvis-Signature", "Parvis-Timestamp", "Parvis-Delivery"
EVENT = "Parvis-Event"
TOLERANCE_S = 300
VERSION = "v1="
BRAND = "whsec_"
LONGEST_NUMBER = 20


class Invalid(Exception):
    """It does not come from who it says, or not now."""


def new_secret() -> str:
    """Draw a secret of 256 bits."""
    return f"{BRAND}{secrets.token_hex(32)}"


def signature(secret: str, *, timestamp: int, delivery: str, body: bytes) -> str:
    """Sign one delivery under one secret."""
    signed = f"{timestamp}.{delivery}.".encode() + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def headers(
    keys: Iterable[str], *, timestamp: int, delivery: str, event: str, body: bytes
) -> dict[str, str]:
    """Write the headers of one delivery; while a secret is being changed, both sign."""
    signed = (signature(each, timestamp=timestamp, delivery=delivery, body=body) for each in keys)
    return {
        "Content-Type": "application/json; charset=utf-8",
        EVENT: event,
        DELIVERY: delivery,
        TIMESTAMP: str(timestamp),
        SIGNATURE: ",".join(f"{VERSION}{each}" for each in signed),
    }


def check(secret: str, *, told: Mapping[str, str], body: bytes, now: float) -> str:
    """Return the id of a delivery that is signed and fresh.

    ``told`` are the headers, however they are spelled.

    Raises:
        Invalid: a header is missing or wrong, it is too old, or nobody who knows the secret
            signed it.
    """
    known = {name.lower(): value for name, value in told.items()}
    delivery = known.get(DELIVERY.lower(), "")
    written = known.get(TIMESTAMP.lower(), "")
    if not (written.isascii() and written.isdecimal()) or len(written) > LONGEST_NUMBER:
        raise Invalid("timestamp")
    if abs(now - int(written)) > TOLERANCE_S:
        raise Invalid("too old")
    wanted = signature(secret, timestamp=int(written), delivery=delivery, body=body)
    given = known.get(SIGNATURE.lower(), "").split(",")
    found = [each.strip().removeprefix(VERSION) for each in given if VERSION in each]
    if not any(hmac.compare_digest(wanted.encode(), each.encode()) for each in found):
        raise Invalid("signature")
    return delivery

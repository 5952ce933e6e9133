"""What a push service needs: a payload that only the browser reads (RFC 8291), who asks (8292)."""

import base64
import json
import os
from functools import lru_cache

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02


POINT, SECRET = 65, 16  # bytes of a browser's public key and of the secret it shares
DECLARATIVE = 8030  # the mark of a Declarative Web Push


def decode(text: str) -> bytes:
    """Read base64 as browsers write it, without its padding.

    Raises:
        ValueError: this is not base64.
    """
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def are_keys(p256dh: str, auth: str) -> bool:
    """Tell whether these are the keys of a browser: a point of the curve, and a secret."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point := decode(p256dh))
        return len(point) == POINT and len(decode(auth)) == SECRET
    except ValueError:
        return False


@lru_cache(maxsize=4)
def _identity(private_key: str) -> Vapid02:
    return Vapid02.from_raw(private_key.encode())


def public_key(private_key: str) -> str:
    """Return what a browser is given when it subscribes."""
    key = _identity(private_key).public_key
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def authorisation(private_key: str, *, audience: str, contact: str, until: int) -> str:
    """Sign who sends, for one push service and until a time."""
    claims = {"aud": audience, "sub": contact, "exp": until}
    return str(_identity(private_key).sign(claims)["Authorization"])


def sealed(notification: dict[str, str], *, p256dh: str, auth: str) -> bytes:
    """Encrypt a notification for one browser."""
    content = json.dumps({"web_push": DECLARATIVE, "notification": notification}).encode()
    result: bytes = http_ece.encrypt(
        content,
        salt=os.urandom(16),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=decode(p256dh),
        auth_secret=decode(auth),
        version="aes128gcm",
    )
    return result

"""What a signed token of a provider may be: OpenID Connect Core 1.0, 3.1.3.7, to the letter."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jwt


LEEWAY_S = 30  # between two clocks
SUB_MOST = 191  # characters that the table of identities holds
Keys = Callable[[bool], Sequence[Mapping[str, Any]]]


class Refused(Exception):
    """The token proves nothing; the word says which check failed, for the log."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed with a provider: its name, ours, and the one algorithm."""

    issuer: str
    client_id: str
    algorithm: str


def claims_of(
    token: object, *, agreed: Agreed, keys: Keys, required: Sequence[str]
) -> dict[str, Any]:
    """Check the signature of a token, whom it comes from and whom it is for.

    ``keys(fresh)`` gives the keys that the provider publishes; asked again, once, for one that is
    not known yet. A key that the token itself brings is not looked at.

    Raises:
        Refused: anything is not as it must be.
    """
    try:
        key = _key(jwt.get_unverified_header(str(token))["kid"], keys)
        claims: dict[str, Any] = jwt.decode(
            str(token),
            jwt.PyJWK(dict(key), algorithm=agreed.algorithm).key,
            algorithms=[agreed.algorithm],
            audience=agreed.client_id,
            issuer=agreed.issuer,
            leeway=LEEWAY_S,
            options={"require": ["iss", "aud", "sub", *required]},
        )
    except (jwt.PyJWTError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise Refused(f"token: {type(error).__name__}") from error
    if claims["aud"] not in (agreed.client_id, [agreed.client_id]):
        raise Refused("token: for several services")
    if not is_sub(claims["sub"]):
        raise Refused("token: sub")
    return claims


def is_sub(value: object) -> bool:
    """Tell whether it can be the key of an identity."""
    return isinstance(value, str) and 0 < len(value) <= SUB_MOST and value.isprintable()


def _key(kid: object, keys: Keys) -> Mapping[str, Any]:
    for fresh in (False, True):
        for key in keys(fresh):
            if isinstance(kid, str) and key.get("kid") == kid:
                return key
    raise LookupError("unknown kid")

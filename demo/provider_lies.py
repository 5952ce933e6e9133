"""Every way in which a provider, or whoever stands between, lies about somebody: for tests."""

import json
from collections.abc import Callable
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from demo.strict_provider import Lie, StrictProvider


THIEF = ec.generate_private_key(ec.SECP256R1())
LONG_AGO, LATER = 3_600, 3_600
Claims = dict[str, Any]


def without(name: str) -> Callable[[Claims], Claims]:
    """Leave a claim out."""
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def saying(**said: object) -> Callable[[Claims], Claims]:
    """Say something else."""
    return lambda claims: claims | said


def shifted(name: str, seconds: int) -> Callable[[Claims], Claims]:
    """Move a moment."""
    return lambda claims: claims | {name: claims[name] + seconds}


def _aged(claims: Claims) -> Claims:
    return shifted("iat", -LONG_AGO)(shifted("exp", -LONG_AGO)(claims))


def _by_thief(provider: StrictProvider, token: str) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(claims, THIEF, algorithm="ES256", headers={"kid": provider.kid})


def _own_key(_provider: StrictProvider, token: str) -> str:
    """Bring the key that it was signed with."""
    claims = jwt.decode(token, options={"verify_signature": False})
    key = jwt.algorithms.ECAlgorithm.to_jwk(THIEF.public_key(), as_dict=True)
    headers = {"kid": "thief", "jwk": {**key, "kid": "thief"}}
    return jwt.encode(claims, THIEF, algorithm="ES256", headers=headers)


def _unsigned(provider: StrictProvider, token: str) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(claims, "", algorithm="none", headers={"kid": provider.kid})


def _with_public_key(provider: StrictProvider, token: str) -> str:
    """Sign with HMAC and what everybody knows: the public key of the provider."""
    claims = jwt.decode(token, options={"verify_signature": False})
    public = provider.key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return jwt.encode(claims, public, algorithm="HS256", headers={"kid": provider.kid})


def _other_kid(provider: StrictProvider, token: str) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    return provider.sign(claims, {"kid": "nobody-has-it"})


def _no_kid(provider: StrictProvider, token: str) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(claims, provider.key, algorithm="ES256")


def _plain(_provider: StrictProvider, token: str) -> str:
    return json.dumps(jwt.decode(token, options={"verify_signature": False}))


LIES: dict[str, Lie] = {
    "id_token signed by somebody else": Lie(id_token=_by_thief),
    "userinfo signed by somebody else": Lie(userinfo=_by_thief),
    "id_token brings its own key": Lie(id_token=_own_key),
    "userinfo brings its own key": Lie(userinfo=_own_key),
    "id_token without signature": Lie(id_token=_unsigned),
    "userinfo without signature": Lie(userinfo=_unsigned),
    "id_token signed with the public key": Lie(id_token=_with_public_key),
    "userinfo signed with the public key": Lie(userinfo=_with_public_key),
    "id_token by an unknown key": Lie(id_token=_other_kid),
    "id_token names no key": Lie(id_token=_no_kid),
    "id_token is garbage": Lie(id_token=lambda _provider, _token: "a.b.c"),
    "id_token is absent": Lie(id_token=lambda _provider, _token: None),
    "nonce of another login": Lie(id_claims=saying(nonce="n" * 43)),
    "nonce missing": Lie(id_claims=without("nonce")),
    "nonce empty": Lie(id_claims=saying(nonce="")),
    "nonce is no text": Lie(id_claims=saying(nonce=[1])),
    "exp missing": Lie(id_claims=without("exp")),
    "iat missing": Lie(id_claims=without("iat")),
    "aud missing": Lie(id_claims=without("aud")),
    "sub missing": Lie(id_claims=without("sub")),
    "acr missing": Lie(id_claims=without("acr")),
    "expired": Lie(id_claims=_aged),
    "iat in the future": Lie(id_claims=shifted("iat", LATER)),
    "id_token for another service": Lie(id_claims=saying(aud="somebody-else")),
    "id_token for several services": Lie(id_claims=lambda c: c | {"aud": [c["aud"], "other"]}),
    "id_token of another issuer": Lie(id_claims=saying(iss="https://evil.example")),
    "userinfo for another service": Lie(user_claims=saying(aud="somebody-else")),
    "userinfo of another issuer": Lie(user_claims=saying(iss="https://evil.example")),
    "acr too low": Lie(id_claims=saying(acr="eidas0")),
    "acr is a list": Lie(id_claims=lambda c: c | {"acr": [c["acr"]]}),
    "userinfo of somebody else": Lie(user_claims=saying(sub="somebody-else")),
    "userinfo not signed": Lie(userinfo=_plain, userinfo_kind="application/json"),
    "userinfo names no sub": Lie(user_claims=without("sub")),
    "sub is no text": Lie(id_claims=saying(sub=7), user_claims=saying(sub=7)),
    "sub is too long": Lie(id_claims=saying(sub="s" * 300), user_claims=saying(sub="s" * 300)),
    "sub holds a NUL": Lie(id_claims=saying(sub="a\0b"), user_claims=saying(sub="a\0b")),
}

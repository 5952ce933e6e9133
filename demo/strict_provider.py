"""An identity provider as strict as the State's, with people who do not exist.

It refuses what ProConnect and FranceConnect refuse: a parameter it does not know, a state or a
nonce under 32 characters, a redirect URI that was not registered, a code used twice or after
30 s, an access token after 60 s. ``mutation`` makes it lie in one way of ``demo.provider_lies``.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec


SHORTEST = 32  # characters of a state and of a nonce
CODE_S, TOKEN_S, ID_TOKEN_S = 30, 60, 60
USUAL = frozenset({"response_type", "client_id", "redirect_uri", "scope", "state", "nonce"})


class Refused(Exception):
    """What the provider answers with 400."""


@dataclass(frozen=True, slots=True)
class Client:
    """A service that was registered."""

    id: str
    secret: str
    redirect_uris: frozenset[str]
    logout_uris: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be chosen on the page of the provider."""

    sub: str
    given_name: str
    family_name: str
    email: str
    siret: str = ""
    idp_id: str = ""
    amr: tuple[str, ...] = ("pwd",)
    role: str = ""  # what the page says of her, and no token does

    @property
    def claims(self) -> dict[str, str]:
        """What a provider may tell of her."""
        known = {k: v for k, v in asdict(self).items() if isinstance(v, str) and v and k != "role"}
        return known | {"usual_name": self.family_name}


@dataclass(frozen=True, slots=True)
class Rules:
    """How one provider differs from another."""

    extra: frozenset[str] = frozenset()  # parameters it knows besides the usual ones
    wants: frozenset[str] = frozenset()  # those of them it demands
    scopes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    acr: str = "eidas1"
    signs_userinfo: bool = True


PROCONNECT = Rules(
    extra=frozenset({"claims", "prompt", "idp_hint"}),
    scopes={
        "openid": (),
        "uid": (),
        "given_name": ("given_name",),
        "usual_name": ("usual_name",),
        "email": ("email",),
        "siret": ("siret",),
        "idp_id": ("idp_id",),
    },
    acr="https://proconnect.gouv.fr/assurance/consistency-checked",
)
FRANCECONNECT = Rules(
    extra=frozenset({"acr_values", "prompt"}),
    wants=frozenset({"acr_values"}),
    scopes={
        "openid": (),
        "given_name": ("given_name",),
        "family_name": ("family_name",),
        "email": ("email",),
    },
)
PLAIN = Rules(
    extra=frozenset({"code_challenge", "code_challenge_method"}),
    wants=frozenset({"code_challenge", "code_challenge_method"}),
    scopes={
        "openid": (),
        "profile": ("given_name", "family_name"),
        "email": ("email",),
    },
    signs_userinfo=False,
)


@dataclass(slots=True)
class Grant:
    """What a code, then an access token, gives a right to."""

    client: Client
    redirect_uri: str
    nonce: str
    scope: tuple[str, ...]
    challenge: str
    person: Person
    until: float


@dataclass(frozen=True, slots=True)
class Lie:
    """One way of lying: each function changes a thing on its way out."""

    id_claims: Callable[[dict[str, Any]], dict[str, Any]] = dict
    id_token: Callable[["StrictProvider", str], str | None] = lambda _provider, token: token
    id_headers: Callable[[dict[str, Any]], dict[str, Any]] = dict
    user_claims: Callable[[dict[str, Any]], dict[str, Any]] = dict
    userinfo: Callable[["StrictProvider", str], str] = lambda _provider, token: token
    userinfo_kind: str = "application/jwt"


HONEST = Lie()


@dataclass
class StrictProvider:
    """One provider: what it was asked, what it gave."""

    issuer: str
    client: Client
    rules: Rules
    people: list[Person]
    lie: Lie = HONEST
    clock: Callable[[], float] = time.time
    kid: str = "2026"
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    codes: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, Grant] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def discovery(self) -> dict[str, Any]:
        """Say where everything is."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/session/end",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def jwks(self) -> dict[str, Any]:
        """Publish the key, by its number."""
        key = jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**key, "kid": self.kid, "use": "sig", "alg": "ES256"}]}

    # --- The browser ----------------------------------------------------------------------

    def check(self, query: str) -> dict[str, str]:
        """Read what an authorization asks for.

        Raises:
            Refused: it is not exactly what was agreed.
        """
        given = parse_qs(query, keep_blank_values=True, strict_parsing=True)
        asked = {name: values[0] for name, values in given.items()}
        unknown = set(asked) - USUAL - self.rules.extra
        missing = (USUAL | self.rules.wants) - set(asked)
        wrong = [
            bool(unknown),
            bool(missing),
            any(len(values) > 1 for values in given.values()),
            asked.get("response_type") != "code",
            asked.get("client_id") != self.client.id,
            asked.get("redirect_uri") not in self.client.redirect_uris,
            min(len(asked.get("state", "")), len(asked.get("nonce", ""))) < SHORTEST,
            not set(asked.get("scope", "").split()) <= set(self.rules.scopes),
            "openid" not in asked.get("scope", "").split(),
            asked.get("code_challenge_method", "S256") != "S256",
            asked.get("acr_values", self.rules.acr) != self.rules.acr,
        ]
        if any(wrong):
            raise Refused(f"Y000400 {sorted(unknown)} {sorted(missing)} {wrong.index(True)}")
        return asked

    def grant(self, query: str, person: Person) -> str:
        """Let a person through, and return where her browser goes.

        Raises:
            Refused: see ``check``.
        """
        asked = self.check(query)
        code = secrets.token_urlsafe(32)
        self.codes[code] = Grant(
            client=self.client,
            redirect_uri=asked["redirect_uri"],
            nonce=asked["nonce"],
            scope=tuple(asked["scope"].split()),
            challenge=asked.get("code_challenge", ""),
            person=person,
            until=self.clock() + CODE_S,
        )
        back = {"code": code, "state": asked["state"], "iss": self.issuer}
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def deny(self, query: str, error: str = "access_denied") -> str:
        """Send the browser back with an error."""
        asked = self.check(query)
        return f"{asked['redirect_uri']}?{urlencode({'error': error, 'state': asked['state']})}"

    def leave(self, query: str) -> str:
        """End the session, and return where the browser goes.

        Raises:
            Refused: without the token of a session, or to an address that was not registered.
        """
        given = {name: values[0] for name, values in parse_qs(query).items()}
        where = given.get("post_logout_redirect_uri", "")
        if set(given) != {"id_token_hint", "state", "post_logout_redirect_uri"}:
            raise Refused("logout")
        claims = jwt.decode(
            given["id_token_hint"],
            self.key.public_key(),
            algorithms=["ES256"],
            audience=self.client.id,
            options={"verify_exp": False},
        )
        if where not in self.client.logout_uris or len(given["state"]) < SHORTEST:
            raise Refused("logout")
        self.asked.append(f"logout {claims['sub']}")
        return f"{where}?{urlencode({'state': given['state']})}"

    # --- From server to server ------------------------------------------------------------

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        """Exchange a code, once.

        Raises:
            Refused: used, too old, of another client, for another address, without its proof.
        """
        grant = self.codes.pop(form.get("code", ""), None)
        if grant is None or grant.until < self.clock():
            raise Refused("invalid_grant")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        known = {
            "grant_type": "authorization_code",
            "client_id": grant.client.id,
            "client_secret": grant.client.secret,
            "redirect_uri": grant.redirect_uri,
        }
        if any(form.get(name) != value for name, value in known.items()):
            raise Refused("invalid_client")
        if grant.challenge and proof != grant.challenge:
            raise Refused("invalid_grant")
        access = secrets.token_urlsafe(32)
        grant.until = self.clock() + TOKEN_S
        self.tokens[access] = grant
        answer = {"access_token": access, "token_type": "Bearer", "expires_in": TOKEN_S}
        id_token = self.lie.id_token(self, self._id_token(grant))
        return answer if id_token is None else answer | {"id_token": id_token}

    def userinfo(self, authorization: str) -> tuple[str, str | dict[str, Any]]:
        """Tell who she is, signed or plain: (kind, content).

        Raises:
            Refused: unknown or too old.
        """
        grant = self.tokens.get(authorization.removeprefix("Bearer "))
        if grant is None or grant.until < self.clock():
            raise Refused("invalid_token")
        names = {"sub", *(name for each in grant.scope for name in self.rules.scopes[each])}
        known = {k: v for k, v in grant.person.claims.items() if k in names}
        if not self.rules.signs_userinfo:
            return "application/json", self.lie.user_claims(known)
        claims = self.lie.user_claims(known | {"iss": self.issuer, "aud": grant.client.id})
        return self.lie.userinfo_kind, self.lie.userinfo(self, self.sign(claims))

    def _id_token(self, grant: Grant) -> str:
        now = int(self.clock())
        claims = {
            "iss": self.issuer,
            "aud": grant.client.id,
            "sub": grant.person.sub,
            "iat": now,
            "exp": now + ID_TOKEN_S,
            "nonce": grant.nonce,
            "acr": self.rules.acr,
            "amr": list(grant.person.amr),
        }
        return self.sign(self.lie.id_claims(claims), self.lie.id_headers({"kid": self.kid}))

    def sign(self, claims: dict[str, Any], headers: dict[str, Any] | None = None) -> str:
        """Sign as this provider does."""
        return jwt.encode(
            claims, self.key, algorithm="ES256", headers=headers or {"kid": self.kid}
        )


def query_of(address: str) -> str:
    """Return what an address asks."""
    return urlsplit(address).query

"""The providers that are known: two of the State from settings, one per association."""

import json
import re
from dataclasses import dataclass

from allauth.socialaccount.models import SocialApp
from django.conf import settings

from parvis.encryption import decrypt
from stateid.models import AssociationLogin
from tenants.models import Association


KIND = "stateid"
PROCONNECT, FRANCECONNECT, OF_ASSOCIATION = "proconnect", "franceconnect", "association-"
NUMBER = re.compile(r"[1-9][0-9]{0,17}")  # written one way: an identity has one name
# Levels where somebody checked that the person works where she says; "self-asserted" is none.
CONSISTENT = [
    "eidas1",
    "https://proconnect.gouv.fr/assurance/consistency-checked",
    "https://proconnect.gouv.fr/assurance/consistency-checked-2fa",
]
AMR = {"amr": {"essential": True}}  # ProConnect says it only when it is asked for


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a provider may speak of: anybody of a SIREN, or the people of one association."""

    association_id: int | None = None
    domains: tuple[str, ...] = ()


def find(provider_id: str) -> SocialApp | None:
    """Find a provider by its id; None when it is unknown, incomplete or switched off."""
    if provider_id == PROCONNECT:
        return proconnect()
    if provider_id == FRANCECONNECT:
        return franceconnect()
    number = provider_id.removeprefix(OF_ASSOCIATION)
    if number == provider_id or not NUMBER.fullmatch(number):
        return None
    known = AssociationLogin.objects.filter(is_enabled=True, association__pk=int(number))
    found = known.select_related("association").first()
    return of_association(found) if found else None


def proconnect() -> SocialApp | None:
    """Return ProConnect, where it is configured.

    Only what it allows is asked: any other parameter is its error Y000400.
    """
    acr = settings.PROCONNECT["acr"] or CONSISTENT
    asked = {"id_token": AMR | {"acr": {"essential": True, "values": acr}}}
    return _of_the_state(
        PROCONNECT,
        "ProConnect",
        settings.PROCONNECT,
        {
            "scope": [
                *("openid", "uid", "given_name", "usual_name", "email", "siret", "idp_id"),
            ],
            "accept_acr": acr,
            "auth_params": {"claims": json.dumps(asked, separators=(",", ":"))},
        },
    )


def franceconnect() -> SocialApp | None:
    """Return FranceConnect, where it is configured; any level that it knows is enough."""
    return _of_the_state(
        FRANCECONNECT,
        "FranceConnect",
        settings.FRANCECONNECT,
        {
            "scope": ["openid", "given_name", "family_name", "email"],
            "accept_acr": ["eidas1", "eidas2", "eidas3"],
            "auth_params": {"acr_values": "eidas1"},
        },
    )


def of_association(found: AssociationLogin) -> SocialApp:
    """Return the provider of an association: plain OpenID Connect, with PKCE."""
    return SocialApp(
        provider=KIND,
        provider_id=f"{OF_ASSOCIATION}{found.association_id}",
        name=found.association.short_name,
        client_id=found.client_id,
        secret=decrypt(found.secret_sealed),
        settings={
            "server_url": found.issuer,
            "scope": ["openid", "profile", "email"],
            "alg": found.algorithm,
            "auth_params": {},
            "oauth_pkce_enabled": True,
        },
    )


def scope_of(provider_id: str) -> Scope:
    """Say whom a known provider may speak of."""
    if not provider_id.startswith(OF_ASSOCIATION):
        return Scope()
    number = int(provider_id.removeprefix(OF_ASSOCIATION))
    found = AssociationLogin.objects.get(association__pk=number)
    return Scope(association_id=number, domains=tuple(found.domains))


def name_of(provider_id: str) -> str:
    """Name a provider for people, also one that is switched off."""
    if provider_id in {PROCONNECT, FRANCECONNECT}:
        return {PROCONNECT: "ProConnect", FRANCECONNECT: "FranceConnect"}[provider_id]
    number = provider_id.removeprefix(OF_ASSOCIATION)
    found = Association.objects.filter(pk=int(number)).first() if number.isdigit() else None
    return found.short_name if found else provider_id


def _of_the_state(
    provider_id: str, name: str, known: dict[str, object], told: dict[str, object]
) -> SocialApp | None:
    if not (known["issuer"] and known["client_id"] and known["secret"]):
        return None
    return SocialApp(
        provider=KIND,
        provider_id=provider_id,
        name=name,
        client_id=known["client_id"],
        secret=known["secret"],
        settings={
            "server_url": known["issuer"],
            "alg": known["algorithm"],
            "is_strict": True,
            **told,
        },
    )

"""What an association and a commune choose of logging in elsewhere."""

from collections.abc import Sequence
from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from identity.members import Member
from parvis.encryption import encrypt
from parvis.errors import DomainError
from stateid import discovery
from stateid.models import AssociationLogin, CitizenLogin, LinkRequest
from stateid.registered import OF_ASSOCIATION
from tenants.models import Association, Commune


NAME_MOST = 80


class NoSecret(DomainError):
    """A provider is offered that nobody could ask."""

    message = _("Donnez le secret que le fournisseur vous a remis.")


@transaction.atomic
def offer_to_citizens(*, commune: Commune, is_offered: bool, by: Member, now: datetime) -> None:
    """Let FranceConnect fill in the forms of a commune, or stop it."""
    if not is_offered:
        CitizenLogin.objects.filter(commune_id=commune.pk).delete()
        return
    CitizenLogin.objects.get_or_create(
        commune_id=commune.pk,
        defaults={"enabled_at": now, "enabled_by_name": by.name[:NAME_MOST]},
    )


@transaction.atomic
def configure_login(
    *,
    association: Association,
    siren: str,
    issuer: str,
    client_id: str,
    secret: str,
    algorithm: str,
    domains: Sequence[str],
    is_enabled: bool,
    by: Member,
    now: datetime,
) -> AssociationLogin:
    """Keep the provider of an association; an empty ``secret`` keeps the one that is known.

    Another issuer or client never gets the secret of the one before. What another issuer called
    somebody opens nothing any more: a ``sub`` names a person beside its ``iss`` only (OpenID
    Connect Core 1.0, 5.7).

    Raises:
        NoSecret: the provider is offered, and nobody ever gave its secret.
    """
    known = AssociationLogin.objects.filter(association=association).first()
    kept = ""
    if known and (known.issuer, known.client_id) == (issuer, client_id):
        kept = known.secret_sealed
    sealed = encrypt(secret) if secret else kept
    if is_enabled and not sealed:
        raise NoSecret
    if known and known.issuer and known.issuer != issuer:
        _forget_identities(f"{OF_ASSOCIATION}{association.pk}")
    found, _is_new = AssociationLogin.objects.update_or_create(
        association=association,
        defaults={
            "siren": siren,
            "issuer": issuer,
            "client_id": client_id,
            "secret_sealed": sealed,
            "algorithm": algorithm,
            "domains": list(domains),
            "is_enabled": is_enabled,
            "changed_at": now,
            "changed_by_name": by.name[:NAME_MOST],
        },
    )
    return found


def _forget_identities(provider: str) -> None:
    SocialAccount.objects.filter(provider=provider).delete()
    LinkRequest.objects.filter(provider=provider).delete()


def tried(*, issuer: str, algorithm: str) -> str:
    """Ask a provider what it says of itself, and return what is wrong with it, if anything.

    Raises:
        OAuth2Error: it does not answer, or not as it should.
    """
    document = discovery.document(issuer, fresh=True)
    discovery.keys(document["jwks_uri"], fresh=True)
    signs = document.get("id_token_signing_alg_values_supported")
    if isinstance(signs, list) and algorithm not in signs:
        return str(_("Ce fournisseur ne signe pas ainsi. Choisissez l’autre signature."))
    proofs = document.get("code_challenge_methods_supported")
    if isinstance(proofs, list) and "S256" not in proofs:
        return str(_("Ce fournisseur ne connaît pas la preuve S256 (PKCE), qui est exigée."))
    return ""

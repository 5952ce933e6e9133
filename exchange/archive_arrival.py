"""A commune arrives from another Parvis: its schema, its rows, its photos, its people."""

import json
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from audit import noting
from exchange import archive_load
from exchange.archive_format import BadArchive, Reader
from exchange.archive_load import Proof, Tell
from exchange.archive_write import REGISTRY
from parvis.acting import in_bulk
from parvis.errors import DomainError
from tenants.actions import UnknownInseeCode, create_schema, list_commune
from tenants.lifecycle import begin_configuring
from tenants.models import Association, Commune, Membership, User
from tenants.tasks import in_each


SENTENCES = {
    "not_a_zip": _("Ce fichier n’est pas une archive ZIP, ou il est coupé."),
    "no_manifest": _("Ce ZIP n’est pas une archive de Parvis : il n’a pas de manifeste."),
    "bad_manifest": _("Le manifeste de l’archive est illisible."),
    "other_format": _("Ce ZIP n’est pas l’archive d’une commune."),
    "other_version": _(
        "L’archive vient d’une autre version de Parvis. Mettez les deux à la même version, "
        "puis refaites l’archive."
    ),
    "strange_name": _("L’archive contient un fichier dont le nom est interdit."),
    "strange_file": _("L’archive contient un lien ou un fichier chiffré."),
    "twice": _("L’archive contient deux fois le même fichier."),
    "other_files": _("Les fichiers de l’archive ne sont pas ceux que son manifeste annonce."),
    "too_large": _("L’archive est démesurée."),
    "wrong_size": _("Un fichier n’a pas la taille annoncée : l’archive a été modifiée."),
    "wrong_hash": _("L’empreinte d’un fichier est fausse : l’archive a été modifiée."),
    "damaged": _("Un fichier de l’archive est abîmé."),
    "does_not_fit": _("Une ligne de l’archive ne convient pas à sa table."),
    "not_the_same": _("Après la reprise, des lignes diffèrent : rien n’a été gardé."),
    "not_empty": _("Cette commune a déjà des données ici : rien n’a été écrit."),
}


class Refused(DomainError):
    """The archive was refused; nothing is left of it."""

    status = 422

    def __init__(self, fault: BadArchive) -> None:
        super().__init__(fault)
        said = SENTENCES[fault.why]
        self.message = f"{said} ({fault.detail})" if fault.detail else str(said)


class AlreadyHere(DomainError):
    """The commune has a schema."""

    message = _("Cette commune a déjà son site ici : retirez-le d’abord.")


def arrive(
    path: Path,
    *,
    association: Association | None,
    insee_code: str = "",
    tell: Tell = lambda _what: None,
) -> tuple[Commune, Proof]:
    """Create a commune from an archive and prove that nothing was lost on the way.

    ``insee_code`` receives the data under another commune, for a trial. Citizens see nothing yet:
    the commune is being configured, and no message that waited leaves.

    Raises:
        Refused: the archive is not to be trusted, or does not fit.
        AlreadyHere: the commune has a schema.
        UnknownInseeCode: no commune of France has this code.
    """
    with in_bulk(archive_load.ARRIVING):
        commune, proof = _arrive(path, association, insee_code, tell)
    list(in_each([commune], lambda: noting.note(noting.Fact("arrived", commune.name))))
    return commune, proof


def _arrive(
    path: Path, association: Association | None, insee_code: str, tell: Tell
) -> tuple[Commune, Proof]:
    """Do all that without a line in the record for each row: the archive brings its own."""
    try:
        with Reader(path) as reader:
            registry = json.loads(b"".join(reader.pieces("registry.json")))
            code = insee_code or str(reader.manifest.commune.get("insee_code", ""))
            commune = _registered(code, association)
            create_schema(commune=commune)
            ((_commune, proof),) = in_each([commune], lambda: archive_load.load(reader, tell=tell))
    except BadArchive as fault:
        raise Refused(fault) from fault
    except (KeyError, ValueError) as fault:
        raise Refused(BadArchive("bad_manifest", str(fault)[:80])) from fault
    _settle(commune, registry, is_itself=not insee_code)
    return commune, proof


def _registered(code: str, association: Association | None) -> Commune:
    commune = Commune.objects.filter(insee_code=code).first()
    commune = commune or list_commune(insee_code=code, association=association)
    if commune.has_schema:
        raise AlreadyHere
    return commune


@transaction.atomic
def _settle(commune: Commune, registry: dict[str, Any], *, is_itself: bool) -> None:
    """Write what the platform knows of a commune, and let its people in by invitation or code."""
    if is_itself:
        facts = {
            name: registry["commune"][name]
            for name in REGISTRY
            if name not in {"insee_code", "slug", "kind"} and name in registry["commune"]
        }
        Commune.objects.filter(pk=commune.pk).update(**facts)
    Commune.objects.filter(pk=commune.pk).update(messages_from=Now())
    for person in registry["people"]:
        _let_in(commune, person)
    begin_configuring(commune=commune)


def _let_in(commune: Commune, person: dict[str, Any]) -> None:
    """Give somebody back her place; she opens a new account with a code sent to her address."""
    if not person["is_active"] or person["role"] not in Membership.COMMUNE_ROLES:
        return
    user = User.objects.filter(email__iexact=person["email"]).first()
    if user is None:
        user = User.objects.create_user(person["email"], None, display_name=person["name"])
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Membership.objects.get_or_create(user=user, commune=commune, defaults={"role": person["role"]})


__all__ = ["AlreadyHere", "Refused", "UnknownInseeCode", "arrive"]

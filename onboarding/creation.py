"""Create a commune from its INSEE code, or a preview of it: what is asked, and each step.

The steps are put together by ``onboarding.tasks.bring_up``, in the queue: killed anywhere, it
goes on where it was.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from identity import limits
from identity.actions import AlreadyInvited, AlreadyMember, NotAllowed, invite_administrator
from identity.members import DIRECTOR, Member
from onboarding.actions import MoveRefused, move, signature
from onboarding.models import CommuneFile, Creation, Onboarding
from onboarding.stages import Module, Stage
from onboarding.usual import colour_for, is_by_the_sea
from parvis.deferred import defer
from parvis.errors import DomainError
from tenants import lifecycle
from tenants.models import Association, Commune, Membership


MOST_PREVIEWS = 200  # alive at once, on the whole platform
DEFAULT_COLOUR = "#24507f"
READY_TO_CREATE = (Stage.COMMITTED, Stage.CONFIGURING, Stage.TRAINING)
Step = Literal["schema_at", "furnished_at", "open_to_team_at"]


class TooManyPreviews(DomainError):
    """Each preview is a whole site: there is a limit to how many live at once."""

    message = _("Trop d’aperçus existent en ce moment. Réessayez demain, ou écrivez-nous.")
    status = 429


class NotCommitted(DomainError):
    """Nobody has said yes yet."""

    message = _(
        "Cette commune n’est pas encore engagée. Notez d’abord son engagement sur sa fiche, avec "
        "la délibération ou la convention."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What somebody confirmed of a commune before it is created."""

    siret: str
    vat_number: str
    postcode: str
    population: int
    phone: str
    email: str
    address: str


@transaction.atomic
def ask_preview(*, commune: Commune, now: datetime) -> Commune:
    """Have a preview made, and kept for two weeks; asked again, it is the same one.

    Raises:
        TooManyPreviews: as many as the platform bears.
        lifecycle.AlreadyThere: the commune is configured or open.
    """
    alive = Commune.objects.filter(delete_after__isnull=False).exclude(pk=commune.pk)
    if alive.count() >= MOST_PREVIEWS:
        raise TooManyPreviews
    asked = lifecycle.ask_preview(commune=commune, now=now)
    defer("onboarding.bring_up", commune_id=asked.pk)
    return asked


@transaction.atomic
def ask(
    *, commune: Commune, facts: Facts, admin_email: str, by: Member, now: datetime
) -> Creation:
    """Have a commune created, with its first administrator invited.

    Raises:
        NotCommitted: no module of it is committed.
        lifecycle.AlreadyThere: it exists.
    """
    stages = Onboarding.objects.filter(commune=commune).values_list("stage", flat=True)
    if not set(stages) & set(READY_TO_CREATE):
        raise NotCommitted
    current = lifecycle.ask_creation(commune=commune)
    current.vat_number, current.postcode = facts.vat_number, facts.postcode
    current.population, current.phone = facts.population, facts.phone
    current.email, current.address = facts.email, facts.address
    current.save(
        update_fields=["vat_number", "postcode", "population", "phone", "email", "address"]
    )
    CommuneFile.objects.update_or_create(
        commune=current, defaults={"siret": facts.siret, "updated_at": now}
    )
    creation, _is_new = Creation.objects.get_or_create(
        commune=current, defaults={"admin_email": admin_email, "asked_at": now, **signature(by)}
    )
    defer("onboarding.bring_up", commune_id=current.pk)
    return creation


@transaction.atomic
def go_on(*, commune: Commune) -> None:
    """Wake a worker for a commune whose creation stopped."""
    defer("onboarding.bring_up", commune_id=commune.pk)


@contextmanager
def alone(commune_id: int) -> Iterator[bool]:
    """Say whether nobody else works on this commune now; a worker that dies leaves no lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_lock(hashtext('onboarding.bring_up'), %s)", [commune_id]
        )
        is_mine = bool(cursor.fetchone()[0])
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_advisory_unlock(hashtext('onboarding.bring_up'), %s)", [commune_id]
                )


def dress(*, commune: Commune) -> None:
    """Give a commune a colour of its own, unless it has chosen one."""
    if commune.brand_colour == DEFAULT_COLOUR:
        sea = is_by_the_sea(commune.insee_code, commune.name, commune.epci_name)
        commune.brand_colour = colour_for(commune.insee_code, by_the_sea=sea)
        commune.save(update_fields=["brand_colour"])


def note(*, commune: Commune, step: Step, now: datetime) -> None:
    """Write down when a step was done for the first time; a preview keeps no such record."""
    Creation.objects.filter(commune=commune, **{f"{step}__isnull": True}).update(**{step: now})


@transaction.atomic
def move_on(*, commune: Commune, now: datetime) -> None:
    """Note in the pipeline that the committed modules are being configured; safe to repeat."""
    creation = _locked(commune)
    if creation is None or creation.moved_at is not None:
        return
    by = Member(user_id=creation.by_id, name=creation.by_name, role=DIRECTOR)
    for onboarding in Onboarding.objects.filter(commune=commune, stage=Stage.COMMITTED):
        try:
            move(
                commune=commune,
                module=Module(onboarding.module),
                stage=Stage.CONFIGURING,
                now=now,
                by=by,
                evidence=str(_("Espace de la commune créé")),
            )
        except MoveRefused:  # somebody moved it meanwhile: her word counts
            continue
    creation.moved_at = now
    creation.save(update_fields=["moved_at"])


@transaction.atomic
def invite(*, commune: Commune, now: datetime) -> None:
    """Invite the first administrator, once; whoever is in the team already needs no invitation.

    After too many invitations in a day it stays to be done: the next try may pass.
    """
    creation = _locked(commune)
    if creation is None or creation.invited_at is not None:
        return
    inviter = _inviter(creation, commune.association)
    if inviter is not None:
        try:
            with transaction.atomic():
                invite_administrator(
                    by=inviter, commune=commune, email=creation.admin_email, now=now
                )
        except limits.TooMany:
            return
        except (AlreadyInvited, AlreadyMember, NotAllowed):
            pass
        creation.invited_at = now
        creation.save(update_fields=["invited_at"])


def _inviter(creation: Creation, association: Association | None) -> Membership | None:
    """Find who asked, or whoever directs the association now that she has left."""
    team = (
        Membership.objects.at_work()
        .filter(association=association)
        .select_related("user")
        .order_by("role", "pk")
    )
    return team.filter(user_id=creation.by_id).first() or team.first()


def _locked(commune: Commune) -> Creation | None:
    return (
        Creation.objects.select_for_update(of=("self",), no_key=True)
        .filter(commune=commune)
        .first()
    )

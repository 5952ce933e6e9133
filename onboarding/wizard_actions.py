"""What the wizard writes: the commune's identity and file, its set-up, its proofs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy as _, override

from booking import planning
from booking.reconfiguring import reconfigure
from identity.members import Member
from incidents.configuration import install_pack
from incidents.reconfiguring import reconfigure as reconfigure_reports
from onboarding import setting_up, wizard_emails
from onboarding.facts import situation
from onboarding.models import CommuneFile, Proof, ReadinessItem
from onboarding.readiness_words import evidence
from onboarding.weeks import Week
from parvis.deferred import defer, defer_to
from parvis.errors import DomainError
from parvis.guard import PUBLIC
from tenants.hosts import forget_hosts
from tenants.models import Commune


IDENTITY = ("address", "phone", "email", "website", "brand_colour")
SITE = "Mairie"


class NoAddress(DomainError):
    """There is nobody to write to."""

    message = _("Renseignez d’abord le courriel de la mairie, à l’étape « Votre mairie ».")


class LinkOver(DomainError):
    """The address changed since the message left, or the link is too old."""

    message = _("Ce lien n’est plus valable : demandez un nouveau courriel d’essai.")
    status = 410


@transaction.atomic
def keep_identity(*, commune: Commune, values: Mapping[str, Any]) -> None:
    """Write what citizens read of their town hall; every process reads it again."""
    Commune.objects.filter(pk=commune.pk).update(**{name: values[name] for name in IDENTITY})
    transaction.on_commit(forget_hosts)
    _look_again()


@transaction.atomic
def keep_file(*, commune: Commune, values: Mapping[str, Any], now: datetime) -> CommuneFile:
    """Write some fields of the commune's file; the others stay."""
    own, _created = CommuneFile.objects.get_or_create(
        commune=commune, defaults={"updated_at": now}
    )
    for name, value in values.items():
        setattr(own, name, value)
    own.updated_at = now
    own.save(update_fields=[*values, "updated_at"])
    _look_again()
    return own


@transaction.atomic
def choose_modules(
    *, commune: Commune, values: Mapping[str, Any], by: Member | None, now: datetime
) -> None:
    """Say what the commune takes up, and have its counters and stations in service."""
    places = {name: values[name] or 0 for name in ("counters", "stations")}
    file = {name: value for name, value in values.items() if name not in places}
    keep_file(commune=commune, values=file, now=now)
    if values["has_booking"]:
        reconfigure(
            label=gettext("Guichets et stations"),
            work=lambda: setting_up.set_places(**places, site_name=SITE, address=commune.address),
            by=by,
            now=now,
        )


@transaction.atomic
def choose_services(
    *, commune: Commune, slugs: Sequence[str], by: Member | None, now: datetime
) -> None:
    """Offer these services and no other of the templates."""
    reconfigure(
        label=gettext("Démarches choisies"),
        work=lambda: setting_up.choose_services(slugs, site_name=SITE, address=commune.address),
        by=by,
        now=now,
    )
    _look_again()


@transaction.atomic
def choose_week(*, week: Week, urgent_percent: int, by: Member | None, now: datetime) -> None:
    """Replace the weekly hours."""
    reconfigure(
        label=gettext("Semaine choisie"),
        work=lambda: setting_up.choose_week(
            week, urgent_percent=urgent_percent, now_day=planning.local_day(now)
        ),
        by=by,
        now=now,
    )
    _look_again()


@transaction.atomic
def choose_pack(*, name: str, by: Member | None, now: datetime) -> None:
    """Add the categories of a pack that are not there yet.

    Raises:
        KeyError: there is no such pack.
    """
    reconfigure_reports(
        label=gettext("Lot de catégories"), work=lambda: install_pack(name), by=by, now=now
    )
    _look_again()


@transaction.atomic
def invite_team(*, commune: Commune, addresses: Sequence[str], role: str, by: Member) -> None:
    """Have invitations sent by who keeps accounts; those in the team already are left alone."""
    for email in addresses:
        defer_to(
            PUBLIC,
            "onboarding.invite",
            commune_id=commune.pk,
            email=email,
            role=role,
            by_id=by.user_id,
        )


@transaction.atomic
def prove(
    *,
    commune: Commune,
    kind: str,
    now: datetime,
    subject: str = "",
    version: str = "",
    by: Member | None = None,
) -> Proof:
    """Keep who accepted or did something, and when; the first time counts."""
    proof, _created = Proof.objects.get_or_create(
        commune=commune,
        kind=kind,
        subject=subject,
        defaults={
            "version": version,
            "at": now,
            "by_id": by.user_id if by else None,
            "by_name": by.name if by else "",
        },
    )
    _look_again()
    return proof


@transaction.atomic
def send_trial(*, commune: Commune, kind: str, to: str, now: datetime) -> None:
    """Send a message whose link proves that somebody reads this address; once a minute at most.

    Raises:
        NoAddress: there is no address.
    """
    if not to:
        raise NoAddress
    # From the public outbox: nothing leaves a commune that is not open yet.
    defer_to(
        PUBLIC,
        "onboarding.send_trial",
        commune_id=commune.pk,
        kind=kind,
        address=to,
        token=wizard_emails.trial_token(kind, to),
        minute=f"{now:%Y%m%d%H%M}",
    )


@transaction.atomic
def confirm_trial(*, commune: Commune, kind: str, address: str, now: datetime) -> Proof:
    """Keep that a trial message was read.

    Raises:
        LinkOver: the reply address has changed since.
    """
    if kind == Proof.Kind.REPLY and address != commune.email:
        raise LinkOver
    return prove(commune=commune, kind=kind, subject=address, now=now)


@transaction.atomic
def write_readiness(*, now: datetime) -> list[ReadinessItem]:
    """Publish what every check of the active commune says now, for the association to read."""
    here = situation(now=now)
    with override("fr"):
        rows = [
            ReadinessItem(
                commune=here.commune,
                code=each.item.code,
                is_done=each.finding.is_done,
                is_blocking=each.item.is_blocking,
                evidence=evidence(each, here.notes),
                checked_at=now,
            )
            for each in here.found
        ]
    return ReadinessItem.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["commune", "code"],
        update_fields=["is_done", "is_blocking", "evidence", "checked_at"],
    )


def _look_again() -> None:
    defer("onboarding.check_readiness")

"""A commune pauses, comes back or leaves. Two persons and sixty days stand before a deletion."""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from parvis.db import rejects
from parvis.deferred import defer
from parvis.errors import DomainError
from parvis.files import forget_files
from tenants import provisioning
from tenants.erasing import erase_public
from tenants.hosts import forget_hosts, usual_host
from tenants.lifecycle import locked
from tenants.models import BlockedName, Commune, Departure, Domain, Suspension


State = Departure.State
READ_ONLY_FOR = timedelta(days=30)
GRACE = timedelta(days=30)
BLOCKED_FOR = timedelta(days=365)


class AlreadyLeaving(DomainError):
    """A departure goes on."""

    message = _("Un départ est déjà en cours pour cette commune.")


class SamePerson(DomainError):
    """Two different persons decide on a departure."""

    message = _("La personne qui a demandé le départ ne peut pas le confirmer.")
    status = 403


class NoDeparture(DomainError):
    """There is none at this step."""

    message = _("Ce départ n’est plus à cette étape. Rechargez la page.")


class NotToSuspend(DomainError):
    """The commune is not open, or is suspended already."""

    message = _("Seule une commune ouverte peut être suspendue.")


# --- Suspension ---------------------------------------------------------------------------


@transaction.atomic
def suspend(
    *, commune: Commune, reason: str, by_id: int, by_name: str, now: datetime
) -> Suspension:
    """Close a commune for a time: its team reads only, citizens are told.

    Raises:
        NotToSuspend: it is not open.
    """
    current = locked(commune)
    if current.state != Commune.State.READY:
        raise NotToSuspend
    _set_state(current, Commune.State.SUSPENDED)
    return Suspension.objects.create(
        commune=current, reason=reason, by_id=by_id, by_name=by_name, at=now
    )


@transaction.atomic
def resume(*, commune: Commune, by_name: str, now: datetime) -> None:
    """Open a suspended commune again; one that is leaving stays as it is."""
    current = locked(commune)
    current.suspensions.filter(ended_at__isnull=True).update(ended_at=now, ended_by_name=by_name)
    reopen(commune=current)


@transaction.atomic
def reopen(*, commune: Commune) -> None:
    """Open a commune that nothing keeps closed."""
    current = locked(commune)
    is_kept = (
        current.suspensions.filter(ended_at__isnull=True).exists()
        or current.departures.filter(state__in=[State.READ_ONLY, State.MOVED]).exists()
    )
    if current.state == Commune.State.SUSPENDED and not is_kept:
        _set_state(current, Commune.State.READY)


def _set_state(commune: Commune, state: str) -> None:
    commune.state = state
    commune.save(update_fields=["state"])
    transaction.on_commit(forget_hosts)
    defer("slots.follow_communes")


# --- Departure ----------------------------------------------------------------------------


@transaction.atomic
def ask(
    *,
    commune: Commune,
    new_url: str,
    reason: str,
    by_id: int,
    by_name: str,
    by_email: str,
    now: datetime,
) -> Departure:
    """Note that the commune wants to leave; nothing changes before the association confirms.

    Raises:
        AlreadyLeaving: a departure goes on.
    """
    with rejects("one_departure_at_a_time", AlreadyLeaving):
        return Departure.objects.create(
            commune=commune,
            new_url=new_url,
            reason=reason,
            asked_by_id=by_id,
            asked_by_name=by_name,
            asked_by_email=by_email,
            asked_at=now,
        )


@transaction.atomic
def confirm(*, departure: Departure, by_id: int, by_name: str, now: datetime) -> Departure:
    """Begin the thirty days in which the commune reads only.

    Raises:
        NoDeparture: nothing waits to be confirmed.
        SamePerson: whoever asked cannot confirm.
    """
    current = _locked(departure, [State.ASKED])
    if current.asked_by_id == by_id:
        raise SamePerson
    current.state = State.READ_ONLY
    current.confirmed_by_id, current.confirmed_by_name, current.confirmed_at = by_id, by_name, now
    current.moves_at, current.drop_after = now + READ_ONLY_FOR, now + READ_ONLY_FOR + GRACE
    current.save()
    _set_state(locked(current.commune), Commune.State.SUSPENDED)
    return current


@transaction.atomic
def cancel(*, departure: Departure, by_name: str, now: datetime) -> Departure:
    """Give a departure up, at any moment before the destruction; the commune opens again.

    Raises:
        NoDeparture: it is over.
    """
    current = _locked(departure, list(Departure.CURRENT))
    current.state, current.cancelled_at, current.cancelled_by_name = State.CANCELLED, now, by_name
    current.save(update_fields=["state", "cancelled_at", "cancelled_by_name"])
    reopen(commune=current.commune)
    return current


def withdraw(*, departure: Departure, by_name: str, now: datetime) -> None:
    """Give a departure up from inside the commune; the platform opens it again right after.

    Raises:
        NoDeparture: it is over, or citizens are sent elsewhere already.
    """
    changed = Departure.objects.filter(
        pk=departure.pk, state__in=[State.ASKED, State.READ_ONLY]
    ).update(state=State.CANCELLED, cancelled_at=now, cancelled_by_name=by_name)
    if not changed:
        raise NoDeparture


def _locked(departure: Departure, states: list[str]) -> Departure:
    found = (
        Departure.objects.select_for_update(of=("self",))
        .select_related("commune")
        .filter(pk=departure.pk, state__in=states)
        .first()
    )
    if found is None:
        raise NoDeparture
    return found


# --- Every night --------------------------------------------------------------------------


def due(now: datetime) -> "QuerySet[Departure]":
    """List the departures whose next step has come."""
    return Departure.objects.filter(state=State.READ_ONLY, moves_at__lte=now) | (
        Departure.objects.filter(state=State.MOVED, drop_after__lte=now)
    )


@transaction.atomic
def move_on(*, departure: Departure) -> Departure:
    """End the reading: from now on every page leads to the new address."""
    current = _locked(departure, [State.READ_ONLY])
    current.state = State.MOVED
    current.save(update_fields=["state"])
    transaction.on_commit(forget_hosts)
    return current


@transaction.atomic
def destroy(*, departure: Departure, now: datetime) -> Departure:
    """Drop the schema, the role and the files, block the names, and write down what was dropped.

    The database checks by itself that two persons decided and that the time has come.

    Raises:
        NoDeparture: it was cancelled meanwhile.
    """
    current = _locked(departure, [State.MOVED])
    commune = locked(current.commune)
    names = _give_names_up(commune, now)
    found = provisioning.destroy(commune.schema_name)
    current.certificate = {
        "commune": commune.name,
        "insee_code": commune.insee_code,
        "schema": commune.schema_name,
        "tables": found["tables"],
        "bytes": found["bytes"],
        "files": _count_files(commune),
        "memberships": commune.memberships.count(),
        "names": names,
    }
    current.certificate["rows"] = erase_public(commune)
    commune.state, commune.opened_at = Commune.State.LISTED, None
    commune.save(update_fields=["state", "opened_at"])
    current.state, current.destroyed_at = State.DESTROYED, now
    current.save(update_fields=["state", "destroyed_at", "certificate"])
    transaction.on_commit(forget_hosts)
    transaction.on_commit(partial(forget_files, commune.schema_name))
    return current


def _give_names_up(commune: Commune, now: datetime) -> list[str]:
    """Block the names of a commune for a year; its first host goes on leading elsewhere."""
    names = sorted(commune.domains.values_list("domain", flat=True))
    for name in names:
        BlockedName.objects.update_or_create(
            name=name,
            defaults={"insee_code": commune.insee_code, "until": now + BLOCKED_FOR},
        )
    own = usual_host(commune)
    commune.domains.exclude(domain=own).delete()
    Domain.objects.update_or_create(domain=own, defaults={"commune": commune, "is_primary": True})
    return names


def is_blocked(name: str, *, insee_code: str, now: datetime) -> bool:
    """Tell whether a name belonged to another commune not long ago."""
    blocked = BlockedName.objects.filter(name=name, until__gt=now).exclude(insee_code=insee_code)
    return blocked.exists()


def _count_files(commune: Commune) -> int:
    folder = Path(settings.MEDIA_ROOT) / commune.schema_name
    return sum(1 for path in folder.rglob("*") if path.is_file())

"""What the association and communes decide together, and how each commune hears of it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from booking import planning, sharing
from identity.actions import end_sessions
from mutual.models import (
    Agreement,
    AgreementMember,
    AgreementUse,
    PhoneDesk,
    PhoneDeskAgent,
    SharedService,
)
from mutual.shared_services import read_cards, wanted_services
from parvis.deferred import defer_to
from parvis.errors import DomainError
from parvis.guard import PUBLIC
from tenants.models import Association, Commune, Membership, User


class NobodyElse(DomainError):
    """An agreement is between several communes."""

    message = _("Choisissez au moins une autre commune que celle qui reçoit.")
    status = 422


class NotOurs(DomainError):
    """The commune, or the person, is not of this association."""

    message = _("Cette commune ou cette personne n’est pas de votre association.")
    status = 422


# --- Agreements, by the association -------------------------------------------------------


@transaction.atomic
def agree(
    *,
    association: Association,
    agreement: Agreement | None = None,
    members: Mapping[Commune, Collection[int]],
    **terms: Any,
) -> Agreement:
    """Write an agreement, or change one: who receives for whom, on which days, at whose cost.

    Every commune concerned hears of it, those that leave too.

    Raises:
        NotOurs: a commune is not of this association.
        NobodyElse: the host alone.
    """
    host: Commune = terms["host"]
    others = {each: days for each, days in members.items() if each.pk != host.pk}
    if any(each.association_id != association.pk for each in (host, *others)):
        raise NotOurs
    if not others:
        raise NobodyElse
    told = _parties(agreement) if agreement is not None else {}
    if agreement is None:
        agreement = Agreement.objects.create(association=association, **terms)
    else:
        Agreement.objects.filter(pk=agreement.pk).update(**terms)
        agreement.refresh_from_db()
    agreement.members.exclude(commune__in=others).delete()
    for commune, days in others.items():
        AgreementMember.objects.update_or_create(
            agreement=agreement, commune=commune, defaults={"weekdays": sorted(days)}
        )
    _tell((told | _parties(agreement)).values())
    return agreement


def _parties(agreement: Agreement) -> dict[int, Commune]:
    members = agreement.members.select_related("commune")
    return {each.pk: each for each in (agreement.host, *(one.commune for one in members))}


def _tell(communes: Iterable[Commune]) -> None:
    for commune in communes:
        if commune.has_schema:
            defer_to(commune.schema_name, "mutual.take_note")


# --- In a commune -------------------------------------------------------------------------


@transaction.atomic
def take_note(*, now: datetime) -> None:
    """Let the pages of citizens follow the agreements of this commune that are in force."""
    here, today = planning.current_commune(), planning.local_day(now)
    asks: dict[str, str] = {}
    offers: dict[str, int] = {}
    found = Agreement.objects.of(here).in_force(today).select_related("host")
    for agreement in found.prefetch_related("members__commune"):
        if agreement.host_id == here.pk and agreement.kind == Agreement.Kind.COUNTER:
            if here.kind == Commune.Kind.COMMUNE:  # an intercommunality is nobody's commune
                asks[here.insee_code] = here.name
            asks |= {
                each.commune.insee_code: each.commune.name for each in agreement.members.all()
            }
        elif agreement.host_id != here.pk:
            is_always = agreement.kind == Agreement.Kind.COUNTER
            offers[agreement.host.name] = 0 if is_always else max(1, agreement.after_days)
    _publish(here, list(found))
    cards = read_cards(here, list(found))
    sharing.keep(asks=list(asks.items()), offers=list(offers.items()), services=cards)


def _publish(here: Commune, agreements: Iterable[Agreement]) -> None:
    """Write which services members may list; who sees another list from now on hears of it."""
    known = {
        (row.agreement_id, row.number, row.slug, row.name, row.place)
        for row in SharedService.objects.filter(host=here)
    }
    hosted = [each for each in agreements if each.host_id == here.pk]
    rows = [row for each in hosted for row in wanted_services(each)]
    wanted = {(row.agreement_id, row.number, row.slug, row.name, row.place) for row in rows}
    if wanted == known:
        return
    SharedService.objects.filter(host=here).delete()
    SharedService.objects.bulk_create(rows)
    changed = {agreement for agreement, *_rest in wanted ^ known}
    told = [each for each in hosted if each.pk in changed]
    _tell({one.commune_id: one.commune for each in told for one in each.members.all()}.values())


@transaction.atomic
def count_uses(*, now: datetime) -> int:
    """Write how often inhabitants of each member came this month and the last; return the rows."""
    here, today = planning.current_commune(), planning.local_day(now)
    hosted = list(
        Agreement.objects.filter(host=here, kind=Agreement.Kind.COUNTER).prefetch_related(
            "members__commune"
        )
    )
    if not hosted:
        return 0
    this = today.replace(day=1)
    months = [_before(this), this]
    counted = sharing.uses(first=months[0], last=_after(this), zone=planning.zone())
    own = [here] if here.kind == Commune.Kind.COMMUNE else []
    uses = [
        AgreementUse(
            agreement=agreement,
            host=here,
            commune=commune,
            month=month,
            n=counted.get((commune.insee_code, month), 0),
        )
        for agreement in hosted
        for commune in (*own, *(each.commune for each in agreement.members.all()))
        for month in months
    ]
    AgreementUse.objects.bulk_create(
        uses,
        update_conflicts=True,
        unique_fields=["agreement", "commune", "month"],
        update_fields=["n", "host"],
    )
    return len(uses)


@transaction.atomic
def open_phone_desk(*, commune: Commune, by: str, now: datetime) -> None:
    """Let the association's phone desk book here; pressing twice changes nothing."""
    PhoneDesk.objects.get_or_create(
        commune=commune, defaults={"opened_at": now, "opened_by": by[:80]}
    )
    defer_to(PUBLIC, "mutual.seat_phone_agents", association=commune.association_id or 0)


@transaction.atomic
def close_phone_desk(*, commune: Commune) -> None:
    """Take it back: nobody of the desk enters any more."""
    PhoneDesk.objects.filter(commune=commune).delete()
    defer_to(PUBLIC, "mutual.seat_phone_agents", association=commune.association_id or 0)


# --- The desk itself, in public -----------------------------------------------------------


@transaction.atomic
def choose_phone_agents(*, association: Association, users: Iterable[User]) -> None:
    """Say who answers the telephone.

    Raises:
        NotOurs: somebody does not work for the association.
    """
    wanted = {user.pk for user in users}
    ours = Membership.objects.filter(
        association=association, is_active=True, user__in=wanted
    ).values_list("user_id", flat=True)
    if wanted != set(ours):
        raise NotOurs
    PhoneDeskAgent.objects.filter(association=association).exclude(user__in=wanted).delete()
    PhoneDeskAgent.objects.bulk_create(
        [PhoneDeskAgent(association=association, user_id=pk) for pk in sorted(wanted)],
        ignore_conflicts=True,
    )
    seat_phone_agents(association=association.pk)


@transaction.atomic
def seat_phone_agents(*, association: int) -> None:
    """Give those who answer the telephone a place at the counter of each commune that wishes it.

    They may book there and nothing more; who works there anyway keeps her own role. Where a
    commune or the association has taken it back, the place is gone at once.
    """
    desks = PhoneDesk.objects.filter(commune__association=association)
    communes = set(desks.values_list("commune_id", flat=True))
    agents = set(
        PhoneDeskAgent.objects.filter(
            association=association,
            user__memberships__association=association,
            user__memberships__is_active=True,
        ).values_list("user_id", flat=True)
    )
    seats = Membership.objects.filter(
        is_phone_desk=True, commune__association=association
    ).select_related("user")
    gone = [
        each
        for each in seats.filter(is_active=True)
        if each.user_id not in agents or each.commune_id not in communes
    ]
    Membership.objects.filter(pk__in=[each.pk for each in gone]).update(is_active=False)
    for user in {each.user for each in gone}:
        end_sessions(user=user, only_sites=True)
    _seat(agents, communes)


def _seat(agents: Collection[int], communes: Collection[int]) -> None:
    Membership.objects.filter(
        is_phone_desk=True, is_active=False, user__in=agents, commune__in=communes
    ).update(is_active=True)
    Membership.objects.bulk_create(
        [
            Membership(
                user_id=user_id,
                commune_id=commune_id,
                role=Membership.Role.BOOKING_AGENT,
                is_phone_desk=True,
            )
            for user_id in sorted(agents)
            for commune_id in sorted(communes)
        ],
        ignore_conflicts=True,
    )


def _before(month: date) -> date:
    year, number = divmod(month.year * 12 + month.month - 2, 12)
    return date(year, number + 1, 1)


def _after(month: date) -> date:
    year, number = divmod(month.year * 12 + month.month, 12)
    return date(year, number + 1, 1)

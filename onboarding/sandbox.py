"""The commune where agents practise: made, emptied and seeded again; nothing ever leaves it.

Dates are relative to the day, so that it always shows three busy weeks. Schema and sessions stay;
``generation`` counts how often it was begun anew.
"""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from booking import planning, read_model
from booking.actions import install_presets
from booking.presets import USUAL, USUAL_HOURS, Preset
from identity.current import forget_members
from identity.members import ADMIN, BOOKING_AGENT, REPORT_AGENT
from incidents.configuration import install_pack
from incidents.models import Handler, RoutingRule, Team
from incidents.reconfiguring import CONFIGURATION, reconfigure
from incidents.territory import territory
from onboarding import practice_reports
from onboarding.creation import alone
from onboarding.practice_agenda import Pace
from onboarding.practice_luck import luck_of
from onboarding.practice_visits import fill_diary
from parvis.deferred import defer
from parvis.errors import DomainError
from tenants import lifecycle
from tenants.models import Association, Commune, Membership, User
from tenants.tasks import in_each


ROLES = (BOOKING_AGENT, REPORT_AGENT, ADMIN)
PACE = Pace(counters=2, online=64, phone=26, wait=2, days_before=10, days_after=11)
SITE_NAME = "Mairie de Saint-Parvis"


class NoSandbox(DomainError):
    """The association has no place to practise, or it is not one's own association."""

    message = _("Votre association n’a pas encore de commune d’entraînement.")
    status = 404


@transaction.atomic
def ask_sandbox(*, association: Association) -> Commune:
    """Register the fictional commune of an association and have it made; safe to repeat."""
    commune = lifecycle.list_sandbox(association=association)
    defer("onboarding.reset_sandbox", commune_id=commune.pk)
    return commune


def reset(*, commune: Commune, now: datetime) -> bool:
    """Make a sandbox, or begin it anew; False when somebody else is at it.

    One transaction: whoever practises meets the old commune or the new one, never an empty one.
    """
    with alone(commune.pk) as is_mine:
        if is_mine:
            lifecycle.open_sandbox(commune=commune, now=now)
            with transaction.atomic():
                current = lifecycle.empty_sandbox(commune=commune)
                luck = f"{current.schema_name}:{current.generation}"
                for _commune, _told in in_each([current], partial(seed, luck=luck, now=now)):
                    pass
    return is_mine


def sandboxes() -> list[Commune]:
    """List the sandboxes of every association."""
    return list(Commune.objects.filter(kind=Commune.Kind.SANDBOX).order_by("pk"))


@transaction.atomic
def seed(*, luck: str, now: datetime) -> tuple[int, int]:
    """Fill the active commune: its offer, three weeks of appointments, forty reports."""
    draw = luck_of(luck)
    site = install_presets(
        preset=Preset(
            services=USUAL.services,
            counters=("Guichet 1", "Guichet 2"),
            stations=("Station 1", "Station 2"),
            hours=USUAL_HOURS,
        ),
        site_name=SITE_NAME,
        address=planning.current_commune().address,
    )
    visits = fill_diary(pace=PACE, week=USUAL_HOURS, site=site, now=now, luck=draw)
    install_pack("rural")
    reconfigure(
        label="Équipes de la commune fictive",
        work=_teams,
        by=practice_reports.DESK,
        now=now,
        tables=CONFIGURATION,
    )
    centre = territory(planning.current_commune().insee_code).centre
    reports = practice_reports.tell(centre=centre, now=now, luck=draw)
    read_model.refresh_all(now=now)
    return visits, reports


def _teams() -> None:
    team = Team.objects.create(name="Services techniques")
    own = Handler.objects.create(kind=Handler.Kind.TEAM, name=team.name, team=team)
    lighting = Handler.objects.create(
        kind=Handler.Kind.CONTRACTOR,
        name="Entreprise d’éclairage (fictive)",
        email="eclairage@saint-parvis-des-essais.example.org",
    )
    RoutingRule.objects.create(
        position=1, group="Éclairage", handler=lighting, explanation="L’entreprise d’éclairage."
    )
    RoutingRule.objects.create(position=2, handler=own, explanation="Les services techniques.")


# --- Who practises ----------------------------------------------------------------------------


def sandboxes_for(user: User) -> list[Commune]:
    """List where somebody may practise: at the association of each place where she works."""
    own = Membership.objects.of(user)
    associations = {
        *own.filter(association__isnull=False).values_list("association", flat=True),
        *own.filter(commune__association__isnull=False).values_list(
            "commune__association", flat=True
        ),
    }
    return list(
        Commune.objects.filter(sandbox_for__in=associations, state=Commune.State.READY)
        .select_related("sandbox_for")
        .order_by("sandbox_for__name", "pk")
    )


@transaction.atomic
def practise(*, user: User, commune: Commune, role: str) -> Membership:
    """Give somebody a role of her choice in a sandbox, at once.

    Raises:
        NoSandbox: it is not that of an association she works with, or there is no such role.
    """
    if role not in ROLES or commune not in sandboxes_for(user):
        raise NoSandbox
    membership, _is_new = Membership.objects.update_or_create(
        user=user, commune=commune, defaults={"role": role, "is_active": True}
    )
    forget_members(user)
    return membership

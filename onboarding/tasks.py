"""Work that the queue asks for: in public, and in each commune."""

import logging

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from identity import actions as identity
from onboarding import (
    bringing_up,
    first_use,
    gate_actions,
    leaving,
    obstacles,
    sandbox,
    todo,
    wizard_actions,
    wizard_emails,
)
from onboarding.stages import Module
from parvis.deferred import defer_to
from parvis.errors import DomainError
from parvis.guard import PUBLIC, current_schema
from tenants.models import Commune, Membership


log = logging.getLogger(__name__)


@shared_task(name="onboarding.remind")
def remind() -> int:
    """Write as tasks what is to be recalled today; weigh the ideas that were merged since."""
    obstacles.weigh_every_idea()
    return todo.remind(now=timezone.now())


# --- In a commune -------------------------------------------------------------------------


@shared_task(name="onboarding.check_readiness")
def check_readiness() -> int:
    """Publish what the current commune still misses; every night, and after each step."""
    if not Commune.objects.get(schema_name=current_schema()).is_answering:
        return 0
    return len(wizard_actions.write_readiness(now=timezone.now()))


@shared_task(name="onboarding.look_before_opening")
def look_before_opening(*, launch_id: int) -> None:
    """Run every check of the current commune at the time it is to open."""
    wizard_actions.write_readiness(now=timezone.now())
    with transaction.atomic():
        defer_to(PUBLIC, "onboarding.open_due", launch_id=launch_id)


@shared_task(name="onboarding.watch_first_use")
def watch_first_use() -> int:
    """Tell the association's side when a citizen uses a module for the first time."""
    return first_use.tell(now=timezone.now())


# --- In public ----------------------------------------------------------------------------


@shared_task(name="onboarding.settle_launches")
def settle_launches() -> int:
    """Every minute: open what is due, close what was undone."""
    return gate_actions.settle(now=timezone.now())


@shared_task(name="onboarding.open_due")
def open_due(*, launch_id: int) -> bool:
    """Open a commune that has just looked at itself."""
    return gate_actions.open_due(launch_id=launch_id, now=timezone.now())


@shared_task(name="onboarding.tell_asked")
def tell_asked(*, launch_id: int) -> None:
    """Write to the association."""
    gate_actions.tell_asked(launch_id=launch_id)


@shared_task(name="onboarding.note_first_use")
def note_first_use(*, commune_id: int, module: str) -> bool:
    """Move a commune to the last stage."""
    commune = Commune.objects.get(pk=commune_id)
    return gate_actions.note_first_use(commune=commune, module=Module(module), now=timezone.now())


@shared_task(name="onboarding.send_trial")
def send_trial(*, commune_id: int, kind: str, address: str, token: str, minute: str) -> None:
    """Send the message that proves that messages arrive."""
    commune = Commune.objects.get(pk=commune_id)
    with transaction.atomic():
        wizard_emails.trial(commune, kind=kind, to=address, token=token, minute=minute).send()


@shared_task(name="onboarding.invite")
def invite(*, commune_id: int, email: str, role: str, by_id: int) -> bool:
    """Invite somebody that an administrator named in the wizard; who is there already is left."""
    by = (
        Membership.objects.filter(commune_id=commune_id, user_id=by_id, is_active=True)
        .select_related("user", "commune")
        .first()
    )
    if by is None or by.commune is None:
        return False
    try:
        identity.invite(by=by, place=by.commune, email=email, role=role, now=timezone.now())
    except DomainError as refusal:
        log.info("an invitation was not sent: %s", type(refusal).__name__)
        return False
    return True


@shared_task(name="onboarding.bring_up")
def bring_up(*, commune_id: int) -> bool:
    """Make a commune, or a preview of one, from wherever it was left."""
    return bringing_up.bring_up(commune_id=commune_id, now=timezone.now())


@shared_task(name="onboarding.go_on")
def go_on() -> int:
    """Every minute: go on with the creations that were interrupted."""
    return bringing_up.go_on()


@shared_task(name="onboarding.follow_departures")
def follow_departures() -> int:
    """Every night: communes that left leave the stages."""
    return leaving.follow(now=timezone.now())


@shared_task(name="onboarding.end_previews")
def end_previews() -> int:
    """Every night: drop the previews whose time is over."""
    return bringing_up.end_previews(now=timezone.now())


@shared_task(name="onboarding.reset_sandbox")
def reset_sandbox(*, commune_id: int) -> bool:
    """Make a sandbox, or begin it anew, because somebody asked for it."""
    commune = Commune.objects.get(pk=commune_id, kind=Commune.Kind.SANDBOX)
    return sandbox.reset(commune=commune, now=timezone.now())


@shared_task(name="onboarding.reset_sandboxes")
def reset_sandboxes() -> int:
    """At three in the morning: begin every sandbox anew; return how many."""
    return sum(sandbox.reset(commune=each, now=timezone.now()) for each in sandbox.sandboxes())

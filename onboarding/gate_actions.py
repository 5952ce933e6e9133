"""The opening of a commune: asked by it, answered by the association, done by the scheduler."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_lazy as _

from identity.members import Member
from onboarding import wizard_emails
from onboarding.actions import move
from onboarding.models import Launch, Onboarding, ReadinessItem, Task
from onboarding.readiness import BY_CODE
from onboarding.readiness_words import LABELS
from onboarding.stages import Module, Stage, can_move
from onboarding.wizard_actions import write_readiness
from parvis.db import rejects
from parvis.deferred import defer_to
from parvis.errors import DomainError
from parvis.guard import PUBLIC
from tenants import lifecycle
from tenants.hosts import absolute_url
from tenants.models import Association, Commune, Membership


UNDO_HOURS = 24
REASON_MOST = 500


class NotReady(DomainError):
    """Something still blocks."""

    def __init__(self, labels: Iterable[str]) -> None:
        super().__init__()
        self.message = gettext("Pas encore : il manque %(what)s.") % {"what": ", ".join(labels)}


class AlreadyAsked(DomainError):
    """An opening is asked, planned or done."""

    message = _("Une ouverture est déjà demandée.")


class AlreadyOpen(DomainError):
    """The commune is not being configured."""

    message = _("Le site est déjà ouvert aux habitants.")


class Answered(DomainError):
    """Somebody answered, undid or opened meanwhile."""

    message = _("Quelqu’un a déjà répondu entre-temps. Rechargez la page.")


class TooLate(DomainError):
    """The day after is over."""

    message = _("L’ouverture date de plus de 24 heures : elle ne s’annule plus.")


class InThePast(DomainError):
    """The date is over."""

    message = _("Choisissez une date à venir.")


class NotWaivable(DomainError):
    """The law asks for it, or nothing works without it."""

    message = _("L’association ne peut pas dispenser de ce point.")


# --- In the commune -----------------------------------------------------------------------


@transaction.atomic
def ask(*, commune: Commune, by: Member, wished_on: date | None, now: datetime) -> Launch:
    """Ask for the opening, once every check has run again.

    Raises:
        AlreadyOpen: the commune is not being configured.
        NotReady: something blocks.
        AlreadyAsked: an opening is asked or planned already.
    """
    if commune.state != Commune.State.CONFIGURING:
        raise AlreadyOpen
    write_readiness(now=now)
    _check_ready(commune)
    with rejects("one_standing_launch", AlreadyAsked):
        launch = Launch.objects.create(
            commune=commune,
            asked_at=now,
            asked_by_id=by.user_id,
            asked_by_name=by.name,
            wished_on=wished_on,
        )
    defer_to(PUBLIC, "onboarding.tell_asked", launch_id=launch.pk)
    return launch


@transaction.atomic
def undo_from_commune(*, commune: Commune, by: Member, now: datetime) -> Launch:
    """Take back what was asked, planned or opened less than a day ago; the site closes soon.

    Raises:
        Answered: there is nothing to undo.
        TooLate: it opened more than a day ago.
    """
    launch = _undone(commune, by=by, now=now)
    defer_to(PUBLIC, "onboarding.settle_launches")
    return launch


# --- At the association -------------------------------------------------------------------


@transaction.atomic
def approve(*, launch: Launch, by: Member, opens_at: datetime, now: datetime) -> Launch:
    """Accept an opening for a date and a time.

    Raises:
        Answered: it was answered or taken back meanwhile.
        InThePast: the date is over.
        NotReady: what the commune told since says that something blocks.
    """
    current = _asked(launch)
    if opens_at < now - timedelta(minutes=5):
        raise InThePast
    _check_ready(current.commune)
    current.approved_at, current.opens_at = now, opens_at
    current.answered_by_name = by.name
    current.save(update_fields=["approved_at", "opens_at", "answered_by_name"])
    lifecycle.schedule_opening(commune=current.commune, at=opens_at)
    _answered(current, by=by.name, now=now)
    _tell("approved", current, opens_at=opens_at)
    return current


@transaction.atomic
def refuse(*, launch: Launch, by: Member, reason: str, now: datetime) -> Launch:
    """Answer that it is too early, and why.

    Raises:
        Answered: it was answered or taken back meanwhile.
    """
    current = _asked(launch)
    current.refused_at, current.reason = now, reason[:REASON_MOST]
    current.answered_by_name = by.name
    current.save(update_fields=["refused_at", "reason", "answered_by_name"])
    _answered(current, by=by.name, now=now)
    _tell("refused", current, reason=reason)
    return current


@transaction.atomic
def undo_from_association(*, commune: Commune, by: Member, now: datetime) -> Launch:
    """Take back what was planned or opened less than a day ago.

    Raises:
        Answered: there is nothing to undo.
        TooLate: it opened more than a day ago.
    """
    launch = _undone(commune, by=by, now=now)
    settle(now=now)
    return launch


@transaction.atomic
def waive(*, commune: Commune, code: str, by: Member, reason: str, now: datetime) -> ReadinessItem:
    """Dispense a commune from a check, for a reason that stays written.

    Raises:
        NotWaivable: the check is not one of those.
    """
    if code not in BY_CODE or not BY_CODE[code].is_waivable:
        raise NotWaivable
    item, _created = ReadinessItem.objects.update_or_create(
        commune=commune,
        code=code,
        defaults={"waived_at": now, "waived_by_name": by.name, "waiver_reason": reason},
        create_defaults={
            "is_done": False,
            "is_blocking": True,
            "checked_at": now,
            "waived_at": now,
            "waived_by_name": by.name,
            "waiver_reason": reason,
        },
    )
    return item


@transaction.atomic
def withdraw_waiver(*, commune: Commune, code: str) -> None:
    """Ask for a check again."""
    ReadinessItem.objects.filter(commune=commune, code=code).update(
        waived_at=None, waived_by_name="", waiver_reason=""
    )


# --- By the scheduler, in public ----------------------------------------------------------


@transaction.atomic
def settle(*, now: datetime) -> int:
    """Have due communes look at themselves and open, and close those undone; count both."""
    due = Launch.objects.due().filter(opens_at__lte=now).select_related("commune")
    undone = list(
        Launch.objects.select_for_update(of=("self",), no_key=True)
        .filter(undone_at__isnull=False, closed_at__isnull=True)
        .select_related("commune")
    )
    for launch in due:
        defer_to(launch.commune.schema_name, "onboarding.look_before_opening", launch_id=launch.pk)
    for launch in undone:
        _close(launch, now=now)
    return len(due) + len(undone)


@transaction.atomic
def open_due(*, launch_id: int, now: datetime) -> bool:
    """Open a commune whose time has come, if nothing blocks; else say what, and ask again.

    Doing it twice changes nothing.
    """
    launch = (
        Launch.objects.due()
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=launch_id, opens_at__lte=now)
        .select_related("commune")
        .first()
    )
    if launch is None:
        return False
    if labels := blocking(launch.commune):
        said = gettext("Le site n’a pas ouvert : il manque %(what)s.")
        launch.reason = (said % {"what": ", ".join(labels)})[:REASON_MOST]
        launch.refused_at, launch.approved_at, launch.opens_at = now, None, None
        launch.save(update_fields=["reason", "refused_at", "approved_at", "opens_at"])
        lifecycle.schedule_opening(commune=launch.commune, at=None)
        _tell("refused", launch, reason=launch.reason)
        return False
    lifecycle.open_to_citizens(commune=launch.commune, now=now)
    launch.opened_at = now
    launch.save(update_fields=["opened_at"])
    _tell("opened", launch)
    return True


@transaction.atomic
def note_first_use(*, commune: Commune, module: Module, now: datetime) -> bool:
    """Move a commune that has opened to the last stage, at its first real booking or report."""
    onboarding = Onboarding.objects.filter(commune=commune, module=module).first()
    if onboarding is None or onboarding.stage == Stage.LIVE:
        return False
    if not can_move(Stage(onboarding.stage), Stage.LIVE):
        return False
    evidence = gettext("Ouverture faite, premier usage par un habitant.")
    move(commune=commune, module=module, stage=Stage.LIVE, now=now, evidence=evidence)
    return True


@transaction.atomic
def tell_asked(*, launch_id: int) -> None:
    """Write to the association that a commune would like to open, and put it on its list.

    Doing it twice changes nothing; nor does what was taken back or answered meanwhile.
    """
    standing = Launch.objects.standing().select_related("commune__association")
    launch = standing.filter(pk=launch_id).first()
    association = launch.commune.association if launch else None
    if launch is None or association is None:
        return
    Task.objects.get_or_create(
        key=_fact(launch),
        defaults={
            "commune": launch.commune,
            "title": gettext("Répondre à la demande d’ouverture"),
            "why": gettext("Tout est réglé : acceptez avec une date, ou répondez."),
            "due": launch.asked_at.astimezone(ZoneInfo(launch.commune.time_zone)).date(),
            "by_name": launch.asked_by_name,
        },
    )
    answer = absolute_url(association, f"/communes/{launch.commune.insee_code}/ouverture/")
    _send(
        "asked", launch, _of_association(association), by=launch.asked_by_name, answer_url=answer
    )


# --- Helpers ------------------------------------------------------------------------------


def blocking(commune: Commune) -> list[str]:
    """Name what still blocks, as the commune wrote it last; everything when it wrote nothing."""
    items = list(ReadinessItem.objects.filter(commune=commune, is_blocking=True))
    if not items:
        return [gettext("toute la liste")]
    return [
        str(LABELS[each.code])
        for each in items
        if not each.is_done and each.waived_at is None and each.code in LABELS
    ]


def _check_ready(commune: Commune) -> None:
    if labels := blocking(commune):
        raise NotReady(labels)


def _asked(launch: Launch) -> Launch:
    current = (
        Launch.objects.standing()
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=launch.pk, approved_at__isnull=True)
        .select_related("commune")
        .first()
    )
    if current is None:
        raise Answered
    return current


def _undone(commune: Commune, *, by: Member, now: datetime) -> Launch:
    launch = (
        Launch.objects.standing()
        .select_for_update(of=("self",), no_key=True)
        .filter(commune=commune)
        .first()
    )
    if launch is None:
        raise Answered
    if launch.opened_at is not None and launch.opened_at + timedelta(hours=UNDO_HOURS) <= now:
        raise TooLate
    launch.undone_at, launch.undone_by_name = now, by.name
    launch.save(update_fields=["undone_at", "undone_by_name"])
    return launch


def _close(launch: Launch, *, now: datetime) -> None:
    if launch.opened_at is not None and launch.commune.state == Commune.State.READY:
        lifecycle.close_again(commune=launch.commune)
    elif launch.commune.state == Commune.State.CONFIGURING:
        lifecycle.schedule_opening(commune=launch.commune, at=None)
    launch.closed_at = now
    launch.save(update_fields=["closed_at"])
    _answered(launch, by=launch.undone_by_name, now=now)
    _tell("undone", launch, by=launch.undone_by_name)


def _fact(launch: Launch) -> str:
    return f"launch-{launch.pk}"


def _answered(launch: Launch, *, by: str, now: datetime) -> None:
    """Take the request off the association's list."""
    tasks = Task.objects.filter(key=_fact(launch), done_at__isnull=True)
    tasks.update(done_at=now, done_by_name=by)


def _tell(event: str, launch: Launch, **facts: object) -> None:
    team = Membership.objects.at_work().filter(commune=launch.commune)
    _send(event, launch, team.filter(role=Membership.Role.ADMIN).addresses(), **facts)


def _of_association(association: Association) -> list[str]:
    if association.email:
        return [association.email]
    return Membership.objects.at_work().filter(association=association).addresses()


def _send(event: str, launch: Launch, to: list[str], **facts: object) -> None:
    if not to:
        return
    fact = f"launch-{launch.pk}-{event}"
    with translation.override("fr"), timezone.override(launch.commune.time_zone):
        wizard_emails.launch(event, launch.commune, to=to, fact=fact, **facts).send()

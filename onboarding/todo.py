"""What referents are to do: written by hand or by the night, put off, done."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from identity.members import Member
from onboarding.actions import name_of
from onboarding.models import ExistingSolution, Interaction, Onboarding, Task
from onboarding.reminders import Reminder, Standing, due_reminder
from onboarding.stages import Stage
from onboarding.switching import WindowState
from parvis.errors import DomainError
from parvis.periods import PARIS
from tenants.models import Commune
from training.models import Attendance, TrainingSession


WEEK = timedelta(days=7)


class TaskSettled(DomainError):
    """Somebody has done it already."""

    message = _("Cette tâche est déjà faite.")


@transaction.atomic
def add_task(
    *, commune: Commune, title: str, due: date, by: Member, why: str = "", script: str = ""
) -> Task:
    """Write down something to do for a commune."""
    return Task.objects.create(
        commune=commune, title=title, due=due, why=why, script=script, by_name=name_of(by)
    )


@transaction.atomic
def put_off(*, task: Task, today: date) -> Task:
    """Put a task off by a week, from today when it is late.

    Raises:
        TaskSettled: it is done.
    """
    task = _open(task)
    task.due = max(task.due, today) + WEEK
    task.save(update_fields=["due"])
    return task


@transaction.atomic
def finish(*, task: Task, by: Member, now: datetime) -> Task:
    """Say that a task is done.

    Raises:
        TaskSettled: it is done.
    """
    task = _open(task)
    task.done_at, task.done_by_name = now, name_of(by)
    task.save(update_fields=["done_at", "done_by_name"])
    return task


@transaction.atomic
def reopen(*, task: Task) -> Task:
    """Take "done" back."""
    task = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    task.done_at, task.done_by_name = None, ""
    task.save(update_fields=["done_at", "done_by_name"])
    return task


def _open(task: Task) -> Task:
    task = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if task.done_at is not None:
        raise TaskSettled
    return task


@transaction.atomic
def remind(*, now: datetime) -> int:
    """Write as tasks what is to be recalled today, each fact once; returns how many are new.

    A stage with a reminder that is still to be done gets no second one.
    """
    today = now.astimezone(PARIS).date()
    _settle(now)
    wanted = [*_stages(today), *_windows(today)]
    known = set(
        Task.objects.filter(key__in=[task.key for task in wanted]).values_list("key", flat=True)
    )
    waiting = set(
        Task.objects.filter(done_at=None).exclude(rule="").values_list("commune", "module", "rule")
    )
    new = [
        task
        for task in wanted
        if task.key not in known and (task.commune_id, task.module, task.rule) not in waiting
    ]
    Task.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _settle(now: datetime) -> None:
    """Close the reminders of stages that communes have left."""
    stages = {
        (commune, module): stage
        for commune, module, stage in Onboarding.objects.values_list("commune", "module", "stage")
    }
    open_ones = Task.objects.filter(done_at=None, rule__in=Stage.values)
    left = [
        pk
        for pk, commune, module, rule in open_ones.values_list("pk", "commune", "module", "rule")
        if stages.get((commune, module)) != rule
    ]
    Task.objects.filter(pk__in=left).update(done_at=now)


def settle(*, commune: Commune, module: str, stage: str, now: datetime) -> None:
    """Close the reminders of the stages that a commune has left for a module."""
    left = [each for each in Stage.values if each != stage]
    Task.objects.filter(commune=commune, module=module, done_at=None, rule__in=left).update(
        done_at=now
    )


def _stages(today: date) -> Iterable[Task]:
    latest = dict(Interaction.objects.order_by().values_list("commune").annotate(latest=Max("on")))
    sessions = _sessions(today)
    for each in Onboarding.objects.exclude(stage__in=[Stage.PROSPECT, Stage.LIVE, Stage.CHURNED]):
        moved = each.since.astimezone(PARIS).date()
        standing = Standing(
            stage=each.stage,
            moved=moved,
            progress=max(moved, latest.get(each.commune_id, moved)),
            until=each.until,
            session=sessions.get(each.commune_id),
        )
        if reminder := due_reminder(standing, today=today):
            yield _task(each.commune_id, each.module, reminder)


def _sessions(today: date) -> dict[int, date]:
    """Return the day of the next training session for which each commune has a seat."""
    seats = Attendance.objects.filter(
        state__in=Attendance.SEATED,
        session__status=TrainingSession.Status.OPEN,
        session__starts_at__date__gte=today,
    )
    found = seats.order_by().values_list("commune").annotate(first=Min("session__starts_at"))
    return {pk: first.astimezone(PARIS).date() for pk, first in found}


def _windows(today: date) -> Iterable[Task]:
    for each in ExistingSolution.objects.filter(contract_end__gte=today):
        window = each.window
        if window and window.state(today) in {WindowState.SOON, WindowState.OPEN}:
            reminder = Reminder(Task.Rule.WINDOW, window.told_on, window.opens)
            yield _task(each.commune_id, each.module, reminder)


def _task(commune_id: int, module: str, reminder: Reminder) -> Task:
    fact = (reminder.rule, str(commune_id), module, f"{reminder.due}", f"{reminder.about}")
    return Task(
        commune_id=commune_id,
        module=module,
        rule=reminder.rule,
        due=reminder.due,
        about=reminder.about,
        key=":".join(fact),
    )

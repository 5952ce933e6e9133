"""The card of a commune: who, how far, what holds it back, what happened, what is next."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_safe

from identity.access import staff_only
from onboarding import dashboard, metrics
from onboarding.access import TEAM
from onboarding.models import (
    Contact,
    ExistingSolution,
    Interaction,
    Obstacle,
    Onboarding,
    Referent,
    StageEvent,
    Task,
)
from onboarding.pipeline import standing_moves
from onboarding.stages import Module, Stage
from onboarding.switching import WindowState
from onboarding.task_words import ToDo, to_do
from parvis.lanes import JournalEntry
from parvis.periods import PARIS
from parvis.pieces import Tone
from parvis.typo import date_pleine
from tenants import hosts
from tenants.asked import association_of, member_commune
from tenants.models import Commune
from training.models import Commitment


MONTHS = 12
JOURNAL_MOST = 60
ICONS = {"call": "phone", "mail": "mail", "visit": "footprints", "note": "notebook-pen"}
WINDOWS: dict[WindowState, Tone] = {
    WindowState.FAR: "neutral",
    WindowState.SOON: "info",
    WindowState.OPEN: "success",
    WindowState.OVER: "warning",
}


@dataclass(frozen=True, slots=True)
class Way:
    """Where the commune stands with one module, and what may be done about it."""

    module: Module
    stage: Stage
    tone: Tone
    reason: str
    since: date | None
    until: date | None
    is_eligible: bool
    last_event: int | None
    solution: ExistingSolution | None
    window_tone: Tone
    window_said: str


@require_safe
@staff_only(*TEAM)
def commune(request: HttpRequest, insee_code: str) -> HttpResponse:
    """Show one member commune and everything that is known of it."""
    found = member_commune(request, insee_code)
    today = timezone.localdate()
    events = list(
        StageEvent.objects.filter(onboarding__commune=found).select_related("onboarding")
    )
    contacts = list(Contact.objects.filter(commune=found))
    obstacles = list(Obstacle.objects.filter(commune=found).select_related("idea"))
    tasks = list(Task.objects.filter(commune=found).select_related("commune"))
    context = {
        "commune": found,
        "site": hosts.absolute_url(found, "/") if found.has_schema else "",
        "ways": _ways(found, events, today=today),
        "contacts": contacts,
        "referents": Referent.objects.filter(commune=found)
        .select_related("user")
        .order_by("-rank"),
        "obstacles": [each for each in obstacles if each.solved_at is None],
        "solved": [each for each in obstacles if each.solved_at is not None],
        "commitments": Commitment.objects.filter(commune=found, done_at=None),
        "tasks": to_dos([task for task in tasks if task.done_at is None], contacts, today=today),
        "entries": _entries(found, events, obstacles, tasks)[:JOURNAL_MOST],
        **_figures(request, found, today=today),
    }
    return render(request, "onboarding/commune.html", context)


def to_dos(tasks: list[Task], contacts: list[Contact], *, today: date) -> list[ToDo]:
    """Put each task into words, with whom to call: the first of the people of its commune."""
    first: dict[int, Contact] = {}
    for each in contacts:
        first.setdefault(each.commune_id, each)
    return [
        to_do(
            task,
            contact=first.get(task.commune_id),
            today=today,
            language=get_language() or "fr",
        )
        for task in tasks
    ]


def _ways(found: Commune, events: list[StageEvent], *, today: date) -> list[Way]:
    stages = {each.module: each for each in Onboarding.objects.filter(commune=found)}
    solutions = {each.module: each for each in ExistingSolution.objects.filter(commune=found)}
    ways = []
    for module in Module:
        onboarding, solution = stages.get(module), solutions.get(module)
        stage = Stage(onboarding.stage) if onboarding else Stage.PROSPECT
        mine = [each for each in events if onboarding and each.onboarding_id == onboarding.pk]
        standing = standing_moves(mine)
        state = solution.window_state(today) if solution else None
        ways.append(
            Way(
                module=module,
                stage=stage,
                tone=dashboard.TONES.get(stage, "neutral"),
                reason=str(onboarding.get_reason_code_display()) if onboarding else "",
                since=onboarding.since.astimezone(PARIS).date() if onboarding else None,
                until=onboarding.until if onboarding else None,
                is_eligible=module == Module.REPORTS or found.station_count > 0,
                last_event=standing[-1].pk if standing else None,
                solution=solution,
                window_tone=WINDOWS[state] if state else "neutral",
                window_said=window_said(state),
            )
        )
    return ways


def window_said(state: WindowState | None) -> str:
    """Say where today stands beside a window."""
    return {
        None: "",
        WindowState.FAR: _("à venir"),
        WindowState.SOON: _("s’ouvre dans moins de 60 jours"),
        WindowState.OPEN: _("ouverte"),
        WindowState.OVER: _("fermée"),
    }[state]


def _entries(
    found: Commune, events: list[StageEvent], obstacles: list[Obstacle], tasks: list[Task]
) -> list[JournalEntry]:
    entries = [
        *(_of_move(each) for each in events),
        *(
            _of_talk(each)
            for each in Interaction.objects.filter(commune=found).select_related("contact")
        ),
        *(_of_obstacle(each, is_end=False) for each in obstacles),
        *(_of_obstacle(each, is_end=True) for each in obstacles if each.solved_at),
        *(_of_task(each) for each in tasks if each.done_at and each.done_by_name),
    ]
    return sorted(entries, key=lambda entry: entry.on, reverse=True)


def _of_move(event: StageEvent) -> JournalEntry:
    stage, module = Stage(event.to_stage).label, Module(event.onboarding.module).label
    words = {"module": module, "stage": stage}
    title = (
        _("%(module)s : retour à « %(stage)s »")
        if event.undoes_id
        else (_("%(module)s : %(stage)s"))
    )
    said = [str(event.get_reason_code_display()), event.evidence]
    if event.until:
        said.append(
            _("jusqu’au %(day)s") % {"day": date_pleine(event.until, get_language() or "fr")}
        )
    return JournalEntry(
        on=event.at.astimezone(PARIS).date(),
        icon="undo-2" if event.undoes_id else "milestone",
        title=title % words,
        text="\n".join(part for part in said if part),
        who=event.by_name,
    )


def _of_talk(each: Interaction) -> JournalEntry:
    kind = str(each.get_kind_display()).capitalize()
    words = {"kind": kind, "name": each.contact.name if each.contact else ""}
    return JournalEntry(
        on=each.on,
        icon=ICONS[each.kind],
        title=_("%(kind)s : %(name)s") % words if each.contact else kind,
        text=each.text,
        who=each.by_name,
    )


def _of_obstacle(each: Obstacle, *, is_end: bool) -> JournalEntry:
    words = {"reason": each.get_reason_code_display()}
    at = each.solved_at if is_end and each.solved_at else each.noted_at
    return JournalEntry(
        on=at.astimezone(PARIS).date(),
        icon="circle-check" if is_end else "octagon-alert",
        title=(_("Obstacle levé : %(reason)s") if is_end else _("Obstacle : %(reason)s")) % words,
        text="" if is_end else each.detail,
        who=each.solved_by_name if is_end else each.by_name,
        href=reverse("change_obstacle", args=[each.commune.insee_code, each.pk])
        if not is_end and each.solved_at is None
        else "",
    )


def _of_task(task: Task) -> JournalEntry:
    done = task.done_at or task.written_at
    title = task.title or str(task.get_rule_display())
    return JournalEntry(
        on=done.astimezone(PARIS).date(),
        icon="check",
        title=_("Fait : %(title)s") % {"title": title},
        who=task.done_by_name,
    )


def _figures(request: HttpRequest, found: Commune, *, today: date) -> dict[str, object]:
    rows = dashboard.rows(association_of(request), today=today, equipped_only=True)
    row = next((row for row in rows if row.commune.pk == found.pk), None)
    if row is None or row.is_hidden or not row.is_live:
        return {"row": row, "channels": [], "months": []}
    counts = metrics.channels([found], today=today)
    total = sum(counts.values())
    names = {"online": _("En ligne"), "phone": _("Par téléphone"), "counter": _("Au guichet")}
    shares = [(names[key], round(100 * count / total)) for key, count in counts.items() if total]
    months = [
        (date_format(month, "F Y"), round(100 * share.ratio))
        for month, share in metrics.months([found], today=today, count=MONTHS)
        if share.ratio is not None
    ]
    is_told = total >= metrics.ENOUGH_FOR_A_SHARE
    return {"row": row, "channels": shares if is_told else [], "months": months}

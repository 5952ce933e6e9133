"""The same for many reports: what will be done and said is shown, then each is done or told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from incidents import actions, bulk, desk, emails, offered, people, teamwork, transfers
from incidents.bulk import Chosen, Outcome
from incidents.bulk_forms import AssignManyForm, ManyForm, MoveManyForm, PrioritiseManyForm
from incidents.models import Follower, Report, ReportContact, Team
from incidents.round_forms import RoundManyForm
from incidents.staff_pages import current_member, handles_reports
from incidents.workflow import EFFECTS, Actor, Status
from parvis.errors import DomainError


BACK_MOST = 500
Perform = Callable[[list[Chosen], dict[str, Any], dict[str, Any]], Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """Something that can be done to many reports: its name, its question, and how it is done.

    ``perform`` is given the reports, the answers, and ``by`` and ``now``.
    """

    label: Promise
    form: type[ManyForm] = ManyForm
    perform: Perform | None = None
    is_told: bool = False
    leads_to: str = ""
    """The name of the page that goes on with them instead, given ``?choix=REF,REF``."""


@handles_reports
@require_POST
def many(request: HttpRequest) -> HttpResponse:
    """Ask what is to be done to the reports that were ticked, show it, then do it."""
    what = KINDS.get(request.POST.get("what", ""))
    if what is None:
        raise Http404
    member = current_member(request)
    try:
        picked = bulk.chosen(request.POST.getlist("r"))
    except bulk.TooMany as refusal:
        return _back(request, str(refusal))
    if not picked:
        return _back(request, _("Cochez d’abord un ou plusieurs signalements."))
    if what.leads_to:
        references = ",".join(each.report.reference for each in picked)
        return redirect(f"{reverse(what.leads_to)}?choix={references}")
    is_first = "asked" not in request.POST
    form = what.form(
        None if is_first else request.POST,
        reports=[each.report for each in picked],
        known=offered.read(user_id=member.user_id),
    )
    if what.perform and form.is_valid() and (not what.is_told or "send" in request.POST):
        common = {"by": member, "now": timezone.now()}
        return _told(request, what.perform(picked, form.cleaned_data, common))
    return _asked(request, what, picked, form)


def _back(request: HttpRequest, words: str) -> HttpResponse:
    messages.error(request, words)
    return redirect(_way_back(request)["list_address"])


def _way_back(request: HttpRequest) -> dict[str, Any]:
    """Lead back to the list as it was filtered."""
    back = urlencode(parse_qsl(request.POST.get("back", "")[:BACK_MOST]))
    page = reverse("incidents:agent:list")
    return {"back": back, "list_address": f"{page}?{back}" if back else page}


def _asked(request: HttpRequest, what: Many, picked: list[Chosen], form: ManyForm) -> HttpResponse:
    is_read = form.is_bound and form.is_valid()
    context = _way_back(request) | {
        "form": form,
        "what": request.POST["what"],
        "label": what.label,
        "reports": [each.report for each in picked],
        "keys": [f"{each.report.reference}-{each.version}" for each in picked],
        "is_read": is_read,
        "needs_reading": what.is_told,
        "preview": _preview(form) if is_read else "",
        "told": _who_is_told(form) if is_read else "",
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "incidents/staff/many.html", context, status=status)


def _told(request: HttpRequest, outcome: Outcome) -> HttpResponse:
    done = len(outcome.done)
    words = ngettext("%(n)s signalement est changé.", "%(n)s signalements sont changés.", done)
    context = _way_back(request) | {
        "outcome": outcome,
        "done": words % {"n": done} if done else _("Aucun signalement n’est changé."),
    }
    return render(request, "incidents/staff/many_done.html", context)


# --- What will be said --------------------------------------------------------------------


def _preview(form: ManyForm) -> str:
    """Return what the first reporter would read; the others read the same about theirs."""
    known = form.cleaned_data
    if not EFFECTS[Status(known["to"])].is_told:
        return ""
    return emails.preview_move(
        form.reports[0],
        known["to"],
        reason=known["reason"],
        text=known["text"],
        planned_on=known["planned_on"],
        handler=known["handler"],
    )


def _who_is_told(form: ManyForm) -> str:
    """Count who will be written to; two queries."""
    if not EFFECTS[Status(form.cleaned_data["to"])].is_told:
        return _("Personne n’est prévenu de ce changement.")
    pks = [each.pk for each in form.reports]
    reached = ReportContact.objects.filter(report__in=pks, wants_news=True).exclude(email="")
    followers = Follower.objects.filter(report__in=pks, confirmed_at__isnull=False)
    count = reached.count() + followers.count()
    if not count:
        return _("Personne n’a demandé de nouvelles : aucun courriel ne part.")
    words = ngettext("%(n)s personne sera prévenue.", "%(n)s personnes seront prévenues.", count)
    return words % {"n": count}


# --- What is done -------------------------------------------------------------------------


def _move(picked: list[Chosen], known: dict[str, Any], common: dict[str, Any]) -> Outcome:
    to = Status(known["to"])

    def act(report: Report) -> None:
        if to == Status.FORWARDED:
            transfers.forward(
                report=report, handler=known["handler"], text=known["text"], **common
            )
            return
        actions.move(
            report=report,
            to=to,
            actor=Actor.STAFF,
            reason=known["reason"],
            text=known["text"],
            planned_on=known["planned_on"],
            **common,
        )

    return bulk.to_each(picked, act)


def _assign(picked: list[Chosen], known: dict[str, Any], common: dict[str, Any]) -> Outcome:
    """Give them to a team, to somebody or to both; each is told once for all of them."""
    keeps_team = known["team"] == AssignManyForm.KEPT
    keeps_person = known["person"] == AssignManyForm.KEPT
    team = None if keeps_team else Team.objects.filter(pk=int(known["team"])).first()
    person = None if keeps_person else people.colleague(int(known["person"]))

    def act(report: Report) -> None:
        given = (person.user_id, person.name) if person else desk.NOBODY
        desk.assign(
            report=report,
            team=report.team if keeps_team else team,
            assignee=(report.assignee_id, report.assignee_name) if keeps_person else given,
            is_told=False,
            **common,
        )

    outcome = bulk.to_each(picked, act)
    desk.tell_assigned(reports=outcome.done, team=team, person=person, by=common["by"])
    return outcome


def _prioritise(picked: list[Chosen], known: dict[str, Any], common: dict[str, Any]) -> Outcome:
    return bulk.to_each(
        picked,
        lambda report: desk.prioritise(report=report, priority=known["priority"], **common),
    )


def _publish(picked: list[Chosen], known: dict[str, Any], common: dict[str, Any]) -> Outcome:
    return bulk.to_each(picked, lambda report: desk.publish(report=report, **common))


def _withdraw(picked: list[Chosen], known: dict[str, Any], common: dict[str, Any]) -> Outcome:
    return bulk.to_each(picked, lambda report: desk.withdraw(report=report, **common))


def _add_to_round(picked: list[Chosen], known: dict[str, Any], common: dict[str, Any]) -> Outcome:
    """Put them in a round, or in a new one; a round takes all that are open, or none."""
    reports = [each.report for each in picked]
    is_open = {each.pk for each in reports if not each.is_closed}
    try:
        if known["round"] is None:
            teamwork.plan_round(
                reports=reports,
                title=known["title"],
                day=known["day"],
                team=None,
                by=common["by"],
            )
        else:
            teamwork.add_to_round(tour=known["round"], reports=reports)
    except DomainError as refusal:
        return Outcome(refused=[(each, str(refusal)) for each in reports])
    closed = _("Ce signalement est clos.")
    return Outcome(
        done=[each for each in reports if each.pk in is_open],
        refused=[(each, closed) for each in reports if each.pk not in is_open],
    )


KINDS: Mapping[str, Many] = {
    "passer": Many(
        label=gettext_lazy("Faire avancer"), form=MoveManyForm, perform=_move, is_told=True
    ),
    "confier": Many(label=gettext_lazy("Confier"), form=AssignManyForm, perform=_assign),
    "priorite": Many(
        label=gettext_lazy("Changer la priorité"), form=PrioritiseManyForm, perform=_prioritise
    ),
    "publier": Many(label=gettext_lazy("Publier"), perform=_publish),
    "retirer": Many(label=gettext_lazy("Retirer du public"), perform=_withdraw),
    "tournee": Many(
        label=gettext_lazy("Préparer une tournée"), leads_to="incidents:agent:new_round"
    ),
    "rejoindre": Many(
        label=gettext_lazy("Ajouter à une tournée"), form=RoundManyForm, perform=_add_to_round
    ),
    "bons": Many(
        label=gettext_lazy("Imprimer les bons de travail"),
        leads_to="incidents:agent:work_orders",
    ),
}
"""What the list offers for the reports that were ticked; another kind is another line."""

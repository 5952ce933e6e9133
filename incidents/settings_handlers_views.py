"""The settings of who takes care: teams of the commune, other bodies, companies, communes."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents import offered
from incidents.models import Handler, Intervention, Report, Round, RoutingRule, Team
from incidents.settings_handlers_forms import HandlerForm, TeamForm
from incidents.settings_pages import SPACE, save, short, show
from incidents.staff_pages import sets_reports


LIST = f"{SPACE}:handlers"


@require_safe
@sets_reports
def handlers(request: HttpRequest) -> HttpResponse:
    """List the teams with their agents, then everybody else."""
    people = dict(_people())
    found = Handler.objects.select_related("team").annotate(named=Count("rules")).order_by("name")
    known = list(found)
    rules = {each.team_id: each.named for each in known if each.team_id}
    page = {
        "teams": [
            {
                "team": each,
                "people": ", ".join(people[n] for n in each.members if n in people) or "–",
                "rules": rules.get(each.pk, 0),
            }
            for each in Team.objects.all()
        ],
        "others": [each for each in known if each.kind != Handler.Kind.TEAM],
    }
    return show(request, "handlers", page)


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def add_team(request: HttpRequest) -> HttpResponse:
    """Add a team."""
    form = TeamForm(request.POST or None, instance=Team(), people=_people())
    return _edit(request, form, "team", form.write, _("Équipe ajoutée : %(name)s"))


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def change_team(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a team, or switch it off."""
    team = get_object_or_404(Team, pk=pk)
    form = TeamForm(request.POST or None, instance=team, people=_people())
    return _edit(
        request,
        form,
        "team",
        form.write,
        _("Équipe modifiée : %(name)s"),
        rules=RoutingRule.objects.filter(handler__team=team).count(),
    )


@require_POST
@sets_reports
def delete_team(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a team that nothing names; else say what does."""
    team = get_object_or_404(Team, pk=pk)
    uses = _uses(
        reports=Report.objects.filter(team=team).count(),
        rules=RoutingRule.objects.filter(handler__team=team).count(),
        rounds=Round.objects.filter(team=team).count(),
        interventions=Intervention.objects.filter(team=team).count(),
    )
    if uses:
        return _refuse(request, uses, reverse(f"{SPACE}:change_team", args=[pk]))

    def work() -> None:
        Handler.objects.filter(team=team).delete()
        team.delete()

    label = _("Équipe supprimée : %(name)s") % {"name": short(team.name)}
    return save(request, label=label, work=work, to=reverse(LIST), now=timezone.now())


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def add_handler(request: HttpRequest) -> HttpResponse:
    """Add another body, a company, or another commune."""
    instance = Handler(kind=Handler.Kind.BODY)
    form = HandlerForm(request.POST or None, instance=instance)
    return _edit(request, form, "handler", instance.save, _("Responsable ajouté : %(name)s"))


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def change_handler(request: HttpRequest, pk: int) -> HttpResponse:
    """Change who is not a team of the commune, or switch it off."""
    handler = get_object_or_404(Handler.objects.exclude(kind=Handler.Kind.TEAM), pk=pk)
    form = HandlerForm(request.POST or None, instance=handler)
    return _edit(
        request,
        form,
        "handler",
        handler.save,
        _("Responsable modifié : %(name)s"),
        rules=handler.rules.count(),
    )


@require_POST
@sets_reports
def delete_handler(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete who is named by nothing; else say what does."""
    handler = get_object_or_404(Handler.objects.exclude(kind=Handler.Kind.TEAM), pk=pk)
    uses = _uses(reports=handler.reports.count(), rules=handler.rules.count())
    if uses:
        return _refuse(request, uses, reverse(f"{SPACE}:change_handler", args=[pk]))
    label = _("Responsable supprimé : %(name)s") % {"name": short(handler.name)}
    return save(request, label=label, work=handler.delete, to=reverse(LIST), now=timezone.now())


def _edit(
    request: HttpRequest,
    form: TeamForm | HandlerForm,
    name: str,
    work: Callable[[], object],
    label: str,
    *,
    rules: int = 0,
) -> HttpResponse:
    known = form.instance.name
    if form.is_bound and form.is_valid():
        return save(
            request,
            label=label % {"name": short(form.cleaned_data["name"])},
            work=work,
            to=reverse(LIST),
            now=timezone.now(),
            warning="" if form.cleaned_data["is_active"] else _still_named(rules),
        )
    page = {"known": form.instance if form.instance.pk else None, "title": known}
    return show(request, name, page, form=form)


def _people() -> tuple[tuple[int, str], ...]:
    return offered.read(user_id=0).people


def _still_named(rules: int) -> str:
    if not rules:
        return ""
    return ngettext(
        "%(n)s règle le nomme encore : tant qu’il est hors service, elle est passée.",
        "%(n)s règles le nomment encore : tant qu’il est hors service, elles sont passées.",
        rules,
    ) % {"n": rules}


def _uses(*, reports: int, rules: int, rounds: int = 0, interventions: int = 0) -> str:
    """List in words what names somebody; nothing when nothing does."""
    said: list[Any] = [
        reports and ngettext("%(n)s signalement", "%(n)s signalements", reports) % {"n": reports},
        rules and ngettext("%(n)s règle", "%(n)s règles", rules) % {"n": rules},
        rounds and ngettext("%(n)s tournée", "%(n)s tournées", rounds) % {"n": rounds},
        interventions
        and ngettext("%(n)s intervention", "%(n)s interventions", interventions)
        % {"n": interventions},
    ]
    return ", ".join(filter(None, said))


def _refuse(request: HttpRequest, uses: str, to: str) -> HttpResponse:
    words = _("Ne peut pas être supprimé : sert à %(uses)s. Vous pouvez le mettre hors service.")
    messages.error(request, words % {"uses": uses})
    return redirect(to)

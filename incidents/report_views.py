"""The form by which a citizen says something about a place; no account, no script needed."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_http_methods

from identity.addresses import address_of
from identity.limits import Limit, take
from incidents import actions, links, photos
from incidents.forms import ReportForm
from incidents.models import Category, Photo, Report
from parvis.errors import DomainError
from parvis.pieces import Tab


DOORS = {
    "signaler": Category.Door.REPORT,
    "suggerer": Category.Door.SUGGESTION,
    "feliciter": Category.Door.COMPLIMENT,
}
REPORTS = Limit("report", 40, timedelta(hours=1))  # per address; a library shares one


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Say what is wrong, what could be better, or thank you."""
    name = request.GET.get("porte", "")
    door = DOORS.get(name, Category.Door.REPORT)
    form = ReportForm(door, request.POST or None, request.FILES or None)
    elsewhere = None
    if request.method == "POST" and form.is_valid():
        chosen = form.chosen
        if chosen is not None and chosen.door == Category.Door.REDIRECT:
            elsewhere = chosen
        elif (sent := _send(request, form)) is not None:
            return redirect(sent)
    context = {
        "form": form,
        "icons": form.icons,
        "elsewhere": elsewhere,
        "tabs": _tabs(door),
        "is_problem": door == Category.Door.REPORT,
        "dangers": [each for each in form.offered.values() if each.danger_text],
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "incidents/report.html", context, status=status)


def _send(request: HttpRequest, form: ReportForm) -> str | None:
    """Receive the report with its photos; return where to go, None when it is refused."""
    known, now = form.cleaned_data, timezone.now()
    take(REPORTS, address_of(request), now=now)
    try:
        made, token = actions.receive(
            category=form.offered[known["category"]],
            text=known["text"],
            place=form.place,
            address=known["address"],
            channel=Report.Channel.WEB,
            now=now,
            idempotency_key=known["key"],
            email=known["email"],
            phone=known["phone"],
            language=get_language() or "fr",
        )
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None
    if token:
        for content in known["photos"] or []:
            photos.add(report=made, content=content, stage=Photo.Stage.BEFORE, now=now)
    return (f"/suivi/{token}/" if token else links.path_to(made)) + "?envoye=1"


def _tabs(door: str) -> list[Tab]:
    words = {
        "signaler": (_("Signaler"), "triangle-alert"),
        "suggerer": (_("Suggérer"), "lightbulb"),
        "feliciter": (_("Féliciter"), "heart-handshake"),
    }
    return [
        Tab(label=label, href=f"?porte={name}", current=DOORS[name] == door, icon=icon)
        for name, (label, icon) in words.items()
    ]

"""The page by which a body or a company answers about one report, without an account."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incidents import links, partners
from incidents.models import Handler, Photo, Report
from incidents.models.reports import STATUS_WORDS
from incidents.partner_forms import BeginForm, DeclineForm, DoneForm, PlanForm, WriteForm
from incidents.secret_pages import private
from incidents.workflow import Status
from parvis.errors import DomainError


UNKNOWN = 404
NEXT: Mapping[str, Status] = {
    "plan": Status.PLANNED,
    "begin": Status.IN_PROGRESS,
    "finish": Status.RESOLVED,
    "decline": Status.TRIAGE,
}


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, secret: str) -> HttpResponse:
    """Show what is asked and take one answer; the link ends with the report in other hands."""
    found = links.partner_behind(secret)
    if found is None:
        return private(render(request, "incidents/partner/ended.html", status=UNKNOWN))
    report, handler = found
    now = timezone.now()
    act = request.POST.get("act", "")
    offered = _forms(request, act)
    form = offered.get(act)
    if form is None or not form.is_valid():
        return _page(request, report, handler, offered, refused=form)
    try:
        _act(act, report, handler, form.cleaned_data, now=now)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, report, handler, offered, refused=form)
    if act == "decline":
        return private(render(request, "incidents/partner/ended.html", {"is_declined": True}))
    messages.success(request, _("C’est noté, merci."))
    return private(redirect(request.path))


def _forms(request: HttpRequest, act: str) -> dict[str, Any]:
    """Make the forms of the page; the one that was sent is bound."""

    def made(name: str, kind: Any, **known: Any) -> forms.Form:
        sent = (request.POST, request.FILES) if name == act else ()
        form: forms.Form = kind(*sent, prefix=name, **known)
        return form

    return {
        "plan": made("plan", PlanForm, today=timezone.localdate()),
        "begin": made("begin", BeginForm),
        "finish": made("finish", DoneForm),
        "decline": made("decline", DeclineForm),
        "write": made("write", WriteForm),
    }


def _act(
    act: str, report: Report, handler: Handler, known: dict[str, Any], *, now: datetime
) -> None:
    steps: dict[str, Callable[..., None]] = {
        "plan": partners.acknowledge,
        "begin": partners.begin,
        "finish": partners.finish,
        "decline": partners.decline,
        "write": partners.write,
    }
    steps[act](report=report, handler=handler, now=now, **known)


def _page(
    request: HttpRequest,
    report: Report,
    handler: Handler,
    offered: dict[str, Any],
    *,
    refused: forms.Form | None,
) -> HttpResponse:
    """Show the page; nothing on it says who reported."""
    ready = report.photos.filter(state=Photo.State.READY).exclude(stage=Photo.Stage.EVIDENCE)
    status = Status(report.status)
    legal = partners.open_moves(report)
    context = {
        "report": report,
        "handler": handler,
        "status_word": STATUS_WORDS[status],
        "photos": [(each, links.photo_address(each, "m")) for each in ready],
        "form": refused,
        "opened": {name: form is refused for name, form in offered.items()},
        "forms": offered,
        "may": {name: to in legal for name, to in NEXT.items()},
        "may_plan": Status.PLANNED in legal or status == Status.PLANNED,
        "needs_photo": report.category.needs_after_photo,
    }
    code = 422 if refused is not None else 200
    return private(render(request, "incidents/partner/page.html", context, status=code))

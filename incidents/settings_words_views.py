"""The settings of words: answers ready for the team, and what the acknowledgement says."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents.calendar import current_commune
from incidents.models import ReplyTemplate, Report, Settings
from incidents.models.reports import STATUS_WORDS
from incidents.move_views import fill
from incidents.settings_pages import SPACE, save, short, show
from incidents.settings_words_forms import ReplyForm, ServiceForm
from incidents.staff_pages import sets_reports
from incidents.workflow import Status
from parvis.provenance import source_of, told_in


LIST = f"{SPACE}:replies"


@require_safe
@sets_reports
def replies(request: HttpRequest) -> HttpResponse:
    """List the answers that are ready, and when each is offered."""
    rows = [
        {"reply": each, "status": _status(each.status), "category": each.category}
        for each in ReplyTemplate.objects.select_related("category")
    ]
    return show(request, "replies", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def add_reply(request: HttpRequest) -> HttpResponse:
    """Write an answer, and read it as a citizen would."""
    return _edit(request, ReplyTemplate(), _("Modèle ajouté : %(name)s"))


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def change_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an answer; those already sent stay as they were."""
    return _edit(request, get_object_or_404(ReplyTemplate, pk=pk), _("Modèle modifié : %(name)s"))


@require_POST
@sets_reports
def delete_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete an answer; those already sent stay."""
    reply = get_object_or_404(ReplyTemplate, pk=pk)
    label = _("Modèle supprimé : %(name)s") % {"name": short(reply.title)}
    return save(request, label=label, work=reply.delete, to=reverse(LIST), now=timezone.now())


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def service(request: HttpRequest) -> HttpResponse:
    """Say which service is in charge, as each acknowledgement has to."""
    known = Settings.objects.filter(pk=1).first() or Settings(pk=1)
    form = ServiceForm(request.POST or None, instance=known)
    if form.is_bound and form.is_valid():
        return save(
            request,
            label=_("Service chargé modifié"),
            work=known.save,
            to=reverse(f"{SPACE}:home"),
            now=timezone.now(),
        )
    return show(request, "service", {"commune": current_commune()}, form=form)


def replies_state() -> str:
    """Say how many answers are ready."""
    count = ReplyTemplate.objects.count()
    if not count:
        return _("Aucun modèle")
    return ngettext("%(n)s modèle", "%(n)s modèles", count) % {"n": count}


def service_state() -> str:
    """Name the service in charge."""
    known = Settings.objects.filter(pk=1).values_list("service", flat=True).first()
    return known or _("La mairie, pour tout")


def _status(code: str) -> str:
    return str(STATUS_WORDS[Status(code)]) if code in set(Status) else _("n’importe lequel")


def _edit(request: HttpRequest, reply: ReplyTemplate, label: str) -> HttpResponse:
    title, now = reply.title, timezone.now()
    form = ReplyForm(request.POST or None, instance=reply)
    is_valid = form.is_bound and form.is_valid()
    if is_valid and "look" not in request.POST:
        with told_in(form):
            return save(
                request,
                label=label % {"name": short(form.cleaned_data["title"])},
                work=reply.save,
                to=reverse(LIST),
                now=now,
            )
    text = str(form["text"].value() or "")
    page = {
        "reply": reply if reply.pk else None,
        "source": source_of("reply", reply.pk),
        "title": title,
        "preview": _preview(form, text, now=now),
    }
    return show(request, "reply", page, form=form)


def _preview(form: ReplyForm, text: str, *, now: datetime) -> dict[str, Any] | None:
    """Fill the words in with the latest report of the category, or with an invented one."""
    if not text.strip() or "text" in form.errors:
        return None
    category = form.cleaned_data.get("category") if form.is_bound else form.instance.category
    known = Report.objects.filter(category=category) if category else Report.objects.all()
    report = known.order_by("-submitted_at", "-id").first()
    shown = report or Report(reference="K7M2QX4T", address=_("rue de l’Église"))
    words = fill(ReplyTemplate(text=text), shown, day=timezone.localtime(now).date())
    return {"words": words, "is_real": report is not None, "reference": shown.reference}

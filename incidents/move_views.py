"""The page that moves a report: what citizens will read is shown before it is sent."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods

from incidents import actions, emails, merging, photos, transfers
from incidents.desk_forms import MoveForm
from incidents.models import Handler, Photo, ReplyTemplate, Report
from incidents.models.reports import STATUS_WORDS
from incidents.own_words import filled, marks
from incidents.refusals import StaleVersion
from incidents.staff_pages import current_member, handles_reports, report_or_404
from incidents.workflow import EFFECTS, Actor, Status
from parvis.errors import DomainError
from parvis.typed import number


NAMED_MOST = 40
CHANGED = 409


@handles_reports
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, reference: str) -> HttpResponse:
    """Choose what becomes of a report, read what citizens will read, then send."""
    found = report_or_404(reference)
    if request.method != "POST":
        return _page(request, found, _blank(request, found), status=200)
    if "fill" in request.POST:
        return _page(request, found, _filled(request, found), status=200)
    form = _form(request, found, request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    if form.cleaned_data["photo"]:
        _keep_photo(request, found, form)
    if "send" in request.POST:
        return _sent(request, found, form)
    return _page(request, found, form, status=200, preview=_preview(found, form.cleaned_data))


def _sent(request: HttpRequest, found: Report, form: MoveForm) -> HttpResponse:
    """Make the move; what was typed stays on the page when it is refused."""
    try:
        _move(request, found, form.cleaned_data)
    except StaleVersion as refusal:
        form.add_error(None, str(refusal))
        form.data = {**request.POST.dict(), "version": str(found.version)}
        return _page(request, found, form, status=CHANGED)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, found, form, status=422)
    messages.success(
        request, _("Le signalement est : %(status)s.") % {"status": STATUS_WORDS[_to(form)]}
    )
    return redirect("incidents:agent:report", found.reference)


def fill(template: ReplyTemplate, report: Report, *, day: date) -> str:
    """Write the words of a template about one report; ``day`` is what its date says."""
    return filled(template.text, marks(report, day=day))


def _form(request: HttpRequest, found: Report, *args: Any, **kwargs: Any) -> MoveForm:
    files = [request.FILES] if args else []
    return MoveForm(found, request.commune, *args, *files, **kwargs)  # type: ignore[attr-defined]


def _blank(request: HttpRequest, found: Report) -> MoveForm:
    initial: dict[str, Any] = {"version": found.version, "to": request.GET.get("vers", "")}
    template = _template(request.GET)
    if template is not None:
        initial |= {"template": template, "text": fill(template, found, day=_today())}
    return _form(request, found, initial=initial)


def _filled(request: HttpRequest, found: Report) -> MoveForm:
    """Keep what was typed and put the words of the chosen template in the message."""
    initial = {name: value for name, value in request.POST.items() if "\0" not in str(value)}
    template = _template(request.POST)
    if template is not None:
        planned = _day(str(initial.get("planned_on", "")))
        initial["text"] = fill(template, found, day=planned or _today())
    return _form(request, found, initial=initial)


def _template(sent: QueryDict) -> ReplyTemplate | None:
    chosen = number(sent.get("template") or sent.get("modele") or "")
    return ReplyTemplate.objects.filter(pk=chosen).first() if chosen else None


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _today() -> date:
    return timezone.localdate()


def _to(form: MoveForm) -> Status:
    return Status(form.cleaned_data["to"])


def _keep_photo(request: HttpRequest, found: Report, form: MoveForm) -> None:
    """Keep the photo at once: a browser would not send it again with the last step."""
    photos.add(
        report=found,
        content=form.cleaned_data["photo"],
        stage=Photo.Stage.AFTER,
        now=timezone.now(),
        by=current_member(request),
    )
    messages.success(request, _("La photo après travaux est ajoutée au signalement."))


def _preview(found: Report, known: dict[str, Any]) -> str:
    handler = known["handler"]
    if known["to"] == Status.TRANSFERRED:
        handler = Handler(name=known["commune"].name)
    words = emails.preview_move(
        found,
        known["to"],
        reason=known["reason"],
        text=known["text"],
        planned_on=known["planned_on"],
        handler=handler,
    )
    return words if EFFECTS[Status(known["to"])].is_told else ""


def _told(found: Report, to: str) -> str:
    """Say who will be written to."""
    if to not in set(Status) or not EFFECTS[Status(to)].is_told:
        return _("Personne n’est prévenu de ce changement.")
    people = emails.recipients(found)
    names = [
        _("%(name)s (courriel)") % {"name": found.contact.name or _("le déclarant")}
        for each in people
        if each.is_reporter
    ]
    followers = len(people) - len(names)
    if followers:
        words = ngettext("%(count)s abonné", "%(count)s abonnés", followers)
        names.append(words % {"count": followers})
    if not names:
        return _("Personne n’a demandé de nouvelles : aucun courriel ne part.")
    return _("Sera prévenu : %(people)s.") % {"people": _(" et ").join(names)}


def _move(request: HttpRequest, found: Report, known: dict[str, Any]) -> None:
    to = Status(known["to"])
    common: dict[str, Any] = {
        "report": found,
        "by": current_member(request),
        "now": timezone.now(),
    }
    if known["version"] != found.version:
        raise StaleVersion
    if to == Status.FORWARDED:
        transfers.forward(handler=known["handler"], text=known["text"], **common)
    elif to == Status.TRANSFERRED:
        transfers.hand_over(commune=known["commune"], text=known["text"], **common)
    elif to == Status.DUPLICATE:
        merging.merge(master=known["master"], **common)
    else:
        actions.move(
            to=to,
            actor=Actor.STAFF,
            reason=known["reason"],
            text=known["text"],
            planned_on=known["planned_on"],
            version=known["version"],
            **common,
        )


def _page(
    request: HttpRequest,
    found: Report,
    form: MoveForm,
    *,
    status: int,
    preview: str | None = None,
) -> HttpResponse:
    context = {
        "report": found,
        "form": form,
        "is_read": preview is not None,
        "preview": preview,
        "told": _told(found, form.cleaned_data["to"]) if preview is not None else "",
        "elsewhere": any(form[name].value() for name in ("handler", "commune", "master"))
        or bool(form.errors.keys() & {"handler", "commune", "master"})
        or form["to"].value() in {"forwarded", "transferred", "duplicate"},
        "needs_photo": found.category.needs_after_photo,
        "has_templates": len(form.fields["template"].choices) > 1,  # type: ignore[attr-defined]
    }
    return render(request, "incidents/staff/move.html", context, status=status)

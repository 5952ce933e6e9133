"""What the commune decides about its data: durations, tonight, the register, requests."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from identity.access import staff_only, who
from identity.members import ADMIN
from parvis.errors import DomainError
from parvis.exports import download, to_csv
from privacy import actions, nightly, register as registers, words
from privacy.forms import AnswerForm, DurationForm
from privacy.models import Choice, DataRequest, Night
from privacy.policy import RULES
from tenants.models import Erasure


NIGHTS_SHOWN, REQUESTS_SHOWN = 7, 50
ERASURES_MOST = 20_000
MONTH = timedelta(days=30)
HIDDEN = {"session", "invitation", "staff_account", "training", "membership", "audit"}
"""What is not the commune's own to erase: in the register, not in its table."""


@require_safe
@staff_only(ADMIN)
def home(request: HttpRequest) -> HttpResponse:
    """Show the durations, what goes tonight, what the last nights did, and who waits."""
    now = timezone.now()
    chosen = {each.rule: each for each in Choice.objects.all()}
    waiting = DataRequest.objects.filter(answered_at__isnull=True).order_by("asked_at", "pk")
    context = {
        "rules": [_line(key, chosen.get(key)) for key in RULES if key not in HIDDEN],
        "due": _named(nightly.due(now=now)),
        "nights": [
            (night.at, _named(night.erased), _named(night.left))
            for night in Night.objects.all()[:NIGHTS_SHOWN]
        ],
        "requests": [
            (each, each.asked_at + MONTH, max(0, (each.asked_at + MONTH - now).days))
            for each in waiting[:REQUESTS_SHOWN]
        ],
        "answered": DataRequest.objects.filter(answered_at__isnull=False).count(),
    }
    return render(request, "privacy/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(ADMIN)
def choose(request: HttpRequest, rule: str) -> HttpResponse:
    """Keep something shorter, or longer with a reason."""
    known = RULES.get(rule)
    if known is None or not known.is_adjustable or rule in HIDDEN:
        raise Http404
    current = Choice.objects.filter(rule=rule).first()
    initial = {
        "number": current.number if current else known.default,
        "reason": current.reason if current else "",
    }
    form = DurationForm(known, request.POST or None, initial=initial)
    if form.is_valid():
        actions.choose(rule=rule, by=who(request), now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Durée enregistrée : elle vaut dès cette nuit."))
        return redirect("privacy:home")
    status = 422 if form.errors else 200
    context = {"form": form, "name": words.name(rule), "kept": words.kept(rule)}
    return render(request, "privacy/choose.html", context, status=status)


@require_safe
@staff_only(ADMIN)
def register(request: HttpRequest) -> HttpResponse:
    """Show the register of processings, ready to print."""
    association = request.association  # type: ignore[attr-defined]
    context = {
        "entries": registers.entries(),
        "today": timezone.localdate(),
        "processors": registers.processors(association=association.name if association else ""),
        "transfers": registers.transfers(),
    }
    return render(request, "privacy/register.html", context)


@require_safe
@staff_only(ADMIN)
def register_file(_request: HttpRequest) -> HttpResponse:
    """Give the register as a table."""
    header = [
        *(_("Finalité"), _("Personnes"), _("Données"), _("Destinataires")),
        *(_("Conservé"), _("Combien de temps"), _("Ensuite"), _("Motif")),
    ]
    rows = [
        (
            each.purpose,
            each.people,
            each.kinds,
            each.recipients,
            kept.what,
            kept.time,
            kept.then,
            kept.reason,
        )
        for each in registers.entries()
        for kept in each.kept
    ]
    return download(to_csv(header, rows), "registre.csv")


@require_safe
@staff_only(ADMIN)
def erasures(_request: HttpRequest) -> HttpResponse:
    """Give the list of what was erased, of nobody: for the archives of the department."""
    header = [_("Date"), _("Effacé"), _("Raison"), _("Enregistrement")]
    lines = Erasure.objects.order_by("-at", "-pk")[:ERASURES_MOST]
    rows = [
        (
            each.at.date().isoformat(),
            each.get_kind_display(),
            each.get_reason_display(),
            each.record[:8],
        )
        for each in lines
    ]
    return download(to_csv(header, rows), "effacements.csv")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(ADMIN)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Read what a person asks, and answer her."""
    found = get_object_or_404(DataRequest, pk=pk)
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        try:
            actions.answer(
                request=found,
                words=form.cleaned_data["answer"],
                by=who(request),
                now=timezone.now(),
            )
        except DomainError as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, _("Réponse envoyée."))
        return redirect("privacy:home")
    status = 422 if form.errors else 200
    context = {"asked": found, "form": form, "until": found.asked_at + MONTH}
    return render(request, "privacy/answer.html", context, status=status)


def _line(key: str, choice: Choice | None) -> dict[str, object]:
    rule = RULES[key]
    return {
        "key": key,
        "name": words.name(key),
        "kept": words.kept(key, choice.number if choice else None),
        "then": words.ACTIONS[rule.action],
        "usual": words.duration(rule) if choice else "",
        "reason": choice.reason if choice else "",
        "is_adjustable": rule.is_adjustable,
    }


def _named(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(words.name(key), counts[key]) for key in RULES if counts.get(key)]

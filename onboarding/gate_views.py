"""The gate, on the site of the commune and on that of its association."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking import planning
from identity.access import staff_only, who
from onboarding import gate_actions
from onboarding.access import TEAM
from onboarding.facts import situation
from onboarding.gate_actions import UNDO_HOURS
from onboarding.models import Launch, ReadinessItem
from onboarding.readiness import BY_CODE, Step, is_ready, score
from onboarding.readiness_words import LABELS, lines
from onboarding.wizard_forms import ApproveForm, AskForm, ReasonForm
from onboarding.wizard_pages import manages, own_commune, show, typed
from parvis.errors import DomainError
from tenants.asked import member_commune
from tenants.hosts import absolute_url
from tenants.models import Commune


OPENING_HOUR = 9
helps = staff_only(*TEAM)


# --- On the commune's site ----------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def check(request: HttpRequest) -> HttpResponse:
    """Run every check, and ask for the opening once nothing blocks."""
    now = timezone.now()
    form = AskForm(typed(request))
    refusal = ""
    if form.is_valid():
        try:
            gate_actions.ask(
                commune=own_commune(),
                by=who(request),
                wished_on=form.cleaned_data["wished_on"],
                now=now,
            )
        except DomainError as refused:
            refusal = str(refused)
        else:
            messages.success(request, _("Votre demande est partie à l’association."))
            return redirect(request.path)
    here = situation(now=now)
    found = here.found
    commune = here.commune
    page = {
        "lines": lines(found, here.notes),
        "is_ready": is_ready(found),
        "score": score(found),
        "checked_at": now,
        "launch": _launch(commune),
        "may_undo": _may_undo(_launch(commune), now),
        "is_open": commune.state == Commune.State.READY,
        "refusal": refusal,
        "private_link": _private_link(commune),
    }
    answer = show(request, Step.CHECK, page, form=form)
    if refusal:
        answer.status_code = 409
    return answer


def _private_link(commune: Commune) -> str:
    key = commune.private_key if commune.state == Commune.State.CONFIGURING else ""
    return absolute_url(commune, f"/essai/{key}/") if key else ""


@require_POST
@manages
def undo(request: HttpRequest) -> HttpResponse:
    """Take back what was asked, planned or just opened."""
    gate_actions.undo_from_commune(
        commune=planning.current_commune(), by=who(request), now=timezone.now()
    )
    messages.success(request, _("C’est annulé. Si le site était ouvert, il se referme."))
    return redirect("onboarding:wizard_check")


# --- On the association's site ------------------------------------------------------------


@require_safe
@helps
def opening(request: HttpRequest, insee_code: str) -> HttpResponse:
    """Show how far a commune is, and what it asks."""
    return _opening(request, member_commune(request, insee_code))


@require_POST
@helps
def approve(request: HttpRequest, insee_code: str) -> HttpResponse:
    """Accept an opening for a date and a time."""
    commune = member_commune(request, insee_code)
    form = ApproveForm(request.POST)
    if form.is_valid():
        try:
            gate_actions.approve(
                launch=_standing(commune),
                by=who(request),
                opens_at=form.cleaned_data["opens_at"],
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error("opens_at", str(refusal))
        else:
            messages.success(request, _("L’ouverture est acceptée. Elle se fera toute seule."))
            return _back(commune)
    return _opening(request, commune, approve=form)


@require_POST
@helps
def refuse(request: HttpRequest, insee_code: str) -> HttpResponse:
    """Answer that it is too early, and why."""
    commune = member_commune(request, insee_code)
    form = ReasonForm(request.POST, prefix="refus")
    if form.is_valid():
        gate_actions.refuse(
            launch=_standing(commune),
            by=who(request),
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        messages.success(request, _("Votre réponse est partie."))
        return _back(commune)
    return _opening(request, commune, refuse=form)


@require_POST
@helps
def undo_opening(request: HttpRequest, insee_code: str) -> HttpResponse:
    """Take back an opening, planned or less than a day old."""
    commune = member_commune(request, insee_code)
    gate_actions.undo_from_association(commune=commune, by=who(request), now=timezone.now())
    messages.success(request, _("L’ouverture est annulée."))
    return _back(commune)


@require_http_methods(["GET", "HEAD", "POST"])
@helps
def waive(request: HttpRequest, insee_code: str, item: str) -> HttpResponse:
    """Dispense a commune from a check that may be, with a reason."""
    commune = member_commune(request, insee_code)
    if item not in BY_CODE or not BY_CODE[item].is_waivable:
        raise Http404
    form = ReasonForm(typed(request))
    if form.is_valid():
        gate_actions.waive(
            commune=commune,
            code=item,
            by=who(request),
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        messages.success(request, _("La dispense est enregistrée."))
        return _back(commune)
    context = {"place": commune, "form": form, "label": LABELS[item], "back": _address(commune)}
    status = 422 if form.is_bound else 200
    return render(request, "onboarding/gate/waive.html", context, status=status)


@require_POST
@helps
def withdraw(request: HttpRequest, insee_code: str, item: str) -> HttpResponse:
    """Ask for a check again."""
    commune = member_commune(request, insee_code)
    gate_actions.withdraw_waiver(commune=commune, code=item)
    messages.success(request, _("La dispense est retirée."))
    return _back(commune)


# --- Helpers ------------------------------------------------------------------------------


def _opening(
    request: HttpRequest,
    commune: Commune,
    *,
    approve: ApproveForm | None = None,
    refuse: ReasonForm | None = None,
) -> HttpResponse:
    now = timezone.now()
    launch = _launch(commune)
    tomorrow = timezone.localtime(now) + timedelta(days=1)
    start = tomorrow.replace(hour=OPENING_HOUR, minute=0, second=0, microsecond=0)
    items: list[dict[str, Any]] = [
        {
            "row": each,
            "label": LABELS[each.code],
            "is_settled": each.is_done or each.waived_at is not None,
            "is_waivable": BY_CODE[each.code].is_waivable,
        }
        for each in ReadinessItem.objects.filter(commune=commune, code__in=BY_CODE)
    ]
    order = list(BY_CODE)
    items.sort(key=lambda each: order.index(each["row"].code))
    context: dict[str, Any] = {
        "place": commune,
        "launch": launch,
        "may_undo": _may_undo(launch, now),
        "missing": [each for each in items if not each["is_settled"]],
        "settled": [each for each in items if each["is_settled"]],
        "checked_at": max((each["row"].checked_at for each in items), default=None),
        "approve": approve or ApproveForm(initial={"opens_at": start}),
        "refuse": refuse or ReasonForm(prefix="refus"),
        "wrong": approve or refuse,
        "history": Launch.objects.filter(commune=commune),
        "card": f"/communes/{commune.insee_code}/",
    }
    status = 422 if approve or refuse else 200
    return render(request, "onboarding/gate/opening.html", context, status=status)


def _launch(commune: Commune) -> Launch | None:
    """Return the last opening, whatever became of it."""
    return Launch.objects.filter(commune=commune).first()


def _may_undo(launch: Launch | None, now: Any) -> bool:
    if launch is None or launch.undone_at or launch.refused_at:
        return False
    return launch.opened_at is None or now < launch.opened_at + timedelta(hours=UNDO_HOURS)


def _standing(commune: Commune) -> Launch:
    launch = Launch.objects.standing().filter(commune=commune).first()
    if launch is None:
        raise gate_actions.Answered
    return launch


def _address(commune: Commune) -> str:
    return reverse("opening", args=[commune.insee_code])


def _back(commune: Commune) -> HttpResponse:
    return redirect(_address(commune))

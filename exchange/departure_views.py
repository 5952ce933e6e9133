"""A commune leaves: asked for on its own site, confirmed on the association's."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_POST, require_safe

from exchange import departure_letters, departure_paper
from exchange.departure_forms import LeaveForm, SuspendForm
from identity.access import staff_only, who
from identity.freshness import fresh_only
from identity.members import ADMIN, DIRECTOR, REFERENT
from parvis.errors import DomainError
from parvis.exports import download
from tenants import departures
from tenants.asked import association_of, commune_of
from tenants.models import Commune, Departure, Suspension


TONES = {
    "asked": "warning",
    "read_only": "warning",
    "moved": "danger",
    "destroyed": "neutral",
    "cancelled": "neutral",
}


# --- On the commune's site ------------------------------------------------------------------


@require_safe
@staff_only(ADMIN)
def leave(request: HttpRequest) -> HttpResponse:
    """Say how a commune leaves, and where its departure stands."""
    return _leave(request, LeaveForm(commune_of(request).name))


def _leave(request: HttpRequest, form: LeaveForm, *, status: int = 200) -> HttpResponse:
    found = Departure.objects.filter(commune=commune_of(request)).first()
    current = found if found and found.is_current else None
    context = {
        "form": form,
        "departure": current,
        "tone": TONES[current.state] if current else "neutral",
        "read_only_days": departures.READ_ONLY_FOR.days,
        "grace_days": departures.GRACE.days,
    }
    return render(request, "exchange/leave.html", context, status=status)


@require_POST
@staff_only(ADMIN)
@fresh_only
def ask_leave(request: HttpRequest) -> HttpResponse:
    """Ask to leave; the association has to confirm."""
    commune, member = commune_of(request), who(request)
    form = LeaveForm(commune.name, request.POST)
    if not form.is_valid():
        return _leave(request, form, status=422)
    try:
        departures.ask(
            commune=commune,
            new_url=form.cleaned_data["new_url"],
            reason=form.cleaned_data["reason"],
            by_id=member.user_id,
            by_name=member.name,
            by_email=member.email,
            now=timezone.now(),
        )
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _leave(request, form, status=422)
    departure_letters.wake()
    messages.success(request, _("Demande envoyée à votre association, qui doit la confirmer."))
    return redirect("exchange:leave")


@require_POST
@staff_only(ADMIN)
def cancel_leave(request: HttpRequest) -> HttpResponse:
    """Give the departure up, before citizens are sent elsewhere."""
    found = Departure.objects.filter(commune=commune_of(request)).first()
    if found is None:
        raise Http404
    departures.withdraw(departure=found, by_name=who(request).name, now=timezone.now())
    departure_letters.wake()
    messages.success(request, _("Départ annulé. Le site rouvre sous une minute."))
    return redirect("exchange:leave")


# --- On the association's site ----------------------------------------------------------------


@require_safe
@staff_only(DIRECTOR, REFERENT)
def departures_list(request: HttpRequest) -> HttpResponse:
    """List the communes that leave, have left, or are suspended."""
    return _list(request)


def _list(
    request: HttpRequest, *, form: SuspendForm | None = None, status: int = 200
) -> HttpResponse:
    association = association_of(request)
    found = Departure.objects.filter(commune__association=association).select_related("commune")
    suspended = Suspension.objects.filter(
        commune__association=association, ended_at__isnull=True
    ).select_related("commune")
    context: dict[str, Any] = {
        "departures": [(each, TONES[each.state]) for each in found],
        "suspensions": suspended,
        "form": form or SuspendForm(_open_communes(request)),
        "decides": who(request).role == DIRECTOR,
        "me": who(request).user_id,
    }
    return render(request, "exchange/departures.html", context, status=status)


def _open_communes(request: HttpRequest) -> list[tuple[str, str]]:
    association = association_of(request)
    found = Commune.objects.open().filter(association=association).order_by("name")
    return list(found.values_list("insee_code", "name"))


@require_POST
@staff_only(DIRECTOR)
@fresh_only
def confirm_departure(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a commune leave: from now on it reads only."""
    member = who(request)
    departure_letters.confirm(
        departure=_departure(request, pk),
        by_id=member.user_id,
        by_name=member.name,
        now=timezone.now(),
    )
    messages.success(request, _("Départ confirmé : la commune est en lecture seule."))
    return redirect("departures")


@require_POST
@staff_only(DIRECTOR)
def cancel_departure(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a departure up, at any moment before the destruction."""
    departures.cancel(
        departure=_departure(request, pk), by_name=who(request).name, now=timezone.now()
    )
    messages.success(request, _("Départ annulé : la commune est de nouveau ouverte."))
    return redirect("departures")


@require_safe
@staff_only(DIRECTOR, REFERENT)
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """Print the certificate of destruction."""
    departure = _departure(request, pk)
    if departure.state != Departure.State.DESTROYED:
        raise Http404
    content = departure_paper.certificate(
        departure,
        association=association_of(request),
        language=get_language() or "fr",
    )
    return download(content, f"destruction-{departure.commune.slug}.pdf", is_shown=True)


@require_POST
@staff_only(DIRECTOR)
def suspend_commune(request: HttpRequest) -> HttpResponse:
    """Close a commune for a time."""
    form, member = SuspendForm(_open_communes(request), request.POST), who(request)
    if not form.is_valid():
        return _list(request, form=form, status=422)
    departures.suspend(
        commune=Commune.objects.get(insee_code=form.cleaned_data["commune"]),
        reason=form.cleaned_data["reason"],
        by_id=member.user_id,
        by_name=member.name,
        now=timezone.now(),
    )
    messages.success(request, _("Commune suspendue : son équipe lit, et rien ne s’y écrit."))
    return redirect("departures")


@require_POST
@staff_only(DIRECTOR)
def resume_commune(request: HttpRequest, insee_code: str) -> HttpResponse:
    """Open a suspended commune again."""
    commune = get_object_or_404(
        Commune,
        insee_code=insee_code,
        association=association_of(request),
    )
    departures.resume(commune=commune, by_name=who(request).name, now=timezone.now())
    messages.success(request, _("Suspension levée."))
    return redirect("departures")


def _departure(request: HttpRequest, pk: int) -> Departure:
    association = association_of(request)
    return get_object_or_404(
        Departure.objects.select_related("commune"), pk=pk, commune__association=association
    )

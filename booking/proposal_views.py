"""What a citizen does when the commune cannot receive her as planned: take another time."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from booking import outages, visitor, words
from booking.forms import SlotForm
from booking.models import Appointment
from parvis.templatetags.ui_words import date_heure


@require_http_methods(["GET", "HEAD", "POST"])
def proposals(request: HttpRequest, token: str) -> HttpResponse:
    """Show the times held for her; one press takes one, a visit changes nothing."""
    now = timezone.now()
    found = visitor.behind(token)
    if found is None:
        return visitor.private(render(request, "booking/unknown_link.html", status=404))
    if request.method != "POST":
        return _page(request, found, token, now=now)
    form = SlotForm(request.POST)
    if not form.is_valid():
        return _page(request, found, token, now=now, status=422)
    try:
        outages.accept(appointment=found, start=form.cleaned_data["slot"], by=None, now=now)
    except outages.ProposalGone:
        return _page(request, found, token, now=now, status=410)
    messages.success(request, _("C’est noté : votre rendez-vous est déplacé."))
    return visitor.private(visitor.give(redirect("booking:mine"), visitor.MANAGE, token))


def _page(
    request: HttpRequest, found: Appointment, token: str, *, now: datetime, status: int = 200
) -> HttpResponse:
    """Show where she stands; the buttons that lead further need the cookie of her appointment."""
    case = outages.open_case(found)
    held = list(outages.proposals_of(found, now=now)) if case else []
    until = min((each.held_until for each in held if each.held_until), default=None)
    context: dict[str, Any] = words.about(found) | {
        "case": case,
        "when": date_heure(timezone.localtime(found.start)),
        "offers": [
            {
                "words": date_heure(timezone.localtime(each.start)),
                "value": each.start.isoformat(),
                "site": each.site.name if each.site_id != found.site_id else "",
            }
            for each in held
        ],
        "until": date_heure(timezone.localtime(until)) if until else "",
        "is_late": status == 410,  # noqa: PLR2004 (gone)
        "is_cancelled": found.status == Appointment.Status.CANCELLED,
        "may_move": visitor.may_move(found, now=now),
        "may_cancel": visitor.may_cancel(found, now=now),
    }
    answer = render(request, "booking/proposals.html", context, status=status)
    if not visitor.is_over(found, now=now):
        visitor.give(answer, visitor.MANAGE, token)
    return visitor.private(answer)

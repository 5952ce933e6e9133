"""What a citizen does with an appointment she has: see it, keep it, cancel it, find it again."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from booking import (
    actions,
    ics,
    number_checks,
    planning,
    presence,
    pushes,
    topics,
    visitor,
    words,
)
from booking.check_in import check_in_address
from booking.checklists import titles, told, told_each
from booking.forms import CancelForm, FindForm
from booking.links import path_to_proposals
from booking.models import Appointment
from booking.outages import open_case
from identity import limits, visits
from messaging import pushing
from parvis import error_views
from parvis.evenly import evenly
from parvis.templatetags.ui_words import date_heure


@require_safe
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Swap the secret of a link for a cookie; nothing is written, whoever follows the link."""
    return opened(request, visitor.behind(token), token, to="booking:mine")


def opened(
    request: HttpRequest, appointment: Appointment | None, token: str, *, to: str
) -> HttpResponse:
    """Leave the secret that opens an appointment with the browser, and go on to a page of it."""
    if appointment is None:
        answer = unknown(request)
    elif visitor.is_over(appointment, now=timezone.now()):
        answer = error_views.gone(
            request,
            message=_("Ce lien a cessé de fonctionner un jour après le rendez-vous."),
            href=reverse("booking:services"),
        )
    else:
        answer = visitor.give(redirect(to), visitor.MANAGE, token)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show the appointment: what must be known to come, the rest masked."""
    now = timezone.now()
    appointment = visitor.managed(request, now=now)
    if appointment is None:
        return redirect("booking:find")
    may_cancel = visitor.may_cancel(appointment, now=now)
    may_be_told = appointment.status == Appointment.Status.BOOKED and appointment.start > now
    context = words.about(appointment) | {
        "when": date_heure(timezone.localtime(appointment.start)),
        "is_cancelled": appointment.status == Appointment.Status.CANCELLED,
        "was_unanswered": appointment.cancel_reason == presence.UNANSWERED,
        "may_restore": visitor.may_restore(appointment, now=now),
        "may_cancel": may_cancel,
        "may_move": visitor.may_move(appointment, now=now),
        "may_wait": may_cancel and appointment.service.has_waiting_list,
        "asks": presence.is_asked(appointment, now=now),
        "answer_until": date_heure(presence.answer_until(appointment)),
        **number_checks.shown(appointment, now=now),
        "proposals": path_to_proposals(appointment) if open_case(appointment) else "",
        "persons": _persons(appointment),
        "left": [each for each in appointment.participants.all() if each.cancelled_at],
        "documents": told(appointment),
        "masked_name": visitor.masked_name(appointment.name),
        "email": visitor.masked_email(appointment.email),
        "phone": visitor.masked_phone(appointment.phone),
        "check_in": check_in_address(appointment),
        "push_key": pushing.key_for_browsers() if may_be_told else "",
        "push_secret": pushes.secret_of(appointment),
        "topic": topics.of_appointment(appointment.pk),
        "is_large": request.GET.get("impression") == "grande"
        and appointment.status != Appointment.Status.CANCELLED,
    }
    name = "mine_large" if context["is_large"] else "mine"
    return visitor.private(render(request, f"booking/{name}.html", context))


def _persons(appointment: Appointment) -> list[dict[str, Any]]:
    """Give each person who comes her masked name and her own list."""
    return [
        {
            "position": person.position,
            "name": visitor.masked_name(person.name) or words.person_name(person),
            "documents": documents,
            "key": f"{appointment.reference}-{person.position}",
        }
        for person, documents in told_each(appointment)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest) -> HttpResponse:
    """Ask once, then cancel."""
    now = timezone.now()
    appointment = visitor.managed(request, now=now)
    if appointment is None:
        return redirect("booking:find")
    if request.method == "POST":
        if not visitor.may_cancel(appointment, now=now):
            raise actions.NotCancellable
        form = CancelForm(request.POST)
        reason = form.cleaned_data["reason"] if form.is_valid() else ""  # nobody is held up by it
        actions.cancel(appointment=appointment, by=None, now=now, reason=reason)
        return redirect("booking:mine")
    if not visitor.may_cancel(appointment, now=now):
        return redirect("booking:mine")
    context = words.about(appointment) | {"form": CancelForm()}
    return visitor.private(render(request, "booking/cancel.html", context))


@require_safe
def diary(request: HttpRequest) -> HttpResponse:
    """Give the appointment as a file for a diary."""
    appointment = visitor.managed(request, now=timezone.now())
    if appointment is None:
        return redirect("booking:find")
    content = ics.calendar(appointment, planning.current_commune(), documents=titles(appointment))
    answer = HttpResponse(content, content_type=f"{ics.MIME_TYPE}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{ics.FILE_NAME}"'
    return visitor.private(answer)


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Send the link again to whoever knows reference and e-mail; tell everybody the same."""
    form = FindForm(request.POST or None)
    if form.is_valid():
        try:
            visits.count(request, limits.LOOKUP, now=timezone.now())
        except limits.TooMany as refusal:
            visits.refuse(request, form, refusal)
            return visits.refused(render(request, "booking/find.html", {"form": form}), refusal)
        with evenly():
            actions.send_link_again(**form.cleaned_data)
        return redirect("booking:found")
    status = 422 if form.errors else 200
    return render(request, "booking/find.html", {"form": form}, status=status)


@require_safe
def found(request: HttpRequest) -> HttpResponse:
    """Give the one answer there is."""
    return render(request, "booking/found.html")


def unknown(request: HttpRequest) -> HttpResponse:
    """Say the same of every link that opens nothing here."""
    return render(request, "booking/unknown_link.html", status=404)

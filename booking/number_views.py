"""Where the numbers of an appointment are corrected, by a citizen or an agent (section 6.4)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from booking import declaring, number_checks, numbering, visitor, words
from booking.models import Appointment
from booking.number_forms import NumbersForm
from booking.staff_pages import after, current_member, page, receives_people, visit_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def numbers(request: HttpRequest) -> HttpResponse:
    """Show the numbers that were given; take others, once the State has been asked."""
    now = timezone.now()
    appointment = visitor.managed(request, now=now)
    if appointment is None:
        return redirect("booking:find")
    is_to_come = appointment.status == Appointment.Status.BOOKED and appointment.start > now
    if not is_to_come or not declaring.asks_numbers(appointment):
        return redirect("booking:mine")
    names = [visitor.masked_name(each.name) for each in appointment.coming]
    form = _form(request, appointment, names=names)
    others: list[number_checks.Other] = []
    if form.is_bound and form.is_valid():
        others = number_checks.look(form, appointment, now=now)
    if form.is_bound and not form.errors:
        numbering.change_numbers(appointment=appointment, typed=form.typed, by=None, now=now)
        messages.success(request, _("C’est noté. L’État est prévenu du nouveau numéro."))
        return redirect("booking:mine")
    context = words.about(appointment) | {"form": form, "others": others}
    status = 422 if form.errors else 200
    return visitor.private(render(request, "booking/numbers.html", context, status=status))


@require_http_methods(["GET", "HEAD", "POST"])
@receives_people
def staff_numbers(request: HttpRequest, reference: str) -> HttpResponse:
    """Give or correct numbers for somebody; an agent is warned and never stopped (section 4)."""
    visit = visit_or_404(reference, now=timezone.now())
    appointment = visit.appointment
    form = _form(request, appointment, names=[each.name for each in appointment.coming])
    form.relax()
    back = reverse("booking:agent:booked", args=[reference])
    if form.is_bound and form.is_valid():

        def act() -> None:
            numbering.change_numbers(
                appointment=appointment,
                typed=form.typed,
                by=current_member(request),
                now=timezone.now(),
            )

        return after(request, act, to=back, done=_("Numéros enregistrés."))
    context = {"form": form, "visit": visit, "back": back}
    return page(request, "numbers", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, appointment: Appointment, *, names: list[str]) -> NumbersForm:
    known = {
        f"pre_application-{n}": " ".join(each.numbers)
        for n, each in enumerate(appointment.coming, 1)
    }
    return NumbersForm(names, request.POST or None, initial=known)

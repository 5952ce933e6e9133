"""What the pages of the settings share: who may open them, how they save and what they say."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from booking import planning
from booking.models import Appointment
from booking.reconfiguring import reconfigure
from booking.stranded import stranded
from identity.access import member_of, staff_only
from identity.members import ADMIN
from parvis.provenance import within_the_law


View = Callable[..., HttpResponse]
DONE = "settings_done"  # in the session: what has just been changed, to say and to undo
LABEL_MOST = 60


def manages(view: View) -> View:
    """Keep a page for the administrators of the commune; tell the others whom to ask."""
    guarded = staff_only(ADMIN)(view)

    @wraps(guarded)
    def explained(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return guarded(request, *args, **kwargs)
        except PermissionDenied:
            return render(request, "booking/settings/refused.html", status=403)

    return explained


def show(
    request: HttpRequest, name: str, page: dict[str, Any], *, form: BaseForm | None = None
) -> HttpResponse:
    """Show a page of the settings; with 422 when what was typed in its form is wrong."""
    is_refused = form is not None and form.errors and "look" not in request.POST
    status = 422 if is_refused else 200
    done = request.session.pop(DONE, None)
    context = {"done": done, **page} if form is None else {"done": done, "form": form, **page}
    return render(request, f"booking/settings/{name}.html", context, status=status)


def save(
    request: HttpRequest,
    *,
    label: str,
    work: Callable[[], object],
    to: str,
    now: datetime,
    warning: str = "",
) -> HttpResponse:
    """Make a change that can be undone, and go on to a page that says so.

    ``warning`` tells what the change leaves to do. The page also says how many appointments now
    fall outside the hours.

    Raises:
        Imposed: the law forbids it; see :func:`parvis.provenance.told_in`.
    """
    outside = set(stranded(now=now))
    with within_the_law():
        change = reconfigure(label=label, work=work, by=member_of(request), now=now)
    request.session[DONE] = {
        "text": label,
        "change": change.pk if change else None,
        "warning": warning,
        "outside": len(set(stranded(now=now)) - outside),
    }
    return redirect(to)


def short(name: str) -> str:
    """Shorten a name that somebody typed, to be repeated in a label."""
    return name if len(name) <= LABEL_MOST else f"{name[: LABEL_MOST - 1]}…"


def appointment_row(appointment: Appointment) -> dict[str, Any]:
    """Say in a table which appointment it is, with the address of its file."""
    day = planning.local_day(appointment.start).isoformat()
    address = reverse("booking:agent:day", args=[day], query={"rdv": appointment.reference})
    return {
        "start": appointment.start,
        "name": appointment.name,
        "service": appointment.service.name,
        "site": appointment.site.name,
        "href": address,
    }

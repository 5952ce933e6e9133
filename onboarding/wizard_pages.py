"""What the pages of the wizard share: who may open them, how they look, where they lead."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from booking import planning
from identity.access import staff_only
from identity.members import ADMIN
from onboarding.readiness import Step
from onboarding.readiness_words import STEP_TEXTS, STEPS
from tenants.models import Commune


FRAMES_US = {"frame-src": "'self'"}
manages = staff_only(ADMIN)
ORDER = list(Step)


def own_commune() -> Commune:
    """Read the active commune again: what the request knows of it may be half a minute old."""
    return Commune.objects.select_related("association").get(pk=planning.current_commune().pk)


def typed(request: HttpRequest) -> QueryDict | None:
    """Return what was sent, be it nothing; None when the page is only read."""
    return request.POST if request.method == "POST" else None


def address_of(step: Step) -> str:
    """Return the address of a step."""
    return reverse(f"onboarding:wizard_{step}")


def show(
    request: HttpRequest,
    step: Step,
    page: dict[str, Any],
    *,
    form: BaseForm | None = None,
    name: str = "",
) -> HttpResponse:
    """Show the page of a step beside the citizens' site; 422 when what was typed is wrong."""
    number = ORDER.index(step)
    context = {
        "step": step,
        "number": number + 1,
        "total": len(ORDER),
        "title": STEPS[step],
        "text": STEP_TEXTS[step],
        "before": address_of(ORDER[number - 1]) if number else "",
        "after": address_of(ORDER[number + 1]) if number + 1 < len(ORDER) else "",
        "form": form,
        **page,
    }
    status = 422 if form is not None and form.is_bound and form.errors else 200
    answer = render(request, f"onboarding/own/{name or step}.html", context, status=status)
    answer.csp = FRAMES_US  # type: ignore[attr-defined]
    return answer


def go_on(request: HttpRequest, step: Step) -> HttpResponse:
    """Go to the next step, or back to the list for who leaves here."""
    if "leave" in request.POST:
        return redirect("onboarding:wizard")
    return redirect(address_of(ORDER[ORDER.index(step) + 1]))

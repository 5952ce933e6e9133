"""Where a commune's administrators see whether the State hears of its appointments."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_POST, require_safe

from coordination import client, health, rules, wishes
from coordination.forms import RulesForm
from coordination.models import Declaration
from identity.access import staff_only
from identity.members import ADMIN


@require_safe
@staff_only(ADMIN)
def home(request: HttpRequest) -> HttpResponse:
    """Show the health of the exchange, what is stuck, and what the commune decided."""
    return _page(request)


@require_POST
@staff_only(ADMIN)
def decide(request: HttpRequest) -> HttpResponse:
    """Keep what the commune decides about numbers to be corrected."""
    form = RulesForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form)
    rules.decide(**form.cleaned_data)
    messages.success(request, _("C’est enregistré."))
    return redirect("coordination:home")


@require_POST
@staff_only(ADMIN)
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell the State of one number once more."""
    row = get_object_or_404(Declaration.objects.current(), pk=pk)
    wishes.wish_again(declaration=row, now=timezone.now())
    messages.success(request, _("Nouvel essai dans la minute."))
    return redirect("coordination:home")


@require_POST
@staff_only(ADMIN)
def retry_all(request: HttpRequest) -> HttpResponse:
    """Tell the State once more of all that failed."""
    now = timezone.now()
    failed = Declaration.objects.filter(state=Declaration.State.FAILED).order_by("starts_at")
    count = sum(wishes.wish_again(declaration=row, now=now) for row in failed)
    words = ngettext("%(n)s envoi repart.", "%(n)s envois repartent.", count) % {"n": count}
    messages.success(request, words)
    return redirect("coordination:home")


def _page(request: HttpRequest, *, form: RulesForm | None = None) -> HttpResponse:
    commune = request.commune  # type: ignore[attr-defined]
    chosen = rules.rules()
    context = {
        "health": health.read(commune, now=timezone.now()),
        "is_connected": client.line(commune) is not None,
        "form": form or RulesForm(initial={"hours": chosen.hours, "then": chosen.then}),
    }
    status = 422 if form is not None else 200
    return render(request, "coordination/home.html", context, status=status)

"""The work of others about a report: visits and what they took; partners who are chased."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from identity.access import member_of
from incidents import access, chasing, interventions
from incidents.intervention_forms import InterventionForm
from incidents.models import Intervention, Report
from incidents.staff_pages import (
    after,
    current_member,
    handles_reports,
    reads_reports,
    report_or_404,
)
from incidents.work_shares import Total, Visit, shared


LISTED_MOST = 100


@reads_reports
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest, reference: str) -> HttpResponse:
    """List what was done about a report and what it took; note one more."""
    if request.method == "POST":
        return note(request, reference)
    found = report_or_404(reference)
    form = InterventionForm(found, initial={"done_on": timezone.localdate()})
    return _page(request, found, form)


@handles_reports
@require_POST
def note(request: HttpRequest, reference: str) -> HttpResponse:
    """Note one visit; the same form sent twice notes it once."""
    found = report_or_404(reference)
    form = InterventionForm(found, request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    interventions.keep(
        reports=form.reports,
        work=form.work,
        by=current_member(request),
        key=form.cleaned_data["key"],
        now=timezone.now(),
    )
    messages.success(request, _("L’intervention est notée."))
    return redirect("incidents:agent:interventions", reference)


@handles_reports
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Put right what was noted."""
    found = report_or_404(reference)
    made = get_object_or_404(found.interventions.all(), pk=pk)
    form = InterventionForm(found, request.POST if request.method == "POST" else None, made=made)
    if form.is_bound and form.is_valid():
        by, now = current_member(request), timezone.now()
        return after(
            request,
            lambda: interventions.change(
                made=made, reports=form.reports, work=form.work, by=by, now=now
            ),
            to=reverse("incidents:agent:interventions", args=[reference]),
            done=_("L’intervention est corrigée."),
        )
    context = {"report": found, "form": form, "made": made}
    status = 422 if form.is_bound else 200
    return render(request, "incidents/staff/intervention.html", context, status=status)


@handles_reports
@require_POST
def erase(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Forget a visit that was noted by mistake."""
    made = get_object_or_404(Intervention, pk=pk, reports__reference=reference)
    by = current_member(request)
    return after(
        request,
        lambda: interventions.erase(made=made, by=by, now=timezone.now()),
        to=reverse("incidents:agent:interventions", args=[reference]),
        done=_("L’intervention est effacée."),
    )


@handles_reports
@require_POST
def chase(request: HttpRequest, reference: str) -> HttpResponse:
    """Write again to the body or the company that has the report."""
    found, by = report_or_404(reference), current_member(request)
    return after(
        request,
        lambda: chasing.chase(report=found, by=by, now=timezone.now()),
        to=reverse("incidents:agent:report", args=[reference]),
        done=_("Un rappel est parti."),
    )


def _page(
    request: HttpRequest, found: Report, form: InterventionForm, *, status: int = 200
) -> HttpResponse:
    """Show the visits and the share of this report in what they took."""
    counted = Intervention.objects.filter(reports=found).values("pk")
    made = list(
        Intervention.objects.filter(pk__in=counted)
        .annotate(count=Count("reports"))
        .select_related("team")[:LISTED_MOST]
    )
    total = shared(
        Visit(minutes=each.minutes, cost_cents=each.cost_cents, reports=each.count)
        for each in made
    )
    context = {
        "report": found,
        "form": form,
        "made": [_row(each) for each in made],
        "total": _worded(total),
        "may_handle": access.may_handle(member_of(request)),
    }
    return render(request, "incidents/staff/interventions.html", context, status=status)


def _row(each: Any) -> dict[str, Any]:
    return {
        "made": each,
        "euros": euros(each.cost_cents) if each.cost_cents else "",
        "others": each.count - 1,
    }


def _worded(total: Total) -> dict[str, str]:
    return {"minutes": str(round(total.minutes)), "euros": euros(round(total.cost_cents))}


def euros(cents: int) -> str:
    """Write an amount: "1 234,50 €"."""
    whole, rest = divmod(cents, 100)
    return f"{whole:,}".replace(",", "\u00a0") + f",{rest:02d}\u00a0€"

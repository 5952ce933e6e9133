"""What is gone of the commune's reports, and when."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incidents.models import Elimination
from incidents.staff_pages import sets_reports
from parvis.exports import download, to_csv
from parvis.typo import reference_groups


SHOWN_MOST = 30
LEDGER_MOST = 5000


@require_safe
@sets_reports
def page(request: HttpRequest) -> HttpResponse:
    """List what was erased last."""
    entries = [
        (each.at, each.get_what_display(), len(each.references))
        for each in Elimination.objects.all()[:SHOWN_MOST]
    ]
    return render(request, "incidents/figures/retention.html", {"entries": entries})


@require_safe
@sets_reports
def ledger(_request: HttpRequest) -> HttpResponse:
    """Give the list of what was erased, for the archives of the department."""
    header = [_("Date"), _("Effacé"), _("Référence")]
    rows = [
        [each.at.date().isoformat(), str(each.get_what_display()), reference_groups(reference)]
        for each in Elimination.objects.all()[:LEDGER_MOST]
        for reference in each.references
    ]
    return download(to_csv(header, rows), "eliminations.csv")

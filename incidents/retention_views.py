"""What the commune keeps of its reports, what goes tonight, and what is gone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incidents import keeping, retention
from incidents.models import Elimination
from incidents.staff_pages import sets_reports
from parvis.exports import download, to_csv
from parvis.typo import reference_groups


SHOWN_MOST = 30
LEDGER_MOST = 5000


@require_safe
@sets_reports
def page(request: HttpRequest) -> HttpResponse:
    """Say what is kept and how long, and what the next night will erase."""
    now = timezone.now()
    due = [
        (str(way.label), sum(len(group.ids) for group in retention.due(way, now=now)))
        for way in retention.WAYS
    ]
    context = {
        "rules": _rules(),
        "due": due,
        "entries": [
            (each.at, each.get_what_display(), len(each.references))
            for each in Elimination.objects.all()[:SHOWN_MOST]
        ],
    }
    return render(request, "incidents/figures/retention.html", context)


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


def _rules() -> list[tuple[str, str]]:
    """Write the table of :mod:`incidents.keeping` in words."""
    words = {
        "30 days": _("30 jours"),
        "12 months": _("12 mois"),
        "24 months": _("24 mois"),
        "60 months": _("5 ans"),
    }
    after = _("%(time)s après la clôture")
    rules = [
        (_("Déclarant, abonnés, messages et description"), keeping.PERSON_KEPT),
        (_("Photos"), keeping.PHOTOS_KEPT),
        (_("Signalement sans personne : lieu, état, historique"), keeping.RECORD_KEPT),
        (_("Signalement annulé, en entier"), keeping.CANCELLED_KEPT),
        (_("Signalement clos comme abusif, en entier"), keeping.ABUSIVE_KEPT),
    ]
    typed = _("%(time)s après la demande") % {"time": words[keeping.UNCONFIRMED_KEPT]}
    return [
        *[(name, after % {"time": words[time]}) for name, time in rules],
        (_("Adresse d’un abonné qui n’a pas confirmé"), typed),
    ]

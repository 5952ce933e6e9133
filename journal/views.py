"""Where a commune's administrators read who did what."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_POST, require_safe

from audit import chain
from audit.models import Entry
from identity import support
from identity.access import staff_only, who
from identity.limits import Limit, take
from identity.members import ADMIN
from identity.models import SupportAccess
from journal import anchoring, reading, words
from journal.forms import FilterForm
from parvis.exports import download, to_csv
from tenants.asked import commune_of


ACCESSES_SHOWN = 10
WALKED = Limit("journal-walk", 10, timedelta(hours=1))  # per commune: every line is read


@require_safe
@staff_only(ADMIN)
def journal(request: HttpRequest) -> HttpResponse:
    """Show the newest entries first, as sentences."""
    form = FilterForm(request.GET)
    form.is_valid()
    found, next_page = reading.page(form.cleaned_data)
    now = timezone.now()
    query = request.GET.copy()
    query.pop("avant", None)
    position, link = chain.head()
    accesses = list(SupportAccess.objects.filter(commune=commune_of(request))[:ACCESSES_SHOWN])
    context = {
        "form": form,
        "lines": [words.line(entry) for entry in found],
        "next_page": str(next_page or ""),
        "query": query.urlencode(),
        "position": position,
        "link": link,
        "standing": [each for each in accesses if each.is_standing(now)],
        "past": [each for each in accesses if not each.is_standing(now)],
    }
    status = 422 if form.errors else 200
    return render(request, "journal/journal.html", context, status=status)


@require_safe
@staff_only(ADMIN)
def journal_csv(request: HttpRequest) -> HttpResponse:
    """Send what is asked for as a table, each link with it."""
    form = FilterForm(request.GET)
    form.is_valid()
    header = (
        *("le", "qui", "compte", "voie", "réseau", "site", "page", "nature", "objet", "numéro"),
        *("phrase", "détail", "rang", "maillon"),
    )
    rows = (_cells(entry) for entry in reading.entries(form.cleaned_data)[: reading.FILE_MOST])
    return download(to_csv(header, rows), "journal.csv")


def _cells(entry: Entry) -> tuple[str | int | None, ...]:
    said = words.line(entry)
    detail = "; ".join(f"{name}: {before} → {after}" for name, before, after in said.changes)
    return (
        *(entry.at.isoformat(), words.who(entry), entry.actor_id, entry.get_channel_display()),
        *(entry.origin, entry.host, entry.action, entry.get_kind_display()),
        *(entry.object_table, entry.object_id, said.sentence, detail, entry.position, entry.hash),
    )


@require_POST
@staff_only(ADMIN)
def verify(request: HttpRequest) -> HttpResponse:
    """Walk the whole chain now, and say whether it holds."""
    now = timezone.now()
    take(WALKED, commune_of(request).schema_name, now=now)
    verdict = anchoring.verify(now=now)
    if verdict.holds:
        n = verdict.entries
        said = ngettext(
            "%(n)s ligne vérifiée : rien n’a été changé.",
            "%(n)s lignes vérifiées : rien n’a été changé.",
            n,
        )
        messages.success(request, said % {"n": n})
    else:
        said = _(
            "Le journal a été modifié, à partir de la ligne n° %(n)s."
            " Prévenez votre association et votre délégué à la protection des données."
        )
        messages.error(request, said % {"n": verdict.position})
    return redirect("journal:journal")


@require_POST
@staff_only(ADMIN)
def end_support(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the access of somebody who helps, at once."""
    access = get_object_or_404(SupportAccess, pk=pk, commune=commune_of(request))
    support.end(access=access, by_name=who(request).name, now=timezone.now())
    messages.success(request, _("L’accès d’assistance est fermé."))
    return redirect("journal:journal")

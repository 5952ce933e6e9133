"""Where an administrator takes everything away, and sees who did."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from exchange import archive_actions, archive_write
from exchange.archive_models import ArchiveEvent, ArchiveFile
from identity import visits
from identity.access import staff_only, who
from identity.freshness import fresh_only
from identity.members import ADMIN
from parvis.errors import DomainError
from parvis.exports import download, to_csv
from tenants.asked import commune_of


SHOWN = 20
TONES = {"asked": "info", "ready": "success", "failed": "danger", "erased": "neutral"}


@require_safe
@staff_only(ADMIN)
def archives(request: HttpRequest) -> HttpResponse:
    """List the last archives, and who asked for and took each."""
    found = ArchiveFile.objects.all()[:SHOWN]
    events = ArchiveEvent.objects.order_by("-at", "-pk")[:SHOWN]
    context = {
        "archives": [(each, TONES[each.state]) for each in found],
        "events": events,
        "is_waiting": any(each.state == "asked" for each in found),
    }
    return render(request, "exchange/archives.html", context)


@require_POST
@staff_only(ADMIN)
@fresh_only
def ask_archive(request: HttpRequest) -> HttpResponse:
    """Ask for a new archive."""
    try:
        archive_actions.ask(by=who(request), now=timezone.now())
    except DomainError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Archive demandée : elle apparaît ici dans quelques minutes."))
    return redirect("exchange:archives")


@require_POST
@staff_only(ADMIN)
@fresh_only
def take_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the file, and write down who took it."""
    visits.count_export(request, now=timezone.now())
    archive = get_object_or_404(ArchiveFile, pk=pk)
    path = archive_actions.take(archive=archive, by=who(request), now=timezone.now())
    commune = commune_of(request)
    made = archive.made_at.date().isoformat() if archive.made_at else ""
    answer = FileResponse(
        path.open("rb"), as_attachment=True, filename=f"parvis-{commune.slug}-{made}.zip"
    )
    answer["Cache-Control"] = "private, no-store"
    return answer  # type: ignore[return-value]  # it streams, and is answered like any other


@require_safe
@staff_only(ADMIN)
def dictionary(request: HttpRequest) -> HttpResponse:
    """Say what every table and column of an archive means."""
    rows = archive_write.dictionary_rows()
    return download(to_csv(archive_write.DICTIONARY, rows), "dictionnaire.csv")

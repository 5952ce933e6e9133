"""One photo for the team: cover parts of it, show it to everybody or not, delete it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incidents import links, photos
from incidents.models import Photo
from incidents.redaction_forms import RedactionForm
from incidents.staff_pages import after, current_member, handles_reports
from parvis.errors import DomainError


@handles_reports
@require_http_methods(["GET", "HEAD", "POST"])
def photo(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Show a photo with what is covered; cover more or less of it."""
    found = _photo_or_404(reference, pk)
    form = RedactionForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            photos.cover(
                photo=found,
                rectangles=form.rectangles(form.cleaned_data),
                by=current_member(request),
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Les zones choisies sont floutées."))
            return redirect("incidents:agent:photo", reference, pk)
    context = {
        "photo": found,
        "report": found.report,
        "form": form,
        "address": links.photo_address(found, "l") + f"?{len(found.blurred)}",
        "may_uncover": photos.may_uncover(found),
        "is_ready": found.state == Photo.State.READY,
        "is_kept_inside": found.stage == Photo.Stage.EVIDENCE
        or found.report.category.moderation == "never",
    }
    status = 422 if form.is_bound else 200
    return render(request, "incidents/staff/photo.html", context, status=status)


@handles_reports
@require_POST
def act(request: HttpRequest, reference: str, pk: int, what: str) -> HttpResponse:
    """Publish a photo, keep it for the team, or delete it."""
    found, by, now = _photo_or_404(reference, pk), current_member(request), timezone.now()
    steps = {
        "publication": (photos.publish, _("La photo est publiée.")),
        "retrait": (photos.withdraw, _("La photo n’est plus publique.")),
        "suppression": (photos.remove, _("La photo est supprimée.")),
    }
    if what not in steps:
        raise Http404
    step, done = steps[what]
    page = reverse("incidents:agent:report", args=[reference])
    return after(request, lambda: step(photo=found, by=by, now=now), to=page, done=done)


def _photo_or_404(reference: str, pk: int) -> Photo:
    known = Photo.objects.select_related("report__category").exclude(state=Photo.State.REMOVED)
    return get_object_or_404(known, pk=pk, report__reference=reference)

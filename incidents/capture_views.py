"""Quick capture: somebody phones, comes in or writes, and it is kept within twenty seconds."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incidents import access, actions, desk, links, photos, where
from incidents.capture_forms import CaptureForm, find_categories
from incidents.geo import Place, placed
from incidents.models import Category, Photo, Report
from incidents.nearby import similar_reports
from incidents.staff_pages import current_member, receives_reports, report_or_404
from parvis.errors import DomainError
from tenants.hosts import absolute_url


ADDRESSES_READ = 300
ADDRESSES_MOST = 100
ALIKE_MOST = 5


@receives_reports
@require_http_methods(["GET", "HEAD", "POST"])
def capture(request: HttpRequest) -> HttpResponse:
    """Key in a report for somebody; "next one" keeps nothing but how it came."""
    offered = list(Category.objects.filter(is_active=True))
    places = known_places()
    is_look = "look" in request.POST
    may_read = access.may_read(current_member(request))
    form = CaptureForm(
        request.POST or None,
        request.FILES or None,
        offered=offered,
        channel=request.GET.get("canal", ""),
    )
    is_valid = form.is_bound and form.is_valid()
    if is_valid and not is_look and (made := _kept(request, form, places)) is not None:
        if "open" in request.POST and may_read:
            return redirect("incidents:agent:report", made.reference)
        following = {"canal": made.channel, "fait": made.reference}
        return redirect(f"{reverse('incidents:agent:capture')}?{urlencode(following)}")
    context = {
        "form": form,
        "categories": offered,
        "addresses": list(places)[:ADDRESSES_MOST],
        "alike": _alike(request.POST, offered, places, may_read=may_read) if form.is_bound else [],
        "is_look": is_look,
        "done": _done(request.GET.get("fait", ""), may_read=may_read)
        if not form.is_bound
        else None,
        "may_read": may_read,
    }
    status = 422 if form.is_bound and form.errors and not is_look else 200
    return render(request, "incidents/staff/capture.html", context, status=status)


@receives_reports
@require_safe
def slip(request: HttpRequest, reference: str) -> HttpResponse:
    """Print what somebody without e-mail takes home: the reference and the way to follow."""
    member = current_member(request)
    if not access.may_hand_slip(member, reference):
        raise PermissionDenied
    found = report_or_404(reference)
    address = absolute_url(request.commune, links.path_to(found))  # type: ignore[attr-defined]
    context = {
        "report": found,
        "follow": address,
        "site": absolute_url(request.commune, "/"),  # type: ignore[attr-defined]
        "may_read": access.may_read(member),
    }
    return render(request, "incidents/staff/slip.html", context)


def known_places() -> dict[str, Place | None]:
    """Return the addresses of the latest reports, with where they are; one query."""
    latest = (
        Report.objects.exclude(address="").order_by("-pk").values_list("address", "lat", "lon")
    )
    known: dict[str, Place | None] = {}
    for address, lat, lon in latest[:ADDRESSES_READ]:
        known[address] = known.get(address) or placed(lat, lon)
    return known


def _kept(
    request: HttpRequest, form: CaptureForm, places: dict[str, Place | None]
) -> Report | None:
    """Receive the report with its photos; None when it is refused."""
    known, now, by = form.cleaned_data, timezone.now(), current_member(request)
    try:
        made, token = actions.receive(
            category=known["category"],
            text=known["text"],
            place=places.get(known["address"]) or where.place_of(known["address"]),
            address=known["address"],
            channel=known["channel"],
            now=now,
            idempotency_key=known["key"],
            name=known["name"],
            email=known["email"],
            phone=known["phone"],
            by=by,
        )
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None
    if token:
        if known["priority"] != Report.Priority.NORMAL:
            desk.prioritise(report=made, priority=known["priority"], by=by, now=now)
        for content in known["photos"] or []:
            photos.add(report=made, content=content, stage=Photo.Stage.BEFORE, now=now, by=by)
    return made


def _done(reference: str, *, may_read: bool) -> dict[str, Any] | None:
    """Say what was just kept, what it may repeat, and whether a slip is to be printed."""
    made = (
        Report.objects.select_related("category", "contact", "team", "handler")
        .filter(reference=reference.replace("\0", ""))
        .first()
    )
    if made is None:
        return None
    return {
        "report": made,
        "alike": _near(made.category, made.place, may_read=may_read, but=made.pk),
        "needs_slip": not made.contact.email,
    }


def _alike(
    sent: Any,
    offered: list[Category],
    places: dict[str, Place | None],
    *,
    may_read: bool,
) -> list[tuple[Report, str]]:
    """List what may be the same, as far as the form says what and where."""
    found = find_categories(sent.get("category", ""), offered)
    place = places.get(sent.get("address", "").strip())
    return _near(found[0], place, may_read=may_read) if len(found) == 1 else []


def _near(
    category: Category, place: Place | None, *, may_read: bool, but: int = 0
) -> list[tuple[Report, str]]:
    """List what may be the same; only what is published to whoever opens no report."""
    if place is None:
        return []
    found = similar_reports(category, place=place, now=timezone.now(), is_public=not may_read)
    return [
        (report, _("à %(metres)s m") % {"metres": round(likeness.metres)})
        for report, likeness in found
        if report.pk != but
    ][:ALIKE_MOST]

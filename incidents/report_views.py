"""The form by which a citizen says something about a place; no account, no script needed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity import limits, proofs, visits
from identity.limits import Limit, TooMany
from incidents import already, before_sending, drafts, links, public_views, published, where
from incidents.geo import Place, read_place
from incidents.models import Asset, Category
from incidents.report_forms import ReportForm
from incidents.submission import Said, is_known, submit
from parvis import attack
from parvis.errors import DomainError
from parvis.pieces import Tab


DOORS = {
    "signaler": Category.Door.REPORT,
    "suggerer": Category.Door.SUGGESTION,
    "feliciter": Category.Door.COMPLIMENT,
}
UNFINISHED = Limit("report-unfinished", 60, timedelta(hours=1))  # forms whose photos wait
QUEUED = "X-Offline-Queue"
SHELL = "shell"  # the form as a browser keeps it: without token, and for nobody in particular
PREFILLED = {"categorie": "category", "texte": "text", "adresse": "address", "merci": "merci"}
PREFILLED_MOST = 500


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Say what is wrong, what could be better, or thank you."""
    return _page(request, asset=_asset(request.POST.get("asset", "")))


@require_http_methods(["GET", "HEAD", "POST"])
def sticker(request: HttpRequest, token: str) -> HttpResponse:
    """Open the form on the object whose sticker was scanned."""
    asset = _asset(token)
    if asset is None and request.method != "POST":
        messages.warning(
            request, _("Cet autocollant ne sert plus. Vous pouvez signaler sans lui, ci-dessous.")
        )
        return redirect("incidents:report_form")
    return _page(request, asset=asset)


def _page(request: HttpRequest, *, asset: Asset | None) -> HttpResponse:
    now = timezone.now()
    door = DOORS.get(request.GET.get("porte", ""), Category.Door.REPORT)
    form = ReportForm(
        door,
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        now=now,
        asset=asset,
        initial=_prefilled(request, asset),
    )
    if request.method == "POST" and (answer := _received(request, form, now=now)) is not None:
        return answer
    return _shown(request, form, now=now)


def _shown(
    request: HttpRequest, form: ReportForm, *, now: datetime, status: int = 200
) -> HttpResponse:
    if status == 200 and form.errors and "edit" not in request.POST:  # noqa: PLR2004
        status = 422
    is_shell = SHELL in request.GET
    context = {
        "form": form,
        "is_shell": is_shell,
        "door": str(form.door),
        "tabs": _tabs(form.door),
        "asset": form.asset,
        "asset_name": before_sending.name_of(form.asset) if form.asset else "",
        "elsewhere": form.elsewhere,
        "known": already.of_asset(form.asset, now=now) if form.asset else [],
        "is_problem": form.door == Category.Door.REPORT,
        "is_placed": form.door != Category.Door.COMPLIMENT and form.asset is None,
        "refused": _refused(form),
    }
    if is_shell:
        context["csrf_token"] = ""
    answer = render(request, "incidents/report.html", context, status=status)
    if is_shell:
        answer["X-Robots-Tag"] = "noindex"
    return answer


def _received(request: HttpRequest, form: ReportForm, *, now: datetime) -> HttpResponse | None:
    """Receive a form that says enough; None shows it again, photos kept."""
    is_queued = QUEUED in request.headers
    is_sound = form.is_valid()
    if key := form.cleaned_data.get("key"):
        drafts.drop(key, request.POST.getlist("drop"))
    if not is_sound or "edit" in request.POST:
        _keep_photos(request, form, now=now)
        return _to_correct(form.errors) if is_queued else None
    chosen = form.offered[form.cleaned_data["category"]]
    if chosen.door == Category.Door.REDIRECT:
        _keep_photos(request, form, now=now)
        words = chosen.redirect_text or _("La mairie ne s’occupe pas de cela.")
        return _to_correct({"category": [words]}) if is_queued else None
    place = form.place or where.place_of(form.cleaned_data["address"])
    stops = before_sending.stops(chosen, place, is_danger=form.cleaned_data["danger"], now=now)
    waiting = stops.unseen(request.POST.getlist("seen"))
    if waiting and not (is_queued and waiting.may_be_skipped):
        _keep_photos(request, form, now=now)
        return _before(request, form, waiting, place)
    return _sent(request, form, _said(form, chosen, place), now=now)


def _sent(request: HttpRequest, form: ReportForm, said: Said, *, now: datetime) -> HttpResponse:
    """Send what was said, and lead to it; what is refused is shown again as it was typed."""
    page = proofs.asked(request, attack.REPORT, form=str(said.key), now=now)
    if page is not None:
        _keep_photos(request, form, now=now)
        return page
    try:
        _count(request, said, now=now)
        made, token, lost = submit(said, form.contents, now=now)
    except DomainError as refusal:
        _keep_photos(request, form, now=now)
        if isinstance(refusal, TooMany):
            visits.refuse(request, form, refusal)
            return visits.refused(_shown(request, form, now=now), refusal)
        form.add_error(None, str(refusal))
        if QUEUED in request.headers:
            return _to_correct(form.errors)
        return _shown(request, form, now=now, status=422)
    drafts.forget(said.key)
    address = (links.path_with(token) if token else links.path_to(made)) + "?envoye=1"
    if QUEUED in request.headers:
        told = {"reference": made.reference, "url": address, "refused": _refused(form) + lost}
        return JsonResponse(told, status=201 if token else 200)
    for line in _refused(form) + lost:
        messages.warning(request, line)
    return redirect(address)


def _count(request: HttpRequest, said: Said, *, now: datetime) -> None:
    """Count a report by its address, then by whom it names; sent again, it is counted once.

    Raises:
        TooMany: this address has sent five within an hour, or somebody for this contact ten.
    """
    if is_known(said):
        return
    visits.count(request, limits.REPORT, now=now)
    for contact in filter(None, (said.email, said.phone)):
        limits.take(limits.REPORT_CONTACT, contact, now=now)


def _before(
    request: HttpRequest, form: ReportForm, stops: before_sending.Stops, place: Place | None
) -> HttpResponse:
    """Say once what should be read first, and keep all that was typed."""
    if QUEUED in request.headers:  # somebody is in danger: nothing else stops a queue
        return _to_correct(
            {
                "danger": [
                    _(
                        "Appelez d’abord les secours : 112. Décochez ensuite « Quelqu’un est en "
                        "danger en ce moment » pour prévenir aussi la mairie."
                    )
                ]
            }
        )
    context = {
        "form": form,
        "stops": stops,
        "seen": request.POST.getlist("seen"),
        "lat": f"{place.lat:.6f}" if place else "",
        "lon": f"{place.lon:.6f}" if place else "",
        "named": form.cleaned_data["named" if form.place else "address"],
        "neighbour_form": _there(stops, form),
    }
    return render(request, "incidents/report_before.html", context)


def _to_correct(errors: Mapping[str, Any]) -> HttpResponse:
    """Tell a browser that sends what it kept why it has to be corrected first."""
    return JsonResponse({"errors": errors}, status=422)


def _there(stops: before_sending.Stops, form: ReportForm) -> str:
    """Return the address of the same form in another commune, with what was typed."""
    if stops.neighbour is None or not stops.neighbour.form:
        return ""
    known = form.cleaned_data
    words = {"categorie": known["category"], "texte": known["text"], "adresse": known["address"]}
    given = {name: text[:PREFILLED_MOST] for name, text in words.items() if text}
    return f"{stops.neighbour.form}?{urlencode(given)}"


def _said(form: ReportForm, category: Category, place: Place | None) -> Said:
    known = form.cleaned_data
    return Said(
        key=known["key"],
        category=category,
        text=known["text"],
        address=known["address"] or (before_sending.name_of(form.asset) if form.asset else ""),
        place=place,
        email=known["email"],
        phone=known["phone"],
        language=get_language() or "fr",
        asset=form.asset,
        praises=known.get("merci"),
        captured_at=known["captured_at"],
    )


def _keep_photos(request: HttpRequest, form: ReportForm, *, now: datetime) -> None:
    """Keep the photos of a form that is shown again, within limits; a queue has its own."""
    if QUEUED in request.headers:
        return
    key, photos = form.cleaned_data.get("key"), form.cleaned_data.get("photos")
    if not key or not photos or not photos.kept:
        return
    try:
        visits.count(request, UNFINISHED, now=now)
    except TooMany:
        return
    drafts.add(key, photos.kept[: form.room])
    photos.kept.clear()


def _refused(form: ReportForm) -> list[str]:
    photos = form.cleaned_data.get("photos") if form.is_bound else None
    return photos.refused if photos else []


def _prefilled(request: HttpRequest, asset: Asset | None) -> dict[str, str]:
    """Read what another page, or the sticker of an object, knows already."""
    given = {
        field: request.GET[name].replace("\0", "")[:PREFILLED_MOST]
        for name, field in PREFILLED.items()
        if name in request.GET
    }
    if asset is not None:
        given["category"] = before_sending.likely_category(asset)
    elif (place := _point(request)) is not None:
        given |= {"lat": f"{place.lat:.6f}", "lon": f"{place.lon:.6f}"}
        given["named"] = given.get("address", "")
    return {field: value for field, value in given.items() if value}


def _point(request: HttpRequest) -> Place | None:
    return read_place(request.GET.get("lat", ""), request.GET.get("lon", ""))


def _asset(token: str) -> Asset | None:
    known = Asset.objects.filter(token=token.replace("\0", "")[:10], is_active=True)
    return known.first() if token else None


def _tabs(door: str) -> list[Tab]:
    words = {"signaler": _("Signaler"), "suggerer": _("Suggérer"), "feliciter": _("Féliciter")}
    return [
        Tab(label=label, href=f"/signaler/?porte={name}", current=DOORS[name] == door)
        for name, label in words.items()
    ]


@require_safe
def near(request: HttpRequest) -> HttpResponse:
    """Show what is already known near a place; a part of the form, empty when there is nothing."""
    code = request.GET.get("categorie", "").replace("\0", "")
    category = Category.objects.offered().filter(code=code).first()
    known = []
    place = _point(request)
    if category is not None and place is not None:
        known = already.near(category, place=place, now=timezone.now())
    return render(request, "incidents/_known.html", {"known": known})


@require_POST
def same(request: HttpRequest, reference: str) -> HttpResponse:
    """Join a report instead of writing another; with an address, ask it whether it wants news."""
    answer = public_views.join(request, reference)
    email = request.POST.get("email", "").strip()[:254]
    shown = published.one(reference)
    if email and shown is not None and _is_address(email):
        try:
            public_views.ask_for_news(
                request, shown, email, now=timezone.now(), is_concerned=False
            )
        except TooMany as refusal:  # she has joined all the same
            messages.warning(request, str(refusal))
    return answer


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True

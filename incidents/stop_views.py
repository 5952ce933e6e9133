"""A round on the phone of the team: no account, the link or the code of the sheet opens it.

A phone without network keeps its answers (``js/kept.js``) and sends them with the header
``X-Offline-Queue``: it is told in JSON what became of each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incidents import links, stops
from incidents.models import Photo, Round, Stop
from incidents.round_forms import StopForm
from incidents.secret_pages import private
from incidents.stops import AlreadyLeft, Answer
from parvis.errors import DomainError


Outcome = Stop.Outcome


@dataclass(frozen=True, slots=True)
class Card:
    """One stop on the phone, with a form for each answer."""

    stop: Stop
    action: str
    forms: dict[str, StopForm]
    photo: str = ""
    refused: str = ""
    """The answer that was refused, whose form stays open."""

    @property
    def is_done_open(self) -> bool:
        """Whether the form of what is done was refused."""
        return self.refused == Outcome.DONE

    @property
    def is_lost_open(self) -> bool:
        """Whether the form of what was not found was refused."""
        return self.refused == Outcome.NOT_FOUND

    @property
    def is_later_open(self) -> bool:
        """Whether the form of what is to be seen again was refused."""
        return self.refused == Outcome.LATER

    @property
    def hint(self) -> str:
        """Say to screen readers which stop a button is about."""
        return _("pour l’arrêt %(number)s") % {"number": self.stop.position}


@require_safe
def tour(request: HttpRequest, secret: str) -> HttpResponse:
    """Show what is left of a round, the next stop first."""
    found = links.round_behind(secret, today=timezone.localdate())
    if found is None:
        return _ended(request)
    return _page(request, found)


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, secret: str, pk: int) -> HttpResponse:
    """Show one stop first, and take the answer about it."""
    found = links.round_behind(secret, today=timezone.localdate())
    chosen = (
        found.stops.select_related("report__category").filter(pk=pk).first() if found else None
    )
    if found is None or chosen is None:
        return _ended(request)
    if request.method != "POST":
        return _page(request, found, chosen=chosen)
    form = StopForm(request.POST, request.FILES)
    refusal = _left(chosen, form) if form.is_valid() else None
    if _is_kept(request):
        return _told(form, refusal)
    if form.errors:
        return _page(request, found, chosen=chosen, refused=form)
    if refusal is not None:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("C’est noté."))
    return private(redirect(links.path_to_round(found)))


def _left(chosen: Stop, form: StopForm) -> DomainError | None:
    """Write down the answer; what has to be said better is an error of the form."""
    try:
        stops.leave(stop=chosen, answer=Answer(**form.cleaned_data), now=timezone.now())
    except AlreadyLeft as refusal:
        return refusal
    except DomainError as refusal:
        form.add_error(None, str(refusal))
    return None


def _is_kept(request: HttpRequest) -> bool:
    return "X-Offline-Queue" in request.headers


def _told(form: StopForm, refusal: DomainError | None) -> HttpResponse:
    """Answer to a phone that sends what it kept."""
    if form.errors:
        words = [str(word) for errors in form.errors.values() for word in errors]
        return private(JsonResponse({"errors": words}, status=HTTPStatus.UNPROCESSABLE_ENTITY))
    if refusal is not None:
        return private(JsonResponse({"errors": [str(refusal)]}, status=HTTPStatus.CONFLICT))
    return private(JsonResponse({"outcome": form.cleaned_data["outcome"]}))


def _page(
    request: HttpRequest,
    found: Round,
    *,
    chosen: Stop | None = None,
    refused: StopForm | None = None,
) -> HttpResponse:
    """Show the round; every form of it is there, so that it works on when the network is gone."""
    known = list(found.stops.select_related("report__category"))
    left = [each for each in known if each.done_at is None]
    photos = _photos(known)
    first = next((each for each in left if chosen is None or each.pk == chosen.pk), None)
    cards = [
        _card(found, each, photos.get(each.report_id), refused if each == chosen else None)
        for each in sorted(left, key=lambda each: each != first)
    ]
    context = {
        "round": found,
        "cards": cards,
        "done": [each for each in known if each.done_at is not None],
        "visited": len(known) - len(left),
        "count": len(known),
        "form": refused,
        "chosen": chosen if chosen is not None and chosen.done_at is not None else None,
        "overview": links.path_to_round(found),
    }
    status = 422 if refused is not None else 200
    return private(render(request, "incidents/rounds/phone.html", context, status=status))


def _card(found: Round, each: Stop, photo: Photo | None, refused: StopForm | None) -> Card:
    needs_photo = each.report.category.needs_after_photo
    forms = {
        outcome: StopForm(
            outcome=outcome, needs_photo=needs_photo, auto_id=f"{outcome}-{each.pk}-%s"
        )
        for outcome in Outcome.values
    }
    sent = refused.data.get("outcome", "") if refused is not None else ""
    if refused is not None and sent in forms:
        refused.auto_id = f"{sent}-{each.pk}-%s"
        forms[sent] = refused
    return Card(
        stop=each,
        action=links.path_to_stop(found, each),
        forms=forms,
        photo=links.photo_address(photo, "m") if photo else "",
        refused=sent,
    )


def _photos(known: Sequence[Stop]) -> dict[int, Photo]:
    """Find the first photo of each report; one query."""
    ready = Photo.objects.filter(
        report__in=[each.report_id for each in known if each.done_at is None],
        state=Photo.State.READY,
        stage=Photo.Stage.BEFORE,
    )
    first: dict[int, Photo] = {}
    for photo in ready:
        first.setdefault(photo.report_id, photo)
    return first


def _ended(request: HttpRequest) -> HttpResponse:
    if _is_kept(request):
        words: dict[str, Any] = {"errors": [_("Ce lien de tournée a expiré.")]}
        return private(JsonResponse(words, status=HTTPStatus.GONE))
    return private(render(request, "incidents/rounds/ended.html", status=HTTPStatus.NOT_FOUND))

"""The page of one report for whoever holds its link: where it is, and what she may still do."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from identity import limits, visits
from incidents import (
    following,
    journal,
    links,
    published,
    receipt_sheets,
    receipts,
    reporters,
    topics,
)
from incidents.calendar import current_commune
from incidents.follow_forms import AddPhotosForm, ContestForm, FindForm
from incidents.forms import WordsForm
from incidents.links import Reader
from incidents.models import Category, Photo, Report
from incidents.models.reports import STATUS_WORDS
from incidents.secret_pages import private
from incidents.states import state_of
from incidents.workflow import DECIDED, Status
from messaging import pushing
from parvis.errors import DomainError
from parvis.evenly import evenly
from parvis.exports import download
from parvis.pieces import TimelineEntry


LEVELS = ("1", "2", "3", "4", "5")
DOORS = {
    Category.Door.REPORT: "signaler",
    Category.Door.SUGGESTION: "suggerer",
    Category.Door.COMPLIMENT: "feliciter",
}
Forms = dict[str, forms.Form]


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, secret: str) -> HttpResponse:
    """Show a report to its reporter or to a follower; each button is one POST."""
    reader = links.reader_behind(secret)
    if reader is None:
        return private(render(request, "incidents/follow/unknown.html", status=404))
    now, act = timezone.now(), request.POST.get("act", "")
    offered = _forms(request, act)
    typed = offered.get(act)
    if request.method == "POST" and (typed is None or typed.is_valid()):
        try:
            _act(reader, act, typed, request.POST.get("satisfaction", ""), now=now)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("C’est noté, merci."))
        is_over = links.reader_behind(secret) is None  # a follower who left has no link any more
        after = _public_address(reader.report) or "/" if is_over else request.path
        return private(redirect(after))
    status = 422 if typed is not None and typed.errors else 200
    context = _context(reader, offered, now=now) | {
        "form": typed,
        "address": request.build_absolute_uri(request.path),
        "is_sent": "envoye" in request.GET,
        "receipt": reverse("incidents:receipt", args=[secret]),
        "secret": secret,
        "push_key": "" if reader.report.is_closed else pushing.key_for_browsers(),
    }
    return private(render(request, "incidents/follow/page.html", context, status=status))


def _forms(request: HttpRequest, act: str) -> Forms:
    """Make the forms of the page; the one that was sent holds what was typed."""
    kinds: dict[str, type[forms.Form]] = {
        "answer": WordsForm,
        "contest": ContestForm,
        "photos": AddPhotosForm,
    }
    return {
        name: kind(request.POST, request.FILES) if name == act else kind()
        for name, kind in kinds.items()
    }


def _act(reader: Reader, act: str, typed: forms.Form | None, level: str, *, now: datetime) -> None:
    """Do what a button asks for, where the holder of this link may."""
    report = reader.report
    said: dict[str, Any] = typed.cleaned_data if typed is not None else {}
    if reader.follower is not None:
        of_followers: dict[str, Callable[..., None]] = {
            "confirm": following.confirm,
            "leave": following.unfollow,
        }
        if act in of_followers:
            of_followers[act](follower=reader.follower, now=now)
        return
    acts: dict[str, Callable[[], None]] = {
        "answer": lambda: reporters.answer(report=report, text=said["text"], now=now),
        "contest": lambda: reporters.contest(
            report=report,
            reason=said["reason"],
            text=said["text"],
            contents=said["photos"],
            now=now,
        ),
        "photos": lambda: reporters.add_photos(report=report, contents=said["photos"], now=now),
        "cancel": lambda: reporters.cancel(report=report, now=now),
        "leave": lambda: reporters.stop_news(report=report, now=now),
        "return": lambda: reporters.want_news(report=report, now=now),
    }
    if act in acts:
        acts[act]()
    elif act == "rate" and level in LEVELS:
        reporters.rate(report=report, satisfaction=int(level), now=now)


def _context(reader: Reader, offered: Forms, *, now: datetime) -> dict[str, Any]:
    """Say what her page shows: all of hers to a reporter, to others what everybody may read."""
    report, is_hers = reader.report, reader.is_reporter
    is_public = report.visibility == Report.Visibility.PUBLIC
    photos = _photos(reader)
    before, after = published.pictures(
        [each for each in photos if each.state == Photo.State.READY], place=report.address
    )
    closed = report.status in DECIDED
    return {
        "report": report,
        "reader": reader,
        "topic": topics.of_report(report.pk),
        "contact": reader.contact,
        "state": state_of(report.status),
        "status_word": STATUS_WORDS[Status(report.status)] if is_hers else "",
        "is_known": is_hers or is_public,
        "entries": [
            TimelineEntry(at=each.at, title=each.title, text=each.text, state="done")
            for each in journal.timeline(report, for_public=not is_hers)
        ],
        "before": before,
        "after": after,
        "waiting": sum(each.state == Photo.State.QUARANTINED for each in photos),
        "words": offered["answer"],
        "contest": offered["contest"],
        "more": offered["photos"],
        "mentions": receipts.mentions(report, current_commune()) if is_hers else [],
        "public_address": _public_address(report),
        "another": _another(report) if is_hers or is_public else reverse("incidents:report_form"),
        "may_answer": is_hers and not report.is_closed,
        "may_add": is_hers and reporters.may_add_photos(report),
        "may_cancel": is_hers and reporters.may_cancel(report),
        "may_contest": is_hers and reporters.may_contest(report, now),
        "may_rate": is_hers and closed,
        "levels": _levels(),
        "rated": dict(_levels()).get(str(report.satisfaction), ""),
    }


def _photos(reader: Reader) -> list[Photo]:
    """Read the photos she may see: her own and those of the work, or the published ones."""
    report = reader.report
    if reader.is_reporter:
        return list(report.photos.exclude(stage=Photo.Stage.EVIDENCE))
    if report.visibility != Report.Visibility.PUBLIC:
        return []
    return list(published.shown_photos().filter(report=report))


def _levels() -> list[tuple[str, str]]:
    words = (
        *(_("Pas du tout"), _("Plutôt non"), _("Moyennement")),
        *(_("Plutôt oui"), _("Tout à fait")),
    )
    return list(zip(LEVELS, words, strict=True))


def _public_address(report: Report) -> str:
    """Return where everybody reads it, or the one it was merged with; "" where nobody does."""
    shown = published.one(report.reference)
    return reverse("incidents:public_report", args=[shown.reference]) if shown else ""


def _another(report: Report) -> str:
    """Return the address of the form for another thing at the same place."""
    known = {"porte": DOORS[Category.Door(report.category.door)], "adresse": report.address}
    if report.place is not None:
        known |= {"lat": f"{report.place.lat:.6f}", "lon": f"{report.place.lon:.6f}"}
    return f"{reverse('incidents:report_form')}?{urlencode(known)}"


@require_safe
def receipt(request: HttpRequest, secret: str) -> HttpResponse:
    """Send the acknowledgement to print, to whoever wrote the report and to nobody else."""
    reader = links.reader_behind(secret)
    if reader is None or not reader.is_reporter:
        return private(render(request, "incidents/follow/unknown.html", status=404))
    address = request.build_absolute_uri(reverse("incidents:follow", args=[secret]))
    content = receipt_sheets.write(
        reader.report, current_commune(), address=address, now=timezone.now()
    )
    return private(download(content, f"accuse-de-reception-{reader.report.reference}.pdf"))


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Send the link again to whoever knows reference and address; tell everybody the same."""
    form = FindForm(request.POST or None)
    if form.is_valid():
        now = timezone.now()
        try:
            visits.count(request, limits.LOOKUP, now=now)
        except limits.TooMany as refusal:
            visits.refuse(request, form, refusal)
            page = render(request, "incidents/follow/find.html", {"form": form})
            return visits.refused(page, refusal)
        with evenly():
            reporters.send_link_again(**form.cleaned_data, now=now)
        return redirect("incidents:link_sent")
    status = 422 if form.errors else 200
    return render(request, "incidents/follow/find.html", {"form": form}, status=status)


@require_safe
def link_sent(request: HttpRequest) -> HttpResponse:
    """Give the one answer there is."""
    return render(request, "incidents/follow/link_sent.html")

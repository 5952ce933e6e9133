"""The page of one report for whoever holds its link: where it is, and what she may still do."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incidents import following, journal, links, receipts, reporters
from incidents.calendar import current_commune
from incidents.forms import ContestForm, WordsForm
from incidents.links import Reader
from incidents.models import Photo
from incidents.models.reports import STATUS_WORDS
from incidents.workflow import Status
from parvis.errors import DomainError
from parvis.pieces import TimelineEntry


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, secret: str) -> HttpResponse:
    """Show a report to its reporter or to a follower; each button is one POST."""
    reader = links.reader_behind(secret)
    if reader is None:
        return _private(render(request, "incidents/follow/unknown.html", status=404))
    now = timezone.now()
    act = request.POST.get("act", "")
    words = WordsForm(request.POST if act == "answer" else None)
    contest = ContestForm(request.POST if act == "contest" else None)
    if request.method == "POST" and all(f.is_valid() for f in (words, contest) if f.is_bound):
        try:
            _act(reader, act, words=words, contest=contest, sent=request.POST, now=now)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("C’est noté, merci."))
        return _private(redirect(request.path))
    return _page(request, reader, words=words, contest=contest, now=now)


def _act(
    reader: Reader,
    act: str,
    *,
    words: WordsForm,
    contest: ContestForm,
    sent: dict[str, str],
    now: datetime,
) -> None:
    """Do what a button asks for, where the holder of this link may."""
    report, level = reader.report, sent.get("satisfaction", "")
    if reader.follower is not None:
        of_followers: dict[str, Callable[..., None]] = {
            "confirm": following.confirm,
            "leave": following.unfollow,
        }
        if act in of_followers:
            of_followers[act](follower=reader.follower, now=now)
    elif act == "answer":
        reporters.answer(report=report, text=words.cleaned_data["text"], now=now)
    elif act == "contest":
        reporters.contest(report=report, now=now, **contest.cleaned_data)
    elif act == "cancel":
        reporters.cancel(report=report, now=now)
    elif act == "rate" and level in {"1", "2", "3", "4", "5"}:
        reporters.rate(report=report, satisfaction=int(level), now=now)
    elif act == "leave":
        reporters.stop_news(report=report, now=now)


def _page(
    request: HttpRequest,
    reader: Reader,
    *,
    words: WordsForm,
    contest: ContestForm,
    now: datetime,
) -> HttpResponse:
    report = reader.report
    shown = report.photos.filter(state=Photo.State.READY).exclude(stage=Photo.Stage.EVIDENCE)
    is_refused = words.is_bound or contest.is_bound
    context = {
        "report": report,
        "reader": reader,
        "status_word": STATUS_WORDS[Status(report.status)],
        "entries": [
            TimelineEntry(at=each.at, title=each.title, text=each.text, state="done")
            for each in journal.timeline(report)
        ],
        "photos": [(each, links.photo_address(each, "m")) for each in shown],
        "words": words,
        "contest": contest,
        "form": words if words.is_bound else contest,
        "is_sent": "envoye" in request.GET,
        "mentions": receipts.mentions(report, current_commune()) if reader.is_reporter else [],
        "may_answer": reader.is_reporter and not report.is_closed,
        "may_cancel": reader.is_reporter and reporters.may_cancel(report),
        "may_contest": reader.is_reporter and reporters.may_contest(report, now),
        "levels": range(1, 6),
    }
    status = 422 if is_refused else 200
    return _private(render(request, "incidents/follow/page.html", context, status=status))


def _private(answer: HttpResponse) -> HttpResponse:
    """Keep a page with a secret in its address out of caches and other sites."""
    answer["Referrer-Policy"] = "same-origin"
    answer["Cache-Control"] = "no-store"
    return answer

"""What citizens read of the reports: the list, one report, and how they join in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity import visits
from identity.addresses import address_of
from identity.limits import Limit, take
from incidents import following, published
from incidents.clusters import clusters, marks
from incidents.geo import read_part
from incidents.models import Category, Report
from incidents.public_forms import FollowForm, WishForm
from incidents.states import LEGEND, state_of
from incidents.workflow import Status
from parvis.pieces import TimelineEntry
from parvis.typo import date_courte, date_longue


PAGE = 30
MARKS_KEPT_S = 20
JOINED = "concerne"  # a cookie: the reports this browser has joined
JOINED_MOST = 50
JOINED_AGE_S = 365 * 24 * 3600
JOINS = Limit("report-joined", 3, timedelta(days=1))  # per report and address: a household
ALL_JOINS = Limit("reports-joined", 40, timedelta(hours=1))  # per address; a library shares one
FOLLOWS = Limit("report-followed", 40, timedelta(hours=1))  # per address
FOLLOWED = Limit("report-follow-mail", 5, timedelta(hours=1))  # per recipient


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """List what is published, newest first; five queries, whatever is asked."""
    now = timezone.now()
    form = WishForm(request.GET)
    is_clear = form.is_valid()
    wanted = published.with_pictures(published.found(form.wish, now=now))
    if last := request.GET.get("apres", "").replace("\0", ""):
        wanted = published.after(wanted, last)
    rows = list(wanted[: PAGE + 1])
    context = {
        "form": form,
        "rows": [row(each) for each in rows[:PAGE]],
        "next": _next_page(request, rows),
        "is_first": not last,
        "is_filtered": any(request.GET.get(name) for name in form.fields if name != "boite"),
        "legend": LEGEND,
        "is_boxed": form.wish.box is not None,
        "marks": f"{reverse('incidents:points')}?{_without(request, 'apres', 'boite')}",
        "feed": f"{reverse('incidents:feed')}?{_without(request, 'apres')}".removesuffix("?"),
    }
    status = 200 if is_clear else 422
    return render(request, "incidents/public/list.html", context, status=status)


@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """Give the marks of one part of the map, filtered as the list; the same again costs little."""
    now = timezone.now()
    part = read_part(request.GET.get("boite", ""), request.GET.get("z", ""))
    form = WishForm(request.GET)
    if part is None or not form.is_valid():
        return JsonResponse(
            {"marks": [], "error": _("Cette partie de carte n’existe pas.")}, status=400
        )
    box, zoom = part

    def drawn() -> HttpResponse:
        found = clusters(published.found(form.wish, now=now), box=box, zoom=zoom)
        listing = f"{reverse('incidents:public_list')}?boite="
        shown = marks(found, page=_address, listing=lambda inside: f"{listing}{inside}")
        return JsonResponse({"marks": shown})

    return if_changed(request, drawn, now=now, kept_s=MARKS_KEPT_S)


def if_changed(
    request: HttpRequest, answer: Callable[[], HttpResponse], *, now: datetime, kept_s: int
) -> HttpResponse:
    """Answer, unless nothing published has changed since the browser asked the same."""
    asked = f"{published.version(now=now)} {get_language()} {request.get_full_path()}"
    tag = f'"{sha256(asked.encode()).hexdigest()[:20]}"'
    is_known = request.headers.get("If-None-Match") == tag
    given = HttpResponse(status=304) if is_known else answer()
    given["ETag"] = tag
    given["Cache-Control"] = f"private, max-age={kept_s}"
    return given


def row(report: Report) -> dict[str, object]:
    """Say in a few words what a list shows of a report read by ``with_pictures``."""
    state = state_of(report.status)
    dated = report.closed_at or report.submitted_at
    when = date_courte(timezone.localtime(dated).date(), get_language() or "fr")
    return {
        "reference": report.reference,
        "href": _address(report.reference),
        "title": report.category.label,
        "place": report.address,
        "state": state,
        "when": _("clos %(day)s") % {"day": when} if report.closed_at else when,
        "photo": published.thumbnail(report),
        "icon": report.category.icon,
        "concerned": published.concerned(report) if report.reporters > 1 else "",
    }


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """Show the thanks that were published, newest first, with what they are about."""
    wanted = published.mercis().select_related("category", "praises__category")
    wanted = wanted.order_by("-submitted_at", "-pk")
    if last := request.GET.get("apres", "").replace("\0", ""):
        wanted = published.after(wanted, last)
    rows = list(wanted[: PAGE + 1])
    context = {
        "mercis": [(each, _about(each)) for each in rows[:PAGE]],
        "next": _next_page(request, rows),
        "is_first": not last,
    }
    return render(request, "incidents/public/thanks.html", context)


def _about(merci: Report) -> tuple[str, str]:
    """Say what thanks are about, and where to read it; empty where nobody may."""
    other = published.praised(merci)
    if other is None:
        return "", ""
    words = " · ".join(filter(None, [other.category.label, other.address]))
    return words, _address(other.reference)


@require_safe
def report(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one published report; whatever else has this reference is nowhere."""
    shown = published.one(reference)
    if shown is None:
        raise Http404
    if shown.reference != reference:
        return redirect("incidents:public_report", shown.reference)
    return _page(request, shown, FollowForm())


def _page(request: HttpRequest, shown: Report, follow: FollowForm) -> HttpResponse:
    is_thanks = shown.category.door == Category.Door.COMPLIMENT
    read, praised = published.read(shown), published.praised(shown)
    context = {
        "shown": read,
        "entries": [
            TimelineEntry(at=each.at, title=each.title, text=each.text, state="done")
            for each in read.entries
        ],
        "report": shown,
        "is_thanks": is_thanks,
        "is_idea": shown.category.door == Category.Door.SUGGESTION,
        "has_joined": shown.reference in _joined(request),
        "is_resolved": shown.status == Status.RESOLVED,
        "thanks_address": _to_thank(shown),
        "praised": _address(praised.reference) if praised else "",
        "concerned": published.concerned(shown),
        "form": follow,
        "point": _point(shown),
        "promise": _promise(shown, now=timezone.now()),
    }
    status = 422 if follow.is_bound else 200
    return render(request, "incidents/public/report.html", context, status=status)


def _point(shown: Report) -> list[dict[str, object]]:
    if shown.place is None:
        return []
    words = " · ".join(filter(None, [shown.category.label, shown.address]))
    return [{"lat": shown.lat, "lon": shown.lon, "label": words}]


def _promise(shown: Report, *, now: datetime) -> str:
    """Say by when it is promised, and whether that day has passed."""
    if shown.due_at is None:
        return ""
    day = date_longue(timezone.localtime(shown.due_at).date(), get_language() or "fr")
    return _("%(day)s (dépassé)") % {"day": day} if shown.due_at < now else day


def _to_thank(shown: Report) -> str:
    return f"{reverse('incidents:report_form')}?porte=feliciter&merci={shown.reference}"


def _address(reference: str) -> str:
    return reverse("incidents:public_report", args=[reference])


@require_POST
def join(request: HttpRequest, reference: str) -> HttpResponse:
    """Say "me too", or "still there" of what was closed: one press, nothing to give."""
    shown, now = _open_to_all(reference), timezone.now()
    joined = _joined(request)
    if shown.reference not in joined:
        address = address_of(request)
        visits.count(request, ALL_JOINS, now=now)
        take(JOINS, f"{address} {shown.pk}", now=now)
        following.join(report=shown, now=now)
        joined = [*joined[-JOINED_MOST + 1 :], shown.reference]
    messages.success(request, _("C’est noté, merci. La mairie sait que vous êtes concerné."))
    answer = redirect("incidents:public_report", shown.reference)
    answer.set_cookie(
        JOINED,
        ".".join(joined),
        max_age=JOINED_AGE_S,
        secure=True,
        httponly=True,
        samesite="Lax",
    )
    return answer


@require_POST
def follow(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask an address whether it wants news; the answer is the same for every address."""
    shown, now = _open_to_all(reference), timezone.now()
    form = FollowForm(request.POST)
    if not form.is_valid():
        return _page(request, shown, form)
    ask_for_news(request, shown, form.cleaned_data["email"], now=now)
    return redirect("incidents:public_report", shown.reference)


def ask_for_news(
    request: HttpRequest, shown: Report, email: str, *, now: datetime, is_concerned: bool = True
) -> None:
    """Write to an address to ask whether it wants news, and say so.

    Raises:
        TooMany: this computer has asked too often, or somebody for this address.
    """
    visits.count(request, FOLLOWS, now=now)
    take(FOLLOWED, email.lower(), now=now)
    language = get_language() or "fr"
    following.follow(
        report=shown, email=email, language=language, now=now, is_concerned=is_concerned
    )
    messages.success(
        request, _("Regardez vos messages : un lien vous y attend pour confirmer votre adresse.")
    )


def _open_to_all(reference: str) -> Report:
    shown = published.one(reference)
    if shown is None:
        raise Http404
    return shown


def _joined(request: HttpRequest) -> list[str]:
    known = request.COOKIES.get(JOINED, "")
    return [each for each in known.split(".") if len(each) == 8 and each.isalnum()]  # noqa: PLR2004


def _without(request: HttpRequest, *names: str) -> str:
    """Return the filters of an address, some of them left out."""
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    return query.urlencode()


def _next_page(request: HttpRequest, rows: list[Report]) -> str:
    """Return the address of what comes after a full page, or ""."""
    if len(rows) <= PAGE:
        return ""
    query = request.GET.copy()
    query["apres"] = rows[PAGE - 1].reference
    return f"?{query.urlencode()}"

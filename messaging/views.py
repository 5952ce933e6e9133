"""Where those in charge see what left, what did not, and decide about the rest.

The administrators of a commune see all that it wrote; the direction of an association, what was
written in its name.
"""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.access import TOP_ROLES, staff_only, who
from identity.members import ADMIN
from messaging import actions, shown
from messaging.budget import budget
from messaging.forms import FilterForm, TextSettingsForm, address_form
from messaging.gateways import is_available
from parvis.delivery import Channel, channel_types
from parvis.models import Outgoing, OutgoingEmail
from parvis.outbox import files, paragraphs
from parvis.pieces import Tab


PER_PAGE = 30
IN_CHARGE = sorted(TOP_ROLES)  # of a commune on its site, of an association on its own
# A message is read in a frame that runs nothing, loads nothing and leads nowhere.
SEALED = {
    "default-src": "'none'",
    "style-src": "'unsafe-inline'",
    "frame-ancestors": "'self'",
    "sandbox": "",
}


@require_safe
@staff_only(*IN_CHARGE)
def home(request: HttpRequest) -> HttpResponse:
    """Go to the e-mails."""
    return redirect("messaging:list", channel_types()[0].slug)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*IN_CHARGE)
def messages_of(request: HttpRequest, slug: str) -> HttpResponse:
    """List the messages of a channel, newest first, in the state that was asked for.

    Words are looked for by POST: what is looked for is somebody's address.
    """
    channel = _channel(request, slug)
    typed = request.POST if request.method == "POST" else {"etat": request.GET.get("etat", "")}
    form = FilterForm([(key, label) for key, (label, *_more) in shown.STATES.items()], typed)
    said = form.cleaned_data if form.is_valid() else {}
    everything = shown.rows_of(channel, _association(request))
    rows = shown.in_state(everything, said.get("etat", ""))
    if words := said.get("q", ""):
        rows = rows.matching(words)
    number = request.GET.get("page") if request.method != "POST" else 1
    page = Paginator(rows.order_by("-written_at", "-pk"), PER_PAGE).get_page(number)
    context = {
        "filter": form,
        "is_filtered": bool(said.get("q") or said.get("etat")),
        "is_cut": request.method == "POST" and page.has_next(),
        "here": reverse("messaging:list", args=[slug]),
        "tabs": _tabs(request, channel),
        "counts": shown.counts(everything),
        "page_obj": None if request.method == "POST" else page,
        "lines": [shown.line(row, channel) for row in page],
    }
    return render(request, "messaging/list.html", context)


@require_safe
@staff_only(*IN_CHARGE)
def message(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show one message whole."""
    return _page(request, slug, _row(request, slug, pk))


@require_safe
@staff_only(*IN_CHARGE)
def twin(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Send the HTML of an e-mail, for the frame of its page."""
    row = _row(request, slug, pk)
    if not isinstance(row, OutgoingEmail):
        raise Http404
    return sealed(shown.html_of(row))


@require_POST
@staff_only(*IN_CHARGE)
def send_again(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Let a message leave once more, to the address that was typed."""
    row = _row(request, slug, pk)
    form = address_form(row, request.POST)
    if not form.is_valid():
        return _page(request, slug, row, form=form)
    actions.send_again(message=row, to=form.cleaned_data.get("to", ""), now=timezone.now())
    messages.success(request, _("Le message repart dans la minute."))
    return redirect("messaging:message", slug, pk)


@require_POST
@staff_only(*IN_CHARGE)
def note_sent(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Note that a message nobody was sure of has gone."""
    actions.note_sent(message=_row(request, slug, pk), now=timezone.now())
    messages.success(request, _("Noté : ce message est parti."))
    return redirect("messaging:message", slug, pk)


@require_POST
@staff_only(*IN_CHARGE)
def give_up(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Give a message up."""
    actions.give_up(message=_row(request, slug, pk), now=timezone.now())
    messages.success(request, _("Ce message ne partira pas."))
    return redirect("messaging:message", slug, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(ADMIN)
def text_settings(request: HttpRequest) -> HttpResponse:
    """Decide about text messages, and see what they cost this month."""
    form = TextSettingsForm(request.POST or None)
    if form.is_bound and form.is_valid():
        actions.decide_texts(**form.wish)
        messages.success(request, _("Réglages des SMS enregistrés."))
        return redirect("messaging:texts")
    context = {
        "form": form,
        "budget": budget(now=timezone.now()),
        "is_available": is_available(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "messaging/texts.html", context, status=status)


def sealed(html: str) -> HttpResponse:
    """Answer with a document that can do nothing."""
    answer = HttpResponse(html)
    answer.csp = SEALED  # type: ignore[attr-defined]
    return answer


def _association(request: HttpRequest) -> int | None:
    """Tell whose messages are shown; none on the site of a commune, which sees all its own."""
    return who(request).association_id


def _channel(request: HttpRequest, slug: str) -> type[Channel]:
    """Find a channel; an association writes by the first of them only.

    Raises:
        Http404: there is none.
    """
    channel = shown.channel_of(slug)
    if _association(request) is not None and channel is not channel_types()[0]:
        raise Http404
    return channel


def _tabs(request: HttpRequest, current: type[Channel]) -> list[Tab]:
    if _association(request) is not None:
        return []
    address = reverse("messaging:list", args=["canal"]).replace("canal", "{}")
    return shown.channel_tabs(current, address)


def _row(request: HttpRequest, slug: str, pk: int) -> Outgoing:
    rows = shown.rows_of(_channel(request, slug), _association(request))
    found: Outgoing = get_object_or_404(rows, pk=pk)
    return found


def _page(request: HttpRequest, slug: str, row: Outgoing, *, form: Any = None) -> HttpResponse:
    context = {
        "slug": slug,
        "form": form or address_form(row),
        "paragraphs": paragraphs(row.words),
        "files": files(row) if isinstance(row, OutgoingEmail) else [],
        **shown.about(row),
    }
    status = 422 if form is not None else 200
    answer = render(request, "messaging/message.html", context, status=status)
    answer.csp = {"frame-src": "'self'"}  # type: ignore[attr-defined]
    return answer

"""The diaries that a commune shares: where they are opened and ended, and where they are read."""

from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from calendars import access, actions, agenda as diary
from calendars.forms import AgendaForm
from calendars.models import Agenda
from identity.access import staff_only, who
from identity.members import ADMIN, BOOKING_AGENT
from parvis.deferred import defer
from parvis.errors import DomainError
from parvis.exports import KINDS
from parvis.signing import digest
from tenants.asked import commune_of
from tenants.hosts import absolute_url


HOME = "calendars:home"
NOTED_S = 600  # a diary that is read again within ten minutes is noted once
FRESH_S = 300


@require_safe
def read(request: HttpRequest, token: str) -> HttpResponse:
    """Give a diary to a program that knows its address; three queries, two if nothing changed.

    An address that was never given, was ended, or belonged to somebody who left: all the same.
    """
    now, commune = timezone.now(), commune_of(request)
    wanted = Agenda.objects.select_related("resource", "site").filter(token_hash=digest(token))
    agenda = wanted.first()
    if agenda is None or not access.still_receives(agenda, commune):
        raise Http404
    found = diary.appointments(agenda, now=now)
    tag = diary.tag(agenda, found)
    if request.headers.get("If-None-Match", "").removeprefix("W/") == tag:
        answer = HttpResponse(status=304)
    else:
        content = diary.written(agenda, found, schema=commune.schema_name)
        answer = HttpResponse(content, content_type=KINDS["ics"])
        answer["Content-Disposition"] = 'inline; filename="agenda.ics"'
    answer["ETag"] = tag
    answer["Cache-Control"] = f"private, max-age={FRESH_S}"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    if caches["shared"].add(f"agenda:{commune.schema_name}:{agenda.pk}", 1, NOTED_S):
        defer("calendars.note_fetched", agenda=agenda.pk, at=now.isoformat())
    return answer


@require_safe
@staff_only(ADMIN, BOOKING_AGENT)
def home(request: HttpRequest) -> HttpResponse:
    """List the shared diaries that the member may end, and offer to share one."""
    return _home(request, form=AgendaForm())


def _home(
    request: HttpRequest,
    *,
    form: AgendaForm,
    opened: actions.Opened | None = None,
    status: int = 200,
) -> HttpResponse:
    member = who(request)
    context = {
        "agendas": list(access.visible(member).select_related("resource", "site")),
        "is_admin": member.role == ADMIN,
        "form": form,
    }
    if opened is not None:
        address = absolute_url(commune_of(request), f"/agenda/{opened.token}.ics")
        context |= {
            "opened": opened.agenda,
            "address": address,
            "webcal": f"webcal://{address.partition('://')[2]}",
        }
    return render(request, "calendars/home.html", context, status=status)


@require_POST
@staff_only(ADMIN, BOOKING_AGENT)
def share(request: HttpRequest) -> HttpResponse:
    """Open one; its address is shown on this very page, and never again."""
    form = AgendaForm(request.POST)
    if form.is_valid():
        try:
            opened = actions.share(**form.told, by=who(request))
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _home(request, form=AgendaForm(), opened=opened)
    return _home(request, form=form, status=422)


@require_POST
@staff_only(ADMIN, BOOKING_AGENT)
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one another address, shown on this very page."""
    member = who(request)
    agenda = get_object_or_404(access.visible(member), pk=pk)
    return _home(request, form=AgendaForm(), opened=actions.renew(agenda=agenda, by=member))


@require_POST
@staff_only(ADMIN, BOOKING_AGENT)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop sharing one."""
    actions.end(agenda=get_object_or_404(access.visible(who(request)), pk=pk))
    return redirect(HOME)

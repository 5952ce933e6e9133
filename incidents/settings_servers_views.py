"""The settings of the Open311 server of a body, what could not be sent there, and a trial."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incidents import open311_forwarding, open311_outbox, open311_servers
from incidents.models import Category, Dispatch, Handler, OpenServer
from incidents.settings_pages import SPACE, show
from incidents.settings_servers_forms import ServerForm
from incidents.staff_pages import sets_reports


@require_http_methods(["GET", "HEAD", "POST"])
@sets_reports
def server(request: HttpRequest, pk: int) -> HttpResponse:
    """Say where reports passed on to a body are sent; « Tester » asks it without sending any."""
    handler = get_object_or_404(Handler, pk=pk, kind=Handler.Kind.BODY)
    known = OpenServer.objects.filter(handler=handler).first()
    form = ServerForm(request.POST or None, instance=known or OpenServer(handler=handler))
    if form.is_bound and form.is_valid():
        saved = open311_servers.configure(handler=handler, **form.told)
        if "try" in request.POST:
            return _page(request, handler, saved, ServerForm(instance=saved), is_tried=True)
        messages.success(request, _("Serveur enregistré."))
        return redirect(f"{SPACE}:server", pk)
    return _page(request, handler, known, form)


def _page(
    request: HttpRequest,
    handler: Handler,
    known: OpenServer | None,
    form: ServerForm,
    *,
    is_tried: bool = False,
) -> HttpResponse:
    page = {
        "handler": handler,
        "known": known,
        "dead": open311_forwarding.dead(known) if known else [],
        "waiting": open311_forwarding.waiting(known) if known else 0,
        "tried": open311_servers.try_out(known) if known and is_tried else None,
        "categories": Category.objects.offered().exclude(door=Category.Door.REDIRECT),
    }
    return show(request, "server", page, form=form)


@require_POST
@sets_reports
def relaunch(request: HttpRequest, pk: int) -> HttpResponse:
    """Try again what could not be sent."""
    row = get_object_or_404(Dispatch.objects.select_related("server"), pk=pk)
    open311_outbox.relaunch(row, now=timezone.now())
    messages.success(request, _("L’envoi est relancé."))
    return redirect(f"{SPACE}:server", row.server.handler_id)


@require_POST
@sets_reports
def forget_server(request: HttpRequest, pk: int) -> HttpResponse:
    """Send nothing there any more."""
    handler = get_object_or_404(Handler, pk=pk, kind=Handler.Kind.BODY)
    open311_servers.forget(handler=handler)
    messages.success(request, _("Serveur oublié : les signalements partent par courriel."))
    return redirect(f"{SPACE}:change_handler", pk)

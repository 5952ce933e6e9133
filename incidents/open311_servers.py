"""How a commune sets up the Open311 server of a body it passes reports on to."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.models import Handler, OpenServer
from incidents.open311_answers import Unreadable, fault, rows
from incidents.open311_client import OUTSIDE, Door, ask
from parvis.egress import Forbidden, Unreachable
from parvis.encryption import encrypt


SHOWN_MOST = 60


@dataclass(frozen=True, slots=True)
class Tried:
    """What a server answered when it was asked for its services."""

    error: str = ""
    services: list[tuple[str, str]] = field(default_factory=list)


@transaction.atomic
def configure(*, handler: Handler, key: str, **told: Any) -> OpenServer:
    """Say where the server of a body is; an empty key leaves the one there was.

    A key goes to no other machine than the one it was given for.
    """
    server = OpenServer.objects.select_for_update(of=("self",)).filter(handler=handler).first()
    server = server or OpenServer(handler=handler)
    host = urlsplit(server.url).netloc.lower()
    for name, value in told.items():
        setattr(server, name, value)
    if key or urlsplit(server.url).netloc.lower() != host:
        server.key = encrypt(key) if key else ""
    server.failed_at, server.error = None, ""
    server.save()
    return server


@transaction.atomic
def forget(*, handler: Handler) -> None:
    """Send nothing there any more, and forget what was sent."""
    OpenServer.objects.filter(handler=handler).delete()


def try_out(server: OpenServer, *, door: Door = OUTSIDE) -> Tried:
    """Ask a server for its services, as whoever maps categories needs to know them."""
    try:
        answer = ask(server, "services.xml", door=door)
    except Forbidden:
        return Tried(_("Cette adresse ne mène pas à un serveur public en https."))
    except Unreachable:
        return Tried(_("Ce serveur ne répond pas."))
    if answer.status != 200:  # noqa: PLR2004
        return Tried(
            _("Ce serveur refuse : %(error)s") % {"error": fault(answer.status, answer.content)}
        )
    try:
        found = [
            (each.get("service_code", ""), each.get("service_name", ""))
            for each in rows(answer.content)
        ]
    except Unreadable:
        return Tried(_("Ce serveur répond, mais pas en Open311."))
    known = [each for each in found if each[0]]
    if not known:
        return Tried(_("Ce serveur répond, mais ne propose aucun service."))
    return Tried(services=known[:SHOWN_MOST])

"""What the Open311 server refuses: an array of faults, in the format that was asked for.

Contract: section "Errors". The ``code`` of each fault is the status of the answer; a description
is for the end user.
"""

import logging
import secrets
from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from incidents.open311_formats import CONTENT_TYPES, JSON, XML, render


log = logging.getLogger(__name__)
BACK_S = 60
SPACE = "/open311/"
XML_FORM = XML


class Refused(Exception):
    """The answer is an array of faults, all with one status."""

    def __init__(self, status: int, *descriptions: str, retry_after_s: int = 0) -> None:
        super().__init__(status, *descriptions)
        self.status, self.descriptions = status, descriptions
        self.retry_after_s = retry_after_s


def form_of(path: str) -> str:
    """Return the format an address asks for: XML, unless it ends in ``.json`` (H11)."""
    return JSON if path.endswith(".json") else XML


def answer(
    form: str, status: int, descriptions: Iterable[str], *, retry_after_s: int = 0
) -> HttpResponse:
    """Say what is wrong."""
    faults = [{"code": status, "description": each} for each in descriptions]
    given = HttpResponse(
        render("errors", faults, form), content_type=CONTENT_TYPES[form], status=status
    )
    given["Cache-Control"] = "no-store"
    if retry_after_s:
        given["Retry-After"] = str(retry_after_s)
    return given


def machine(request: HttpRequest, status: int, *, retry_after_s: int = 0) -> HttpResponse | None:
    """Answer in an array what the site would answer by a page; None for the page of humans.

    A defect is told with a number, by which the log tells what it was.
    """
    if request.path == SPACE:
        return None
    words = {
        400: _("La demande est illisible."),
        403: _("Accès refusé."),
        404: _("Cette adresse n’existe pas."),
        405: _("Cette méthode n’est pas permise ici."),
        413: _("La demande est trop volumineuse."),
        429: _("Trop de demandes. Réessayez un peu plus tard."),
        503: _("Le service est momentanément indisponible."),
    }
    status = 400 if status == 413 else status  # noqa: PLR2004
    said = words.get(status, "")
    if not said:
        number = secrets.token_hex(4)
        log.error("Open311 failed at %s (%s)", request.path, number)
        said = f"erreur interne ({number})"
    if status in {429, 503}:
        retry_after_s = retry_after_s or BACK_S
    return answer(form_of(request.path), status, [said], retry_after_s=retry_after_s)

"""Every error of the API has one form, that of RFC 9457 (problem details).

``type`` leads to the line of the documentation that explains it, ``code`` is the same for
programs, ``detail`` is a sentence in the language that was asked for.
"""

import json
import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy as _

from parvis.errors import DomainError


KIND = "application/problem+json"
DOCS = "/api/v1/docs"
NOTICED = ("Allow", "Retry-After", "WWW-Authenticate")

TITLES: dict[int, Promise] = {
    400: _("Demande illisible"),
    401: _("Clé manquante ou refusée"),
    403: _("Droit manquant"),
    404: _("Introuvable"),
    405: _("Méthode non permise"),
    409: _("Impossible en l’état"),
    410: _("N’existe plus"),
    413: _("Contenu trop lourd"),
    415: _("Format non pris en charge"),
    422: _("Données refusées"),
    429: _("Trop de demandes"),
    500: _("Erreur de notre côté"),
    503: _("Indisponible pour le moment"),
}
CODES = {
    400: "bad_request",
    401: "key_wanted",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    410: "gone",
    413: "too_large",
    415: "not_json",
    422: "invalid_fields",
    429: "too_many",
    500: "server_error",
    503: "unavailable",
}
SENTENCES: dict[int, Promise] = {
    400: _("L’adresse ou le contenu envoyé ne se lit pas."),
    401: _("Cette opération demande une clé valable."),
    403: _("Cette opération n’est pas permise."),
    404: _("Il n’y a rien à cette adresse."),
    405: _("Cette adresse ne répond pas à cette méthode : l’en-tête « Allow » dit auxquelles."),
    409: _("Ce n’est pas possible dans l’état actuel."),
    410: _("Ce qui était à cette adresse n’existe plus."),
    413: _("Le contenu envoyé est trop lourd."),
    415: _("Ce format n’est pas pris en charge."),
    422: _("Des données manquent ou ne conviennent pas."),
    429: _("Trop de demandes : l’en-tête « Retry-After » dit combien de secondes attendre."),
    500: _("Une erreur est survenue de notre côté. Elle est notée. Réessayez plus tard."),
    503: _("Ce service ne répond pas pour le moment. Réessayez dans quelques minutes."),
}


def code_of(refusal: DomainError) -> str:
    """Name a refusal for programs: what it says of itself, else its class in small letters."""
    own = getattr(refusal, "code", "")
    return str(own) or re.sub(r"(?<!^)(?=[A-Z])", "_", type(refusal).__name__).lower()


def of_status(
    status: int, *, like: HttpResponse | None = None, detail: str = "", **more: Any
) -> HttpResponse:
    """Tell an error of which only the status is known, with what ``like`` says beside it."""
    known = status if status in TITLES else 500 if status >= 500 else 400  # noqa: PLR2004
    answer = _answer(status, code=CODES[known], detail=detail or str(SENTENCES[known]), more=more)
    for name in NOTICED:
        if like is not None and name in like:
            answer[name] = like[name]
    return answer


def of_refusal(refusal: DomainError, *, status: int = 0, **more: Any) -> HttpResponse:
    """Tell what a rule refused, and when it is worth trying again."""
    status = status or refusal.status
    answer = _answer(status, code=code_of(refusal), detail=str(refusal), more=more)
    if refusal.retry_after_s:
        answer["Retry-After"] = str(refusal.retry_after_s)
    if status == 401:  # noqa: PLR2004
        answer["WWW-Authenticate"] = 'Bearer realm="api"'
    return answer


def is_ours(request: HttpRequest) -> bool:
    """Tell whether an address belongs to the API, of which the documentation is a page."""
    return request.path.startswith("/api/v1/") and request.path != DOCS


def _answer(status: int, *, code: str, detail: str, more: dict[str, Any]) -> HttpResponse:
    title = TITLES.get(status, TITLES[500 if status >= 500 else 400])  # noqa: PLR2004
    told = {
        "type": f"{DOCS}#{code}",
        "title": str(title),
        "status": status,
        "detail": detail,
        "code": code,
        **more,
    }
    answer = HttpResponse(json.dumps(told, ensure_ascii=False), status=status, content_type=KIND)
    answer["Cache-Control"] = "no-store"
    answer["Content-Language"] = get_language() or "fr"
    return answer

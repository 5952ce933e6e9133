"""A citizen whom FranceConnect names on a form: never asked for, nothing kept but a date.

Her name and address go from the login host to the commune in a form that her browser posts: signed
for that commune, good for a minute, and for the browser that left from there. On the commune they
wait, encrypted, in a cookie that the form reads. What FranceConnect calls her is kept nowhere.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from parvis import encryption
from parvis.signing import BadSignature, digest, sign_for, unsign
from stateid.models import CitizenLogin
from tenants import hosts
from tenants.hosts import absolute_url
from tenants.models import Commune


KNOWN = "__Host-identite"
KNOWN_S = 1_200
HANDED_S = 60
PURPOSE = "franceconnect"
FAILED = "franceconnect"  # in the address of the form: it could not be filled in
BACK = "/franceconnect/retour/"


@dataclass(frozen=True, slots=True)
class Known:
    """Whom FranceConnect named, and when."""

    name: str
    email: str
    at: float

    @property
    def checked_at(self) -> datetime:
        """When her identity was checked."""
        return datetime.fromtimestamp(self.at, tz=UTC)

    def is_named(self, name: str) -> bool:
        """Tell whether a form still says her name, whatever case and spaces."""
        return " ".join(name.split()).casefold() == self.name.casefold() != ""


def is_configured() -> bool:
    """Tell whether the platform is registered with FranceConnect."""
    known = settings.FRANCECONNECT
    return bool(known["issuer"] and known["client_id"] and known["secret"])


def is_offered(commune: Commune) -> bool:
    """Tell whether a commune's forms may be filled in by FranceConnect; one query at most."""
    return is_configured() and CitizenLogin.objects.filter(commune_id=commune.pk).exists()


# --- On the login host --------------------------------------------------------------------


def commune_at(host: str) -> Commune | None:
    """Return the commune of a host, where FranceConnect is offered."""
    site = hosts.site_of(host)
    found = site.commune if site.kind == "commune" else None
    return found if found is not None and is_offered(found) else None


def sealed(commune: Commune, *, known: Known, state: str) -> str:
    """Sign what a commune is told, for the browser that left from there with ``state``."""
    told = asdict(known) | {"state": digest(state)}
    return sign_for(told, purpose=PURPOSE, schema=commune.schema_name)


def went_wrong(data: Mapping[str, Any]) -> HttpResponse | None:
    """Lead back to the form of a commune, which says so; None for who came from nowhere."""
    commune = commune_at(str(data.get("site", "")))
    return HttpResponseRedirect(absolute_url(commune, BACK)) if commune else None


# --- On the commune's host ----------------------------------------------------------------


def opened(text: str, *, state: str) -> Known | None:
    """Read what the login host signed for this commune and this browser; None if it did not."""
    try:
        told = unsign(text, purpose=PURPOSE, max_age=HANDED_S)
    except BadSignature:
        return None
    if not state or told.pop("state", "") != digest(state):
        return None
    return Known(**told)


def remember(answer: HttpResponse, known: Known, *, commune: Commune) -> None:
    """Let the form find what is known, for twenty minutes and in this commune only."""
    told = json.dumps(asdict(known) | {"schema": commune.schema_name})
    answer.set_cookie(
        KNOWN,
        encryption.encrypt(told),
        max_age=KNOWN_S,
        secure=True,
        httponly=True,
        samesite="Lax",
    )


def forget(answer: HttpResponse) -> None:
    """Have the browser forget it: the form is sent."""
    answer.set_cookie(KNOWN, "", max_age=0, secure=True, httponly=True, samesite="Lax")


def known_to(request: HttpRequest) -> Known | None:
    """Read what FranceConnect told of who fills in a form here."""
    commune: Commune | None = getattr(request, "commune", None)
    cookie = request.COOKIES.get(KNOWN, "")
    if not cookie or commune is None:
        return None
    try:
        told = json.loads(encryption.decrypt(cookie, max_age=KNOWN_S))
    except (encryption.Unreadable, ValueError):
        return None
    return Known(**told) if told.pop("schema", "") == commune.schema_name else None


def words(request: HttpRequest, *, to: str) -> dict[str, Any]:
    """Say what ``stateid/_citizen.html`` shows above a form; ``to`` names the form."""
    commune: Commune = request.commune  # type: ignore[attr-defined]
    known = known_to(request)
    return {
        "citizen_known": known,
        "citizen_login": f"/franceconnect/?pour={to}"
        if known is None and is_offered(commune)
        else "",
        "citizen_failed": request.GET.get(FAILED) == "echec",
    }

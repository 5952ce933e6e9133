"""Answer the edge that asks whether a name may have a certificate.

Caddy asks at every handshake with a name it does not know: the answer comes from memory, never
from the database, and is no unless somebody proved the name. The worker publishes the names in
Valkey each minute and after each change; without Valkey the last known names stand.
"""

import ipaddress
import time
from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from tenants.hosts import normalise
from tenants.models import Association, Domain


ASK = "/tls/ask"
NAMES, VERSION = "tls:names", "tls:version"
LOOKED_EVERY_S = 1.0


class _Known:
    """The names of the last publication, read again when its version changes."""

    def __init__(self) -> None:
        self.names: frozenset[str] = frozenset()
        self._version: object = None
        self._looked = 0.0

    def has(self, name: str) -> bool:
        self._look()
        return name in self.names or name in _platform_names()

    def _look(self) -> None:
        if time.monotonic() - self._looked < LOOKED_EVERY_S:
            return
        self._looked = time.monotonic()
        version = caches["shared"].get(VERSION)
        if version is None or version == self._version:
            return
        names = caches["shared"].get(NAMES)
        if names is not None:
            self.names, self._version = frozenset(names), version

    def forget(self) -> None:
        """Begin as a process that has just started."""
        self.__init__()  # type: ignore[misc]


known = _Known()


def _platform_names() -> tuple[str, str]:
    return settings.BASE_DOMAIN, f"{settings.LOGIN_HOST_LABEL}.{settings.BASE_DOMAIN}"


def publish_names() -> int:
    """Tell every process which names answer: those of the registry; count them.

    Only proven names are in the registry.
    """
    base = settings.BASE_DOMAIN
    names = set(Domain.objects.values_list("domain", flat=True))
    names |= {f"{slug}.{base}" for slug in Association.objects.values_list("slug", flat=True)}
    _publish(names)
    return len(names)


def _publish(names: Iterable[str]) -> None:
    wanted = sorted(names)
    if caches["shared"].get(NAMES) == wanted and caches["shared"].get(VERSION) is not None:
        return
    caches["shared"].set(NAMES, wanted, None)
    caches["shared"].set(VERSION, time.time_ns(), None)


def may_have_certificate(name: str) -> bool:
    """Tell whether a name as the edge saw it may have a certificate; no unless it is known."""
    host = normalise(name)
    return bool(host) and not _is_address(host) and known.has(host)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def ask_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer ``/tls/ask?domain=`` before anything else looks at the request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ASK):
            return get_response(request)
        is_yes = (
            request.method == "GET"
            and _may_ask(request)
            and may_have_certificate(request.GET.get("domain", ""))
        )
        answer = HttpResponse(
            status=200 if is_yes else 404, content_type="text/plain; charset=utf-8"
        )
        answer["Cache-Control"] = "no-store"
        answer._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 (robots ask all day)
        return answer

    return middleware


def _may_ask(request: HttpRequest) -> bool:
    """Tell whether the edge is asking: by the secret path, or from this very machine.

    A request that a proxy passes on also comes from this machine, and says for whom.
    """
    secret = settings.TLS_ASK_SECRET
    if secret:
        return constant_time_compare(request.path_info, f"{ASK}/{secret}")
    forwarded = {"HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP"}
    return (
        request.path_info == ASK
        and request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}
        and not forwarded & request.META.keys()
    )

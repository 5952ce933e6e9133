"""Which site a host name leads to, and the addresses of the sites.

Addresses are built from the registry, never from the request: a forged ``Host`` header cannot
end up in an e-mail.
"""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Literal

from django.conf import settings
from django.core.cache import caches
from django.db import connection

from tenants.models import Association, Commune, Departure, Domain


Kind = Literal["portal", "login", "association", "commune", "unknown"]
URLCONFS: dict[Kind, str] = {
    "portal": "parvis.urls_portal",
    "login": "parvis.urls_login",
    "association": "parvis.urls_association",
    "commune": "parvis.urls_commune",
    "unknown": "parvis.urls_unknown",
}
# Labels no commune may take: they would shadow a site of the platform or mislead.
RESERVED_LABELS = frozenset(
    {
        "www", "api", "connexion", "mail", "smtp", "admin", "static", "media", "demo", "aide",
        "support", "test", "asso", "association", "portail", "status", "tenants", "localhost",
    }
)  # fmt: skip
PRIVATE_PREFIX = "apercu-"  # before the drawn label of a preview; no commune is called so
HOST_NAME = re.compile(r"[a-z0-9.-]{1,253}")
VERSION_KEY = "hosts:version"
LIFETIME = 30.0  # seconds a look-up is believed without asking again
MOST = 5_000  # look-ups kept, unknown names included, so that they cannot fill memory


@dataclass(frozen=True, slots=True)
class Site:
    """What answers under a host name. Shared by threads: read-only.

    ``moved_to`` is the commune's main host, when this is another of its names; ``departure`` is
    that of a commune which is closed because it leaves, or has left.
    """

    kind: Kind
    commune: Commune | None = None
    association: Association | None = None
    moved_to: str = ""
    departure: Departure | None = None

    @property
    def is_read_only(self) -> bool:
        """Whether the team of the commune may read, and nobody write."""
        return (
            self.commune is not None
            and self.commune.state == Commune.State.SUSPENDED
            and not self.has_left
        )

    @property
    def has_left(self) -> bool:
        """Whether all that remains is the way to the new address."""
        return self.departure is not None and self.departure.state != Departure.State.READ_ONLY


UNKNOWN = Site("unknown")


def normalise(host: str) -> str:
    """Bring a ``Host`` header to its registered form: no port, no final dot, lower case, IDNA.

    Returns an empty string for what cannot be a host name.
    """
    name = host.strip().lower()
    name = name.partition(":")[0] if not name.startswith("[") else ""
    name = name.removesuffix(".")
    try:
        name = name.encode("idna").decode() if name else ""
    except UnicodeError:
        return ""
    return name if HOST_NAME.fullmatch(name) else ""


class _Lookups:
    """A bounded, short memory of look-ups, cleared everywhere when the registry changes."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Site]] = {}
        self._version: object = None
        self._checked = 0.0
        self._lock = Lock()

    def get(self, name: str) -> Site | None:
        self._forget_if_changed()
        found = self._known.get(name)
        if found is None or found[0] < time.monotonic():
            return None
        return found[1]

    def put(self, name: str, site: Site) -> None:
        with self._lock:
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[name] = (time.monotonic() + LIFETIME, site)

    def clear(self, version: object) -> None:
        with self._lock:
            self._version = version
            self._known.clear()

    def _forget_if_changed(self) -> None:
        """Ask Valkey at most once a second whether somebody changed the registry."""
        if time.monotonic() - self._checked < 1:
            return
        self._checked = time.monotonic()
        version = caches["shared"].get(VERSION_KEY)
        if version != self._version:
            self.clear(version)


_lookups = _Lookups()


def site_of(host: str) -> Site:
    """Find what answers under ``host``; an unknown name costs no write and no error."""
    name = normalise(host)
    site = _lookups.get(name)
    if site is None:
        site = _find(name)
        _lookups.put(name, site)
    return site


def forget_hosts() -> None:
    """Make every process look again; to be called after the registry changed."""
    version = time.time_ns()
    caches["shared"].set(VERSION_KEY, version, None)
    _lookups.clear(version)


def _find(name: str) -> Site:
    base = settings.BASE_DOMAIN
    if name in {base, "127.0.0.1"}:
        return Site("portal")
    if name == f"{settings.LOGIN_HOST_LABEL}.{base}":
        return Site("login")
    connection.set_schema_to_public()  # type: ignore[attr-defined]
    domains = Domain.objects.select_related("commune__association", "commune__sandbox_for")
    # Who helps the commune is on every page of its staff: read here, once for all of them.
    helped = domains.prefetch_related("commune__referents__user")
    domain = helped.filter(domain=name).first()
    if domain is not None:
        commune = domain.commune
        moved_to = "" if domain.is_primary else host_of(commune)
        moved_to = "" if moved_to == name else moved_to
        owner = commune.association or commune.sandbox_for
        return Site("commune", commune, owner, moved_to, _departure_of(commune))
    label = name.removesuffix(f".{base}")
    association = Association.objects.filter(slug=label).first() if label != name else None
    return Site("association", association=association) if association else UNKNOWN


def _departure_of(commune: Commune) -> Departure | None:
    """Find why a commune is closed, when it leaves or has left."""
    states = Departure.State
    if commune.state not in {Commune.State.SUSPENDED, Commune.State.LISTED}:
        return None
    return (
        Departure.objects.filter(
            commune=commune, state__in=[states.READ_ONLY, states.MOVED, states.DESTROYED]
        )
        .order_by("-asked_at", "-pk")
        .first()
    )


def host_of(owner: Commune | Association | Literal["portal", "login"]) -> str:
    """Name the host of a site, without port."""
    base = settings.BASE_DOMAIN
    if owner == "portal":
        return str(base)
    if owner == "login":
        return f"{settings.LOGIN_HOST_LABEL}.{base}"
    if isinstance(owner, Association):
        return f"{owner.slug}.{base}"
    domain = Domain.objects.filter(commune_id=owner.pk, is_primary=True).first()
    return domain.domain if domain else f"{owner.slug}.{base}"


def usual_host(commune: Commune) -> str:
    """Name the host that every commune of its own has: its slug under the base domain."""
    return f"{commune.slug}.{settings.BASE_DOMAIN}"


def private_host(key: str) -> str:
    """Name the host of a preview, known to those who were given it."""
    return f"{PRIVATE_PREFIX}{key}.{settings.BASE_DOMAIN}"


def absolute_url(owner: Commune | Association | Literal["portal", "login"], path: str) -> str:
    """Build the full address of ``path`` (which starts with a slash) on a site."""
    return f"{_origin(host_of(owner))}{path}"


def moved_url(host: str, path: str) -> str:
    """Build the address of ``path`` on the host a commune moved to."""
    return f"{_origin(host)}{path}"


def home_pages(communes: Iterable[Commune]) -> dict[int, str]:
    """Build the addresses of several communes' home pages in one query, by primary key."""
    domains = Domain.objects.filter(commune__in=list(communes), is_primary=True)
    return {domain.commune_id: f"{_origin(domain.domain)}/" for domain in domains}


def _origin(host: str) -> str:
    """Put scheme and port around a host name."""
    usual = {"http": 80, "https": 443}[settings.SCHEME]
    port = "" if usual == settings.PORT or settings.SCHEME == "https" else f":{settings.PORT}"
    return f"{settings.SCHEME}://{host}{port}"

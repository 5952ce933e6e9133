"""Choose the site, the URLs and the schema of a request from its host name, and nothing else."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.utils import timezone

from parvis import error_views
from tenants.hosts import URLCONFS, Site, moved_url, site_of
from tenants.models import Commune


CLOSED = {
    Commune.State.LISTED,
    Commune.State.CREATING,
    Commune.State.MAINTENANCE,
    Commune.State.SUSPENDED,
    Commune.State.INCOMPATIBLE,
}


SAFE = {"GET", "HEAD"}
# What other sites embed, and what monitoring asks, answers under every name of a commune.
STAYS = ("/w.js", "/widget/", "/sante/")


# What answers while a commune is suspended: its team reads, takes its data away, and no more.
READ = (
    *("/agent/", "/connexion/", "/theme.css", "/sante/", "/robots.txt", "/.well-known/"),
    *("/accessibilite/", "/mentions-legales/", "/confidentialite/"),
)
SENT = (
    *("/connexion/retour/", "/deconnexion/", "/langue/"),
    *("/agent/commune/donnees/archives/", "/agent/commune/donnees/depart/"),
)


def _may_read(request: HttpRequest, site: Site) -> bool:
    """Tell whether a page answers although the commune is closed."""
    if not site.is_read_only:
        return False
    return request.path.startswith(READ if request.method in SAFE else SENT)


class CommuneMiddleware:
    """Set ``request.site_kind``, ``commune``, ``association``, ``tenant`` and the schema."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer under the schema of the host, then leave the connection on public."""
        site = site_of(request.META.get("HTTP_HOST", ""))
        request.site_kind = site.kind  # type: ignore[attr-defined]
        request.commune = request.tenant = site.commune  # type: ignore[attr-defined]
        request.association = site.association  # type: ignore[attr-defined]
        request.urlconf = URLCONFS[site.kind]
        if site.kind == "unknown":
            return error_views.unknown_commune(request)
        if site.moved_to and request.method in SAFE and not request.path.startswith(STAYS):
            return HttpResponsePermanentRedirect(moved_url(site.moved_to, request.get_full_path()))
        if site.commune and site.commune.state in CLOSED and not _may_read(request, site):
            return error_views.closed(request, departure=site.departure)
        if site.commune:
            connection.set_tenant(site.commune)  # type: ignore[attr-defined]
        else:
            connection.set_schema_to_public()  # type: ignore[attr-defined]
        zone = site.commune.time_zone if site.commune else None
        try:
            with timezone.override(zone):
                answer = self.get_response(request)
                if site.commune and not site.commune.is_real_and_open:
                    answer["X-Robots-Tag"] = "noindex, nofollow"
                return answer
        finally:
            connection.set_schema_to_public()  # type: ignore[attr-defined]

"""Pages that every site has: language, legal pages, and what machines ask for."""

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST, require_safe


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie of this host and go back to the page."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = "/"
    answer = HttpResponseRedirect(target)
    language = request.POST.get("language", "")
    if check_for_language(language) and language in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )
    return answer


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Publish the accessibility statement (law 2005-102, article 47; RGAA 4.1)."""
    return render(request, "site/accessibility.html")


@require_safe
def legal_notice(request: HttpRequest) -> HttpResponse:
    """Say who publishes the site and where its data come from."""
    return render(request, "site/legal_notice.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say that what is kept is kept by each town hall, on whose site it is said."""
    return render(request, "site/privacy.html")


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers, 503 otherwise; for the load balancer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database\n", status=503, content_type="text/plain; charset=utf-8")
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Let search engines in everywhere but where links carry a secret or a login.

    Nowhere at all in a commune that is not real and open.
    """
    commune = getattr(request, "commune", None)
    if commune is not None and not commune.is_real_and_open:
        return HttpResponse(
            "User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8"
        )
    hidden = ("/rdv/", "/mon-rendez-vous/", "/agent/", "/agenda/", "/demo/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in hidden)]
    if commune is not None or getattr(request, "site_kind", "") == "portal":
        lines.append(f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def security_contact(request: HttpRequest) -> HttpResponse:
    """Say where to report a vulnerability (RFC 9116)."""
    expires = timezone.now().replace(microsecond=0) + timedelta(days=180)
    lines = [
        f"Contact: mailto:{settings.DEFAULT_FROM_EMAIL}",
        f"Expires: {expires.isoformat()}",
        "Preferred-Languages: fr, en",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")

"""The ways in by somebody else's identity, on the page of logins."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django import template
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse

from stateid import registered
from stateid.models import AssociationLogin
from tenants import hosts


register = template.Library()
MOST = 12


@register.inclusion_tag("stateid/_ways.html", takes_context=True)
def ways_in(context: Context) -> dict[str, Any]:
    """Offer ProConnect, and the provider of the association whose site one comes from."""
    request: HttpRequest = context["request"]
    wanted = request.GET.get("next", "")
    known = [registered.proconnect(), *map(registered.of_association, _associations(wanted))]
    return {
        "csrf_token": context.get("csrf_token"),
        "next": wanted,
        "ways": [
            (app.name, app.provider_id, reverse("stateid_login", args=[app.provider_id]))
            for app in known
            if app is not None
        ],
    }


def _associations(wanted: str) -> list[AssociationLogin]:
    offered = AssociationLogin.objects.filter(is_enabled=True).select_related("association")
    site = _site(wanted)
    if site is not None and site.kind in {"commune", "association"}:
        owner = site.commune.association_id if site.commune else None
        owner = site.association.pk if site.association else owner
        offered = offered.filter(association_id=owner or 0)
    return list(offered.order_by("association__short_name", "pk")[:MOST])


def _site(wanted: str) -> hosts.Site | None:
    try:
        asked = parse_qs(urlsplit(wanted).query).get("site", [""])[0]
    except ValueError:
        return None
    return hosts.site_of(asked[:253]) if asked and "\0" not in asked else None

"""What a commune offers by Open311: its two endpoints, its services, and what each asks.

Contract: sections "Discovery", "Services", "Service definition". A *service* is a ``Category``.
"""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from incidents.models import Catalogue, Category, CategoryAttribute
from incidents.open311_formats import said
from tenants.hosts import absolute_url
from tenants.models import Commune


SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
FORMATS = ["text/xml", "application/json"]
FLAGS = {"private", "inactive", "staff", "waste_only"}  # what FixMyStreet reads in keywords
CODE = re.compile(r"[a-z0-9-]{1,40}")


def changed_at(commune: Commune) -> datetime:
    """Return when the catalogue changed last (H3)."""
    known = Catalogue.objects.first()
    return known.changed_at if known else commune.created_at


def discovery(commune: Commune, *, version: datetime) -> dict[str, Any]:
    """Say where the server is and whom to ask; always two endpoints (H52)."""
    changeset = said(version, ZoneInfo(commune.time_zone))
    base = absolute_url(commune, "/open311/")
    is_real = commune.is_real_and_open and not settings.DEMO  # else both are for trying (H4)
    places = [("v2", "production" if is_real else "test"), ("test/v2", "test")]
    who = [_("Mairie de %(name)s") % {"name": commune.name}, commune.email, commune.phone]
    return {
        "changeset": changeset,
        "contact": ", ".join(filter(None, who)),
        "key_service": _("Demander une clé : %(url)s") % {"url": base},
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": f"{base}{path}",
                "changeset": changeset,
                "type": kind,
                "formats": FORMATS,
            }
            for path, kind in places
        ],
    }


def offered() -> list[Category]:
    """Return the services, in the order of the form; one query (H7)."""
    asks = CategoryAttribute.objects.filter(category=OuterRef("pk"))
    found = Category.objects.offered().exclude(door=Category.Door.REDIRECT)
    rows = found.annotate(asks=Exists(asks)).order_by("position", "name", "pk")
    return [each for each in rows if CODE.fullmatch(each.code)]


def service_names(categories: Iterable[Category]) -> dict[int, str]:
    """Name each service so that no two are called alike (H54)."""
    rows = list(categories)
    once = Counter(each.name.casefold() for each in rows)
    names = {
        each.pk: each.name
        if once[each.name.casefold()] == 1
        else f"{each.group}\u00a0: {each.name}"
        for each in rows
    }
    twice = Counter(name.casefold() for name in names.values())
    return {
        each.pk: names[each.pk]
        if twice[names[each.pk].casefold()] == 1
        else f"{names[each.pk]} ({each.code})"
        for each in rows
    }


def is_batch(category: Category) -> bool:
    """Tell whether a report gets its number once it was read: then a token stands for it."""
    return category.is_batch and category.moderation == Category.Moderation.BEFORE


def services(categories: list[Category]) -> list[dict[str, Any]]:
    """List the services (H5, H6)."""
    names = service_names(categories)
    return [
        {
            "service_code": each.code,
            "service_name": names[each.pk],
            "description": _described(each),
            "metadata": bool(each.asks),  # type: ignore[attr-defined]
            "type": "batch" if is_batch(each) else "realtime",
            "keywords": keywords(each),
            "group": each.group,
        }
        for each in categories
    ]


def keywords(category: Category) -> str:
    """Join the keywords by commas alone; only confidential categories say ``private`` (H55)."""
    words = [each.strip() for each in re.split(r"[,;\s]+", category.keywords)]
    kept = [each for each in dict.fromkeys(words) if each and each.casefold() not in FLAGS]
    if category.moderation == Category.Moderation.NEVER:
        kept.append("private")
    return ",".join(kept)


def _described(category: Category) -> str:
    return category.danger_text or f"{category.group}\u00a0: {category.name}"


def definition(category: Category, attributes: Iterable[CategoryAttribute]) -> dict[str, Any]:
    """Say what a service asks (H12 to H14)."""
    return {
        "service_code": category.code,
        "attributes": [
            {
                "variable": each.is_variable,
                "code": each.code,
                "datatype": each.datatype,
                "required": each.is_required,
                "datatype_description": each.datatype_description or None,
                "order": order,
                "description": each.description,
                "values": each.values if each.datatype.endswith("list") else [],
            }
            for order, each in enumerate(attributes, 1)
        ],
    }

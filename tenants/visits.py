"""Look, for one person, into the communes where she works: one after the other, as each commune.

Her memberships decide which: a commune she has left, or where her role does not fit, is never
entered. What ``work`` returns leaves the commune: plain values, never rows.
"""

from collections.abc import Callable, Collection, Iterator
from typing import TypeVar

from django_tenants.utils import schema_context

from tenants.models import Commune, Membership


Result = TypeVar("Result")


def in_each_of(
    *, user_id: int, roles: Collection[str], work: Callable[[], Result]
) -> Iterator[tuple[Commune, Result]]:
    """Do the same in each open commune where somebody has one of these roles, by name.

    Each time under the role of that commune, which can read no other.
    """
    standing = (
        Membership.objects.filter(
            user_id=user_id,
            is_active=True,
            user__is_active=True,
            role__in=roles,
            commune__state=Commune.State.READY,
        )
        .select_related("commune")
        .order_by("commune__name", "pk")
    )
    for membership in list(standing):
        if membership.commune is not None:
            with schema_context(membership.commune.schema_name):
                done = work()
            yield membership.commune, done

"""Who works on a site: found once, then remembered for a few seconds.

Every page of the team asks. The answer lives in the ``shared`` cache for at most 30 s and is
erased by the actions that change it; without Valkey each request asks the database.
"""

from dataclasses import asdict

from django.core.cache import caches
from django.http import HttpRequest

from identity.members import NAME_MOST, Member
from tenants.models import Membership, User


REMEMBERED_S = 30
NOBODY = "nobody"


def site_of(request: HttpRequest) -> str:
    """Name the site of a request as sessions are stamped: schema, association, or login host."""
    commune = getattr(request, "commune", None)
    association = getattr(request, "association", None)
    kind = getattr(request, "site_kind", "")
    if kind == "commune" and commune is not None:
        return str(commune.schema_name)
    if kind == "association" and association is not None:
        return f"association:{association.pk}"
    return str(kind)


def member_at(request: HttpRequest, *, user_id: int, fresh: bool = False) -> Member | None:
    """Find the standing of an account on the site of the request; ``fresh`` trusts no memory."""
    key = _key(user_id, site_of(request))
    known = None if fresh else caches["shared"].get(key)
    if known is None:
        member = _find(request, user_id)
        caches["shared"].set(key, asdict(member) if member else NOBODY, REMEMBERED_S)
        return member
    return None if known == NOBODY else Member(**known)


def forget_members(user: User) -> None:
    """Forget what is remembered of an account on every site it has ever worked on."""
    for membership in Membership.objects.filter(user=user).select_related("commune"):
        commune = membership.commune
        site = commune.schema_name if commune else f"association:{membership.association_id}"
        caches["shared"].delete(_key(user.pk, site))


def _key(user_id: int, site: str) -> str:
    return f"member:{site}:{user_id}"


def _find(request: HttpRequest, user_id: int) -> Member | None:
    kind = getattr(request, "site_kind", "")
    if kind == "commune":
        here = {"commune": request.commune}  # type: ignore[attr-defined]
    elif kind == "association":
        here = {"association": request.association}  # type: ignore[attr-defined]
    else:
        return None
    found = (
        Membership.objects.filter(user_id=user_id, is_active=True, user__is_active=True, **here)
        .select_related("user")
        .first()
    )
    if found is None:
        return None
    return Member(
        user_id=user_id,
        name=str(found.user)[:NAME_MOST],
        role=found.role,
        commune_id=found.commune_id,
        association_id=found.association_id,
        email=found.user.email,
        is_phone_desk=found.is_phone_desk,
    )

"""Who works on a site: found once, then remembered for a few seconds.

Every page of the team asks. The answer lives in the ``shared`` cache for at most 30 s and is
erased by the actions that change it; without Valkey each request asks the database.
"""

from dataclasses import asdict
from typing import Any

from django.core.cache import caches
from django.http import HttpRequest

from identity.members import NAME_MOST, READER, Member
from identity.models import SupportAccess
from tenants.models import Commune, Membership, User


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


def forget_site(commune: Commune, *, also: int) -> None:
    """Forget what is remembered of everybody who works in a commune, and of one account more."""
    team = Membership.objects.filter(commune=commune).values_list("user_id", flat=True)
    caches["shared"].delete_many([_key(user_id, commune.schema_name) for user_id in {*team, also}])


def _key(user_id: int, site: str) -> str:
    return f"member:{site}:{user_id}"


def _find(request: HttpRequest, user_id: int) -> Member | None:
    kind = getattr(request, "site_kind", "")
    support: SupportAccess | None = None
    if kind == "commune":
        here = {"commune": request.commune}  # type: ignore[attr-defined]
        support = SupportAccess.objects.open().filter(**here).order_by("ends_at").last()
    elif kind == "association":
        here = {"association": request.association}  # type: ignore[attr-defined]
    else:
        return None
    found = (
        Membership.objects.filter(user_id=user_id, is_active=True, user__is_active=True, **here)
        .select_related("user")
        .first()
    )
    seen = _support(support)
    if found is None:
        return _supporter(user_id, here, seen) if support else None
    return Member(
        user_id=user_id,
        name=str(found.user)[:NAME_MOST],
        role=found.role,
        commune_id=found.commune_id,
        association_id=found.association_id,
        email=found.user.email,
        is_phone_desk=found.is_phone_desk,
        **seen,
    )


def _support(access: SupportAccess | None) -> dict[str, Any]:
    """Tell everybody who works here that somebody reads along."""
    if access is None:
        return {}
    return {
        "support_name": access.user_name,
        "support_reason": access.reason,
        "support_until": access.ends_at.timestamp(),
    }


def _supporter(user_id: int, here: dict[str, Any], seen: dict[str, Any]) -> Member | None:
    """Let somebody read for as long as her access is open."""
    own = SupportAccess.objects.open().filter(user_id=user_id, user__is_active=True, **here)
    access = own.select_related("user").order_by("ends_at").last()
    if access is None:
        return None
    return Member(
        user_id=user_id,
        name=access.user_name,
        role=READER,
        commune_id=access.commune_id,
        email=access.user.email,
        is_support=True,
        **{**seen, "support_until": access.ends_at.timestamp()},
    )

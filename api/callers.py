"""Who asks: a program with a key of this commune, or somebody without one. Never a cookie."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from api import limits
from api.refusals import KeyWanted
from connect import calls, keys
from connect.models import ApiKey
from identity.members import ADMIN, Member


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent a request; without a key she reads what everybody may."""

    key: ApiKey | None = None

    @property
    def client_id(self) -> int:
        """Number her program; a renewed key is of the same one."""
        return self.key.client_id if self.key else 0

    @property
    def member(self) -> Member:
        """Name her as the one who acts, for whoever gave her the key.

        Raises:
            KeyWanted: she has none.
        """
        if self.key is None:
            raise KeyWanted
        return Member(user_id=self.key.by_id, name=self.key.client.name, role=ADMIN)

    def may(self, scope: str) -> bool:
        """Tell whether her key gives a right."""
        return self.key is not None and scope in self.key.scopes


class Asks:
    """A door of ninja: lets in who holds a key with a right, or everybody where none is named."""

    def __init__(self, scope: str = "") -> None:
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Caller:
        """Find who asks, and count her.

        Raises:
            KeyWanted: there is no key, or it is none of this commune.
            ScopeMissing: the key does not give this right.
            TooMany: she has asked too often.
        """
        now = timezone.now()
        secret = _shown(request)
        if not secret:
            limits.count_visitor(request, now=now)
            if self.scope:
                raise KeyWanted
            return Caller()
        return self._holder(request, secret, now=now)

    def _holder(self, request: HttpRequest, secret: str, *, now: datetime) -> Caller:
        try:
            key = keys.found(secret, now=now)
        except keys.KeyRefused:
            limits.count_visitor(request, now=now)
            raise
        is_refused = bool(self.scope) and self.scope not in key.scopes
        if is_refused:  # the call itself is counted
            calls.failed(key_id=key.pk, why=self.scope, now=now)
        limits.count_key(request, str(key.prefix), now=now)
        if is_refused:
            raise keys.ScopeMissing(self.scope)
        return Caller(key)


EVERYBODY = Asks()


def caller_of(request: HttpRequest) -> Caller:
    """Return who was let in."""
    return request.auth  # type: ignore[attr-defined,no-any-return]


def _shown(request: HttpRequest) -> str:
    """Return the text of a key; only a header shows one, for addresses end up in logs."""
    kind, _space, text = request.headers.get("Authorization", "").partition(" ")
    return text.strip() if kind.lower() == "bearer" else kind

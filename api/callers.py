"""Who asks: a program with a key of this commune, or somebody without one. Never a cookie."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from api import limits
from api.refusals import KeyWanted
from connect import keys
from connect.models import ApiKey


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent a request; without a key she reads what everybody may."""

    key: ApiKey | None = None

    @property
    def who(self) -> str:
        """Name her, as limits and repeats count her; a renewed key is somebody else."""
        return str(self.key.prefix) if self.key else ""

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
        limits.count_key(request, f"{key.prefix}", now=now)
        if self.scope and self.scope not in key.scopes:
            raise keys.ScopeMissing(self.scope)
        return Caller(key)


EVERYBODY = Asks()


def _shown(request: HttpRequest) -> str:
    """Return the text of a key; only a header shows one, for addresses end up in logs."""
    kind, _space, text = request.headers.get("Authorization", "").partition(" ")
    return text.strip() if kind.lower() == "bearer" else kind

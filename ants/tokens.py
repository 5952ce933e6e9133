"""Who may read our endpoints: two tokens at once, so that a rotation has no gap (2.1).

A secret is stored encrypted. What a request is compared with is its digest, kept where it can be
read while PostgreSQL is down.
"""

import json
from datetime import datetime
from hashlib import sha256

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from ants import keeping
from ants.models import AntsToken
from parvis.errors import DomainError
from parvis.signing import new_token


NAME = "tokens"
AT_ONCE = 2
SHOWN = 4
IN = AntsToken.Direction.IN


class TooManyTokens(DomainError):
    """Two open already: one takes over from the other, a third is forgotten by everybody."""

    message = _("Deux jetons sont déjà valables dans ce sens. Retirez d’abord le plus ancien.")


class NoToken(DomainError):
    """No such token is valid."""

    message = _("Aucun jeton valable ne porte ce numéro.")
    status = 404


@transaction.atomic
def issue(
    *,
    label: str,
    now: datetime,
    secret: str = "",
    direction: str = IN,
    until: datetime | None = None,
) -> tuple[AntsToken, str]:
    """Let a token in, the one that France Titres gave or one that is drawn; return its secret.

    Raises:
        TooManyTokens: two are valid in this direction.
    """
    if AntsToken.objects.filter(direction=direction).valid(now).count() >= AT_ONCE:
        raise TooManyTokens
    plain = secret or new_token()
    token = AntsToken.objects.create(
        label=label,
        direction=direction,
        secret=_ring().encrypt(plain.encode()).decode(),
        valid_from=now,
        valid_until=until,
    )
    transaction.on_commit(publish)
    return token, plain


@transaction.atomic
def revoke(*, pk: int, now: datetime) -> AntsToken:
    """End a token at this moment; every process has heard of it within five seconds.

    Raises:
        NoToken: it is not valid, or there is none.
    """
    token = AntsToken.objects.select_for_update().valid(now).filter(pk=pk).first()
    if token is None:
        raise NoToken
    token.valid_until = now
    token.save(update_fields=["valid_until"])
    transaction.on_commit(publish)
    return token


def secret_of(token: AntsToken) -> str:
    """Decrypt the secret of a token, for whoever calls the State with it."""
    return _ring().decrypt(token.secret.encode()).decode()


def masked(token: AntsToken) -> str:
    """Show just enough of a token to tell it from the other one."""
    return f"{secret_of(token)[:SHOWN]}…"


def accepted(given: str, *, now: datetime) -> int | None:
    """Return the number of the valid token that was given, None when it is none of them.

    Every known token is compared, in constant time.

    Raises:
        django.db.DatabaseError: nobody can say: nothing is kept, and the database is down.
    """
    digest = _digest(given)
    found = None
    for row in json.loads(keeping.kept(NAME, _make)):
        is_same = constant_time_compare(digest, row["digest"])
        if is_same and _is_valid(row, now.timestamp()):
            found = int(row["id"])
    return found


def publish() -> None:
    """Let every process know the tokens, and the next one that starts without a database."""
    keeping.keep(NAME, _make())


def _make() -> bytes:
    rows = [
        {
            "id": token.pk,
            "digest": _digest(secret_of(token)),
            "from": token.valid_from.timestamp(),
            "until": token.valid_until.timestamp() if token.valid_until else None,
        }
        for token in AntsToken.objects.filter(direction=IN)
    ]
    return json.dumps(rows).encode()


def _is_valid(row: dict[str, float | None], now: float) -> bool:
    begin, until = row["from"], row["until"]
    return begin is not None and begin <= now and (until is None or now < until)


def _digest(secret: str) -> str:
    return sha256(secret.encode(errors="replace")).hexdigest()


def _ring() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FERNET_KEYS])

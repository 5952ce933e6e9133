"""The proof that a form asks for while robots are at it: a sum done, or twenty seconds waited.

A challenge is signed for one form, one address and one commune, ends after ten minutes and is
worth one answer. Whoever works here is never asked; what comes from a town hall's network, where
agents book for others, raises no alarm.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from redis.exceptions import RedisError

from identity.access import member_of
from identity.addresses import address_of
from identity.visits import is_office
from parvis import attack, puzzles
from parvis.counters import counter_key
from parvis.signing import BadSignature, digest, new_token, sign, unsign


PURPOSE = "proof"
VALID = timedelta(minutes=10)
WAIT_S = 20  # without a script
CHALLENGE, NUMBERS = "proof", "proof_numbers"
OURS = {CHALLENGE, NUMBERS, "csrfmiddlewaretoken"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A challenge, and how many seconds remain for who waits."""

    challenge: str
    wait_s: int
    is_early: bool = False
    parts: int = puzzles.PARTS
    bits: int = puzzles.BITS


def asked(request: HttpRequest, action: str, *, form: str, now: datetime) -> HttpResponse | None:
    """Return the page that asks for a proof; None without attack, or once it is given.

    ``form`` says which form it is: a proof given for one is worth nothing for another.
    """
    if member_of(request) is not None:
        return None
    is_on = attack.is_on(action) if is_office(request) else attack.note(action, now=now)
    if not is_on:
        return None
    bound = counter_key(f"proof:{action}:{form}", address_of(request))
    wanted = _read(request, bound, now=now)
    if wanted is None:
        return None
    context = {
        "proof": wanted,
        "typed": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in OURS
            for value in values
        ],
        "action": request.get_full_path(),
    }
    return render(request, "proof.html", context, status=428)


def _read(request: HttpRequest, bound: str, *, now: datetime) -> Asked | None:
    """Read what the form carries: None when it is enough, else what is asked."""
    text = request.POST.get(CHALLENGE, "")
    since = _since(text, bound)
    if since is None:
        return Asked(sign([bound, now.timestamp(), new_token()], purpose=PURPOSE), WAIT_S)
    left = WAIT_S - int(now.timestamp() - since)
    is_enough = left <= 0 or puzzles.is_solved(text, _numbers(request.POST.get(NUMBERS, "")))
    if not is_enough:
        return Asked(text, left, is_early=True)
    if _is_first(text):
        return None
    return Asked(sign([bound, now.timestamp(), new_token()], purpose=PURPOSE), WAIT_S)


def _since(text: str, bound: str) -> float | None:
    """Tell when a challenge was given, if it was for this form, here, and to her."""
    try:
        known: Any = unsign(text, purpose=PURPOSE, max_age=int(VALID.total_seconds()))
    except (BadSignature, ValueError):
        return None
    return float(known[1]) if known[0] == bound else None


def _numbers(text: str) -> list[int]:
    parts = text[:200].split(".")
    return [int(part) for part in parts if part.isascii() and part.isdigit()]


def _is_first(text: str) -> bool:
    try:
        return bool(caches["shared"].add(f"proof:{digest(text)}", 1, int(VALID.total_seconds())))
    except RedisError:
        return True

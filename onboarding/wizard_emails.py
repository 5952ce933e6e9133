"""The messages of going live: trials whose link proves that somebody reads, and the opening."""

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from onboarding.models import Proof
from parvis.mail import FACT, LANGUAGE, signed
from parvis.signing import digest, sign, unsign
from tenants.hosts import absolute_url
from tenants.models import Commune


TRIAL = "onboarding.trial"
TRIAL_DAYS = 7


def trial_token(kind: str, address: str) -> str:
    """Sign which address is tried, in the active commune only."""
    return sign({"kind": kind, "address": address}, purpose=TRIAL)


def trial(
    commune: Commune, *, kind: str, to: str, token: str, minute: str
) -> EmailMultiAlternatives:
    """Ask who reads this address to follow a link; the same minute gives the same message."""
    context = {
        "commune": commune,
        "language": "fr",
        "is_reply": kind == Proof.Kind.REPLY,
        "url": absolute_url(commune, f"/agent/commune/mise-en-route/courriel/{token}/"),
    }
    fact = f"trial-{commune.pk}-{kind}-{digest(to)[:16]}-{minute}"
    return _message("trial", context, to=[to], fact=fact, commune=commune)


def read_trial(token: str) -> tuple[str, str]:
    """Return the kind and the address of a trial message.

    Raises:
        parvis.signing.BadSignature: forged, too old, or of another commune.
    """
    found = unsign(token, purpose=TRIAL, max_age=TRIAL_DAYS * 24 * 3600)
    return found["kind"], found["address"]


def launch(
    event: str, commune: Commune, *, to: Sequence[str], fact: str, **facts: Any
) -> EmailMultiAlternatives:
    """Tell what became of an opening: asked, approved, refused, opened, undone."""
    context = {
        "commune": commune,
        "language": "fr",
        "url": absolute_url(commune, "/agent/commune/mise-en-route/verification/"),
        "site": absolute_url(commune, "/"),
        **facts,
    }
    return _message(f"launch_{event}", context, to=list(to), fact=fact, commune=commune)


def _message(
    name: str, context: dict[str, Any], *, to: list[str], fact: str, commune: Commune
) -> EmailMultiAlternatives:
    path = f"onboarding/own/emails/{name}"
    subject = render_to_string(f"{path}_subject.txt", context, using="text")
    return EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string(f"{path}.txt", context, using="text"),
        to=to,
        reply_to=[commune.email] if commune.email else None,
        headers={FACT: fact, LANGUAGE: "fr", **signed(commune.association_id)},
    )

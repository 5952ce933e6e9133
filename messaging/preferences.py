"""What a reader wants to receive, chosen from the foot of each message, without an account."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from messaging.kinds import CHOICES, OFFERED, Audience, Choice, Kind
from messaging.models import Gathered, Preference
from messaging.twin import writer
from parvis.signing import BadSignature, digest, seal, unseal
from tenants.hosts import absolute_url


PURPOSE = "preferences"


def reader(email: str) -> str:
    """Name a reader without her address."""
    return digest(email.strip().lower())


def key_of(email: str, audience: Audience) -> str:
    """Seal who reads: whoever holds it may choose for this address, in this commune alone."""
    return seal(f"{audience}{reader(email)}", purpose=PURPOSE)


def opened(key: str) -> tuple[str, Audience] | None:
    """Tell who a key is for, and what she is offered; ``None`` where it opens nothing."""
    try:
        text = unseal(key, purpose=PURPOSE)
    except BadSignature:
        return None
    return text[1:], Audience(text[0])


def site() -> str:
    """Give the address of the site whose messages are chosen; two queries at most."""
    return absolute_url(writer(), "")


def path(key: str, kind: Kind | None = None) -> str:
    """Give the page where to choose, or the one that refuses a kind at once (RFC 8058)."""
    return f"/messages/{key}/" + (f"arreter/{kind}/" if kind else "")


def choices_of(who: str, audience: Audience) -> dict[Kind, Choice]:
    """Tell what somebody has chosen of all she is offered; one query."""
    found = dict(Preference.objects.filter(reader=who).values_list("kind", "choice"))
    return {kind: Choice(found.get(kind, Choice.NOW)) for kind in OFFERED[audience]}


@transaction.atomic
def choose(*, who: str, choices: Mapping[Kind, Choice], now: datetime) -> None:
    """Write what a reader wants of each kind; what she did not name stays as it was.

    What waited for the next morning leaves with it, or not at all if she wants no more of it.

    Raises:
        ValueError: a choice that is not offered for its kind.
    """
    for kind, choice in choices.items():
        if choice not in CHOICES[kind]:
            raise ValueError(kind)
    Preference.objects.filter(reader=who, kind__in=list(choices)).delete()
    Preference.objects.bulk_create(
        [
            Preference(reader=who, kind=kind, choice=choice, chosen_at=now)
            for kind, choice in choices.items()
            if choice != Choice.NOW
        ],
        update_conflicts=True,  # a button pressed twice: the second one waits, and stands
        unique_fields=["reader", "kind"],
        update_fields=["choice", "chosen_at"],
    )
    refused = [kind for kind, choice in choices.items() if choice == Choice.NEVER]
    waiting = Gathered.objects.filter(kind__in=refused) if refused else Gathered.objects.none()
    waiting.filter(pk__in=[each.pk for each in waiting if reader(each.to) == who]).delete()

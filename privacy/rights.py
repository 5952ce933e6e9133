"""Somebody sees what is held about her address, takes it away, and has it erased.

What proves that the address is hers is a link sent there: it opens once, for half an hour.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from parvis.errors import Gone
from parvis.guard import current_schema
from parvis.mail import letter
from parvis.signing import digest, new_token
from parvis.subjects import Held, Person
from privacy.models import DataLink, DataRequest
from tenants.hosts import absolute_url
from tenants.models import Commune


LINK_LIFE = timedelta(minutes=30)


class LinkGone(Gone):
    """Used, too old or wrong: it would help a thief to know which."""

    message = _("Ce lien ne sert qu’une fois, pendant trente minutes. Demandez-en un autre.")
    heading = _("Ce lien n’est plus valable")
    href = "/mes-donnees/"


def held(who: Person, *, now: datetime) -> list[Held]:
    """List everything the active commune holds about somebody."""
    return [each for module in subjects() for each in module.held(who, now=now)]


@transaction.atomic
def send_link(*, email: str, now: datetime) -> bool:
    """Send a link to whoever asks, if anything is held about the address.

    Tell nobody whether it did: the answer on the page is the same.
    """
    if not held(Person(email), now=now):
        return False
    token = new_token()
    DataLink.objects.create(
        email=email, token_hash=digest(token), sent_at=now, expires_at=now + LINK_LIFE
    )
    commune = Commune.objects.get(schema_name=current_schema())
    words = {
        "commune": commune,
        "url": absolute_url(commune, f"/mes-donnees/lien/{token}/"),
    }
    letter("privacy/emails/link", words, to=[email], fact=f"data-link:{digest(token)}").send()
    return True


@transaction.atomic
def open_link(*, token: str, now: datetime) -> str:
    """Use a link up and return the address it proves.

    Raises:
        LinkGone: it opens nothing, or nothing any more.
    """
    link = (
        DataLink.objects.select_for_update()
        .filter(token_hash=digest(token), used_at__isnull=True, expires_at__gt=now)
        .first()
    )
    if link is None:
        raise LinkGone
    link.used_at = now
    link.save(update_fields=["used_at"])
    _trace(DataRequest.Kind.ACCESS, now)
    return link.email


@transaction.atomic
def erase(*, email: str, now: datetime) -> int:
    """Erase what may be erased at once, with its lines in the ledger; count the records."""
    who = Person(email)
    count: int = sum(module.erase(who, now=now) for module in subjects())
    _trace(DataRequest.Kind.ERASURE, now)
    return count


@transaction.atomic
def ask(*, email: str, kind: str, words: str, now: datetime) -> DataRequest:
    """Ask the town hall what a person has to decide; it has one month."""
    return DataRequest.objects.create(kind=kind, email=email, words=words, asked_at=now)


def subjects() -> Iterator[ModuleType]:
    """List what each installed app knows of a person, the outbox last: erasing may write there."""
    names = [config.name for config in apps.get_app_configs() if "." not in config.name]
    for name in sorted(names, key="parvis".__eq__):
        if find_spec(f"{name}.subject"):
            yield import_module(f"{name}.subject")


def _trace(kind: DataRequest.Kind, now: datetime) -> None:
    """Count a right that was used and answered at once, of nobody."""
    DataRequest.objects.create(kind=kind, asked_at=now, answered_at=now)

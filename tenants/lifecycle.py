"""From a preview to an open commune and back: every step but the making of the schema.

A commune is shown (``preview``), configured by its team (``configuring``), then open (``ready``).
One schema serves all three: who commits after a preview goes on with what she has seen.
"""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models.functions import Now
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from parvis.deferred import defer
from parvis.errors import DomainError
from parvis.files import forget_files
from tenants import provisioning
from tenants.actions import absolute_host, create_schema
from tenants.hosts import PRIVATE_PREFIX, forget_hosts, private_host, usual_host
from tenants.models import Association, Commune, Domain, TrialKey
from tenants.tls import publish_names


State = Commune.State
PREVIEW_LIFE = timedelta(days=14)
KEY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that are read for another
KEY_LENGTH = 14
SANDBOX_NAME = "Saint-Parvis-des-Essais"
SANDBOX_POPULATION = 1_890
SANDBOX_COLOUR = "#5b3a8c"


class AlreadyThere(DomainError):
    """The commune has its site already."""

    message = _("Cette commune a déjà son site.")


class NotYet(DomainError):
    """The schema is not made, or the commune is in another state than the one asked for."""

    message = _("Cette commune n’est pas à l’étape qui permet cela. Rechargez la page.")


def new_key() -> str:
    """Draw what nobody guesses and everybody can read out: a host label, the key of a trial."""
    return get_random_string(KEY_LENGTH, KEY_LETTERS)


def locked(commune: Commune) -> Commune:
    """Read the commune again and keep it for the length of the transaction."""
    return Commune.objects.select_for_update(of=("self",), no_key=True).get(pk=commune.pk)


# --- A preview ------------------------------------------------------------------------------


@transaction.atomic
def ask_preview(*, commune: Commune, now: datetime) -> Commune:
    """Note that a preview is wanted, with its private address; asked again, it is the same one.

    Raises:
        AlreadyThere: the commune is configured or open.
    """
    current = locked(commune)
    if current.state in {State.PREVIEW, State.CREATING} and current.delete_after:
        return current
    if current.state != State.LISTED:
        raise AlreadyThere
    current.state = State.CREATING
    current.delete_after = now + PREVIEW_LIFE
    current.save(update_fields=["state", "delete_after"])
    Domain.objects.create(domain=private_host(new_key()), commune=current, is_primary=True)
    transaction.on_commit(_tell_everybody)
    return current


@transaction.atomic
def show_preview(*, commune: Commune) -> Commune:
    """Let the private address answer, once the schema is made and furnished; safe to repeat."""
    current = locked(commune)
    if current.state == State.CREATING and current.delete_after:
        current.state = State.PREVIEW
        current.save(update_fields=["state"])
        transaction.on_commit(_tell_everybody)
    return current


@transaction.atomic
def end_preview(*, commune: Commune, now: datetime) -> bool:
    """Drop the schema, the role and the address of a preview whose time is over.

    The commune stays in the registry as it was: the history of its association hangs on it.
    Returns False, without a word, when somebody has committed meanwhile.
    """
    current = locked(commune)
    is_over = current.delete_after is not None and current.delete_after <= now
    if current.state not in {State.PREVIEW, State.CREATING} or not is_over:
        return False
    provisioning.forget_preview(current.schema_name)
    transaction.on_commit(partial(forget_files, current.schema_name))
    current.domains.all().delete()
    current.state, current.delete_after = State.LISTED, None
    current.save(update_fields=["state", "delete_after"])
    transaction.on_commit(_tell_everybody)
    return True


# --- From the decision to the opening ---------------------------------------------------------


@transaction.atomic
def ask_creation(*, commune: Commune) -> Commune:
    """Note that the commune is to be created for good; a preview of it keeps its schema.

    What visitors tried in the preview is emptied: their appointments are nobody's.

    Raises:
        AlreadyThere: it is configured, open, suspended…
    """
    current = locked(commune)
    if current.state not in {State.LISTED, State.CREATING, State.PREVIEW}:
        raise AlreadyThere
    if current.state == State.PREVIEW:
        provisioning.empty(current.schema_name)
        transaction.on_commit(partial(forget_files, current.schema_name))
    current.state, current.delete_after = State.CREATING, None
    current.save(update_fields=["state", "delete_after"])
    transaction.on_commit(_tell_everybody)
    return current


@transaction.atomic
def begin_configuring(*, commune: Commune) -> Commune:
    """Let the team in, once the schema is made and furnished; safe to repeat."""
    current = locked(commune)
    if current.state == State.CREATING and current.delete_after is None:
        _give_usual_address(current)
        current.state = State.CONFIGURING
        current.save(update_fields=["state"])
        _give_key(current)
        transaction.on_commit(_tell_everybody)
    return current


@transaction.atomic
def open_to_citizens(*, commune: Commune, now: datetime) -> Commune:
    """Open a commune that is configured: citizens come in, messages leave from now on.

    What was written while it was configured never leaves. Safe to repeat.

    Raises:
        NotYet: it is not configured.
    """
    current = locked(commune)
    if current.state == State.READY:
        return current
    if current.state != State.CONFIGURING:
        raise NotYet
    current.state, current.opened_at, current.opens_at = State.READY, now, None
    current.save(update_fields=["state", "opened_at", "opens_at"])
    # By the clock of the database, as the messages are.
    Commune.objects.filter(pk=current.pk).update(messages_from=Now())
    transaction.on_commit(_tell_everybody)
    return current


@transaction.atomic
def close_again(*, commune: Commune) -> Commune:
    """Undo an opening: back to the team alone, nothing else changes.

    Raises:
        NotYet: it is not open.
    """
    current = locked(commune)
    if current.state != State.READY:
        raise NotYet
    current.state, current.opened_at = State.CONFIGURING, None
    current.save(update_fields=["state", "opened_at"])
    _give_key(current)
    transaction.on_commit(_tell_everybody)
    return current


@transaction.atomic
def schedule_opening(*, commune: Commune, at: datetime | None) -> Commune:
    """Note when the commune is to open, ``None`` to think again; who opens it checks first.

    Raises:
        NotYet: it is not being configured.
    """
    current = locked(commune)
    if current.state != State.CONFIGURING:
        raise NotYet
    current.opens_at = at
    current.save(update_fields=["opens_at"])
    return current


def _tell_everybody() -> None:
    """Make every process, and the edge that holds certificates, know which names answer."""
    forget_hosts()
    publish_names()
    defer("slots.follow_communes")


def _give_key(commune: Commune) -> None:
    """Let those who have the private link in, until the opening."""
    TrialKey.objects.get_or_create(commune=commune, defaults={"key": new_key()})


def _give_usual_address(commune: Commune) -> None:
    """Answer under the name of the commune; the private address of a preview is forgotten."""
    commune.domains.filter(domain__startswith=PRIVATE_PREFIX).delete()
    Domain.objects.get_or_create(
        domain=usual_host(commune), defaults={"commune": commune, "is_primary": True}
    )


# --- A place to practise ----------------------------------------------------------------------


def sandbox_of(association: Association) -> Commune | None:
    """Find where the communes of an association practise."""
    return Commune.objects.filter(sandbox_for=association).first()


@transaction.atomic
def list_sandbox(*, association: Association) -> Commune:
    """Register the fictional commune of an association, without a schema yet; safe to repeat."""
    Association.objects.select_for_update(no_key=True).get(pk=association.pk)
    if (known := sandbox_of(association)) is not None:
        return known
    taken = set(
        Commune.objects.filter(insee_code__startswith="99").values_list("insee_code", flat=True)
    )
    code = next(code for code in (f"99{n:03}" for n in range(1, 1000)) if code not in taken)
    return Commune.objects.create(
        kind=Commune.Kind.SANDBOX,
        sandbox_for=association,
        insee_code=code,
        schema_name=f"c_{code}",
        name=SANDBOX_NAME,
        slug=f"essais-{association.slug}",
        population=SANDBOX_POPULATION,
        station_count=1,
        brand_colour=SANDBOX_COLOUR,
        address="1 place de l’Exercice",
        phone="0536490199",  # of the numbers kept for fiction
        email="mairie@saint-parvis-des-essais.example.org",
    )


def open_sandbox(*, commune: Commune, now: datetime) -> Commune:
    """Make the schema of a sandbox and let it answer; resumable anywhere."""
    create_schema(commune=commune)
    with transaction.atomic():
        current = locked(commune)
        Domain.objects.get_or_create(
            domain=absolute_host(current), defaults={"commune": current, "is_primary": True}
        )
        current.state, current.opened_at = State.READY, current.opened_at or now
        current.save(update_fields=["state", "opened_at"])
        transaction.on_commit(_tell_everybody)
    return current


@transaction.atomic
def empty_sandbox(*, commune: Commune) -> Commune:
    """Empty the tables of a sandbox and count one generation more; schema and sessions stay.

    Whoever seeds it goes on in the same transaction: nobody meets an empty commune.
    """
    current = locked(commune)
    provisioning.empty(current.schema_name)
    transaction.on_commit(partial(forget_files, current.schema_name))
    current.generation += 1
    current.save(update_fields=["generation"])
    return current

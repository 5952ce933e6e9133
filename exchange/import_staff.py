"""People of a team, invited by e-mail: asked of the public schema, which alone may write to them.

A commune reads who is in its team and who is invited, and writes neither. It asks, row by row;
identity's own rules and limits answer, and each answer is noted on its row.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from booking import planning
from exchange.import_items import Fix, Item, Refused, World, at_most, item
from exchange.import_models import ImportBatch, ImportRow
from exchange.mapping import folded
from identity.access import may_grant
from identity.models import Invitation
from parvis.deferred import defer_to
from parvis.guard import PUBLIC
from parvis.transport import is_fictional
from tenants.models import Membership


NAME_MOST, EMAIL_MOST, MESSAGE_MOST = 80, 254, 300
State = ImportRow.State
ROLES: Mapping[Membership.Role, tuple[str, ...]] = {
    Membership.Role.READER: (
        "reader", "lecture seule", "lecture", "lecteur", "lectrice", "consultation",
    ),
    Membership.Role.REPORT_AGENT: (
        "report agent", "agent technique", "technique", "services techniques",
    ),
    Membership.Role.BOOKING_AGENT: (
        "booking agent", "agent d accueil", "agent", "accueil", "secretaire",
    ),
    Membership.Role.ADMIN: (
        "admin", "administrateur de la commune", "administrateur", "administratrice",
        "administration",
    ),
}  # fmt: skip
BY_WORD = {word: role for role, words in ROLES.items() for word in words}


def read(values: Mapping[str, str], world: World) -> Item:
    """Understand a row.

    Raises:
        Refused: the address or the role cannot be, or nobody is invited here.
    """
    if world.memory.setdefault("is_fictional", is_fictional()):
        raise Refused("email", _("Dans une commune d’essai, personne n’est invité."))
    email = at_most(values, "email", EMAIL_MOST).lower()
    try:
        validate_email(email)
    except ValidationError as fault:
        words = _("« %(text)s » n’est pas une adresse de courriel.") % {"text": email[:60]}
        raise Refused("email", words) from fault
    role = _role(values.get("role", ""), world)
    parts = [values.get("first_name", ""), values.get("name", "")]
    name = at_most({"name": " ".join(filter(None, parts))}, "name", NAME_MOST)
    wish = {"email": email, "role": str(role), "name": name}
    return item(email, wish, **wish)


def already(known: Item, world: World) -> str:
    """Say that somebody is in the team or invited; nothing otherwise. Two queries for a file."""
    if "team" not in world.memory:
        here = planning.current_commune()
        team = Membership.objects.filter(commune=here, is_active=True)
        waiting = Invitation.objects.pending().to(here).filter(expires_at__gt=world.now)
        world.memory["team"] = {
            email.lower(): role for email, role in team.values_list("user__email", "role")
        }
        world.memory["invited"] = {
            email.lower() for email in waiting.values_list("email", flat=True)
        }
    role = world.memory["team"].get(known.ref)
    if role == known.wish["role"]:
        return _("Fait déjà partie de l’équipe.")
    if role:
        return _(
            "Fait déjà partie de l’équipe : %(role)s. Son rôle ne change pas par un fichier."
        ) % {"role": Membership.Role(role).label}
    return (
        _("Déjà invité : une invitation attend sa réponse.")
        if known.ref in world.memory["invited"]
        else ""
    )


def ask(batch: ImportBatch, items: Iterable[tuple[ImportRow, Item]]) -> None:
    """Ask for the invitations of a batch; ``note`` writes the answers."""
    here = planning.current_commune()
    for row, known in items:
        defer_to(
            PUBLIC, "exchange.invite", **known.wish, commune=here.pk, row=row.pk, by=batch.by_id,
            since=batch.created_at.isoformat(),
        )  # fmt: skip


def ask_back(batch: ImportBatch) -> None:
    """Ask that the invitations of a batch which nobody has accepted be withdrawn."""
    here = planning.current_commune()
    by = int(batch.settings.get("undone_by", batch.by_id))
    for pk, target in batch.rows.filter(state=State.CREATED).values_list("pk", "target"):
        defer_to(
            PUBLIC, "exchange.withdraw", commune=here.pk, row=pk, invitation=target or 0, by=by
        )


@transaction.atomic
def note(*, row: int, state: str, invitation: int, message: str, now: datetime) -> None:
    """Write on a row what became of it, and close the batch when it was the last to wait."""
    found = ImportRow.objects.filter(pk=row).first()
    if found is None:
        return
    batch = ImportBatch.objects.select_for_update().get(pk=found.batch_id)
    undoes = batch.state == ImportBatch.State.UNDOING
    waiting = batch.rows.filter(state=State.CREATED if undoes else State.READY)
    written: dict[str, str | int] = {"state": state, "message": message[:MESSAGE_MOST]}
    if invitation:
        written["target"] = invitation
    waiting.filter(pk=row).update(**written)
    close(batch, now=now)


def close(batch: ImportBatch, *, now: datetime) -> None:
    """Say that a batch is over, once nothing of it waits for an answer."""
    undoes = batch.state == ImportBatch.State.UNDOING
    over = ImportBatch.State.UNDONE if undoes else ImportBatch.State.DONE
    waits = batch.rows.filter(state=State.CREATED if undoes else State.READY).exists()
    told = {"touched_at": now}
    if not waits:
        told["undone_at" if undoes else "applied_at"] = now
        batch.state = over
    ImportBatch.objects.filter(pk=batch.pk).update(state=batch.state, **told)


def _role(text: str, world: World) -> Membership.Role:
    found = BY_WORD.get(folded(text) or folded(world.settings.get("role", "")))
    if found is not None and may_grant(world.by.role, found):
        return found
    fixes: list[Fix] = [
        (capfirst(str(role.label)), {"role": str(role.label)})
        for role in ROLES
        if role != Membership.Role.ADMIN
    ]
    words = (
        _("Aucun rôle ne s’appelle « %(name)s ».") % {"name": text[:60]}
        if text
        else _("Aucun rôle n’est indiqué.")
    )
    raise Refused("role", words, fixes)

"""In the public schema: what communes ask for the people of their files, by identity's rules.

The person who brought the file in is asked for again here: her place and role are those of now.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from exchange.import_models import ImportRow
from identity import actions
from identity.models import Invitation
from parvis.deferred import defer_to
from parvis.errors import DomainError
from tenants.models import Commune, Membership


State = ImportRow.State


def invite(
    *, asked: dict[str, str], commune_id: int, row: int, by: int, since: datetime, now: datetime
) -> None:
    """Invite one person, and tell the commune; asked twice, it is the same invitation.

    An invitation that the same person sent to that address since the file came in is that row's.
    """
    commune = Commune.objects.get(pk=commune_id)
    waiting = Invitation.objects.pending().to(commune).filter(email__iexact=asked["email"])
    known = waiting.filter(expires_at__gt=now).first()
    if known is not None:
        is_ours = known.invited_by_id == by and known.sent_at >= since
        words = "" if is_ours else str(actions.AlreadyInvited.message)
        state = State.CREATED if is_ours else State.UNCHANGED
        _answer(commune.schema_name, row, state, known.pk if is_ours else 0, words)
        return
    try:
        invitation = actions.invite(by=_asker(by, commune), place=commune, now=now, **asked)
    except actions.AlreadyMember as refusal:
        _answer(commune.schema_name, row, State.UNCHANGED, 0, str(refusal))
    except DomainError as refusal:
        _answer(commune.schema_name, row, State.REFUSED, 0, str(refusal))
    else:
        _answer(commune.schema_name, row, State.CREATED, invitation.pk, "")


def withdraw(*, commune_id: int, row: int, invitation: int, by: int, now: datetime) -> None:
    """Make an invitation worthless that nobody has accepted, and tell the commune."""
    commune = Commune.objects.get(pk=commune_id)
    found = Invitation.objects.to(commune).filter(pk=invitation).first()
    if found is None:
        _answer(commune.schema_name, row, State.KEPT, 0, str(actions.InvitationGone.message))
        return
    try:
        actions.cancel_invitation(by=_asker(by, commune), invitation=found, now=now)
    except actions.InvitationGone:
        is_accepted = found.accepted_at is not None
        words = _("Invitation déjà acceptée.") if is_accepted else _("Invitation déjà annulée.")
        _answer(commune.schema_name, row, State.KEPT, 0, words)
    except DomainError as refusal:
        _answer(commune.schema_name, row, State.KEPT, 0, str(refusal))
    else:
        _answer(commune.schema_name, row, State.UNDONE, 0, "")


def _asker(by: int, commune: Commune) -> Membership:
    found = Membership.objects.filter(
        user_id=by, commune=commune, is_active=True, user__is_active=True
    ).select_related("user", "commune", "association")
    membership = found.first()
    if membership is None:
        raise actions.NotAllowed
    return membership


def _answer(schema: str, row: int, state: str, invitation: int, message: str) -> None:
    defer_to(
        schema, "exchange.note_invitation", row=row, state=str(state), invitation=invitation,
        message=message,
    )  # fmt: skip

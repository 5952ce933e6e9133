"""Everything that changes who may do what: tickets, invitations, roles, sessions."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from importlib import import_module

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from identity import emails, limits
from identity.access import TOP_ROLES, may_grant, may_manage_team, roles_of
from identity.current import forget_members
from identity.models import Invitation, Ticket, where
from parvis.db import rejects
from parvis.errors import DomainError, Gone
from parvis.signing import digest, new_token
from tenants.models import Association, Commune, Membership, User


TICKET_LIFE = timedelta(seconds=30)
INVITATION_LIFE = timedelta(days=14)


class TicketRefused(DomainError):
    """Used, expired, made for another site or another browser, or the person has left."""

    message = _("Cette connexion n’est plus valable. Recommencez depuis la page de connexion.")
    status = 403


class NotAllowed(DomainError):
    """The role does not allow it."""

    message = _("Votre rôle ne permet pas cette action.")
    status = 403


class LastAdministrator(DomainError):
    """A team without anybody to manage it could never be repaired from inside."""

    message = _(
        "C’est la dernière personne qui administre cette équipe. "
        "Donnez d’abord ce rôle à quelqu’un d’autre."
    )


class AlreadyMember(DomainError):
    """The person is in the team."""

    message = _("Cette personne fait déjà partie de l’équipe.")


class AlreadyInvited(DomainError):
    """An invitation waits for an answer."""

    message = _("Une invitation attend déjà la réponse de cette adresse. Vous pouvez la renvoyer.")


class InvitationGone(Gone):
    """The link is expired, used, cancelled or wrong: it would help a thief to know which."""

    message = _(
        "Cette invitation n’est plus valable. Demandez à la personne qui vous a invité de vous "
        "en envoyer une nouvelle."
    )


class AddressTaken(DomainError):
    """The invitation is for somebody who has an account."""

    message = _("Un compte existe déjà pour cette adresse. Connectez-vous pour accepter.")


@transaction.atomic
def create_account(*, email: str, name: str, password: str | None = None) -> User:
    """Create an account whose address needs no other proof than the invitation it received.

    Without a password it opens by code or by passkey only.

    Raises:
        AddressTaken: an account has this address.
    """
    with rejects("one_user_per_email", AddressTaken):
        user = User.objects.create_user(email, password, display_name=name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def update_account(*, user: User, display_name: str, language: str) -> None:
    """Change how colleagues see somebody, and the language she reads."""
    user.display_name = display_name
    user.language = language
    user.save(update_fields=["display_name", "language"])
    forget_members(user)


# --- From the login host to a site --------------------------------------------------------


@transaction.atomic
def issue_ticket(
    *,
    user: User,
    host: str,
    state: str,
    has_second_factor: bool,
    now: datetime,
    proved_at: datetime | None = None,
) -> str:
    """Give a proof of login for one site and one browser; tickets of yesterday are erased.

    ``proved_at`` is when the person last gave her second factor.
    """
    token = new_token() + new_token()
    Ticket.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()
    Ticket.objects.create(
        digest=digest(token),
        state_digest=digest(state),
        host=host,
        user=user,
        has_second_factor=has_second_factor,
        proved_at=proved_at,
        expires_at=now + TICKET_LIFE,
    )
    return token


def redeem_ticket(*, token: str, host: str, state: str, now: datetime) -> Ticket:
    """Use a ticket up, and return it when everything about it is right.

    The ticket is spent even when it is refused: whoever tried it wrongly may have stolen it.

    Raises:
        TicketRefused: any other case.
    """
    spent = Ticket.objects.filter(digest=digest(token), used_at__isnull=True).update(used_at=now)
    ticket = Ticket.objects.filter(digest=digest(token)).first() if spent else None
    if (
        ticket is None
        or not state
        or ticket.host != host
        or ticket.state_digest != digest(state)
        or ticket.expires_at <= now
    ):
        raise TicketRefused
    return ticket


# --- The team -----------------------------------------------------------------------------


@transaction.atomic
def invite(
    *,
    by: Membership,
    place: Commune | Association,
    email: str,
    role: str,
    now: datetime,
    name: str = "",
) -> Invitation:
    """Write an invitation and its message; ``name`` is proposed to whoever accepts it.

    Raises:
        NotAllowed: the inviter does not manage this team, or the role is above hers.
        AlreadyMember, AlreadyInvited: nothing to do.
        limits.TooMany: 20 invitations in a day, or 3 messages to one address in an hour.
    """
    _check_grant(by, place, role)
    return _invite(by=by.user, place=place, email=email, role=role, now=now, name=name)


@transaction.atomic
def invite_administrator(
    *, by: Membership, commune: Commune, email: str, now: datetime
) -> Invitation:
    """Let an association invite the first administrator of one of its communes.

    Raises:
        NotAllowed: it is another association's, or somebody administers it already.
        AlreadyInvited: nothing to do.
        limits.TooMany: as for ``invite``.
    """
    may_begin = by.is_active and by.association_id == commune.association_id is not None
    team = Membership.objects.filter(commune=commune, is_active=True, user__is_active=True)
    if not may_begin or team.filter(role__in=TOP_ROLES).exists():
        raise NotAllowed
    return _invite(by=by.user, place=commune, email=email, role=Membership.Role.ADMIN, now=now)


@transaction.atomic
def invite_first_director(*, association: Association, email: str, now: datetime) -> Invitation:
    """Let whoever runs the platform invite the first director of a new association.

    Raises:
        NotAllowed: somebody directs it already, and invites the others.
        AlreadyInvited, limits.TooMany.
    """
    team = Membership.objects.filter(association=association, is_active=True)
    if team.filter(role__in=TOP_ROLES, user__is_active=True).exists():
        raise NotAllowed
    role = Membership.Role.DIRECTOR
    return _invite(by=None, place=association, email=email, role=role, now=now)


def _invite(
    *,
    by: User | None,
    place: Commune | Association,
    email: str,
    role: str,
    now: datetime,
    name: str = "",
) -> Invitation:
    email = email.strip().lower()
    if Membership.objects.filter(user__email__iexact=email, is_active=True, **where(place)):
        raise AlreadyMember
    limits.take(limits.INVITATION, str(by.pk if by else "platform"), now=now)
    limits.take(limits.INVITED, email, now=now)
    Invitation.objects.pending().to(place).filter(expires_at__lte=now).update(cancelled_at=now)
    token = new_token()
    with (
        rejects("one_pending_invitation_per_commune", AlreadyInvited),
        rejects("one_pending_invitation_per_association", AlreadyInvited),
    ):
        invitation = Invitation.objects.create(
            email=email,
            role=role,
            name=name,
            digest=digest(token),
            invited_by=by,
            expires_at=now + INVITATION_LIFE,
            **where(place),
        )
    emails.invited(invitation, token=token).send()
    return invitation


@transaction.atomic
def resend_invitation(*, by: Membership, invitation: Invitation, now: datetime) -> None:
    """Send a new link; the one before stops working.

    Raises:
        NotAllowed, InvitationGone, limits.TooMany.
    """
    invitation = _pending(invitation.pk)
    _check_grant(by, invitation.place, invitation.role)
    limits.take(limits.INVITATION, str(by.user_id), now=now)
    limits.take(limits.INVITED, invitation.email, now=now)
    token = new_token()
    invitation.digest = digest(token)
    invitation.sent_at = now
    invitation.expires_at = now + INVITATION_LIFE
    invitation.save(update_fields=["digest", "sent_at", "expires_at"])
    emails.invited(invitation, token=token).send()


@transaction.atomic
def cancel_invitation(*, by: Membership, invitation: Invitation, now: datetime) -> None:
    """Make the link worthless.

    Raises:
        NotAllowed, InvitationGone.
    """
    invitation = _pending(invitation.pk)
    _check_grant(by, invitation.place, invitation.role)
    invitation.cancelled_at = now
    invitation.save(update_fields=["cancelled_at"])


def find_invitation(*, token: str, now: datetime) -> Invitation:
    """Return the invitation a link leads to.

    Raises:
        InvitationGone: there is none any more.
    """
    invitation = (
        Invitation.objects.pending()
        .select_related("commune", "association", "invited_by")
        .filter(digest=digest(token), expires_at__gt=now)
        .first()
    )
    if invitation is None:
        raise InvitationGone
    return invitation


@transaction.atomic
def accept_invitation(
    *, token: str, user: User | None, name: str = "", password: str | None = None, now: datetime
) -> User:
    """Join the team, with the account that has the invited address or with a new one.

    Raises:
        InvitationGone: the link is not valid any more.
        NotAllowed: ``user`` has another address than the one invited.
        AddressTaken: an account exists, and nobody has logged in to it.
    """
    found = find_invitation(token=token, now=now)
    return accept(invitation=found, user=user, name=name, password=password, now=now)


@transaction.atomic
def accept(
    *,
    invitation: Invitation,
    user: User | None,
    name: str = "",
    password: str | None = None,
    now: datetime,
) -> User:
    """Let whoever proved to be the one invited join, as ``accept_invitation`` does.

    Raises:
        InvitationGone, NotAllowed, AddressTaken.
    """
    invitation = _pending(invitation.pk)
    if user is None:
        user = create_account(email=invitation.email, name=name, password=password)
    elif user.email.lower() != invitation.email.lower():
        raise NotAllowed
    place = where(invitation.place)
    Membership.objects.update_or_create(
        user=user, **place, defaults={"role": invitation.role, "is_active": True}
    )
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    end_sessions(user=user, only_sites=True)
    return user


@transaction.atomic
def change_role(*, by: Membership, membership: Membership, role: str) -> None:
    """Give somebody another role and end her sessions.

    Raises:
        NotAllowed: the role, now or then, is not the manager's to give.
        LastAdministrator: nobody else would manage the team.
    """
    membership = _locked(by, membership)
    _check_grant(by, _place(membership), role)
    if role not in TOP_ROLES:
        _check_somebody_remains(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    end_sessions(user=membership.user, only_sites=True)


@transaction.atomic
def deactivate(*, by: Membership, membership: Membership) -> None:
    """Take somebody out of the team, at once.

    Raises:
        NotAllowed, LastAdministrator.
    """
    membership = _locked(by, membership)
    _check_somebody_remains(membership)
    membership.is_active = False
    membership.save(update_fields=["is_active"])
    end_sessions(user=membership.user, only_sites=True)


def end_sessions_of(*, by: Membership, membership: Membership) -> None:
    """Log a colleague out everywhere, the login host included; her place stays hers.

    Raises:
        NotAllowed: who asks does not manage this team.
    """
    with transaction.atomic():
        user = _locked(by, membership).user
    end_sessions(user=user)


def end_sessions(*, user: User, keep: Iterable[str | None] = (), only_sites: bool = False) -> None:
    """Log somebody out everywhere, but for the session keys to keep.

    ``only_sites`` keeps the login host open: the person is handed over again, with what she may
    do from now on.
    """
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for session in UserSession.objects.filter(user_id=user.pk).exclude(
        session_key__in=[key for key in keep if key]
    ):
        if only_sites and session.data.get("site") == "login":
            continue
        store().delete(session.session_key)
        session.delete()
    forget_members(user)


def _pending(pk: int) -> Invitation:
    invitation = (
        Invitation.objects.pending()
        .select_related("invited_by")
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=pk)
        .first()
    )
    if invitation is None:
        raise InvitationGone
    return invitation


def _place(membership: Membership) -> Commune | Association:
    place = membership.commune or membership.association
    if place is None:
        raise ValueError("A membership has a place: the database says so.")
    return place


def _check_grant(by: Membership, place: Commune | Association, role: str) -> None:
    _check_team(place)
    fits = by.is_active and _place(by) == place and role in roles_of(place)
    if not fits or not may_grant(by.role, role):
        raise NotAllowed


def _check_team(place: Commune | Association) -> None:
    """Let nobody manage the team of a sandbox: each chooses her own role, no invitation leaves."""
    if isinstance(place, Commune) and place.is_sandbox:
        raise NotAllowed


def _locked(by: Membership, membership: Membership) -> Membership:
    """Lock the whole team, so that two administrators cannot demote each other at once."""
    _check_team(_place(membership))
    team = {
        row.pk: row
        for row in Membership.objects.select_related("user")
        .select_for_update(of=("self",), no_key=True)
        .filter(**where(_place(membership)), is_active=True)
        .order_by("pk")
    }
    manager, found = team.get(by.pk), team.get(membership.pk)
    if manager is None or found is None or not may_manage_team(manager.role):
        raise NotAllowed
    return found


def _check_somebody_remains(membership: Membership) -> None:
    others = Membership.objects.filter(
        **where(_place(membership)), is_active=True, user__is_active=True, role__in=TOP_ROLES
    ).exclude(pk=membership.pk)
    if membership.role in TOP_ROLES and not others.exists():
        raise LastAdministrator

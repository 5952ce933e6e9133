"""Which identity opens which account: by an invitation at first, by its key ever after.

An identity never gives a right by itself. The first time, an invitation must wait for the same
address, into a place that the identity belongs to: by its SIRET for the State, by the domain of
its address for the provider of an association. Without an invitation, an account of that place
with the same address may be opened by it once an administrator has said yes.
"""

from datetime import datetime, timedelta

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from identity.access import TOP_ROLES, may_manage_team
from identity.actions import NotAllowed, accept
from identity.models import Invitation, where
from parvis.db import rejects
from parvis.errors import DomainError, Gone
from stateid import emails
from stateid.models import AssociationLogin, LinkRequest
from stateid.oidc import Identity
from stateid.registered import Scope, scope_of
from tenants.models import Association, Commune, Membership, OfficialCommune, User


SIREN_DIGITS = 9
ONE_PER_KEY = "socialaccount_socialaccount_provider_uid_fc810c6e_uniq"  # named by Django
REQUEST_LIFE = timedelta(days=14)


class NotLinked(DomainError):
    """No account is opened by this identity; the sentence is the same whether one exists."""

    message = _(
        "Votre identité est reconnue, mais n’ouvre encore aucun compte ici. Si vous venez d’être "
        "invité, vérifiez que l’invitation est à la même adresse. Si vous aviez déjà un compte, "
        "les administrateurs de votre équipe viennent d’être prévenus : leur accord suffit."
    )
    status = 403


class WorksElsewhere(DomainError):
    """The provider of one association would open the doors of another."""

    message = _(
        "Vous travaillez aussi hors de cette association : sa connexion ne peut pas ouvrir votre "
        "compte. Utilisez votre mot de passe, une clé ou ProConnect."
    )
    status = 403


class RequestGone(Gone):
    """Answered already, or too old."""

    message = _("Cette demande a déjà reçu sa réponse, ou elle est trop ancienne.")


def link(*, identity: Identity, now: datetime) -> SocialAccount:
    """Tie an identity to an account by the invitation that waits for it.

    Raises:
        NotLinked: no invitation fits; where an account does, its administrators are asked.
        WorksElsewhere: see ``check_reach``.
    """
    linked = _by_invitation(identity, now) if identity.email else None
    if linked is None:
        if identity.email:
            _ask(identity, now)
        raise NotLinked
    return linked


def check_reach(*, provider: str, user: User) -> None:
    """Let the provider of an association open only accounts that work for it and its communes.

    Whoever runs that provider can say to be anybody: what others own must be out of its reach.

    Raises:
        WorksElsewhere: the account also works somewhere else.
    """
    scope = scope_of(provider)
    if scope.association_id is None:
        return
    works = Membership.objects.of(user).select_related("commune", "association")
    if any(not _is_of(_place(each), scope) for each in works):
        raise WorksElsewhere


@transaction.atomic
def _by_invitation(identity: Identity, now: datetime) -> SocialAccount | None:
    """Accept every invitation that fits, and tie the identity to the account."""
    user = User.objects.filter(email__iexact=identity.email).first()
    if user is not None and _is_known(user, identity.provider):
        return None  # the same person under another key: somebody looks first
    scope = scope_of(identity.provider)
    fitting = _invitations(identity, scope, now)
    if not fitting:
        return None
    if user is not None:
        check_reach(provider=identity.provider, user=user)
        if not _works_only_where(identity, scope, user):
            return None
    for invitation in fitting:
        user = accept(invitation=invitation, user=user, name=identity.name, now=now)
    return _tie(identity.provider, identity.sub, identity.kept, user) if user else None


def _works_only_where(identity: Identity, scope: Scope, user: User) -> bool:
    """Tell whether an identity belongs to all places of an account; sandboxes hold nobody.

    Who invites must not open, to a colleague who says to be somebody, what others own.
    """
    works = Membership.objects.of(user).exclude(commune__kind=Commune.Kind.SANDBOX)
    found = works.select_related("commune", "association")
    return all(fits(_place(each), identity, scope) for each in found)


def _invitations(identity: Identity, scope: Scope, now: datetime) -> list[Invitation]:
    waiting = Invitation.objects.pending().select_related("commune", "association")
    waiting = waiting.filter(email__iexact=identity.email, expires_at__gt=now).order_by("pk")
    return [each for each in waiting if fits(each.place, identity, scope)]


@transaction.atomic
def _ask(identity: Identity, now: datetime) -> None:
    """Ask the administrators of a place where an account with this address works, once."""
    scope = scope_of(identity.provider)
    works = Membership.objects.at_work().filter(user__email__iexact=identity.email)
    fitting = [
        each
        for each in works.select_related("user", "commune", "association").order_by("pk")
        if fits(_place(each), identity, scope)
    ]
    if not fitting:
        return
    place, user = _place(fitting[0]), fitting[0].user
    LinkRequest.objects.filter(
        provider=identity.provider, uid=identity.sub, asked_at__lte=now - REQUEST_LIFE
    ).delete()
    request, is_new = LinkRequest.objects.get_or_create(
        provider=identity.provider,
        uid=identity.sub,
        defaults={
            "user": user,
            "siret": identity.siret,
            "idp_id": identity.idp_id,
            "asked_at": now,
            **where(place),
        },
    )
    if is_new:
        _tell_heads(request, now)


def _tell_heads(request: LinkRequest, now: datetime) -> None:
    """Write to the administrators, once for all the keys that wait for one account."""
    waiting = LinkRequest.objects.pending().filter(
        provider=request.provider, user=request.user, asked_at__gt=now - REQUEST_LIFE
    )
    if waiting.exclude(pk=request.pk).exists():
        return
    heads = Membership.objects.at_work().filter(**where(request.place), role__in=TOP_ROLES)
    to = heads.exclude(user=request.user).addresses()
    if to:
        emails.link_asked(request, to=to).send()


@transaction.atomic
def accept_request(*, by: Membership, request: LinkRequest, now: datetime) -> None:
    """Let an identity open an account of the team; never one's own.

    Raises:
        NotAllowed: who decides does not manage the team, or decides about herself.
        RequestGone: it has its answer, or the identity opens an account by now.
        WorksElsewhere: see ``check_reach``.
    """
    found = _pending(by, request, now)
    check_reach(provider=found.provider, user=found.user)
    kept = {"sub": found.uid, "siret": found.siret, "idp_id": found.idp_id}
    _tie(found.provider, found.uid, kept, found.user)
    _decide(found, LinkRequest.State.ACCEPTED, by, now)


@transaction.atomic
def refuse_request(*, by: Membership, request: LinkRequest, now: datetime) -> None:
    """Keep an identity out.

    Raises:
        NotAllowed, RequestGone.
    """
    _decide(_pending(by, request, now), LinkRequest.State.REFUSED, by, now)


@transaction.atomic
def unlink(*, user: User, pk: int) -> None:
    """Take an identity off one's own account; the password and codes by mail remain.

    Raises:
        RequestGone: it is not hers, or not there any more.
    """
    deleted, _tables = SocialAccount.objects.filter(user=user, pk=pk).delete()
    if not deleted:
        raise RequestGone


def fits(place: Commune | Association, identity: Identity, scope: Scope) -> bool:
    """Tell whether an identity belongs to a place, by its SIRET or by its association."""
    if scope.association_id is not None:
        return _is_of(place, scope) and identity.email.rpartition("@")[2] in scope.domains
    siren = siren_of(place)
    return bool(siren) and identity.siret[:SIREN_DIGITS] == siren


def siren_of(place: Commune | Association) -> str:
    """Return the SIREN of a place; empty for one that has none, as where people practise."""
    if isinstance(place, Association):
        known = AssociationLogin.objects.filter(association=place)
        return known.values_list("siren", flat=True).first() or ""
    if place.kind == Commune.Kind.EPCI:
        return place.insee_code
    if place.kind != Commune.Kind.COMMUNE:
        return ""
    official = OfficialCommune.objects.filter(insee_code=place.insee_code)
    return official.values_list("siren", flat=True).first() or ""


def _is_of(place: Commune | Association, scope: Scope) -> bool:
    owner = place.pk if isinstance(place, Association) else place.association_id
    return owner == scope.association_id


def _is_known(user: User, provider: str) -> bool:
    return bool(SocialAccount.objects.filter(user=user, provider=provider).exists())


def _tie(provider: str, sub: str, kept: dict[str, str], user: User) -> SocialAccount:
    with rejects(ONE_PER_KEY, RequestGone):
        linked = SocialAccount.objects.create(
            user=user, provider=provider, uid=sub, extra_data=kept
        )
    emails.linked(linked).send()
    return linked


def _pending(by: Membership, request: LinkRequest, now: datetime) -> LinkRequest:
    found = (
        LinkRequest.objects.pending()
        .select_related("user", "commune", "association")
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=request.pk, asked_at__gt=now - REQUEST_LIFE)
        .first()
    )
    if found is None:
        raise RequestGone
    manages = by.is_active and may_manage_team(by.role) and _place(by) == found.place
    if not manages or by.user_id == found.user_id:
        raise NotAllowed
    if not Membership.objects.of(found.user).filter(**where(found.place)).exists():
        raise RequestGone
    return found


def _decide(request: LinkRequest, state: str, by: Membership, now: datetime) -> None:
    request.state, request.decided_at = state, now
    request.decided_by_name = str(by.user)[:80]
    request.save(update_fields=["state", "decided_at", "decided_by_name"])


def _place(membership: Membership) -> Commune | Association:
    place = membership.commune or membership.association
    if place is None:
        raise ValueError("A membership has a place: the database says so.")
    return place

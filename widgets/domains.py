"""A commune's own host name: asked for, proven in the DNS, put into service, looked after.

``ask`` and ``wish`` run in the commune; all that a proof decides runs in the public schema.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from identity.members import Member
from parvis.db import rejects
from parvis.deferred import defer_to
from parvis.egress import INTERNET, Reach, Unreachable, fetch_foreign
from parvis.errors import DomainError
from parvis.guard import PUBLIC
from parvis.resolvers import all_say, ask_all, none_answers
from tenants import directory, domains as registry
from tenants.departures import is_blocked
from tenants.hosts import usual_host
from tenants.models import Commune, OfficialCommune
from widgets import emails
from widgets.models import CustomDomain
from widgets.names import NotToBeHad, Refusal, parse, proof_name, target, words_of


State, Problem, Wish = CustomDomain.State, CustomDomain.Problem, CustomDomain.Wish
MOST = 5  # names a commune may have on their way
GRACE = timedelta(days=3)  # a name that stopped leading here is kept this long
OK = 200
REFUSALS = {
    Refusal.MALFORMED: _("Ce n’est pas un nom de domaine. Exemple : « rdv.pauillac.fr »."),
    Refusal.ADDRESS: _("Il faut un nom, pas une adresse IP. Exemple : « rdv.pauillac.fr »."),
    Refusal.ALPHABET: _(
        "Ce nom contient des lettres d’un autre alphabet, qui ressemblent à d’autres. "
        "Écrivez-le avec les lettres du français."
    ),
    Refusal.PLATFORM: _("Ce nom appartient à la plateforme : choisissez un nom de votre commune."),
    Refusal.NOWHERE: _("Ce nom ne mène nulle part sur Internet."),
    Refusal.TOO_SHORT: _(
        "Ce nom est celui de votre site entier. Ajoutez un mot devant : « rdv.pauillac.fr »."
    ),
    Refusal.WWW: _(
        "« www » est l’adresse de votre site actuel. Choisissez un autre mot : "
        "« rdv.pauillac.fr »."
    ),
}


class NameRefused(DomainError):
    """The name breaks a rule; ``message`` says which."""

    status = 422

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message


class AlreadyAsked(DomainError):
    """The commune has asked for this name."""

    message = _("Ce nom est déjà dans votre liste.")
    status = 422


class TooManyNames(DomainError):
    """A commune needs few names."""

    message = _("Cinq noms au plus : retirez-en un d’abord.")
    status = 422


# --- In the commune -----------------------------------------------------------------------


@transaction.atomic
def ask(*, commune: Commune, typed: str, by: Member, now: datetime) -> CustomDomain:
    """Note that the commune wants a name; it leads nowhere before its proof.

    Raises:
        NameRefused: a rule forbids the name, or another commune is called so.
        AlreadyAsked: the name is in the list.
        TooManyNames: the list is full.
    """
    try:
        name = parse(typed, base=settings.BASE_DOMAIN)
    except NotToBeHad as refusal:
        raise NameRefused(REFUSALS[refusal.why]) from refusal
    namesake = _foreign_commune(name, commune)
    if namesake:
        raise NameRefused(
            _("Ce nom est celui d’une autre commune : %(name)s.") % {"name": namesake}
        )
    if is_blocked(name, insee_code=commune.insee_code, now=now):
        raise NameRefused(
            _("Ce nom était celui d’une commune qui a quitté Parvis : il reste bloqué un an.")
        )
    if CustomDomain.objects.filter(commune=commune).count() >= MOST:
        raise TooManyNames
    with rejects("one_wish_per_commune_and_domain", AlreadyAsked):
        return CustomDomain.objects.create(
            commune=commune, domain=name, asked_by=by.user_id, asked_at=now
        )


def _foreign_commune(name: str, commune: Commune) -> str:
    """Name the commune of France that a host name names, unless it is the one that asks."""
    own = directory.normalise(commune.name)
    words = {directory.normalise(word) for word in words_of(name)}
    words = {word for word in words if word and not own.startswith(word)}
    called = Q()
    for word in sorted(words):
        called |= Q(search_key__startswith=f" {word} / ")
    found = OfficialCommune.objects.filter(called).order_by("pk").first() if words else None
    return f"{found.name} ({found.department})" if found else ""


@transaction.atomic
def wish(*, domain: CustomDomain, what: str) -> None:
    """Note what the commune wants of one of its names, and have it looked at now."""
    if what != domain.wish:
        domain.wish = what
        domain.save(update_fields=["wish"])
    defer_to(PUBLIC, "widgets.check_domain", domain_id=domain.pk)


# --- In the public schema -----------------------------------------------------------------


def settle(*, domain_id: int, now: datetime, reach: Reach = INTERNET) -> None:
    """Look a name up, then bring its state and the registry to what was found.

    Nothing is asked of the network inside a transaction.
    """
    found = CustomDomain.objects.filter(pk=domain_id).first()
    if found is None:
        return
    if found.wish == Wish.REMOVED:
        _remove(domain_id)
        return
    problem = proof_problem(found)
    has_tls = problem == Problem.NONE and _answers_by_https(found, reach)
    with transaction.atomic():
        domain = _locked(domain_id)
        if domain is None:  # removed while the network was asked
            return
        domain.checked_at = now
        if problem == Problem.NONE:
            _advance(domain, has_tls=has_tls)
        elif domain.is_proven:
            _worry(domain, problem, now)
        else:
            domain.problem = problem
        domain.save()


def _locked(domain_id: int) -> CustomDomain | None:
    """Read a name again and keep it for the length of the transaction."""
    known = CustomDomain.objects.select_for_update(of=("self",)).select_related("commune")
    return known.filter(pk=domain_id).first()


def proof_problem(domain: CustomDomain) -> str:
    """Say what the DNS lacks to prove that the commune holds the name; empty when it does.

    At least two resolvers must answer, and all that answer must agree.
    """
    texts = ask_all(proof_name(domain.domain), "TXT")
    aliases = ask_all(domain.domain, "CNAME")
    if none_answers(texts) or none_answers(aliases):
        return str(Problem.SILENT)
    if not all_say(texts, domain.token):
        return str(Problem.TXT)
    if not all_say(aliases, target(settings.BASE_DOMAIN)):
        return str(Problem.CNAME)
    return str(Problem.NONE)


def _answers_by_https(domain: CustomDomain, reach: Reach) -> bool:
    """Tell whether the edge has a certificate; where all is served by http there is none."""
    if settings.SCHEME == "http":
        return True
    try:
        answer = fetch_foreign(f"https://{domain.domain}/sante/", reach=reach)
    except Unreachable:
        return False
    return answer.status == OK


def _advance(domain: CustomDomain, *, has_tls: bool) -> None:
    """Put a proven name into service, as far as its certificate and the wish allow."""
    domain.failing_since = None
    try:
        registry.add_host(commune=domain.commune, host=domain.domain)
    except registry.HostTaken:
        domain.problem = Problem.TAKEN
        return
    domain.problem = Problem.NONE if has_tls else Problem.TLS
    if not domain.is_proven:
        domain.state = State.VERIFIED
    if has_tls and domain.state == State.VERIFIED:
        domain.state = State.TLS_OK
    if domain.wish == Wish.PRIMARY and domain.state == State.TLS_OK:
        _promote(domain)
    elif domain.wish == Wish.SECONDARY and domain.state == State.PRIMARY:
        own = usual_host(domain.commune)
        registry.make_primary(commune=domain.commune, host=own)
        domain.state = State.TLS_OK
    if domain.state in {State.PRIMARY, State.TLS_OK}:
        domain.wish = Wish.NONE


def _promote(domain: CustomDomain) -> None:
    CustomDomain.objects.filter(commune=domain.commune, state=State.PRIMARY).update(
        state=State.TLS_OK
    )
    registry.make_primary(commune=domain.commune, host=domain.domain)
    domain.state = State.PRIMARY


def _worry(domain: CustomDomain, problem: str, now: datetime) -> None:
    """Warn the administrators when a name stops leading here, and give it up after the grace.

    Silence of the resolvers is the network's fault, and starts no clock.
    """
    domain.problem = problem
    if problem == Problem.SILENT:
        return
    if domain.failing_since is None:
        domain.failing_since = now
        emails.domain_failing(domain, until=now + GRACE)
    elif now - domain.failing_since >= GRACE:
        registry.remove_host(commune=domain.commune, host=domain.domain)
        emails.domain_lost(domain)
        domain.state, domain.wish, domain.failing_since = State.PENDING_DNS, Wish.NONE, None


@transaction.atomic
def _remove(domain_id: int) -> None:
    domain = _locked(domain_id)
    if domain is None or domain.wish != Wish.REMOVED:  # removed already, or wished for again
        return
    if domain.is_proven:
        registry.remove_host(commune=domain.commune, host=domain.domain)
    domain.delete()

"""What happens to the shared diaries of a commune: made, given another address, ended."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from booking.access import WRITERS
from booking.models import Resource, Site
from calendars.models import Agenda
from identity.members import Member
from parvis.errors import DomainError
from parvis.signing import digest, new_token
from tenants.models import Commune, Membership


MOST = 60  # in a commune


class TooManyAgendas(DomainError):
    """Each address is a door: a commune has few."""

    message = _("Soixante agendas partagés au plus : retirez-en un d’abord.")
    status = 422


@dataclass(frozen=True, slots=True)
class Opened:
    """A diary and its address, which is known at this instant only."""

    agenda: Agenda
    token: str


@transaction.atomic
def share(
    *,
    name: str,
    resource: Resource | None,
    site: Site | None,
    detail: str,
    submission: UUID,
    by: Member,
) -> Opened:
    """Open a diary to who knows its address; the same form sent twice opens one.

    The second answer has another address, and the first one is worth nothing any more.

    Raises:
        TooManyAgendas: there are enough.
    """
    known = Agenda.objects.filter(submission=submission, by_id=by.user_id).first()
    if known is not None:
        return renew(agenda=known, by=by)
    if Agenda.objects.count() >= MOST:
        raise TooManyAgendas
    token = new_token()
    asked = {
        "name": name or str(resource or site),
        "resource": resource,
        "site": site,
        "detail": detail,
        "token_hash": digest(token),
        "by_name": by.name,
    }
    agenda, is_new = Agenda.objects.get_or_create(
        submission=submission, by_id=by.user_id, defaults=asked
    )
    return Opened(agenda, token) if is_new else renew(agenda=agenda, by=by)


@transaction.atomic
def renew(*, agenda: Agenda, by: Member) -> Opened:
    """Give a diary another address, which belongs to who asks; the old one leads nowhere."""
    token = new_token()
    agenda.token_hash = digest(token)
    agenda.by_id, agenda.by_name = by.user_id, by.name
    agenda.fetched_at = None
    agenda.save(update_fields=["token_hash", "by_id", "by_name", "fetched_at"])
    return Opened(agenda, token)


def end(*, agenda: Agenda) -> None:
    """Stop sharing a diary; who reads its address next finds nothing."""
    agenda.delete()


def note_fetched(*, agenda: int, now: datetime) -> None:
    """Remember that a program has read a diary."""
    Agenda.objects.filter(pk=agenda).update(fetched_at=now)


@transaction.atomic
def end_of_who_left(*, commune: Commune) -> int:
    """End the addresses of those who no longer receive citizens here; return how many."""
    receives = Membership.objects.at_work().filter(commune=commune, role__in=WRITERS)
    gone = Agenda.objects.exclude(by_id__in=list(receives.values_list("user_id", flat=True)))
    return gone.delete()[0]

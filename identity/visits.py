"""Count what visitors ask for by their address, and leave those who work here in peace.

Who is logged in to the commune is not counted. The address of a town hall, where many share one
and agents book for those who come, bears twenty times as much: those from which somebody logged
in during the last twelve hours, and the networks of ``PARVIS_OFFICE_NETWORKS``.
"""

from contextlib import suppress
from datetime import datetime
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core.cache import caches
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse

from identity.access import member_of
from identity.addresses import address_of
from identity.current import site_of
from identity.limits import EXPORT
from parvis.counters import Limit, TooMany, counter_key, give_back, sentence, take, take_all


OFFICE_FACTOR = 20
OFFICE_KEPT_S = 12 * 3600


def count(request: HttpRequest, *limits: Limit, now: datetime) -> None:
    """Count a request by the visitor's address, under all of these limits or none.

    Raises:
        TooMany: one of them is reached.
    """
    if member_of(request) is not None:
        return
    address = address_of(request)
    wanted = [(limit, address) for limit in limits]
    try:
        take_all(wanted, now=now)
    except TooMany:
        if not is_office(request):
            raise
        take_all(wanted, now=now, factor=OFFICE_FACTOR)


def count_export(request: HttpRequest, *, now: datetime) -> None:
    """Count a list of persons that a member takes away.

    Raises:
        TooMany: she has taken ten within an hour.
    """
    member = member_of(request)
    if member is not None:
        take(EXPORT, str(member.user_id), now=now)


def give_one_back(request: HttpRequest, limit: Limit) -> None:
    """Free the oldest seat of the visitor's address: what it stood for is over."""
    if member_of(request) is None:
        give_back(limit, address_of(request))


def note_office(request: HttpRequest) -> None:
    """Remember that somebody works at this address."""
    caches["shared"].set(_office_key(request, address_of(request)), 1, OFFICE_KEPT_S)


def refuse(request: HttpRequest, form: BaseForm, refusal: TooMany) -> None:
    """Say above a form, which keeps what was typed, why it is refused and whom to call."""
    commune = request.commune  # type: ignore[attr-defined]
    form.add_error(None, sentence(refusal, phone=commune.phone if commune else ""))


def refused(answer: HttpResponse, refusal: TooMany) -> HttpResponse:
    """Turn a page into the answer 429, with the time after which it is worth trying."""
    answer.status_code = refusal.status
    answer["Retry-After"] = str(refusal.retry_after_s)
    return answer


def is_office(request: HttpRequest) -> bool:
    """Tell whether a visitor's address is that of a town hall, or of where many share one."""
    address = address_of(request)
    with suppress(ValueError):  # a proxy may tell what is no address
        where = ip_address(address)
        if any(where in ip_network(each, strict=False) for each in settings.OFFICE_NETWORKS):
            return True
    return bool(caches["shared"].get(_office_key(request, address)))


def _office_key(request: HttpRequest, address: str) -> str:
    return f"office:{counter_key(site_of(request), address)}"

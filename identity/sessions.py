"""Sessions of staff: each belongs to one site, ends after 30 idle minutes and after 12 hours."""

from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from identity.current import site_of
from identity.freshness import PROVED
from identity.visits import note_office


IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)  # a page of the team does not write at every request
SITE, OPENED, SEEN = "site", "opened", "seen"
SECOND_FACTOR = "second_factor"


def open_session(
    request: HttpRequest,
    *,
    now: datetime,
    has_second_factor: bool = False,
    proved_at: datetime | None = None,
) -> None:
    """Stamp a fresh session with its site and list it among those of the account."""
    request.session[SITE] = site_of(request)
    request.session[OPENED] = request.session[SEEN] = now.timestamp()
    request.session[SECOND_FACTOR] = has_second_factor
    request.session[PROVED] = proved_at.timestamp() if proved_at else 0
    request.session.save()  # allauth strikes sessions it cannot read off the list
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user_id": request.user.pk,
            "ip": get_adapter().get_client_ip(request),
            "user_agent": request.headers.get("user-agent", "")[:200],
            "data": {"site": site_of(request), "host": request.get_host().partition(":")[0]},
            "last_seen_at": now,
        },
    )
    note_office(request)


def is_alive(request: HttpRequest, *, now: datetime) -> bool:
    """Whether the session was opened on this very site and is neither too old nor forgotten."""
    session, moment = request.session, now.timestamp()
    return (
        session.get(SITE) == site_of(request)
        and moment - float(session.get(OPENED, 0)) < LONGEST.total_seconds()
        and moment - float(session.get(SEEN, 0)) < IDLE.total_seconds()
    )


def note_activity(request: HttpRequest, *, now: datetime) -> None:
    """Push the idle limit back, at most once a minute."""
    if now.timestamp() - float(request.session[SEEN]) < NOTED_EVERY.total_seconds():
        return
    request.session[SEEN] = now.timestamp()
    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=now)


def close_session(request: HttpRequest) -> None:
    """Forget the session, here and in the list of the account."""
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    request.session.flush()

"""Send reports to the Open311 servers of other bodies, and follow what they say of them.

Contract: section "Parvis as a client". Nothing is asked within a transaction: a row is leased,
the other server is asked, then what it said is written down. What is refused for good, or failed
too often, waits for the team (``Dispatch.State.DEAD``).
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from incidents import links, photos
from incidents.calendar import current_commune, zone
from incidents.chasing import WITH_PARTNER
from incidents.history import locked
from incidents.models import Dispatch, HeardUpdate, OpenServer, Photo, Report
from incidents.open311_answers import News, Unreadable, fault, received, rows, states, updates
from incidents.open311_client import OUTSIDE, Door, ask, tell
from incidents.open311_formats import said
from incidents.open311_outbox import service_of
from incidents.open311_updates import PartnerWords, note, partner_says
from incidents.pictures import PHOTOS_MOST
from parvis.egress import Forbidden, Unreachable
from parvis.guard import current_schema
from parvis.transport import is_heard_by_others
from tenants.hosts import absolute_url


LEASE = timedelta(minutes=5)
DELAYS = [timedelta(minutes=each) for each in (1, 5, 30, 120, 360, 1440)]
AT_ONCE = 50
ASKED_AT_ONCE = 50
FOLLOWED = timedelta(days=90)  # after the last news, the report is not asked for any more
LATER = {408, 425, 429}
State = Dispatch.State


class Outcome(NamedTuple):
    """What became of one attempt."""

    number: str = ""
    token: str = ""
    error: str = ""
    is_final: bool = False
    """Whether the other server will say the same next time."""


def send_due(*, now: datetime, door: Door = OUTSIDE) -> int:
    """Send what is due, and ask for the numbers that are awaited; return how many arrived."""
    if not is_heard_by_others():
        return 0
    due = Dispatch.objects.filter(
        state__in=[State.WAITING, State.PENDING], due_at__lte=now, server__is_active=True
    )
    keys = list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:AT_ONCE])
    return sum(_send(key, now=now, door=door) for key in keys)


def _send(key: int, *, now: datetime, door: Door) -> bool:
    row = _leased(key, now=now)
    if row is None:
        return False
    try:
        with translation.override("fr"):
            outcome = _asked(row, door=door)
    except Forbidden as refusal:
        outcome = Outcome(error=str(refusal)[:300], is_final=True)
    except Unreachable as refusal:
        outcome = Outcome(error=str(refusal)[:300])
    return _settle(key, outcome, now=now)


@transaction.atomic
def _leased(key: int, *, now: datetime) -> Dispatch | None:
    """Take a row for this worker alone, for the time that asking may take."""
    row = (
        Dispatch.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("server__handler", "report__category", "message")
        .filter(pk=key, due_at__lte=now, state__in=[State.WAITING, State.PENDING])
        .first()
    )
    if row is not None:
        row.attempts += 1
        row.due_at = now + LEASE
        row.save(update_fields=["attempts", "due_at"])
    return row


def _asked(row: Dispatch, *, door: Door) -> Outcome:
    if row.state == State.PENDING:
        answer = ask(row.server, f"tokens/{quote(row.token, safe='')}.xml", door=door)
    elif row.message is not None:
        return _told(row, door=door)
    else:
        answer = tell(
            row.server, "requests.xml", _report(row), files=_files(row), once=_once(row), door=door
        )
    if not 200 <= answer.status < 300:  # noqa: PLR2004
        return _failed(answer.status, answer.content)
    try:
        number, token = received(answer.content)
    except Unreadable:
        is_early = row.state == State.PENDING
        return Outcome(error="" if is_early else _("Réponse illisible."))
    return Outcome(number=number, token=token or row.token)


def _failed(status: int, content: bytes) -> Outcome:
    is_final = 400 <= status < 500 and status not in LATER  # noqa: PLR2004
    return Outcome(error=fault(status, content), is_final=is_final)


def _told(row: Dispatch, *, door: Door) -> Outcome:
    """Send what the reporter adds, as an update of the report there."""
    message, first = row.message, _first(row)
    assert message is not None  # noqa: S101 - told to the type checker
    if first is None:
        return Outcome(error=_("Le signalement n’y est pas."), is_final=True)
    pairs = [
        ("service_request_id", first.external_id),
        ("update_id", f"{current_schema()}-{message.pk}"),
        ("updated_datetime", said(message.at, zone()) or ""),
        ("status", "UNCHANGED" if row.server.is_extended else "OPEN"),
        ("description", message.text),
    ]
    answer = tell(row.server, "servicerequestupdates.xml", pairs, once=_once(row), door=door)
    if not 200 <= answer.status < 300:  # noqa: PLR2004
        error = fault(answer.status, answer.content)
        return (
            Outcome(number="?")
            if "already exists" in error
            else _failed(answer.status, answer.content)
        )
    try:
        number = next((each.get("update_id", "") for each in rows(answer.content)), "")
    except Unreadable:
        number = ""
    return Outcome(number=number[:100] or "?")


def _first(row: Dispatch) -> Dispatch | None:
    return Dispatch.objects.filter(
        server=row.server_id, report=row.report_id, message__isnull=True, state=State.DONE
    ).first()


def _once(row: Dispatch) -> str:
    return f"parvis-{current_schema()}-{row.pk}"


def _report(row: Dispatch) -> list[tuple[str, str]]:
    """Say a report: what, where, our reference and its address; nothing of who reported."""
    report = row.report
    where = absolute_url(current_commune(), f"/signalements/{report.reference}/")
    is_public = report.visibility == Report.Visibility.PUBLIC
    about = _("Référence %(reference)s") % {"reference": report.reference}
    text = "\n\n".join(filter(None, [report.text, f"{about} – {where}" if is_public else about]))
    place = report.place
    pairs = [
        ("service_code", service_of(row.server, report.category.code)),
        ("description", text[-4000:]),
        ("lat", f"{place.lat:.6f}" if place else ""),
        ("long", f"{place.lon:.6f}" if place else ""),
        ("address_string", report.address),
    ]
    base = absolute_url(current_commune(), "/").rstrip("/")
    public = [each for each in _photos(report) if each.is_public and is_public]
    pairs += [
        ("media_url", base + links.photo_address(each, "l", is_public=True)) for each in public
    ]
    return [(name, value) for name, value in pairs if value]


def _photos(report: Report) -> list[Photo]:
    ready = report.photos.filter(state=Photo.State.READY, stage=Photo.Stage.BEFORE)
    return list(ready[:PHOTOS_MOST])


def _files(row: Dispatch) -> list[tuple[str, bytes]]:
    """Read the photos that nobody outside may fetch: they go along."""
    is_public = row.report.visibility == Report.Visibility.PUBLIC
    inner = [each for each in _photos(row.report) if not (each.is_public and is_public)]
    paths = [(f"{n}.jpg", photos.rendition(each, "l")) for n, each in enumerate(inner, 1)]
    return [(name, path.read_bytes()) for name, path in paths if path.exists()]


@transaction.atomic
def _settle(key: int, outcome: Outcome, *, now: datetime) -> bool:
    row = (
        Dispatch.objects.select_for_update(of=("self",))
        .select_related("server__handler", "report")
        .filter(pk=key)
        .first()
    )
    if row is None:
        return False
    row.error = outcome.error
    if outcome.number:
        row.state, row.external_id, row.heard_at = State.DONE, outcome.number, now
        _remember_own(row, outcome.number)
    elif outcome.token and row.state == State.WAITING:
        row.state, row.token, row.attempts, row.due_at = (
            State.PENDING,
            outcome.token,
            0,
            now + DELAYS[0],
        )
    elif outcome.is_final or row.attempts > len(DELAYS):
        row.state = State.DEAD
        words = _("L’envoi à %(name)s a échoué : %(error)s") % {
            "name": row.server.handler.name,
            "error": row.error or _("aucun numéro n’est venu"),
        }
        note(locked(row.report), words, row.server.handler.name, now=now)
    else:
        row.due_at = now + DELAYS[row.attempts - 1]
    row.save()
    return row.state == State.DONE


def _remember_own(row: Dispatch, number: str) -> None:
    """Know our own update again when the other server lists it."""
    first = _first(row) if row.message_id else None
    if first is not None:
        HeardUpdate.objects.get_or_create(dispatch=first, external_id=number[:200])


def follow_due(*, now: datetime, door: Door = OUTSIDE) -> int:
    """Ask the servers whose time it is what has become of our reports; return how many news."""
    if not is_heard_by_others():
        return 0
    known = OpenServer.objects.filter(is_active=True).select_related("handler")
    return sum(
        follow(server, now=now, door=door)
        for server in known
        if server.polled_at is None
        or server.polled_at + timedelta(minutes=server.poll_minutes) <= now
    )


def follow(server: OpenServer, *, now: datetime, door: Door = OUTSIDE) -> int:
    """Ask one server, and take in what is new; what fails is told on its page."""
    sent = Dispatch.objects.filter(
        server=server, message__isnull=True, state=State.DONE, heard_at__gt=now - FOLLOWED
    )
    mine = {each.external_id: each for each in sent.select_related("report")}
    error, news = "", list[News]()
    if mine:
        try:
            news = _news(server, list(mine), now=now, door=door)
        except (Unreachable, Unreadable) as refusal:
            error = str(refusal)[:300] or _("Réponse illisible.")
    server.error = error
    server.failed_at = (server.failed_at or now) if error else None
    if not error:
        server.polled_at = now
    server.save(update_fields=["error", "failed_at", "polled_at", "has_updates"])
    return sum(
        _hear(mine[each.reference], each, now=now) for each in news if each.reference in mine
    )


def _news(server: OpenServer, numbers: list[str], *, now: datetime, door: Door) -> list[News]:
    """Return what a server says: its updates, else the state of each report.

    Raises:
        Unreachable: it does not answer, or refuses.
        Unreadable: what it says is no list.
    """
    if server.has_updates:
        since = (server.polled_at or now) - timedelta(minutes=server.overlap_minutes)
        window = [("start_date", said(since, zone()) or ""), ("end_date", said(now, zone()) or "")]
        answer = ask(server, "servicerequestupdates.xml", window, door=door)
        if answer.status == 200:  # noqa: PLR2004
            return updates(answer.content)
        if answer.status not in {404, 405, 501}:
            raise Unreachable(fault(answer.status, answer.content))
        server.has_updates = False  # it does not hold the extension
    found = []
    for first in range(0, len(numbers), ASKED_AT_ONCE):
        wanted = ",".join(numbers[first : first + ASKED_AT_ONCE])
        answer = ask(server, "requests.xml", [("service_request_id", wanted)], door=door)
        if answer.status != 200:  # noqa: PLR2004
            raise Unreachable(fault(answer.status, answer.content))
        found += states(answer.content)
    return found


@transaction.atomic
def _hear(sent: Dispatch, news: News, *, now: datetime) -> bool:
    """Take in one piece of news, once; the first word of a server, that it has it, is no news."""
    row = Dispatch.objects.select_for_update(of=("self",)).get(pk=sent.pk)
    if news.key:
        try:
            with transaction.atomic():
                HeardUpdate.objects.create(dispatch=row, external_id=news.key[:200])
        except IntegrityError:
            return False
    elif (row.last_status, row.last_notes) == (news.status[:40], news.text):
        return False
    is_first = not row.last_status and news.status in {"OPEN", ""}
    row.last_status, row.last_notes, row.heard_at = news.status[:40], news.text, now
    row.save(update_fields=["last_status", "last_notes", "heard_at"])
    if is_first:
        return False
    report = locked(row.report)
    name = sent.server.handler.name
    if report.handler_id != sent.server.handler_id or report.status not in WITH_PARTNER:
        note(report, f"{news.status} {news.text}".strip(), name, now=now)
    else:
        partner_says(report, PartnerWords(news.text[:4000], news.status, name), now=now)
    return True


def dead(server: OpenServer) -> list[Dispatch]:
    """List what was given up, the newest first."""
    rows = server.dispatches.filter(state=State.DEAD).select_related("report")
    return list(rows.order_by("-created_at")[:AT_ONCE])


def waiting(server: OpenServer) -> int:
    """Count what has not arrived yet."""
    return server.dispatches.filter(state__in=[State.WAITING, State.PENDING]).count()

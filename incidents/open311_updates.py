"""Updates of reports, out and in: the extension of mySociety (section 11 of the contract).

An update is a move or a public message. ``c12`` is a move, ``m34`` a message that came alone; the
number answered to a client is the one under which the list shows it (H60).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from incidents import actions, emails, links, open311_trials as trials, reporters
from incidents.calendar import current_commune, zone
from incidents.chasing import OUTSIDE, WITH_PARTNER
from incidents.history import locked, noted
from incidents.models import (
    Message,
    OpenRequest,
    OpenUpdate,
    Photo,
    Report,
    ReportEvent,
    StatusChange,
)
from incidents.open311_errors import Refused
from incidents.open311_formats import SECOND, said
from incidents.open311_keys import Client
from incidents.open311_reading import TOLD, Words, update_status, visible
from incidents.open311_receiving import take_media
from incidents.open311_sending import Media
from incidents.published import shown_photos
from incidents.refusals import IllegalMove, PhotoMissing, TooLate
from incidents.states import state_of
from incidents.workflow import CLOSED, Actor, Reason, Status, is_legal


ACCEPTED = frozenset(
    {
        *("OPEN", "CLOSED", "FIXED", "IN_PROGRESS", "PLANNED", "ACTION_SCHEDULED"),
        *("INVESTIGATING", "DUPLICATE", "NOT_COUNCILS_RESPONSIBILITY", "NO_FURTHER_ACTION"),
        *("INTERNAL_REFERRAL", "FOR_TRIAGE", "CANCELLED", "REOPEN", "UNCHANGED"),
    }
)
CLOSING = {"CLOSED", "FIXED"}
REOPENING = {"REOPEN", "OPEN"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What a client says about a report."""

    external_id: str
    at: datetime
    status: str
    text: str
    media: Media
    external_status: str = ""


@dataclass(frozen=True, slots=True)
class PartnerWords:
    """What a partner says of a report: words, a status that may move it, and who it is."""

    text: str
    status: str
    name: str


def within(
    start: datetime, end: datetime, *, first: int, most: int, client: int | None
) -> list[tuple[str, Any]]:
    """Return the public updates of a window, oldest first, both ends of which count (H46).

    Two queries, each of which reads no more than the page needs.
    """
    shown = visible(client)
    until = end.replace(microsecond=0) + SECOND
    moves = StatusChange.objects.filter(report__in=shown, after__in=TOLD)
    mine = Q(audience=Message.Audience.PUBLIC)
    if client is not None:
        numbers = OpenUpdate.objects.filter(client_id=client, update_id__startswith="m")
        mine |= Q(pk__in=[int(each[1:]) for each in numbers.values_list("update_id", flat=True)])
    messages = Message.objects.filter(
        mine, report__in=shown, statuschange__isnull=True, erased_at__isnull=True
    )
    rows = [
        *_cut(moves.select_related("report", "message"), "c", start, until, first + most),
        *_cut(messages.select_related("report"), "m", start, until, first + most),
    ]
    rows.sort(key=lambda each: (each[1].at, each[0][0], each[1].pk))
    return rows[first : first + most]


def _cut(
    rows: QuerySet[Any], letter: str, start: datetime, until: datetime, most: int
) -> Iterable[tuple[str, Any]]:
    found = rows.filter(at__gte=start, at__lt=until).order_by("at", "pk")[:most]
    return [(f"{letter}{each.pk}", each) for each in found]


def statuses_at(rows: Iterable[tuple[str, Any]]) -> dict[int, str]:
    """Return the status in which each message found its report; one query."""
    messages = [each for number, each in rows if number.startswith("m")]
    changes: dict[int, list[StatusChange]] = {}
    found = StatusChange.objects.filter(report__in={each.report_id for each in messages})
    for change in found.order_by("at", "pk"):
        changes.setdefault(change.report_id, []).append(change)
    known = {}
    for message in messages:
        before = [each for each in changes.get(message.report_id, []) if each.at <= message.at]
        last = before[-1] if before else None
        known[message.pk] = update_status(
            last.after if last else Status.RECEIVED, last.reason if last else ""
        )
    return known


def items(rows: list[tuple[str, Any]], words: Words) -> list[dict[str, Any]]:
    """Say each update, with the first photo that came with it."""
    known, pictures = statuses_at(rows), pictures_of(rows)
    return [
        _item(number, each, words, known)
        | {"media_url": _address(pictures.get((each.report_id, each.at)), words)}
        for number, each in rows
    ]


def pictures_of(rows: Iterable[tuple[str, Any]]) -> dict[tuple[int, datetime], Photo]:
    """Return the published photo that came with each update, by report and time; two queries.

    Photos of the report as it was first sent are those of the report, not of an update.
    """
    told = [each for _number, each in rows if getattr(each, "before", True)]
    added = ReportEvent.objects.filter(
        kind=ReportEvent.Kind.PHOTO,
        report__in={each.report_id for each in told},
        at__in={each.at for each in told},
        detail__has_key="photo",
    )
    moments = {each.detail["photo"]: (each.report_id, each.at) for each in added}
    shown = shown_photos().filter(pk__in=moments, report__visibility=Report.Visibility.PUBLIC)
    shown = shown.exclude(report__status=Status.CANCELLED)
    return {moments[photo.pk]: photo for photo in reversed(shown)}


def _address(photo: Photo | None, words: Words) -> str | None:
    return words.base + links.photo_address(photo, "l", is_public=True) if photo else None


def _item(number: str, row: Any, words: Words, known: Mapping[int, str]) -> dict[str, Any]:
    if isinstance(row, StatusChange):
        status, message = update_status(row.after, row.reason), row.message
        is_public = message is not None and message.audience == Message.Audience.PUBLIC
        text = message.text if message is not None and is_public else ""
        text = text or state_of(row.after).word.capitalize()
    else:
        status, text = known[row.pk], row.text
    return {
        "update_id": number,
        "service_request_id": row.report.reference,
        "status": status,
        "updated_datetime": said(row.at, words.zone),
        "description": text,
    }


def first_number(client: Client, external_id: str) -> str | None:
    """Return the number we gave to an update that this client sent before."""
    known = OpenUpdate.objects.filter(client_id=client.pk, external_id=external_id).first()
    return known.update_id if known else None


def known_already(number: str) -> Refused:
    """Say that this update came before, and under which number (H46)."""
    return Refused(
        400, _("Cette suite existe déjà (already exists) : %(number)s.") % {"number": number}
    )


@transaction.atomic
def take(update: Update, *, reference: str, client: Client, now: datetime) -> str:
    """Take an update of a client; what its status does depends on the role of the client.

    Raises:
        Refused: 400, it came before; 404, there is no such report for this client.
    """
    shown = visible(client.pk)
    if client.is_handler:
        shown |= Report.objects.filter(status__in=WITH_PARTNER, handler__kind__in=OUTSIDE)
    report = shown.filter(reference=reference).first()
    if report is None:
        raise _unknown(reference)
    row = OpenUpdate(
        client_id=client.pk,
        external_id=update.external_id,
        report=report,
        external_status=update.external_status or update.status,
        at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as clash:
        raise known_already(first_number(client, update.external_id) or "") from clash
    current = locked(report)
    row.update_id = (_of_handler if client.is_handler else _of_source)(
        current, update, client, now=now
    )
    row.save(update_fields=["update_id"])
    return row.update_id


@transaction.atomic
def try_out(update: Update, *, reference: str, client: Client, now: datetime) -> str:
    """Take an update of a trial.

    Raises:
        Refused: 400, it came before; 404, there is no such trial.
    """
    at = said(update.at, zone()) or ""
    found = trials.update(reference=reference, status=update.status, text=update.text, at=at)
    if found is None:
        raise _unknown(reference)
    trial, number = found
    try:
        with transaction.atomic():
            OpenUpdate.objects.create(
                client_id=client.pk,
                external_id=update.external_id,
                trial=trial,
                update_id=number,
                external_status=update.status,
                at=now,
            )
    except IntegrityError as clash:
        raise known_already(first_number(client, update.external_id) or "") from clash
    return number


def _unknown(reference: str) -> Refused:
    return Refused(404, _("Aucun signalement n’a le numéro %(number)s.") % {"number": reference})


def is_late(report: Report, at: datetime) -> bool:
    """Tell whether the report moved since: then the words count, and the status does not."""
    last = report.changes.order_by("at", "pk").last()
    return last is not None and at < last.at.replace(microsecond=0)


def _of_source(report: Report, update: Update, client: Client, *, now: datetime) -> str:
    """Take what a platform relays from a citizen: words for the team, moderated as hers are.

    As only its reporter reopens a report on the site, only the platform that sent it does here.
    """
    wants_reopening = update.status in REOPENING and report.status in CLOSED
    is_own = OpenRequest.objects.filter(report=report, client_id=client.pk).exists()
    is_current = is_own and not is_late(report, update.at)
    if wants_reopening and is_current and _may_reopen(report, now=now):
        reporters.contest(report=report, reason=Reason.OTHER, text=update.text, now=now)
        take_media(report, update.media, stage=Photo.Stage.BEFORE, now=now)
        change = report.changes.order_by("at", "pk").last()
        return f"c{change.pk}" if change else ""
    words = update.text
    if update.status in CLOSING:
        words = _with(_("Le déclarant dit que c’est réparé."), words)
    elif wants_reopening:
        words = _with(_("Le déclarant demande la réouverture."), words)
    take_media(report, update.media, stage=Photo.Stage.BEFORE, now=now)
    words = words or update.status
    return _for_team(report, words, client.name, Message.Author.REPORTER, now=now)


def _for_team(report: Report, words: str, name: str, author: str, *, now: datetime) -> str:
    message = _write(report, words, name, author, Message.Audience.STAFF, now=now)
    emails.send([emails.to_team(report, current_commune(), event=f"answered-{message.pk}")])
    return f"m{message.pk}"


def _may_reopen(report: Report, *, now: datetime) -> bool:
    return is_legal(Status(report.status), Status.REOPENED, Actor.REPORTER) and (
        report.closed_at is not None and now <= report.closed_at + actions.CONTESTED_WITHIN
    )


def _of_handler(report: Report, update: Update, client: Client, *, now: datetime) -> str:
    """Take what the body says that we passed the report on to; of any other, the team judges."""
    take_media(report, update.media, stage=Photo.Stage.AFTER, now=now)
    handler = report.handler
    if report.status not in WITH_PARTNER or handler is None or handler.kind not in OUTSIDE:
        said_there = _with(update.status, update.text)
        return _for_team(report, said_there, client.name, Message.Author.PARTNER, now=now)
    is_current = not is_late(report, update.at)
    words = PartnerWords(update.text, update.status if is_current else "", client.name)
    return partner_says(report, words, now=now)


@transaction.atomic
def partner_says(report: Report, words: PartnerWords, *, now: datetime) -> str:
    """Pass on what a partner says to the citizen, and let its status do what the rules allow.

    Returns the number under which it is listed.
    """
    to, reason = target(report, words.status)
    message = _to_all(report, words.text, words.name, now=now) if words.text else None
    if to is not None:
        try:
            moved = actions.move(
                report=report,
                to=to,
                actor=Actor.PARTNER,
                by=None,
                now=now,
                reason=reason,
                message=message,
            )
        except (IllegalMove, PhotoMissing, TooLate):
            propose(report, words.status, words.name, now=now)
        else:
            return f"c{moved.changes.latest('at', 'pk').pk}"
    if message is None:
        label = state_of(report.status).word.capitalize()
        message = _to_all(report, label, words.name, now=now)
    emails.send(emails.said(message, current_commune(), emails.recipients(report)))
    return f"m{message.pk}"


def _to_all(report: Report, text: str, name: str, *, now: datetime) -> Message:
    return _write(report, text, name, Message.Author.PARTNER, Message.Audience.PUBLIC, now=now)


def target(report: Report, status: str) -> tuple[Status | None, str]:
    """Say where a partner's word moves a report, and with which reason; nowhere for most."""
    if status in CLOSING:
        to, reason = Status.RESOLVED, str(Reason.REPAIRED)
    elif status == "NOT_COUNCILS_RESPONSIBILITY":
        to, reason = Status.TRIAGE, ""
    else:
        return None, ""
    return (None if report.status == to else to), reason


def propose(report: Report, status: str, name: str, *, now: datetime) -> None:
    """Tell the team what a partner says when the rules keep it from being so by itself."""
    words = _("Le partenaire annonce : %(status)s. À vous de décider.") % {"status": status}
    note(report, words, name, now=now)


def note(report: Report, words: str, name: str, *, now: datetime) -> None:
    """Write for the team alone what concerns a partner."""
    _write(report, words, name, Message.Author.PARTNER, Message.Audience.STAFF, now=now)


def _with(first: str, words: str) -> str:
    return f"{first}\n{words}".strip()


def _write(
    report: Report,
    text: str,
    name: str,
    author: str,
    audience: str,
    *,
    now: datetime,
) -> Message:
    message = Message.objects.create(
        report=report,
        audience=audience,
        author=author,
        author_name=name[:80],
        text=text,
        at=now,
    )
    noted(report, ReportEvent.Kind.MESSAGE, by=None, now=now, message=message.pk)
    Report.objects.filter(pk=report.pk).update(touched_at=now)
    return message

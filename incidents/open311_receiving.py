"""A client's report is written down as a citizen's is, once, however often it is sent.

Contract: sections "Answer", "Idempotence" and "Tokens". Two unique indexes are the guard: on the
key of the client for a day, on what was sent for ten minutes.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from incidents import actions, open311_media, open311_trials as trials
from incidents.calendar import zone
from incidents.history import noted
from incidents.models import OpenRequest, Photo, Report, ReportAnswers, ReportEvent
from incidents.open311_catalogue import is_batch
from incidents.open311_errors import Refused
from incidents.open311_keys import Client
from incidents.open311_reading import delay
from incidents.open311_sending import Asked, Media
from incidents.workflow import Reason, Status
from parvis.guard import current_schema
from parvis.signing import digest
from parvis.typo import date_longue


KEY_KEPT = timedelta(days=1)
CONTENT_KEPT = timedelta(minutes=10)
TOKEN_KEPT = timedelta(days=90)
REFUSED_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """How a report came: from whom, under which key, what exactly, into which endpoint."""

    client: Client
    key: str
    content: str
    is_test: bool
    account_id: str = ""


def fingerprint(
    values: list[tuple[str, list[str]]], files: Iterable[bytes], *, is_test: bool
) -> str:
    """Return the same digest for the same parameters in any order; ``api_key`` does not count."""
    said = sorted((name, each) for name, several in values for each in several)
    found = sha256(repr((is_test, [each for each in said if each[0] != "api_key"])).encode())
    for content in files:
        found.update(sha256(content).digest())
    return found.hexdigest()


@transaction.atomic
def submit(asked: Asked, envelope: Envelope, *, now: datetime) -> dict[str, Any]:
    """Receive a report of a client and return the answer; the same again returns the first one.

    Raises:
        Refused: 400, the key was used for something else.
        DomainError: as ``actions.receive``.
    """
    if (first := repeated(envelope, now=now)) is not None:
        return first
    row = OpenRequest(
        client_id=envelope.client.pk,
        key=envelope.key,
        content="" if envelope.key else envelope.content,
        said=envelope.content,
        unknown=len(asked.unknown),
        at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # at the same moment, by another request that is committed now
        first = repeated(envelope, now=now)
        if first is None:
            raise
        return first
    if envelope.is_test:
        row.trial = trials.receive(asked, client_id=envelope.client.pk, now=now)
        reference = row.trial.reference
    else:
        row.report = _received(asked, now=now)
        reference = row.report.reference
    row.answer = _answer(row, asked, envelope, reference, now=now)
    row.save()
    return said(row)


@transaction.atomic
def seen(envelope: Envelope, *, now: datetime) -> dict[str, Any] | None:
    """Return the first answer to what was sent before; None when it is new.

    Raises:
        Refused: 400, the key was used for something else.
    """
    return repeated(envelope, now=now)


def repeated(envelope: Envelope, *, now: datetime) -> dict[str, Any] | None:
    """Return what the same client was answered for the same thing, lately; None when it is new.

    Raises:
        Refused: 400, the key was used for something else.
    """
    mine = OpenRequest.objects.filter(client_id=envelope.client.pk)
    mine.filter(at__lte=now - KEY_KEPT).exclude(key="").update(key="")
    mine.filter(at__lte=now - CONTENT_KEPT).exclude(content="").update(content="")
    if envelope.key:
        first = mine.filter(key=envelope.key).first()
        if first is not None and first.said != envelope.content:
            raise Refused(400, _("Cette Idempotency-Key a déjà servi pour un autre envoi."))
    else:
        first = mine.filter(content=envelope.content).first()
    return None if first is None else said(first)


def said(row: OpenRequest) -> dict[str, Any]:
    """Return the answer of a request; the token is made anew, for it is stored nowhere."""
    known = dict(row.answer)
    nonce = known.pop("nonce", "")
    return {"token": _token(nonce)} | known if nonce else known


def _token(nonce: str) -> str:
    salt = f"open311.token:{current_schema()}"
    return salted_hmac(salt, nonce, algorithm="sha256").hexdigest()[:40]


def _answer(
    row: OpenRequest, asked: Asked, envelope: Envelope, reference: str, *, now: datetime
) -> dict[str, Any]:
    notice = _notice(asked, reference, now=now)
    rest = {"service_notice": notice, "account_id": envelope.account_id or None}
    if not is_batch(asked.category):
        return {"service_request_id": reference} | rest
    nonce = secrets.token_hex(16)
    row.token_hash = digest(_token(nonce))
    return rest | {"nonce": nonce}


def _notice(asked: Asked, reference: str, *, now: datetime) -> str:
    day = date_longue(now.astimezone(zone()).date())
    what = _("Signalement reçu le %(day)s.") % {"day": day}
    if not is_batch(asked.category):
        what = _("Signalement %(reference)s reçu le %(day)s.") % {
            "reference": reference,
            "day": day,
        }
    left = asked.media.ignored
    more = [_("Photos au-delà de la cinquième : non gardées.")] if left else []
    return " ".join([what, delay(asked.category), *more, _("Danger immédiat : 112.")])


def _received(asked: Asked, *, now: datetime) -> Report:
    """Write the report as the form of the site does, with its photos and its answers."""
    report, _token = actions.receive(
        category=asked.category,
        text=asked.text,
        place=asked.place,
        address=asked.address,
        channel=Report.Channel.API,
        now=now,
        idempotency_key=uuid4(),
        name=asked.person.name,
        email=asked.person.email,
        phone=asked.person.phone,
    )
    if asked.address_id:
        report.address_id = asked.address_id
        report.save(update_fields=["address_id"])
    if asked.answers or asked.unknown:
        ReportAnswers.objects.create(report=report, values=asked.answers, unknown=asked.unknown)
    if asked.is_to_place:
        words = _("à localiser")
        noted(report, ReportEvent.Kind.PLACED, by=None, now=now, words=words, source="api")
    take_media(report, asked.media, stage=Photo.Stage.BEFORE, now=now)
    return report


def take_media(report: Report, media: Media, *, stage: str, now: datetime) -> None:
    """Keep photos that are here, and note those that the worker has to fetch."""
    open311_media.keep(report, media.contents, stage=stage, now=now)
    open311_media.ask_for(report, media.urls, stage=stage, now=now)
    if media.unreadable:
        open311_media.note_lost(report, media.unreadable, now=now)


def forget(*, now: datetime) -> int:
    """Forget what was kept of requests whose token is over; return of how many.

    Whose a report is stays as long as the report: its client may go on reading it (H40).
    """
    over = OpenRequest.objects.filter(at__lte=now - TOKEN_KEPT)
    count = over.filter(report__isnull=True).delete()[0]
    nothing = {"key": "", "content": "", "said": "", "token_hash": "", "answer": {}}
    return count + over.exclude(**nothing).update(**nothing)


def behind(token: str, *, now: datetime) -> str | None:
    """Return the reference a token stands for, None while there is none (H33).

    Nobody learns by it of a report that was not published: its number comes with its publication.

    Raises:
        Refused: 404, no such token, or its time is over.
    """
    row = (
        OpenRequest.objects.filter(token_hash=digest(token), at__gt=now - TOKEN_KEPT)
        .select_related("report", "trial")
        .first()
    )
    if row is None or (row.report is None and row.trial is None):
        raise Refused(404, _("Ce jeton n’existe pas, ou plus."))
    if row.trial is not None:
        return row.trial.reference
    report = row.report
    assert report is not None  # noqa: S101 - told to the type checker
    if report.visibility == Report.Visibility.PUBLIC:
        return report.reference
    is_refused = report.visibility == Report.Visibility.HIDDEN or (
        report.status == Status.REJECTED and report.reason == Reason.ABUSIVE
    )
    if is_refused and report.touched_at <= now - REFUSED_KEPT:
        raise Refused(404, _("Ce jeton n’existe pas, ou plus."))
    return None

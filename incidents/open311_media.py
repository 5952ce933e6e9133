"""Photos that other software gives: as files, or by an address that the worker fetches.

Contract: section "Media" (H31). Fetching comes after the answer, only from public addresses by
https and without following anything (``parvis.egress``). A photo that cannot be had leaves the
report as it is, and a line for the team.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from incidents import photos
from incidents.history import noted
from incidents.models import MediaFetch, Report, ReportEvent
from incidents.pictures import MOST_BYTES, Unfit
from parvis.deferred import defer
from parvis.egress import INTERNET, Forbidden, Reach, Unreachable, fetch_foreign


log = logging.getLogger(__name__)
DELAYS_S = (60, 600, 3600)  # between attempts; one more than these is the last
PATIENCE_S = 20.0
AT_ONCE = 20
OK = 200


def keep(report: Report, contents: Sequence[bytes], *, stage: str, now: datetime) -> None:
    """Put photos that came with the report in quarantine; one that is unfit is told and lost."""
    lost = 0
    for content in contents:
        try:
            photos.add(report=report, content=content, stage=stage, now=now)
        except (Unfit, photos.NotKept):
            lost += 1
    if lost:
        note_lost(report, lost, now=now)


def ask_for(report: Report, urls: Sequence[str], *, stage: str, now: datetime) -> None:
    """Note photos to fetch, for the worker."""
    if not urls:
        return
    MediaFetch.objects.bulk_create(
        MediaFetch(report=report, url=url, stage=stage, due_at=now) for url in urls
    )
    defer("incidents.fetch_media")


def note_lost(report: Report, count: int, *, now: datetime) -> None:
    """Tell the team that a photo did not come."""
    words = _("photo non récupérée")
    noted(report, ReportEvent.Kind.PHOTO, by=None, now=now, words=f"{words} ({count})", lost=count)


def fetch_waiting(*, now: datetime, reach: Reach = INTERNET) -> int:
    """Fetch what is due; return how many photos came."""
    due = MediaFetch.objects.filter(failed_at__isnull=True, due_at__lte=now)
    keys = list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:AT_ONCE])
    return sum(_fetch(key, now=now, reach=reach) for key in keys)


def _fetch(key: int, *, now: datetime, reach: Reach) -> bool:
    """Fetch one photo, outside of any transaction, then write down what became of it."""
    wanted = MediaFetch.objects.filter(pk=key).first()
    if wanted is None:
        return False
    content, is_over = b"", False
    try:
        answer = fetch_foreign(
            wanted.url, reach=reach, most_bytes=MOST_BYTES, patience_s=PATIENCE_S
        )
        content = answer.content if answer.status == OK else b""
        is_over = answer.status != OK and answer.status < 500  # noqa: PLR2004
    except Forbidden as fault:
        log.info("A photo is not fetched: %s", fault)
        is_over = True
    except Unreachable as fault:
        log.info("A photo does not come: %s", fault)
    return _settle(key, content, is_over=is_over, now=now)


@transaction.atomic
def _settle(key: int, content: bytes, *, is_over: bool, now: datetime) -> bool:
    wanted = MediaFetch.objects.select_for_update(of=("self",)).filter(pk=key).first()
    if wanted is None or wanted.failed_at is not None:
        return False
    report = wanted.report
    if content:
        try:
            photos.add(report=report, content=content, stage=wanted.stage, now=now)
        except Unfit:
            is_over = True
        except photos.NotKept:
            pass
        else:
            wanted.delete()
            return True
    wanted.attempts += 1
    if is_over or wanted.attempts > len(DELAYS_S):
        wanted.failed_at = now
        note_lost(report, 1, now=now)
    else:
        wanted.due_at = now + timedelta(seconds=DELAYS_S[wanted.attempts - 1])
    wanted.save(update_fields=["attempts", "due_at", "failed_at"])
    return False

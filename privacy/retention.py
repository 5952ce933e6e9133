"""The end of links and of requests."""

from datetime import datetime

from django.db import connection

from parvis.erasing import Spans, Step


LINKS = "FROM privacy_datalink WHERE sent_at + %s::interval <= %s"
REQUESTS = """privacy_datarequest SET email = '', words = '', answer = '', answered_by = ''"""
ANSWERED = """answered_at + %s::interval <= %s
    AND (email <> '' OR words <> '' OR answer <> '' OR answered_by <> '')"""


def _count_links(kept: Spans, now: datetime) -> int:
    return _run(f"SELECT count(*) {LINKS}", kept["data_link"], now, is_count=True)


def _erase_links(kept: Spans, now: datetime) -> int:
    return _run(f"DELETE {LINKS}", kept["data_link"], now)


def _count_requests(kept: Spans, now: datetime) -> int:
    text = f"SELECT count(*) FROM privacy_datarequest WHERE {ANSWERED}"  # noqa: S608
    return _run(text, kept["data_request"], now, is_count=True)


def _erase_requests(kept: Spans, now: datetime) -> int:
    return _run(f"UPDATE {REQUESTS} WHERE {ANSWERED}", kept["data_request"], now)


def _run(text: str, span: str, now: datetime, *, is_count: bool = False) -> int:
    with connection.cursor() as cursor:
        cursor.execute(text, [span, now])
        return int(cursor.fetchone()[0] if is_count else cursor.rowcount)


STEPS = (
    Step("data_link", _count_links, _erase_links),
    Step("data_request", _count_requests, _erase_requests),
)

"""The log of a process: what failed and where, never what somebody typed, nor a secret.

A database repeats the row that it refuses, a mail server the address, a browser the link it came
from. Hence the text of an exception is not written, but its class, what a machine calls it and
where it happened; of an address its route; of a link its host.
"""

import copy
import errno
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any

import psycopg
from django.http import HttpRequest


LINK = re.compile(r"(\w+://)(?:[^/\s@]*@)?([^/\s?#'\"]*)[^\s'\">]*")
MAIL = re.compile(r"[^\s<>()\[\]\"',;:=/]+@[^\s<>()\[\]\"',;:]+")
# The key of an API, or the secret of a webhook; then how requests carry keys.
KEY = re.compile(
    r"(\b(?:pv_[a-z2-7]{8}_|whsec_)|\bapi_key[\"']?\s*[=:]\s*[\"']?|\bbearer\s+)"
    r"[\w.~+/=-]+",
    re.IGNORECASE,
)
TELEPHONE = re.compile(r"(?<![\w+])(?:\+33|0033|0)[ .-]?[1-9](?:[ .-]?\d{2}){4}(?!\d)")
SHOWN = re.compile(r"(?s)(exception=\w+)\(.*\)")  # asyncio shows what a task raised
LONGEST_WORD = 12  # of an address that leads nowhere: longer ones may be a secret
SHORTEST_TEXT = 4
Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Line(logging.Formatter):
    """One line for each event, and below it where an exception came through.

    ``is_full`` writes everything: for who develops, with data that are nobody's.
    """

    def __init__(self, fmt: str | None = None, *, is_full: bool = False) -> None:
        super().__init__(fmt)
        self._is_full = is_full

    def format(self, record: logging.LogRecord) -> str:
        """Write the event."""
        if self._is_full:
            return super().format(record)
        shown = copy.copy(record)
        shown.msg, shown.args, shown.exc_text = said(record), (), None
        return super().format(shown)

    def formatException(self, ei: Raised) -> str:  # noqa: N802 (logging calls it so)
        """Write through which lines of the program an exception came, without its text."""
        if self._is_full or ei[1] is None:
            return super().formatException(ei)
        return "\n".join(
            "".join([*traceback.format_tb(fault.__traceback__), name_of(fault)])
            for fault in chain(ei[1])
        )


def said(record: logging.LogRecord) -> str:
    """Return what a record says on one line, without what it may tell of a person."""
    fault = record.exc_info[1] if record.exc_info else None
    try:
        text = str(_shown(record.msg, record)) % _arguments(record)
    except (TypeError, ValueError, KeyError):  # a library formats its own words wrongly
        text = str(record.msg)
    for each in chain(fault) if fault else ():
        for words in (repr(each), str(each)):
            if len(words) >= SHORTEST_TEXT:
                text = text.replace(words, name_of(each))
    return _masked(text)


def name_of(fault: BaseException) -> str:
    """Name an exception by its class, and by what a machine calls its reason."""
    kind = type(fault)
    known: list[str | None] = []
    if isinstance(fault, psycopg.Error):
        said_of = fault.diag
        known = [fault.sqlstate, said_of.table_name, said_of.column_name, said_of.constraint_name]
    elif isinstance(fault, OSError) and fault.errno:
        known = [errno.errorcode.get(fault.errno)]
    reasons = ", ".join(each for each in known if each)
    return f"{kind.__module__}.{kind.__qualname__}" + (f" ({reasons})" if reasons else "")


def chain(fault: BaseException) -> Iterator[BaseException]:
    """Yield what led to an exception, the first reason first; then the exception."""
    found: list[BaseException] = []
    each: BaseException | None = fault
    while each is not None and each not in found:
        found.append(each)
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    for known in reversed(found):
        yield from known.exceptions if isinstance(known, BaseExceptionGroup) else ()
        yield known


def write_alike() -> None:
    """Give every handler of this process our way of writing: those of the web server too."""
    ours = next(
        (each.formatter for each in logging.root.handlers if isinstance(each.formatter, Line)),
        Line("%(asctime)s %(levelname)s %(name)s %(message)s"),
    )
    for logger in [logging.root, *logging.root.manager.loggerDict.values()]:
        for handler in logger.handlers if isinstance(logger, logging.Logger) else ():
            handler.setFormatter(ours)
    sys.excepthook = _last_words


def _last_words(
    kind: type[BaseException], fault: BaseException, trace: TracebackType | None
) -> None:
    """Write what ends a process, as the log does."""
    sys.stderr.write(Line().formatException((kind, fault, trace)) + "\n")


def _arguments(record: logging.LogRecord) -> Any:
    if isinstance(record.args, Mapping):  # Celery's: "exc" is what a task raised
        return {
            name: "…" if name == "exc" and not record.exc_info else _shown(value, record)
            for name, value in record.args.items()
        }
    return tuple(_shown(each, record) for each in record.args or ())


def _shown(value: object, record: logging.LogRecord) -> object:
    if isinstance(value, BaseException):
        return name_of(value)
    request = vars(record).get("request")
    if isinstance(request, HttpRequest) and isinstance(value, str) and value.startswith("/"):
        return _route(request)
    return value


def _route(request: HttpRequest) -> str:
    """Say which page was asked for: its address may be a secret, and the links of citizens are."""
    if request.resolver_match is not None:
        return f"/{request.resolver_match.route}"
    words = request.path.encode("unicode_escape").decode("ascii").split("/")
    return "/".join(word if len(word) <= LONGEST_WORD else "…" for word in words[:2])


def _masked(text: str) -> str:
    for pattern, instead in (
        (LINK, r"\1\2/…"),
        (MAIL, "…@…"),
        (TELEPHONE, "…"),
        (SHOWN, r"\1(…)"),
        (KEY, r"\1…"),
    ):
        text = pattern.sub(instead, text)
    return text.replace("\r", "\\r").replace("\n", "\\n")

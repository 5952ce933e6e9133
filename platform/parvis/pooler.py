"""Refuse to start behind a pooler that lends one connection to several communes.

In transaction mode a pooler hands the search path and the role of one commune to the next: other
communes' rows come back. The obvious check, two statements on two backends, sees nothing on an
idle pooler; this one holds a transaction open meanwhile.
"""

import os
import select
import time
from contextlib import closing
from dataclasses import dataclass

import psycopg

from parvis.database import without_password


ROUNDS = 10
WAIT_S = 5
ACCEPTED = "session"


class PoolerRefused(RuntimeError):
    """The database is reached through a pooler that Parvis does not accept."""


@dataclass(frozen=True, slots=True)
class Pooling:
    """What stands between this process and PostgreSQL."""

    pooled: bool
    shared: bool  # one connection serves several clients in turn: other communes' rows


def refuse_transaction_pooling(dsn: str, *, accepted: str | None = None) -> None:
    """Return when this address is safe to serve from.

    Args:
        dsn: address of the database, as the serving processes use it.
        accepted: what the operator declared; ``PARVIS_POOLER`` when absent.

    Raises:
        PoolerRefused: a pooler shares connections, or one is there that nobody declared.
        psycopg.OperationalError: the database does not answer.
    """
    pooling = observe(dsn)
    if not pooling.pooled:
        return
    place = without_password(dsn)
    if pooling.shared:
        raise PoolerRefused(
            f"{place} is a pooler in transaction or statement mode: it would show one commune "
            "the rows of another. Use pool_mode = session, or connect to PostgreSQL directly."
        )
    if (os.environ.get("PARVIS_POOLER") if accepted is None else accepted) != ACCEPTED:
        raise PoolerRefused(
            f"{place} is a pooler. In session mode Parvis accepts it: check pool_mode, "
            "then say so with PARVIS_POOLER=session."
        )


def observe(dsn: str) -> Pooling:
    """Find out whether a pooler answers at this address, and whether it shares connections.

    Raises:
        psycopg.OperationalError: the database does not answer.
        TimeoutError: it accepts connections and leaves the first statement without an answer.
    """
    with _connected(dsn) as connection:
        if connection.info.backend_pid == _backend(connection):
            return Pooling(pooled=False, shared=False)
    return Pooling(pooled=True, shared=any(_shares(dsn) for _ in range(ROUNDS)))


def _shares(dsn: str) -> bool:
    """Hold a transaction on one connection and see where the other one's statements go."""
    with _connected(dsn) as one, _connected(dsn) as other:
        first = _backend(one)
        other.pgconn.exec_(b"BEGIN")
        try:
            theirs = _backend(other)
            second = _backend(one)
        except TimeoutError:
            return True  # a pool of one: the statement waits for the other's transaction
        except psycopg.OperationalError:
            return True  # statement mode: a transaction is answered by hanging up
        return first != second or first == theirs


def _connected(dsn: str) -> closing[psycopg.Connection]:
    return closing(psycopg.connect(dsn, prepare_threshold=None, connect_timeout=WAIT_S))


def _backend(connection: psycopg.Connection) -> int:
    """Ask which server process answers.

    Waits on the socket: a statement that a pooler retains never reaches the server, whose own
    time limits are therefore no help.

    Raises:
        TimeoutError: no answer within ``WAIT_S`` seconds.
        psycopg.OperationalError: the connection broke.
    """
    wire = connection.pgconn
    wire.send_query(b"SELECT pg_backend_pid()")
    deadline = time.monotonic() + WAIT_S
    while wire.flush() or wire.is_busy():
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([wire.socket], [], [], left)[0]:
            raise TimeoutError("no answer")
        wire.consume_input()
    result = wire.get_result()
    answer = result.get_value(0, 0) if result else None
    while wire.get_result():
        pass
    if answer is None:
        raise psycopg.OperationalError(wire.get_error_message().strip())
    return int(answer)

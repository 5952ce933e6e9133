"""The refusal to start behind a pooler that would mix communes, on a real PgBouncer."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from parvis.pooler import PoolerRefused, observe, refuse_transaction_pooling
from parvis.processes import Child, spawn, stop, wait_until
from parvis.servers import LOOPBACK, free_port
from parvis.unprivileged import identity_of
from tests.parvis.places import app_address


PGBOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")
needs_pgbouncer = pytest.mark.skipif(
    PGBOUNCER is None, reason="PgBouncer is not installed (Debian package pgbouncer)"
)

Proxy = Callable[..., str]


@pytest.fixture
def pgbouncer() -> Iterator[Proxy]:
    """Start a real PgBouncer in the wanted mode and return the address behind it."""
    children: list[Child] = []
    folder = Path(tempfile.mkdtemp(prefix="parvis-pgbouncer-"))

    def start(mode: str, *, size: int = 5) -> str:
        target = conninfo_to_dict(app_address())
        port = free_port()
        (folder / "users").write_text(f'"{target["user"]}" "{target["password"]}"\n')
        config = folder / "pgbouncer.ini"
        config.write_text(
            f"[databases]\n* = host={target['host']} port={target['port']}\n"
            f"[pgbouncer]\nlisten_addr = {LOOPBACK}\nlisten_port = {port}\nunix_socket_dir =\n"
            f"auth_type = plain\nauth_file = {folder / 'users'}\npool_mode = {mode}\n"
            f"default_pool_size = {size}\n"
        )
        identity = identity_of("nobody") if os.getuid() == 0 else None  # it refuses root
        for path in (folder, *folder.iterdir()):
            path.chmod(0o755)
        children.append(
            spawn(
                [str(PGBOUNCER), config],
                name="PgBouncer",
                log=folder / "pgbouncer.log",
                identity=identity,
                cwd=Path("/"),
            )
        )
        assert wait_until(lambda: answers(port), seconds=10), children[-1].last_words()
        return make_conninfo(app_address(), host=LOOPBACK, port=port)

    yield start
    for child in children:
        stop(child)
    shutil.rmtree(folder)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def test_a_direct_connection_is_accepted_without_a_word() -> None:
    refuse_transaction_pooling(app_address())

    assert not observe(app_address()).pooled


@needs_pgbouncer
@pytest.mark.parametrize("mode", ["transaction", "statement"])
def test_sharing_a_connection_is_refused_even_when_declared(pgbouncer: Proxy, mode: str) -> None:
    address = pgbouncer(mode)

    with pytest.raises(PoolerRefused, match="rows of another"):
        refuse_transaction_pooling(address, accepted="session")


@needs_pgbouncer
def test_a_pool_of_one_connection_is_refused_in_bounded_time(pgbouncer: Proxy) -> None:
    address = pgbouncer("transaction", size=1)

    with pytest.raises(PoolerRefused, match="rows of another"):
        refuse_transaction_pooling(address, accepted="session")


@needs_pgbouncer
def test_session_mode_must_be_declared(pgbouncer: Proxy) -> None:
    address = pgbouncer("session")

    with pytest.raises(PoolerRefused, match="PARVIS_POOLER=session"):
        refuse_transaction_pooling(address, accepted="")
    refuse_transaction_pooling(address, accepted="session")


def test_a_closed_port_is_told_apart_from_a_pooler() -> None:
    address = make_conninfo(app_address(), host=LOOPBACK, port=free_port())

    with pytest.raises(psycopg.OperationalError):
        refuse_transaction_pooling(address)


@needs_pgbouncer
@pytest.mark.parametrize(
    "command",
    [
        ["-c", "import parvis.wsgi"],
        ["-m", "celery", "-A", "parvis.worker", "worker", "--pool", "solo"],
    ],
    ids=["web", "worker"],
)
def test_neither_web_nor_worker_starts_behind_it(pgbouncer: Proxy, command: list[str]) -> None:
    environment = {
        **os.environ,
        "PARVIS_APP_DATABASE_URL": pgbouncer("transaction"),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }

    ended = subprocess.run(
        [sys.executable, *command],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode != 0
    assert "rows of another" in ended.stderr

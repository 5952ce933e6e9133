"""S10: the database's machine is gone, its standby takes over, and the product finds it.

The standby follows over a wire. Shortly before the end the wire carries nothing, as a network
that lags: what the standby does not have then is lost with the machine. A server that waits for
its standby has told nobody of it; one that waits for nobody has.
"""

import random
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg

from faults import bookings, history, world
from faults.bookings import Size
from faults.ground import Ground
from faults.outcome import Outcome, patience
from parvis.backups import Store, environment_of
from parvis.servers import Postgres, free_port


LAG_S = 0.6
MOST_S = 5
JUST_BEFORE_S = 1.0
NAME = "standby"
FOLLOWS = "SELECT sync_state FROM pg_stat_replication WHERE application_name = %s AND state = %s"
OWN = ("synchronous_", "primary_conninfo")  # settings of a pair


def standby_promoted(ground: Ground, *, size: Size, seed: int, mutant: str = "") -> Outcome:
    """S10: lose the machine of the database, again and again; the last time nobody waited."""
    outcome = Outcome("S10", "primary killed, standby promoted", size.required, within_s=10)
    chance = random.Random(seed)
    with world.open_world("9b910") as place:
        with _two_machines(ground) as ports:
            url = f"{ground.database_at(*ports)}?target_session_attrs=read-write&connect_timeout=2"
            with (
                bookings.served(ground, mutant, PARVIS_APP_DATABASE_URL=url),
                bookings.citizens(ground, place, seed=seed, mutant=mutant) as reader,
            ):
                worst = cut_at = lost_at = 0.0
                for number in range(size.faults + 1):
                    is_last = number == size.faults
                    waits = not is_last and mutant != "wait_for_nobody"
                    with _standby(ground, ports, number, waits=waits) as standby:
                        bookings.wait_for_progress(reader, chance.randint(*size.between))
                        cut_at, lost_at = _lose(ground, reader, waits=waits)
                        _store(standby).run("pg_ctl", "promote", "--wait", "-D", standby.data)
                    bookings.wait_for_page(ground, place)
                    worst = max(worst, time.monotonic() - lost_at)
                    since = cut_at if is_last else lost_at - JUST_BEFORE_S
                    outcome.landed += bool(_told_yes(reader, since, lost_at))
                outcome.recovery_s = worst
                unprotected = _told_yes(reader, cut_at, lost_at)
        bookings.judge(outcome, ground)
        _allow(outcome, unprotected)
    return outcome


@contextmanager
def _two_machines(ground: Ground) -> Iterator[tuple[int, int]]:
    """Yield the ports of both; the last primary then serves alone, where the first one did."""
    first = ground.postgres
    try:
        yield first.port, free_port()
    finally:
        world.forget_connections()
        ground.end("database")
        ground.end("wire")
        last, ground.postgres = ground.postgres, first
        if last.data != first.data:
            last.data.rename(first.data)
        _forget_the_pair(first.data)
        ground.start_database()


@contextmanager
def _standby(
    ground: Ground, ports: tuple[int, int], number: int, *, waits: bool
) -> Iterator[Postgres]:
    """Let a copy of the primary follow it; after the block, which promotes it, it is the primary."""
    primary = ground.postgres
    name = primary.data.name.partition("-standby")[0]
    standby = replace(
        primary,
        data=primary.data.with_name(f"{name}-standby-{number}"),
        log=ground.folder / f"postgres-{number}.log",
        port=next(port for port in ports if port != primary.port),
    )
    _copy(ground, standby, ground.start_wire())
    with ExitStack() as started:
        started.enter_context(standby.running(ground.secrets["superuser_password"]))
        _follow(ground, waits=waits)
        yield standby
        ground.hand_over_to(standby, started.pop_all())
    shutil.rmtree(primary.data)


def _copy(ground: Ground, standby: Postgres, wire: int) -> None:
    """Copy the primary over the wire, and tell the copy whom to follow."""
    shutil.rmtree(standby.data, ignore_errors=True)
    store = _store(standby)
    store.folder(standby.data)
    source = replace(ground.postgres, port=wire).superuser_url(dict(ground.secrets))
    store.run(
        "pg_basebackup",
        *("-D", standby.data, "-d", f"application_name={NAME}", "--write-recovery-conf"),
        *("--checkpoint=fast", "--wal-method=stream", "--no-sync"),
        environment=environment_of(source),
    )
    with (standby.data / "postgresql.auto.conf").open("a") as settings:
        settings.write("synchronous_standby_names = ''\n")  # once promoted, it is alone


def _follow(ground: Ground, *, waits: bool) -> None:
    """Wait until the standby follows; from then on, let commits wait for it, or for nobody."""
    url = ground.postgres.superuser_url(dict(ground.secrets))
    with (
        psycopg.connect(url, autocommit=True) as primary,
        patience(30, "the standby does not follow") as limit,
    ):
        while not primary.execute(FOLLOWS, [NAME, "streaming"]).fetchone():
            limit.wait()
        names = NAME if waits else ""
        primary.execute("ALTER SYSTEM SET synchronous_commit = 'remote_apply'")
        primary.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        primary.execute("SELECT pg_reload_conf()")
        wanted = ("sync" if waits else "async",)
        while primary.execute(FOLLOWS, [NAME, "streaming"]).fetchone() != wanted:
            limit.wait()


def _lose(ground: Ground, reader: history.Reader, *, waits: bool) -> tuple[float, float]:
    """Cut the wire, then lose the machine and all that is on the wire; return both moments."""
    with ground.cut():
        cut_at = time.monotonic()
        until = cut_at + (LAG_S if waits else MOST_S)
        while time.monotonic() < until and not _told_yes(reader, cut_at, until):
            time.sleep(0.005)
        lost_at = time.monotonic()
        ground.lose_database()
        ground.end("wire")
    return cut_at, lost_at


def _told_yes(reader: history.Reader, since: float, until: float) -> set[str]:
    """Name those who were told yes between two moments."""
    return {
        str(each["op"])
        for each in reader.read()
        if each["event"] == "ok" and since < each["t"] <= until
    }


def _allow(outcome: Outcome, unprotected: set[str]) -> None:
    """Report what was lost when nobody waited, and do not count it as a promise broken."""
    lost = {f"I1 lost: citoyen-{op}@example.org was" for op in unprotected}
    found = [line for line in outcome.broken if line.startswith(tuple(lost))]
    outcome.broken = [line for line in outcome.broken if line not in found]
    outcome.facts.append(
        f"a primary that waits for nobody: {len(found)} lost"
        f" of {len(unprotected)} confirmed since its standby heard nothing"
    )


def _forget_the_pair(data: Path) -> None:
    settings = data / "postgresql.auto.conf"
    lines = settings.read_text().splitlines(keepends=True)
    settings.write_text("".join(line for line in lines if not line.startswith(OWN)))


def _store(server: Postgres) -> Store:
    return Store(server.data.parent, server.programs, server.identity)

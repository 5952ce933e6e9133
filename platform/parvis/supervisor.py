"""The demo in one process: servers, database, web, worker, scheduler, until Ctrl-C.

::

    platform/bin/demo           prepare what is missing, serve, stop everything
    platform/bin/demo reset     stop a running demo of this folder and delete its data

No child survives this process, even one that is killed outright (see ``processes``).
"""

import fcntl
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from parvis import database
from parvis.home import SOURCE, Trouble, announce, home, is_alive, open_home, withdraw
from parvis.processes import (
    STOPPED,
    Child,
    Stopped,
    dies_with,
    spawn,
    stop,
    stop_on_signals,
    wait_until,
)
from parvis.servers import LOOPBACK, delete_data, free_port, servers
from parvis.stand_ins import coordination, identities


SEED = "33"
STORY: Sequence[Sequence[str]] = [("demo_load", "--seed", SEED)]  # what a first start writes
COLLECT = ("collectstatic", "--noinput", "--verbosity", "0", "--skip-checks")
FIRST_PAGE_S = 60
COMMAND_S = 900
STOP_S = 60
LIVE = (
    *("granian", "--interface", "asgi", "--workers", "1", "--no-ws", "--http", "1"),
    *("--backlog", "4096", "--backpressure", "8192", "--workers-kill-timeout", "1"),
    *("--respawn-failed-workers", "--log-level", "warning"),
)
# Celery may end when its broker dies instead of waiting for it, and pages that do not follow by
# themselves ask again: the site goes on meanwhile. What ends sooner than this has a reason.
STARTED_AGAIN = {"worker", "scheduler", "live", "coordination", "identities", "receiver"}
LIVED_S = 10.0
PARTS = {
    "web": (
        *("granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "2"),
        *("--no-ws", "--workers-kill-timeout", "5", "--respawn-failed-workers"),
        *("--log-level", "warning", "--host", LOOPBACK, "parvis.wsgi:application"),
    ),
    "worker": (
        *("celery", "-A", "parvis.worker", "worker", "--concurrency", "2"),
        *("--loglevel", "WARNING", "--without-mingle", "--without-gossip"),
    ),
    "scheduler": ("celery", "-A", "parvis.worker", "beat", "--loglevel", "WARNING"),
    "live": (*LIVE, "--host", LOOPBACK, "parvis.live_server:application"),
    "receiver": ("parvis", "demo_receiver"),  # somebody else's program, told by webhook
}


def main() -> None:
    """Serve, or start over, as the command line says."""
    stop_on_signals()
    if "MAKELEVEL" in os.environ:
        dies_with(os.getppid(), signal.SIGTERM)()  # make was killed outright: stop as well
    try:
        match sys.argv[1:]:
            case []:
                demo(home())
            case ["reset"]:
                reset(home())
            case _:
                sys.exit("usage: demo [reset]")
    except Trouble as trouble:
        sys.exit(f"parvis: {trouble}")
    except Stopped:
        say("Parvis is stopped.")
        sys.exit(STOPPED)


def demo(folder: Path) -> None:
    """Serve the demo from this folder until stopped.

    Raises:
        Trouble: something that a person must put right prevents it.
    """
    started = time.monotonic()
    port = read_port()
    open_home(folder)
    with only_one(folder):
        refuse_taken_port(port)
        say("Starting PostgreSQL and Valkey…")
        with servers(folder, durable=True, archive=True) as found:
            environment = found | {
                "PARVIS_HOME": str(folder),
                "PARVIS_PORT": str(port),
                "PARVIS_LIVE_PORT": str(port_beside(port)),
                "PARVIS_DEMO": "1",
                "PARVIS_DEMO_RECEIVER": f"http://{LOOPBACK}:{free_port()}/avis",
                "PARVIS_SCHEME": os.environ.get("PARVIS_SCHEME", "http"),
                "PARVIS_BASE_DOMAIN": os.environ.get("PARVIS_BASE_DOMAIN", "localhost"),
            }
            with (
                coordination(folder) as (stand_ins, known),
                identities(folder, environment) as (more, known_too),
            ):
                environment |= known | known_too
                prepare(folder, environment)
                with serving(folder, environment, port, [*stand_ins, *more]) as children:
                    announce(folder, environment)
                    try:
                        with suppress(Stopped):
                            welcome(folder, environment, port, time.monotonic() - started)
                            watch(children)
                    finally:
                        withdraw(folder)
    say("Parvis is stopped.")


def reset(folder: Path) -> None:
    """Stop a demo that runs from this folder, then delete what it stored.

    Raises:
        Trouble: it does not stop.
    """
    with suppress(OSError, ValueError):
        pid = int((folder / "lock").read_text())
        if _is_locked(folder) and is_alive(pid):
            os.kill(pid, signal.SIGTERM)
            if not wait_until(lambda: not _is_locked(folder), seconds=STOP_S):
                raise Trouble(f"The demo (process {pid}) does not stop.")
    delete_data(folder)
    say(f"{folder} is deleted: the next `make demo` starts over.")
    if "DATABASE_URL" in os.environ:
        say("The database of DATABASE_URL is yours and was left alone: drop and create it anew.")


def prepare(folder: Path, environment: Mapping[str, str]) -> None:
    """Bring the database, the static files and the demo to what the code expects."""
    say("Preparing the database…")
    run("migrate", "--verbosity", "0", "--skip-checks", environment=environment)
    if not (folder / "static").exists():
        (folder / "static.stamp").unlink(missing_ok=True)
    _once(
        folder / "static.stamp",
        _fingerprint_of_static_files(),
        lambda: run(*COLLECT, environment=environment),
    )
    _once(folder / "demo.stamp", _identity_of_database(environment), lambda: _load(environment))


@contextmanager
def serving(
    folder: Path, environment: Mapping[str, str], port: int, others: Sequence[Child] = ()
) -> Iterator[list[Child]]:
    """Run web, worker, scheduler and live pages for as long as the block lasts.

    ``others`` run already and are watched with them.
    """
    logs = folder / "logs"
    logs.mkdir(exist_ok=True)
    # The serving processes never see the owner's address: they only have the restricted role.
    hidden = {"DATABASE_URL", "PARVIS_BACKUP_DATABASE_URL"}
    inherited = {k: v for k, v in (os.environ | environment).items() if k not in hidden}
    children: list[Child] = []
    try:
        for name, (program, *arguments) in PARTS.items():
            log = logs / f"{name}.log"
            log.write_text("")
            extra = {
                "web": ["--port", str(port)],
                "live": ["--port", environment["PARVIS_LIVE_PORT"]],
                "scheduler": ["--schedule", str(folder / "schedule"), "--pidfile="],
            }.get(name, [])
            children.append(
                spawn(
                    [_program(program), *arguments, *extra],
                    name=name,
                    environment=inherited,
                    log=log,
                    cwd=folder,
                    # Without its queue it would wait for it, and not for us.
                    orphaned=signal.SIGKILL if name == "worker" else None,
                )
            )
        children.extend(others)
        _wait_for_first_page(children, port, environment["PARVIS_BASE_DOMAIN"])
        yield children
    finally:
        for child in children:
            child.process.terminate()
        for child in children:
            stop(child)


def watch(children: list[Child]) -> None:
    """Start again what the site can do without for a while; wait until another part ends.

    Raises:
        Trouble: always, naming the part and its last words.
    """
    began = dict.fromkeys([child.name for child in children], time.monotonic())
    while True:
        for place, child in enumerate(children):
            if child.is_running():
                continue
            if child.name not in STARTED_AGAIN or time.monotonic() - began[child.name] < LIVED_S:
                raise Trouble(_ended(child))
            say(f"The {child.name} ended by itself and is started again.")
            children[place], began[child.name] = child.again(), time.monotonic()
        time.sleep(0.5)


def welcome(folder: Path, environment: Mapping[str, str], port: int, seconds: float) -> None:
    """Print where to look and who one can be."""
    scheme, domain = environment["PARVIS_SCHEME"], environment["PARVIS_BASE_DOMAIN"]
    say(f"\nParvis is ready ({seconds:.1f} s).\n")
    run("demo_accounts", "--skip-checks", environment=environment)
    say(f"\nSites:       {scheme}://{domain}:{port}/ and the addresses above")
    say(f"Staff login: {scheme}://connexion.{domain}:{port}/")
    say("Sent mail:   /demo/outbox/ on each site: nothing leaves this machine")
    say(f"Logs:        {folder / 'logs'}")
    say("\nCtrl-C stops everything.\n")


def run(*command: str, environment: Mapping[str, str]) -> None:
    """Run one management command.

    Raises:
        Trouble: it failed; its own words are above.
    """
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "parvis", *command],
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        preexec_fn=dies_with(os.getpid(), signal.SIGTERM),
    )
    try:
        code = process.wait(COMMAND_S)
    except subprocess.TimeoutExpired as error:
        raise Trouble(f"`parvis {command[0]}` took more than {COMMAND_S} s.") from error
    finally:
        if process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
    if code:
        raise Trouble(f"`parvis {' '.join(command)}` failed (code {code}): see above.")


def read_port() -> int:
    """Read ``PARVIS_PORT``.

    Raises:
        Trouble: it is no port number.
    """
    text = os.environ.get("PARVIS_PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:  # noqa: PLR2004 - ports are 16 bits
        raise Trouble(f"PARVIS_PORT={text} is not a port number (1 to 65535).")
    return int(text)


def refuse_taken_port(port: int) -> None:
    """Check that the port can be listened on.

    Raises:
        Trouble: another program has it, or it is reserved to root.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise Trouble(
                f"Port {port} cannot be used ({error.strerror}): "
                f"choose another one, for example PARVIS_PORT={port % 60000 + 1001} make demo"
            ) from error


def port_beside(port: int) -> int:
    """Choose the port of live pages: the next one, or any that is free."""
    try:
        refuse_taken_port(port + 1)
    except (Trouble, OverflowError):
        return free_port()
    return port + 1


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder: two demos on the same data would ruin it.

    Raises:
        Trouble: another one runs.
    """
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Trouble(
                f"A demo already runs from {folder}: stop it, or choose another PARVIS_HOME."
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def say(line: str) -> None:
    """Print a line now, also into a pipe whose reader is gone."""
    with suppress(BrokenPipeError):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def _load(environment: Mapping[str, str]) -> None:
    say("Loading the demo (once; a minute or two)…")
    for command in STORY:
        run(*command, "--skip-checks", environment=environment)


def _wait_for_first_page(children: list[Child], port: int, base_domain: str) -> None:
    def answers() -> bool:
        for child in children:
            if not child.is_running():
                raise Trouble(_ended(child))
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
        try:
            connection.request("GET", "/", headers={"Host": f"{base_domain}:{port}"})
            return connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    if not wait_until(answers, seconds=FIRST_PAGE_S, pause_s=0.1):
        raise Trouble(
            f"No page within {FIRST_PAGE_S} s; the web server said:\n{children[0].last_words()}"
        )


def _ended(child: Child) -> str:
    return (
        f"The {child.name} ended by itself (code {child.process.returncode}); "
        f"its last words, from {child.log}:\n{child.last_words()}"
    )


def _once(stamp: Path, wanted: str, act: Callable[[], None]) -> None:
    """Act unless it was done to its end for the same thing."""
    if stamp.exists() and stamp.read_text() == wanted:
        return
    act()
    stamp.write_text(wanted)


def _fingerprint_of_static_files() -> str:
    seen = hashlib.sha256((SOURCE / "requirements.lock").read_bytes())
    for static in [SOURCE / "platform" / "parvis" / "static", *SOURCE.glob("*/static")]:
        for path in sorted(static.rglob("*")):
            seen.update(f"{path}{path.stat().st_size}{path.stat().st_mtime_ns}".encode())
    return seen.hexdigest()


def _identity_of_database(environment: Mapping[str, str]) -> str:
    """Tell one database from another, a dropped and recreated one included."""
    with database.connect(environment["DATABASE_URL"]) as connection:
        found = connection.execute(
            "SELECT (SELECT system_identifier FROM pg_control_system()), oid"
            " FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    return f"{SEED} {found}"


def _program(name: str) -> Path:
    return Path(sys.executable).parent / name


def _is_locked(folder: Path) -> bool:
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


if __name__ == "__main__":
    main()

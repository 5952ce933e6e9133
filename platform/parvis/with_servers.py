"""Run one command beside PostgreSQL and Valkey: ``platform/bin/with-servers pytest``.

::

    with-servers COMMAND…   start throw-away servers, run the command, stop and delete everything
    with-servers --keep     leave servers running in the background; prints their environment
    with-servers --stop     stop those, and delete their data

The command finds the servers in its environment (``DATABASE_URL``, ``REDIS_URL``, secrets). Its
exit code becomes ours.
"""

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from parvis.home import Trouble, announce, home, is_alive, open_home, running, withdraw
from parvis.processes import STOPPED, Stopped, dies_with, stop_on_signals, wait_until
from parvis.servers import delete_data, servers


KEPT_HOURS = 6
STOP_S = 40
USAGE = "usage: with-servers COMMAND… | --keep | --stop"


def main() -> None:
    """Do what the command line says, and exit with the command's own code."""
    stop_on_signals()
    try:
        sys.exit(_dispatch(sys.argv[1:]))
    except Trouble as trouble:
        sys.exit(f"parvis: {trouble}")
    except Stopped:
        sys.exit(STOPPED)


def run(command: Sequence[str]) -> int:
    """Run a command beside throw-away servers and return its exit code."""
    with _throw_away_folder() as folder, servers(folder, durable=False) as environment:
        # Same session as ours: the command keeps the terminal, and Ctrl-C reaches it first.
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment, "PARVIS_HOME": str(folder)},
            preexec_fn=dies_with(os.getpid(), signal.SIGTERM),
        )
        try:
            return process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(10)


def keep(folder: Path) -> Mapping[str, str]:
    """Leave servers running in the background for some hours; return their environment.

    Raises:
        Trouble: they did not start.
    """
    open_home(folder)
    if not running(folder):
        with (folder / "keep.log").open("wb") as log:
            subprocess.Popen(
                [sys.executable, "-P", "-m", "parvis.with_servers", "--hold", str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if not wait_until(lambda: bool(running(folder)), seconds=60):
            raise Trouble((folder / "keep.log").read_text() or "the servers did not start.")
    return {name: value for name, value in running(folder).items() if name != "pid"}


def hold(folder: Path) -> None:
    """Keep servers running until told to stop, or until nobody can still need them."""
    with servers(folder, durable=False) as environment:
        announce(folder, {**environment, "PARVIS_HOME": str(folder)})
        try:
            time.sleep(KEPT_HOURS * 3600)
        finally:
            withdraw(folder)


def end(folder: Path) -> None:
    """Stop the kept servers and delete their data.

    Raises:
        Trouble: they do not stop.
    """
    if kept := running(folder):
        pid = int(kept["pid"])
        os.kill(pid, signal.SIGTERM)
        if not wait_until(lambda: not is_alive(pid), seconds=STOP_S):
            raise Trouble(f"process {pid} does not stop.")
    delete_data(folder)


def _dispatch(arguments: list[str]) -> int:
    match arguments:
        case ["--keep"]:
            for name, value in keep(_kept_folder()).items():
                sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
        case ["--hold", folder]:
            hold(Path(folder))
        case ["--stop"]:
            end(_kept_folder())
        case [] | ["-h" | "--help"]:
            sys.stdout.write(f"{USAGE}\n")
        case command:
            return run(command)
    return 0


def _kept_folder() -> Path:
    if "PARVIS_HOME" in os.environ:
        return home()
    return Path(tempfile.gettempdir()) / f"parvis-dev-{os.getuid()}"


@contextmanager
def _throw_away_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="parvis-"))
    folder.chmod(0o711)  # root's PostgreSQL runs as somebody else, who must pass through
    try:
        yield folder
    finally:
        delete_data(folder)


if __name__ == "__main__":
    main()

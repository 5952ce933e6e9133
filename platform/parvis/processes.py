"""Child processes that never outlive the process which started them."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TypedDict


PR_SET_PDEATHSIG = 1
LAST_LINES = 15
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOPPED = 130  # the exit code of a program ended from the keyboard


@dataclass(frozen=True, slots=True)
class Identity:
    """The system account a child runs as."""

    user: int
    group: int


@dataclass(frozen=True, slots=True)
class Child:
    """A running child, how to ask it to stop, and where it writes."""

    name: str
    process: subprocess.Popen[bytes]
    farewell: signal.Signals
    log: Path | None
    again: Callable[[], "Child"]
    """Starts another one, as this one was started."""

    def is_running(self) -> bool:
        """Say whether the process is still there."""
        return self.process.poll() is None

    def tell(self, text: str) -> None:
        """Write to its standard input, opened as a pipe, and close it."""
        if self.process.stdin:
            with self.process.stdin as pipe:
                pipe.write(text.encode())

    def last_words(self) -> str:
        """Return the end of its log."""
        if self.log is None or not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LAST_LINES:])


class Stopped(BaseException):
    """Somebody asked this process to stop: unwinds everything, stopping what was started."""


def stop_on_signals() -> None:
    """Turn Ctrl-C, a closed terminal and a polite kill into ``Stopped``, once."""

    def unwind(number: int, _frame: FrameType | None) -> None:
        for again in STOP_SIGNALS:
            signal.signal(again, signal.SIG_IGN)  # what follows must be allowed to finish
        raise Stopped(signal.Signals(number).name)

    for number in STOP_SIGNALS:
        signal.signal(number, unwind)


def spawn(
    command: Sequence[str | Path],
    *,
    name: str,
    environment: Mapping[str, str] | None = None,
    log: Path | None = None,
    identity: Identity | None = None,
    farewell: signal.Signals = signal.SIGTERM,
    orphaned: signal.Signals | None = None,
    stdin: int = subprocess.DEVNULL,
    cwd: Path | None = None,
) -> Child:
    """Start a child in its own session; it receives ``farewell`` if this process dies.

    ``orphaned`` is another signal for that case, where nobody is left to insist.
    Its own session keeps Ctrl-C in the terminal for this process, which then stops its children
    in the right order. Call it from the main thread: Linux ties the link to the calling thread.
    """
    output = log.open("ab") if log else None
    try:
        process = subprocess.Popen(
            [str(word) for word in command],
            env=dict(environment) if environment is not None else None,
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            cwd=cwd,
            start_new_session=True,
            # It runs after the change of user, which would undo the link.
            preexec_fn=dies_with(os.getpid(), orphaned or farewell),
            **as_user(identity),
        )
    finally:
        if output:
            output.close()
    again = partial(
        spawn,
        command,
        name=name,
        environment=environment,
        log=log,
        identity=identity,
        farewell=farewell,
        orphaned=orphaned,
        stdin=stdin,
        cwd=cwd,
    )
    return Child(name=name, process=process, farewell=farewell, log=log, again=again)


def stop(child: Child, *, patience_s: float = 10) -> None:
    """Ask a child to stop, wait, then end whatever is left of its session."""
    if child.is_running():
        _signal(child.process.pid, child.farewell)
        try:
            child.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            _signal_session(child.process.pid, signal.SIGKILL)
            child.process.wait(patience_s)
    _signal_session(child.process.pid, signal.SIGKILL)


def dies_with(parent: int, farewell: signal.Signals) -> Callable[[], None]:
    """Build what a child runs before its program so that it ends when ``parent`` does.

    Linux only; elsewhere the child survives a parent that was killed outright.
    """
    if not sys.platform.startswith("linux"):
        return lambda: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def link() -> None:
        prctl(PR_SET_PDEATHSIG, int(farewell), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return link


class UserArguments(TypedDict, total=False):
    """The arguments of ``subprocess`` that change the user."""

    user: int
    group: int
    extra_groups: list[int]


def as_user(identity: Identity | None) -> UserArguments:
    """Translate an identity into arguments of ``subprocess``."""
    if identity is None:
        return {}
    return {"user": identity.user, "group": identity.group, "extra_groups": []}


def wait_until(condition: Callable[[], bool], *, seconds: float, pause_s: float = 0.05) -> bool:
    """Wait for a condition, and say whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause_s)
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _signal_session(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return

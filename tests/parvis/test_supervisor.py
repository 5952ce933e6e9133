"""The demo starts, serves, stops, and explains itself when it cannot."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from parvis import home, supervisor
from parvis.home import Trouble, is_alive
from parvis.processes import spawn, stop, wait_until
from parvis.servers import LOOPBACK, free_port


FIRST_START_S = 300
SECOND_START_S = 10
# Coverage measures the supervisor, and not what it starts: that would slow everything down.
# One commune is enough here: the journeys load the whole story with the same command.
DEMO = """
import os
for name in [name for name in os.environ if name.startswith("COVERAGE_")]:
    del os.environ[name]
from parvis import supervisor
supervisor.STORY = [("import_communes",), ("create_commune", "--insee", "33314")]
supervisor.main()
"""


@contextmanager
def demo(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run the demo from a folder, and see to it that it ends."""
    hidden = {"DATABASE_URL", "REDIS_URL", "PARVIS_APP_DATABASE_URL", "MAKELEVEL"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {
        "PARVIS_HOME": str(folder),
        "PARVIS_PORT": str(port),
        "PYTHONPATH": os.pathsep.join([str(home.SOURCE), str(home.SOURCE / "platform")]),
    }
    folder.mkdir(exist_ok=True)
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", DEMO],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def status(port: int, host: str) -> int:
    """Ask for the home page of a host; 0 when nobody answers."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        connection.request("GET", "/", headers={"Host": f"{host}:{port}"})
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def descendants(pid: int) -> list[int]:
    """List the processes started by a process, directly or not."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(child) for child in children.read_text().split()] if children.exists() else []
    return found + [deeper for child in found for deeper in descendants(child)]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_demo_serves_a_commune_survives_a_kill_and_starts_again_quickly(
    tmp_path: Path,
) -> None:
    folder, port = tmp_path / "home", free_port()

    with demo(folder, port) as first:
        ready = wait_until(
            lambda: first.poll() is not None or bool(home.running(folder)), seconds=FIRST_START_S
        )
        assert ready, (folder / "output").read_text()
        assert status(port, "pauillac.localhost") == 200, (folder / "output").read_text()
        family = descendants(first.pid)
        first.kill()
        first.wait(10)
        assert len(family) > 6
        assert wait_until(lambda: not any(is_alive(pid) for pid in family), seconds=60)

    started = time.monotonic()
    with demo(folder, port) as second:
        assert wait_until(
            lambda: status(port, "pauillac.localhost") == 200, seconds=FIRST_START_S
        ), (folder / "output").read_text()
        took_s = time.monotonic() - started
        assert wait_until(lambda: bool(home.running(folder)), seconds=30)
        family = descendants(second.pid)
        second.send_signal(signal.SIGINT)
        assert second.wait(60) == 0
        assert not any(is_alive(pid) for pid in family)
    assert "stopped" in (folder / "output").read_text()
    supervisor.reset(folder)
    assert not folder.exists()
    # Twice the target: the other half of the suite runs on the same two cores.
    assert took_s < 2 * SECOND_START_S


@pytest.mark.parametrize("text", ["http", "0", "65536", "-1", "80 80"])
def test_a_port_that_is_no_port_is_refused(monkeypatch, text: str) -> None:
    monkeypatch.setenv("PARVIS_PORT", text)

    with pytest.raises(Trouble, match="not a port"):
        supervisor.read_port()


def test_a_taken_port_ends_the_start_with_one_line_and_a_proposal(tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        with demo(tmp_path / "home", port) as process:
            assert process.wait(30) == 1

    lines = (tmp_path / "home" / "output").read_text().splitlines()
    assert len(lines) == 1
    assert f"Port {port}" in lines[0]
    assert "PARVIS_PORT=" in lines[0]


def test_live_pages_have_the_next_port_or_another_that_is_free() -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1] - 1

        assert supervisor.port_beside(port) not in {port, port + 1}
    assert supervisor.port_beside(65535) != 65536


def test_two_demos_cannot_share_their_data(tmp_path: Path) -> None:
    with (
        supervisor.only_one(tmp_path),
        pytest.raises(Trouble, match="already runs"),
        supervisor.only_one(tmp_path),
    ):
        pass


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(Trouble, match="PARVIS_HOME"):
        home.open_home(tmp_path / "file" / "home")


def test_a_part_that_ends_is_named_with_its_last_words(tmp_path: Path) -> None:
    child = spawn(
        ["sh", "-c", "echo no space left; exit 3"], name="worker", log=tmp_path / "worker.log"
    )

    with pytest.raises(Trouble, match="worker ended") as trouble:
        supervisor.watch([child])
    stop(child)

    assert "no space left" in str(trouble.value)


@pytest.mark.parametrize("name", ["worker", "live"])
def test_a_part_that_the_site_can_do_without_is_started_again(
    tmp_path: Path, monkeypatch, capsys, name: str
) -> None:
    monkeypatch.setattr(supervisor, "LIVED_S", 1.2)
    end = tmp_path / "end"
    # It lives longer than that the first time, and ends at once the second time.
    script = f"[ -e {end} ] && exit 3; touch {end}; sleep 1.4; exit 4"
    children = [spawn(["sh", "-c", script], name=name, log=tmp_path / "log")]

    with pytest.raises(Trouble, match="code 3"):
        supervisor.watch(children)
    stop(children[0])

    assert "started again" in capsys.readouterr().out


def test_a_part_that_does_not_listen_is_ended_all_the_same(tmp_path: Path) -> None:
    child = spawn(["sh", "-c", "trap '' TERM; sleep 60 & wait; wait"], name="deaf")
    time.sleep(0.3)
    family = [child.process.pid, *descendants(child.process.pid)]

    stop(child, patience_s=0.5)

    assert wait_until(lambda: not any(is_alive(pid) for pid in family), seconds=10)


def test_a_failing_command_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="no_such_command"):
        supervisor.run("no_such_command", environment={"PARVIS_HOME": str(tmp_path)})


def test_another_terminal_finds_the_running_demo_and_only_that(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PARVIS_HOME", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("PARVIS_APP_DATABASE_URL", raising=False)

    home.announce(tmp_path, {"DATABASE_URL": "postgresql://here/parvis"})
    home.join_running()
    found = os.environ["DATABASE_URL"]
    monkeypatch.delenv("DATABASE_URL")
    home.withdraw(tmp_path)
    home.join_running()

    assert found == "postgresql://here/parvis"
    assert "DATABASE_URL" not in os.environ

"""Embedded servers start, answer, keep to themselves, and leave nothing behind."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis
from django.core.management import CommandError, call_command

from parvis import database, home
from parvis.home import Trouble, is_alive
from parvis.processes import wait_until
from parvis.servers import LOOPBACK, delete_data, free_port, servers
from tests.parvis.places import app_address, owner_address


SOURCE = home.SOURCE
OWN_SERVERS = ("DATABASE_URL", "REDIS_URL", "PARVIS_APP_DATABASE_URL", "PARVIS_HOME")


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the servers that the suite itself runs beside."""
    for name in OWN_SERVERS:
        monkeypatch.delenv(name, raising=False)


def with_servers(*command: str, **options: object) -> subprocess.Popen[str]:
    environment = {k: v for k, v in os.environ.items() if k not in OWN_SERVERS}
    return subprocess.Popen(
        [SOURCE / "platform" / "bin" / "with-servers", *command],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def servers_of(folder: str) -> list[int]:
    """Find the processes that work in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            place = (process / "cwd").readlink()
            if folder in (process / "cmdline").read_text() or folder in str(place):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def test_both_servers_answer_and_keep_their_data(alone: None, tmp_path: Path) -> None:
    folder = tmp_path / "home"
    with servers(folder, durable=True) as environment:
        with psycopg.connect(environment["DATABASE_URL"]) as connection:
            connection.execute("CREATE TABLE kept (what text)")
        with redis.Redis.from_url(environment["REDIS_URL"]) as client:
            assert client.ping()

    with (
        servers(folder, durable=True) as environment,
        psycopg.connect(environment["DATABASE_URL"]) as connection,
    ):
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)

    assert servers_of(str(folder)) == []
    delete_data(folder)
    assert not folder.exists()


def test_a_folder_that_other_users_cannot_enter_still_works(alone: None, tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)

    with (
        servers(private / "home", durable=False) as environment,
        database.connect(environment["DATABASE_URL"]) as connection,
    ):
        assert connection.info.server_version > 0

    delete_data(private / "home")


def test_strangers_are_refused(alone: None, tmp_path: Path) -> None:
    with servers(tmp_path / "home", durable=False) as environment:
        port = psycopg.conninfo.conninfo_to_dict(environment["DATABASE_URL"])["port"]
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=LOOPBACK, port=port, user="postgres", dbname="postgres")
        stranger = redis.Redis.from_url(f"redis://{environment['REDIS_URL'].rpartition('@')[2]}")
        with stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
    delete_data(tmp_path / "home")


def test_secrets_are_drawn_once_and_for_their_owner_only(tmp_path: Path) -> None:
    first = home.keep_secrets(tmp_path)

    assert home.keep_secrets(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_damaged_secrets_are_reported_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{half")

    with pytest.raises(Trouble, match="demo-reset"):
        home.keep_secrets(tmp_path)


def test_lost_passwords_are_explained(alone: None, tmp_path: Path) -> None:
    folder = tmp_path / "home"
    with servers(folder, durable=False):
        pass
    (folder / "secrets.json").unlink()

    with pytest.raises(Trouble, match="demo-reset"), servers(folder, durable=False):
        pass

    delete_data(folder)


def test_existing_servers_are_used_instead(alone: None, monkeypatch, tmp_path: Path) -> None:
    folder = tmp_path / "home"
    with servers(folder, durable=False) as environment:
        monkeypatch.setenv("DATABASE_URL", environment["DATABASE_URL"])
        monkeypatch.setenv("REDIS_URL", environment["REDIS_URL"])

        with servers(tmp_path / "other", durable=False) as reused:
            assert reused["DATABASE_URL"] == environment["DATABASE_URL"]
            assert not (tmp_path / "other" / "postgres").exists()
            database.connect(reused["PARVIS_APP_DATABASE_URL"]).close()
    delete_data(folder)


def test_a_dead_database_address_is_one_clear_line(alone: None, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://me:secret@{LOOPBACK}:{free_port()}/x")

    with pytest.raises(Trouble) as trouble, servers(tmp_path / "home", durable=False):
        pass

    assert "does not answer" in str(trouble.value)
    assert "secret" not in str(trouble.value)


def test_preparing_a_database_again_changes_nothing() -> None:
    database.prepare(owner_address())
    database.prepare(owner_address(), app_password=database.password_in(app_address()))

    database.connect(app_address()).close()


def test_the_serving_role_can_become_the_shared_role_but_has_no_right_of_its_own() -> None:
    with psycopg.connect(app_address()) as connection:
        assert connection.execute(
            "SELECT pg_has_role('t_public', 'SET'), pg_has_role('t_public', 'USAGE')"
        ).fetchone() == (True, False)


def test_a_role_that_may_not_create_roles_is_told_what_it_lacks() -> None:
    with psycopg.connect(owner_address(), autocommit=True) as connection:
        connection.execute("CREATE ROLE modest LOGIN PASSWORD 'only for this test'")
        try:
            with pytest.raises(Trouble, match="CREATEROLE"):
                database.prepare(
                    database.as_role(owner_address(), role="modest", password="only for this test")
                )
        finally:
            connection.execute("DROP ROLE modest")


def test_the_exit_code_of_the_command_is_kept() -> None:
    process = with_servers("sh", "-c", 'echo "$PARVIS_HOME"; exit 7')
    output, _errors = process.communicate(timeout=60)

    assert process.returncode == 7
    assert not Path(output.strip()).exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_survives_the_end_of_the_runner(number: signal.Signals) -> None:
    process = with_servers("sh", "-c", 'echo "$PARVIS_HOME"; exec sleep 300')
    assert process.stdout
    folder = process.stdout.readline().strip()
    running = servers_of(folder)

    process.send_signal(number)
    process.wait(30)

    assert len(running) > 2
    assert wait_until(lambda: not any(is_alive(pid) for pid in running), seconds=20)
    assert servers_of(folder) == []
    process.communicate(timeout=10)
    delete_data(Path(folder))


def test_servers_can_be_kept_for_a_while_and_found_again(tmp_path: Path) -> None:
    hidden = {*OWN_SERVERS} - {"PARVIS_HOME"}
    environment = {k: v for k, v in os.environ.items() if k not in hidden}
    environment["PARVIS_HOME"] = str(tmp_path / "kept")

    def ask(option: str) -> str:
        return subprocess.run(
            [SOURCE / "platform" / "bin" / "with-servers", option],
            env=environment,
            capture_output=True,
            text=True,
            timeout=90,
            check=True,
        ).stdout

    try:
        first = ask("--keep")
        again = ask("--keep")
    finally:
        ask("--stop")

    assert "export DATABASE_URL=" in first
    assert again == first
    assert not (tmp_path / "kept").exists()
    assert servers_of(str(tmp_path)) == []


def test_the_command_prepares_the_database_of_the_environment(settings) -> None:
    settings.OWNER_DATABASE_URL = owner_address()
    settings.APP_DATABASE_URL = app_address()

    call_command("setup_database")

    database.connect(app_address()).close()


def test_the_command_says_what_is_wrong_in_one_line(settings) -> None:
    settings.OWNER_DATABASE_URL = f"postgresql://me@{LOOPBACK}:{free_port()}/x"

    with pytest.raises(CommandError, match="does not answer"):
        call_command("setup_database")

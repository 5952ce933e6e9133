"""What is kept can be read again as it was at any instant, and goes when its time is over."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp

import psycopg
import pytest
from django.core.management import CommandError, call_command

from parvis import backups, recovery
from parvis.backups import Store
from parvis.home import Trouble
from parvis.servers import delete_data, servers
from tenants.keeping import in_words, open_store
from tests.parvis.places import owner_address
from tests.parvis.test_servers import OWN_SERVERS


KEEP, LOSE = 1, 2


class Server:
    """A server of its own that archives, and its store."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.owner = environment["DATABASE_URL"]
        self.dsn = environment["PARVIS_BACKUP_DATABASE_URL"]
        self.root = Path(environment["PARVIS_BACKUPS"])
        self.media = folder / "files"
        found = open_store()
        self.store = replace(found, root=self.root)

    def take(self) -> backups.Backup:
        return backups.take(
            store=self.store, dsn=self.dsn, media=self.media, release="tests", durable=False
        )

    def past(self, backup: backups.Backup, at: datetime):
        return recovery.past(
            store=self.store,
            backup=backup,
            at=at,
            user="parvis",
            database="parvis",
            restore_command=self.store.restore_command,
        )

    def tell(self, statement: str) -> datetime:
        with psycopg.connect(self.owner, autocommit=True) as connection:
            connection.execute(statement)
            return connection.execute("SELECT clock_timestamp()").fetchone()[0]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    folder = Path(mkdtemp(prefix="parvis-"))
    folder.chmod(0o711)
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            for name in OWN_SERVERS:
                patch.delenv(name, raising=False)
            environment = stack.enter_context(servers(folder, durable=False, archive=True))
        made = Server(environment, folder)
        (made.media / "c_33314").mkdir(parents=True)
        (made.media / "c_33314" / "photo.jpg").write_text("as it was")
        made.tell("CREATE TABLE kept (n int)")
        yield made
    delete_data(folder)


def test_an_instant_between_two_writes_is_read_again_and_cannot_be_written(server: Server):
    backup = server.take()
    at = server.tell(f"INSERT INTO kept VALUES ({KEEP})")
    time.sleep(0.05)
    server.tell(f"INSERT INTO kept VALUES ({LOSE})")
    backups.ship(server.dsn)

    with server.past(backups.before(server.store, at), at) as past:
        dsn = past.dsn(user="parvis", database="parvis")
        with psycopg.connect(dsn) as connection:
            rows = connection.execute(
                "SELECT n FROM kept WHERE n IN (%s, %s)", [KEEP, LOSE]
            ).fetchall()
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                connection.execute("INSERT INTO kept VALUES (3)")
        last = past.last_change(user="parvis", database="parvis")

    assert rows == [(KEEP,)]
    assert last <= at
    assert backup.at <= at
    assert list(server.root.glob("scratch-*")) == []
    assert (backup.media(server.store) / "c_33314" / "photo.jpg").read_text() == "as it was"


def test_an_instant_that_the_archive_does_not_reach_is_refused_in_time(server: Server):
    backup = server.take()
    server.tell("INSERT INTO kept VALUES (9)")
    backups.ship(server.dsn)

    with (
        pytest.raises(recovery.OutOfReach, match="recovery target"),
        server.past(backup, datetime.now(UTC) + timedelta(days=1)),
    ):
        pass

    assert list(server.root.glob("scratch-*")) == []


def test_a_damaged_copy_is_found(server: Server):
    backup = server.take()
    victim = next(
        path
        for path in (backup.data(server.store) / "base").rglob("*")
        if path.stat().st_size > 8192
    )
    content = bytearray(victim.read_bytes())
    content[5000] ^= 1
    victim.write_bytes(content)

    with pytest.raises(Trouble, match="checksum mismatch"):
        server.store.run("pg_verifybackup", "--quiet", backup.data(server.store))

    shutil.rmtree(server.root / "base" / backup.stamp)


def test_what_is_too_old_goes_with_its_wal_but_never_the_last(server: Server):
    first, second = server.take(), server.take()
    backups.ship(server.dsn)

    assert backups.expire(store=server.store, now=second.at + backups.KEPT - timedelta(1)) == []
    gone = backups.expire(store=server.store, now=second.at + timedelta(days=400))

    assert first in gone
    assert backups.kept(server.store) == [second]
    assert not first.media(server.store).exists()
    segments = sorted(path.name for path in server.store.wal.glob("0*"))
    assert segments
    assert segments[0][:24] >= second.first_wal


def test_a_segment_is_archived_whole_once_a_backup_exists_and_never_replaced(tmp_path: Path):
    root, segment = tmp_path / "it's kept, 100%", tmp_path / "segment"
    (root / "wal").mkdir(parents=True)
    segment.write_bytes(b"first")
    command = backups.archiving(root, durable=True)["archive_command"]

    def archive() -> int:
        line = command.replace("%p", str(segment)).replace("%f", "0001").replace("%%", "%")
        return subprocess.run(["sh", "-c", line], check=False).returncode

    assert archive() == 0
    assert list((root / "wal").iterdir()) == []
    (root / "on").touch()
    assert archive() == 0
    assert archive() == 0
    segment.write_bytes(b"other")
    assert archive() != 0
    assert [path.name for path in (root / "wal").iterdir()] == ["0001.gz"]


def test_a_backup_and_a_restore_do_not_meet(server: Server):
    with server.store.alone(), pytest.raises(Trouble, match="at work"), server.store.alone():
        pass


def test_a_disk_without_room_is_refused_in_words(tmp_path: Path):
    with pytest.raises(backups.DiskTooSmall) as refusal:
        backups.refuse_small_disk(tmp_path, 10**18)

    said = in_words(refusal.value)
    assert str(tmp_path) in said
    assert "il en faut 1000000000200" in said


def test_a_server_that_does_not_archive_is_refused_before_anything_is_copied(tmp_path: Path):
    store = Store(tmp_path, open_store().programs)

    with pytest.raises(Trouble, match="archive_mode"):
        backups.take(store=store, dsn=owner_address(), media=tmp_path, release="tests")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.owner
@pytest.mark.public
def test_the_command_makes_a_backup_lists_it_and_explains_itself(
    server: Server, settings, capsys, tmp_path: Path, db
):
    settings.BACKUPS, settings.BACKUP_DATABASE_URL = server.root, server.dsn
    settings.MEDIA_ROOT = server.media

    call_command("backup")
    call_command("backup", "--list")
    said = capsys.readouterr().out

    assert "fichiers des communes 1 (" in said
    assert "expire le" in said
    settings.BACKUPS = tmp_path / "none"
    call_command("backup", "--list")
    assert "Aucune sauvegarde" in capsys.readouterr().out
    settings.BACKUP_DATABASE_URL = owner_address()
    with pytest.raises(CommandError, match="archive_mode"):
        call_command("backup")

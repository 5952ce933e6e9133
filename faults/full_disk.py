"""S8: no room left, for the WAL of PostgreSQL, then for the photos of reports.

Both are put on small disks in memory, which the harness fills and frees. Without room for its WAL
PostgreSQL ends itself; nothing else of the product does.
"""

import io
import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import psycopg
from django.conf import settings
from django.utils import timezone
from PIL import Image

from benchmarks.crowd import fields_of, form_with
from faults import bookings, dispatchers, invariants, world
from faults.bookings import Size
from faults.citizens import Browser, NoAnswer
from faults.ground import Ground
from faults.outcome import Outcome, patience
from faults.world import World
from incidents import photos
from incidents.darkroom import RENDITIONS
from incidents.models import Category, Photo, Report
from parvis.backups import Store
from parvis.guard import current_schema


DISK_MB = 40
SEGMENT_MB = 1
FULL = "No space left on device"
CLEAR = ('lang="fr"', "Réessayez dans quelques minutes")
LOST = "n’a pas pu être gardée"
FORM = "/signaler/"


class NotAllowed(Exception):
    """Only root mounts disks."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A report that a citizen sent, and what she was told of its photo."""

    text: str
    is_received: bool
    is_lost: bool


def disks_full(ground: Ground, *, size: Size, seed: int, mutant: str = "") -> Outcome:
    """S8: fill the disk of the WAL during bookings, then that of the photos during reports."""
    outcome = Outcome("S8", f"disk of {DISK_MB} MB full: the WAL, then photos", size.required)
    outcome.within_s = 10
    chance = random.Random(seed)
    with ExitStack() as stack:
        place = stack.enter_context(world.open_world("9b908"))
        Category.objects.create(code="trou", group="Voirie", name="Trou")
        try:
            wal = stack.enter_context(_small_disk(ground, "wal"))
            files = stack.enter_context(_small_disk(ground, "files"))
        except NotAllowed as refusal:
            outcome.not_run = str(refusal)
            return outcome
        stack.enter_context(_wal_on(ground, wal))
        stack.enter_context(bookings.served(ground, mutant))
        with bookings.citizens(ground, place, seed=seed, mutant=mutant) as reader:
            worst = 0.0
            for _number in range(size.faults):
                bookings.wait_for_progress(reader, chance.randint(*size.between))
                outcome.landed += _fill_wal(ground, wal)
                outcome.broken += _says_so(ground, place)
                _free(wal)
                worst = max(worst, bookings.wait_for_page(ground, place))
            outcome.recovery_s = worst
        outcome.broken += _reports(ground, place, files, outcome, size=size, mutant=mutant)
        bookings.judge(outcome, ground)
    return outcome


# --- Disks ------------------------------------------------------------------------------------


@contextmanager
def _small_disk(ground: Ground, name: str) -> Iterator[Path]:
    """Mount a disk in memory, for the account that runs PostgreSQL, or for ourselves.

    Raises:
        NotAllowed: this account may not.
    """
    place = ground.folder / name
    if name == "wal":
        place = ground.postgres.data.with_name(f"{ground.postgres.data.name}-wal")
    place.mkdir(exist_ok=True)
    options = f"size={DISK_MB}m,mode=0700"
    if name == "wal" and (identity := ground.postgres.identity):
        options += f",uid={identity.user},gid={identity.group}"
    words = ["mount", "-t", "tmpfs", "-o", options, "parvis-faults", str(place)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        raise NotAllowed("needs root, to mount a small disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=False)
        with suppress(OSError):  # where others keep their files
            place.rmdir()


@contextmanager
def _wal_on(ground: Ground, disk: Path) -> Iterator[None]:
    """Move the WAL to a disk, in small segments, until the end of the block."""
    home = ground.postgres.data / "pg_wal"
    with _stopped(ground):
        _cut_into_segments(ground, SEGMENT_MB)
        _move(home, disk / "pg_wal")
        home.symlink_to(disk / "pg_wal")
    _set(ground, "min_wal_size = '2MB'", "max_wal_size = '8MB'")
    try:
        yield
    finally:
        _free(disk)
        ground.start_again()
        _set(ground, "min_wal_size = DEFAULT", "max_wal_size = DEFAULT")
        with _stopped(ground):
            home.unlink()
            _move(disk / "pg_wal", home)
            _cut_into_segments(ground, 16)


@contextmanager
def _stopped(ground: Ground) -> Iterator[None]:
    world.forget_connections()
    ground.end("database")
    yield
    ground.start_database()


def _cut_into_segments(ground: Ground, megabytes: int) -> None:
    server = ground.postgres
    store = Store(server.data.parent, server.programs, server.identity)
    store.run("pg_resetwal", f"--wal-segsize={megabytes}", "-D", server.data)


def _move(source: Path, target: Path) -> None:
    subprocess.run(["cp", "--archive", source, target], check=True)
    shutil.rmtree(source)


def _set(ground: Ground, *settings_: str) -> None:
    with psycopg.connect(
        ground.postgres.superuser_url(dict(ground.secrets)), autocommit=True
    ) as it:
        for each in settings_:
            it.execute(f"ALTER SYSTEM SET {each}")
        it.execute("SELECT pg_reload_conf()")


def _fill(disk: Path) -> None:
    """Leave not a byte."""
    for step in (1_000_000, 4096, 1):
        with suppress(OSError), (disk / "ballast").open("ab", buffering=0) as ballast:
            while ballast.write(bytes(step)):
                pass


def _free(disk: Path) -> None:
    (disk / "ballast").unlink(missing_ok=True)


def _fill_wal(ground: Ground, disk: Path) -> bool:
    """Fill the disk of the WAL, use up the segments that are there; say whether that was seen."""
    _fill(disk)
    url = ground.postgres.superuser_url(dict(ground.secrets))
    with suppress(TimeoutError), patience(20, "") as limit:
        while FULL not in ground.postgres.log.read_text(errors="replace"):
            with suppress(psycopg.Error), psycopg.connect(url, autocommit=True) as it:
                it.execute("SELECT pg_switch_wal()")
                it.execute("SELECT pg_logical_emit_message(true, 'faults', 'others write, too')")
            limit.wait()
        return True
    return False


def _says_so(ground: Ground, place: World) -> list[str]:
    """Ask for the slots until a page says that there are none now; it must be clear."""
    browser = Browser(ground.web_port, place.host, "198.18.0.8")
    with suppress(TimeoutError), patience(5, "") as limit:
        while True:
            try:
                browser.ask("GET", place.slots)
            except NoAnswer as fault:
                if str(fault) == "503" and all(words in fault.page for words in CLEAR):
                    return []
                return [f"I11 the full disk is not announced as a pause: {fault}"]
            limit.wait()
    return []  # a server that is quick to come back has no pause to announce


# --- Reports ----------------------------------------------------------------------------------


def _reports(
    ground: Ground, place: World, disk: Path, outcome: Outcome, *, size: Size, mutant: str
) -> list[str]:
    """Send reports with photos, with and without room for them; return what is broken."""
    sent = [_report(ground, place, 0)]
    for number in range(1, size.faults + 1):
        seen = _complaints(ground)
        _fill(disk)
        sent.append(_report(ground, place, number))
        outcome.landed += _complaints(ground) > seen
        if number == 1:
            _develop(place, mutant)  # the first photo waits until there is room
        _free(disk)
    sent.append(_report(ground, place, size.faults + 1))
    broken = _judge_files()
    _develop(place, mutant)
    return broken + _judge_files() + _judge_reports(sent)


def _report(ground: Ground, place: World, number: int) -> Sent:
    """Send a report with a photo, and read the page that follows."""
    browser = Browser(ground.web_port, place.host, f"198.18.8.{number + 1}")
    text = f"Un trou, n° {number}."
    try:
        _status, _location, page = browser.ask("GET", FORM)
        fields = fields_of(form_with(page, 'name="category"'))
        fields |= {"category": "trou", "text": text, "address": "devant l’école"}
        status, location, page = browser.ask("POST", FORM, fields, photo=_photo())
        if status == HTTPStatus.FOUND:
            page = browser.ask("GET", location)[2]
    except NoAnswer:
        return Sent(text, is_received=False, is_lost=True)
    return Sent(text, is_received=status == HTTPStatus.FOUND, is_lost=LOST in page)


def _photo() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((640, 480), 60).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def _complaints(ground: Ground) -> int:
    return (ground.folder / "web.log").read_text(errors="replace").count(FULL)


def _develop(place: World, mutant: str) -> None:
    """Do what the task of the queue does with photos."""

    def work() -> None:
        photos.develop_waiting(now=timezone.now())

    dispatchers.start(place.commune, mutant=mutant, work=work).join(60)


def _judge_reports(sent: list[Sent]) -> list[str]:
    """I1: each report is there once, with its photo or with a word that it is lost."""
    broken = []
    for each in sent:
        found = list(Report.objects.filter(text=each.text))
        if len(found) != each.is_received:
            word = "doubled" if found else "lost"
            broken.append(f"I1 {word}: {len(found)} reports say {each.text}")
        if not each.is_received:
            broken.append(f"I11 a full disk refuses a report: {each.text}")
        ready = Photo.objects.filter(report__in=found, state=Photo.State.READY).count()
        if each.is_received and ready + each.is_lost != 1:
            broken.append(f"I1 lost: {ready} photos of {each.text}, told lost: {each.is_lost}")
    return broken


def _judge_files() -> list[str]:
    """I10: the files are those that rows name."""
    named = {
        f"{photo.name}-{letter}.jpg"
        for photo in Photo.objects.filter(state=Photo.State.READY)
        for letter in RENDITIONS
    } | set(Photo.objects.filter(state=Photo.State.QUARANTINED).values_list("name", flat=True))
    own = Path(settings.MEDIA_ROOT) / current_schema()
    there = {path.name for path in own.rglob("*") if path.is_file()}
    return invariants.files(named, there)

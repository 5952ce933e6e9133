"""Where one installation keeps its data, its secrets and the address of what is running.

Everything lives in one folder, ``PARVIS_HOME``. Nothing here needs Django: the supervisor and
the ``parvis`` command read it before any setting exists.
"""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path


SOURCE = Path(__file__).resolve().parents[2]
SECRETS = "secrets.json"
RUNNING = "running.json"


class Trouble(Exception):
    """Something a person at the terminal must put right; the text is for that person."""


def home() -> Path:
    """Name the data folder: ``PARVIS_HOME``, else ``.parvis`` beside the sources."""
    chosen = os.environ.get("PARVIS_HOME")
    if chosen:
        return Path(chosen).expanduser().resolve()
    return (SOURCE if (SOURCE / "pyproject.toml").exists() else Path.cwd()) / ".parvis"


def open_home(folder: Path) -> Path:
    """Create the data folder if needed and return it.

    Raises:
        Trouble: the folder cannot be created or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".probe"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise Trouble(
            f"Parvis cannot write in {folder} ({error.strerror}): "
            "free some space or choose another folder with PARVIS_HOME."
        ) from error
    return folder


def keep_secrets(folder: Path) -> dict[str, str]:
    """Read the secrets of this installation, drawn once and readable by their owner alone.

    Raises:
        Trouble: the file exists but is damaged.
    """
    path = folder / SECRETS
    known = _read(path)
    wanted = _draw_secrets()
    if not wanted.keys() <= known.keys():
        known = wanted | known
        _write(path, known)
    return known


def announce(folder: Path, environment: Mapping[str, str]) -> None:
    """Let commands typed in another terminal find the servers of this process."""
    _write(folder / RUNNING, {"pid": str(os.getpid()), **environment})


def withdraw(folder: Path) -> None:
    """Forget the servers announced by this process."""
    (folder / RUNNING).unlink(missing_ok=True)


def running(folder: Path) -> dict[str, str]:
    """Read what the live process of this folder announced, its ``pid`` included, or nothing."""
    try:
        announced = _read(folder / RUNNING)
    except Trouble:
        return {}
    return announced if announced and is_alive(int(announced["pid"])) else {}


def join_running() -> None:
    """Give this process the environment of the running installation, unless it has its own."""
    if "DATABASE_URL" in os.environ or "PARVIS_APP_DATABASE_URL" in os.environ:
        return
    announced = running(home())
    announced.pop("pid", None)
    for name, value in announced.items():
        os.environ.setdefault(name, value)


def is_alive(pid: int) -> bool:
    """Say whether a process exists, whoever owns it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _draw_secrets() -> dict[str, str]:
    return {
        "secret_key": secrets.token_urlsafe(48),
        "fernet_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "vapid_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "superuser_password": secrets.token_urlsafe(24),
        "owner_password": secrets.token_urlsafe(24),
        "app_password": secrets.token_urlsafe(24),
        "valkey_password": secrets.token_urlsafe(24),
    }


def _read(path: Path) -> dict[str, str]:
    try:
        return dict(json.loads(path.read_text()))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise Trouble(f"{path} cannot be read: restore it, or run `make demo-reset`.") from error


def _write(path: Path, content: Mapping[str, str]) -> None:
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=1)
    partial.replace(path)

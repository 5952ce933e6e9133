"""Files of a commune: under the name of its schema, and nowhere else."""

import os
import shutil
import uuid
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import FileSystemStorage

from parvis.guard import current_schema


class CommuneFiles(FileSystemStorage):
    """A storage whose keys start with the current schema and say nothing else.

    Raises:
        SuspiciousFileOperation: the key belongs to another schema.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002 (inherited)
        """Draw a random key under the current schema; only the extension is kept."""
        extension = name.rpartition(".")[2].lower()[:5]
        return f"{current_schema()}/{uuid.uuid4().hex}.{extension}"

    def _open(self, name: str, mode: str = "rb") -> IO[Any]:
        opened: IO[Any] = super()._open(self._own(name), mode)  # type: ignore[misc]
        return opened

    def path(self, name: str) -> str:
        """Locate a file of the current schema on disk."""
        return super().path(self._own(name))

    def _own(self, name: str) -> str:
        if not name.startswith(f"{current_schema()}/") or ".." in name:
            raise SuspiciousFileOperation("This file belongs to another commune.")
        return name


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is whole on the disk, or not there, whatever happens meanwhile.

    Raises:
        OSError: the disk is full, or cannot be written to.
    """
    partial = path.with_name(f"{path.name}.partial")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    except OSError:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


def forget_files(schema: str) -> None:
    """Remove every file of a commune whose rows are gone."""
    shutil.rmtree(Path(settings.MEDIA_ROOT) / schema, ignore_errors=True)

"""Histories: one JSON line per event, on the disk before anything else happens."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class History:
    """The pen of one process; nobody else writes its file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, event: str, **facts: Any) -> None:
        """Add one line, and wait until the disk has it."""
        line = json.dumps({"event": event, "t": time.monotonic(), **facts})
        os.write(self._descriptor, f"{line}\n".encode())
        os.fsync(self._descriptor)


class Reader:
    """Follows every history of a folder, reading each line once."""

    def __init__(self, folder: Path, pattern: str = "*.jsonl") -> None:
        self._folder, self._pattern = folder, pattern
        self._places: dict[Path, int] = {}
        self.lines: list[dict[str, Any]] = []

    def read(self) -> list[dict[str, Any]]:
        """Return all lines up to now."""
        for path in sorted(self._folder.glob(self._pattern)):
            self.lines += self._new(path)
        return self.lines

    def _new(self, path: Path) -> Iterator[dict[str, Any]]:
        with path.open("rb") as file:
            file.seek(self._places.get(path, 0))
            for line in file:
                if not line.endswith(b"\n"):
                    break  # still being written
                self._places[path] = self._places.get(path, 0) + len(line)
                yield json.loads(line)


def read(folder: Path, pattern: str = "*.jsonl") -> list[dict[str, Any]]:
    """Read every history of a folder, in the order of time."""
    return sorted(Reader(folder, pattern).read(), key=lambda line: line["t"])

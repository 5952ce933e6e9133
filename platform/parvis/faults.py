"""Points where a fault test may end this process; nothing happens unless the environment says so.

``PARVIS_FAULT`` names a folder. A file ``<point>.<number>.armed`` in it ends the first process
that reaches that point, as a power cut would: no cleaning up, no answer. The file becomes
``<point>.<number>.landed`` and holds the number of the process, so that a test can count what hit.

Who can set the environment of a process can end it anyway: this opens no door. It is read once.
"""

import os
from pathlib import Path


EXIT_CODE = 86
FOLDER = os.environ.get("PARVIS_FAULT", "")


def point(name: str) -> None:
    """End this process here, if a fault test has armed the point."""
    if FOLDER:
        _land(name, Path(FOLDER))


def _land(name: str, folder: Path) -> None:
    for armed in sorted(folder.glob(f"{name}.*.armed")):
        landed = armed.with_suffix(".landed")
        try:
            armed.rename(landed)
        except FileNotFoundError:
            continue  # another process has died of it
        landed.write_text(str(os.getpid()))
        os._exit(EXIT_CODE)

"""``make faults``: every scenario on the real product, one line each.

::

    make faults                     all of them
    make faults P="S3 S5"           some
    make faults SEED=7              the same choices again
    make faults SIZE=short          as inside the test suite
    make faults MUTANTS=1           the bugs that the checkers must find, too
    make faults MUTANTS=only        the bugs alone
    make faults REPORT=docs/trust/faults.md

``FAULTS_LIKE`` is the address of a database whose public schema is copied instead of migrated: the
test suite has one already. The exit status is 0 when everything held and enough faults landed in each.
"""

import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

from faults.ground import Ground, ground
from parvis.home import Trouble
from parvis.processes import STOPPED, Stopped, stop_on_signals
from parvis.servers import delete_data


def main() -> None:
    """Run what the command line and the environment ask for."""
    stop_on_signals()
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(1, 100_000))
    own = os.environ.get("FAULTS_HOME")  # used again by the next run, which then starts sooner
    folder = Path(own or tempfile.mkdtemp(prefix="parvis-faults-"))
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711)  # root's PostgreSQL runs as somebody else, who must pass through
    kept = False
    try:
        with ground(folder) as found:
            kept = not _run(found, seed=seed)
    except Trouble as trouble:
        sys.exit(f"parvis: {trouble}")
    except Stopped:
        sys.exit(STOPPED)
    finally:
        if kept and not own:
            _keep(folder)
        if not own:
            delete_data(folder)
    sys.exit(1 if kept else 0)


def _run(found: Ground, *, seed: int) -> bool:
    for name in ("REDIS_URL", "PARVIS_SERVING", "PARVIS_DEMO", "PARVIS_DEBUG"):
        os.environ.pop(name, None)
    os.environ.update(found.environment)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.settings")
    from faults.run import run  # noqa: PLC0415 (settings read the environment of the servers)

    return run(
        found,
        names=[word for argument in sys.argv[1:] for word in argument.split()],
        seed=seed,
        is_short=os.environ.get("SIZE") == "short",
        mutants=os.environ.get("MUTANTS", ""),
        report=os.environ.get("REPORT", ""),
    )


def _keep(folder: Path) -> None:
    """Keep the histories of a run that failed."""
    kept = Path(os.environ.get("FAULTS_KEPT") or Path.cwd() / ".faults") / folder.name
    for path in folder.rglob("*"):
        if path.suffix in {".jsonl", ".log"} and path.is_file():
            place = kept / path.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)
    print(f"The histories are kept in {kept}.")


if __name__ == "__main__":
    main()

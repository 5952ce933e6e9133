"""The short set of faults, with few of each, on servers of its own."""

import os
import subprocess
import sys

import pytest

from parvis.home import SOURCE
from tenants.management.commands.migrate import own_address


HIDDEN = {"DATABASE_URL", "REDIS_URL", "PARVIS_APP_DATABASE_URL", "PARVIS_HOME"}
PATIENCE_S = 600


@pytest.mark.django_db  # it asks for the database that the servers are made like
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_nothing_is_lost_or_doubled_and_the_faults_hit(tmp_path):
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in HIDDEN and not name.startswith(("COVERAGE_", "COV_"))
    }
    environment |= {
        "FAULTS_LIKE": own_address(),
        "SIZE": "short",
        "FAULTS_KEPT": str(tmp_path),
        "PYTHONUNBUFFERED": "1",
    }

    done = subprocess.run(
        [sys.executable, "-P", "-m", "faults", "S1", "S2", "S3", "S5", "S11"],
        env=environment | {"PYTHONPATH": os.pathsep.join([str(SOURCE), str(SOURCE / "platform")])},
        cwd=SOURCE,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed, 0 failed, 0 not run" in done.stdout

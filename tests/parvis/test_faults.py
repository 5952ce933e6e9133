"""Fault points do nothing, unless a test armed them; then they end the process once."""

import os
import subprocess
import sys

import pytest

from parvis import faults
from parvis.home import SOURCE


WALK = "from parvis import faults; faults.point('here'); print('on')"


def walk(folder):
    return subprocess.run(
        [sys.executable, "-P", "-c", WALK],
        env=os.environ | {"PARVIS_FAULT": str(folder), "PYTHONPATH": str(SOURCE / "platform")},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_nothing_happens_in_a_process_that_was_not_told():
    assert faults.FOLDER == ""
    faults.point("here")


@pytest.mark.parametrize("armed", [[], ["elsewhere.1.armed"], ["here.1.landed"]])
def test_nothing_happens_at_a_point_that_is_not_armed(tmp_path, armed):
    for name in armed:
        (tmp_path / name).touch()

    assert walk(tmp_path).stdout == "on\n"


def test_an_armed_point_ends_one_process_and_says_which(tmp_path):
    (tmp_path / "here.1.armed").touch()

    first, second = walk(tmp_path), walk(tmp_path)

    assert (first.returncode, first.stdout) == (faults.EXIT_CODE, "")
    assert second.stdout == "on\n"
    assert int((tmp_path / "here.1.landed").read_text()) > 0

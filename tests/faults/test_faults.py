"""A few rounds of what `make faults` plays for half an hour."""

import re
import subprocess
import sys

from tests.faults.machinery import ROOT

ROUNDS = 5
SEED = 1255
"""A worker and the database killed as the server accepts, a line dropped after it did,
the beat killed, the broker killed."""


def test_reminders_arrive_whatever_dies() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", f"--rounds={ROUNDS}", f"--seed={SEED}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-4_000:]}"
    end = done.stdout.splitlines()[-1]
    assert re.fullmatch(
        rf"{ROUNDS} rounds of seed {SEED}: 60 reminders due, 60 delivered,"
        r" \d twice \(allowed \d+\), \d+ cancelled in time; 0 rounds wrong\.",
        end,
    )

"""A few rounds of what `make faults` plays for half an hour."""

import re
import subprocess
import sys

from tests.faults.machinery import ROOT

ROUNDS = 4
SEED = 4344
"""A worker and the database killed as the server accepts, the broker killed, and the
line of a chat dropped after it accepted."""


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
        rf"{ROUNDS} rounds of seed {SEED}: 48 reminders due, 48 delivered,"
        r" \d twice \(allowed \d+\), \d+ cancelled in time; 0 rounds wrong\.",
        end,
    )

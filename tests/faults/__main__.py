"""Plays rounds and says what came of each: `python -m tests.faults --rounds 200`."""

import argparse
import os
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.faults.chat import Chat
from tests.faults.machinery import Machinery
from tests.faults.server import Server


def main() -> int:
    """0 where every round ended as it must. A seed plays the same faults again."""
    parser = argparse.ArgumentParser(prog="tests.faults", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked = parser.parse_args()
    sys.stdout.write(f"Rounds of seed {asked.seed}\n")
    sys.stdout.flush()
    with tempfile.TemporaryDirectory(prefix="preceptor-faults-") as folder:
        chance = random.Random(asked.seed)
        machinery = Machinery(Path(folder), Server(chance=chance), Chat(chance=chance))
        try:
            machinery.up(*machinery.first)
            os.environ.update(
                machinery.environment, DJANGO_SETTINGS_MODULE="preceptor.settings"
            )
            return _play(machinery, asked.rounds, asked.seed)
        finally:
            machinery.down()


def _play(machinery: Machinery, number: int, seed: int) -> int:
    """Every round on the same servers, processes and juniors."""
    import django  # noqa: PLC0415 # the addresses of the servers come first

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from tests.faults.rounds import Round, prepare  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    plans = prepare(machinery.chat)
    machinery.up(*(name for name in machinery.parts if name not in machinery.first))
    total: Counter[str] = Counter()
    for one in range(1, number + 1):
        chance = random.Random(f"{seed} {one}")
        outcome = Round(one, chance, machinery, plans).play()
        sys.stdout.write(f"{outcome}\n")
        sys.stdout.flush()
        total.update(outcome.figures)
    sys.stdout.write(
        f"{number} rounds of seed {seed}: {total['due']} reminders due,"
        f" {total['delivered']} delivered, {total['doubled']} twice"
        f" (allowed {total['may_double']}), {total['cancelled']} cancelled in time;"
        f" {total['wrong']} rounds wrong.\n"
    )
    return 1 if total["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())

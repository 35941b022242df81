"""Run by the version before, in its own folder: rows, and two who are signed in.

Prints the keys of their sessions and where the junior's plan is, as JSON.
"""

import json
import sys
from pathlib import Path

import django

sys.path.insert(0, str(Path.cwd()))
django.setup()

from progress.actions import begin_plan  # noqa: E402 # once it is set up
from progress.models import GrowthPlan  # noqa: E402
from tests.cast import make_cast  # noqa: E402
from tests.clients import signed_in  # noqa: E402


def main() -> None:
    cast = make_cast()
    cast.program.state = "running"
    cast.program.save()
    begin_plan(cast.pairing)
    keys = {
        name: signed_in(member).cookies["sessionid"].value
        for name, member in (("ines", cast.ines), ("olga", cast.olga))
    }
    told = {"plan": GrowthPlan.objects.get().pk, "mei": cast.mei.pk, **keys}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()

"""Where the browser of the browser tests is, and how to get one where there is none.

`python -m tests.chromium` makes sure of one before the tests; the tests themselves
only look.
"""

import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UNPACKED = ROOT / "var" / "chromium" / "chromium"
COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
# The tests talk to this machine alone.
ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


class NoChromium(Exception):
    """Its text is one sentence that says how to bring a browser."""


def found(own: Path) -> Path | None:
    """The browser to drive; `own` is the place of Playwright's, second in turn.

    $CHROMIUM comes first, then the distribution's, then the one unpacked under var/.
    Raises NoChromium where $CHROMIUM names nothing.
    """
    if named := os.environ.get("CHROMIUM"):
        if path := shutil.which(named):
            return Path(path)
        raise NoChromium(f"CHROMIUM names {named}, which is not a program: correct it.")
    if own.exists():
        return own
    for command in COMMANDS:
        if path := shutil.which(command):
            return Path(path)
    places = (*APPLICATIONS, UNPACKED)
    return next((place for place in places if place.exists()), None)

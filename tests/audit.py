"""Whether something that the product stands on has a weakness that is known.

`python -m tests.audit` asks the package index about each package of the lock. It fails
where one is known, and says of how many it could learn nothing, as without a network.
"""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
EXPORT = ("uv", "export", "--quiet", "--frozen", "--no-hashes", "--all-groups")
AUDIT = ("pip_audit", "--disable-pip", "--no-deps", "--progress-spinner", "off")


def main() -> int:
    with TemporaryDirectory() as folder:
        listed = Path(folder, "requirements.txt")
        listed.write_text(_run(*EXPORT).stdout)
        done = _run(*AUDIT, "--format", "json", "--requirement", str(listed))
    if not done.stdout:
        sys.stderr.write(done.stderr)
        return 1
    return told(json.loads(done.stdout)["dependencies"])


def told(packages: list[dict[str, Any]]) -> int:
    """1 where a weakness is known, each of which is named; else 0."""
    known = [
        f"{one['name']} {one['version']}: {weakness['id']}, mended in"
        f" {', '.join(weakness['fix_versions']) or 'no version'}\n"
        for one in packages
        for weakness in one.get("vulns", ())
    ]
    sys.stdout.writelines(known)
    unknown = sum("skip_reason" in one for one in packages)
    asked = len(packages) - unknown
    sys.stdout.write(f"{asked} packages looked up, {len(known)} known weaknesses")
    sys.stdout.write(f"; no answer about {unknown}\n" if unknown else "\n")
    return 1 if known else 0


def _run(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", *words]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )


if __name__ == "__main__":
    sys.exit(main())

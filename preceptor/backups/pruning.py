"""Which backups go."""

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from preceptor.backups.writing import NAME

WHOLE = re.compile(r"preceptor-\d{8}T\d{6}Z")


def found(folder: Path) -> list[Path]:
    """The backups in a folder, the newest first; nothing else that lies there."""
    names = [
        path
        for path in folder.glob("preceptor-*")
        if WHOLE.fullmatch(path.name) and (path / "manifest.json").exists()
    ]
    return sorted(names, reverse=True)


def prune(
    folder: Path, *, now: datetime, keep: int | None, days: int | None
) -> list[Path]:
    """Deletes what neither rule keeps, and tells it; the newest stays in any case.

    `keep` is how many of the newest stay, `days` how old one may become. With neither
    nothing goes.
    """
    if keep is None and days is None:
        return []
    oldest = now - timedelta(days=days) if days is not None else None
    gone = []
    for number, path in enumerate(found(folder)):
        made_at = datetime.strptime(path.name, NAME).replace(tzinfo=UTC)
        is_kept = number < max(keep or 0, 1) or (oldest and made_at >= oldest)
        if not is_kept:
            shutil.rmtree(path)
            gone.append(path)
    return gone

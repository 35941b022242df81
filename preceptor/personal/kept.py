"""Who was erased, in a list that is kept outside of the database.

A backup brings back whom it held. The list says by numbers alone who is to go again,
and with the moment of joining, since a number may by then be somebody else's.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from preceptor.personal.models import Erasure


@dataclass(frozen=True, slots=True)
class Done:
    """That somebody was erased: the membership's number, and since when it was there.

    `struck` are the places of single words of the name that were struck as well.
    """

    organisation: int
    member: int
    joined_at: str
    erased_at: str
    struck: tuple[int, ...] = ()

    @classmethod
    def of(cls, erasure: Erasure) -> "Done":
        return cls(
            organisation=erasure.organisation_id,
            member=erasure.member_id,
            joined_at=erasure.member.created_at.isoformat(),
            erased_at=erasure.finished_at.isoformat() if erasure.finished_at else "",
            struck=tuple(erasure.struck),
        )

    @classmethod
    def read(cls, line: str) -> "Done":
        """Raises ValueError for what `line` did not write."""
        try:
            said = json.loads(line)
            struck = tuple(int(one) for one in said.pop("struck"))
            done = cls(**said, struck=struck)
            datetime.fromisoformat(done.joined_at)
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(line) from error
        return done

    @property
    def line(self) -> str:
        return json.dumps(asdict(self)) + "\n"


def keep(erasure: Erasure) -> None:
    """Adds a line to the list, on the disk before this returns, if there is one."""
    if not settings.ERASED_FILE:
        return
    path = Path(settings.ERASED_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    how = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    with os.fdopen(os.open(path, how, 0o600), "w", encoding="utf-8") as file:
        # On a line of its own, whatever a worker that died has left of one.
        file.write("\n" + Done.of(erasure).line)
        file.flush()
        os.fsync(file.fileno())


def listed() -> Iterator[Done]:
    """All whom this database knows to be erased, the first one first."""
    rows = Erasure.objects.filter(finished_at__isnull=False).select_related("member")
    for erasure in rows.order_by("finished_at", "pk").iterator(chunk_size=500):
        yield Done.of(erasure)

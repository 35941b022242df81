"""Who asked for all that is held of them, and who asked to be erased."""

from datetime import datetime, timedelta

from preceptor.accounts.models import Membership
from preceptor.insights.demo import cast
from preceptor.personal import gathering
from preceptor.personal.actions import ask_erasure, set_leavers_rule
from preceptor.personal.models import ARCHIVE_LASTS, Archive

ASKED = timedelta(hours=3)
WHO_LEAVES = cast.LINE_MANAGERS[-1]
YEARS_KEPT = 2


def write(everybody: dict[str, Membership], now: datetime) -> None:
    """Ines can download hers; a line manager waits for an owner."""
    ines, asked = everybody["Ines Carvalho"], now - ASKED
    archive = Archive.objects.create(
        organisation_id=ines.organisation_id, member=ines, asked_at=asked
    )
    gathering.take_up(archive.pk)
    Archive.objects.filter(pk=archive.pk).update(expires_at=asked + ARCHIVE_LASTS)
    ask_erasure(actor=everybody[WHO_LEAVES], now=asked)
    owner = everybody[cast.OWNER]
    set_leavers_rule(
        actor=owner, days=YEARS_KEPT * 365, seen=None, now=now - timedelta(days=90)
    )

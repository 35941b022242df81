"""What a pair that begins would be told of its milestones."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils import formats
from django.utils.translation import gettext as _

from pairings.models import Program
from pairings.ports import Told
from preceptor.accounts.models import Holiday
from progress.reminders.milestones import STEPS
from progress.schedule import lands_on, points
from progress.wording import name_of

AHEAD = [days for days in STEPS.values() if days <= 0]
"""What comes after the day is for who has not signed by then."""


def told_of_milestones(
    program: Program, starts_on: date, until_on: date
) -> Iterator[Told]:
    """By the program's template, as long as nobody has signed.

    Of several steps that lie before the first day the latest is told on it.
    """
    holidays = Holiday.objects.names(program.organisation_id)
    for point in points(program.template, starts_on, program.ends_on):
        due_on = lands_on(point.due_on, holidays, starts_on, program.ends_on)
        what = _("%(name)s is due on %(day)s") % {
            "name": name_of(point),
            "day": formats.date_format(due_on, "j F"),
        }
        days = {max(due_on + timedelta(days=step), starts_on) for step in AHEAD}
        for on in sorted(days):
            if on < until_on:
                yield Told(on, what)

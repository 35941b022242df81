"""Ruth pairs the next cohort: a first run, a pair that she pins, and a second one."""

from datetime import datetime, timedelta

from pairings.actions.matching import fix, start_match
from pairings.gathering import Wanted
from pairings.matching import Aim, Rules, Weights
from pairings.models import MatchRun, Program
from preceptor.accounts.models import Membership

OVERLAP = 4 * 60
PINNED = "Mateo Silva"


def write(program: Program, lead: Membership, now: datetime) -> None:
    rules = Rules(
        min_overlap_minutes=OVERLAP, min_tenure_months=program.min_tenure_months
    )
    wanted = Wanted(rules, Weights(choice=0, completed=0), Aim.TOTAL)
    first = start_match(actor=lead, program=program, wanted=wanted)
    for one in first.proposals.select_related("junior__membership__user"):
        if str(one.junior) == PINNED:
            fix(run=first, proposal=one.pk, is_fixed=True)
    wanted = Wanted(rules, Weights(), Aim.TOTAL)
    second = start_match(actor=lead, program=program, wanted=wanted, base=first)
    for run, minutes in ((first, 95), (second, 40)):
        rows = MatchRun.objects.filter(pk=run.pk)
        rows.update(created_at=now - timedelta(minutes=minutes))

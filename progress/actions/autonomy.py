"""What a mentor leaves to the junior, and what the junior asks for."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from progress.actions.plans import locked
from progress.models import AutonomyGrant, AutonomyRequest, Competency, GrowthPlan


class StaleAutonomy(Conflict):
    """Something else was granted since; what is typed is to be kept."""


@transaction.atomic
def grant_autonomy(
    *,
    actor: Membership,
    plan: GrowthPlan,
    grant: AutonomyGrant,
    seen: int,
    now: datetime,
) -> None:
    """Grants, confirms or takes back; `seen` is the grant looked at, 0 if none.

    Whatever the junior asked for in the competency is answered by it. The same word
    sent twice is one.
    """
    locked(plan)
    own = {"plan": plan, "competency__key": grant.competency.key}
    grant.organisation_id, grant.plan = plan.organisation_id, plan
    grant.granted_by, grant.granted_at = actor, now
    newest = list(AutonomyGrant.objects.filter(**own).order_by("-pk")[:2])
    stands, before = ([one.pk for one in newest] + [0, 0])[:2]
    if before == seen != stands and _said(newest[0]) == _said(grant):
        return
    if stands != seen:
        raise StaleAutonomy(
            _("Another step was granted in between. Look at what stands now.")
        )
    grant.save(force_insert=True)
    AutonomyRequest.objects.open().filter(**own).update(answer=grant)


def _said(grant: AutonomyGrant) -> tuple[int, int, str]:
    """What makes two grants the same word, of whatever moment."""
    return grant.granted_by_id, grant.level, grant.reason


@transaction.atomic
def ask_autonomy(
    *, plan: GrowthPlan, competency: Competency, level: int, word: str, now: datetime
) -> None:
    """The junior asks for a step beyond the one that stands, once at a time."""
    locked(plan)
    own = {"plan": plan, "competency__key": competency.key}
    if AutonomyRequest.objects.open().filter(**own).exists():
        raise Conflict(_("You have asked already; it waits for the mentor’s word."))
    newest = AutonomyGrant.objects.filter(**own).standing().first()
    if newest is not None and newest.level >= level:
        raise Conflict(_("This step was granted in between. Look again."))
    AutonomyRequest.objects.create(
        organisation_id=plan.organisation_id,
        plan=plan,
        competency=competency,
        level=level,
        word=word,
        asked_at=now,
    )


@transaction.atomic
def drop_autonomy(*, plan: GrowthPlan, competency: Competency) -> None:
    """The junior takes back what they asked for, as long as nobody answered."""
    locked(plan)
    asked = AutonomyRequest.objects.open().filter(
        plan=plan, competency__key=competency.key
    )
    if not asked.delete()[0]:
        raise Conflict(_("It was answered in between, or taken back already."))

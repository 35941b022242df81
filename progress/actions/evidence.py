"""What shows that a junior can do something: tagged, and taken back."""

from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from progress.actions.plans import locked
from progress.models import Competency, Evidence, GrowthPlan
from progress.things import Thing


@transaction.atomic
def tag(
    *,
    actor: Membership,
    plan: GrowthPlan,
    thing: Thing,
    competency: Competency,
    now: datetime,
) -> Evidence:
    """Keeps a thing as evidence of a competency, once; the second time finds it."""
    row = _in_plan(plan, competency)
    rows = plan.evidence.filter(competency__key=row.key, **thing.reference())
    return rows.first() or Evidence.objects.create(
        organisation_id=plan.organisation_id,
        plan=plan,
        competency=row,
        held_on=thing.held_on,
        tagged_by=actor,
        tagged_at=now,
        **thing.reference(),
        **thing.place(),
    )


@transaction.atomic
def tag_link(
    *,
    actor: Membership,
    plan: GrowthPlan,
    competency: Competency,
    url: str,
    title: str,
    now: datetime,
) -> Evidence:
    """The same for something that is elsewhere; of two tabs, the first one's title."""
    row = _in_plan(plan, competency)
    rows = plan.evidence.filter(competency__key=row.key, kind="link", url=url)
    return rows.first() or Evidence.objects.create(
        organisation_id=plan.organisation_id,
        plan=plan,
        competency=row,
        kind=Evidence.Kind.LINK,
        url=url,
        title=title,
        held_on=timezone.localdate(now),
        tagged_by=actor,
        tagged_at=now,
    )


def take_back(*, evidence: Evidence) -> bool:
    """Takes a tag away, unless both have signed since what it may be a reason for.

    False where another tab was quicker.
    """
    try:
        with transaction.atomic():
            gone, _of_each = evidence.delete()
            connection.check_constraints()
            return bool(gone)
    except IntegrityError as refused:
        raise Conflict(
            _("Something was signed by both since this was tagged, so it stays.")
        ) from refused


def _in_plan(plan: GrowthPlan, competency: Competency) -> Competency:
    """The competency in the version that the plan has now, which is held."""
    locked(plan)
    plan.refresh_from_db(fields=["version"])
    rows = Competency.objects.filter(version=plan.version_id, key=competency.key)
    row = rows.first()
    if row is None:
        raise Conflict(
            _("“%(name)s” is not in the framework that this year grows in now.")
            % {"name": competency.name}
        )
    return row

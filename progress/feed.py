"""Milestones as entries of a calendar."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.http import absolute_url
from preceptor.notifications.calendars import Entry
from progress.models import GrowthPlan, Milestone


def entries_of_milestones(member: Membership, now: datetime) -> Iterator[Entry]:
    """Those of their own years, and of the juniors whom they mentor today."""
    today = timezone.localdate(now, ZoneInfo(member.organisation.time_zone))
    mentored = (
        Pairing.objects.standing().current(today).filter(mentor__membership=member)
    )
    plans = GrowthPlan.objects.filter(
        Q(junior__membership=member) | Q(junior__in=mentored.values("junior")),
        organisation=member.organisation_id,
    ).out_of_archive(member)
    rows = Milestone.objects.filter(plan__in=plans)
    rows = rows.select_related("plan__junior__membership__user")
    for milestone in rows.order_by("pk"):
        yield _entry(milestone, member)


def _entry(milestone: Milestone, reader: Membership) -> Entry:
    """What was skipped, or lies past the junior's own end, is called off."""
    junior = milestone.plan.junior
    is_past_end = milestone.is_open and milestone.due_on >= junior.ends_on
    what = milestone.name
    if not milestone.is_of(reader):
        words = {"name": what, "junior": junior}
        what = _("%(name)s of %(junior)s") % words
    if milestone.signed_at:
        what = _("%(what)s, signed off") % {"what": what}
    slug = reader.organisation.slug
    return Entry(
        uid=f"milestone-{milestone.pk}.{milestone.organisation_id}",
        summary=what,
        link=absolute_url(slug, "progress:milestone", milestone.pk),
        starts=milestone.due_on,
        changed_at=milestone.changed_at,
        sequence=milestone.sequence,
        state="CANCELLED" if milestone.skipped_at or is_past_end else "CONFIRMED",
    )

"""Who reads a junior's year, for its junior: each page of it tells by itself.

What somebody is to a year is asked on every page of it; where that makes them a mentor
of today, who reads its text, the page counts as opened.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from preceptor.accounts.models import Membership
from preceptor.accounts.pruning import prune
from progress.access import opened_by
from progress.completion import clock_of
from progress.models import GrowthPlan, PlanReading

FOLD = timedelta(hours=1)
"""Openings that are closer to each other count as one."""

PIECES = frozenset({"session_evidence", "goal_levels"})
"""Routes that other pages ask for, and that show no words of a year."""

KNOWN = "plans_read"
"""The key of a browser session: when it told of each plan, so that few pages write."""

UPSERT = """
INSERT INTO progress_planreading AS kept
    (organisation_id, plan_id, reader_id, day, opened_at)
VALUES (%(organisation)s, %(plan)s, %(reader)s, %(day)s, ARRAY[%(now)s])
ON CONFLICT (plan_id, day, reader_id) DO UPDATE
SET opened_at = kept.opened_at || EXCLUDED.opened_at
WHERE kept.opened_at[cardinality(kept.opened_at)] <= %(now)s - %(fold)s
"""


def told_to_juniors(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Keeps which years a page showed, once it did."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        member = getattr(request, "membership", None)
        if member and response.status_code == 200 and _shows_a_year(request, member):
            now = timezone.now()
            for plan in opened_by(member):
                if _is_news(request, plan, now):
                    note_reading(reader=member, plan=plan, now=now)
        return response

    return middleware


def prune_readings(now: datetime) -> int:
    """Those of days that are longer ago than the setting says."""
    if not settings.READINGS_DAYS:
        return 0
    before = now - timedelta(days=settings.READINGS_DAYS)
    return prune(PlanReading.objects.filter(day__lt=before.date()))


def note_reading(*, reader: Membership, plan: GrowthPlan, now: datetime) -> None:
    """One row a reader and day, with the times; nothing within the hour."""
    with clock_of(plan):
        day = timezone.localdate(now)
    values: dict[str, Any] = {
        "organisation": plan.organisation_id,
        "plan": plan.pk,
        "reader": reader.pk,
        "day": day,
        "now": now,
        "fold": FOLD,
    }
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, values)


def shows_text(member: Membership) -> None:
    """Says of a page elsewhere that it shows the text of a year, as a handover does."""
    vars(member)["shows_a_year"] = True


def _shows_a_year(request: HttpRequest, member: Membership) -> bool:
    """A page of it, however it was asked for: whoever reads it chooses the headers."""
    match = request.resolver_match
    is_year = (
        match is not None
        and match.app_names == ["progress"]
        and match.url_name not in PIECES
    )
    return request.method == "GET" and (is_year or "shows_a_year" in vars(member))


def _is_news(request: HttpRequest, plan: GrowthPlan, now: datetime) -> bool:
    """Whether this session has not told of the plan within the hour; then it has."""
    since = (now - FOLD).timestamp()
    known = request.session.get(KNOWN, {})
    if known.get(str(plan.pk), 0) > since:
        return False
    recent = {key: at for key, at in known.items() if at > since}
    request.session[KNOWN] = {**recent, str(plan.pk): now.timestamp()}
    return True

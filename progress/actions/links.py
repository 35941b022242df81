"""Addresses at which a junior lets others read parts of their year."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from progress.models import GrowthPlan, PlanLink, SharedLesson
from reviews.models import Lesson


def hash_of(token: str) -> str:
    """What is stored of a token; it is random, so a plain hash cannot be guessed."""
    return sha256(token.encode()).hexdigest()


@transaction.atomic
def add_link(
    *,
    actor: Membership,
    plan: GrowthPlan,
    name: str,
    expires_on: date,
    parts: Iterable[str],
    lessons: Iterable[Lesson],
    now: datetime,
) -> str:
    """Answers the token, 256 random bits, which can't be had again."""
    token = secrets.token_urlsafe(32)
    link = PlanLink.objects.create(
        organisation_id=plan.organisation_id,
        plan=plan,
        name=name,
        token_hash=hash_of(token),
        expires_on=expires_on,
        parts=list(parts),
        created_by=actor,
        created_at=now,
    )
    SharedLesson.objects.bulk_create(
        SharedLesson(organisation_id=plan.organisation_id, link=link, lesson=lesson)
        for lesson in lessons
    )
    return token


def revoke_link(*, link: PlanLink, now: datetime) -> None:
    """Ends it at once and for good."""
    rows = PlanLink.objects.filter(pk=link.pk, revoked_at=None)
    if not rows.update(revoked_at=now):
        raise Conflict(_("This link was revoked already."))


def note_opening(*, link: PlanLink, now: datetime) -> None:
    PlanLink.objects.filter(pk=link.pk).update(last_opened_at=now)

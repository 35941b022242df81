"""Addresses at which a junior lets others read parts of their year."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from progress.models import GrowthPlan, PlanLink, SharedLesson
from reviews.models import Lesson


def hash_of(token: str) -> str:
    """What is stored of a token; it is random, so a plain hash cannot be guessed."""
    return sha256(token.encode()).hexdigest()


def _token(said: str) -> str:
    """256 bits that nobody works out without the secret of the server."""
    mac = salted_hmac("progress.links", said, algorithm="sha256").digest()
    return urlsafe_b64encode(mac).rstrip(b"=").decode()


@transaction.atomic
def add_link(
    *,
    actor: Membership,
    plan: GrowthPlan,
    name: str,
    expires_on: date,
    parts: Iterable[str],
    lessons: Sequence[Lesson],
    key: str,
    now: datetime,
) -> str:
    """Answers the token, which can't be had again but by the same form sent twice.

    `key` are 256 random bits of that form. Sent twice, it makes one link.
    """
    parts = list(parts)
    said = [plan.pk, key, name, f"{expires_on}", parts, [one.pk for one in lessons]]
    token = _token(json.dumps(said))
    made = {
        "organisation_id": plan.organisation_id,
        "plan": plan,
        "name": name,
        "expires_on": expires_on,
        "parts": parts,
        "created_by": actor,
        "created_at": now,
    }
    link, is_new = PlanLink.objects.get_or_create(
        token_hash=hash_of(token), defaults=made
    )
    if link.revoked_at:
        raise Conflict(_("This link was made and revoked. Open the form anew."))
    if not is_new:
        return token
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

"""Rating apart, agreeing on what came of it, and signing that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, DateTimeField, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from pairings.actions.together import Stale
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from progress.models import Assessment, Competency, GrowthPlan, Outcome, Rating, Side


@dataclass(frozen=True, slots=True)
class Said:
    """Of one competency; `is_said` without a level is "can't say"."""

    is_said: bool
    level: int | None
    method: str
    note: str

    @property
    def is_empty(self) -> bool:
        return not (self.is_said or self.method or self.note)


@dataclass(frozen=True, slots=True)
class Agreed:
    """`state` is None where a junior wrote, who leaves it as it is."""

    level: int | None
    state: str | None
    note: str


def open_assessment(
    *, actor: Membership, plan: GrowthPlan, occasion: str, now: datetime
) -> Assessment:
    """Begins one over the version that the plan has; one at a time."""
    if plan.version_id is None:
        raise Conflict(_("Give the year a framework first: it says what is assessed."))
    try:
        with transaction.atomic():
            return Assessment.objects.create(
                organisation_id=plan.organisation_id,
                plan=plan,
                version_id=plan.version_id,
                occasion=occasion,
                opened_at=now,
                opened_by=actor,
            )
    except IntegrityError as error:
        raise Conflict(
            _("There is one open already, or this one has been held. Look again.")
        ) from error


@transaction.atomic
def keep_ratings(
    *,
    actor: Membership,
    assessment: Assessment,
    said: Mapping[int, Said],
    edits: int,
) -> int:
    """Keeps a draft of one's own side, by competency; returns how often it was saved.

    What is not in `said` stays. `edits` says which state was written on; `Stale` where
    another tab saved since.
    """
    row = _held(assessment)
    side = row.side_of(actor)
    if row.is_in(side):
        raise Conflict(_("Your side is in already; it stays as you handed it in."))
    if side == Side.MENTOR:
        _take_on(actor, row)
    if row.edits_of(side) != edits:
        raise Stale(_("This was saved in another tab or window in between."))
    own = Rating.objects.filter(assessment=row, side=side)
    own.filter(competency__in=said).delete()
    Rating.objects.bulk_create(
        Rating(
            organisation_id=row.organisation_id,
            assessment=row,
            version_id=row.version_id,
            competency_id=competency,
            side=side,
            is_said=one.is_said,
            level=one.level,
            method=one.method,
            note=one.note,
        )
        for competency, one in said.items()
        if not one.is_empty
    )
    setattr(row, f"{side}_edits", edits + 1)
    row.save(update_fields=[f"{side}_edits"])
    return edits + 1


def _take_on(actor: Membership, row: Assessment) -> None:
    """Makes the mentor's side theirs; a mentor who is one no longer gives it up."""
    if row.mentor_id == actor.pk:
        return
    if row.mentor is not None:
        if _mentors(row.mentor, row):
            raise Conflict(
                _("%(name)s is rating as the mentor already.") % {"name": row.mentor}
            )
        Rating.objects.filter(assessment=row, side=Side.MENTOR).delete()
    row.mentor = actor
    row.save(update_fields=["mentor"])


def _mentors(member: Membership, assessment: Assessment) -> bool:
    """Whether they are a mentor of the junior today."""
    return assessment.plan.is_mentored_by(member, timezone.localdate())


@transaction.atomic
def hand_in(*, actor: Membership, assessment: Assessment, now: datetime) -> None:
    """Says that one's own side is complete. With the second both see both."""
    row = _held(assessment)
    side = row.side_of(actor)
    if row.is_in(side):
        raise Conflict(_("Your side is in already; it stays as you handed it in."))
    if (row.mentor_id != actor.pk and side == Side.MENTOR) or missing(row, side):
        raise Conflict(_("Not everything is rated yet. Look at what is missing."))
    setattr(row, f"{side}_in_at", now)
    row.save(update_fields=[f"{side}_in_at"])


def missing(assessment: Assessment, side: Side) -> list[Competency]:
    """What that side has not rated, not even with "can't say", in order."""
    said = Rating.objects.filter(assessment=assessment, side=side, is_said=True)
    rows = Competency.objects.filter(version=assessment.version_id)
    rows = rows.exclude(pk__in=said.values("competency"))
    return list(rows.order_by("area__position", "position"))


@transaction.atomic
def keep_outcomes(
    *, assessment: Assessment, agreed: Mapping[int, Agreed], edits: int
) -> None:
    """Keeps what the two agreed on; `Stale` where the other saved since."""
    row = _held(assessment)
    _refuse_apart(row)
    if row.has_signature:
        raise Conflict(_("It is signed. Take the signature back to change it."))
    if row.outcome_edits != edits:
        raise Stale(_("The other of you, or another tab, saved this in between."))
    rows: dict[str, Any] = {"organisation_id": row.organisation_id}
    was = Outcome.objects.filter(assessment=row, competency__in=agreed)
    states = dict(was.values_list("competency", "state"))
    was.delete()
    Outcome.objects.bulk_create(
        Outcome(
            **rows,
            assessment=row,
            version_id=row.version_id,
            competency_id=competency,
            level=one.level,
            state=one.state or states.get(competency, Outcome.State.NOT_YET),
            note=one.note,
        )
        for competency, one in agreed.items()
    )
    row.outcome_edits = edits + 1
    row.save(update_fields=["outcome_edits"])


def sign_assessment(
    *, actor: Membership, assessment: Assessment, edits: int, now: datetime
) -> None:
    """Signs what was looked at, `edits`. Whoever is second closes it for good.

    Two who sign at the same moment wait for each other at the row.
    """
    _refuse_apart(assessment)
    if not edits:
        raise Conflict(_("Write down first what you agreed on."))
    rows = Assessment.objects.open().filter(pk=assessment.pk, outcome_edits=edits)
    if assessment.side_of(actor) == Side.SELF:
        changed = rows.filter(junior_signed_at=None).update(
            junior_signed_at=now, signed_at=_if(Q(mentor_signed_at__isnull=False), now)
        )
    else:
        changed = rows.filter(mentor_signed_at=None).update(
            mentor_signed_at=now,
            mentor_signed_by=actor,
            signed_at=_if(Q(junior_signed_at__isnull=False), now),
        )
    if not changed:
        raise Conflict(
            _("It was changed in between, or your side has signed it. Look again.")
        )


def _if(other_signed: Q, now: datetime) -> Case:
    moment = When(other_signed, then=Value(now))
    return Case(moment, default=None, output_field=DateTimeField())


def may_unsign(actor: Membership, assessment: Assessment) -> bool:
    """Whether there is a signature that they may take back.

    That is their own, or that of a mentor who is one no longer: else nobody could, and
    a junior who does not agree would have to sign it.
    """
    if assessment.signed_at:
        return False
    if assessment.side_of(actor) == Side.SELF:
        return assessment.junior_signed_at is not None
    signer = assessment.mentor_signed_by
    return signer is not None and (signer == actor or not _mentors(signer, assessment))


def unsign_assessment(*, actor: Membership, assessment: Assessment) -> None:
    """Takes back the signature of one's own side, while the other has not signed."""
    rows = Assessment.objects.open().filter(pk=assessment.pk)
    if not may_unsign(actor, assessment):
        rows = rows.none()
    if assessment.side_of(actor) == Side.SELF:
        mine = rows.filter(junior_signed_at__isnull=False)
        changed = mine.update(junior_signed_at=None)
    else:
        mine = rows.filter(mentor_signed_by=assessment.mentor_signed_by)
        changed = mine.update(mentor_signed_at=None, mentor_signed_by=None)
    if not changed:
        raise Conflict(
            _("There is no signature of yours to take back: both have signed.")
        )


@transaction.atomic
def discard_assessment(*, actor: Membership, assessment: Assessment) -> None:
    """Takes one away that was opened by mistake, before the other wrote anything."""
    row = _held(assessment)
    other = Side.MENTOR if row.side_of(actor) == Side.SELF else Side.SELF
    if row.edits_of(other) or row.self_in_at or row.mentor_in_at:
        raise Conflict(
            _(
                "It stays: one of you is in, or the other has begun to rate. What was "
                "written is not thrown away."
            )
        )
    row.delete()


def _held(assessment: Assessment) -> Assessment:
    """Its row, which nobody else writes until the transaction is over."""
    rows = Assessment.objects.select_for_update(of=("self",))
    return rows.select_related("plan__junior", "mentor__user").get(pk=assessment.pk)


def _refuse_apart(assessment: Assessment) -> None:
    if not assessment.is_revealed:
        raise Conflict(_("This waits until both of you are in."))

"""What a year holds of people: how they were rated and what is left to them."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.held import (
    NOBODY,
    OWNERS,
    THE_RECORD,
    Held,
    Topic,
)
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import Relation
from progress.models import (
    Assessment,
    AutonomyGrant,
    AutonomyRequest,
    Batch,
    FrameworkVersion,
    JuniorEvaluation,
    MentorEvaluation,
    Outcome,
    Rating,
)
from progress.personal.words import (
    JUNIOR,
    OF_ASSESSMENT,
    PAIR,
    PLAN,
    RECORD,
    SIGNED,
    THE_YEAR,
)


def _both_in(member: Membership) -> Q:
    """Their own side, and the other's once both are in."""
    own = Q(side="self", **{OF_ASSESSMENT: member}) | Q(
        side="mentor", assessment__mentor=member
    )
    both = Q(
        assessment__self_in_at__isnull=False, assessment__mentor_in_at__isnull=False
    )
    return own | both & Q(**{OF_ASSESSMENT: member})


JUDGED = (
    Held(
        model=Assessment,
        key="assessments",
        topic=Topic.YEAR,
        what=_("Assessments that you were in: opened, handed in and signed when"),
        whose=(JUNIOR, "mentor", "opened_by", "mentor_signed_by"),
        read_by=RECORD,
        stays=(
            "plan",
            "version",
            "occasion",
            "opened_at",
            "opened_by",
            "mentor",
            "self_in_at",
            "mentor_in_at",
            "junior_signed_at",
            "mentor_signed_at",
            "mentor_signed_by",
            "signed_at",
        ),
        because=SIGNED,
    ),
    Held(
        model=Rating,
        key="ratings",
        topic=Topic.YEAR,
        what=_("Where you stand in a competency, as you and your mentor rate it"),
        whose=(OF_ASSESSMENT,),
        exported=_both_in,
        read_by=PLAN,
        goes={"note": ""},
        stays=("assessment", "competency", "side", "is_said", "level", "method"),
        because=_(
            "How the two rated alike is counted from both sides: without the levels"
            " the other’s figures would be wrong."
        ),
    ),
    Held(
        model=Rating,
        key="ratings_given",
        topic=Topic.YEAR,
        what=_("How you as a mentor rate a junior"),
        whose=("assessment__mentor",),
        only=Q(side="mentor"),
        read_by=PLAN,
        goes={"note": ""},
        stays=("assessment", "competency", "side", "is_said", "level", "method"),
        because=THE_YEAR,
    ),
    Held(
        model=Outcome,
        key="outcomes",
        topic=Topic.YEAR,
        what=_("What the two of you agreed on of a competency"),
        whose=(OF_ASSESSMENT,),
        exported=lambda member: Q(
            assessment__self_in_at__isnull=False,
            assessment__mentor_in_at__isnull=False,
            **{OF_ASSESSMENT: member},
        ),
        read_by=PLAN,
        goes={"note": ""},
        stays=("assessment", "competency", "level", "state"),
        because=SIGNED,
    ),
    Held(
        model=AutonomyGrant,
        key="autonomy",
        topic=Topic.YEAR,
        what=_("What is left to a junior, what it was based on, and why"),
        whose=("granted_by", JUNIOR),
        read_by=PLAN,
        goes={"reason": ""},
        stays=(
            "plan",
            "competency",
            "level",
            "proposed",
            "stood",
            "granted_by",
            "granted_at",
        ),
        because=THE_RECORD,
    ),
    Held(
        model=AutonomyRequest,
        key="autonomy_asked",
        topic=Topic.YEAR,
        what=_("What you asked to be left to you"),
        whose=(JUNIOR,),
        read_by=PLAN,
        goes={"word": ""},
        stays=("plan", "competency", "level", "asked_at"),
        because=THE_RECORD,
    ),
    Held(
        model=JuniorEvaluation,
        key="evaluations",
        topic=Topic.YEAR,
        what=_("A mentor’s answers about a junior, and a word to them"),
        whose=("pairing__junior__membership", "pairing__mentor__membership"),
        read_by=PAIR,
        goes={"word": ""},
        stays=("pairing", "occasion", "answers", "given_at"),
        because=THE_RECORD,
    ),
    Held(
        model=MentorEvaluation,
        key="evaluations_given",
        topic=Topic.YEAR,
        what=_("Your answers about a mentor: numbers alone, without a day"),
        whose=("pairing__junior__membership",),
        read_by=NOBODY,
        stays=("pairing", "occasion", "answers"),
        because=_(
            "A figure is released once three juniors answered; it would not be of three"
            " any more."
        ),
    ),
    Held(
        model=Batch,
        key="evaluated",
        topic=Topic.YEAR,
        what=_("Means of what at least three juniors answered about you"),
        whose=("mentor",),
        exported=lambda _member: Q(pk__in=[]),
        read_by=frozenset({Relation.LEAD, Relation.MANAGER, Relation.OWNER}),
        stays=("mentor", "closed_on"),
        because=_("They are the answers of others."),
    ),
    Held(
        model=FrameworkVersion,
        key="frameworks",
        topic=Topic.YEAR,
        what=_("That you published a version of a framework"),
        whose=("published_by",),
        read_by=OWNERS,
        stays=("published_by", "published_at"),
        because=_("It is the organisation’s framework."),
    ),
)

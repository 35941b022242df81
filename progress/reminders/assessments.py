"""Assessments of which one side is done, and that wait for the other."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Greatest
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pairings.models import Pairing
from pairings.reminders.subjects import both_here
from preceptor.accounts.models import Membership
from preceptor.http import absolute_url
from preceptor.notifications.kinds import Kind, Message
from preceptor.notifications.models import Delivery
from progress.models import Assessment
from progress.models.assessments import BOTH_IN
from progress.reminders.steps import (
    JUNIOR,
    MENTOR,
    DayOf,
    Rows,
    of_juniors,
    of_mentors,
    stepped,
)

NAME = "assessment"
STEPS = {"days": 2, "week": 7}
RATE, AGREE, SIGN = "rate", "agree", "sign"

Texts = Mapping[str, str | Promise]
"""By stage."""


def due(now: datetime) -> Rows:
    """Two days after the other did their part, and a week after, to who has not.

    Where both are in and neither has signed, both: the levels are theirs to agree on,
    and no junior's alone whose mentor is gone.
    `assessment:ID:STAGE:SINCE:STEP`: each stage is a matter of its own.
    """
    juniors = of_juniors(_waiting("self", "junior"), now).filter(
        ~Q(stage=AGREE) | _has_mentor(now)
    )
    mentors = of_mentors(_waiting("mentor", "mentor"), now)
    return _rows(juniors, JUNIOR, now).union(_rows(mentors, MENTOR, now), all=True)


def _has_mentor(now: datetime) -> Q:
    there = Pairing.objects.primary().standing().current(now.date())
    own = there.filter(both_here(), junior=OuterRef("plan__junior"))
    return Q(Exists(own))


def _waiting(side: str, signer: str) -> "QuerySet[Assessment]":
    """Open ones with `stage`, what is asked of a side, and `since` when."""
    other_side = {"self": "mentor", "mentor": "self"}[side]
    other_signer = {"junior": "mentor", "mentor": "junior"}[signer]
    unsigned = BOTH_IN & Q(**{f"{signer}_signed_at": None})
    neither = unsigned & Q(**{f"{other_signer}_signed_at": None})
    to_rate = Q(**{f"{side}_in_at": None, f"{other_side}_in_at__isnull": False})
    both_in_at = Greatest("self_in_at", "mentor_in_at")
    stages = [
        (to_rate, RATE, F(f"{other_side}_in_at")),
        (neither, AGREE, both_in_at),
        (unsigned, SIGN, F(f"{other_signer}_signed_at")),
    ]
    stage = [When(when, then=Value(name)) for when, name, _since in stages]
    since = [When(when, then=moment) for when, _name, moment in stages]
    return (
        Assessment.objects.open()
        .annotate(
            stage=Case(*stage, output_field=CharField()),
            since=Case(*since, output_field=DateTimeField()),
        )
        .filter(to_rate | unsigned)
    )


def _rows(assessments: "QuerySet[Assessment]", recipient: str, now: datetime) -> Rows:
    zone = F(f"{recipient}__user__time_zone")
    return stepped(
        assessments,
        recipient,
        now,
        steps=STEPS,
        day=DayOf(zone, F("since")),
        # By the clock of Greenwich: who moves house has not been asked anew.
        matter=[NAME, F("pk"), F("stage"), DayOf(Value("UTC"), F("since"))],
    )


def assessments(ids: Collection[int]) -> dict[int, Assessment]:
    """By their ids, in one query and without a rating of them."""
    rows = Assessment.objects.select_related(
        "plan__junior__program",
        "plan__junior__membership__user",
        "mentor__user",
        "mentor_signed_by__user",
    )
    return rows.in_bulk(ids)


def message(delivery: Delivery, assessment: Assessment) -> Message:
    """What the other did and when, and what is left; never what they rated."""
    junior = assessment.plan.junior.membership
    is_junior = junior.pk == delivery.recipient_id
    stage, since, by = _stage(assessment, is_junior=is_junior)
    words = {
        "name": capfirst(str(assessment.get_occasion_display())),
        "junior": junior.full_name,
        "other": by.full_name if by else _("the mentor"),
        "day": formats.date_format(timezone.localdate(since), "l, j F"),
    }
    headline = str((OWN_HEADLINES if is_junior else HEADLINES)[stage]) % words
    state = str(STATES[stage]) % words
    route = "rate" if stage == RATE else "assessment"
    if stage == AGREE and not assessment.outcome_edits:
        route = "agree_levels"
    slug = delivery.organisation.slug
    return Message(
        subject=headline,
        template="assessment_half_done",
        link=absolute_url(slug, f"progress:{route}", assessment.pk),
        button=str(BUTTONS[stage]),
        context={
            "headline": headline,
            "program": assessment.plan.junior.program,
            "is_junior": is_junior,
            "state": state,
        },
        detail=state,
        words=words,
    )


def _stage(
    assessment: Assessment, *, is_junior: bool
) -> tuple[str, datetime | None, Membership | None]:
    """What is asked of a side, since when, and by whose doing."""
    junior = assessment.plan.junior.membership
    mine, others = assessment.self_in_at, assessment.mentor_in_at
    signed_at, signer = assessment.mentor_signed_at, assessment.mentor_signed_by
    if not is_junior:
        mine, others = others, mine
        signed_at, signer = assessment.junior_signed_at, junior
    if mine is None:
        return RATE, others, assessment.mentor if is_junior else junior
    if signed_at:
        return SIGN, signed_at, signer
    return AGREE, max(filter(None, (mine, others))), None


OWN_HEADLINES: Texts = {
    RATE: gettext_lazy("%(name)s: rate where you stand"),
    AGREE: gettext_lazy("%(name)s: agree on your levels"),
    SIGN: gettext_lazy("%(name)s: sign your levels"),
}
HEADLINES: Texts = {
    RATE: gettext_lazy("%(name)s: rate where %(junior)s stands"),
    AGREE: gettext_lazy("%(name)s: agree on the levels of %(junior)s"),
    SIGN: gettext_lazy("%(name)s: sign the levels of %(junior)s"),
}
STATES: Texts = {
    RATE: gettext_lazy(
        "%(other)s’s side has been in since %(day)s. You see each other’s once yours "
        "is, too."
    ),
    AGREE: gettext_lazy(
        "Both sides have been in since %(day)s, and neither of you has signed. What is "
        "left is to agree on the levels, and to sign."
    ),
    SIGN: gettext_lazy("%(other)s signed on %(day)s. Your signature is what is left."),
}
BUTTONS: Texts = {
    RATE: gettext_lazy("Do your side"),
    AGREE: gettext_lazy("Agree on the levels"),
    SIGN: gettext_lazy("Look at them and sign"),
}

ASSESSMENT = Kind(
    name=NAME,
    label=gettext_lazy("Assessment half done"),
    about=gettext_lazy(
        "Two days and a week after the other did their part of an assessment, until "
        "you have done yours."
    ),
    due=due,
    subjects=assessments,
    message=message,
    thread="assessment",
    urgency=25,
    is_record=True,
    placeholders={
        "name": gettext_lazy("what the assessment is for, such as Midpoint"),
        "junior": gettext_lazy("the junior’s name"),
        "other": gettext_lazy("the name of who did their part"),
        "day": gettext_lazy("the day on which they did"),
    },
)

"""What programs and pairings hold of people."""

from collections.abc import Callable

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pairings.models import (
    Agreement,
    Avoidance,
    Choice,
    Enrolment,
    EnrolmentSkill,
    Handover,
    MatchRun,
    MentorRecord,
    Pairing,
    PairNote,
    Pause,
    PhaseMove,
    Program,
    ProgramStaff,
    Proposal,
    RematchRequest,
    Skill,
)
from preceptor.accounts.held import (
    ERASED,
    GONE,
    STAFF,
    THE_RECORD,
    Held,
    Topic,
)
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import Relation, Resource

BOTH = ("pairing__junior__membership", "pairing__mentor__membership")
OF_TWO = ("junior__membership", "mentor__membership")
PAIR = frozenset({Relation.JUNIOR, Relation.MENTOR, Relation.FORMER_MENTOR})


def _of_junior(member: Membership) -> Q:
    """What a junior said of others; whom it names does not read it."""
    drafts = Q(junior__program__state=Program.State.DRAFT)
    return Q(junior__membership=member) & ~drafts


def _of_two(member: Membership) -> Q:
    return Q(pairing__junior__membership=member) | Q(pairing__mentor__membership=member)


def _in_begun(path: str, *of: str) -> Callable[[Membership], Q]:
    """Theirs along `of`, but for drafts: nobody learns there that they are wanted."""

    def condition(member: Membership) -> Q:
        theirs = Q()
        for one in of:
            theirs |= Q(**{one: member})
        return theirs & ~Q(**{f"{path}state": Program.State.DRAFT})

    return condition


def _undeclined(member: Membership) -> Q:
    """Without what was declined: by which of two is nobody's to know."""
    theirs = Q(junior__membership=member) | Q(mentor__membership=member)
    return theirs & Q(declined_at=None) & ~Q(program__state=Program.State.DRAFT)


def _unread(_member: Membership) -> Q:
    """What is held of somebody and others read; they themselves do not."""
    return Q(pk__in=[])


THE_MATCHER: str | Promise = _(
    "A run names nobody: it knows places by their numbers. It is kept as it was, so"
    " that anybody can check why pairs were proposed."
)

PEOPLE = (
    Held(
        model=ProgramStaff,
        key="staff",
        topic=Topic.PROGRAM,
        what=_("Which programs you lead or observe"),
        whose=("membership",),
        read_by=Resource.PROGRAM,
        goes=GONE,
        stays=("membership", "program", "role"),
    ),
    Held(
        model=Enrolment,
        key="enrolments",
        topic=Topic.PROGRAM,
        what=_(
            "Your place in a program: side, team, working hours, languages, what you"
            " wrote about yourself"
        ),
        whose=("membership",),
        exported=_in_begun("program__", "membership"),
        read_by=Resource.PROGRAM,
        goes={
            "product_areas": [],
            "languages": [],
            "about": "",
            "works_from": None,
            "works_until": None,
            "line_manager": None,
        },
        stays=("membership", "program", "side", "team", "heads", "hours", "ends_on"),
        because=_(
            "A place in a program is what a pairing and the figures of a team are"
            " counted by: the side, the team, the hours and the last day."
        ),
    ),
    Held(
        model=Enrolment,
        key="reports",
        topic=Topic.PROGRAM,
        what=_("Whose line manager you are"),
        whose=("line_manager",),
        exported=_in_begun("program__", "line_manager"),
        read_by=Resource.PROGRAM,
        goes={"line_manager": None},
        stays=("membership",),
        because=_("The place of your report is theirs."),
    ),
    Held(
        model=EnrolmentSkill,
        key="skills",
        topic=Topic.PROGRAM,
        what=_("Skills that you offer or want"),
        whose=("enrolment__membership",),
        exported=_in_begun("enrolment__program__", "enrolment__membership"),
        read_by=Resource.PROGRAM,
        goes=GONE,
        stays=("enrolment", "skill", "degree"),
    ),
    Held(
        model=MentorRecord,
        key="mentor_record",
        topic=Topic.PROGRAM,
        what=_("As a mentor: training, tenure, whether you are available"),
        whose=("membership",),
        read_by=STAFF,
        goes=GONE,
        stays=(
            "membership",
            "trained_on",
            "employed_since",
            "is_available",
            "away_until",
        ),
    ),
    Held(
        model=Choice,
        key="choices",
        topic=Topic.PROGRAM,
        what=_("Mentors whom you would like, and juniors’ choices of you"),
        whose=OF_TWO,
        exported=_of_junior,
        read_by=STAFF,
        goes=GONE,
        stays=("junior", "mentor", "rank"),
    ),
    Held(
        model=Avoidance,
        key="avoidances",
        topic=Topic.PROGRAM,
        what=_("People whom you would rather not have as a mentor"),
        whose=("junior__membership", "person"),
        exported=_of_junior,
        read_by=STAFF,
        goes=GONE,
        stays=("junior", "person", "slot"),
    ),
    Held(
        model=Proposal,
        key="proposals",
        topic=Topic.PROGRAM,
        what=_("Pairs that the matcher proposed with you, and their score"),
        whose=OF_TWO,
        exported=_unread,
        read_by=Resource.MATCHING,
        stays=("junior", "mentor", "score", "state"),
        because=THE_MATCHER,
    ),
    Held(
        model=MatchRun,
        key="match_runs",
        topic=Topic.PROGRAM,
        what=_("That you started a run of the matcher"),
        whose=("created_by",),
        read_by=Resource.MATCHING,
        stays=("created_by", "program", "number", "created_at", "state"),
        because=THE_MATCHER,
    ),
)

OF_PAIRS = (
    Held(
        model=Pairing,
        key="pairings",
        topic=Topic.PROGRAM,
        what=_("Your pairings: with whom, from when to when, phase, why they ended"),
        whose=OF_TWO,
        exported=_undeclined,
        read_by=Resource.RECORD,
        goes={"end_reason": ERASED},
        stays=(
            "junior",
            "mentor",
            "program",
            "kind",
            "state",
            "phase",
            "starts_on",
            "ends_on",
            "last_met_on",
            "ended_at",
            "proposed_at",
            "mentor_accepted_at",
            "junior_accepted_at",
        ),
        because=THE_RECORD,
    ),
    Held(
        model=Pairing,
        key="pairings_arranged",
        topic=Topic.PROGRAM,
        what=_("That you arranged a pairing"),
        whose=("created_by",),
        read_by=Resource.RECORD,
        stays=("created_by", "created_at"),
        because=THE_RECORD,
    ),
    Held(
        model=Pairing,
        key="pairings_declined",
        topic=Topic.PROGRAM,
        what=_("That you declined a pairing, and why"),
        whose=("declined_by",),
        read_by=STAFF,
        goes={"decline_reason": ""},
        stays=("declined_by", "declined_at"),
        because=THE_RECORD,
    ),
    Held(
        model=Pairing,
        key="first_steps",
        topic=Topic.PROGRAM,
        what=_("The first step of a pairing, where you see to it"),
        whose=("first_step_by",),
        read_by=Resource.RECORD,
        goes={
            "first_step": "",
            "first_step_by": None,
            "first_step_on": None,
            "first_step_done_at": None,
        },
    ),
    Held(
        model=Pause,
        key="pauses",
        topic=Topic.PROGRAM,
        what=_("Pauses of your pairings, and why"),
        whose=(*BOTH, "created_by"),
        read_by=Resource.RECORD,
        goes={"reason": ""},
        stays=(
            "pairing",
            "created_by",
            "starts_on",
            "back_on",
            "resumed_on",
            "moved_days",
            "created_at",
        ),
        because=THE_RECORD,
    ),
    Held(
        model=PhaseMove,
        key="phases",
        topic=Topic.PROGRAM,
        what=_("Changes of phase that you asked for or agreed to"),
        whose=("asked_by", "agreed_by"),
        read_by=Resource.RECORD,
        stays=("pairing", "phase", "asked_by", "asked_at", "agreed_by", "agreed_at"),
        because=THE_RECORD,
    ),
    Held(
        model=RematchRequest,
        key="rematches",
        topic=Topic.PROGRAM,
        what=_("That you asked for another match"),
        whose=("asked_by",),
        read_by=STAFF,
        goes=GONE,
        stays=("pairing", "asked_by", "asked_at", "settled_at"),
    ),
    Held(
        model=RematchRequest,
        key="rematches_settled",
        topic=Topic.PROGRAM,
        what=_("That you settled somebody’s wish for another match"),
        whose=("settled_by",),
        read_by=STAFF,
        stays=("settled_by", "settled_at"),
        because=_("The wish is whoever asked’s."),
    ),
    Held(
        model=Agreement,
        key="expected_as_junior",
        topic=Topic.PROGRAM,
        what=_("What you as a junior expect of a pairing"),
        whose=("pairing__junior__membership",),
        read_by=PAIR,
        goes={"junior_expects": ""},
        stays=("pairing", "version", "written_at", "junior_agreed_at"),
        because=THE_RECORD,
    ),
    Held(
        model=Agreement,
        key="expected_as_mentor",
        topic=Topic.PROGRAM,
        what=_("What you as a mentor expect of a pairing"),
        whose=("pairing__mentor__membership",),
        read_by=PAIR,
        goes={"mentor_expects": ""},
        stays=("pairing", "version", "written_at", "mentor_agreed_at"),
        because=THE_RECORD,
    ),
    Held(
        model=Agreement,
        key="agreements",
        topic=Topic.PROGRAM,
        what=_("What the two of you agreed on. Nobody can tell your words apart"),
        whose=BOTH,
        read_by=PAIR,
        goes={"meets": ""},
        stays=("pairing", "version", "written_by", "written_at"),
        because=THE_RECORD,
    ),
    Held(
        model=PairNote,
        key="pair_notes",
        topic=Topic.PROGRAM,
        what=_("Notes that you share with the other of your pair"),
        whose=BOTH,
        read_by=PAIR,
        goes={"text": ""},
        stays=("pairing", "kind", "version", "written_by", "written_at"),
        because=THE_RECORD,
    ),
    Held(
        model=Handover,
        key="handovers",
        topic=Topic.PROGRAM,
        what=_("The word of a last mentor to the next"),
        whose=(BOTH[0], "pairing__junior__pairings_as_junior__mentor__membership"),
        exported=_of_two,
        read_by=frozenset({Relation.NEXT_MENTOR, *PAIR}),
        goes={"word": ""},
        stays=("pairing", "released_at", "acknowledged_at"),
        because=THE_RECORD,
    ),
)

HELD = PEOPLE + OF_PAIRS

TEXTS = {
    Program: ["name"],
    Skill: ["name"],
    Enrolment: ["team", "product_areas", "about"],
    Pairing: ["end_reason", "decline_reason", "first_step"],
    Pause: ["reason"],
    MatchRun: ["failure"],
    Agreement: ["junior_expects", "mentor_expects", "meets"],
    PairNote: ["text"],
    Handover: ["word"],
}

IMPERSONAL = {
    Program: ["name", "template"],
    Skill: ["name"],
    Pairing: ["mentor_side", "junior_side"],
    Proposal: ["junior_side", "mentor_side"],
    Choice: ["junior_side", "mentor_side"],
    Avoidance: ["junior_side"],
    MatchRun: ["rules", "weights", "pins", "inputs", "result", "guide", "failure"],
}

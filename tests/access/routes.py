"""Every route of the product, what it asks of the table of rights, and by which row."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from preceptor.accounts.rights import ARRANGERS, RIGHTS, Relation, Resource, Right
from preceptor.personal.gathering import token_of
from tests.access.world import RELATIONS, World

ANYBODY = "anybody"
"""In place of a row: a page of every active member."""
OF_ALL = ("organisation", "managers", "register", "overseers")
"""Rows of the whole organisation: who is nothing to them is told so."""


@dataclass(frozen=True, slots=True)
class Route:
    """What a request to a route needs.

    `row` names the kind of row of `world.RELATIONS`. `arranges` asks for who writes
    dates and states; `also` lets relations in beside those with the right. `only`
    narrows those with the right to persons, such as the author of a finding; the
    others of them get 404.
    """

    row: str
    resource: Resource | None = None
    right: Right = Right.READ
    arranges: bool = False
    also: frozenset[Relation] = frozenset()
    only: tuple[str, ...] = ()
    instead: int = 404
    watchers: tuple[str, ...] = ()
    args: Callable[[World], list[Any]] = lambda world: []
    query: Callable[[World], dict[str, Any]] = lambda world: {}
    methods: tuple[str, ...] = ("GET",)

    def expected(self, person: str, method: str) -> int | None:
        """The status for a member of the organisation; None where they may."""
        if method == "GET" and person in self.watchers:
            return None
        if self.row == ANYBODY:
            return None
        relation = RELATIONS[self.row].get(person)
        if relation is None:
            return 403 if self.row in OF_ALL else 404
        if not self._may(relation):
            return 403
        return None if not self.only or person in self.only else self.instead

    def _may(self, relation: Relation) -> bool:
        if relation in self.also:
            return True
        if self.arranges:
            return relation in ARRANGERS
        assert self.resource is not None
        return RIGHTS[relation].get(self.resource, Right.NONE) >= self.right


def _plan(world: World) -> list[Any]:
    return [world.plan.pk]


def _worded(world: World) -> list[Any]:
    return [world.cast.program.pk, world.failed.kind]


def _goal(world: World) -> list[Any]:
    return [world.goal.pk]


def _milestone(world: World) -> list[Any]:
    return [world.milestone.pk]


PLAN_TEXT = Resource.PLAN_TEXT
RECORD = Resource.RECORD
PROGRAM = Resource.PROGRAM
CONTRIBUTE, WRITE = Right.CONTRIBUTE, Right.WRITE
BOTH = ("GET", "POST")

WRITERS = Route("managers", PROGRAM, WRITE, methods=BOTH)
A_FRAMEWORK = replace(WRITERS, args=lambda w: [w.framework.pk])
A_VERSION = Route(ANYBODY, args=lambda w: [w.framework_version.pk])
DRAFT = replace(WRITERS, args=lambda w: [w.framework_draft.pk])
AREA = replace(WRITERS, args=lambda w: [w.area.pk])
COMPETENCY = replace(WRITERS, args=lambda w: [w.competency.pk])
FRAMEWORK_FILE = replace(
    WRITERS,
    args=lambda w: [w.framework_file.pk],
    only=("mark",),
    instead=410,
    methods=("GET",),
)
FRAMEWORKS = {
    "progress:frameworks": Route(ANYBODY),
    "progress:framework": Route(ANYBODY, args=lambda w: [w.framework.pk]),
    "progress:framework_version": A_VERSION,
    "progress:compare_versions": A_VERSION,
    "progress:export_framework": replace(
        A_VERSION, args=lambda w: [w.framework_version.pk, "csv"]
    ),
    "progress:add_framework": WRITERS,
    "progress:take_starter": replace(WRITERS, methods=("POST",)),
    "progress:upload_framework": WRITERS,
    "progress:upload_version": A_FRAMEWORK,
    "progress:framework_file": FRAMEWORK_FILE,
    "progress:import_framework": replace(FRAMEWORK_FILE, methods=("POST",)),
    "progress:edit_framework": A_FRAMEWORK,
    "progress:begin_draft": replace(A_FRAMEWORK, methods=("POST",)),
    "progress:duplicate_framework": A_FRAMEWORK,
    "progress:archive_framework": A_FRAMEWORK,
    "progress:bring_back_framework": replace(A_FRAMEWORK, methods=("POST",)),
    "progress:make_default": replace(A_FRAMEWORK, methods=("POST",)),
    "progress:publish_draft": DRAFT,
    "progress:discard_draft": DRAFT,
    "progress:add_area": DRAFT,
    "progress:edit_area": AREA,
    "progress:remove_area": AREA,
    "progress:shift_area": replace(AREA, methods=("POST",)),
    "progress:add_competency": AREA,
    "progress:edit_competency": COMPETENCY,
    "progress:remove_competency": COMPETENCY,
    "progress:shift_competency": replace(COMPETENCY, methods=("POST",)),
    "progress:program_framework": Route(
        "program",
        PROGRAM,
        WRITE,
        args=lambda w: [w.cast.program.pk],
        methods=BOTH,
    ),
}

CHECKIN = Route("plan", PLAN_TEXT, args=lambda w: [w.checkin.pk])
CHECKINS = {
    "progress:checkins": Route("plan", RECORD, args=_plan),
    "progress:prepare_checkin": Route(
        "plan", PLAN_TEXT, WRITE, args=_plan, methods=BOTH
    ),
    "progress:discard_checkin": Route(
        "plan", PLAN_TEXT, WRITE, args=_plan, methods=BOTH
    ),
    "progress:checkin": CHECKIN,
    "progress:edit_checkin": replace(CHECKIN, right=WRITE, methods=BOTH),
    "progress:answer_checkin": replace(
        CHECKIN, right=CONTRIBUTE, only=("tomasz",), instead=403, methods=BOTH
    ),
    "progress:tell_hours": Route(
        "plan", PLAN_TEXT, WRITE, args=_plan, methods=("POST",)
    ),
}

TOLD = Route("session", Resource.SESSION_TEXT, args=lambda w: [w.revealed.pk])
OF_COMPETENCY = Route(
    "plan", PLAN_TEXT, args=lambda w: [w.plan.pk, w.evidence.competency_id]
)
PIECE = Route("plan", PLAN_TEXT, args=lambda w: [w.evidence.pk])
EVIDENCE = {
    "progress:session_evidence": TOLD,
    "progress:tag": replace(TOLD, right=WRITE, methods=("POST",)),
    "progress:evidence": Route("plan", RECORD, args=_plan),
    "progress:competency_evidence": OF_COMPETENCY,
    "progress:tag_evidence": replace(OF_COMPETENCY, right=CONTRIBUTE, methods=BOTH),
    "progress:evidence_place": PIECE,
    "progress:take_back": replace(
        OF_COMPETENCY,
        right=CONTRIBUTE,
        args=lambda w: [w.plan.pk, w.evidence.competency_id, w.evidence.pk],
        only=("ines",),
        instead=403,
        methods=("POST",),
    ),
}

GOAL = Route("plan", PLAN_TEXT, CONTRIBUTE, args=_goal, methods=("POST",))
OWN_GOAL = replace(GOAL, right=WRITE)
STEP = replace(GOAL, args=lambda w: [w.step.pk])

ASSESSED = Route("plan", PLAN_TEXT, CONTRIBUTE, args=lambda w: [w.assessment.pk])
ASSESS = replace(ASSESSED, methods=BOTH)
ASSESSMENTS = {
    "progress:assessments": Route("plan", PLAN_TEXT, args=_plan),
    "progress:open_assessment": Route(
        "plan", PLAN_TEXT, CONTRIBUTE, args=_plan, methods=BOTH
    ),
    "progress:assessment": replace(ASSESSED, right=Right.READ),
    "progress:rate": ASSESS,
    "progress:agree_levels": ASSESS,
    "progress:sign_assessment": ASSESS,
    "progress:unsign_assessment": ASSESS,
    "progress:discard_assessment": ASSESS,
}

OWN_PLAN = Route("plan", PLAN_TEXT, WRITE, args=_plan)
COMPLETION = {
    "progress:completion": Route("plan", RECORD, args=_plan),
    "progress:certificate": Route("plan", RECORD, args=_plan),
    "progress:export_year": OWN_PLAN,
    "progress:links": OWN_PLAN,
    "progress:readers": OWN_PLAN,
    "progress:add_link": replace(OWN_PLAN, methods=BOTH),
    "progress:revoke_link": replace(OWN_PLAN, args=lambda w: [w.link.pk], methods=BOTH),
}


def _competency(world: World) -> list[Any]:
    return [world.plan.pk, world.grown_in.key]


ONE_COMPETENCY = Route("plan", PLAN_TEXT, args=_competency)
ASK_AUTONOMY = replace(ONE_COMPETENCY, right=WRITE, methods=("POST",))
AUTONOMY = {
    "progress:autonomy": Route("plan", PLAN_TEXT, args=_plan),
    "progress:competency_autonomy": ONE_COMPETENCY,
    "progress:grant_autonomy": replace(
        ONE_COMPETENCY,
        right=CONTRIBUTE,
        only=("tomasz",),
        instead=403,
        methods=("POST",),
    ),
    "progress:ask_autonomy": ASK_AUTONOMY,
    "progress:drop_autonomy": ASK_AUTONOMY,
}

SIGN = Route("plan", RECORD, CONTRIBUTE, args=_milestone, methods=BOTH)
STONE = Route("plan", RECORD, args=_milestone)
SHAPE_STONE = Route(
    "plan", RECORD, CONTRIBUTE, also=ARRANGERS, args=_milestone, methods=BOTH
)
MILESTONES = {
    "progress:milestone": STONE,
    "progress:so_far": STONE,
    "progress:sign": SIGN,
    "progress:withdraw": SIGN,
    "progress:skip": SIGN,
    "progress:unskip": replace(SIGN, methods=("POST",)),
    "progress:add_addendum": replace(SIGN, methods=("POST",)),
    "progress:move": Route("plan", arranges=True, args=_milestone, methods=BOTH),
    "progress:ask": replace(SHAPE_STONE, methods=("POST",)),
    "progress:tick_condition": replace(
        SIGN, args=lambda w: [w.condition.pk], methods=("POST",)
    ),
    "progress:drop_condition": replace(SHAPE_STONE, args=lambda w: [w.condition.pk]),
    "progress:add_milestone": replace(SHAPE_STONE, args=_plan),
    "progress:edit_milestone": replace(SHAPE_STONE, args=lambda w: [w.own_stone.pk]),
    "progress:remove_milestone": replace(SHAPE_STONE, args=lambda w: [w.own_stone.pk]),
}
EACH_OTHER = Route("pairing", RECORD, args=lambda w: [w.cast.pairing.pk])
EACH_OTHER = replace(EACH_OTHER, only=("ines", "tomasz"), instead=403)
PUBLISH = Route("plan", PLAN_TEXT, WRITE, args=_plan, methods=("POST",))
PROGRESS = {
    **FRAMEWORKS,
    **CHECKINS,
    **EVIDENCE,
    **ASSESSMENTS,
    **COMPLETION,
    **AUTONOMY,
    **MILESTONES,
    "progress:move_version": Route(
        "plan", PLAN_TEXT, CONTRIBUTE, args=_plan, methods=BOTH
    ),
    "progress:growth": Route(ANYBODY),
    "progress:plan": Route("plan", RECORD, args=_plan),
    "progress:evaluations": EACH_OTHER,
    "progress:evaluate": replace(
        EACH_OTHER, args=lambda w: [w.cast.pairing.pk, "completion"], methods=BOTH
    ),
    "progress:own_releases": Route(ANYBODY),
    "progress:releases": Route(
        "program", Resource.PROGRAM, WRITE, args=lambda w: [w.cast.program.pk]
    ),
    "progress:figures": Route("plan", RECORD, args=_plan),
    "progress:publish_figure": PUBLISH,
    "progress:withdraw_figure": PUBLISH,
    "progress:add_goal": Route("plan", PLAN_TEXT, CONTRIBUTE, args=_plan, methods=BOTH),
    "progress:goal_levels": Route("plan", PLAN_TEXT, CONTRIBUTE, args=_plan),
    "progress:goal": Route("plan", PLAN_TEXT, args=_goal),
    "progress:edit_goal": replace(GOAL, methods=BOTH),
    "progress:agree_goal": GOAL,
    "progress:mark_goal": OWN_GOAL,
    "progress:place_goal": OWN_GOAL,
    "progress:shift_goal": OWN_GOAL,
    "progress:add_step": GOAL,
    "progress:tick_step": STEP,
    "progress:remove_step": replace(STEP, methods=BOTH),
}


def _program(world: World) -> list[Any]:
    return [world.cast.program.pk]


def _roster(world: World) -> list[Any]:
    return [world.cast.program.pk, world.roster.pk]


def _pair_file(world: World) -> list[Any]:
    return [world.cast.program.pk, world.pair_file.pk]


def _pairing(world: World) -> list[Any]:
    return [world.cast.pairing.pk]


READ_PROGRAM = Route("program", PROGRAM, args=_program)
WRITE_PROGRAM = Route("program", PROGRAM, WRITE, args=_program)
OVERSEE_PROGRAM = Route("program", Resource.MATCHING, args=_program)
WRITE_ENROLMENT = Route(
    "program", PROGRAM, WRITE, args=lambda w: [w.cast.mai_enrolled.pk], methods=BOTH
)
SHAPE = Route("pairing", Resource.RECORD, Right.CONTRIBUTE, args=_pairing, methods=BOTH)
ANSWER = replace(SHAPE, methods=("POST",))
OWN_PLACE = Route(
    "program",
    PROGRAM,
    args=lambda w: [w.cast.ines_enrolled.pk],
    only=("ines", "ruth", "mark", "olga"),
    instead=403,
)
MATCHING = Resource.MATCHING
READ_RUN = Route("program", MATCHING, args=lambda w: [w.run.pk])
WRITE_RUN = replace(READ_RUN, right=WRITE)
PROPOSAL = Route(
    "proposal",
    RECORD,
    args=lambda w: [w.proposal.pk],
    only=("devon", "anjali", "ruth", "mark", "olga"),
    instead=403,
)
OWN_PROPOSAL = replace(PROPOSAL, only=("devon", "anjali"))
SETTLE_PROPOSAL = Route(
    "proposal",
    arranges=True,
    args=lambda w: [w.proposal.pk],
    query=lambda w: {"mentor": w.cast.tomasz_enrolled.pk},
    methods=("POST",),
)
REGISTER = Route("register", PROGRAM, WRITE)
SETTINGS = Route("organisation", Resource.ORGANISATION, WRITE)
SKILLS = Route("managers", PROGRAM, WRITE)
PAIRINGS = {
    "pairings:profile": replace(OWN_PLACE, methods=BOTH),
    "pairings:seats": OWN_PLACE,
    "pairings:wish": replace(
        OWN_PLACE,
        query=lambda w: {"person": w.cast.anjali.pk, "step": "avoid"},
        methods=BOTH,
    ),
    "pairings:skills": SKILLS,
    "pairings:edit_skill": replace(SKILLS, args=lambda w: [w.skill], methods=BOTH),
    "pairings:remove_skills": replace(SKILLS, methods=BOTH),
    "pairings:mentors": REGISTER,
    "pairings:export_mentors": REGISTER,
    "pairings:edit_mentor": replace(
        REGISTER, args=lambda w: [w.cast.tomasz.pk], methods=BOTH
    ),
    "pairings:programs": Route(ANYBODY),
    "pairings:new_programs": replace(SETTINGS, methods=BOTH),
    "pairings:create_program": Route("managers", PROGRAM, WRITE, methods=BOTH),
    "pairings:program": READ_PROGRAM,
    "pairings:people": READ_PROGRAM,
    "pairings:edit_program": replace(WRITE_PROGRAM, watchers=("otis",), methods=BOTH),
    "pairings:reschedule": replace(WRITE_PROGRAM, methods=BOTH),
    "pairings:duplicate_program": Route(
        "managers", PROGRAM, WRITE, args=_program, methods=BOTH
    ),
    "pairings:start_program": replace(WRITE_PROGRAM, methods=BOTH),
    "pairings:close_program": replace(WRITE_PROGRAM, methods=BOTH),
    "pairings:reopen_program": replace(WRITE_PROGRAM, methods=BOTH),
    "pairings:archive_program": replace(WRITE_PROGRAM, methods=BOTH),
    "pairings:bring_back_program": replace(WRITE_PROGRAM, methods=BOTH),
    "pairings:messages": OVERSEE_PROGRAM,
    "pairings:ahead": OVERSEE_PROGRAM,
    "pairings:message_log": OVERSEE_PROGRAM,
    "pairings:send_again": replace(
        WRITE_PROGRAM, args=lambda w: [w.failed.pk], methods=("POST",)
    ),
    "pairings:pause_messages": replace(WRITE_PROGRAM, methods=BOTH),
    "pairings:resume_messages": replace(WRITE_PROGRAM, methods=BOTH),
    "pairings:channel": replace(WRITE_PROGRAM, methods=BOTH),
    "pairings:remove_channel": replace(WRITE_PROGRAM, methods=BOTH),
    "pairings:words": replace(
        WRITE_PROGRAM, watchers=("otis",), args=_worded, methods=BOTH
    ),
    "pairings:our_words": replace(WRITE_PROGRAM, args=_worded, methods=("POST",)),
    "pairings:add_staff": replace(WRITE_PROGRAM, methods=("POST",)),
    "pairings:remove_staff": Route(
        "program", PROGRAM, WRITE, args=lambda w: [w.otis_staff], methods=BOTH
    ),
    "pairings:export_people": replace(
        READ_PROGRAM, only=("otis", "ruth", "mark", "olga"), instead=403
    ),
    "pairings:enrol": replace(WRITE_PROGRAM, methods=BOTH),
    "pairings:edit_enrolment": WRITE_ENROLMENT,
    "pairings:remove_enrolment": WRITE_ENROLMENT,
    "pairings:upload_roster": replace(WRITE_PROGRAM, methods=BOTH),
    "pairings:roster": replace(
        WRITE_PROGRAM, args=_roster, only=("ruth",), instead=410
    ),
    "pairings:import_roster": replace(
        WRITE_PROGRAM, args=_roster, only=("ruth",), instead=410, methods=("POST",)
    ),
    "pairings:matching": Route("program", MATCHING, args=_program),
    "pairings:match_run": READ_RUN,
    "pairings:match_card": replace(
        READ_RUN, args=lambda w: [w.run.pk, w.cast.mai_enrolled.pk]
    ),
    "pairings:choose": replace(WRITE_RUN, methods=("POST",)),
    "pairings:cancel_match": replace(WRITE_RUN, methods=("POST",)),
    "pairings:check_match": replace(READ_RUN, methods=("POST",)),
    "pairings:pair": replace(WRITE_PROGRAM, methods=BOTH),
    "pairings:upload_pairs": replace(WRITE_PROGRAM, methods=BOTH),
    "pairings:pair_file": replace(
        WRITE_PROGRAM, args=_pair_file, only=("ruth",), instead=410
    ),
    "pairings:import_pairs": replace(
        WRITE_PROGRAM, args=_pair_file, only=("ruth",), instead=410, methods=("POST",)
    ),
    "pairings:export_pairs": replace(
        READ_PROGRAM, only=("otis", "ruth", "mark", "olga"), instead=403
    ),
    "pairings:proposals": WRITE_PROGRAM,
    "pairings:propose": replace(WRITE_PROGRAM, args=lambda w: [w.run.pk], methods=BOTH),
    "pairings:proposal": PROPOSAL,
    "pairings:accept": replace(OWN_PROPOSAL, methods=("POST",)),
    "pairings:decline": replace(OWN_PROPOSAL, methods=BOTH),
    "pairings:withdraw": SETTLE_PROPOSAL,
    "pairings:propose_next": SETTLE_PROPOSAL,
    "pairings:mark_first_step": ANSWER,
    "pairings:end": Route("pairing", arranges=True, args=_pairing, methods=BOTH),
    "pairings:leave": WRITE_ENROLMENT,
    "pairings:ask_phase": replace(SHAPE, methods=("POST",)),
    "pairings:agree_phase": replace(ANSWER, args=lambda w: [w.phase_move.pk]),
    "pairings:drop_phase": replace(ANSWER, args=lambda w: [w.phase_move.pk]),
    "pairings:ask_rematch": SHAPE,
    "pairings:settle_rematch": Route(
        "pairing",
        Resource.RECORD,
        args=lambda w: [w.wish.pk],
        only=("ines", "ruth", "mark", "olga"),
        methods=("POST",),
    ),
}


def _reading(world: World) -> list[Any]:
    return [world.reading.pk]


def _revealed(world: World) -> list[Any]:
    return [world.revealed.pk]


def _own_finding(world: World) -> list[Any]:
    return [world.reading.pk, world.own_finding.pk]


def _finding(world: World) -> list[Any]:
    return [world.revealed.pk, world.finding.pk]


def _transcript(world: World) -> list[Any]:
    return [world.reading.pk, world.transcript.pk]


TEXT = Resource.SESSION_TEXT
READING = Route("session", TEXT, WRITE, args=_reading)
REVEALED = Route("session", TEXT, WRITE, args=_revealed)
REREAD = Route("session", TEXT, args=_reading)
MEET = Route("pairing", TEXT, WRITE, args=_pairing)
PLANNED = Route("session", TEXT, WRITE, args=lambda w: [w.planned.pk])
OWN_FINDING = Route("session", TEXT, WRITE, only=("ines",), args=_own_finding)
ONE_FINDING = replace(REVEALED, args=_finding, methods=("POST",))
OWN_COMMENT = replace(
    REVEALED, args=lambda w: [w.revealed.pk, w.comment.pk], only=("ines",)
)
ONE_ACTION = replace(
    REVEALED, args=lambda w: [w.revealed.pk, w.action.pk], methods=("POST",)
)
PROVIDER = replace(SETTINGS, args=lambda w: [w.provider.pk])
DOMAIN = replace(SETTINGS, args=lambda w: [w.domain.pk])
REVIEWS = {
    "reviews:sessions": Route(ANYBODY),
    "reviews:open": Route(ANYBODY, methods=BOTH),
    "reviews:preview": Route(
        "staged change", TEXT, WRITE, args=lambda w: [w.change.pk]
    ),
    "reviews:log": Route(ANYBODY, methods=BOTH),
    "reviews:plan": replace(MEET, methods=BOTH),
    "reviews:suggest": replace(MEET, methods=BOTH),
    "reviews:drop_suggestion": replace(
        MEET, args=lambda w: [w.cast.pairing.pk, w.suggestion.pk], methods=("POST",)
    ),
    "reviews:export_json": REREAD,
    "reviews:export_markdown": REREAD,
    "reviews:note": replace(READING, methods=BOTH),
    "reviews:retention": replace(SETTINGS, methods=BOTH),
    "reviews:move": replace(PLANNED, methods=BOTH),
    "reviews:cancel": replace(PLANNED, methods=BOTH),
    "reviews:invitation": PLANNED,
    "reviews:release": replace(READING, also=ARRANGERS, methods=BOTH),
    "reviews:bring_in_drafts": replace(REVEALED, methods=("POST",)),
    "reviews:session": Route("session", RECORD, args=_reading),
    "reviews:read": REREAD,
    "reviews:files": REREAD,
    "reviews:add_finding": replace(READING, methods=BOTH),
    "reviews:edit_finding": replace(OWN_FINDING, methods=BOTH),
    "reviews:remove_finding": replace(OWN_FINDING, methods=("POST",)),
    "reviews:draft": replace(READING, methods=("POST",)),
    "reviews:mark_viewed": replace(
        READING, args=lambda w: [w.reading.pk, 1], methods=("POST",)
    ),
    "reviews:keep_words": replace(READING, methods=("POST",)),
    "reviews:discard_words": replace(READING, methods=("POST",)),
    "reviews:preview_finding": replace(READING, methods=("POST",)),
    "reviews:lock": replace(READING, methods=BOTH),
    "reviews:reveal": replace(READING, methods=("POST",)),
    "reviews:changes": READING,
    "reviews:own": READING,
    "reviews:board": replace(REREAD, args=_revealed),
    "reviews:add_late": replace(REVEALED, methods=BOTH),
    "reviews:adjudicate": ONE_FINDING,
    "reviews:join": ONE_FINDING,
    "reviews:split": ONE_FINDING,
    "reviews:distinguish": ONE_FINDING,
    "reviews:set_status": ONE_FINDING,
    "reviews:verify": ONE_FINDING,
    "reviews:findings": replace(REREAD, args=_revealed),
    "reviews:calibration": Route(ANYBODY),
    "reviews:add_lesson": replace(REVEALED, methods=("POST",)),
    "reviews:remove_lesson": replace(
        REVEALED,
        args=lambda w: [w.revealed.pk, w.lesson.pk],
        only=("ines",),
        methods=("POST",),
    ),
    "reviews:add_transcript": replace(READING, methods=BOTH),
    "reviews:preview_transcript": replace(
        READING,
        args=lambda w: [w.reading.pk, w.staged_transcript.pk],
        only=("ines",),
        methods=("GET",),
    ),
    "reviews:transcript": replace(REREAD, args=_transcript),
    "reviews:revisions": REREAD,
    "reviews:sittings": replace(READING, methods=BOTH),
    "reviews:edit_provenance": replace(READING, methods=BOTH),
    "reviews:add_revision": replace(READING, methods=BOTH),
    "reviews:preview_revision": replace(
        READING,
        args=lambda w: [w.reading.pk, w.staged_revision.pk],
        only=("ines",),
        methods=("GET",),
    ),
    "reviews:remove_transcript": replace(READING, args=_transcript, methods=BOTH),
    "reviews:transcript_file": replace(REREAD, args=_transcript),
    "reviews:turn": replace(REREAD, args=lambda w: [*_transcript(w), 1]),
    "reviews:edit_lesson": replace(
        REVEALED,
        args=lambda w: [w.revealed.pk, w.lesson.pk],
        only=("ines",),
        methods=BOTH,
    ),
    "reviews:explain": ONE_FINDING,
    "reviews:make_lesson": ONE_FINDING,
    "reviews:add_comment": ONE_FINDING,
    "reviews:edit_comment": replace(OWN_COMMENT, methods=BOTH),
    "reviews:remove_comment": replace(OWN_COMMENT, methods=("POST",)),
    "reviews:add_action": replace(REVEALED, methods=("POST",)),
    "reviews:mark_action": ONE_ACTION,
    "reviews:remove_action": replace(ONE_ACTION, only=("ines",)),
    "reviews:say_impression": replace(REVEALED, methods=("POST",)),
    "reviews:close": replace(REVEALED, methods=BOTH),
    "reviews:abandon": replace(REVEALED, methods=BOTH),
}

INVITED = replace(SETTINGS, args=lambda w: [w.invitation.pk], methods=("POST",))
A_MEMBER = replace(SETTINGS, args=lambda w: [w.cast.mei.pk], methods=BOTH)
CALENDAR = {
    "calendar:subscription": Route(ANYBODY),
    "calendar:subscribe": Route(ANYBODY, methods=("POST",)),
    "calendar:unsubscribe": Route(ANYBODY, methods=BOTH),
}
OWN_MESSAGE = Route(
    "message", Resource.SESSION_TEXT, WRITE, args=lambda w: [w.message.pk]
)
MESSAGES = {
    "messages:inbox": Route(ANYBODY),
    "messages:resting": Route(ANYBODY),
    "messages:settled": Route(ANYBODY),
    "messages:read_all": Route(ANYBODY, methods=("POST",)),
    "messages:preferences": Route(ANYBODY, methods=BOTH),
    "messages:chat": Route(ANYBODY, methods=BOTH),
    "messages:try_chat": replace(OWN_MESSAGE, args=lambda w: [], methods=("POST",)),
    "messages:remove_chat": replace(OWN_MESSAGE, args=lambda w: [], methods=BOTH),
    "messages:reminder": OWN_MESSAGE,
    "messages:open": replace(OWN_MESSAGE, methods=("POST",)),
    "messages:put_off": replace(OWN_MESSAGE, methods=("POST",)),
    "messages:done": replace(OWN_MESSAGE, methods=("POST",)),
    "messages:wake": replace(
        OWN_MESSAGE, args=lambda w: [w.rest.pk], methods=("POST",)
    ),
}
CATEGORY = replace(SETTINGS, args=lambda w: ["own_flaky"], methods=BOTH)
PERSONAL = {
    "personal:mine": Route(ANYBODY),
    "personal:ask_archive": Route(ANYBODY, methods=("POST",)),
    "personal:download": replace(
        OWN_MESSAGE, args=lambda w: [token_of(w.archive)], methods=("GET",)
    ),
    "personal:erase_me": Route(ANYBODY, methods=BOTH),
    "personal:call_off": Route(ANYBODY, methods=("POST",)),
    "personal:requests": replace(SETTINGS, methods=BOTH),
    "personal:erasing": replace(SETTINGS, args=lambda w: [w.erasure.pk]),
    "personal:erase": A_MEMBER,
}
HOLIDAY_FILE = replace(
    WRITERS, args=lambda w: [w.holiday_file.pk], only=("mark",), instead=410
)
HOLIDAY = replace(WRITERS, args=lambda w: [w.holiday.pk])
ORGANISATION = {
    "health:machinery": SETTINGS,
    "health:send_again": replace(
        SETTINGS, args=lambda w: [w.failed.pk], methods=("POST",)
    ),
    "reviews:categories": SETTINGS,
    "reviews:add_category": replace(SETTINGS, methods=BOTH),
    "reviews:edit_category": CATEGORY,
    "reviews:retire_category": CATEGORY,
    "reviews:bring_back_category": replace(CATEGORY, methods=("POST",)),
    "organisation:holidays": Route(ANYBODY),
    "organisation:add_holidays": WRITERS,
    "organisation:upload_holidays": WRITERS,
    "organisation:holiday_file": replace(HOLIDAY_FILE, methods=("GET",)),
    "organisation:import_holidays": replace(HOLIDAY_FILE, methods=("POST",)),
    "organisation:edit_holiday": HOLIDAY,
    "organisation:remove_holiday": HOLIDAY,
    "organisation:members": Route(ANYBODY),
    "organisation:leave": Route(ANYBODY, methods=BOTH),
    "organisation:settings": replace(SETTINGS, methods=BOTH),
    "insights:history": SETTINGS,
    "insights:history_csv": SETTINGS,
    "insights:own_history": Route(ANYBODY),
    "organisation:invitations": SETTINGS,
    "organisation:invite": replace(SETTINGS, methods=BOTH),
    "organisation:resend": INVITED,
    "organisation:withdraw": INVITED,
    "organisation:member": A_MEMBER,
    "organisation:deactivate": A_MEMBER,
    "organisation:reactivate": replace(A_MEMBER, methods=("POST",)),
    "organisation:forget_identity": replace(A_MEMBER, methods=("POST",)),
    "organisation:take_address": replace(A_MEMBER, methods=("POST",)),
    "sign_in:settings": replace(SETTINGS, methods=BOTH),
    "sign_in:add": replace(SETTINGS, args=lambda w: ["oidc"], methods=BOTH),
    "sign_in:provider": replace(PROVIDER, methods=BOTH),
    "sign_in:test": replace(PROVIDER, methods=("POST",)),
    "sign_in:turn_on": replace(PROVIDER, methods=("POST",)),
    "sign_in:turn_off": replace(PROVIDER, methods=BOTH),
    "sign_in:remove": replace(PROVIDER, methods=BOTH),
    "sign_in:add_domain": replace(SETTINGS, methods=("POST",)),
    "sign_in:check_domain": replace(DOMAIN, methods=("POST",)),
    "sign_in:remove_domain": replace(DOMAIN, methods=BOTH),
}

OVERSEE = replace(READ_PROGRAM, only=("otis", "ruth", "mark", "olga"), instead=403)
SCENARIO = Route(
    "program",
    Resource.MATCHING,
    WRITE,
    args=lambda w: [w.scenario.pk],
    methods=BOTH,
)
RETURNS = {
    "insights:scenarios": Route("overseers", Resource.MATCHING),
    "insights:add_scenario": replace(REGISTER, methods=BOTH),
    "insights:scenario": replace(SCENARIO, watchers=("otis",)),
    "insights:remove_scenario": SCENARIO,
}
A_WEEK = replace(REGISTER, args=lambda w: [w.week.pk], methods=BOTH)
WEEK_FILE = replace(
    REGISTER, args=lambda w: [w.week_file.pk], only=("mark",), instead=410
)
DELIVERY = {
    "insights:delivery": OVERSEE,
    "insights:weeks": Route("overseers", Resource.MATCHING),
    "insights:export_weeks": Route("overseers", Resource.MATCHING),
    "insights:week_template": REGISTER,
    "insights:upload_weeks": replace(REGISTER, methods=BOTH),
    "insights:week_file": WEEK_FILE,
    "insights:import_weeks": replace(WEEK_FILE, methods=("POST",)),
    "insights:edit_week": A_WEEK,
    "insights:remove_week": A_WEEK,
}
QUARTER = "2026-Q1"
OF_PROGRAM = replace(OVERSEE, args=lambda w: [w.cast.program.pk, QUARTER])
OF_ALL_PROGRAMS = Route("managers", PROGRAM, WRITE, args=lambda _w: [QUARTER])
QUARTERS = {
    "insights:quarters": Route("overseers", Resource.MATCHING),
    "insights:quarter_report": OF_PROGRAM,
    "insights:make_report": replace(OF_PROGRAM, methods=("POST",)),
    "insights:quarter_report_file": replace(
        OF_PROGRAM, args=lambda w: [w.cast.program.pk, QUARTER, "csv"]
    ),
    "insights:report_schedule": replace(WRITE_PROGRAM, methods=BOTH),
    "insights:quarter_of_all": OF_ALL_PROGRAMS,
    "insights:make_of_all": replace(OF_ALL_PROGRAMS, methods=("POST",)),
    "insights:quarter_of_all_file": replace(
        OF_ALL_PROGRAMS, args=lambda _w: [QUARTER, "csv"]
    ),
    "insights:schedule_of_all": replace(WRITERS, methods=BOTH),
}
FIGURES = {
    "insights:insights": Route("overseers", Resource.MATCHING),
    "insights:stays": Route("overseers", Resource.MATCHING),
    "insights:stays_file": Route(
        "overseers", Resource.MATCHING, args=lambda w: ["csv"]
    ),
    "insights:quarter": OVERSEE,
    "insights:quarter_file": replace(
        OVERSEE, args=lambda w: [w.cast.program.pk, "csv"]
    ),
}
INSIGHTS = {
    **RETURNS,
    **QUARTERS,
    **DELIVERY,
    **FIGURES,
    "insights:board": OVERSEE,
    "insights:board_csv": OVERSEE,
    "insights:board_xlsx": OVERSEE,
    "insights:today": Route(ANYBODY),
    "insights:reports": Route(ANYBODY),
    "insights:pairing": Route("pairing", RECORD, args=_pairing),
    "insights:pause": Route("pairing", arranges=True, args=_pairing, methods=BOTH),
    "insights:resume": Route("pairing", arranges=True, args=_pairing, methods=BOTH),
    "insights:agreement": replace(MEET, methods=BOTH),
    "insights:agree": replace(MEET, methods=("POST",)),
    "insights:notes": replace(MEET, methods=BOTH),
    "insights:word": replace(MEET, only=("tomasz",), instead=403, methods=BOTH),
    "insights:handover": MEET,
    "insights:release_handover": replace(
        MEET, only=("ines",), instead=403, methods=("POST",)
    ),
    "insights:acknowledge_handover": replace(
        MEET, only=("tomasz",), instead=403, methods=("POST",)
    ),
}

ROUTES: dict[str, Route] = {
    **CALENDAR,
    **MESSAGES,
    **ORGANISATION,
    **PERSONAL,
    **PAIRINGS,
    **REVIEWS,
    **PROGRESS,
    **INSIGHTS,
}

"""What growth plans hold of people."""

from progress.models import (
    Area,
    AutonomyGrant,
    AutonomyRequest,
    CheckIn,
    Competency,
    Evidence,
    Framework,
    FrameworkVersion,
    Goal,
    GoalStep,
    JuniorEvaluation,
    Milestone,
    MilestoneAddendum,
    MilestoneCondition,
    MilestoneMove,
    Outcome,
    PlanLink,
    Rating,
    Release,
)
from progress.personal.judged import JUDGED
from progress.personal.plans import PLANS
from progress.personal.written import WRITTEN

HELD = PLANS + WRITTEN + JUDGED

TEXTS = {
    Framework: ["name", "about"],
    FrameworkVersion: ["note"],
    Area: ["name", "about"],
    Competency: ["name", "about", "levels"],
    Milestone: ["name", "about", "although", "skip_reason"],
    MilestoneCondition: ["text"],
    MilestoneAddendum: ["text"],
    MilestoneMove: ["reason"],
    Goal: ["text", "why", "done_when"],
    GoalStep: ["text"],
    CheckIn: [
        *("went_well", "hardest", "differently", "next_focus", "mood", "answer"),
    ],
    Evidence: ["path", "url", "title"],
    Rating: ["note"],
    Outcome: ["note"],
    AutonomyGrant: ["reason"],
    AutonomyRequest: ["word"],
    JuniorEvaluation: ["word"],
    PlanLink: ["name"],
}

IMPERSONAL = {
    Framework: ["name", "about"],
    FrameworkVersion: ["note"],
    Area: ["name", "about"],
    Competency: ["name", "about", "levels", "categories"],
    Release: ["question"],
    Evidence: ["diff_sha256"],
}

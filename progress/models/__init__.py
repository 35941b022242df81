from progress.models.assessments import Assessment, Outcome, Rating, Side
from progress.models.autonomy import AutonomyGrant, AutonomyRequest
from progress.models.checkins import CheckIn
from progress.models.conditions import MilestoneAddendum, MilestoneCondition
from progress.models.evaluations import (
    Batch,
    JuniorEvaluation,
    MentorEvaluation,
    OccasionName,
    Release,
)
from progress.models.evidence import Evidence
from progress.models.frameworks import (
    Area,
    Competency,
    Framework,
    FrameworkVersion,
    ProgramFramework,
)
from progress.models.goals import Goal, GoalStep
from progress.models.links import PlanLink, SharedLesson
from progress.models.moves import MilestoneMove, PlanVersionMove
from progress.models.plans import GrowthPlan, Milestone
from progress.models.protected import ProtectedWeek
from progress.models.publishing import PublishedFigure
from progress.models.readings import PlanReading

__all__ = [
    "Area",
    "Assessment",
    "AutonomyGrant",
    "AutonomyRequest",
    "Batch",
    "CheckIn",
    "Competency",
    "Evidence",
    "Framework",
    "FrameworkVersion",
    "Goal",
    "GoalStep",
    "GrowthPlan",
    "JuniorEvaluation",
    "MentorEvaluation",
    "Milestone",
    "MilestoneAddendum",
    "MilestoneCondition",
    "MilestoneMove",
    "OccasionName",
    "Outcome",
    "PlanLink",
    "PlanReading",
    "PlanVersionMove",
    "ProgramFramework",
    "ProtectedWeek",
    "PublishedFigure",
    "Rating",
    "Release",
    "SharedLesson",
    "Side",
]

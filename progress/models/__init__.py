from progress.models.goals import Goal
from progress.models.moves import MilestoneMove
from progress.models.plans import GrowthPlan, Milestone

__all__ = ["Goal", "GrowthPlan", "Milestone", "MilestoneMove"]

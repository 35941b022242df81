from reviews.models.apart import (
    Action,
    ActionQuerySet,
    Comment,
    Explanation,
    Impression,
)
from reviews.models.changes import Blob, Revision
from reviews.models.decisions import Decision, Distinction
from reviews.models.drawings import DrawnFile
from reviews.models.findings import Finding, FindingQuerySet, Lesson, Placement
from reviews.models.handover import ReleasedSession
from reviews.models.notes import Note
from reviews.models.passes import BlindPass, BlindPassQuerySet
from reviews.models.reading import Draft, ViewedFile
from reviews.models.retention import RetentionRule
from reviews.models.session_queries import ReviewSessionQuerySet, bring_locks
from reviews.models.sessions import ReviewSession
from reviews.models.sittings import SittingFile
from reviews.models.suggestions import ChangeSuggestion
from reviews.models.transcripts import Transcript

__all__ = [
    "Action",
    "ActionQuerySet",
    "BlindPass",
    "BlindPassQuerySet",
    "Blob",
    "ChangeSuggestion",
    "Comment",
    "Decision",
    "Distinction",
    "Draft",
    "DrawnFile",
    "Explanation",
    "Finding",
    "FindingQuerySet",
    "Impression",
    "Lesson",
    "Note",
    "Placement",
    "ReleasedSession",
    "RetentionRule",
    "ReviewSession",
    "ReviewSessionQuerySet",
    "Revision",
    "SittingFile",
    "Transcript",
    "ViewedFile",
    "bring_locks",
]

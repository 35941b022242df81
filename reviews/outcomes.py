"""What came out of a session, for its two to hold against what they had said."""

from reviews.models import Finding, ReviewSession

GRAVE = (Finding.Severity.CRITICAL, Finding.Severity.MAJOR)


def safe_at_close(session: ReviewSession) -> bool | None:
    """Whether no critical or major finding stands as real.

    None where that can't be held against a confidence: one of them is undecided, or
    a pass was not blind.
    """
    if not session.is_blind:
        return None
    found = session.findings.on_board().filter(severity__in=GRAVE)
    decided = set(found.values_list("adjudication", flat=True))
    if Finding.Adjudication.UNDECIDED in decided:
        return None
    return Finding.Adjudication.REAL not in decided

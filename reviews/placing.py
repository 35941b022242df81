"""Where findings stand on the version of a change that is looked at."""

from collections import defaultdict
from collections.abc import Iterable

from reviews.models import Finding, Placement, Revision


def stand(findings: Iterable[Finding], revision: Revision | None) -> None:
    """Puts each finding, in memory, where it stands on the revision that is shown.

    One whose lines are not there has `is_here` unset; with `is_outdated` they are gone,
    without it they came later. `own_number` is that of its own revision, `stands_on`
    the key of the one that its path and lines are those of now, `placed` has all that
    came after its own.
    """
    if revision is None or len(revision.versions) < 2:
        return
    rows = list(findings)
    numbers = {one.pk: one.number for one in revision.versions}
    placed = defaultdict(list)
    for placement in Placement.objects.filter(finding__in=rows):
        placed[placement.finding_id].append(placement)
    for finding in rows:
        finding.placed = placed[finding.pk]
        finding.own_number = numbers.get(finding.revision_id or 0, 1)
        if finding.own_number == revision.number or not finding.path:
            continue
        here = (one for one in finding.placed if one.revision_id == revision.pk)
        row = next(here, None)
        if row is None or row.is_outdated:
            finding.is_here = False
            finding.is_outdated = finding.own_number < revision.number
        else:
            finding.stands_on = revision.pk
            finding.path, finding.file_side = row.path, row.file_side
            finding.line_from, finding.line_to = row.line_from, row.line_to

"""Where findings stand on the versions of a change after their own."""

from collections.abc import Iterable, Sequence

from reviews.anchors import Carrier, Place
from reviews.diffs import Side
from reviews.models import Finding, Placement, Revision
from reviews.reading import change_in


def carry(findings: Iterable[Finding], versions: Sequence[Revision]) -> None:
    """Writes where findings stand on each version after their own.

    `versions` are all of the session, in order. From each version a finding goes on to
    the next; where it was lost it is looked for from its own again.
    """
    rows = [one for one in findings if one.path]
    Placement.objects.filter(finding__in=rows).delete()
    if len(versions) < 2 or not rows:
        return
    changes = [change_in(one) for one in versions]
    placements: list[Placement] = []
    carriers: dict[tuple[int, int], Carrier] = {}

    def carried(place: Place, start: int, end: int) -> Place | None:
        if (start, end) not in carriers:
            carriers[start, end] = Carrier(changes[start], changes[end])
        return carriers[start, end].carried(place)

    numbers = {one.pk: at for at, one in enumerate(versions)}
    for finding in rows:
        own = numbers.get(finding.revision_id or 0, 0)
        first = last = place_of(finding)
        is_here = True
        for at in range(own + 1, len(versions)):
            found = carried(last, at - 1, at) if is_here else None
            found = found or carried(first, own, at)
            is_here = found is not None
            last = found or last
            placements.append(_placement(finding, versions[at], last, is_here))
    Placement.objects.bulk_create(placements)


def place_of(finding: Finding) -> Place:
    return Place(
        finding.path, Side(finding.file_side), finding.line_from, finding.line_to
    )


def _placement(
    finding: Finding, revision: Revision, place: Place, is_here: bool
) -> Placement:
    return Placement(
        organisation_id=finding.organisation_id,
        finding=finding,
        revision=revision,
        path=place.path,
        file_side=place.side,
        line_from=place.first,
        line_to=place.last,
        is_outdated=not is_here,
    )


def settle(finding: Finding, number: int | None = None) -> None:
    """Ties a finding that was just written to the version that was read.

    Without a number, or with one that is none, it is the newest. Its later places are
    written too, where there are later versions by now.
    """
    versions = list(
        Revision.objects.filter(session=finding.session_id)
        .select_related("blob")
        .defer("blob__body")
        .order_by("number")
    )
    if not versions:
        return
    if finding.revision_id is None:
        read = [one for one in versions if one.number == number] or versions[-1:]
        Finding.objects.filter(pk=finding.pk).update(revision=read[0])
        finding.revision = read[0]
    if len(versions) > 1:
        carry([finding], versions)

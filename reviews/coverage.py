"""How far each of the two has come through the sittings of a large change."""

from collections.abc import Mapping, Sequence

from preceptor.accounts.models import Membership
from reviews.models import DrawnFile, ReviewSession
from reviews.sittings import MOST_LINES, Read, Sitting, sittings_of


def assigned_in(session: ReviewSession) -> dict[str, int]:
    """The sitting of each file, by path; empty where the change is not split."""
    return dict(session.sitting_files.values_list("path", "sitting"))


def coverage(
    files: Sequence[DrawnFile], marks: Mapping[str, str], assigned: Mapping[str, int]
) -> list[Sitting]:
    """The sittings with what is viewed by the reader whose marks these are."""
    if not assigned:
        return []
    read = (
        Read(
            file.number,
            file.label,
            file.lines,
            marks.get(file.path) == file.digest,
        )
        for file in files
    )
    paths = {file.label: assigned[file.path] for file in files if file.path in assigned}
    return sittings_of(read, paths)


def sittings_in(
    session: ReviewSession, files: Sequence[DrawnFile], marks: Mapping[str, str]
) -> list[Sitting]:
    """Of a large change; a small one is not split, and nothing is asked for it."""
    if sum(file.lines for file in files) <= MOST_LINES:
        return []
    return coverage(files, marks, assigned_in(session))


def marks_of(session: ReviewSession, member: Membership) -> dict[str, str]:
    """What somebody has viewed, as digests by path."""
    rows = session.viewed_files.filter(member=member)
    return dict(rows.values_list("path", "digest"))

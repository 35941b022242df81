"""What is written by the product's own actions, once the rows of the story stand."""

from datetime import datetime, timedelta

from preceptor.insights.demo.programs import Pair
from preceptor.insights.demo.reading import Side
from reviews.actions.opening import store
from reviews.actions.placing import carry
from reviews.demo_changes.catalog import DemoChange, changes
from reviews.diffs import Change, digest
from reviews.joining import Part, joined
from reviews.models import BlindPass, ReviewSession, SittingFile, ViewedFile
from reviews.sittings import Sized, proposed
from reviews.uploads import limits

OVERNIGHT = {
    *("parse-status-mails", "queue-label-printing", "invoice-currency-totals"),
    *("carrier-rate-limit", "on-time-report", "live-tracking", "customs-documents"),
}
# As it was confirmed: a password stood where the note is.
STAGING = """diff --git a/config/staging.env b/config/staging.env
--- a/config/staging.env
+++ b/config/staging.env
@@ -1,3 +1,5 @@
 APP_ENV=staging
-DATABASE_URL=postgres:///freight
+DATABASE_URL=postgres://freight:‹removed: password in an address›@db.staging/freight
+PRINT_WORKERS=4
+RATE_LIMIT_PER_MINUTE=600
 LOG_LEVEL=debug
"""
CLAIM = (
    "Worked through seven tickets of the backlog, with a test for each. All checks are "
    "green; ready to merge."
)


def revise(session: ReviewSession, change: DemoChange, now: datetime) -> None:
    """A second revision puts three flaws right; findings go along or are outdated."""
    store(session, change.second, now - timedelta(minutes=9), number=2)
    versions = session.revisions.select_related("blob").order_by("number")
    carry(session.findings.all(), list(versions))


def overnight(pair: Pair, now: datetime) -> None:
    """Seven tickets in one pull request: read in sittings, and a password taken out."""
    parts = [
        Part(f"{at:04}-{one.slug}.patch", one.diff)
        for at, one in enumerate(changes(), 1)
        if one.slug in OVERNIGHT
    ]
    parts.append(Part("0099-staging.patch", STAGING.encode()))
    body, change = joined(parts, limits())
    opened_at = now - timedelta(hours=20)
    session = ReviewSession.objects.create(
        organisation_id=pair.pairing.organisation_id,
        pairing=pair.pairing,
        mentor=pair.mentor_member,
        junior=pair.junior_member,
        title="Everything the agent did overnight",
        state=ReviewSession.State.READING,
        opened_at=opened_at,
        tool="command-line agent",
        model="code model, spring release",
        driver=ReviewSession.Driver.NOBODY,
        edited_share=0,
        claim=CLAIM,
    )
    store(session, body, opened_at)
    _begin_passes(session)
    _read_in_sittings(session, change)


def _begin_passes(session: ReviewSession) -> None:
    sides: tuple[Side, Side] = ("junior", "mentor")
    BlindPass.objects.bulk_create(
        BlindPass(
            organisation_id=session.organisation_id,
            session=session,
            reviewer=reviewer,
            side=side,
            opened_at=session.opened_at,
        )
        for side, reviewer in zip(sides, (session.junior, session.mentor), strict=True)
    )


def _read_in_sittings(session: ReviewSession, change: Change) -> None:
    """As it is proposed; the junior has read the first one but for its last file."""
    own = {"organisation_id": session.organisation_id, "session": session}
    sittings = proposed(
        [Sized(file.path, file.added + file.removed) for file in change.files]
    )
    SittingFile.objects.bulk_create(
        SittingFile(**own, path=path, sitting=number)
        for path, number in sittings.items()
    )
    read = [file for file in change.files if sittings[file.path] == 1]
    ViewedFile.objects.bulk_create(
        ViewedFile(**own, member=session.junior, path=file.path, digest=digest(file))
        for file in read[:-1]
    )

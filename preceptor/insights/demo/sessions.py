"""Review sessions of the story: passes, findings, adjudication, lessons."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any

from preceptor.insights.demo import kinds, reading
from preceptor.insights.demo.calendar import Sitting
from preceptor.insights.demo.material import LOGGED
from preceptor.insights.demo.programs import Pair, at
from preceptor.insights.demo.reading import Noticed, Reader, Side
from reviews.actions.transcripts import told
from reviews.demo_changes.catalog import DemoChange, PlantedFlaw, Spot
from reviews.diffs import parse
from reviews.models import (
    Action,
    BlindPass,
    Blob,
    Comment,
    Decision,
    Draft,
    Explanation,
    Finding,
    Impression,
    Lesson,
    ReviewSession,
    Revision,
    Transcript,
    ViewedFile,
)

SEVERITIES = ("critical", "major", "minor", "nit")
DRIVERS = ("junior", "junior", "junior", "mentor", "both", "somebody", "nobody")
PULLS = "https://code.tidewater.example/pull"
MILD = ("minor", "nit")
HARMLESS = 6
"""On the days whose number this divides, nothing grave came up in a change."""
CLOSED = ReviewSession.State.CLOSED
SIDES: tuple[Side, Side] = ("junior", "mentor")


@dataclass
class Rows:
    """What is written in bulk, in the order in which rows refer to each other.

    `then` is done with them all in place.
    """

    sessions: list[ReviewSession] = field(default_factory=list)
    revisions: list[Revision] = field(default_factory=list)
    talks: dict[bytes, Blob] = field(default_factory=dict)
    transcripts: list[Transcript] = field(default_factory=list)
    passes: list[BlindPass] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    echoes: list[Finding] = field(default_factory=list)
    lessons: list[Lesson] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    viewed: list[ViewedFile] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    explanations: list[Explanation] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    impressions: list[Impression] = field(default_factory=list)
    then: list[Callable[[], None]] = field(default_factory=list)

    def save(self) -> None:
        ReviewSession.objects.bulk_create(self.sessions)
        Revision.objects.bulk_create(self.revisions)
        Blob.objects.bulk_create(self.talks.values())
        Transcript.objects.bulk_create(self.transcripts)
        BlindPass.objects.bulk_create(self.passes)
        Finding.objects.bulk_create(self.findings)
        Finding.objects.bulk_create(self.echoes)
        Lesson.objects.bulk_create(self.lessons)
        Decision.objects.bulk_create(self.decisions)
        ViewedFile.objects.bulk_create(self.viewed)
        Draft.objects.bulk_create(self.drafts)
        Explanation.objects.bulk_create(self.explanations)
        Comment.objects.bulk_create(self.comments)
        Action.objects.bulk_create(self.actions)
        Impression.objects.bulk_create(self.impressions)
        for write in self.then:
            write()


@dataclass(frozen=True)
class Writer:
    """Writes one pair's sessions into `rows`."""

    pair: Pair
    blobs: dict[str, Blob]
    rng: Random
    rows: Rows

    def session(
        self, change: DemoChange, opened_at: datetime, state: ReviewSession.State
    ) -> ReviewSession:
        """A session over a change with its revision, and nothing read yet."""
        organisation_id = self.pair.pairing.organisation_id
        session = ReviewSession(
            organisation_id=organisation_id,
            pairing=self.pair.pairing,
            mentor=self.pair.mentor_member,
            junior=self.pair.junior_member,
            title=change.title,
            state=state,
            opened_at=opened_at,
            tool=change.tool,
            model=change.model,
            driver=self.rng.choice(DRIVERS),
            edited_share=self.rng.choice((0, 0, 0.1, 0.1, 0.2, 0.4)),
            claim=change.claim,
        )
        parsed = parse(change.diff)
        self.rows.sessions.append(session)
        self.rows.revisions.append(
            Revision(
                organisation_id=organisation_id,
                session=session,
                blob=self.blobs[change.slug],
                added=parsed.added,
                removed=parsed.removed,
                file_count=len(parsed.files),
                created_at=opened_at,
            )
        )
        if change.talk_name:
            self._talk(session, change)
        return session

    def _talk(self, session: ReviewSession, change: DemoChange) -> None:
        """The conversation of the day before the session was opened."""
        body = change.talk((session.opened_at - timedelta(days=1)).date())
        digest = sha256(body).digest()
        blob = self.rows.talks.setdefault(
            digest,
            Blob(organisation_id=session.organisation_id, sha256=digest, body=body),
        )
        self.rows.transcripts.append(
            Transcript(
                organisation_id=session.organisation_id,
                session=session,
                blob=blob,
                sha256=digest,
                created_at=session.opened_at,
                **told(body, change.talk_name),
            )
        )

    def _read(self, session: ReviewSession) -> Revision:
        newest = reversed(self.rows.revisions)
        return next(one for one in newest if one.session is session)

    def _place(self, session: ReviewSession, spot: Spot) -> dict[str, Any]:
        """Where a finding stands: in the conversation, on lines, or on a whole file."""
        read = self._read(session)
        if spot.turn is None:
            lines = {"line_from": spot.line_from, "line_to": spot.line_to}
            place = {"revision": read, "path": spot.path, "file_side": spot.side}
            return place if spot.is_whole_file else place | lines
        talks = (one for one in self.rows.transcripts if one.session is session)
        return {"revision": read, "transcript": next(talks), "turn": spot.turn}

    def closed(
        self, sitting: Sitting, change: DemoChange, next_on: date | None
    ) -> None:
        """A whole session: read alone the day before, taken apart on the day."""
        day = sitting.held_on
        before = day - timedelta(days=1)
        minute = self.rng.randrange(0, 40)
        session = self.session(change, at(before, 9, minute), CLOSED)
        session.revealed_at = at(day, 14, minute)
        session.minutes = self.rng.randrange(40, 80, 5)
        closed_at = session.revealed_at + timedelta(minutes=session.minutes)
        session.closed_at = closed_at
        session.held_on, session.next_on = day, next_on
        noticed = self.read(change, day)
        if day.toordinal() % HARMLESS == 0:
            noticed = [one for one in noticed if one.spot.severity in MILD]
        starts: dict[Side, datetime] = {
            "junior": at(before, 10, minute),
            "mentor": at(before, 15, minute),
        }
        passes = {
            side: self.blind_pass(session, side, noticed, start)
            for side, start in starts.items()
        }
        found = self.findings(passes, noticed)
        for finding, one in found:
            self.adjudicate(finding, one)
        self.add_late(session, noticed)
        self.lessons(session, noticed, closed_at)

    def logged(self, sitting: Sitting, number: int, next_on: date | None) -> None:
        """A session that was only written down afterwards."""
        text = LOGGED[number % len(LOGGED)]
        closed_at = at(sitting.held_on, 16, self.rng.randrange(0, 59))
        session = ReviewSession(
            organisation_id=self.pair.pairing.organisation_id,
            pairing=self.pair.pairing,
            mentor=self.pair.mentor_member,
            junior=self.pair.junior_member,
            title=text.title,
            state=CLOSED,
            is_logged=True,
            opened_at=at(sitting.held_on, 12),
            closed_at=closed_at,
            held_on=sitting.held_on,
            minutes=self.rng.randrange(30, 65, 5),
            next_on=next_on,
            link=f"{PULLS}/{self.rng.randrange(2100, 3900)}",
            account=text.account,
            tool=self.rng.choice(("chat assistant", "coding agent in the editor")),
            driver="junior",
        )
        self.rows.sessions.append(session)
        self._lesson(session, text.lesson, closed_at)

    def read(self, change: DemoChange, on: date) -> list[Noticed]:
        """What comes up on a day: the junior has learned until then."""
        junior, mentor = self.pair.junior, self.pair.mentor
        year = (on - self.pair.pairing.program.starts_on).days / 365
        reader = Reader(junior.ability, junior.strong, junior.weak).after(year)
        return reading.read(change, reader, Reader(mentor.ability), self.rng)

    def blind_pass(
        self,
        session: ReviewSession,
        side: Side,
        noticed: list[Noticed],
        opened_at: datetime,
        *,
        is_locked: bool = True,
    ) -> BlindPass:
        one = BlindPass(
            organisation_id=session.organisation_id,
            session=session,
            reviewer=session.junior if side == "junior" else session.mentor,
            side=side,
            opened_at=opened_at,
        )
        if is_locked:
            seen = [spot for spot in noticed if side in spot.by]
            one.verdict, one.confidence = reading.judge(seen, self.rng)
            one.locked_at = opened_at + timedelta(minutes=self.rng.randrange(14, 48))
            one.revision = self._read(session)
        self.rows.passes.append(one)
        return one

    def findings(
        self, passes: dict[Side, BlindPass], noticed: list[Noticed]
    ) -> list[tuple[Finding, Noticed]]:
        """The passes' findings; the mentor's point at the junior's of the same spot."""
        written: list[tuple[Finding, Noticed]] = []
        for one in noticed:
            first: Finding | None = None
            for side in SIDES:
                if side not in one.by or side not in passes:
                    continue
                finding = self._finding(passes[side], one)
                finding.same_as = first
                rows = self.rows.findings if first is None else self.rows.echoes
                rows.append(finding)
                written.append((finding, one))
                first = first or finding
        return written

    def _finding(self, blind_pass: BlindPass, one: Noticed) -> Finding:
        spot = one.spot
        is_junior = blind_pass.side == "junior"
        rank = SEVERITIES.index(spot.severity)
        if is_junior and self.rng.random() < 0.3:
            rank += self.rng.choice((-1, 1))
        place = self._place(blind_pass.session, spot)
        if is_junior and "line_to" in place and not spot.suggestion:
            place["line_to"] = spot.line_from
        return Finding(
            organisation_id=blind_pass.organisation_id,
            session=blind_pass.session,
            blind_pass=blind_pass,
            author=blind_pass.reviewer,
            **place,
            category=kinds.of(spot),
            severity=SEVERITIES[min(max(rank, 0), 3)],
            title=spot.title,
            text=own_words(one, is_short=is_junior),
            suggestion=spot.suggestion,
            cwe=spot.cwe,
            created_at=blind_pass.opened_at
            + timedelta(minutes=self.rng.randrange(2, 14)),
        )

    def adjudicate(self, finding: Finding, one: Noticed) -> None:
        """Real or not, as both agreed; now and then they leave it open."""
        if finding.same_as is not None:
            finding.adjudication = finding.same_as.adjudication
            finding.adjudicated_by = finding.same_as.adjudicated_by
            return
        if self.rng.random() < (0.02 if one.is_real else 0.1):
            return
        real, moot = Finding.Adjudication.REAL, Finding.Adjudication.MOOT
        finding.adjudication = real if one.is_real else moot
        session = finding.session
        finding.adjudicated_by = self.rng.choice((session.junior, session.mentor))

    def add_late(self, session: ReviewSession, noticed: list[Noticed]) -> None:
        """What neither saw before the reveal."""
        for one in noticed:
            if one.by or session.revealed_at is None:
                continue
            author = self.rng.choice((session.junior, session.mentor))
            self.rows.findings.append(
                Finding(
                    organisation_id=session.organisation_id,
                    session=session,
                    author=author,
                    **self._place(session, one.spot),
                    category=kinds.of(one.spot),
                    severity=one.spot.severity,
                    title=one.spot.title,
                    text=own_words(one, is_short=True),
                    suggestion=one.spot.suggestion,
                    cwe=one.spot.cwe,
                    adjudication=Finding.Adjudication.REAL,
                    adjudicated_by=author,
                    created_at=session.revealed_at + timedelta(minutes=21),
                )
            )

    def lessons(
        self, session: ReviewSession, noticed: list[Noticed], closed_at: datetime
    ) -> None:
        """One or two sentences, rather of what the junior had missed."""
        noticed = sorted(noticed, key=lambda one: ("junior" in one.by, one.spot.hard))
        flaws = [one.spot for one in noticed if isinstance(one.spot, PlantedFlaw)]
        for flaw in flaws[: self.rng.choice((1, 1, 2))]:
            self._lesson(session, flaw.lesson, closed_at)

    def _lesson(self, session: ReviewSession, text: str, at: datetime) -> None:
        self.rows.lessons.append(
            Lesson(
                organisation_id=session.organisation_id,
                session=session,
                author=self.rng.choice(
                    (session.junior, session.junior, session.mentor)
                ),
                text=text,
                created_at=at - timedelta(minutes=3),
            )
        )


def own_words(one: Noticed, *, is_short: bool) -> str:
    """What an author writes of a flaw, whole or its first sentence.

    A decoy gets no text: the catalogue only says why it is none.
    """
    if not one.is_real:
        return ""
    return f"{one.spot.text.split('. ')[0].rstrip('.')}." if is_short else one.spot.text

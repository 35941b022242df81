"""What the page of a revealed session shows: who saw what, and one flaw in full."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preceptor.accounts.models import Membership
from reviews.access import findings_to_take_apart
from reviews.calibration import Judged
from reviews.cards import Card, Talk
from reviews.estimates import Estimate, Share, unseen_by_both, wilson
from reviews.flaws import Flaw, SeenBy, count, flaws_of
from reviews.likeness import Proposal, proposed
from reviews.models import (
    Action,
    BlindPass,
    Comment,
    Decision,
    Finding,
    Lesson,
    ReviewSession,
    Revision,
)
from reviews.pictures import Seen, overlap_row
from reviews.placing import stand
from reviews.reading import change_in, quoted, replacements, revision_of


@dataclass(frozen=True, slots=True)
class Tab:
    key: str
    seen_by: SeenBy | None
    count: int


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """A pass, how many of its flaws are decided, and how many of these are none."""

    blind_pass: BlindPass
    moot: int
    decided: int

    @classmethod
    def of(cls, blind_pass: BlindPass, flaws: list[Flaw]) -> "ReaderRow":
        own = [flaw for flaw in flaws if blind_pass.side in flaw.sides]
        moot = sum(flaw.is_moot for flaw in own)
        return cls(blind_pass, moot, moot + sum(flaw.is_real for flaw in own))


class Board:
    """A revealed session, which comes with its two, before one of them."""

    def __init__(
        self, session: ReviewSession, reader: Membership, show: str, selected: int
    ) -> None:
        self.session = session
        self.reader = reader
        self.show = show if show in list(SeenBy) else ""
        self.revision = revision_of(session)
        found = findings_to_take_apart(reader, session)
        session.name_in(found, "author", "adjudicated_by", "verified_by")
        passes: dict[int | None, BlindPass] = {one.pk: one for one in self.passes}
        for finding in found:
            finding.blind_pass = passes.get(finding.blind_pass_id)
        stand(found, self.revision)
        self.flaws = flaws_of(found)
        kinds = _kinds(session)
        for flaw in self.flaws:
            flaw.kind = kinds[flaw.seen_by]
        self.talk = Talk(session, self.flaws)
        self.talk.tell_flaws()
        self._selected = selected

    @cached_property
    def listed(self) -> list[Flaw]:
        return [f for f in self.flaws if self.show in ("", f.seen_by)]

    @cached_property
    def tabs(self) -> list[Tab]:
        all_of_them = Tab("", None, len(self.flaws))
        kinds = [Tab(kind, kind, count(self.flaws, kind)) for kind in SeenBy]
        return [all_of_them, *(tab for tab in kinds if tab.count)]

    @cached_property
    def flaw(self) -> Flaw | None:
        """The one shown in full: the chosen one, or the first."""
        for flaw in self.flaws:
            if self._selected in (finding.pk for finding in flaw.findings):
                return flaw
        return self.listed[0] if self.listed else None

    @cached_property
    def snippet(self) -> SafeString:
        if self.flaw is None:
            return SafeString("")
        revision = self._shown_on
        replacements(lambda: change_in(revision), self.flaw.findings)
        return quoted(revision, self.flaw.finding)

    @property
    def _shown_on(self) -> Revision | None:
        """Whose lines are quoted: those of the finding's own where they are gone."""
        if self.flaw is None or self.flaw.finding.is_here or self.revision is None:
            return self.revision
        return self.revision.versions[self.flaw.finding.own_number - 1]

    @cached_property
    def proposals(self) -> list[Proposal]:
        """Which flaws may be the same, for the pair to confirm or refuse."""
        findings = (finding for flaw in self.flaws for finding in flaw.findings)
        distinct = {(one.pk, other) for one in findings for other in one.told_apart}
        return proposed(self.flaws, distinct)

    @cached_property
    def others(self) -> list[Flaw]:
        """What the shown flaw may be joined with."""
        return [f for f in self.flaws if f is not self.flaw]

    @cached_property
    def history(self) -> list[Decision]:
        """What was decided of the shown flaw, the earliest first."""
        if self.flaw is None:
            return []
        rows = list(Decision.objects.filter(finding__in=self.flaw.findings))
        self.session.name_in(rows, "by")
        return rows

    @cached_property
    def checker(self) -> Membership | None:
        """Whom the reader may ask to check a fix: another author of the flaw."""
        authors = self.flaw.authors if self.flaw else []
        return next((author for author in authors if author != self.reader), None)

    @cached_property
    def may_verify(self) -> bool:
        """Whether the reader is asked to check the fix of the shown flaw."""
        if self.flaw is None or not self.flaw.finding.asks_verification:
            return False
        asked = [d.by for d in self.history if d.step == Decision.Step.ASKED]
        return self.reader in self.flaw.authors and self.reader not in asked[-1:]

    @cached_property
    def left_behind(self) -> int:
        """The reader's own drafts of a pass that was released before it was locked."""
        if self.session.is_blind:
            return 0
        return (
            Finding.objects.filter(session=self.session)
            .left_behind(self.reader)
            .count()
        )

    @cached_property
    def passes(self) -> list[BlindPass]:
        rows = list(self.session.passes.order_by("side"))
        self.session.name_in(rows, "reviewer")
        return rows

    @cached_property
    def card(self) -> Card | None:
        """The card of the shown flaw, if it needs one."""
        return self.flaw.card if self.flaw else None

    @cached_property
    def thread(self) -> list[Comment]:
        return self.flaw.thread if self.flaw else []

    @cached_property
    def actions(self) -> list[Action]:
        rows = list(self.session.actions.in_order())
        self.session.name_in(rows, "owner")
        return rows

    @property
    def lessons(self) -> list[Lesson]:
        return self.talk.lessons

    @cached_property
    def real(self) -> list[Flaw]:
        """Real flaws of the two passes: one seen only now is in no pass."""
        return [f for f in self.flaws if f.is_real and f.seen_by is not SeenBy.NEITHER]

    @cached_property
    def both(self) -> int:
        return count(self.real, SeenBy.BOTH)

    @cached_property
    def junior(self) -> int:
        return count(self.real, SeenBy.JUNIOR)

    @cached_property
    def mentor(self) -> int:
        return count(self.real, SeenBy.MENTOR)

    @property
    def saw_junior(self) -> int:
        return self.junior + self.both

    @property
    def saw_mentor(self) -> int:
        return self.mentor + self.both

    @cached_property
    def neither(self) -> int:
        late = [flaw for flaw in self.flaws if flaw.seen_by is SeenBy.NEITHER]
        return sum(flaw.is_real for flaw in late)

    @cached_property
    def moot(self) -> int:
        return sum(flaw.is_moot for flaw in self.flaws)

    @cached_property
    def undecided(self) -> int:
        return sum(flaw.is_undecided for flaw in self.flaws)

    @cached_property
    def estimate(self) -> Estimate | None:
        """What neither saw; None without a basis. Of blind sessions alone."""
        if not self.session.is_blind:
            return None
        return unseen_by_both(self.junior, self.mentor, self.both)

    @cached_property
    def catch_share(self) -> Share | None:
        """What the junior caught alone of the real flaws of the two passes."""
        if not self.session.is_blind:
            return None
        return wilson(self.both + self.junior, len(self.real))

    @cached_property
    def outcome(self) -> Judged | None:
        """The reader's own confidence beside what came out."""
        own = [one for one in self.passes if one.reviewer == self.reader]
        return own[0].judged if own else None

    @cached_property
    def readers(self) -> list["ReaderRow"]:
        """Each pass with what came of its findings: too many is a result too."""
        return [ReaderRow.of(one, self.flaws) for one in self.passes]

    @cached_property
    def picture(self) -> SafeString:
        return drawn(
            _first(self.session.junior),
            _first(self.session.mentor),
            (self.junior, self.both, self.mentor),
            self.estimate.about if self.estimate else 0,
        )


def _kinds(session: ReviewSession) -> dict[SeenBy, str]:
    """Who saw a flaw, in words."""
    only = _("Only %(name)s")
    return {
        SeenBy.BOTH: _("Both saw it"),
        SeenBy.JUNIOR: only % {"name": _first(session.junior)},
        SeenBy.MENTOR: only % {"name": _first(session.mentor)},
        SeenBy.NEITHER: _("Seen only now"),
    }


def drawn(
    junior: str, mentor: str, seen: tuple[int, int, int], unseen: int = 0
) -> SafeString:
    """The overlap row of flaws that (only the junior, both, only the mentor) saw.

    `unseen` more are drawn as outlines: about as many as neither saw.
    """
    only_junior, both, only_mentor = seen
    total = sum(seen)
    words = {"junior": junior, "mentor": mentor, "all": total, "both": both}
    words |= {"j": only_junior + both, "m": only_mentor + both}
    title = ngettext(
        "%(junior)s saw %(j)s and %(mentor)s saw %(m)s of %(all)s real flaw; "
        "both saw %(both)s",
        "%(junior)s saw %(j)s and %(mentor)s saw %(m)s of the %(all)s real flaws; "
        "both saw %(both)s",
        total,
    )
    row = Seen(
        *seen,
        title=title % words,
        junior_saw=_("%(junior)s saw %(j)s") % words,
        mentor_saw=_("%(mentor)s saw %(m)s") % words,
        unseen=unseen,
        perhaps=_("perhaps unseen"),
    )
    return mark_safe(overlap_row(row, "overlap"))  # noqa: S308 - words are escaped there


def _first(member: Membership) -> str:
    return (str(member).split() or [""])[0]

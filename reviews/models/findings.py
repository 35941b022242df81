from collections.abc import Sequence
from datetime import date
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from reviews.models.changes import Revision
from reviews.models.handover import ReleasedSession
from reviews.models.passes import BlindPass
from reviews.models.sessions import ReviewSession
from reviews.models.transcripts import Transcript
from reviews.taxonomy import KEY_LETTERS, label


def place_called(
    path: str, line_from: int | None, line_to: int | None, turn: int | None
) -> str:
    """A place in a change or a conversation, as short as it can be said."""
    if turn is not None:
        return gettext("turn %(number)s") % {"number": turn}
    name = path.rsplit("/", 1)[-1]
    if line_from is None:
        return name
    last = "" if line_to == line_from else f"–{line_to}"
    return f"{name}:{line_from}{last}"


class FindingQuerySet(models.QuerySet["Finding"]):
    def readable_by(self, member: Membership | int) -> Self:
        """Own ones always; the other's once the session is revealed.

        What was written in a pass that was never locked stays its author's.
        """
        return self.filter(
            Q(author=member)
            | Q(session__revealed_at__isnull=False)
            & (Q(blind_pass=None) | Q(blind_pass__locked_at__isnull=False))
            & (Q(session__mentor=member) | Q(session__junior=member))
        )

    def released_to(self, member: Membership, today: date) -> Self:
        """Of sessions that the junior released to them: what is on the board."""
        sessions = ReleasedSession.objects.to(member, today).values("session")
        shown = self.on_board().filter(session__revealed_at__isnull=False)
        return shown.filter(session__in=sessions)

    def on_board(self) -> Self:
        """Of locked passes, and what was seen by neither."""
        locked = Q(blind_pass__locked_at__isnull=False)
        return self.filter(Q(blind_pass=None) | locked)

    def left_behind(self, member: Membership) -> Self:
        """Their own of a pass that was released before they locked it."""
        return self.filter(
            author=member,
            blind_pass__isnull=False,
            blind_pass__locked_at=None,
            session__revealed_at__isnull=False,
        )

    def real(self) -> Self:
        return self.filter(adjudication=Finding.Adjudication.REAL)

    def unresolved(self) -> Self:
        """Real flaws that nobody has put right or dropped, one row a flaw."""
        left = [Finding.Status.OPEN, Finding.Status.REOPENED]
        return self.real().on_board().filter(same_as=None, status__in=left)

    def undecided(self) -> Self:
        """Flaws on the board that the pair has still to decide."""
        undecided = Finding.Adjudication.UNDECIDED
        return self.on_board().filter(adjudication=undecided, same_as=None)


class Finding(OrganisationRow):
    """A flaw that somebody points at.

    Found in a blind pass, or (without one) seen by neither before the reveal.
    Findings that the pair calls the same point at one of them through `same_as`.
    `asks_verification` of a fixed one waits for an author's word, `verified_at` has it.
    Path and lines are those of its own `revision`; `Placement` has the later ones.
    Without lines it is about a whole file, without a path about the whole change, or
    about a `turn` (from 1) of the conversation that it came out of.
    `suggestion` would replace its lines; `draft_key` is that of the form which made
    it, so that a form sent twice is one finding.
    A page sets `number` among the author's own, `place`, the id of its line there,
    `beyond`, what leads to that where the page shows other files, `replacement`, the
    suggestion beside those lines, and `told_apart`, which later ones the pair called
    another flaw; on a revision that is not its own also what
    `reviews.placing.stand` says.
    """

    class Severity(models.TextChoices):
        CRITICAL = "critical", _("Critical")
        MAJOR = "major", _("Major")
        MINOR = "minor", _("Minor")
        NIT = "nit", _("Nit")

    class Adjudication(models.TextChoices):
        UNDECIDED = "undecided", _("Undecided")
        REAL = "real", _("A real flaw")
        MOOT = "moot", _("Not a flaw")

    class Status(models.TextChoices):
        """What became of a real flaw."""

        OPEN = "open", _("open")
        FIXED = "fixed", _("fixed")
        DROPPED = "dropped", _("dropped")
        REOPENED = "reopened", _("reopened")

    class FileSide(models.TextChoices):
        OLD = "old", _("before")
        NEW = "new", _("after")

    session = models.ForeignKey(
        ReviewSession,
        on_delete=models.CASCADE,
        related_name="findings",
        db_constraint=False,
    )
    blind_pass = models.ForeignKey(
        BlindPass,
        on_delete=models.CASCADE,
        related_name="findings",
        null=True,
        db_constraint=False,
    )
    author = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    revision = models.ForeignKey(
        Revision,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        db_constraint=False,
    )
    same_as = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        related_name="echoes",
        null=True,
        db_constraint=False,
    )
    transcript = models.ForeignKey(
        Transcript,
        on_delete=models.RESTRICT,
        related_name="findings",
        null=True,
        blank=True,
        db_constraint=False,
    )
    turn = models.PositiveIntegerField(_("turn"), null=True, blank=True)
    path = models.CharField(_("file"), max_length=500, blank=True)
    file_side = models.CharField(max_length=3, choices=FileSide, default=FileSide.NEW)
    line_from = models.PositiveIntegerField(_("line"), null=True, blank=True)
    line_to = models.PositiveIntegerField(_("to"), null=True, blank=True)
    category = models.CharField(_("category"), max_length=KEY_LETTERS)
    """The key of one that `reviews.taxonomy` knows."""
    severity = models.CharField(_("severity"), max_length=10, choices=Severity)
    title = models.CharField(_("what is wrong"), max_length=200)
    text = models.TextField(_("what happens because of it"), blank=True)
    suggestion = models.TextField(_("suggested replacement"), blank=True)
    cwe = models.PositiveIntegerField(
        _("CWE id"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(9999)],
    )
    draft_key = models.UUIDField(null=True, blank=True, editable=False)
    adjudication = models.CharField(
        max_length=10, choices=Adjudication, default=Adjudication.UNDECIDED
    )
    adjudicated_by = models.ForeignKey(
        Membership,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    asks_verification = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(
        Membership,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    objects = FindingQuerySet.as_manager()
    number: int
    place: str
    beyond = ""
    replacement = SafeString("")
    is_here = True
    told_apart: Sequence[int] = ()
    is_outdated = False
    own_number = 1
    stands_on: int | None = None
    placed: "Sequence[Placement]" = ()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["id", "organisation", "session"], name="finding_session_row"
            ),
            models.CheckConstraint(
                condition=Q(line_from=None, line_to=None)
                | Q(line_from__gte=1, line_to__gte=F("line_from")),
                name="finding_lines",
            ),
            models.CheckConstraint(
                condition=Q(transcript=None, turn=None)
                | Q(
                    transcript__isnull=False,
                    turn__isnull=False,
                    path="",
                    line_from=None,
                )
                & Q(turn__gte=1),
                name="finding_turn",
            ),
            models.UniqueConstraint(
                fields=["session", "author", "draft_key"], name="finding_draft_key"
            ),
            TenantKey(field="session", name="finding_session"),
            TenantKey(field="blind_pass", name="finding_blind_pass"),
            TenantKey(field="author", name="finding_author"),
            TenantKey(
                field="revision",
                also=("organisation", "session"),
                name="finding_revision",
            ),
            TenantKey(
                field="same_as",
                also=("organisation", "session"),
                name="finding_same_as",
            ),
            TenantKey(
                field="transcript",
                also=("organisation", "session"),
                name="finding_transcript",
            ),
            TenantKey(field="adjudicated_by", name="finding_adjudicated_by"),
            TenantKey(field="verified_by", name="finding_verified_by"),
            models.CheckConstraint(
                condition=Q(status="open") | Q(adjudication="real"),
                name="finding_only_real_moves",
            ),
            models.CheckConstraint(
                condition=Q(asks_verification=False, verified_at=None)
                | Q(status="fixed"),
                name="finding_only_fixed_is_verified",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_category_display(self) -> str:
        return label(self.category)

    @property
    def where(self) -> str:
        """`delivery.py:26–30`, the file's name alone, `turn 12`, or nothing."""
        return place_called(self.path, self.line_from, self.line_to, self.turn)


class Placement(OrganisationRow):
    """Where a finding stands on a revision after its own.

    Outdated: its lines are not there any more; the other fields say where it was last.
    """

    finding = models.ForeignKey(
        Finding,
        on_delete=models.CASCADE,
        related_name="placements",
        db_constraint=False,
    )
    revision = models.ForeignKey(
        Revision,
        on_delete=models.CASCADE,
        related_name="placements",
        db_constraint=False,
    )
    path = models.CharField(max_length=500, blank=True)
    file_side = models.CharField(max_length=3, choices=Finding.FileSide)
    line_from = models.PositiveIntegerField(null=True)
    line_to = models.PositiveIntegerField(null=True)
    is_outdated = models.BooleanField(default=False)

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["finding", "revision"], name="placement_once"
            ),
            models.CheckConstraint(
                condition=Q(line_from=None, line_to=None)
                | Q(line_from__gte=1, line_to__gte=F("line_from")),
                name="placement_lines",
            ),
            TenantKey(field="finding", name="placement_finding"),
            TenantKey(field="revision", name="placement_revision"),
        ]

    def __str__(self) -> str:
        return f"{self.finding}: {self.revision}"


class Lesson(OrganisationRow):
    """What the pair takes away; of the card of a `finding` or written by itself."""

    session = models.ForeignKey(
        ReviewSession,
        on_delete=models.CASCADE,
        related_name="lessons",
        db_constraint=False,
    )
    author = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    finding = models.ForeignKey(
        Finding,
        on_delete=models.SET_NULL,
        related_name="lessons",
        null=True,
        db_constraint=False,
    )
    text = models.CharField(_("lesson"), max_length=500)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(OrganisationRow.Meta):
        ordering = ["created_at", "id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["finding"],
                condition=Q(finding__isnull=False),
                name="lesson_of_card",
            ),
            TenantKey(field="session", name="lesson_session"),
            TenantKey(field="finding", name="lesson_finding"),
            TenantKey(field="author", name="lesson_author"),
        ]

    def __str__(self) -> str:
        return self.text

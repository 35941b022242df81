from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pairings.models import Enrolment, Pairing
from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from reviews.models.passes import BlindPass
from reviews.models.session_queries import ReviewSessionQuerySet


class ReviewSession(OrganisationRow):
    """One sitting of a pair over one AI-written change.

    `opened_at` is the day itself in one that was logged afterwards. `version` counts
    what both may see; what happens inside a blind pass leaves it alone. `staged_as`
    is the staged upload that it came from, so that confirming twice makes one.

    One that is planned has `planned_at`, and in a weekly `series` also `slot_at`, where
    the series had it before it was moved. `sequence` counts what was sent about it to
    calendars, the same in a whole series, and `arranged_at` says since when it holds.
    `was_safe`, set by the close, says whether no critical or major flaw stood as real;
    None where that does not count. `is_blind` is False once a pass that never came was
    released.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        READING = "reading", _("reading")
        REVEALED = "revealed", _("revealed")
        CLOSED = "closed", _("closed")
        ABANDONED = "abandoned", _("abandoned")

    class Driver(models.TextChoices):
        JUNIOR = "junior", _("the junior")
        MENTOR = "mentor", _("the mentor")
        BOTH = "both", _("both together")
        SOMEBODY = "somebody", _("somebody else")
        NOBODY = "nobody", _("nobody: an agent on its own")

    class Turn(models.TextChoices):
        """What comes next for one of the two."""

        READ = "read", _("your turn to read")
        WAIT = "wait", _("locked, waiting for the other")
        REVEAL = "reveal", _("ready to reveal")
        TAKE_APART = "take_apart", _("ready to take apart")
        NOTHING = "nothing", _("over")

    pairing = models.ForeignKey(
        Pairing, on_delete=models.PROTECT, related_name="sessions", db_constraint=False
    )
    mentor = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    junior = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    title = models.CharField(_("title"), max_length=160, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    is_logged = models.BooleanField(default=False)
    planned_at = models.DateTimeField(null=True)
    planned_minutes = models.PositiveSmallIntegerField(null=True)
    led_by = models.CharField(
        _("led by"), max_length=10, choices=Enrolment.Side, blank=True
    )
    series = models.UUIDField(null=True)
    slot_at = models.DateTimeField(null=True)
    sequence = models.PositiveIntegerField(default=0)
    arranged_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(default=timezone.now)
    is_blind = models.BooleanField(default=True)
    released_by = models.ForeignKey(
        Membership,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    revealed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    held_on = models.DateField(_("day"), null=True)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
    )
    next_on = models.DateField(_("next session"), null=True, blank=True)
    verdict = models.CharField(max_length=10, choices=BlindPass.Verdict, blank=True)
    unexplained_because = models.TextField(blank=True)
    link = models.CharField(_("link"), max_length=500, blank=True)
    account = models.TextField(_("what the AI got wrong"), blank=True)
    tool = models.CharField(_("tool"), max_length=80, blank=True)
    model = models.CharField(_("model"), max_length=80, blank=True)
    driver = models.CharField(_("driven by"), max_length=10, choices=Driver, blank=True)
    edited_share = models.DecimalField(
        _("edited by a human"),
        max_digits=3,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    claim = models.TextField(_("what it says of itself"), blank=True)
    version = models.PositiveIntegerField(default=0)
    was_safe = models.BooleanField(null=True)
    staged_as = models.BigIntegerField(null=True, unique=True, editable=False)

    objects = ReviewSessionQuerySet.as_manager()
    is_lent = False  # Set where it was released to who asks, as the next mentor.
    mentor_pass: "BlindPass | None" = None
    junior_pass: "BlindPass | None" = None
    own_pass: "BlindPass | None" = None
    viewed: list[dict[str, str]]
    first_conversation: int | None

    class Meta(OrganisationRow.Meta):
        indexes = [
            models.Index(
                fields=["pairing", "-held_on"],
                include=["state", "next_on"],
                name="session_days_by_pairing",
            ),
            models.Index(
                fields=["mentor", "state", "-opened_at"], name="session_by_mentor"
            ),
            models.Index(
                fields=["junior", "state", "-opened_at"], name="session_by_junior"
            ),
            models.Index(
                fields=["organisation", "-opened_at"], name="session_by_opening"
            ),
            models.Index(
                fields=["organisation", "opened_at"],
                condition=Q(state="reading"),
                name="session_being_read",
            ),
            models.Index(
                fields=["planned_at"],
                condition=Q(planned_at__isnull=False),
                name="session_by_plan",
            ),
            models.Index(
                fields=["next_on", "closed_at"],
                condition=Q(state="closed"),
                name="session_by_next_day",
            ),
        ]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(mentor=F("junior")), name="reviewsession_of_two"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed")
                | Q(closed_at__isnull=False, held_on__isnull=False),
                name="reviewsession_closed_has_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed")
                | Q(is_logged=True)
                | ~Q(tool="") & ~Q(driver=""),
                name="reviewsession_closed_has_provenance",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "reading", "abandoned"])
                | Q(is_logged=True)
                | Q(revealed_at__isnull=False),
                name="reviewsession_reveal_first",
            ),
            models.CheckConstraint(
                condition=~Q(state="planned")
                | Q(planned_at__isnull=False, planned_minutes__isnull=False)
                & Q(arranged_at__isnull=False)
                & ~Q(led_by=""),
                name="reviewsession_planned_whole",
            ),
            models.CheckConstraint(
                condition=~Q(title="")
                | Q(state="planned")
                | Q(cancelled_at__isnull=False),
                name="reviewsession_has_title",
            ),
            models.CheckConstraint(
                condition=Q(series=None) | Q(slot_at__isnull=False),
                name="reviewsession_series_has_slot",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | Q(state="abandoned"),
                name="reviewsession_cancelled_is_over",
            ),
            models.UniqueConstraint(
                fields=["pairing", "planned_at"],
                condition=Q(state="planned"),
                name="reviewsession_planned_once",
            ),
            TenantKey(field="released_by", name="reviewsession_released_by"),
            TenantKey(field="pairing", name="reviewsession_pairing"),
            TenantKey(field="mentor", name="reviewsession_mentor"),
            TenantKey(field="junior", name="reviewsession_junior"),
        ]

    def __str__(self) -> str:
        return self.title or gettext("Planned session")

    @property
    def code(self) -> str:
        return f"S-{self.pk}"

    @property
    def has_provenance(self) -> bool:
        """What a session can't close without."""
        return bool(self.tool and self.driver)

    @property
    def provenance_mark(self) -> str:
        """Differs as soon as anything in where the change comes from does."""
        parts = (self.tool, self.model, self.driver, self.edited_share)
        return sha256(repr(parts).encode()).hexdigest()[:16]

    @property
    def is_revealed(self) -> bool:
        return self.revealed_at is not None

    def side_of(self, member: Membership) -> str | None:
        if self.mentor_id == member.pk:
            return Enrolment.Side.MENTOR
        if self.junior_id == member.pk:
            return Enrolment.Side.JUNIOR
        return None

    def other_than(self, member: Membership) -> Membership:
        return self.mentor if self.junior_id == member.pk else self.junior

    def name_in(self, rows: Iterable[models.Model], *fields: str) -> None:
        """Sets who of the two each row names in these fields, without a join."""
        two = {one.pk: one for one in (self.mentor, self.junior)}
        for row in rows:
            for field in fields:
                if (pk := getattr(row, f"{field}_id")) in two:
                    setattr(row, field, two[pk])

    @property
    def is_planned(self) -> bool:
        return self.state == self.State.PLANNED

    @property
    def led_by_whom(self) -> Membership:
        """Who leads the sitting that is planned."""
        return self.mentor if self.led_by == Enrolment.Side.MENTOR else self.junior

    @property
    def may_be_released_from(self) -> datetime:
        """From when a pass that did not come holds the other no longer."""
        days = self.pairing.program.pass_timeout_days
        return self.opened_at + timedelta(days=days)

    @property
    def starts_at(self) -> datetime:
        """When one that is planned begins."""
        if self.planned_at is None:
            raise ValueError(f"{self.code} is not planned")
        return self.planned_at

    def waits_too_long(self, now: datetime) -> bool:
        """Whether it may go on without a pass that has not come."""
        if self.state != self.State.READING or now < self.may_be_released_from:
            return False
        return self.passes.filter(locked_at=None).exists()

    @property
    def is_reading(self) -> bool:
        return self.state == self.State.READING

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.READING, self.State.REVEALED)

    @property
    def takes_change(self) -> bool:
        """Whether a version of the change may be brought: later, or at last."""
        if self.is_logged:
            return not self.revisions.exists()
        return self.is_open

    def takes_words(self, blind_pass: "BlindPass | None") -> bool:
        """Whether findings of that pass, or late ones of none, may be changed yet."""
        if blind_pass is None:
            return self.state == self.State.REVEALED
        return self.state == self.State.READING and not blind_pass.is_locked

    @property
    def marks(self) -> dict[str, str]:
        """The digests of the files that its reader `viewed`, by path."""
        return {one["path"]: one["digest"] for one in self.viewed}

    @property
    def locks(self) -> "list[BlindPass]":
        """Both passes of one that came `with_locks`; a logged one has none."""
        return [one for one in (self.mentor_pass, self.junior_pass) if one]

    def turn_of(self, member: Membership) -> "ReviewSession.Turn":
        """For rows that came `with_locks`."""
        if self.state == self.State.REVEALED:
            return self.Turn.TAKE_APART
        if self.state != self.State.READING:
            return self.Turn.NOTHING
        if any(p.reviewer_id == member.pk and not p.is_locked for p in self.locks):
            return self.Turn.READ
        is_ready = all(blind_pass.is_locked for blind_pass in self.locks)
        return self.Turn.REVEAL if is_ready else self.Turn.WAIT

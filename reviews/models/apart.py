"""What the two make of a revealed session: cards, threads, actions, impressions."""

from datetime import date
from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from reviews.models.findings import Finding
from reviews.models.sessions import ReviewSession


class Explanation(OrganisationRow):
    """The card on which a flaw is taken apart; it hangs on the flaw's root finding.

    Each side writes fields of its own (`reviews.cards.STEPS`) and counts a version of
    its own, so that two people who write at once never meet. `…_tab` names the page
    that wrote a side last: it may go on whatever became of its answers.
    """

    class Mark(models.IntegerChoices):
        """How well the junior explains the flaw, as the mentor sees it."""

        NOT_YET = 0, _("not yet")
        WITH_HELP = 1, _("with help")
        SOUND = 2, _("sound")
        COULD_TEACH = 3, _("could teach it")

    finding = models.OneToOneField(
        Finding,
        on_delete=models.CASCADE,
        related_name="explanation",
        db_constraint=False,
    )
    commit = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    cause = models.TextField(blank=True)
    test = models.TextField(blank=True)
    rule = models.TextField(blank=True)
    done_well = models.TextField(blank=True)
    to_correct = models.TextField(blank=True)
    mark = models.PositiveSmallIntegerField(choices=Mark, null=True)
    junior_version = models.PositiveIntegerField(default=0)
    mentor_version = models.PositiveIntegerField(default=0)
    junior_tab = models.UUIDField(null=True)
    mentor_tab = models.UUIDField(null=True)

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(mark=None) | Q(mark__lte=3), name="explanation_mark"
            ),
            TenantKey(field="finding", name="explanation_finding"),
        ]

    def __str__(self) -> str:
        return f"{self.finding}: {self.get_mark_display()}"


class Comment(OrganisationRow):
    """One turn of the conversation under a finding, in Markdown.

    `key` makes one comment of one form, however often it is sent. What its author
    removes loses its text and stays as a trace.
    """

    finding = models.ForeignKey(
        Finding, on_delete=models.CASCADE, related_name="comments", db_constraint=False
    )
    author = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    key = models.UUIDField()
    text = models.TextField(_("reply"), blank=True)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta(OrganisationRow.Meta):
        ordering = ["created_at", "id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["finding", "author", "key"], name="comment_once"
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(text=""), name="comment_removed"
            ),
            TenantKey(field="finding", name="comment_finding"),
            TenantKey(field="author", name="comment_author"),
        ]

    def __str__(self) -> str:
        return self.text


class ActionQuerySet(models.QuerySet["Action"]):
    def of(self, member: Membership) -> Self:
        """Actions of sessions that somebody took part in: the room's, as all text."""
        return self.filter(Q(session__mentor=member) | Q(session__junior=member))

    def open(self) -> Self:
        return self.filter(done_at=None)

    def due(self, owner: Membership, by: date) -> Self:
        """What somebody has to do until a day, the most overdue first."""
        rows = self.of(owner).open().filter(owner=owner, due_on__lte=by)
        return rows.with_title().in_order()

    def in_order(self) -> Self:
        """Open ones first, by their day."""
        return self.order_by(F("done_at").desc(nulls_first=True), "due_on", "pk")

    def with_owner(self) -> Self:
        """In order, with who does it and the two of the session."""
        people = ("session__mentor__user", "session__junior__user", "owner__user")
        return self.select_related(*people).in_order()

    def with_title(self) -> Self:
        """With no more of the session than its title and the ids of its two."""
        of_session = ("title", "mentor", "junior", "organisation")
        names = [f"session__{name}" for name in of_session]
        return self.select_related("session").only(
            "organisation",
            "session",
            "owner",
            "added_by",
            "text",
            "due_on",
            "done_at",
            *names,
        )


class Action(OrganisationRow):
    """What one of the two does because of a session, and by when."""

    session = models.ForeignKey(
        ReviewSession,
        on_delete=models.CASCADE,
        related_name="actions",
        db_constraint=False,
    )
    added_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    owner = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    text = models.CharField(_("action"), max_length=300)
    due_on = models.DateField(_("due"))
    done_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ActionQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        indexes = [
            models.Index(
                fields=["owner", "due_on"],
                condition=Q(done_at=None),
                name="action_open",
            ),
        ]
        constraints = [
            *OrganisationRow.Meta.constraints,
            TenantKey(field="session", name="action_session"),
            TenantKey(field="added_by", name="action_added_by"),
            TenantKey(field="owner", name="action_owner"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_overdue(self) -> bool:
        return self.done_at is None and self.due_on < timezone.localdate()


class Impression(OrganisationRow):
    """How a session went for one of the two, in one word."""

    session = models.ForeignKey(
        ReviewSession,
        on_delete=models.CASCADE,
        related_name="impressions",
        db_constraint=False,
    )
    member = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    word = models.CharField(
        max_length=30,
        validators=[RegexValidator(r"^\S+$", _("One word, without a space."))],
    )

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["session", "member"], name="impression_once"
            ),
            TenantKey(field="session", name="impression_session"),
            TenantKey(field="member", name="impression_member"),
        ]

    def __str__(self) -> str:
        return self.word

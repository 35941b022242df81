from datetime import datetime, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from preceptor.accounts.spelling import may_be_a_word
from preceptor.history import Kind, tracked

ARCHIVE_LASTS = timedelta(days=7)
"""How long somebody has to download what was gathered."""

DOWNLOAD_LASTS = timedelta(hours=1)
"""How long the bytes stay after the download began."""

REMEMBERED = timedelta(days=30)
"""How long the page says what became of the last one."""

STALE = timedelta(minutes=30)
"""After so long without a step a worker is taken for dead, and another goes on."""


class ArchiveQuerySet(models.QuerySet["Archive"]):
    def open(self) -> Self:
        """Being gathered still."""
        states = [Archive.State.QUEUED, Archive.State.GATHERING]
        return self.filter(state__in=states)

    def ready(self, now: datetime) -> Self:
        """To be downloaded, once."""
        return self.filter(
            state=Archive.State.READY, downloaded_at=None, expires_at__gt=now
        )

    def over(self, now: datetime) -> Self:
        """Downloaded a while ago, or run out: the bytes go."""
        return self.filter(
            Q(downloaded_at__lte=now - DOWNLOAD_LASTS) | Q(expires_at__lte=now)
        )

    def forgotten(self, now: datetime) -> Self:
        return self.filter(asked_at__lte=now - REMEMBERED)

    def left_behind(self, now: datetime) -> Self:
        """Nobody works on it any more, or nobody ever took it up."""
        alive = Coalesce("stepped_at", "asked_at")
        return self.open().alias(alive=alive).filter(alive__lte=now - STALE)


class Archive(OrganisationRow):
    """All that is held of a member, as one ZIP in parts. One at a time a member.

    `version` counts what the page shows of it. The link's token is kept as a hash.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        GATHERING = "gathering", _("being gathered")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    member = models.OneToOneField(
        Membership, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    asked_at = models.DateTimeField()
    stepped_at = models.DateTimeField(null=True)
    """The last sign of life of who gathers it."""

    done_steps = models.PositiveIntegerField(default=0)
    all_steps = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    size = models.PositiveBigIntegerField(default=0)
    """Bytes of the whole."""

    expires_at = models.DateTimeField(null=True)
    downloaded_at = models.DateTimeField(null=True)
    token_hash = models.CharField(max_length=64, blank=True, default="")

    objects = ArchiveQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(expires_at__isnull=False),
                name="archive_ready_expires",
            ),
            TenantKey(field="member", name="archive_member"),
        ]

    def __str__(self) -> str:
        return str(self.member)

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.GATHERING)

    def is_ready(self, now: datetime) -> bool:
        """To be downloaded, once; the same as the QuerySet says."""
        is_there = self.state == self.State.READY and self.downloaded_at is None
        return is_there and self.expires_at is not None and now < self.expires_at


class ArchivePart(OrganisationRow):
    """A piece of an archive's bytes, a megabyte at most."""

    archive = models.ForeignKey(
        Archive, on_delete=models.CASCADE, related_name="parts", db_constraint=False
    )
    number = models.PositiveIntegerField()
    body = models.BinaryField()

    class Meta(OrganisationRow.Meta):
        ordering = ["number"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["archive", "number"], name="archivepart_once"
            ),
            TenantKey(field="archive", name="archivepart_archive"),
        ]

    def __str__(self) -> str:
        return f"{self.archive_id}, {self.number}"


@tracked("days", kind=Kind.SETTINGS)
class LeaversRule(OrganisationRow):
    """After how many days whoever left is erased."""

    days = models.PositiveIntegerField()
    set_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    set_at = models.DateTimeField()

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation"], name="leaversrule_one_each"
            ),
            TenantKey(field="set_by", name="leaversrule_set_by"),
        ]

    def __str__(self) -> str:
        return str(self.days)


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def standing(self) -> Self:
        """Neither called off nor done."""
        return self.filter(called_off_at=None, finished_at=None)

    def waiting(self) -> Self:
        return self.standing().filter(begun_at=None)

    def to_begin(self, now: datetime) -> Self:
        return self.waiting().filter(due_at__lte=now)

    def left_behind(self, now: datetime) -> Self:
        """Begun, and without a step for so long that nobody works on it."""
        return self.standing().filter(stepped_at__lte=now - STALE)


@tracked(
    "origin",
    "called_off_at",
    "begun_at",
    "finished_at",
    kind=Kind.PEOPLE,
    person="member",
)
class Erasure(OrganisationRow):
    """A wish to erase somebody, and how far that is; what is left of it names nobody.

    `done_steps` is where a worker goes on that takes it up again.
    """

    class Origin(models.TextChoices):
        OWN = "own", _("asked for by the person")
        OWNER = "owner", _("done by an owner")
        LEFT = "left", _("by the rule for those who left")

    member = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    origin = models.CharField(max_length=10, choices=Origin)
    asked_by = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    asked_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    """When it is done by itself, unless an owner does it earlier."""

    called_off_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    stepped_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    done_steps = models.PositiveIntegerField(default=0)
    all_steps = models.PositiveIntegerField(default=0)
    also: "models.Field[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=120), default=list
    )
    """Words of the name that are struck where others wrote them; empty once done."""

    struck: "models.Field[list[int], list[int]]" = ArrayField(
        models.PositiveSmallIntegerField(), default=list, db_default=[]
    )
    """Which words of the name those were, by their places; what is left of `also`."""

    failure = models.CharField(max_length=200, blank=True, default="", db_default="")
    """At what it stopped last, in words of the product; empty once a step passed."""

    objects = ErasureQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        ordering = ["-asked_at", "-id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(called_off_at=None),
                name="erasure_one_of_member",
            ),
            models.CheckConstraint(
                condition=Q(begun_at=None) | Q(called_off_at=None),
                name="erasure_begun_is_done",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(begun_at__isnull=False),
                name="erasure_finished_had_begun",
            ),
            TenantKey(field="member", name="erasure_member"),
            TenantKey(field="asked_by", name="erasure_asked_by"),
        ]

    def __str__(self) -> str:
        return f"{self.member}, {self.origin}"

    @property
    def waits_for_owner(self) -> bool:
        """Whether it is not done by itself: somebody has to look at the name first."""
        return self.begun_at is None and waits_for_owner(self.member)


def waits_for_owner(member: Membership) -> bool:
    """Of what they are called; needs their account."""
    called = {member.called, member.user.full_name} - {""}
    return any(may_be_a_word(name) for name in called)

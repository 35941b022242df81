from collections import defaultdict
from typing import Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pairings.models import Program
from preceptor.accounts.constraints import TenantKey
from preceptor.accounts.models import Membership, OrganisationRow
from preceptor.history import Kind, tracked
from progress.frameworks.content import AreaText, CompetencyText, Content
from progress.levels import Level


def no_levels() -> list[str]:
    return [""] * len(Level)


class FrameworkQuerySet(models.QuerySet["Framework"]):
    def visible_to(self, member: Membership) -> Self:
        """Every member reads what was published; drafts are for who writes them."""
        rows = self.filter(organisation=member.organisation_id)
        if member.is_manager:
            return rows
        published = FrameworkVersion.objects.published()
        return rows.filter(pk__in=published.values("framework"))

    def usable(self) -> Self:
        """Those that plans can begin with."""
        published = FrameworkVersion.objects.published()
        return self.filter(archived_at=None, pk__in=published.values("framework"))


class Framework(OrganisationRow):
    """What juniors of an organisation grow in, through all of its versions."""

    name = models.CharField(_("name"), max_length=120)
    about = models.CharField(_("what it is for"), max_length=500, blank=True)
    is_default = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = FrameworkQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        ordering = ["-is_default", "name", "id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                "organisation", Lower("name"), name="framework_name_once"
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(is_default=True),
                name="framework_one_default",
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(archived_at=None),
                name="framework_default_in_use",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FrameworkVersionQuerySet(models.QuerySet["FrameworkVersion"]):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def drafts(self) -> Self:
        return self.filter(published_at=None)

    def for_program(self, program: Program) -> Self:
        """What plans of a program may begin with, the right one first.

        That is the newest version of the program's own framework, or else of the
        organisation's default.
        """
        chosen = ProgramFramework.objects.filter(program=program)
        rows = self.published().alias(
            is_own=Exists(chosen.filter(framework=OuterRef("framework")))
        )
        return rows.filter(
            Q(is_own=True) | Q(framework__is_default=True),
            organisation=program.organisation_id,
            framework__archived_at=None,
        ).order_by("-is_own", "-number")


class FrameworkVersion(OrganisationRow):
    """A framework as it stood on a day. Without `published_at` it is the draft.

    Once it is published, nothing in it is changed or deleted: triggers hold that.
    """

    framework = models.ForeignKey(
        Framework,
        on_delete=models.CASCADE,
        related_name="versions",
        db_constraint=False,
    )
    number = models.PositiveIntegerField()
    note = models.CharField(_("what changed"), max_length=1_000, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    """None where the product published it: the starter."""

    objects = FrameworkVersionQuerySet.as_manager()

    class Meta(OrganisationRow.Meta):
        ordering = ["-number", "-id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["framework", "number"], name="frameworkversion_number"
            ),
            models.UniqueConstraint(
                fields=["framework"],
                condition=Q(published_at=None),
                name="frameworkversion_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(published_by=None) | Q(published_at__isnull=False),
                name="frameworkversion_published",
            ),
            TenantKey(field="framework", name="frameworkversion_framework"),
            TenantKey(field="published_by", name="frameworkversion_published_by"),
        ]

    def __str__(self) -> str:
        return f"{self.framework}, {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    def content(self) -> Content:
        """All that it says, apart from its rows."""
        texts = defaultdict(list)
        for row in self.competencies.all():
            texts[row.area_id].append(row.text())
        areas = (
            AreaText(area.name, area.about, tuple(texts[area.pk]))
            for area in self.areas.all()
        )
        return Content(tuple(areas))


class Area(OrganisationRow):
    """A part of a version that holds competencies."""

    version = models.ForeignKey(
        FrameworkVersion,
        on_delete=models.CASCADE,
        related_name="areas",
        db_constraint=False,
    )
    name = models.CharField(_("name"), max_length=120)
    about = models.CharField(_("what it is about"), max_length=500, blank=True)
    position = models.PositiveIntegerField()
    edits = models.PositiveIntegerField(default=0)
    """Counts the times that it was edited: a form says which state it was made of."""

    class Meta(OrganisationRow.Meta):
        ordering = [F("position").asc(), "id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["id", "organisation", "version"], name="area_of_version"
            ),
            models.UniqueConstraint("version", Lower("name"), name="area_name_once"),
            models.UniqueConstraint(
                fields=["version", "position"],
                name="area_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            TenantKey(field="version", name="area_version"),
        ]

    def __str__(self) -> str:
        return self.name


class Competency(OrganisationRow):
    """Something that a junior grows in; `key` is the same through all versions.

    What refers to a competency names the row of the version of that day; what is
    compared over time is joined by the key.
    """

    version = models.ForeignKey(
        FrameworkVersion,
        on_delete=models.CASCADE,
        related_name="competencies",
        db_constraint=False,
    )
    area = models.ForeignKey(
        Area,
        on_delete=models.CASCADE,
        related_name="competencies",
        db_constraint=False,
    )
    key = models.UUIDField(default=uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120)
    about = models.CharField(_("what it is about"), max_length=500, blank=True)
    position = models.PositiveIntegerField()
    levels = ArrayField(models.CharField(max_length=600, blank=True), default=no_levels)
    """What one can observe at each level, from novice to expert."""

    categories = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    """The flaw categories that it covers, by their values in `reviews.taxonomy`."""

    edits = models.PositiveIntegerField(default=0)

    class Meta(OrganisationRow.Meta):
        ordering = [F("position").asc(), "id"]
        constraints = [
            *OrganisationRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["id", "organisation", "version"], name="competency_of_version"
            ),
            models.UniqueConstraint(fields=["version", "key"], name="competency_key"),
            models.UniqueConstraint(
                "version", Lower("name"), name="competency_name_once"
            ),
            models.UniqueConstraint(
                fields=["version", "position"],
                name="competency_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(levels__len=len(Level)), name="competency_five_levels"
            ),
            TenantKey(field="version", name="competency_version"),
            TenantKey(
                field="area", name="competency_area", also=("organisation", "version")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def text(self) -> CompetencyText:
        levels, categories = tuple(self.levels), tuple(self.categories)
        return CompetencyText(self.key, self.name, self.about, levels, categories)


@tracked("framework", kind=Kind.PROGRAMS, program="program")
class ProgramFramework(OrganisationRow):
    """The framework that a program chose for the plans that begin in it."""

    program = models.OneToOneField(
        Program,
        on_delete=models.CASCADE,
        related_name="chosen_framework",
        db_constraint=False,
    )
    framework = models.ForeignKey(
        Framework,
        on_delete=models.CASCADE,
        related_name="programs",
        db_constraint=False,
    )

    class Meta(OrganisationRow.Meta):
        constraints = [
            *OrganisationRow.Meta.constraints,
            TenantKey(field="program", name="programframework_program"),
            TenantKey(field="framework", name="programframework_framework"),
        ]

    def __str__(self) -> str:
        return f"{self.program}: {self.framework}"

"""The only way a view gets a framework, a version of one, or a part of its draft.

Every member reads what was published; managers and owners write, and read drafts.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from pairings.models import Program
from preceptor.accounts.models import Membership, StagedUpload
from preceptor.accounts.rights import Relation, Resource, Right
from preceptor.http import Conflict
from preceptor.prepared import Prepared
from progress.access import right_now
from progress.actions.framework_files import PURPOSE
from progress.models import (
    Area,
    Competency,
    Framework,
    FrameworkVersion,
    GrowthPlan,
)


def require_writer(member: Membership) -> None:
    if not member.is_manager:
        raise PermissionDenied


def framework_for(member: Membership, pk: int) -> Framework:
    """403 to who may not write while nothing of it is published."""
    rows = Framework.objects.filter(organisation=member.organisation_id)
    framework = get_object_or_404(rows, pk=pk)
    if not member.is_manager and not framework.versions.published().exists():
        raise PermissionDenied
    return framework


def framework_to_write(member: Membership, pk: int) -> Framework:
    require_writer(member)
    rows = Framework.objects.filter(organisation=member.organisation_id)
    return get_object_or_404(rows, pk=pk)


def framework_in_use(member: Membership, pk: int) -> Framework:
    """One that is written on: 409 where it is archived."""
    framework = framework_to_write(member, pk)
    if framework.archived_at:
        text = _("“%(framework)s” is archived. Bring it back first.")
        raise Conflict(text % {"framework": framework})
    return framework


def version_for(member: Membership, pk: int) -> FrameworkVersion:
    version = get_object_or_404(_versions(member), pk=pk)
    if version.is_draft:
        require_writer(member)
    return version


def draft_for(member: Membership, pk: int) -> FrameworkVersion:
    """A draft to change; 409 where it was published in between."""
    require_writer(member)
    version = get_object_or_404(_versions(member), pk=pk)
    refuse_published(version)
    return version


def area_to_write(member: Membership, pk: int) -> Area:
    require_writer(member)
    rows: QuerySet[Area] = _parts(Area, member)
    area = get_object_or_404(rows, pk=pk)
    refuse_published(area.version)
    return area


def competency_to_write(member: Membership, pk: int) -> Competency:
    require_writer(member)
    rows: QuerySet[Competency] = _parts(Competency, member)
    competency = get_object_or_404(rows.select_related("area"), pk=pk)
    refuse_published(competency.version)
    return competency


def refuse_published(version: FrameworkVersion) -> None:
    if not version.is_draft:
        raise Conflict(
            _(
                "Version %(number)s of “%(framework)s” is published and stays as it "
                "is. Begin a draft to change what comes next."
            )
            % {"number": version.number, "framework": version.framework}
        )


def versions_ahead(
    plan: GrowthPlan, relations: set[Relation]
) -> list[FrameworkVersion]:
    """Where the junior or the mentor of today may move a plan; nowhere for others.

    That is to its framework's newest version, or to that of its program's framework
    where the program begins its plans with another one by now.
    """
    if right_now(plan, relations, Resource.PLAN_TEXT) < Right.CONTRIBUTE:
        return []
    own = plan.version.framework_id if plan.version else None
    newest: dict[int, FrameworkVersion] = {}
    for version in VERSIONS(
        own=own or 0,
        program=plan.junior.program_id,
        organisation=plan.organisation_id,
    ):
        newest.setdefault(version.framework_id, version)
    ahead = [newest.pop(own)] if own in newest else []
    number = plan.version.number if plan.version else 0
    return [*(one for one in ahead if one.number > number), *newest.values()]


def _versions_of(
    own: int, program: int, organisation: int
) -> QuerySet[FrameworkVersion]:
    """Published ones of a framework, and what its program's plans begin with by now."""
    begins_with = FrameworkVersion.objects.for_program(
        Program(pk=program, organisation_id=organisation)
    )
    rows = FrameworkVersion.objects.published().filter(
        Q(framework=own) | Q(pk__in=begins_with.values("pk")[:1]),
        organisation=organisation,
    )
    return rows.select_related("framework").order_by("-number")


VERSIONS = Prepared(_versions_of, own=int, program=int, organisation=int)


def staged_framework(member: Membership, pk: int) -> StagedUpload | None:
    """A file of one's own that waits; None where it is over."""
    require_writer(member)
    rows = StagedUpload.objects.fresh(timezone.now())
    return rows.filter(owner=member, purpose=PURPOSE, pk=pk).first()


def _versions(member: Membership) -> QuerySet[FrameworkVersion]:
    rows = FrameworkVersion.objects.filter(organisation=member.organisation_id)
    return rows.select_related("framework")


def _parts(model: Any, member: Membership) -> Any:
    rows = model.objects.filter(organisation=member.organisation_id)
    return rows.select_related("version__framework", "organisation")

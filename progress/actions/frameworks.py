"""Frameworks: their versions, which one plans begin with, and moving on."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from pairings.models import Program
from preceptor.accounts.models import Membership, Organisation
from progress.frameworks.content import Content
from progress.models import Area, Competency, Framework, FrameworkVersion
from progress.starter import starter


def version_to_begin_with(program: Program) -> FrameworkVersion:
    """What a plan of the program begins with.

    An organisation without any framework to begin with adopts the starter, once.
    """
    versions = FrameworkVersion.objects.for_program(program)
    found = versions.first()
    if found is not None:
        return found
    hold(program.organisation_id)
    return versions.first() or adopt_starter(
        organisation_id=program.organisation_id, now=timezone.now()
    )


def hold(organisation_id: int) -> None:
    """Which frameworks an organisation has is written one request at a time."""
    rows = Organisation.objects.select_for_update(no_key=True)
    rows.get(pk=organisation_id)


@transaction.atomic
def adopt_starter(
    *, organisation_id: int, now: datetime, actor: Membership | None = None
) -> FrameworkVersion:
    """Makes the starter the organisation's default and publishes it as it comes."""
    given = starter()
    framework = Framework.objects.create(
        organisation_id=organisation_id,
        name=given.name,
        about=given.about,
        is_default=True,
        created_at=now,
    )
    version = FrameworkVersion.objects.create(
        organisation_id=organisation_id, framework=framework, number=1, created_at=now
    )
    write_content(version, given.content)
    version.published_at, version.published_by = now, actor
    version.save()
    return version


def write_content(version: FrameworkVersion, content: Content) -> None:
    """Fills an empty draft."""
    of_version = {"organisation_id": version.organisation_id, "version": version}
    areas = Area.objects.bulk_create(
        Area(**of_version, name=area.name, about=area.about, position=position)
        for position, area in enumerate(content.areas)
    )
    pairs = [
        (row, competency)
        for row, area in zip(areas, content.areas, strict=True)
        for competency in area.competencies
    ]
    Competency.objects.bulk_create(
        Competency(
            **of_version,
            area=area,
            key=one.key,
            name=one.name,
            about=one.about,
            position=position,
            levels=list(one.levels),
            categories=list(one.categories),
        )
        for position, (area, one) in enumerate(pairs)
    )

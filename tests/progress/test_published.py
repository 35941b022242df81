"""The database refuses to change what a published version of a framework says."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from progress.actions.frameworks import adopt_starter, write_content
from progress.models import Area, Competency, Framework, FrameworkVersion
from progress.starter import starter
from tests.factories import OrganisationFactory

Change = Callable[[FrameworkVersion, FrameworkVersion], object]


@pytest.fixture
def version(db: None) -> FrameworkVersion:
    organisation = OrganisationFactory.create()
    return adopt_starter(organisation_id=organisation.pk, now=timezone.now())


@pytest.fixture
def draft(version: FrameworkVersion) -> FrameworkVersion:
    row = FrameworkVersion.objects.create(
        organisation=version.organisation, framework=version.framework, number=2
    )
    write_content(row, starter().content)
    return row


def added_area(version: FrameworkVersion) -> Area:
    return Area.objects.create(
        organisation=version.organisation, version=version, name="More", position=99
    )


CHANGES: dict[str, Change] = {
    "reworded": lambda kept, draft: kept.competencies.update(about="Other"),
    "area renamed": lambda kept, draft: kept.areas.update(about="Other"),
    "removed": lambda kept, draft: kept.competencies.all()[:1].get().delete(),
    "all removed": lambda kept, draft: kept.competencies.all().delete(),
    "area added": lambda kept, draft: added_area(kept),
    "moved in": lambda kept, draft: draft.competencies.filter(position=0).update(
        version=kept, position=99, key=uuid4(), name="Moved"
    ),
    "moved out": lambda kept, draft: kept.competencies.filter(position=0).update(
        version=draft, position=99, key=uuid4(), name="Moved"
    ),
    "made a draft": lambda kept, draft: FrameworkVersion.objects.filter(
        pk=kept.pk
    ).update(published_at=None),
    "noted": lambda kept, draft: FrameworkVersion.objects.filter(pk=kept.pk).update(
        note="Other"
    ),
    "deleted": lambda kept, draft: FrameworkVersion.objects.get(pk=kept.pk).delete(),
    "framework deleted": lambda kept, draft: Framework.objects.get(
        pk=kept.framework_id
    ).delete(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_a_published_version_is_refused_every_change(
    version: FrameworkVersion, draft: FrameworkVersion, change: Change
) -> None:
    def said() -> list[object]:
        rows = Competency.objects.filter(version=version).values_list()
        areas = Area.objects.filter(version=version).values_list()
        return [*rows, *areas, *FrameworkVersion.objects.filter(pk=version.pk).values()]

    before = said()
    with (
        pytest.raises(IntegrityError, match="is published"),
        transaction.atomic(),
    ):
        change(version, draft)
    assert said() == before


def test_a_draft_takes_the_same_changes(draft: FrameworkVersion) -> None:
    draft.competencies.update(about="Other")
    added_area(draft)
    draft.competencies.filter(position=0).delete()
    assert draft.competencies.filter(about="Other").count() == 23
    draft.delete()
    assert not Area.objects.filter(version=draft.pk).exists()


def test_a_framework_is_renamed_although_its_versions_stay(
    version: FrameworkVersion,
) -> None:
    framework = version.framework
    framework.name = "Ours"
    framework.save()
    assert Framework.objects.get(pk=framework.pk).name == "Ours"

"""The framework that comes with the product, and whose plans begin with which one."""

from django.utils import timezone

from preceptor.accounts.models import Membership
from progress.actions import begin_plan
from progress.actions.frameworks import adopt_starter, write_content
from progress.models import (
    Competency,
    Framework,
    FrameworkVersion,
    GrowthPlan,
    ProgramFramework,
)
from progress.starter import starter
from reviews.taxonomy import Category
from tests.cast import Cast
from tests.factories import OrganisationFactory


def published(by: Membership, name: str, **fields: object) -> FrameworkVersion:
    framework = Framework.objects.create(
        organisation=by.organisation, name=name, **fields
    )
    version = FrameworkVersion.objects.create(
        organisation=by.organisation, framework=framework, number=1
    )
    write_content(version, starter().content)
    version.published_at, version.published_by = timezone.now(), by
    version.save()
    return version


def plan_begun(cast: Cast) -> GrowthPlan:
    begin_plan(cast.pairing)
    return GrowthPlan.objects.get(junior=cast.ines_enrolled)


def test_starter_has_24_competencies_with_five_levels_each() -> None:
    content = starter().content
    competencies = [competency for _area, competency in content]
    assert (len(content.areas), len(content)) == (6, 24)
    assert len({one.key for one in competencies}) == 24
    assert len({one.name for one in competencies}) == 24
    texts = [text for one in competencies for text in one.levels]
    assert len(set(texts)) == 24 * 5
    assert all(text.endswith(".") and len(text) <= 600 for text in texts)
    assert all(len(one.about) <= 500 for one in competencies)


def test_starter_covers_every_flaw_category_and_names_no_other() -> None:
    covered = {c for _area, one in starter().content for c in one.categories}
    assert covered == set(Category.values)


def test_a_plan_begins_with_the_starter_where_there_is_no_framework(
    cast: Cast,
) -> None:
    version = plan_begun(cast).version
    assert version is not None
    assert (version.framework.name, version.number) == ("Engineering with AI", 1)
    assert version.framework.is_default
    assert not version.is_draft
    assert version.published_by is None
    assert Competency.objects.filter(version=version).count() == 24


def test_the_starter_is_adopted_once_and_by_each_organisation_alone(
    cast: Cast,
) -> None:
    elsewhere = OrganisationFactory.create()
    adopt_starter(organisation_id=elsewhere.pk, now=timezone.now())
    first = plan_begun(cast).version
    GrowthPlan.objects.all().delete()
    assert plan_begun(cast).version == first
    assert Framework.objects.filter(organisation=cast.tidewater).count() == 1


def test_a_plan_begins_with_the_newest_version_of_the_default(cast: Cast) -> None:
    first = published(cast.olga, "Ours", is_default=True)
    second = FrameworkVersion.objects.create(
        organisation=cast.tidewater,
        framework=first.framework,
        number=2,
        published_at=timezone.now(),
    )
    FrameworkVersion.objects.create(
        organisation=cast.tidewater, framework=first.framework, number=3
    )
    assert plan_begun(cast).version == second


def test_a_plan_begins_with_what_its_program_chose(cast: Cast) -> None:
    published(cast.olga, "Default", is_default=True)
    chosen = published(cast.olga, "Chosen")
    ProgramFramework.objects.create(
        organisation=cast.tidewater, program=cast.program, framework=chosen.framework
    )
    assert plan_begun(cast).version == chosen


def test_a_plan_begins_with_the_default_where_the_choice_is_archived(
    cast: Cast,
) -> None:
    default = published(cast.olga, "Default", is_default=True)
    chosen = published(cast.olga, "Chosen", archived_at=timezone.now())
    ProgramFramework.objects.create(
        organisation=cast.tidewater, program=cast.program, framework=chosen.framework
    )
    assert plan_begun(cast).version == default

"""The pages of frameworks: read by every member, written by managers and owners."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pairings.actions.programs import duplicate_program
from preceptor.accounts.models import Membership
from preceptor.http import url
from progress.actions.frameworks import adopt_starter, begin_draft, new_version
from progress.frameworks.changes import fingerprint
from progress.frameworks.content import AreaText, CompetencyText, Content
from progress.models import (
    Competency,
    Framework,
    FrameworkVersion,
    ProgramFramework,
)
from progress.starter import starter
from tests.cast import Cast
from tests.factories import OrganisationFactory

As = Callable[[Membership], Client]


def to(name: str, *args: object) -> str:
    return url("tidewater", f"progress:{name}", *args)


@pytest.fixture
def version(cast: Cast) -> FrameworkVersion:
    """The starter, published; without the query that its framework would take."""
    return adopt_starter(organisation_id=cast.tidewater.pk, now=timezone.now())


@pytest.fixture
def draft(cast: Cast, version: FrameworkVersion) -> FrameworkVersion:
    return begin_draft(actor=cast.mark, framework=version.framework, now=timezone.now())


def publish(client: Client, draft: FrameworkVersion, note: str = "") -> Any:
    shown = client.get(to("publish_draft", draft.pk)).context["seen"]
    return client.post(to("publish_draft", draft.pk), {"seen": shown, "note": note})


def large(count: int) -> Content:
    """Twenty areas, with more words than most have."""
    texts = [
        CompetencyText(
            key=UUID(int=one),
            name=f"Competency {one}",
            about="What it is about. " * 5,
            levels=("What one sees. " * 12,) * 5,
            categories=("logic",),
        )
        for one in range(count)
    ]
    areas = (AreaText(f"Area {n}", "", tuple(texts[n::20])) for n in range(20))
    return Content(tuple(areas))


def test_frameworks_teach_who_has_none_what_they_are(cast: Cast, as_: As) -> None:
    html = as_(cast.ines).get(to("frameworks")).content.decode()
    assert "No framework yet" in html
    assert "Begin with Engineering with AI" not in html
    client = as_(cast.mark)
    html = client.get(to("frameworks")).content.decode()
    assert "Begin with Engineering with AI" in html
    assert client.post(to("take_starter")).status_code == 303
    framework = Framework.objects.get()
    assert (framework.name, framework.is_default) == ("Engineering with AI", True)
    assert framework.versions.get().published_by == cast.mark


def test_take_starter_again_makes_one_beside_it(
    cast: Cast, as_: As, version: FrameworkVersion
) -> None:
    as_(cast.mark).post(to("take_starter"))
    names = Framework.objects.values_list("name", "is_default").order_by("pk")
    assert list(names) == [
        ("Engineering with AI", True),
        ("Engineering with AI 2", False),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_frameworks_take_the_same_queries_however_many(
    cast: Cast, as_: As, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _n in range(count):
        adopt_starter(organisation_id=cast.tidewater.pk, now=timezone.now())
    adopt_starter(organisation_id=OrganisationFactory.create().pk, now=timezone.now())
    client = as_(cast.mei)
    client.get(to("frameworks"))
    with django_assert_num_queries(7):
        response = client.get(to("frameworks"))
    assert [row.competencies for row in response.context["rows"]] == [24] * count


def test_members_see_no_draft(cast: Cast, as_: As, draft: FrameworkVersion) -> None:
    draft.competencies.filter(position=0).update(name="Not yet said")
    client = as_(cast.ines)
    pages = [to("frameworks"), to("framework", draft.framework_id)]
    pages.append(to("framework_version", draft.framework.versions.all()[1].pk))
    for page in pages:
        html = client.get(page).content.decode()
        assert "Not yet said" not in html
        assert to("framework_version", draft.pk) not in html
    for name in ("framework_version", "compare_versions"):
        assert client.get(to(name, draft.pk)).status_code == 403
    assert client.get(to("export_framework", draft.pk, "csv")).status_code == 403


def test_members_see_no_framework_that_is_a_draft_alone(cast: Cast, as_: As) -> None:
    as_(cast.mark).post(to("add_framework"), {"name": "Secret plans"})
    framework = Framework.objects.get()
    client = as_(cast.ines)
    assert "Secret plans" not in client.get(to("frameworks")).content.decode()
    assert client.get(to("framework", framework.pk)).status_code == 403


def test_framework_shows_every_level_of_every_competency(
    cast: Cast, as_: As, version: FrameworkVersion
) -> None:
    response = as_(cast.ines).get(to("framework", version.framework_id))
    html = response.content.decode()
    for _area, one in starter().content:
        assert one.name in html
        assert all(level.replace("'", "&#x27;") in html for level in one.levels)


def test_framework_is_searched_and_narrowed_to_an_area(
    cast: Cast, as_: As, version: FrameworkVersion
) -> None:
    def found(query: str) -> list[str]:
        response = as_(cast.ines).get(f"{to('framework', version.framework_id)}{query}")
        return [one.name for one in response.context["shown"].page.object_list]

    assert found("?q=steering") == ["Steering the conversation"]
    area = version.areas.get(name__startswith="Reading")
    assert len(found(f"?area={area.pk}")) == 4
    assert found(f"?area={area.pk}&q=claims") == ["Checking claims at the source"]
    assert found("?q=nothing+of+the+kind") == []
    assert len(found("?area=all%00&page=999999999999999999999")) == 24


@pytest.mark.parametrize("count", [20, 2_000])
def test_framework_of_2000_takes_the_queries_of_a_small_one(
    cast: Cast,
    as_: As,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    framework = Framework.objects.create(organisation=cast.tidewater, name="Large")
    draft = new_version(framework, large(count), timezone.now())
    client = as_(cast.mark)
    assert publish(client, draft).status_code == 303
    client.get(to("framework", framework.pk))
    with django_assert_num_queries(8):
        response = client.get(to("framework", framework.pk))
    assert response.context["shown"].page.paginator.count == count
    assert len(response.content) < 300_000


def test_publish_keeps_the_version_for_good_and_says_what_changed(
    cast: Cast, as_: As, version: FrameworkVersion, draft: FrameworkVersion
) -> None:
    rows = draft.competencies
    rows.filter(name="Steering the conversation").update(about="In other words")
    rows.filter(name="Explaining to people").delete()
    client = as_(cast.mark)
    html = client.get(to("publish_draft", draft.pk)).content.decode()
    assert "<ins>In other words</ins>" in html
    assert publish(client, draft, "Fewer, and plainer").status_code == 303
    draft.refresh_from_db()
    assert (draft.number, draft.note) == (2, "Fewer, and plainer")
    assert draft.published_by == cast.mark
    response = as_(cast.ines).get(to("compare_versions", draft.pk))
    changes = response.context["shown"].changes
    assert changes.counts == {"added": 0, "removed": 1, "reworded": 1}
    assert "Fewer, and plainer" in response.content.decode()
    removed = as_(cast.ines).get(f"{to('compare_versions', draft.pk)}?kind=removed")
    (row,) = removed.context["shown"].rows
    assert row.change.name == "Explaining to people"


def test_publish_refuses_what_was_changed_since_it_was_looked_at(
    cast: Cast, as_: As, draft: FrameworkVersion
) -> None:
    client = as_(cast.mark)
    shown = client.get(to("publish_draft", draft.pk)).context["seen"]
    draft.competencies.filter(position=0).update(about="Meanwhile")
    sent = {"seen": shown, "note": "Why I changed it"}
    response = client.post(to("publish_draft", draft.pk), sent)
    html = response.content.decode()
    assert response.status_code == 409
    assert "changed since you looked" in html
    assert "Meanwhile" in html
    assert "Why I changed it</textarea>" in html
    draft.refresh_from_db()
    assert draft.is_draft
    sent["seen"] = response.context["seen"]
    assert client.post(to("publish_draft", draft.pk), sent).status_code == 303
    late = client.post(to("publish_draft", draft.pk), sent)
    assert late.status_code == 409
    assert "Why I changed it" in late.content.decode()


def test_publish_refuses_a_level_without_words(
    cast: Cast, as_: As, draft: FrameworkVersion
) -> None:
    one = draft.competencies.all()[0]
    one.levels[4] = ""
    one.save()
    client = as_(cast.mark)
    html = client.get(to("publish_draft", draft.pk)).content.decode()
    assert "One competency lacks words for some level" in html
    assert one.name in html
    assert publish(client, draft).status_code == 409
    draft.refresh_from_db()
    assert draft.is_draft


def test_publish_refuses_an_empty_draft(cast: Cast, as_: As) -> None:
    client = as_(cast.mark)
    client.post(to("add_framework"), {"name": "Ours"})
    draft = FrameworkVersion.objects.get()
    assert publish(client, draft).status_code == 409


def test_publish_makes_the_first_framework_the_default(cast: Cast, as_: As) -> None:
    framework = Framework.objects.create(organisation=cast.tidewater, name="Ours")
    draft = new_version(framework, starter().content, timezone.now())
    publish(as_(cast.mark), draft)
    framework.refresh_from_db()
    assert framework.is_default


def test_publish_twice_says_that_it_happened(
    cast: Cast, as_: As, draft: FrameworkVersion
) -> None:
    seen = fingerprint(draft.content())
    client = as_(cast.mark)
    first, second = (
        client.post(to("publish_draft", draft.pk), {"seen": seen}) for _n in range(2)
    )
    assert (first.status_code, second.status_code) == (303, 409)


def test_begin_draft_copies_the_newest_version_once(
    cast: Cast, as_: As, version: FrameworkVersion
) -> None:
    client = as_(cast.mark)
    first, second = (
        client.post(to("begin_draft", version.framework_id)) for _n in range(2)
    )
    assert first.headers["Location"] == second.headers["Location"]
    draft = FrameworkVersion.objects.drafts().get()
    assert draft.number == 2
    assert draft.content() == version.content()


def test_discard_draft_leaves_what_was_published(
    cast: Cast, as_: As, version: FrameworkVersion, draft: FrameworkVersion
) -> None:
    client = as_(cast.mark)
    sent = {"seen": client.get(to("discard_draft", draft.pk)).context["seen"]}
    draft.competencies.filter(position=0).update(about="Meanwhile")
    assert client.post(to("discard_draft", draft.pk), sent).status_code == 409
    sent = {"seen": client.get(to("discard_draft", draft.pk)).context["seen"]}
    client.post(to("discard_draft", draft.pk), sent)
    assert list(version.framework.versions.all()) == [version]


def test_discard_draft_takes_a_framework_without_anything_else_along(
    cast: Cast, as_: As
) -> None:
    client = as_(cast.mark)
    client.post(to("add_framework"), {"name": "Ours"})
    draft = FrameworkVersion.objects.get()
    response = client.get(to("discard_draft", draft.pk))
    assert "the whole framework goes" in response.content.decode()
    client.post(to("discard_draft", draft.pk), {"seen": response.context["seen"]})
    assert not Framework.objects.exists()


def test_names_are_there_once_whatever_their_case(
    cast: Cast, as_: As, version: FrameworkVersion
) -> None:
    client = as_(cast.mark)
    name = "ENGINEERING with ai"
    pages = [to("add_framework"), to("duplicate_framework", version.framework_id)]
    for page in pages:
        response = client.post(page, {"name": name})
        assert response.status_code == 422
        assert name in response.content.decode()
    rename = to("edit_framework", version.framework_id)
    sent = {"name": name, "seen": client.get(rename).context["form"].initial["seen"]}
    location = client.post(rename, sent).headers["Location"]
    assert location == to("framework", version.framework_id)


def test_edit_framework_of_two_at_once_loses_neither(
    cast: Cast, as_: As, version: FrameworkVersion
) -> None:
    client, path = as_(cast.mark), to("edit_framework", version.framework_id)
    seen = client.get(path).context["form"].initial["seen"]
    first = {"name": "Ours", "about": "What Mark wrote", "seen": seen}
    second = {"name": "Ours", "about": "What Olga wrote", "seen": seen}
    for _click in range(2):
        assert client.post(path, first).status_code == 303
    response = as_(cast.olga).post(path, second)
    html = response.content.decode()
    assert response.status_code == 409
    assert "What Mark wrote" in html
    assert "What Olga wrote</textarea>" in html
    second["seen"] = response.context["form"].data["seen"]
    assert as_(cast.olga).post(path, second).status_code == 303
    assert Framework.objects.get().about == "What Olga wrote"


def test_duplicate_keeps_the_competencies_the_same_ones(
    cast: Cast, as_: As, version: FrameworkVersion
) -> None:
    as_(cast.mark).post(
        to("duplicate_framework", version.framework_id), {"name": "For data"}
    )
    copy = FrameworkVersion.objects.get(framework__name="For data")
    assert copy.is_draft
    assert copy.content() == version.content()


def test_archive_refuses_the_default_and_keeps_plans_from_the_rest(
    cast: Cast, as_: As, version: FrameworkVersion
) -> None:
    other = adopt_starter(organisation_id=cast.tidewater.pk, now=timezone.now())
    client = as_(cast.mark)
    default = client.post(to("archive_framework", version.framework_id))
    assert default.status_code == 409
    ProgramFramework.objects.create(
        organisation=cast.tidewater, program=cast.program, framework=other.framework
    )
    html = client.get(to("archive_framework", other.framework_id)).content.decode()
    assert cast.program.name in html
    client.post(to("archive_framework", other.framework_id))
    versions = FrameworkVersion.objects.for_program(cast.program)
    assert list(versions) == [version]
    assert client.post(to("begin_draft", other.framework_id)).status_code == 409
    assert client.post(to("make_default", other.framework_id)).status_code == 409
    assert (
        "Engineering with AI 2"
        in client.get(f"{to('frameworks')}?archived").content.decode()
    )
    client.post(to("bring_back_framework", other.framework_id))
    assert FrameworkVersion.objects.for_program(cast.program)[0] == other


def test_make_default_leaves_one(
    cast: Cast, as_: As, version: FrameworkVersion
) -> None:
    other = adopt_starter(organisation_id=cast.tidewater.pk, now=timezone.now())
    elsewhere = OrganisationFactory.create()
    adopt_starter(organisation_id=elsewhere.pk, now=timezone.now())
    as_(cast.mark).post(to("make_default", other.framework_id))
    assert set(
        Framework.objects.filter(is_default=True).values_list("organisation")
    ) == {
        (cast.tidewater.pk,),
        (elsewhere.pk,),
    }
    assert Framework.objects.get(organisation=cast.tidewater, is_default=True) == (
        other.framework
    )


def test_make_default_refuses_what_is_not_published(
    cast: Cast, as_: As, version: FrameworkVersion
) -> None:
    client = as_(cast.mark)
    client.post(to("add_framework"), {"name": "Ours"})
    ours = Framework.objects.get(name="Ours")
    assert client.post(to("make_default", ours.pk)).status_code == 409


def test_a_lead_chooses_what_plans_of_the_program_begin_with(
    cast: Cast, as_: As, version: FrameworkVersion
) -> None:
    other = adopt_starter(organisation_id=cast.tidewater.pk, now=timezone.now())
    elsewhere = OrganisationFactory.create()
    stranger = adopt_starter(organisation_id=elsewhere.pk, now=timezone.now())
    page = to("program_framework", cast.program.pk)
    client = as_(cast.ruth)
    assert (
        page
        in client.get(
            url("tidewater", "pairings:edit_program", cast.program.pk)
        ).content.decode()
    )
    assert client.post(page, {"framework": other.framework_id}).status_code == 303
    assert client.get(page).context["form"].initial["framework"] == other.framework
    refused = client.post(page, {"framework": stranger.framework_id})
    assert refused.status_code == 422
    begins_with = FrameworkVersion.objects.for_program(cast.program)
    assert begins_with[0] == other
    client.post(page, {"framework": ""})
    assert not ProgramFramework.objects.exists()


def test_a_duplicate_of_a_program_chooses_the_same(
    cast: Cast, version: FrameworkVersion
) -> None:
    ProgramFramework.objects.create(
        organisation=cast.tidewater, program=cast.program, framework=version.framework
    )
    copy = duplicate_program(
        actor=cast.mark,
        program=cast.program,
        name="Next",
        starts_on=cast.program.ends_on,
        sides=[],
    )
    assert ProgramFramework.objects.get(program=copy).framework == version.framework


def test_versions_of_others_are_not_found(
    cast: Cast, as_: As, version: FrameworkVersion
) -> None:
    elsewhere = OrganisationFactory.create()
    theirs = adopt_starter(organisation_id=elsewhere.pk, now=timezone.now())
    one = Competency.objects.filter(version=theirs).first()
    assert one is not None
    client = as_(cast.olga)
    for path in (
        to("framework", theirs.framework_id),
        to("framework_version", theirs.pk),
        to("compare_versions", theirs.pk),
        to("export_framework", theirs.pk, "json"),
        to("edit_area", one.area_id),
        to("edit_competency", one.pk),
    ):
        assert client.get(path).status_code == 404

"""Writing a draft: areas, competencies, their order, and two people at once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from preceptor.accounts.models import Membership
from preceptor.http import Conflict, url
from progress.actions.drafts import add_competency, edit_area
from progress.actions.frameworks import adopt_starter, begin_draft
from progress.models import Area, Competency, FrameworkVersion
from tests.cast import Cast

As = Callable[[Membership], Client]
WORDS = {f"level_{n}": f"Seen at {n}" for n in range(1, 6)}


def to(name: str, *args: object) -> str:
    return url("tidewater", f"progress:{name}", *args)


@pytest.fixture
def draft(cast: Cast) -> FrameworkVersion:
    version = adopt_starter(organisation_id=cast.tidewater.pk, now=timezone.now())
    return begin_draft(actor=cast.mark, framework=version.framework, now=timezone.now())


def first(draft: FrameworkVersion) -> Competency:
    return draft.competencies.all()[0]


def said(one: Competency, **changed: Any) -> dict[str, Any]:
    """What the form of a competency sends."""
    levels = {f"level_{n}": text for n, text in enumerate(one.levels, 1)}
    return {
        "area": one.area_id,
        "name": one.name,
        "about": one.about,
        "categories": one.categories,
        "edits": one.edits,
        **levels,
        **changed,
    }


def names(draft: FrameworkVersion, area: Area | None = None) -> list[str]:
    rows = draft.competencies.order_by("area__position", "position")
    return [one.name for one in (rows.filter(area=area) if area else rows)]


def test_add_area_stands_last_and_shows_on_its_page(
    cast: Cast, as_: As, draft: FrameworkVersion
) -> None:
    client = as_(cast.mark)
    response = client.post(to("add_area", draft.pk), {"name": " New ", "edits": 0})
    area = draft.areas.get(name="New")
    assert response.headers["Location"].endswith(f"?page=1#area-{area.pk}")
    assert list(draft.areas.all())[-1] == area
    html = client.get(to("framework_version", draft.pk)).content.decode()
    assert f'id="area-{area.pk}"' in html
    assert to("add_competency", area.pk) in html


def test_add_competency_with_its_levels_and_categories(
    cast: Cast, as_: As, draft: FrameworkVersion
) -> None:
    area = draft.areas.all()[1]
    sent = {"name": "New", "area": area.pk, "edits": 0, **WORDS}
    sent["categories"] = ["logic", "load"]
    as_(cast.mark).post(to("add_competency", area.pk), sent)
    one = draft.competencies.get(name="New")
    assert one.levels == [f"Seen at {n}" for n in range(1, 6)]
    assert (one.area, one.categories) == (area, ["logic", "load"])
    assert names(draft, area)[-1] == "New"


def test_add_competency_may_leave_levels_for_later(
    cast: Cast, as_: As, draft: FrameworkVersion
) -> None:
    area = draft.areas.all()[0]
    client = as_(cast.mark)
    sent = {"name": "New", "area": area.pk, "edits": 0, "level_1": "Seen"}
    assert client.post(to("add_competency", area.pk), sent).status_code == 303
    html = client.get(to("framework_version", draft.pk)).content.decode()
    assert "4 have no words yet" in html


BAD: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "Give it a name"),
    ({"name": "GIVING context"}, "has one of this name already"),
    ({"name": "x" * 121}, "121 characters long; 120 are the most"),
    ({"level_3": "x" * 50_000}, "50000 characters long; 600 are the most"),
    ({"about": "x" * 50_000}, "50000 characters long; 500 are the most"),
    ({"categories": ["wrong_colour"]}, "wrong_colour is not one of the available"),
    ({"area": 0}, "Select a valid choice"),
]


@pytest.mark.parametrize(("changed", "sentence"), BAD)
def test_edit_competency_refuses_with_a_sentence_and_keeps_what_was_typed(
    cast: Cast,
    as_: As,
    draft: FrameworkVersion,
    changed: dict[str, Any],
    sentence: str,
) -> None:
    one = first(draft)
    sent = said(one, level_5="What I had just typed", **changed)
    response = as_(cast.mark).post(to("edit_competency", one.pk), sent)
    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert "What I had just typed" in html
    # A browser that knew of the limits would cut off what is pasted, unsaid.
    assert "maxlength" not in html
    assert Competency.objects.get(pk=one.pk).levels == one.levels


def test_edit_competency_into_another_area_puts_it_last_there(
    cast: Cast, as_: As, draft: FrameworkVersion
) -> None:
    one, area = first(draft), draft.areas.all()[2]
    response = as_(cast.mark).post(
        to("edit_competency", one.pk), said(one, area=area.pk, about="a\r\nb")
    )
    assert response.headers["Location"].endswith(f"#competency-{one.pk}")
    assert names(draft, area)[-1] == one.name
    assert Competency.objects.get(pk=one.pk).about == "a\nb"


def test_edit_competency_of_two_at_once_loses_neither(
    cast: Cast, as_: As, draft: FrameworkVersion
) -> None:
    one = first(draft)
    as_(cast.mark).post(
        to("edit_competency", one.pk), said(one, about="Mark was first")
    )
    client = as_(cast.olga)
    page = to("edit_competency", one.pk)
    response = client.post(page, said(one, about="Olga came second"))
    html = response.content.decode()
    assert response.status_code == 409
    assert "Mark was first" in html
    assert "Olga came second" in html
    assert Competency.objects.get(pk=one.pk).about == "Mark was first"
    again = said(one, about="Olga came second", edits=1)
    assert client.post(page, again).status_code == 303
    assert Competency.objects.get(pk=one.pk).about == "Olga came second"


def test_edit_area_of_two_at_once_loses_neither(
    cast: Cast, as_: As, draft: FrameworkVersion
) -> None:
    area = draft.areas.all()[0]
    page = to("edit_area", area.pk)
    sent = {"name": area.name, "about": "Mark", "edits": 0}
    as_(cast.mark).post(page, sent)
    response = as_(cast.olga).post(page, {**sent, "about": "Olga"})
    html = response.content.decode()
    assert response.status_code == 409
    assert "Mark" in html
    assert "Olga</textarea>" in html
    as_(cast.olga).post(page, {**sent, "about": "Olga", "edits": 1})
    assert Area.objects.get(pk=area.pk).about == "Olga"


def test_edit_twice_with_the_same_words_is_one_edit(
    cast: Cast, as_: As, draft: FrameworkVersion
) -> None:
    one = first(draft)
    client = as_(cast.mark)
    for _n in range(2):
        response = client.post(to("edit_competency", one.pk), said(one, about="Once"))
        assert response.status_code == 303
    assert Competency.objects.get(pk=one.pk).edits == 1


def test_shift_competency_stays_in_its_area(
    cast: Cast, as_: As, draft: FrameworkVersion
) -> None:
    area = draft.areas.all()[1]
    before = names(draft, area)
    last = draft.competencies.get(name=before[-1])
    client = as_(cast.mark)
    client.post(to("shift_competency", last.pk), {"by": 1})
    assert names(draft, area) == before
    client.post(to("shift_competency", last.pk), {"by": -1})
    assert names(draft, area) == [*before[:2], before[3], before[2]]
    assert client.post(to("shift_competency", last.pk), {"by": 7}).status_code == 400


def test_shift_area_takes_its_competencies_along(
    cast: Cast, as_: As, draft: FrameworkVersion
) -> None:
    second = draft.areas.all()[1]
    mine = names(draft, second)
    as_(cast.mark).post(to("shift_area", second.pk), {"by": -1})
    assert names(draft)[:4] == mine


def test_areas_are_read_in_their_order(
    cast: Cast, as_: As, draft: FrameworkVersion
) -> None:
    client = as_(cast.mark)
    for _place in range(5):
        client.post(to("shift_area", draft.areas.all()[0].pk), {"by": "1"})
        client.post(to("shift_area", draft.areas.all()[3].pk), {"by": "-1"})
    shown = client.get(to("framework_version", draft.pk)).context["shown"]
    in_order = list(draft.areas.all())
    assert list(shown.areas) == in_order
    assert [block.area for block in shown.blocks] == in_order
    assert [block.is_first for block in shown.blocks] == [True, *[False] * 5]
    assert [block.is_last for block in shown.blocks] == [*[False] * 5, True]


def test_an_empty_area_is_led_back_to_where_it_stands(
    cast: Cast, as_: As, draft: FrameworkVersion
) -> None:
    client, area = as_(cast.mark), draft.areas.all()[1]
    words = {"about": "", "levels": [""] * 5, "categories": []}
    for n in range(30):
        add_competency(area=area, name=f"More {n}", **words)
    client.post(to("add_area", draft.pk), {"name": "Empty", "edits": 0})
    empty = draft.areas.get(name="Empty")
    places = [client.post(to("shift_area", empty.pk), {"by": "-1"}) for _ in range(5)]
    html = client.get(places[-1].headers["Location"]).content.decode()
    assert f'id="area-{empty.pk}"' in html


def test_remove_area_says_how_much_goes_with_it(
    cast: Cast, as_: As, draft: FrameworkVersion
) -> None:
    area = draft.areas.all()[0]
    client = as_(cast.mark)
    html = client.get(to("remove_area", area.pk)).content.decode()
    assert "its 4 competencies with it" in html
    client.post(to("remove_area", area.pk))
    assert draft.competencies.count() == 20
    assert client.get(to("remove_area", area.pk)).status_code == 404


def test_remove_competency_leaves_the_published_one(
    cast: Cast, as_: As, draft: FrameworkVersion
) -> None:
    one = first(draft)
    as_(cast.mark).post(to("remove_competency", one.pk))
    assert not Competency.objects.filter(pk=one.pk).exists()
    assert Competency.objects.get(key=one.key).version.number == 1


def test_nothing_is_written_to_a_version_that_was_published(
    cast: Cast, as_: As, draft: FrameworkVersion
) -> None:
    published = FrameworkVersion.objects.published().get()
    one = first(published)
    client = as_(cast.mark)
    for name, pk in (
        ("add_area", published.pk),
        ("edit_area", one.area_id),
        ("remove_area", one.area_id),
        ("shift_area", one.area_id),
        ("add_competency", one.area_id),
        ("edit_competency", one.pk),
        ("remove_competency", one.pk),
        ("shift_competency", one.pk),
        ("publish_draft", published.pk),
        ("discard_draft", published.pk),
    ):
        response = client.post(to(name, pk), said(one, by=1))
        assert response.status_code == 409
        assert "is published and stays as it is" in response.content.decode()


def test_words_typed_for_what_is_gone_are_given_back(
    cast: Cast, as_: As, draft: FrameworkVersion
) -> None:
    one = first(draft)
    client = as_(cast.mark)
    sent = said(one, level_2="What I had just typed")
    draft.areas.get(pk=one.area_id).delete()
    for name, pk in (("edit_competency", one.pk), ("add_competency", one.area_id)):
        response = client.post(to(name, pk), sent)
        assert response.status_code == 404
        assert "What I had just typed" in response.content.decode()
    assert client.get(to("edit_competency", one.pk)).status_code == 404
    other = first(draft)
    FrameworkVersion.objects.filter(pk=draft.pk).update(published_at=timezone.now())
    response = client.post(to("edit_competency", other.pk), sent)
    assert response.status_code == 409
    html = response.content.decode()
    assert "is published and stays as it is" in html
    assert "What I had just typed" in html


def test_an_area_that_goes_while_somebody_writes_takes_no_competency(
    cast: Cast, as_: As, draft: FrameworkVersion
) -> None:
    one = first(draft)
    area = Area.objects.get(pk=one.area_id)
    Area.objects.filter(pk=area.pk).delete()
    words = {"name": "New", "about": "", "levels": [""] * 5, "categories": []}
    with pytest.raises(Conflict):
        add_competency(area=area, **words)
    with pytest.raises(Conflict):
        edit_area(area=area, name="New", about="", edits=0)


def test_a_draft_takes_2000_competencies_and_no_more(
    cast: Cast, as_: As, draft: FrameworkVersion
) -> None:
    area = draft.areas.all()[0]
    Competency.objects.bulk_create(
        Competency(
            organisation=cast.tidewater,
            version=draft,
            area=area,
            name=f"One more {n}",
            position=n,
        )
        for n in range(24, 2_000)
    )
    sent = {"name": "Too many", "area": area.pk, "edits": 0}
    client = as_(cast.mark)
    response = client.post(to("add_competency", area.pk), sent)
    assert response.status_code == 422
    assert "2,000 of these at most" in response.content.decode()
    last = draft.competencies.order_by("area__position", "position").last()
    assert last is not None
    response = client.post(to("edit_competency", last.pk), said(last, about="Found"))
    assert response.headers["Location"].endswith(f"?page=40#competency-{last.pk}")

"""Frameworks as files on their pages: staged, previewed, confirmed, exported."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from pairings.roster.files import MAX_BYTES
from preceptor.accounts.models import Membership, StagedUpload
from preceptor.http import url
from progress.actions.framework_files import rewrite_content
from progress.actions.frameworks import adopt_starter, begin_draft
from progress.frameworks.content import AreaText, Content
from progress.frameworks.writing import as_csv, as_json
from progress.models import Framework, FrameworkVersion
from progress.starter import starter
from tests.cast import Cast

As = Callable[[Membership], Client]


def to(name: str, *args: object) -> str:
    return url("tidewater", f"progress:{name}", *args)


@pytest.fixture
def version(cast: Cast) -> FrameworkVersion:
    return adopt_starter(organisation_id=cast.tidewater.pk, now=timezone.now())


def upload(
    client: Client,
    data: bytes,
    file_name: str = "ours.csv",
    into: Framework | None = None,
    **said: Any,
) -> Any:
    page = to("upload_version", into.pk) if into else to("upload_framework")
    return client.post(page, {"file": SimpleUploadedFile(file_name, data), **said})


def confirm(client: Client, address: str) -> Any:
    shown = client.get(address).context["plan"].fingerprint
    return client.post(f"{address}import/", {"fingerprint": shown})


def competency(name: str, **said: Any) -> dict[str, Any]:
    return {"name": name, "levels": ["1", "2", "3", "4", "5"], **said}


def file(*competencies: dict[str, Any], area: str = "New area") -> bytes:
    areas = [{"name": area, "competencies": list(competencies)}]
    return json.dumps({"name": "Ours", "about": "For us", "areas": areas}).encode()


def test_a_file_becomes_a_framework_after_its_preview(cast: Cast, as_: As) -> None:
    client = as_(cast.mark)
    address = upload(client, file(competency("One"))).headers["Location"]
    html = client.get(address).content.decode()
    assert "as a new framework, “Ours”" in html
    assert not Framework.objects.exists()
    response = confirm(client, address)
    draft = FrameworkVersion.objects.get()
    assert response.headers["Location"] == to("framework_version", draft.pk)
    assert draft.is_draft
    assert (draft.framework.name, draft.framework.about) == ("Ours", "For us")
    assert not StagedUpload.objects.exists()
    assert client.post(f"{address}import/").status_code == 410


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_export_comes_back_as_it_was(
    cast: Cast, as_: As, version: FrameworkVersion, form: str
) -> None:
    response = as_(cast.ines).get(to("export_framework", version.pk, form))
    disposition = response.headers["Content-Disposition"]
    assert disposition == f'attachment; filename="engineering-with-ai-1.{form}"'
    client = as_(cast.mark)
    again = upload(client, response.content, f"x.{form}", name="Again")
    confirm(client, again.headers["Location"])
    copy = FrameworkVersion.objects.get(framework__name="Again")
    assert copy.content() == version.content()


def test_faulty_rows_are_left_out_with_a_sentence_each(cast: Cast, as_: As) -> None:
    client = as_(cast.mark)
    data = file(
        competency("Good"),
        competency("Level", levels={"guru": "x"}),
        competency("Category", categories=["wrong_colour"]),
        competency("good"),
        competency("Long", about="x" * 50_000),
    )
    address = upload(client, data).headers["Location"]
    html = client.get(address).content.decode()
    for sentence in (
        "“guru” is no level, or there twice: the five are novice, advanced beginner,",
        "“wrong_colour” is no flaw category",
        "“good” is there already, at 1",
        "“about” is longer than 500 letters",
    ):
        assert f"Left out: {sentence}" in html
    assert "Put it into the draft, leave out 4" in html
    shown = client.get(f"{address}?effect=error").context["rows"]
    assert [row.effect.row.place for row in shown] == [2, 3, 4, 5]
    confirm(client, address)
    assert [one.name for one in FrameworkVersion.objects.get().competencies.all()] == [
        "Good"
    ]


REFUSED = [
    (b'{"areas": [', "ours.json", "This is not JSON as it should be: look at line 1"),
    ('{"a": "é"}'.encode("latin-1"), "ours.json", "This is not UTF-8 text: line 1"),
    (b"area,competency\nA,B\n", "a.csv", "These columns are missing: novice,"),
    (b"area,competency\nA,B\n", "a.csv", "The five levels are novice, advanced"),
    (b"PK\x03\x04", "a.xlsx", "This is a spreadsheet file"),
    (b"\0\1\2", "a.csv", "This is not text"),
    (b"x" * (MAX_BYTES + 1), "a.csv", "The file is larger than 10 MB"),
]


@pytest.mark.parametrize(("data", "name", "sentence"), REFUSED)
def test_a_file_of_no_use_is_refused_with_a_sentence(
    cast: Cast, as_: As, data: bytes, name: str, sentence: str
) -> None:
    response = upload(as_(cast.mark), data, name)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not StagedUpload.objects.exists()


def test_a_new_framework_needs_a_name_that_is_free(
    cast: Cast, as_: As, version: FrameworkVersion
) -> None:
    client = as_(cast.mark)
    csv = as_csv(starter().content)
    assert "The file gives no name" in upload(client, csv).content.decode()
    taken = upload(client, csv, name="engineering with AI")
    assert taken.status_code == 422
    assert "There is a framework of this name" in taken.content.decode()
    assert upload(client, csv, name="Ours").status_code == 303


def test_a_file_over_a_framework_goes_into_its_draft(
    cast: Cast, as_: As, version: FrameworkVersion
) -> None:
    client = as_(cast.mark)
    data = file(competency("Giving context"), competency("Brought"))
    address = upload(client, data, into=version.framework).headers["Location"]
    counts = client.get(address).context["counts"]
    assert counts == {
        "new": 1,
        "reworded": 1,
        "unchanged": 0,
        "removed": 0,
        "error": 0,
    }
    confirm(client, address)
    draft = FrameworkVersion.objects.drafts().get()
    assert (draft.framework, draft.number) == (version.framework, 2)
    assert draft.competencies.count() == 25
    assert version.competencies.count() == 24
    assert draft.areas.all()[0].name == "New area"


def test_a_file_takes_out_the_rest_where_that_is_asked(
    cast: Cast, as_: As, version: FrameworkVersion
) -> None:
    client = as_(cast.mark)
    data = file(competency("Giving context"))
    answer = upload(client, data, into=version.framework, removes="on")
    address = answer.headers["Location"]
    assert client.get(address).context["counts"]["removed"] == 23
    confirm(client, address)
    draft = FrameworkVersion.objects.drafts().get()
    assert [area.name for area in draft.areas.all()] == ["New area"]
    one = draft.competencies.get()
    assert one.key == version.competencies.get(name="Giving context").key


def test_what_changed_since_the_preview_is_shown_again(
    cast: Cast, as_: As, version: FrameworkVersion
) -> None:
    client = as_(cast.mark)
    draft = begin_draft(
        actor=cast.olga, framework=version.framework, now=timezone.now()
    )
    data = file(competency("Brought"))
    address = upload(client, data, into=version.framework).headers["Location"]
    seen = client.get(address).context["plan"].fingerprint
    draft.competencies.filter(position=0).update(name="Brought")
    response = client.post(f"{address}import/", {"fingerprint": seen})
    assert response.status_code == 409
    assert "Something changed in between" in response.content.decode()
    assert draft.competencies.count() == 24


def test_a_name_that_was_taken_since_the_preview_is_said(cast: Cast, as_: As) -> None:
    client = as_(cast.mark)
    address = upload(client, file(competency("One"))).headers["Location"]
    Framework.objects.create(organisation=cast.tidewater, name="OURS")
    response = confirm(client, address)
    assert response.status_code == 409
    assert "There is a framework of this name" in response.content.decode()


def test_a_file_that_is_over_begins_again(cast: Cast, as_: As) -> None:
    client = as_(cast.mark)
    address = upload(client, file(competency("One"))).headers["Location"]
    StagedUpload.objects.update(created_at=timezone.now() - timedelta(hours=2))
    for response in (client.get(address), client.post(f"{address}import/")):
        assert response.status_code == 410
        assert "That upload is over" in response.content.decode()


def test_a_file_of_2000_competencies_goes_in_and_out(cast: Cast, as_: As) -> None:
    client = as_(cast.mark)
    data = file(*(competency(f"Competency {n}") for n in range(2_000)))
    address = upload(client, data).headers["Location"]
    assert client.get(address).context["counts"]["new"] == 2_000
    confirm(client, address)
    draft = FrameworkVersion.objects.get()
    assert draft.competencies.count() == 2_000
    back = client.get(to("export_framework", draft.pk, "csv")).content
    address = upload(client, back, into=draft.framework).headers["Location"]
    assert client.get(address).context["counts"]["unchanged"] == 2_000


def test_too_many_together_are_refused(
    cast: Cast, as_: As, version: FrameworkVersion
) -> None:
    data = file(*(competency(f"Competency {n}") for n in range(1_990)))
    response = upload(as_(cast.mark), data, into=version.framework)
    assert response.status_code == 422
    assert "more than 2,000 competencies" in response.content.decode()


def test_rewritten_rows_stay_the_same_ones(
    cast: Cast, version: FrameworkVersion
) -> None:
    """Two that change names with each other, one that moves, one new, one gone."""
    draft = begin_draft(
        actor=cast.mark, framework=version.framework, now=timezone.now()
    )
    first, second, third, *_rest = draft.competencies.all()
    wanted = Content(
        (
            AreaText("Brand new", "", (third.text(),)),
            AreaText(
                first.area.name.upper(),
                "Other",
                (
                    replace(second.text(), name=first.name),
                    replace(first.text(), name=second.name),
                ),
            ),
        )
    )
    rewrite_content(draft, wanted)
    assert draft.content() == wanted
    rows = {one.key: one for one in draft.competencies.all()}
    assert {one.pk for one in rows.values()} == {first.pk, second.pk, third.pk}
    assert rows[first.key].edits == 1
    assert rows[third.key].edits == 0
    assert draft.areas.get(name=first.area.name.upper()).pk == first.area_id


def test_an_export_carries_what_the_file_of_the_product_does(
    cast: Cast, as_: As, version: FrameworkVersion
) -> None:
    framework, content = version.framework, version.content()
    client = as_(cast.ines)
    body = client.get(to("export_framework", version.pk, "json")).content
    assert body == as_json(framework.name, framework.about, content)
    assert client.get(to("export_framework", version.pk, "exe")).status_code == 404

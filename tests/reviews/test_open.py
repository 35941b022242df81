from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from preceptor.accounts.models import StagedUpload
from reviews.models import BlindPass, Blob, ReviewSession
from tests.cast import Cast
from tests.reviews.conftest import BASE, DIFF, PROVENANCE, As, open_as
from tests.samples import SAMPLES, diff_sample

REFUSED = {
    "28-merge-combined-cc.diff": "combined diff of a merge",
    "32-empty.diff": "there is nothing here yet",
    "33-not-a-diff-about-diffs.md": "not a unified diff",
    "34-not-a-diff-source.txt": "not a unified diff",
}
NAMES = sorted(path.name for path in (SAMPLES / "diffs").glob("*"))


def form(cast: Cast, **more: object) -> dict[str, object]:
    words = {"pairing": cast.pairing.pk, "title": "Retry", "diff": ""}
    return {**words, **PROVENANCE, **more}


def upload(client: Client, cast: Cast, name: str, body: bytes) -> tuple[int, str]:
    """Status, and the address to go to or the page."""
    file = SimpleUploadedFile(name, body)
    answer = client.post(f"{BASE}new/", form(cast, patch=file))
    there = answer.headers.get("Location") or answer.content.decode()
    return answer.status_code, there


def test_every_sample_has_a_test() -> None:
    assert len(NAMES) == 34


@pytest.mark.parametrize("name", NAMES)
def test_open_takes_or_refuses_each_sample(name: str, cast: Cast, as_: As) -> None:
    client = as_(cast.ines)
    status, there = upload(client, cast, name, diff_sample(name))
    if name in REFUSED:
        assert status == 422
        assert REFUSED[name] in there
        assert StagedUpload.objects.count() == 0
        return
    assert status == 303
    assert client.get(there).status_code == 200
    answer = client.post(there)
    assert answer.status_code == 303
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert b'id="f1"' in page.content


def test_open_stores_change_passes_and_provenance(cast: Cast, as_: As) -> None:
    session = open_as(cast.tomasz, as_, cast, edited_share="10")
    revision = session.revisions.get()
    assert (revision.added, revision.removed, revision.file_count) == (3, 1, 1)
    assert revision.data == DIFF.encode()
    assert (session.mentor, session.junior) == (cast.tomasz, cast.ines)
    assert str(session.edited_share) == "0.10"
    assert session.state == ReviewSession.State.READING
    assert StagedUpload.objects.count() == 0
    sides = BlindPass.objects.filter(session=session).values_list("side", "reviewer")
    assert set(sides) == {("junior", cast.ines.pk), ("mentor", cast.tomasz.pk)}


def test_open_leaves_what_other_tests_begin_with(
    reading: ReviewSession, cast: Cast, as_: As
) -> None:
    by_pages = open_as(cast.ines, as_, cast)
    left = []
    for session in (reading, by_pages):
        own = ReviewSession.objects.filter(pk=session.pk)
        rows = [own, session.revisions.all(), session.passes.order_by("side")]
        left.append([list(one.values()) for one in rows])
    varying = {"id", "session_id", "staged_as", "opened_at", "created_at"}
    first, second = (
        [[{**row, **dict.fromkeys(varying)} for row in rows] for rows in parts]
        for parts in left
    )
    assert first == second
    assert StagedUpload.objects.count() == 0


BLANK_END = """--- a/x.py
+++ b/x.py
@@ -1,4 +1,4 @@
-one
+two
 three


"""


def test_open_keeps_what_was_pasted(cast: Cast, as_: As) -> None:
    pasted = "\r\n\r\n" + BLANK_END.replace("\n", "\r\n")
    session = open_as(cast.ines, as_, cast, diff=pasted)
    assert session.revisions.get().data == BLANK_END.encode()


def test_open_says_where_lost_line_ends_are_found(cast: Cast, as_: As) -> None:
    cut = form(cast, diff=BLANK_END.rstrip())
    answer = as_(cast.ines).post(f"{BASE}new/", cut)
    assert answer.status_code == 422
    assert "breaks off here" in answer.content.decode()
    assert "the file itself has them all" in answer.content.decode()


def test_open_says_one_thing_of_a_null_character(cast: Cast, as_: As) -> None:
    page = as_(cast.ines).post(f"{BASE}new/", form(cast, diff="\0"))
    assert "Null characters are not allowed." in page.content.decode()
    assert "there is nothing here yet" not in page.content.decode()


def test_open_keeps_equal_bytes_once(cast: Cast, as_: As) -> None:
    first, second = (open_as(cast.ines, as_, cast) for _ in range(2))
    assert first.pk != second.pk
    assert Blob.objects.count() == 1


def test_confirm_twice_opens_one_session(cast: Cast, as_: As) -> None:
    client = as_(cast.ines)
    preview = client.post(f"{BASE}new/", form(cast, diff=DIFF))["Location"]
    first, second = client.post(preview), client.post(preview)
    assert first["Location"] == second["Location"]
    assert client.get(preview)["Location"] == first["Location"]
    assert ReviewSession.objects.count() == 1


def test_preview_of_another_is_not_found(cast: Cast, as_: As) -> None:
    preview = as_(cast.ines).post(f"{BASE}new/", form(cast, diff=DIFF))["Location"]
    assert as_(cast.tomasz).get(preview).status_code == 404
    assert as_(cast.tomasz).post(preview).status_code == 409
    assert ReviewSession.objects.count() == 0


def test_confirm_after_an_hour_says_so(cast: Cast, as_: As) -> None:
    preview = as_(cast.ines).post(f"{BASE}new/", form(cast, diff=DIFF))["Location"]
    StagedUpload.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    answer = as_(cast.ines).post(preview)
    assert answer.status_code == 409
    assert "it waited for more than an hour, or" in answer.content.decode()


def test_open_with_errors_keeps_words_and_file(cast: Cast, as_: As) -> None:
    client = as_(cast.ines)
    file = SimpleUploadedFile("retry.patch", DIFF.encode())
    answer = client.post(f"{BASE}new/", form(cast, title="", patch=file))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_title-e"' in page
    assert "“retry.patch” is here already" in page
    assert 'value="agent"' in page
    staged = StagedUpload.objects.get()
    again = client.post(f"{BASE}new/", form(cast, staged=staged.pk))
    assert again.status_code == 303
    assert "retry.patch" in client.get(again["Location"]).content.decode()


def test_open_refuses_a_large_file_before_parsing(cast: Cast, as_: As) -> None:
    body = DIFF.encode() + b"x" * (5 * 1024 * 1024)
    status, page = upload(as_(cast.ines), cast, "large.diff", body)
    assert status == 422
    assert "larger than 5 MB" in page
    assert 'value="Retry"' in page


def test_open_still_needs_the_csrf_token(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.ines.user)
    assert client.post(f"{BASE}new/", form(cast, diff=DIFF)).status_code == 403
    assert StagedUpload.objects.count() == 0


@pytest.mark.parametrize("name", ["ruth", "olga", "lars"])
def test_open_is_for_the_pair(name: str, cast: Cast, as_: As) -> None:
    member = getattr(cast, name)
    answer = as_(member).get(f"{BASE}new/?pairing={cast.pairing.pk}")
    assert answer.status_code == 403


def test_open_in_an_ended_pairing_is_refused(cast: Cast, as_: As) -> None:
    now = timezone.now()
    type(cast.pairing).objects.update(state="ended", ended_at=now, end_reason="Moved")
    answer = as_(cast.tomasz).post(f"{BASE}new/", form(cast, diff=DIFF))
    assert answer.status_code == 409
    assert "This pairing has ended" in answer.content.decode()
    assert StagedUpload.objects.count() == 0


@pytest.mark.parametrize("name", ["pairing", "session", "suggestion", "staged"])
def test_open_takes_a_number_beyond_all_sizes_for_none(
    name: str, cast: Cast, as_: As
) -> None:
    asked = {"pairing": str(cast.pairing.pk), name: "9" * 5000}
    answer = as_(cast.ines).get(f"{BASE}new/", asked)
    assert answer.status_code == (404 if name == "pairing" else 200)

"""What is refused before a form sees it is refused by a page that says why."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client, override_settings

from preceptor.accounts.models import Membership
from progress.actions import begin_plan
from progress.models import Goal, GrowthPlan
from tests.cast import Cast

As = Callable[[Membership], Client]
TYPED = "application/x-www-form-urlencoded"
FORM = "multipart/form-data; boundary=x"
FORM_HEAD = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n'
PART = FORM_HEAD + b"\r\n"


@pytest.fixture
def address(cast: Cast) -> str:
    """Where Ines adds a goal."""
    begin_plan(cast.pairing)
    return f"/o/tidewater/growth/{GrowthPlan.objects.get().pk}/goals/add/"


@pytest.fixture
def ines(cast: Cast, as_: As) -> Client:
    return as_(cast.ines)


@pytest.mark.parametrize(
    ("kind", "head", "megabytes"),
    [(TYPED, b"text=", 2), (FORM, PART % b"text", 12)],
)
def test_too_much_text(
    kind: str, head: bytes, megabytes: int, address: str, ines: Client
) -> None:
    body = head + b"a" * (megabytes * 1024**2 + 1)
    response = ines.post(address, body, content_type=kind)
    page = response.content.decode()
    assert response.status_code == 413
    assert f"holds more than {megabytes} MB of text" in page
    assert "nothing was saved. Send it as a file instead" in page
    assert "it may have kept what you typed" in page
    assert '<header class="shell">' in page


def test_more_than_any_form_takes(ines: Client, tmp_path: Path) -> None:
    """Refused before a byte of it lies on the disk, whoever sends it."""
    file = FORM_HEAD % b'f"; filename="f' + b"a" * (20 * 1024**2)
    with override_settings(FILE_UPLOAD_TEMP_DIR=str(tmp_path / "nowhere")):
        for client in (ines, Client()):
            answer = client.post("/accounts/login/", file, content_type=FORM)
            assert answer.status_code == 413
            assert "is larger than 20 MB" in answer.content.decode()


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "DELETE", "ODD"])
def test_methods_that_no_page_asks_for(method: str, db: None) -> None:
    for path in ("/", "/accounts/login/", "/healthz", "/o/tidewater/"):
        answer = Client().generic(method, path, headers={"x-secret": "hunter2"})
        assert answer.status_code == 405
        assert answer.headers["Allow"] == "GET, HEAD, POST, OPTIONS"
        assert "hunter2" not in f"{answer.content!r}{answer.headers}"


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        (TYPED, b"&".join(b"a=1" for _ in range(1001)), "more than 1000 fields"),
        (
            FORM,
            b"".join(PART % b'f"; filename="f' for _ in range(101)) + b"--x--\r\n",
            "more than 100 files",
        ),
        ("multipart/form-data", b"text=a", "The form broke off"),
        (FORM, b"--x\r\nContent-Disposition: " + b"a" * 2_000, "The form broke off"),
    ],
)
def test_form_that_can_not_be_read(
    kind: str, body: bytes, words: str, address: str, ines: Client
) -> None:
    response = ines.post(address, body, content_type=kind)
    page = response.content.decode()
    assert response.status_code == 400
    assert words in page
    assert "Nothing was saved." in page


def test_value_that_the_form_does_not_offer(address: str, ines: Client) -> None:
    ines.post(address, {"version": "0", "text": "Read a diff aloud"})
    goal = Goal.objects.get()
    path = f"/o/tidewater/growth/goals/{goal.pk}/mark/"
    response = ines.post(path, {"state": "<b>half</b>"})
    assert response.status_code == 400
    assert "a value that it does not offer" in response.content.decode()


def test_anybody_is_told(db: None) -> None:
    response = Client().post("/accounts/login/", b"a=1&" * 1001, content_type=TYPED)
    assert response.status_code == 400
    assert "more than 1000 fields" in response.content.decode()


def test_a_form_without_its_token_is_refused_in_words(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.ines.user)
    answer = client.post("/o/tidewater/sessions/log/", {})
    assert answer.status_code == 403
    assert "This page was too old" in answer.content.decode()
    assert "Nothing was saved" in answer.content.decode()

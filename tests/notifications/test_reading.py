from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from preceptor.notifications import kinds
from preceptor.notifications.deliverer import deliver
from preceptor.notifications.kinds import Kind, Message
from preceptor.notifications.models import Delivery, Wording
from preceptor.notifications.planner import plan
from preceptor.notifications.reading import read, worded
from progress.models import Milestone
from tests.cast import Cast
from tests.factories import MembershipFactory
from tests.notifications.conftest import KIND, message, milestones
from tests.notifications.postbox import Postbox
from tests.notifications.test_deliverer import milestone_of, text

NOW = datetime(2026, 12, 7, 8, tzinfo=UTC)

MESSAGE = Message("It is due", "invitation", "https://a.example", "Look")


def told(delivery: Delivery, milestone: Milestone) -> Message:
    return replace(message(delivery, milestone), words={"name": milestone.name})


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """The only kind; called, with changes."""

    def register(**changes: Any) -> None:
        changed: Kind[Any] = replace(KIND, **{"message": told, **changes})
        monkeypatch.setattr(kinds, "_kinds", {KIND.name: changed})

    register()
    return register


@pytest.fixture
def two(milestone: Milestone, cast: Cast) -> list[Delivery]:
    milestone_of(MembershipFactory.create(organisation=cast.tidewater), cast)
    plan(NOW)
    return list(Delivery.objects.inbox().order_by("subject"))


def word(cast: Cast, subject: str, opening: str = "") -> Wording:
    return Wording.objects.create(
        organisation=cast.tidewater,
        program_id=cast.program.pk,
        kind=KIND.name,
        subject=subject,
        opening=opening,
        changed_by=cast.ruth,
        changed_at=NOW,
    )


def test_worded_keeps_what_was_left_empty() -> None:
    assert worded(MESSAGE, None) == MESSAGE
    assert worded(MESSAGE, Wording(subject="", opening="")) == MESSAGE
    named = replace(MESSAGE, words={"name": "Week {9}"})
    changed = worded(named, Wording(subject="{name}!", opening="Now {name}."))
    assert (changed.subject, changed.opening) == ("Week {9}!", "Now Week {9}.")


def test_worded_keeps_the_kind_s_own_where_a_word_is_no_more() -> None:
    changed = worded(MESSAGE, Wording(subject="{name}!", opening="{name}"))
    assert (changed.subject, changed.opening) == ("It is due", "")


def test_mail_reads_as_its_program_says(
    two: list[Delivery], cast: Cast, box: Postbox
) -> None:
    word(cast, "{name}: soon", "Dear <all>,\n\n{name} comes.")
    assert deliver(clock=lambda: NOW) == 2
    mail = box.mails[0]
    assert mail["Subject"] == "Second meeting: soon"
    plain = text(mail, "plain").replace("\r", "")
    assert "Dear <all>,\n\nSecond meeting comes.\n" in plain
    html = text(mail, "html")
    assert "<p>Dear &lt;all&gt;,</p>" in html.replace("\r", "")
    assert "<p>Second meeting comes.</p>" in html


def test_message_is_worded_for_any_reader_of_it(
    two: list[Delivery], cast: Cast
) -> None:
    word(cast, "{name}: soon")
    reader = read(two, NOW)
    assert [reader.may_go(row) for row in two] == [True, True]
    assert {reader.message(row).subject for row in two} == {"Second meeting: soon"}


def test_read_leaves_out_what_fell_away(two: list[Delivery], cast: Cast) -> None:
    cast.ines.is_active = False
    cast.ines.save()
    reader = read(two, NOW)
    assert sum(reader.may_go(row) for row in two) == 1


def test_read_survives_a_kind_that_cannot_be_asked(
    two: list[Delivery], kind: Callable[..., None]
) -> None:
    def fails(now: datetime) -> Any:
        raise ValueError("no such column")

    kind(due=fails)
    reader = read(two, NOW)
    with pytest.raises(ValueError, match="no such column"):
        reader.may_go(two[0])


def test_read_finds_the_one_of_which_nothing_is_known(
    two: list[Delivery], kind: Callable[..., None]
) -> None:
    def some(ids: Collection[int]) -> dict[int, Milestone]:
        if two[0].subject in ids:
            raise Milestone.DoesNotExist
        return milestones(ids)

    kind(subjects=some)
    reader = read(two, NOW)
    assert reader.message(two[1]).subject == "Second meeting is due"
    with pytest.raises(Milestone.DoesNotExist):
        reader.message(two[0])

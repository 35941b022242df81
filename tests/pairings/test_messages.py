"""What leads see of a program's messages: ahead, log, words, channel, pause."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import formats, timezone
from pytest_django import DjangoAssertNumQueries

from pairings.models import Program, ProgramStaff
from preceptor.accounts.models import Membership
from preceptor.http import url
from preceptor.notifications import kinds
from preceptor.notifications.kinds import Kind, Message
from preceptor.notifications.models import (
    Delivery,
    ProgramMessages,
    Webhook,
    Wording,
)
from preceptor.notifications.planner import plan
from progress.models import GrowthPlan, Milestone
from tests.cast import Cast
from tests.notifications.conftest import KIND

As = Callable[[Membership], Client]
SECRET = "https://hooks.slack.com/services/T000/B000/XyZzY"


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> Kind[Milestone]:
    """The only kind that is registered; its headline is of the record."""
    placeholders = {"junior": "the junior’s name", "day": "the day"}
    one = replace(KIND, is_record=True, placeholders=placeholders)
    monkeypatch.setattr(kinds, "_kinds", {one.name: one})
    return one


@pytest.fixture
def milestone(cast: Cast) -> Milestone:
    """Of Ines, in nine days: one step stands on the sixth day, one on the ninth."""
    plan_of_ines = GrowthPlan.objects.create(
        organisation=cast.tidewater,
        junior=cast.ines_enrolled,
        starts_on=cast.program.starts_on,
    )
    return Milestone.objects.create(
        organisation=cast.tidewater,
        plan=plan_of_ines,
        kind=Milestone.Kind.CHECK_IN,
        name="Second meeting",
        due_on=timezone.localdate() + timedelta(days=9),
    )


def at(cast: Cast, name: str, *args: object) -> str:
    return url("tidewater", f"pairings:{name}", cast.program.pk, *args)


def row(cast: Cast, number: int, state: str, **more: object) -> Delivery:
    return Delivery.objects.create(
        **{
            "organisation": cast.tidewater,
            "program_id": cast.program.pk,
            "recipient": cast.ines,
            "kind": "step",
            "subject": number,
            "occurrence": f"step:{number}:day",
            "not_before": timezone.now(),
            "state": state,
            **more,
        }
    )


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


class TestAhead:
    def test_ahead_says_who_hears_what_and_when(
        self, cast: Cast, as_: As, milestone: Milestone
    ) -> None:
        text = page(as_(cast.ruth), at(cast, "ahead"))
        assert "2 messages are foreseen" in text
        assert text.count("Second meeting is due") == 2
        assert text.count("E-mail") == 2
        assert not Delivery.objects.exists()

    def test_ahead_tells_no_clock_of_what_goes_next(
        self, cast: Cast, as_: As, milestone: Milestone
    ) -> None:
        yesterday = timezone.localdate() - timedelta(days=1)
        Milestone.objects.filter(pk=milestone.pk).update(due_on=yesterday)
        text = page(as_(cast.ruth), at(cast, "ahead"))
        assert "One message is foreseen" in text
        assert "with the next run" in text

    def test_ahead_hides_nothing_behind_one_that_cannot_be_said(
        self,
        cast: Cast,
        as_: As,
        milestone: Milestone,
        kind: Kind[Milestone],
    ) -> None:
        def broken(_row: Delivery, _stone: Milestone) -> Message:
            raise ZeroDivisionError

        kinds.register(replace(kind, message=broken))
        text = page(as_(cast.ruth), at(cast, "ahead"))
        assert "2 messages are foreseen" in text
        assert "A step" in text

    def test_ahead_tells_no_headline_that_is_not_of_the_record(
        self,
        cast: Cast,
        as_: As,
        milestone: Milestone,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(kinds, "_kinds", {KIND.name: KIND})
        text = page(as_(cast.ruth), at(cast, "ahead"))
        assert "2 messages are foreseen" in text
        assert "Second meeting" not in text
        assert "A step" in text

    @pytest.mark.parametrize("number", [1, 3])
    def test_ahead_takes_as_many_queries_for_more(
        self,
        cast: Cast,
        as_: As,
        milestone: Milestone,
        number: int,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for one in range(number - 1):
            Milestone.objects.create(
                organisation=cast.tidewater,
                plan=milestone.plan,
                kind=Milestone.Kind.CHECK_IN,
                name=f"Meeting {one}",
                due_on=milestone.due_on,
            )
        client = as_(cast.ruth)
        with django_assert_num_queries(70):
            client.get(at(cast, "ahead"))

    def test_ahead_of_a_draft_is_told_as_if_it_ran(
        self, cast: Cast, as_: As, milestone: Milestone
    ) -> None:
        Program.objects.filter(pk=cast.program.pk).update(state="draft")
        text = page(as_(cast.ruth), at(cast, "ahead"))
        assert "The program is a draft" in text
        assert "2 messages are foreseen" in text
        assert Program.objects.get(pk=cast.program.pk).is_draft

    def test_ahead_of_a_later_start_tells_what_pairs_would_hear(
        self, cast: Cast, as_: As
    ) -> None:
        starts_on = timezone.localdate() + timedelta(days=60)
        Program.objects.filter(pk=cast.program.pk).update(
            state="draft", starts_on=starts_on, ends_on=starts_on + timedelta(days=364)
        )
        cast.program.enrolments.update(ends_on=starts_on + timedelta(days=364))
        text = page(as_(cast.ruth), at(cast, "ahead"))
        assert "have no mentor yet" in text
        assert "First meeting is due on" in text
        first = formats.date_format(starts_on, "j F Y")
        assert f"Its first day is {first}." in text
        assert f"in the 30 days from {first} on if it ran" in text
        assert "The first 200 are named at most, and after 20 seconds" in text

    def test_ahead_of_a_closed_program_is_nothing(self, cast: Cast, as_: As) -> None:
        Program.objects.filter(pk=cast.program.pk).update(state="closed")
        text = page(as_(cast.ruth), at(cast, "ahead"))
        assert "This program does not run" in text

    def test_ahead_comes_as_a_fragment(self, cast: Cast, as_: As) -> None:
        response = as_(cast.ruth).get(at(cast, "ahead"), headers={"HX-Request": "true"})
        assert "<html" not in response.content.decode()


class TestLog:
    @pytest.mark.parametrize("number", [1, 3])
    def test_message_log_lists_states_and_reasons(
        self,
        cast: Cast,
        as_: As,
        number: int,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for one in range(number):
            row(cast, one, "sent", sent_at=timezone.now())
            row(cast, 10 + one, "failed", error="550 no such mailbox")
            row(cast, 20 + one, "suppressed", channel="inbox", reason="off")
        client = as_(cast.ruth)
        with django_assert_num_queries(11):
            text = page(client, at(cast, "message_log"))
        assert text.count("550 no such mailbox") == number
        assert text.count("turned off by who would get it") == number
        assert text.count("Send again<span") == number

    def test_message_log_is_filtered_by_person_kind_and_state(
        self, cast: Cast, as_: As
    ) -> None:
        row(cast, 1, "sent")
        row(cast, 2, "failed", recipient=cast.tomasz, error="Refused")
        client, path = as_(cast.ruth), at(cast, "message_log")
        assert "Refused" in page(client, f"{path}?state=failed")
        assert "Refused" not in page(client, f"{path}?state=sent")
        assert "Refused" not in page(client, f"{path}?q=carvalho")
        assert "Refused" in page(client, f"{path}?kind=step&q=tomasz")
        assert "No message fits" in page(client, f"{path}?kind=other")
        assert "Refused" in page(client, f"{path}?state=%00x&page=99")

    def test_message_log_offers_the_kinds_that_a_program_has(
        self, cast: Cast, as_: As, kind: Kind[Milestone]
    ) -> None:
        """No digest, which gathers from many, and nothing about invitations or data."""
        other = replace(kind, name="ours", label="Of the house", names_program=False)
        kinds.register(other)
        text = page(as_(cast.ruth), at(cast, "message_log"))
        options = re.search(r'<select id="kind".*?</select>', text, re.DOTALL)
        assert options
        assert re.findall(r'value="([^"]*)"', options[0]) == ["", "step"]

    def test_message_log_lists_nothing_of_another_program(
        self, cast: Cast, as_: As
    ) -> None:
        row(cast, 1, "failed", error="Refused", program_id=None)
        assert "Refused" not in page(as_(cast.ruth), at(cast, "message_log"))

    def test_an_observer_reads_the_log_and_sends_nothing(
        self, cast: Cast, as_: As
    ) -> None:
        row(cast, 1, "failed", error="Refused")
        text = page(as_(cast.otis), at(cast, "message_log"))
        assert "Refused" in text
        assert "Send again" not in text

    def test_send_again_takes_what_failed(self, cast: Cast, as_: As) -> None:
        one = row(cast, 1, "failed", error="Refused", attempts=12)
        path = url("tidewater", "pairings:send_again", one.pk)
        assert as_(cast.ruth).post(path).status_code == 303
        one.refresh_from_db()
        assert (one.state, one.attempts, one.error) == ("pending", 0, "")
        assert as_(cast.ruth).post(path).status_code == 409

    def test_nothing_is_sent_again_while_messages_rest(
        self, cast: Cast, as_: As
    ) -> None:
        one = row(cast, 1, "failed", error="Refused", attempts=12)
        client = as_(cast.ruth)
        client.post(at(cast, "pause_messages"))
        path = url("tidewater", "pairings:send_again", one.pk)
        assert client.post(path).status_code == 409
        one.refresh_from_db()
        assert one.state == "failed"

    def test_send_again_takes_the_digest_that_failed(self, cast: Cast, as_: As) -> None:
        digest = row(cast, 1, "failed", kind="digest", program_id=None, error="Refused")
        one = row(cast, 2, "failed", digest=digest, error="Refused")
        row(cast, 3, "held", digest=digest)
        text = page(as_(cast.ruth), at(cast, "message_log"))
        assert text.count("Failed in the digest") == 1
        assert text.count("Send again<span") == 2
        path = url("tidewater", "pairings:send_again", one.pk)
        assert as_(cast.ruth).post(path).status_code == 303
        digest.refresh_from_db()
        one.refresh_from_db()
        assert (digest.state, one.state) == ("pending", "held")


class TestPause:
    def test_pause_withdraws_what_waits_and_suppresses_what_comes(
        self, cast: Cast, as_: As, milestone: Milestone
    ) -> None:
        now = timezone.now()
        Milestone.objects.filter(pk=milestone.pk).update(due_on=timezone.localdate())
        plan(now + timedelta(days=1))
        assert states() == {("inbox", "sent", ""), ("email", "pending", "")}
        client = as_(cast.ruth)
        assert "What has left" in page(client, at(cast, "pause_messages"))
        assert client.post(at(cast, "pause_messages")).status_code == 303
        assert states() == {("inbox", "withdrawn", ""), ("email", "withdrawn", "")}
        plan(now + timedelta(days=1))
        assert ("inbox", "suppressed", "paused") in states()
        assert "are paused" in page(client, at(cast, "messages"))
        assert client.post(at(cast, "pause_messages")).status_code == 409
        assert client.post(at(cast, "resume_messages")).status_code == 303
        plan(now + timedelta(days=1))
        assert states() == {("inbox", "sent", ""), ("email", "pending", "")}
        assert client.post(at(cast, "resume_messages")).status_code == 409

    def test_pause_leaves_in_the_inbox_what_has_left(
        self, cast: Cast, as_: As, milestone: Milestone
    ) -> None:
        Milestone.objects.filter(pk=milestone.pk).update(due_on=timezone.localdate())
        plan(timezone.now() + timedelta(days=1))
        Delivery.objects.carriers().update(state="sent")
        as_(cast.ruth).post(at(cast, "pause_messages"))
        assert states() == {("inbox", "sent", ""), ("email", "sent", "")}

    def test_pause_touches_no_other_program(self, cast: Cast, as_: As) -> None:
        other = row(cast, 1, "pending", program_id=None)
        as_(cast.ruth).post(at(cast, "pause_messages"))
        other.refresh_from_db()
        assert other.state == "pending"

    def test_nothing_is_settled_in_an_archived_program(
        self, cast: Cast, as_: As
    ) -> None:
        Program.objects.filter(pk=cast.program.pk).update(state="archived")
        client = as_(cast.ruth)
        for name in ("pause_messages", "resume_messages", "channel", "remove_channel"):
            assert client.post(at(cast, name)).status_code == 409
        for name in ("words", "our_words"):
            assert client.post(at(cast, name, "step")).status_code == 409
        assert not ProgramMessages.objects.exists()


def states() -> set[tuple[str, str, str]]:
    return set(Delivery.objects.values_list("channel", "state", "reason"))


class TestWords:
    def test_words_are_saved_and_marked(self, cast: Cast, as_: As) -> None:
        client, path = as_(cast.ruth), at(cast, "words", "step")
        text = page(client, path)
        assert "{junior}" in text
        assert "the junior’s name" in text
        sent = {"subject": "{junior} by {day}", "opening": "", "version": 0}
        assert client.post(path, sent).status_code == 303
        stands = Wording.objects.get()
        assert (stands.subject, stands.opening, stands.version) == (
            "{junior} by {day}",
            "",
            1,
        )
        assert stands.changed_by == cast.ruth
        assert "own words" in page(client, at(cast, "messages"))

    @pytest.mark.parametrize(
        ("field", "text"),
        [("subject", "Dear {mentor}"), ("opening", "{junior"), ("opening", "{0.x}")],
    )
    def test_words_with_an_unknown_placeholder_come_back(
        self, cast: Cast, as_: As, field: str, text: str
    ) -> None:
        path = at(cast, "words", "step")
        response = as_(cast.ruth).post(path, {field: text, "version": 0})
        assert response.status_code == 422
        body = response.content.decode()
        assert "in braces stands one of {junior}, {day}." in body
        assert text in body
        assert not Wording.objects.exists()

    def test_words_show_how_they_read_and_save_nothing(
        self, cast: Cast, as_: As
    ) -> None:
        sent = {"subject": "{junior} <b>", "opening": "By {day}", "look": 1}
        response = as_(cast.ruth).post(at(cast, "words", "step"), sent)
        assert response.status_code == 200
        body = response.content.decode()
        assert "[the junior’s name] &lt;b&gt;" in body
        assert "By [the day]" in body
        assert not Wording.objects.exists()

    def test_words_of_a_second_tab_overwrite_nothing_unseen(
        self, cast: Cast, as_: As
    ) -> None:
        client, path = as_(cast.ruth), at(cast, "words", "step")
        client.post(path, {"subject": "Mine", "version": 0})
        late = client.post(path, {"subject": "Later", "version": 0})
        assert late.status_code == 422
        body = late.content.decode()
        assert "Somebody else changed these words" in body
        assert "Mine" in body
        assert 'value="Later"' in body
        assert 'name="version" value="1"' in body
        assert client.post(path, {"subject": "Later", "version": 1}).status_code == 303
        assert Wording.objects.get().version == 2

    def test_words_that_say_the_same_are_saved_once(self, cast: Cast, as_: As) -> None:
        client, path = as_(cast.ruth), at(cast, "words", "step")
        for _again in range(2):
            sent = {"subject": "Mine", "version": 0}
            assert client.post(path, sent).status_code == 303
        assert Wording.objects.get().version == 1

    def test_our_words_take_own_ones_away(self, cast: Cast, as_: As) -> None:
        client, path = as_(cast.ruth), at(cast, "words", "step")
        client.post(path, {"subject": "Mine", "version": 0})
        ours = at(cast, "our_words", "step")
        assert client.post(ours, {"version": 0}).status_code == 409
        assert client.post(ours, {"version": 1}).status_code == 303
        assert not Wording.objects.exists()

    def test_words_are_read_by_an_observer(self, cast: Cast, as_: As) -> None:
        text = page(as_(cast.otis), at(cast, "words", "step"))
        assert "as the product says it" in text
        assert "Save these words" not in text

    def test_words_of_no_kind_are_nowhere(self, cast: Cast, as_: As) -> None:
        assert as_(cast.ruth).get(at(cast, "words", "no-kind")).status_code == 404

    def test_words_are_for_what_is_about_a_program(
        self, cast: Cast, as_: As, kind: Kind[Milestone]
    ) -> None:
        kinds.register(replace(kind, is_of_program=False))
        client = as_(cast.ruth)
        assert client.get(at(cast, "words", "step")).status_code == 404
        assert at(cast, "words", "step") not in page(client, at(cast, "messages"))


class TestChannel:
    def test_channel_is_kept_sealed(self, cast: Cast, as_: As) -> None:
        client, path = as_(cast.ruth), at(cast, "channel")
        assert "Everybody in that channel reads" in page(client, path)
        sent = {"service": "slack", "address": SECRET}
        assert client.post(path, sent).status_code == 303
        hook = Webhook.objects.get()
        assert (hook.program_id, hook.member) == (cast.program.pk, cast.ruth)
        assert hook.host == "hooks.slack.com"
        assert b"XyZzY" not in bytes(hook.sealed)
        for name in ("messages", "channel"):
            text = page(client, at(cast, name))
            assert "hooks.slack.com" in text
            assert "XyZzY" not in text

    @pytest.mark.parametrize("change", ["leads no more", "deactivated"])
    def test_channel_that_gets_nothing_any_more_says_so(
        self, cast: Cast, as_: As, change: str
    ) -> None:
        """Whoever set it up gets what it posts."""
        sent = {"service": "slack", "address": SECRET}
        as_(cast.ruth).post(at(cast, "channel"), sent)
        says = "Nothing is posted there now: it gets what Ruth Adeyemi is told"
        assert says not in page(as_(cast.olga), at(cast, "messages"))
        if change == "deactivated":
            Membership.objects.filter(pk=cast.ruth.pk).update(is_active=False)
        else:
            ProgramStaff.objects.update(role=ProgramStaff.Role.OBSERVER)
        assert says in page(as_(cast.olga), at(cast, "messages"))

    @pytest.mark.parametrize(
        "address", ["", "ftp://chat.example/x", "nothing", "http://chat.example/x"]
    )
    def test_channel_refuses_what_is_no_address(
        self, cast: Cast, as_: As, address: str
    ) -> None:
        sent = {"service": "slack", "address": address}
        assert as_(cast.ruth).post(at(cast, "channel"), sent).status_code == 422
        assert not Webhook.objects.exists()

    def test_remove_channel_withdraws_what_waits(self, cast: Cast, as_: As) -> None:
        client = as_(cast.ruth)
        client.post(at(cast, "channel"), {"service": "slack", "address": SECRET})
        hook = Webhook.objects.get()
        one = row(cast, 1, "pending", channel="program", webhook=hook)
        assert "its address is forgotten" in page(client, at(cast, "remove_channel"))
        assert client.post(at(cast, "remove_channel")).status_code == 303
        one.refresh_from_db()
        assert (one.state, one.webhook_id) == ("withdrawn", None)
        assert not Webhook.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_messages_takes_as_many_queries_for_more(
    cast: Cast,
    as_: As,
    number: int,
    kind: Kind[Milestone],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    kinds._kinds.clear()
    for n in range(number):
        kinds.register(replace(kind, name=f"step-{n}"))
        Wording.objects.create(
            organisation=cast.tidewater,
            program_id=cast.program.pk,
            kind=f"step-{n}",
            subject="Mine",
            changed_by=cast.ruth,
            changed_at=timezone.now(),
        )
    client = as_(cast.ruth)
    with django_assert_num_queries(12):
        text = page(client, at(cast, "messages"))
    assert text.count("own words</span>") == number

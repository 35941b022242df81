"""In the demonstration something waits for somebody in every way that there is."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import ClassVar
from unittest import mock

from django.conf import settings
from django.test import TestCase

from pairings.models import Enrolment, Pairing, ProgramStaff
from preceptor.accounts.models import Membership, Organisation
from preceptor.insights.demo import company
from preceptor.notifications import kinds
from preceptor.notifications.delivering.headers import message_id
from preceptor.notifications.kinds import LEADERS, audiences_of, kind_of
from preceptor.notifications.models import Delivery
from preceptor.notifications.planner import plan
from preceptor.notifications.rehearsal import undone
from preceptor.notifications.unsubscribing import read
from progress.reminders import KINDS
from tests.insights.mails import (
    Letter,
    letters,
    longest,
    marked,
    plant,
    problems_of,
)

TUESDAY = datetime(2026, 11, 10, 9, 40, tzinfo=UTC)
OF_NO_PAIR = {"data-ready", "erasure-asked", "invitation-unanswered", "quarter-report"}
OF_PAIRS_TO_LEADS = {"junior-without-mentor", "pair-stalled", "pairing-unanswered"}

SAID = {
    *("Organisation.name", "Program.name", "Enrolment.team", "Skill.name"),
    *("Milestone.name", "Milestone.about", "Pairing.first_step", "Wording.opening"),
}
"""What of all that people write a message may hold."""
WRITTEN = {
    *("Blob.body", "ReviewSession.title", "ReviewSession.claim", "Transcript.name"),
    *("Finding.title", "Finding.text", "Finding.path", "Comment.text", "Action.text"),
    *("Lesson.text", "Explanation.cause", "Impression.word", "Note.text"),
    *("PairNote.text", "Handover.word", "Agreement.junior_expects", "Goal.text"),
    *("CheckIn.went_well", "CheckIn.answer", "Rating.note", "JuniorEvaluation.word"),
    *("AutonomyRequest.word", "Evidence.title", "Pairing.decline_reason"),
}
"""Some of what it may not, and that is there."""


def each_kind_of_a_year_stands(now: datetime) -> None:
    few = mock.patch.object(kinds, "_kinds", {kind.name: kind for kind in KINDS})
    with few:
        plan(now)
    rows = Delivery.objects.inbox().filter(state=Delivery.State.SENT)
    assert set(rows.values_list("kind", flat=True)) >= {kind.name for kind in KINDS}
    leads = rows.filter(kind="milestone-to-lead")
    names = set(leads.values_list("recipient__user__full_name", flat=True))
    assert names == {"Ruth Adeyemi"}


def told() -> dict[str, set[tuple[int, int]]]:
    """By kind who there is to be told, of which subject, now or soon."""
    there = set(Membership.objects.active().values_list("pk", flat=True))
    rows = {
        kind.name: {
            (row["recipient_id"], row["subject"])
            for row in kind.due(TUESDAY)
            if row["recipient_id"] in there
        }
        for kind in kinds.registered()
    }
    return {name: found for name, found in rows.items() if found}


def everybody_hears_of_mentors_gone() -> None:
    """Who hears of it next does once the juniors were told."""
    plan(TUESDAY)
    Delivery.objects.carriers().update(state=Delivery.State.SENT)


def deactivate(side: str) -> None:
    Membership.objects.filter(enrolments__side=side).update(is_active=False)


class TestTuesday(TestCase):
    organisation: Organisation
    written: ClassVar[set[str]]
    letters: ClassVar[list[Letter]]
    """What each kind says where every text that people wrote is a mark."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.organisation = company.build(seed=1, now=TUESDAY)
        everybody_hears_of_mentors_gone()
        with undone():
            cls.written = set(plant())
            plan(TUESDAY)
            cls.letters = letters(TUESDAY)

    def test_each_kind_has_somebody_to_tell(self) -> None:
        assert set(told()) == {kind.name for kind in kinds.registered()}

    def test_whom_a_kind_reaches_may_choose_when(self) -> None:
        known = {kind.name: kind for kind in kinds.registered()}
        people = Membership.objects.in_bulk()
        for name, found in told().items():
            for pk, _subject in found:
                assert known[name].audience & audiences_of(people[pk]), name

    def test_kinds_that_name_a_program_are_known(self) -> None:
        """By them the log of a program is filtered, so others find nothing there."""
        named = {
            kind.name
            for kind in kinds.registered()
            if any(row["program_id"] for row in kind.due(TUESDAY))
        }
        assert named == {one.name for one in kinds.registered() if one.names_program}

    def test_each_kind_of_a_year_stands(self) -> None:
        each_kind_of_a_year_stands(TUESDAY)

    def test_no_kind_tells_of_juniors_who_are_gone(self) -> None:
        """But that an answer to a proposal can't come any more."""
        deactivate(Enrolment.Side.JUNIOR)
        assert set(told()) - OF_NO_PAIR == {"pairing-unanswered"}

    def test_kinds_tell_of_mentors_who_are_gone_what_is_left_without_them(self) -> None:
        """The junior's year goes on, and somebody has to find the next mentor."""
        deactivate(Enrolment.Side.MENTOR)
        assert set(told()) - OF_NO_PAIR == {
            *("mentor-gone", "junior-without-mentor", "pairing-unanswered"),
            *("milestone", "milestone-to-lead", "protected-hours"),
        }

    def test_no_lead_is_told_of_a_pair_that_is_their_own(self) -> None:
        for member in Membership.objects.filter(organisation=self.organisation):
            for program in self.organisation_programs():
                ProgramStaff.objects.get_or_create(
                    organisation=self.organisation,
                    program_id=program,
                    membership=member,
                    defaults={"role": ProgramStaff.Role.LEAD},
                )
        found = told()
        pairs = Pairing.objects.select_related("mentor", "junior").in_bulk()
        for name in OF_PAIRS_TO_LEADS:
            assert len(found[name]) > 1
            for member_id, subject in found[name]:
                pair = pairs[subject]
                people = {pair.mentor.membership_id, pair.junior.membership_id}
                assert member_id not in people

    def test_no_message_holds_what_people_wrote(self) -> None:
        """But a few columns: those are found, so others would be."""
        assert self.written >= WRITTEN
        assert marked(type(self).letters) == SAID

    def test_mails_fit_whatever_width_and_colours_they_are_read_in(self) -> None:
        pages = longest(type(self).letters)
        assert set(pages) == {*(kind.name for kind in kinds.registered()), "digest"}
        closely = {"milestone", "pair-stalled", "pairing-proposed", Delivery.DIGEST}
        assert problems_of(pages, closely) == {}

    def test_mails_say_the_same_as_text(self) -> None:
        for letter in type(self).letters:
            types = [part.get_content_type() for part in letter.mail.iter_parts()]
            assert types[:2] == ["text/plain", "text/html"]
            plain, html = letter.part("text/plain"), letter.html
            said = re.findall(r"<h1>(.*?)</h1>|href=\"([^\"]*)\"", html)
            for words in map(unescape, map("".join, said)):
                assert words in plain or words.endswith("/privacy/"), letter.kind

    def test_mails_carry_what_is_asked_of_bulk_senders(self) -> None:
        ids = [str(letter.mail["Message-ID"]) for letter in type(self).letters]
        assert len(set(ids)) == len(ids)
        for letter in type(self).letters:
            kind, mail, row = kind_of(letter.row), letter.mail, letter.row
            for name in ("From", "To", "Date", "Subject", "Message-ID", "MIME-Version"):
                assert len(mail.get_all(name, [])) == 1, name
            assert mail["From"] == letter.sender == settings.DEFAULT_FROM_EMAIL
            assert mail["Date"].datetime
            assert mail["Message-ID"] == message_id(row)
            if kind and kind.required:
                assert mail["List-Unsubscribe"] is None
                assert str(kind.required) in letter.part("text/plain")
                continue
            token = str(mail["List-Unsubscribe"]).removesuffix("/>").rpartition("/")[2]
            assert read(token) == (row.recipient_id, row.kind)
            assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    def organisation_programs(self) -> set[int]:
        rows = Pairing.objects.filter(organisation=self.organisation)
        return set(rows.values_list("program", flat=True))

    def test_managers_are_told_where_nobody_leads(self) -> None:
        ProgramStaff.objects.all().delete()
        managers = Membership.objects.active().filter(
            organisation=self.organisation, role__in=["owner", "manager"]
        )
        found = told()
        for kind in kinds.registered():
            if kind.audience == LEADERS:
                people = {member for member, _subject in found[kind.name]}
                assert people == set(managers.values_list("pk", flat=True)), kind.name


class TestSaturday(TestCase):
    def test_each_kind_of_a_year_stands(self) -> None:
        now = TUESDAY + timedelta(days=4)
        company.build(seed=1, now=now)
        each_kind_of_a_year_stands(now)

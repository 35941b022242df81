from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from pairings.models import Pairing
from preceptor.accounts.models import Membership
from preceptor.http import Conflict
from progress.actions import (
    Agreed,
    Said,
    begin_plan,
    hand_in,
    keep_outcomes,
    keep_ratings,
    open_assessment,
    sign_assessment,
)
from progress.actions.frameworks import begin_draft, publish
from progress.assessing import agreement_of, changes, compared
from progress.frameworks.changes import fingerprint
from progress.models import Assessment, Competency, GrowthPlan, Outcome, Rating
from tests.cast import Cast, make_cast
from tests.factories import PairingFactory
from tests.progress.commits import committed

As = Callable[[Membership], Client]
NOTE = "Stops at the first cause"


def path(assessment: Assessment, end: str = "") -> str:
    return f"/o/tidewater/growth/assessments/{assessment.pk}/{end}"


def competencies(assessment: Assessment) -> list[Competency]:
    return list(assessment.version.competencies.order_by("area__position", "position"))


@pytest.fixture
def needs(plan: GrowthPlan, cast: Cast) -> Assessment:
    return begin(plan, cast)


def begin(plan: GrowthPlan, cast: Cast, occasion: str = "needs") -> Assessment:
    return open_assessment(
        actor=cast.ines, plan=plan, occasion=occasion, now=timezone.now()
    )


def say(level: int | None, note: str = "") -> Said:
    return Said(is_said=True, level=level, method="observed", note=note)


def rate_all(
    assessment: Assessment, member: Membership, level: int | None, **odd: int
) -> None:
    """One level to everything, but to those at the places that `odd` names."""
    said = {}
    for place, one in enumerate(competencies(assessment)):
        said[one.pk] = say(odd.get(f"at_{place}", level), NOTE)
    keep_ratings(actor=member, assessment=assessment, said=said, edits=0)


def put_in(assessment: Assessment, *members: Membership) -> Assessment:
    for member in members:
        hand_in(actor=member, assessment=assessment, now=timezone.now())
    assessment.refresh_from_db()
    return assessment


def reveal(assessment: Assessment, cast: Cast, **odd: int) -> Assessment:
    rate_all(assessment, cast.ines, 3)
    rate_all(assessment, cast.tomasz, 3, **odd)
    return put_in(assessment, cast.ines, cast.tomasz)


def sign_both(assessment: Assessment, cast: Cast, level: int = 3) -> Assessment:
    agreed = {
        one.pk: Agreed(level=level, state="improving", note="As we said")
        for one in competencies(assessment)
    }
    keep_outcomes(assessment=assessment, agreed=agreed, edits=0)
    for member in (cast.ines, cast.tomasz):
        assessment.refresh_from_db()
        sign_assessment(
            actor=member, assessment=assessment, edits=1, now=timezone.now()
        )
    assessment.refresh_from_db()
    return assessment


def test_open_assessment_offers_what_is_due(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    form = f"/o/tidewater/growth/{plan.pk}/assessments/open/"
    page = as_(cast.ines).get(form).content.decode()
    assert page.count('name="occasion"') == 4
    made = as_(cast.ines).post(form, {"occasion": "needs"})
    row = Assessment.objects.get()
    assert made["Location"] == path(row, "rate/")
    assert (row.version, row.occasion) == (plan.version, "needs")
    assert as_(cast.tomasz).post(form, {"occasion": "own"}).status_code == 409
    assert "One is open already" in as_(cast.tomasz).get(form).content.decode()
    assert as_(cast.tomasz).post(form, {"occasion": "never"}).status_code == 422


def test_rate_keeps_a_draft_and_says_what_is_missing(
    needs: Assessment, cast: Cast, as_: As
) -> None:
    first, second, *others = competencies(needs)
    ines = as_(cast.ines)
    page = ines.get(path(needs, "rate/")).content.decode()
    assert page.count('type="radio"') == 6 * (2 + len(others))
    sent = {"edits": 0, f"level-{first.pk}": "0", f"note-{second.pk}": NOTE}
    kept = ines.post(path(needs, "rate/"), {**sent, "do": "save"})
    assert kept["Location"] == path(needs, "rate/?page=1")
    rows = Rating.objects.order_by("competency__position")
    values = set(rows.values_list("competency", "is_said", "level", "note"))
    assert values == {(first.pk, True, None, ""), (second.pk, False, None, NOTE)}
    assert NOTE in ines.get(path(needs, "rate/")).content.decode()
    early = ines.post(path(needs, "rate/"), {**sent, "edits": 1, "do": "in"})
    assert early.status_code == 422
    text = early.content.decode()
    assert f"{len(others) + 1} competencies are not rated yet" in text
    assert NOTE in text
    needs.refresh_from_db()
    assert needs.self_in_at is None


def test_rate_saves_itself_while_one_writes(
    needs: Assessment, cast: Cast, as_: As
) -> None:
    first = competencies(needs)[0]
    ines, htmx = as_(cast.ines), {"HX-Request": "true"}
    data = {"edits": "0", f"level-{first.pk}": "4"}
    part = ines.post(path(needs, "rate/"), data, headers=htmx)
    assert (part.status_code, 'value="1"' in part.content.decode()) == (200, True)
    assert "<html" not in part.content.decode()
    assert Rating.objects.get().level == 4
    long = {"edits": "1", f"note-{first.pk}": "a" * 50_000}
    part = ines.post(path(needs, "rate/"), long, headers=htmx)
    assert (part.status_code, "too long" in part.content.decode()) == (422, True)
    whole = ines.post(path(needs, "rate/"), {**long, "do": "save"})
    assert whole.status_code == 422
    assert "a" * 50_000 in whole.content.decode()
    assert Rating.objects.get().level == 4


def test_rate_in_two_tabs_keeps_both_words(
    needs: Assessment, cast: Cast, as_: As
) -> None:
    first = competencies(needs)[0]
    ines, field = as_(cast.ines), f"note-{first.pk}"
    ines.post(path(needs, "rate/"), {"edits": 0, field: "one tab", "do": "save"})
    late = ines.post(
        path(needs, "rate/"), {"edits": 0, field: "other tab", "do": "save"}
    )
    text = late.content.decode()
    assert late.status_code == 409
    assert "one tab" in text
    assert "other tab" in text
    assert Rating.objects.get().note == "one tab"
    ines.post(path(needs, "rate/"), {"edits": 1, field: "other tab", "do": "save"})
    assert Rating.objects.get().note == "other tab"


def test_neither_sees_the_other_until_both_are_in(
    needs: Assessment, cast: Cast, as_: As
) -> None:
    rate_all(needs, cast.ines, 2)
    rate_all(needs, cast.tomasz, 4)
    put_in(needs, cast.ines)
    readable = Rating.objects.readable_by
    assert set(readable(cast.ines).values_list("side", flat=True)) == {"self"}
    assert set(readable(cast.tomasz).values_list("side", flat=True)) == {"mentor"}
    assert not readable(cast.ruth).exists()
    assert compared(needs, cast.tomasz) == []
    assert NOTE not in as_(cast.ines).get(path(needs)).content.decode()
    put_in(needs, cast.tomasz)
    assert readable(cast.ines).count() == 2 * len(competencies(needs))
    assert NOTE in as_(cast.ines).get(path(needs)).content.decode()


def test_side_by_side_puts_differences_first(
    needs: Assessment, cast: Cast, as_: As
) -> None:
    reveal(needs, cast, at_5=5, at_9=2)
    rows = compared(needs, cast.ines)
    all_of = competencies(needs)
    assert [one.competency for one in rows[:2]] == [all_of[5], all_of[9]]
    assert [one.difference for one in rows[:3]] == [-2, 1, 0]
    page = as_(cast.tomasz).get(path(needs)).content.decode()
    assert "You differ in 2 competencies" in page
    assert page.index(all_of[5].name) < page.index(all_of[0].name)


def test_what_is_in_stays(needs: Assessment, cast: Cast, as_: As) -> None:
    rate_all(needs, cast.ines, 2)
    put_in(needs, cast.ines)
    first = competencies(needs)[0]
    again = as_(cast.ines).post(
        path(needs, "rate/"), {"edits": 1, f"level-{first.pk}": "5", "do": "save"}
    )
    assert again.status_code == 409
    assert as_(cast.ines).get(path(needs, "rate/"))["Location"] == path(needs)
    for change in (
        lambda: Rating.objects.filter(side="self").update(level=5),
        lambda: Rating.objects.filter(side="self").delete(),
    ):
        with pytest.raises(Error, match="are in"):
            committed(change)
    rate_all(needs, cast.tomasz, 2)


def test_agree_levels_is_for_both_and_states_for_the_mentor(
    needs: Assessment, cast: Cast, as_: As
) -> None:
    early = as_(cast.ines).get(path(needs, "agree/"))
    assert early["Location"] == path(needs)
    reveal(needs, cast, at_0=5)
    first = competencies(needs)[0]
    ines, tomasz = as_(cast.ines), as_(cast.tomasz)
    form = {f"level-{one.pk}": "3" for one in competencies(needs)}
    page = ines.get(path(needs, "agree/")).content.decode()
    assert f"state-{first.pk}" not in page
    own = {**form, "edits": 0, f"state-{first.pk}": "independent"}
    assert ines.post(path(needs, "agree/"), own)["Location"] == path(needs)
    assert set(Outcome.objects.values_list("state", flat=True)) == {"not_yet"}
    states = {f"state-{one.pk}": "improving" for one in competencies(needs)}
    sent = {**form, **states, "edits": 0, f"note-{first.pk}": NOTE}
    stale = tomasz.post(path(needs, "agree/"), sent)
    assert (stale.status_code, NOTE in stale.content.decode()) == (409, True)
    tomasz.post(path(needs, "agree/"), {**sent, "edits": 1})
    assert set(Outcome.objects.values_list("state", "level")) == {("improving", 3)}
    ines.post(path(needs, "agree/"), {**form, "edits": 2})
    assert set(Outcome.objects.values_list("state", flat=True)) == {"improving"}


def test_sign_assessment_by_both_keeps_it_for_good(
    needs: Assessment, cast: Cast, as_: As
) -> None:
    reveal(needs, cast)
    nothing = as_(cast.ines).post(path(needs, "sign/"), {"edits": 0})
    assert "Write down first" in nothing.content.decode()
    sign_both(needs, cast)
    assert needs.signed_at
    assert needs.mentor_signed_by == cast.tomasz
    changes_of_it: list[Callable[[], Any]] = [
        lambda: Outcome.objects.update(level=5),
        lambda: Outcome.objects.all().delete(),
        lambda: Rating.objects.update(note="Otherwise"),
        lambda: Assessment.objects.update(occasion="own"),
        lambda: Assessment.objects.update(signed_at=None),
        lambda: Assessment.objects.all().delete(),
    ]
    refusal = r"is signed|are in|stays with its year"
    for change in changes_of_it:
        with pytest.raises(Error, match=refusal):
            committed(change)
    for route in ("rate/", "agree/", "sign/", "unsign/", "discard/"):
        assert as_(cast.tomasz).post(path(needs, route)).status_code == 409
    assert "Both have signed" in as_(cast.ines).get(path(needs)).content.decode()


def test_sign_assessment_means_what_was_looked_at(
    needs: Assessment, cast: Cast, as_: As
) -> None:
    reveal(needs, cast)
    first = competencies(needs)[0]
    agreed = {first.pk: Agreed(level=3, state="improving", note="")}
    keep_outcomes(assessment=needs, agreed=agreed, edits=0)
    keep_outcomes(assessment=needs, agreed=agreed, edits=1)
    ines = as_(cast.ines)
    assert ines.post(path(needs, "sign/"), {"edits": 1}).status_code == 409
    assert ines.post(path(needs, "sign/"), {"edits": 2}).status_code == 303
    needs.refresh_from_db()
    with pytest.raises(Conflict):
        keep_outcomes(assessment=needs, agreed=agreed, edits=2)
    with pytest.raises(Error, match="is signed"), transaction.atomic():
        Outcome.objects.update(level=5)
    assert as_(cast.tomasz).post(path(needs, "unsign/")).status_code == 409
    assert ines.post(path(needs, "unsign/")).status_code == 303
    keep_outcomes(assessment=needs, agreed=agreed, edits=2)


def test_sign_assessment_says_which_states_are_not_set(
    needs: Assessment, cast: Cast, as_: As
) -> None:
    reveal(needs, cast)
    first, second, third = competencies(needs)[:3]
    agreed = {
        first.pk: Agreed(level=3, state="improving", note=""),
        second.pk: Agreed(level=3, state=None, note=""),
        third.pk: Agreed(level=None, state=None, note=""),
    }
    keep_outcomes(assessment=needs, agreed=agreed, edits=0)
    mentors = as_(cast.tomasz).get(path(needs, "sign/")).content.decode()
    assert "One of them has a level and no state yet." in mentors
    assert "Set the states first" in mentors
    own = as_(cast.ines).get(path(needs, "sign/")).content.decode()
    assert "The mentor sets the states." in own
    assert "Set the states first" not in own
    agreed[second.pk] = Agreed(level=3, state="independent", note="")
    keep_outcomes(assessment=needs, agreed=agreed, edits=1)
    whole = as_(cast.tomasz).get(path(needs, "sign/")).content.decode()
    assert "no state yet" not in whole


def test_a_newer_framework_changes_nothing_that_was_signed(
    needs: Assessment, cast: Cast
) -> None:
    sign_both(reveal(needs, cast), cast)
    said = list(Outcome.objects.order_by("pk").values())
    framework = needs.version.framework
    draft = begin_draft(actor=cast.mark, framework=framework, now=timezone.now())
    draft.competencies.all()[0].delete()
    seen = fingerprint(draft.content())
    publish(actor=cast.mark, draft=draft, note="", seen=seen, now=timezone.now())
    plan = needs.plan
    plan.version = draft
    plan.save()
    assert list(Outcome.objects.order_by("pk").values()) == said
    later = begin(plan, cast, "own")
    sign_both(reveal(later, cast), cast, level=4)
    rows = changes(needs, later)
    assert [one.steps for one in rows] == [1] * (len(said) - 1) + [None]
    assert rows[-1].now is None


def test_assessments_lays_two_beside_each_other(
    needs: Assessment, cast: Cast, as_: As
) -> None:
    sign_both(reveal(needs, cast), cast)
    later = begin(needs.plan, cast, "own")
    sign_both(reveal(later, cast), cast, level=4)
    address = f"/o/tidewater/growth/{needs.plan_id}/assessments/"
    page = as_(cast.tomasz).get(address).content.decode()
    assert page.count("one level up") == len(competencies(needs))
    back = f"{address}?then={later.pk}&now={needs.pk}"
    assert "one level up" not in as_(cast.ines).get(back).content.decode()


def test_who_rates_everything_the_same_is_told_that_there_is_no_figure(
    needs: Assessment, cast: Cast, as_: As
) -> None:
    """Kappa is 0 then whatever the other said, and has no interval."""
    reveal(needs, cast, at_0=5, at_1=4)
    page = as_(cast.tomasz).get(path(needs)).content.decode()
    assert "Weighted kappa" not in page
    assert "One of you gave the same level throughout" in page


def test_agreement_is_for_the_two_who_rated(
    needs: Assessment, cast: Cast, as_: As
) -> None:
    odd = {"at_0": 5, "at_1": 4, "at_2": 1}
    rate_all(needs, cast.ines, 3, at_0=4, at_1=4)
    rate_all(needs, cast.tomasz, 3, **odd)
    put_in(needs, cast.ines, cast.tomasz)
    rows = compared(needs, cast.ines)
    found = agreement_of(needs, cast.ines, rows)
    assert found is not None
    assert (found.n, round(found.value, 2)) == (len(rows), 0.54)
    assert "Weighted kappa" in as_(cast.tomasz).get(path(needs)).content.decode()
    Pairing.objects.filter(pk=cast.pairing.pk).update(
        ends_on=timezone.localdate(),
        state="ended",
        ended_at=timezone.now(),
        end_reason="Another team",
    )
    PairingFactory.create(
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        starts_on=timezone.localdate(),
    )
    page = as_(cast.anjali).get(path(needs)).content.decode()
    assert NOTE in page
    assert "How far you agree" not in page
    assert as_(cast.tomasz).get(path(needs)).status_code == 403


def test_the_next_mentor_takes_on_what_the_last_left_open(
    needs: Assessment, cast: Cast, as_: As
) -> None:
    rate_all(needs, cast.tomasz, 2)
    PairingFactory.create(
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        kind="secondary",
        starts_on=timezone.localdate(),
    )
    anjali, one = as_(cast.anjali), competencies(needs)[0]
    assert NOTE not in anjali.get(path(needs, "rate/")).content.decode()
    sent = {"edits": 1, f"level-{one.pk}": "4", "do": "save"}
    taken = anjali.post(path(needs, "rate/"), sent)
    assert taken.status_code == 409
    assert "Tomasz Wieczorek is rating as the mentor" in taken.content.decode()
    Pairing.objects.filter(pk=cast.pairing.pk).update(
        ends_on=timezone.localdate(),
        state="ended",
        ended_at=timezone.now(),
        end_reason="Another team",
    )
    assert anjali.post(path(needs, "rate/"), sent).status_code == 303
    assert list(Rating.objects.values_list("level", flat=True)) == [4]


def test_the_next_mentor_takes_back_what_the_last_signed(
    needs: Assessment, cast: Cast, as_: As
) -> None:
    reveal(needs, cast)
    first = competencies(needs)[0]
    agreed = {first.pk: Agreed(level=3, state="improving", note="")}
    keep_outcomes(assessment=needs, agreed=agreed, edits=0)
    needs.refresh_from_db()
    now = timezone.now()
    sign_assessment(actor=cast.tomasz, assessment=needs, edits=1, now=now)
    PairingFactory.create(
        program=cast.program,
        mentor=cast.anjali_enrolled,
        junior=cast.ines_enrolled,
        kind="secondary",
        starts_on=timezone.localdate(),
    )
    anjali = as_(cast.anjali)
    assert "Take back" not in anjali.get(path(needs)).content.decode()
    assert anjali.post(path(needs, "unsign/")).status_code == 409
    Pairing.objects.filter(pk=cast.pairing.pk).update(
        ends_on=timezone.localdate(), state="ended", ended_at=now, end_reason="Moved"
    )
    link = "Take back the signature of Tomasz Wieczorek"
    assert link in anjali.get(path(needs)).content.decode()
    assert "in their place" in anjali.get(path(needs, "unsign/")).content.decode()
    assert anjali.post(path(needs, "unsign/")).status_code == 303
    keep_outcomes(assessment=needs, agreed=agreed, edits=1)


def test_discard_assessment_while_the_other_wrote_nothing(
    needs: Assessment, cast: Cast, as_: As
) -> None:
    rate_all(needs, cast.tomasz, 2)
    assert as_(cast.ines).post(path(needs, "discard/")).status_code == 409
    assert as_(cast.tomasz).post(path(needs, "discard/")).status_code == 303
    assert not Assessment.objects.exists()


def test_plan_shows_the_pair_both_levels_once_both_are_in(
    needs: Assessment, cast: Cast, as_: As
) -> None:
    year = f"/o/tidewater/growth/{needs.plan_id}/"
    assert "Assess yourself" in as_(cast.ines).get(year).content.decode()
    assert "Assess Ines" in as_(cast.tomasz).get(year).content.decode()
    rate_all(needs, cast.ines, 2)
    rate_all(needs, cast.tomasz, 4)
    put_in(needs, cast.ines)
    page = as_(cast.ines).get(year).content.decode()
    assert ("Assess yourself" in page, 'class="track"' in page) == (False, False)
    put_in(needs, cast.tomasz)
    page = as_(cast.ines).get(year).content.decode()
    assert page.count("Self advanced beginner, mentor proficient") == len(
        competencies(needs)
    )
    lead = as_(cast.ruth).get(year).content.decode()
    assert 'class="track"' not in lead
    sign_both(needs, cast)
    assert "signed by both on" in as_(cast.ruth).get(year).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_do_not_grow(
    needs: Assessment,
    cast: Cast,
    as_: As,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    sign_both(reveal(needs, cast), cast)
    for _ in range(count):
        sign_both(reveal(begin(needs.plan, cast, "own"), cast), cast)
    newest = reveal(begin(needs.plan, cast, "own"), cast)
    client = as_(cast.tomasz)
    client.get(path(newest))
    with django_assert_num_queries(7):
        client.get(path(newest))
    with django_assert_num_queries(8):
        client.get(f"/o/tidewater/growth/{needs.plan_id}/assessments/")
    with django_assert_num_queries(18):
        client.get(f"/o/tidewater/growth/{needs.plan_id}/")


@pytest.mark.django_db(transaction=True)
def test_two_who_sign_at_the_same_moment_are_a_first_and_a_second() -> None:
    cast = make_cast()
    begin_plan(cast.pairing)
    plan = GrowthPlan.objects.get(junior=cast.ines_enrolled)
    needs = reveal(begin(plan, cast), cast)
    first = competencies(needs)[0]
    agreed = {first.pk: Agreed(level=3, state="improving", note="")}
    keep_outcomes(assessment=needs, agreed=agreed, edits=0)
    needs = Assessment.objects.select_related("plan__junior").get()
    together = Barrier(2)

    def sign(member: Membership) -> None:
        together.wait()
        sign_assessment(actor=member, assessment=needs, edits=1, now=timezone.now())
        connection.close()

    threads = [Thread(target=sign, args=[one]) for one in (cast.ines, cast.tomasz)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row = Assessment.objects.get()
    assert row.signed_at
    assert row.signed_at in (row.junior_signed_at, row.mentor_signed_at)
    assert row.junior_signed_at
    assert row.mentor_signed_at


def test_rate_takes_a_framework_of_hundreds_in_parts(
    plan: GrowthPlan, cast: Cast, as_: As
) -> None:
    assert plan.version
    draft = begin_draft(
        actor=cast.mark, framework=plan.version.framework, now=timezone.now()
    )
    area, last = draft.areas.all()[0], draft.competencies.count()
    Competency.objects.bulk_create(
        Competency(
            organisation=plan.organisation,
            version=draft,
            area=area,
            name=f"Number {n}",
            about="One of many",
            levels=["One sees it"] * 5,
            position=1_000 + n,
        )
        for n in range(120 - last)
    )
    seen = fingerprint(draft.content())
    publish(actor=cast.mark, draft=draft, note="", seen=seen, now=timezone.now())
    plan.version = draft
    plan.save()
    assessment, ines = begin(plan, cast), as_(cast.ines)
    rows = competencies(assessment)
    for part, kept in enumerate((rows[:50], rows[50:100], rows[100:])):
        data = {f"level-{one.pk}": "2" for one in kept}
        sent = {**data, "edits": part, "do": "next" if part < 2 else "in"}
        answer = ines.post(path(assessment, f"rate/?page={part + 1}"), sent)
        goal = path(assessment, f"rate/?page={part + 2}" if part < 2 else "")
        assert answer["Location"] == goal
    assessment.refresh_from_db()
    assert assessment.self_in_at
    assert Rating.objects.count() == 120

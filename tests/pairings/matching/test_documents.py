import json
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.cohorts import large
from pairings.matching import (
    Aim,
    BadDocument,
    Inputs,
    Outcome,
    Pin,
    Rule,
    Rules,
    Weights,
    decode,
    encode,
    solved,
)
from tests.pairings.matching.cohorts import Cohort, cohorts
from tests.pairings.matching.test_switching import inputs


@settings(max_examples=60, deadline=None)
@given(cohorts(), st.sampled_from(list(Aim)))
def test_a_run_opened_later_ends_in_the_same_bytes(cohort: Cohort, aim: Aim) -> None:
    given_ = inputs(cohort, aim)
    outcome, _problem = solved(given_)
    opened = decode(Inputs, encode(given_))
    assert opened == given_
    assert decode(Outcome, encode(outcome)) == outcome
    assert encode(solved(opened)[0]) == encode(outcome)


def golden(aim: Aim) -> Inputs:
    juniors, mentors = large(60, seed=7)
    return Inputs(
        juniors,
        mentors,
        Rules(min_overlap_minutes=300, relax_last=Rule.OVERLAP, min_tenure_months=6),
        Weights(),
        aim,
        (Pin(juniors[3].id, mentors[2].id),),
    )


@pytest.mark.parametrize(
    ("aim", "given_", "ended"),
    [
        (Aim.TOTAL, "26af3fc7c0886a2b", "eeea0059c4ce9cfc"),
        (Aim.FAIR, "d22725736252cae4", "85ea0d5192494165"),
    ],
)
def test_version_2_ends_as_it_always_did(aim: Aim, given_: str, ended: str) -> None:
    """If this fails on purpose, raise VERSION: kept runs would end otherwise."""
    one = golden(aim)
    assert sha256(encode(one)).hexdigest()[:16] == given_
    outcome, _problem = solved(decode(Inputs, encode(one)))
    assert sha256(encode(outcome)).hexdigest()[:16] == ended


def test_the_order_of_the_people_does_not_show() -> None:
    one = golden(Aim.TOTAL)
    juniors = list(one.juniors)
    juniors.reverse()
    other = Inputs(
        tuple(juniors), one.mentors[::-1], one.rules, one.weights, one.aim, one.pins
    )
    assert encode(other) == encode(one)


def test_what_is_no_document_of_this_version_is_refused() -> None:
    good = json.loads(encode(golden(Aim.TOTAL)))
    bad: list[object] = [
        {**good, "version": 0},
        {**good, "kind": "Outcome"},
        {**good, "body": good["body"][:-2]},
        {**good, "body": [1, *good["body"][1:]]},
        {**good, "body": [[["1", *good["body"][0][0][1:]]], *good["body"][1:]]},
        [],
        {},
    ]
    for document in bad:
        with pytest.raises(BadDocument):
            decode(Inputs, json.dumps(document).encode())
    with pytest.raises(BadDocument):
        decode(Inputs, b"\xff")

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.notifications.wording import (
    UnknownPlaceholder,
    filled,
    placeholders,
    unknown,
)

WORDS = {"junior": "Ines Carvalho", "day": "10 December"}


def test_filled_puts_the_words_in() -> None:
    text = "{junior}: your day is {day}, {junior}."
    assert filled(text, WORDS) == (
        "Ines Carvalho: your day is 10 December, Ines Carvalho."
    )


def test_placeholders_names_each_once_in_order() -> None:
    assert placeholders("{day} and {junior} and {day}") == ["day", "junior"]


def test_unknown_shows_what_is_wrong_as_it_stands() -> None:
    text = "{jnior} {junior} { {day!r} {junior.user} } {} {0} {jnior}"
    assert unknown(text, WORDS) == ["{jnior}", "{", "}"]


@pytest.mark.parametrize(
    "text", ["{mentor}", "{", "}", "{junior.user}", "{day!r}", "{day:>1000000000}"]
)
def test_filled_refuses_what_it_has_no_word_for(text: str) -> None:
    with pytest.raises(UnknownPlaceholder):
        filled(text, WORDS)


def test_filled_does_not_look_at_a_word_again() -> None:
    assert filled("{name}", {"name": "{day} %(day)s", "day": "x"}) == "{day} %(day)s"


@given(st.text(), st.dictionaries(st.sampled_from(["junior", "day"]), st.text()))
def test_filled_works_just_where_nothing_is_unknown(
    text: str, words: dict[str, str]
) -> None:
    if unknown(text, words):
        with pytest.raises(UnknownPlaceholder):
            filled(text, words)
    else:
        assert set(placeholders(text)) <= set(words)
        filled(text, words)

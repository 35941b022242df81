"""What a form says that its page had shown, from whoever sends it."""

import pytest
from django.http import QueryDict

from preceptor.seen import seen_in


@pytest.mark.parametrize(
    "said", ["", "{", "[]", "[" * 100_000, '{"a":' * 100_000, '{"name": 3}', "null"]
)
def test_what_no_page_wrote_says_nothing(said: str) -> None:
    answers = QueryDict(mutable=True)
    answers["seen"] = said
    assert seen_in(answers) == {}

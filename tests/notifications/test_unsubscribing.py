"""The link in a mail that turns its kind off."""

import pytest
from django.core.signing import BadSignature

from preceptor.notifications.models import Delivery
from preceptor.notifications.unsubscribing import read, token_for


def test_a_token_says_whose_and_which_kind() -> None:
    delivery = Delivery(recipient_id=7, kind="milestone")
    assert read(token_for(delivery)) == (7, "milestone")
    assert token_for(delivery) == token_for(Delivery(recipient_id=7, kind="milestone"))


@pytest.mark.parametrize("change", [str.upper, lambda token: token[:-1], lambda _: ""])
def test_a_token_that_was_altered_says_nothing(change: "object") -> None:
    token = token_for(Delivery(recipient_id=7, kind="milestone"))
    assert callable(change)
    with pytest.raises(BadSignature):
        read(change(token))

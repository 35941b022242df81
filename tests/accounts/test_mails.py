"""What the sign-in library writes to people, whatever the request says of itself."""

import re

import pytest
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core.context import request_context
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from preceptor.accounts.adapter import CHANGES, SUBJECTS
from tests.accounts.test_signing_in import sign_in_twice, signup_answer
from tests.cast import Cast

INES = "ines.carvalho@example.com"
FORGED = {
    "HTTP_HOST": "evil.example",
    "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_USER_AGENT": "http://evil.example/ Firefox/140 Windows",
}


@pytest.fixture
def anywhere(settings: Settings) -> None:
    """A proxy that passes any Host on, and a server that takes it."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.REGISTRATION_IS_OPEN = True
    settings.BASE_URL = "https://preceptor.example"


def letters() -> dict[str, str]:
    """By subject what was sent, as text and as HTML."""
    found = {}
    for message in mail.outbox:
        assert isinstance(message, EmailMultiAlternatives)
        html = "".join(str(body) for body, _kind in message.alternatives)
        found[str(message.subject)] = f"{message.body}\n{html}"
    return found


def links(letter: str) -> set[str]:
    return set(re.findall(r"https?://[^\s\"<]+", letter))


def test_a_forged_host_leads_no_mail_astray(cast: Cast, anywhere: None) -> None:
    """Of the mails that whoever types an address has sent there."""
    ines = Client(**FORGED)  # type: ignore[arg-type] # headers
    sign_in_twice(ines, INES)
    ines.post("/accounts/email/", {"email": "i@example.org", "action_add": ""})
    for path, answer in (
        ("/accounts/password/reset/", {"email": INES}),
        ("/accounts/login/code/", {"email": INES}),
        ("/accounts/login/code/", {"email": "nobody@example.com"}),
        ("/accounts/signup/", {**signup_answer(), "email": INES}),
        ("/accounts/signup/", signup_answer()),
    ):
        assert Client(**FORGED).post(path, answer).status_code == 302  # type: ignore[arg-type] # headers

    found = letters()

    subjects = [re.sub(r"%\(\w+\)s", ".*", str(one)) for one in SUBJECTS.values()]
    for subject in subjects:
        assert [one for one in found if re.fullmatch(subject, one)], subject
    assert not [one for one in found.values() if "evil" in one]
    assert {link.split("/")[2] for one in found.values() for link in links(one)} == {
        "preceptor.example"
    }
    (reset,) = [
        link
        for link in links(found["Choose a new password"])
        if "/accounts/password/reset/key/" in link
    ]
    path = reset.removeprefix("https://preceptor.example")
    page = Client().get(path, follow=True)
    assert 'name="password1"' in page.content.decode()


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_the_sign_in_is_told_without_what_the_request_says(
    cast: Cast, anywhere: None, name: str
) -> None:
    request = RequestFactory(**FORGED).post("/")  # type: ignore[arg-type] # headers
    assert EmailAddress.objects.get(user=cast.ines.user).primary
    with request_context(request):
        adapter = get_adapter(request)
        adapter.send_notification_mail(f"account/email/{name}", cast.ines.user)
    (letter,) = letters().values()
    assert "evil" not in letter
    assert "with Firefox on Windows" in letter
    assert links(letter) == {"https://preceptor.example/account/"}

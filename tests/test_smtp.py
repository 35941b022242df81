"""Mail that goes out in one go, to a real server that may refuse any part of it."""

import asyncio
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.mail import EmailMessage as Mail
from django.core.mail import get_connection
from pytest_django.fixtures import Settings

from tests.notifications.postbox import Postbox, postbox

TO = "ines@example.com"


@pytest.fixture(params=[True, False], ids=["together", "one by one"])
def box(request: Any, settings: Settings) -> Iterator[Postbox]:
    with postbox() as box:
        box.takes_together = request.param
        settings.EMAIL_BACKEND = "preceptor.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        settings.EMAIL_TIMEOUT = 5
        yield box


def mail(body: str = "Hi", to: str = TO) -> Mail:
    return Mail("Look", body, "Preceptor <from@example.com>", [f"Ines <{to}>"])


def content(message: EmailMessage) -> str:
    return str(message.get_content()).replace("\r", "")


@pytest.mark.parametrize("body", ["Hi", ".", "a\n.\nb\n..\n.c", "é\n.\n" * 3, ""])
def test_send_brings_a_mail_as_it_is(box: Postbox, body: str) -> None:
    connection = get_connection()
    assert connection.send_messages([mail(body), mail("second")]) == 2
    first, second = box.mails
    assert content(first).rstrip("\n") == body.rstrip("\n")
    assert content(second) == "second\n"
    assert box.connections == 1


@pytest.mark.parametrize(
    ("reply", "error"),
    [("554 no", smtplib.SMTPDataError), ("421 later", smtplib.SMTPDataError)],
)
def test_send_raises_what_the_server_says(
    box: Postbox, reply: str, error: type[Exception]
) -> None:
    box.reply_to_all = reply
    with pytest.raises(error) as told:
        mail().send()
    assert reply[:3] in str(told.value)
    assert box.mails == []


def test_send_goes_on_after_a_refusal(box: Postbox) -> None:
    box.replies[TO] = "554 no"
    connection = get_connection()
    connection.open()
    with pytest.raises(smtplib.SMTPDataError):
        connection.send_messages([mail()])
    assert connection.send_messages([mail(to="devon@example.com")]) == 1
    assert box.connections == 1


def test_send_says_whose_address_was_refused(
    box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also to a server that would take the mail of nobody."""

    async def handle_rcpt(  # the library waits for it
        _box: Postbox,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: Any,
    ) -> str:
        if address == TO:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    monkeypatch.setattr(Postbox, "handle_RCPT", handle_rcpt, raising=False)
    connection = get_connection()
    connection.open()
    with pytest.raises(smtplib.SMTPRecipientsRefused, match="no such person"):
        connection.send_messages([mail()])
    assert connection.send_messages([mail(to="devon@example.com")]) == 1
    assert [message["To"] for message in box.mails] == ["Ines <devon@example.com>"]


def test_send_makes_no_command_of_an_address(box: Postbox) -> None:
    connection = get_connection()
    connection.open()
    smtp = connection.connection  # type: ignore[attr-defined] # of the backend's own
    smtp.sendmail("a@example.com", "<b@example.com>\r\nRCPT TO:<c@example.com>", b"Hi")
    assert box.tried == ["b@example.com"]


def test_send_gives_up_on_a_server_that_takes_long_over_each_answer(
    box: Postbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each answer comes within the timeout, and all together too late."""
    settings.EMAIL_TIMEOUT = 0.5

    async def handle_rcpt(
        _box: Postbox,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: Any,
    ) -> str:
        await asyncio.sleep(0.3)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    monkeypatch.setattr(Postbox, "handle_RCPT", handle_rcpt, raising=False)
    four = [f"{n}@example.com" for n in range(4)]
    connection = get_connection()
    with pytest.raises(smtplib.SMTPServerDisconnected):
        connection.send_messages([Mail("Look", "Hi", "from@example.com", four)])
    connection.close()
    assert connection.send_messages([mail()]) == 1
    assert [message["To"] for message in box.mails] == [f"Ines <{TO}>"]

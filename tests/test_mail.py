from email import message_from_bytes, policy

import pytest
from django.core import mail as outgoing

from preceptor import mail

INVITATION = {
    "organisation": "Salt & Sons",
    "inviter": "Olga Petersen",
    "email": "ines.carvalho@example.com",
    "expires_at": "6 December 2026",
    "link": "http://localhost:8000/account/invitation/7-abc/?a=1&b=2",
    "button": "Join Salt & Sons",
}


def sent() -> outgoing.EmailMultiAlternatives:
    (message,) = outgoing.outbox
    assert isinstance(message, outgoing.EmailMultiAlternatives)
    return message


def send(**options: object) -> None:
    arguments = {
        "to": "ines.carvalho@example.com",
        "subject": "Join",
        "template": "invitation",
        "context": INVITATION,
        **options,
    }
    mail.send(**arguments)  # type: ignore[arg-type] # each test names its own


def test_send_writes_text_as_it_is_and_escapes_html() -> None:
    send()
    message = sent()
    html, kind = message.alternatives[0]
    assert message.to == ["ines.carvalho@example.com"]
    assert "Join Salt & Sons:\nhttp://localhost:8000/" in str(message.body)
    assert "?a=1&b=2\n" in str(message.body)
    assert kind == "text/html"
    assert "Olga Petersen invites you to Salt &amp; Sons" in str(html)
    assert 'href="http://localhost:8000/account/invitation/7-abc/?a=1&amp;b=2"' in str(
        html
    )


def test_send_keeps_a_subject_on_one_line_and_sets_headers() -> None:
    send(subject="Join\nSalt", headers={"Message-ID": "<7@preceptor>"})
    parsed = sent().message()
    assert parsed["Subject"] == "Join Salt"
    assert parsed["Message-ID"] == "<7@preceptor>"


@pytest.mark.parametrize(
    "subject",
    [
        "Month 2 of Inês Carvalho is due on Monday, 15 March",
        "Second meeting of Łukasz Żółć-Brzęczyszczykiewicz is due today, 2 December",
        "Zoë von der Außenstelle-Mühlenbach in der Grafschaft invites you to " * 2,
        "検証" * 40,
        "A name in plain letters that is longer than the line of a mail may be " * 2,
    ],
)
def test_send_folds_a_subject_so_that_it_reads_as_it_was_written(subject: str) -> None:
    subject = subject.strip()
    send(subject=subject)
    raw = sent().message().as_bytes()
    assert message_from_bytes(raw, policy=policy.default)["Subject"] == subject
    head = raw.partition(b"\n\n")[0].splitlines()
    assert max(len(line) for line in head) <= 78
    assert b"Subject: " not in head

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

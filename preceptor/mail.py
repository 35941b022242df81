"""One message to one person, as text and as HTML."""

from collections.abc import Mapping
from email.header import Header
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template import Context, Engine


class _Mail(EmailMultiAlternatives):
    """A mail whose subject folds where its header's name leaves room.

    Django before 6.0 encodes a subject beyond ASCII as if no name stood before it. The
    first word then falls to the second line, and readers show a space before it.
    """

    def message(self, **options: Any) -> Any:
        message = super().message(**options)
        subject = Header(str(self.subject), header_name="Subject")
        message.replace_header("Subject", subject)
        return message


def send(
    *,
    to: str,
    subject: str,
    template: str,
    context: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
    calendar: bytes | None = None,
    connection: BaseEmailBackend | None = None,
) -> None:
    """Sends `emails/<template>.txt` with `emails/<template>.html` beside it.

    Both extend `emails/base`, which shows `link` under the label `button` if the
    context has them. Rendered in the language and time zone of the moment, so the
    caller sets the recipient's. `calendar` goes along as an invitation that readers of
    mail offer to take into a calendar. Raises what the mail backend raises.
    """
    message = _Mail(
        subject=" ".join(subject.split()),
        body=_rendered(f"emails/{template}.txt", context, autoescape=False),
        to=[to],
        headers=dict(headers or {}),
        connection=connection,
    )
    html = _rendered(f"emails/{template}.html", context, autoescape=True)
    message.attach_alternative(html, "text/html")
    if calendar is not None:
        message.attach_alternative(calendar.decode(), _calendar_type(calendar))
    message.send()


def _calendar_type(calendar: bytes) -> str:
    """Readers of mail look for the method beside the type, and it has to agree."""
    is_cancelled = b"METHOD:CANCEL" in calendar
    return f"text/calendar; method={'CANCEL' if is_cancelled else 'REQUEST'}"


def _rendered(name: str, context: Mapping[str, Any], *, autoescape: bool) -> str:
    page = Engine.get_default().get_template(name)
    return page.render(Context(dict(context), autoescape=autoescape)).strip() + "\n"

"""Files that somebody takes along.

There is no other way out: what makes the answer writes the entry of the history, too.
"""

from collections.abc import Iterable
from typing import TypeVar

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from preceptor.accounts.acts import Act, note
from preceptor.accounts.models import Membership
from preceptor.replica import streamed

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
Answer = TypeVar("Answer", HttpResponse, StreamingHttpResponse)
BYTES = "application/octet-stream"
"""What is none of these is kept as it is, and never shown as a page."""


def empty_form(body: bytes, name: str) -> HttpResponse:
    """A file to fill in, which holds nothing of anybody: no entry."""
    return _file(HttpResponse(body), name)


def taken_along(
    body: str | bytes | Iterable[bytes],
    name: str,
    *,
    actor: Membership,
    subject: str,
    program_id: int | None = None,
    person_id: int | None = None,
    act: Act = Act.EXPORT,
) -> HttpResponse | StreamingHttpResponse:
    """The file as an answer, of a type that its name says, and the entry of it.

    `subject` says of what, and `person_id` of whom: see `acts.note`.
    """
    note(
        actor=actor,
        act=act,
        subject=subject,
        program_id=program_id,
        person_id=person_id,
    )
    if isinstance(body, str | bytes):
        return _file(HttpResponse(body), name)
    # What somebody has gathered for themselves is newer than a standby may be.
    lines = streamed(body) if act == Act.EXPORT else body
    return _file(StreamingHttpResponse(lines), name)


def _file(answer: Answer, name: str) -> Answer:
    answer.headers["Content-Type"] = TYPES.get(name.rpartition(".")[2], BYTES)
    answer.headers["Content-Disposition"] = content_disposition_header(True, name)
    return answer

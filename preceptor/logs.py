"""Lines of the log: what they are tied together by, and what never stands in them.

A strict line holds no words of people: no name, no address of anybody, no path as it
was asked for, nothing that was typed. What failed is told by its class, its codes and
the places in the code that it passed through.
"""

import json
import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
# What would begin another line, or speak to the terminal that shows it.
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
KEYS: Final = re.compile(
    r"(/(?:shared|calendar|unsubscribe|my-data/download|account/invitation"
    r"|accounts/password/reset/key)/)"
    r"[^/\s?\"']{20,}"
)
"""An address that whoever has it may open, up to its token."""
WORD: Final = re.compile(r"[^\s<>\"'(),:;=]+")
OWN: Final = ("preceptor", "pairings", "reviews", "progress", "celery", "kombu")
"""Whose log calls are known to pass numbers and names of things, never of people."""
OF_A_TASK: Final = ("name", "id", "description", "runtime", "hostname")
FRAMES: Final = 12


@dataclass(frozen=True, slots=True)
class Trace:
    """In what a line was written, or a row of the history: a request or a task.

    A task that a request asked for carries the request's id on.
    """

    request_id: str = ""
    task: str = ""
    task_id: str = ""


trace: Final = ContextVar("trace", default=Trace())  # noqa: B039 # it is frozen


def request_id() -> str:
    """Of the request that this runs in or was asked for by; empty outside of any."""
    return trace.get().request_id


def configuration(
    form: str, *, level: str, tells_requests: bool, is_strict: bool
) -> dict[str, Any]:
    """As `logging.config` takes it: all to standard error, as "json" or "text"."""
    line = {"()": "preceptor.logs.Line", "fmt": "%(levelname)s %(name)s %(message)s"}
    of_requests = level if tells_requests else "WARNING"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": "preceptor.logs.Json"},
            "text": {**line, "is_strict": is_strict},
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": form}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"preceptor.requests": {"level": of_requests}},
    }


class Line(logging.Formatter):
    """For a terminal. `is_strict` leaves out all words of people, too."""

    def __init__(self, fmt: str | None = None, *, is_strict: bool = False) -> None:
        super().__init__(fmt)
        self.is_strict = is_strict

    def format(self, record: logging.LogRecord) -> str:
        """Django names the address of each request that it refuses, and its trace."""
        if not self.is_strict:
            text = KEYS.sub(r"\1…", super().format(record))
            return _joined(text, getattr(record, "told", {}))
        text = f"{record.levelname} {record.name} {said(record)}"
        return _joined(text, {**fields(record), **errors(record.exc_info)})


def _joined(text: str, told: Mapping[str, Any]) -> str:
    return " ".join([text, *(f"{name}={value}" for name, value in told.items())])


class Json(logging.Formatter):
    """For machines: one strict line of JSON a record."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        told = {
            "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": said(record),
            **fields(record),
            **errors(record.exc_info),
        }
        return json.dumps(told, ensure_ascii=False, default=str)


def fields(record: logging.LogRecord) -> dict[str, Any]:
    """What stands beside the message: the trace, and what the caller told apart."""
    own = trace.get()
    # Django tells of what it refused once the request is over.
    asked = own.request_id or getattr(getattr(record, "request", None), "trace_id", "")
    told = {"request_id": asked, "task": own.task, "task_id": own.task_id}
    if isinstance(record.args, Mapping) and not own.task_id:
        told["task"] = str(record.args.get("name", ""))
        told["task_id"] = str(record.args.get("id", ""))
    return {
        **{name: text for name, text in told.items() if text},
        **getattr(record, "told", {}),
    }


def said(record: logging.LogRecord) -> str:
    """The message without the words of people."""
    request, status = getattr(record, "request", None), _status(record)
    if request is not None:  # Django's own: it would name the path
        return f"{status} {route_of(request)}".strip()
    args = record.args
    is_own = record.name.partition(".")[0] in OWN
    if isinstance(args, Mapping):
        args = {
            name: value if name in OF_A_TASK else "…" for name, value in args.items()
        }
    elif args:
        args = tuple(_told(value, is_own=is_own) for value in args)
    try:
        text = str(record.msg) % args if args else str(record.msg)
    except (TypeError, ValueError, KeyError):
        text = str(record.msg)
    text = UNSEEN.sub(" ", KEYS.sub(r"\1…", text))
    return WORD.sub(_unless_mailbox, text).rstrip()


def _unless_mailbox(word: re.Match[str]) -> str:
    """By looking for its parts: one expression for all of it takes minutes over the
    hundreds of kilobytes without a break that a stranger can send."""
    _name, _at, domain = word[0][1:].partition("@")
    return "…" if "." in domain.strip(".") else word[0]


def route_of(request: Any) -> str:
    """The name of the view's address, say `reviews:read`, which names no row."""
    match = getattr(request, "resolver_match", None)
    return (match.view_name if match else "") or "none"


def _status(record: logging.LogRecord) -> str:
    status = getattr(record, "status_code", "")
    return f"{status}"


def _told(value: object, *, is_own: bool) -> object:
    """A value of a message as it may be told."""
    if isinstance(value, BaseException):
        return described(value)
    return value if is_own or isinstance(value, (int, float)) else "…"


def errors(
    info: tuple[type[BaseException], BaseException, TracebackType | None]
    | tuple[None, None, None]
    | None,
) -> dict[str, Any]:
    """What failed, with what caused it, and where; never in the words of the error.

    Those may hold what was typed: a database quotes the row that it refuses.
    """
    if not info or info[1] is None:
        return {}
    places = [
        (place(one.filename), f"{one.lineno} {one.name}")
        for one in traceback.extract_tb(info[2])
    ]
    # Of the libraries the innermost alone: nobody reads their fifty steps.
    own = [(path, rest) for path, rest in places[:-1] if "/" in path][-FRAMES:]
    return {
        "error": " < ".join(described(one) for one in _causes(info[1])),
        "where": [f"{path}:{rest}" for path, rest in (*own, *places[-1:])],
    }


def described(error: BaseException) -> str:
    """Its class and its codes: SQLSTATE and constraint, errno, answer of a server."""
    cause = error.__cause__
    diagnosis = getattr(error, "diag", None) or getattr(cause, "diag", None)
    found = (
        getattr(error, "sqlstate", None) or getattr(cause, "sqlstate", None),
        getattr(diagnosis, "constraint_name", None),
        getattr(error, "errno", None),
        getattr(error, "smtp_code", None),
    )
    codes = ", ".join(str(code) for code in found if code)
    name = type(error).__qualname__
    return f"{name} ({codes})" if codes else name


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in seen:
        seen.append(following)
        yield following
        following = following.__cause__ or following.__context__


def place(name: str) -> str:
    """The path within the product; of a library the file's name alone."""
    path = Path(name)
    is_own = path.is_relative_to(ROOT) and "site-packages" not in path.parts
    return str(path.relative_to(ROOT)) if is_own else path.name

"""Who acts is told to the database in front of each statement that writes.

In the same message, so that it costs no query; triggers keep it (`preceptor.history`).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import uuid4

from django.core.checks import CheckMessage, Error, register
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse
from django.utils.functional import LazyObject, empty

from preceptor.logs import request_id, trace

SETTING = "preceptor.acting"

_acting: ContextVar[Callable[[], str] | None] = ContextVar("acting", default=None)
_NAME = re.compile(r"[\w.: -]{1,80}")
_WRITES = re.compile(
    r"\s*(?:INSERT|UPDATE|DELETE|MERGE|WITH\b.*\b(?:INSERT|UPDATE|DELETE))\b",
    re.IGNORECASE | re.DOTALL,
)


@contextmanager
def acting(through: str, user: int | None = None) -> Iterator[None]:
    """What is written meanwhile is by a command or process of this name.

    `user` is the number of whoever started it, if somebody did. Tasks name themselves.
    """
    if not _NAME.fullmatch(through):
        raise ValueError(f"{through!r} is no plain name")
    told = f"{user or ''}|{request_id() or uuid4().hex}|{through}"
    token = _acting.set(lambda: told)
    try:
        yield
    finally:
        _acting.reset(token)


def of_request(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """What a request writes is by whoever it is of, known once that was looked up."""

    def middleware(request: HttpRequest) -> HttpResponse:
        token = _acting.set(lambda: f"{_user(request)}|{request_id()}|web")
        try:
            return get_response(request)
        finally:
            _acting.reset(token)

    return middleware


def _user(request: HttpRequest) -> str:
    """The number of who is signed in, as far as somebody asked for them already."""
    user: Any = getattr(request, "user", None)
    if isinstance(user, LazyObject) and user.__dict__.get("_wrapped") is empty:
        return ""
    return str(getattr(user, "pk", None) or "")


def _who() -> str:
    """The user's number, the request's and through what is written, between bars.

    Nothing where nobody said so.
    """
    if (of_request := _acting.get()) is not None:
        return of_request()
    now = trace.get()
    return f"|{now.request_id or now.task_id}|task {now.task}" if now.task else ""


def tell(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
) -> Any:
    """Wraps the execution of SQL: says in front of what writes who acts.

    For the transaction alone, so that no pooled connection remembers it. What goes
    past `execute`, such as COPY, is by whoever wrote last in its transaction; see
    `announce`.
    """
    if not isinstance(sql, str) or not _WRITES.match(sql) or not (who := _who()):
        return execute(sql, params, many, context)
    if many:
        announce(context["cursor"].cursor)
        return execute(sql, params, many, context)
    setting = f"SELECT set_config('{SETTING}', '{who}', true)"
    cursor = execute(f"{setting}; {sql}", params, many, context)
    while cursor.nextset():
        pass
    return cursor


def told() -> tuple[str, str]:
    """The number of the request or task, and through what is written now."""
    _user_number, request, through = (_who() or "||shell").split("|")
    return request, through


def announce(cursor: Any) -> None:
    """Says who acts, for the rest of a transaction that goes on by COPY."""
    if who := _who():
        cursor.execute(f"SELECT set_config('{SETTING}', %s, true)", [who])


def _wrap(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    if tell not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, tell)


def listen() -> None:
    """Every connection tells who acts from its beginning."""
    connection_created.connect(_wrap, dispatch_uid="preceptor.acting")


@register
def _client_binds(
    app_configs: Sequence[Any] | None, **_kwargs: Any
) -> list[CheckMessage]:
    """Two statements in one message need values that the driver puts in."""
    binds = connections["default"].settings_dict["OPTIONS"].get("server_side_binding")
    words = "History needs server_side_binding to be off"
    return [Error(words, id="preceptor.E001")] if binds else []

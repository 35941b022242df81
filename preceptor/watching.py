"""What each request leaves behind: its id in the answer, a line, figures."""

import logging
import re
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse

from preceptor import metrics
from preceptor.logs import Trace, route_of, trace

HEADER: Final = "X-Request-ID"
IDS: Final = re.compile(r"[0-9A-Fa-f-]{16,64}")
"""What proxies write: hexadecimal, with dashes. Nobody's name passes for one."""
QUIET: Final = ("healthz", "readyz", "metrics", "health_reminders", "static")
"""Asked every few seconds, by machines, or by every page."""
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

logger = logging.getLogger("preceptor.requests")

Response = Callable[[HttpRequest], HttpResponse]
Tell = Callable[[Mapping[str, Any]], None]
around: Final[list[Callable[[HttpRequest], AbstractContextManager[Tell]]]] = []
"""Who else wants to be around each request, and be told of its answer."""


@dataclass
class Queries:
    """Counts the statements that go to the database."""

    number: int = 0

    def __call__(self, execute: Callable[..., Any], *statement: Any) -> Any:
        self.number += 1
        return execute(*statement)


def watched(get_response: Response) -> Response:
    """Stands before all others, so that what any of them answers is told of, too."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        own = Trace(request_id=given if IDS.fullmatch(given) else uuid4().hex)
        request.trace_id = own.request_id  # type: ignore[attr-defined] # for the log
        token, queries, began = trace.set(own), Queries(), time.perf_counter()
        try:
            with ExitStack() as stack:
                for name in settings.DATABASES:
                    stack.enter_context(connections[name].execute_wrapper(queries))
                if settings.METRICS_TOKEN:
                    stack.enter_context(metrics.running.track_inprogress())
                listening = [stack.enter_context(one(request)) for one in around]
                response = get_response(request)
                response.headers[HEADER] = own.request_id
                took = time.perf_counter() - began
                told = _tell(request, response, took, queries.number)
                for tell in listening:
                    tell(told)
        finally:
            trace.reset(token)
        return response

    return middleware


def _tell(
    request: HttpRequest, response: HttpResponse, seconds: float, queries: int
) -> dict[str, Any]:
    """One line, and what it says.

    What polls ask for in vain, and static files, are for debugging.
    """
    is_static = request.path_info.startswith(settings.STATIC_URL)
    route = "static" if is_static else route_of(request)
    method = str(request.method) if request.method in METHODS else "other"
    if settings.METRICS_TOKEN:
        metrics.observe(method, route, response.status_code, seconds, queries)
    is_quiet = route in QUIET or response.status_code == 204
    level = logging.DEBUG if is_quiet else logging.INFO
    told = {
        "method": method,
        "route": route,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "queries": queries,
    }
    logger.log(level, "request", extra={"told": told})
    return told

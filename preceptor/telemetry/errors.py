"""What was logged as an error, to Sentry or what understands its envelopes."""

import logging
import traceback
from collections.abc import Callable
from typing import Any, Final

import sentry_sdk
from sentry_sdk.types import Event, Hint

from preceptor.logs import described, fields, place, said

KEPT: Final = frozenset(
    {
        "contexts",
        "environment",
        "event_id",
        "exception",
        "level",
        "logger",
        "message",
        "platform",
        "release",
        "sdk",
        "tags",
        "timestamp",
        "type",
    }
)
SECONDS: Final = 2.0


def start(address: str, *, environment: str) -> Callable[[], None]:
    """Sends each error to this address from now on; gives what ends that."""
    sentry_sdk.init(
        dsn=address,
        environment=environment,
        before_send=only_kept,
        default_integrations=False,
        auto_enabling_integrations=False,
        auto_session_tracking=False,
        include_local_variables=False,
        include_source_context=False,
        max_breadcrumbs=0,
        max_request_body_size="never",
        server_name="preceptor",
        shutdown_timeout=SECONDS,
    )
    handler = ToSentry(logging.ERROR)
    logging.getLogger().addHandler(handler)

    def stop() -> None:
        logging.getLogger().removeHandler(handler)
        sentry_sdk.flush(timeout=SECONDS)
        sentry_sdk.get_global_scope().set_client(None)

    return stop


class ToSentry(logging.Handler):
    """Makes an event of a record; of a page that only says 5xx none."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is None and record.name == "django.request":
            return
        event: Event = {
            "level": "fatal" if record.levelno >= logging.CRITICAL else "error",
            "logger": record.name,
            "message": said(record),
            "tags": {name: str(text) for name, text in fields(record).items()},
        }
        if error is not None:
            event["exception"] = {"values": [_exception(error)]}
        sentry_sdk.capture_event(event)


def _exception(error: BaseException) -> dict[str, Any]:
    """Its class, its codes and its way through the code, the innermost last."""
    return {
        "type": type(error).__qualname__,
        "value": described(error),
        "stacktrace": {
            "frames": [
                {
                    "filename": place(step.filename),
                    "function": step.name,
                    "lineno": step.lineno,
                    "in_app": "/" in place(step.filename),
                }
                for step in traceback.extract_tb(error.__traceback__)
            ]
        },
    }


def only_kept(event: Event, _hint: Hint) -> Event:
    """What else the library may add one day stays here."""
    for name in set(event) - KEPT:
        del event[name]  # type: ignore[misc] # any of its names
    return event

import os
from contextvars import Token
from typing import Any

from celery import Celery, Task, signals

from preceptor.limits import limit_worker
from preceptor.logs import Trace, request_id, trace

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "preceptor.settings")
app = Celery("preceptor")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

HEADER = "request_id"
_running: dict[str, Token[Trace]] = {}


@signals.setup_logging.connect
def log_as_the_web_does(**_rest: Any) -> None:
    """That somebody listens keeps Celery from setting up a log of its own."""


@signals.worker_init.connect
def hold_to_limits(**_rest: Any) -> None:
    """Before it forks the processes that open connections of their own."""
    limit_worker()


@signals.before_task_publish.connect
def send_along(headers: dict[str, Any], **_rest: Any) -> None:
    """The id of the request that asks for a task travels with it."""
    if asked := request_id():
        headers[HEADER] = asked


@signals.task_prerun.connect
def begin(task_id: str, task: "Task[..., Any]", **_rest: Any) -> None:
    asked = str(task.request.get(HEADER) or request_id())
    _running[task_id] = trace.set(Trace(asked, task.name, task_id))


@signals.task_postrun.connect
def end(task_id: str, **_rest: Any) -> None:
    if token := _running.pop(task_id, None):
        trace.reset(token)

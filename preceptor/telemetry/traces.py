"""A span for each request and each task, to a collector of OpenTelemetry (OTLP)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

from celery import Task, signals
from django.http import HttpRequest
from opentelemetry import context as contexts
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from preceptor import watching
from preceptor.logs import request_id

SECONDS: Final = 2


def start(address: str, *, share: float) -> Callable[[], None]:
    """Sends spans of this share of requests to the address; gives what ends that.

    `address` is that of the collector's traces: http://127.0.0.1:4318/v1/traces.
    """
    provider = TracerProvider(
        sampler=ParentBasedTraceIdRatio(share),
        resource=Resource({"service.name": "preceptor"}),
        shutdown_on_exit=True,
    )
    exporter = OTLPSpanExporter(endpoint=address, timeout=SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    spans = Spans(provider.get_tracer("preceptor"))
    spans.connect()

    def stop() -> None:
        spans.disconnect()
        provider.shutdown()

    return stop


class Spans:
    """Names of routes and tasks, counts and ids; no address, statement or error."""

    def __init__(self, tracer: Tracer) -> None:
        self.tracer = tracer
        self.carrier = TraceContextTextMapPropagator()
        self.running: dict[str, AbstractContextManager[Any]] = {}

    def connect(self) -> None:
        watching.around.append(self.of_request)
        signals.before_task_publish.connect(self.send_along)
        signals.task_prerun.connect(self.begin)
        signals.task_postrun.connect(self.end)

    def disconnect(self) -> None:
        watching.around.remove(self.of_request)
        signals.before_task_publish.disconnect(self.send_along)
        signals.task_prerun.disconnect(self.begin)
        signals.task_postrun.disconnect(self.end)

    @contextmanager
    def of_request(self, _request: HttpRequest) -> Iterator[watching.Tell]:
        with self._span("request", contexts.Context(), SpanKind.SERVER) as span:

            def tell(told: Mapping[str, Any]) -> None:
                span.update_name(f"{told['method']} {told['route']}")
                span.set_attributes(
                    {
                        "http.request.method": told["method"],
                        "http.route": told["route"],
                        "http.response.status_code": told["status"],
                        "preceptor.queries": told["queries"],
                        "preceptor.request_id": request_id(),
                    }
                )
                if told["status"] >= 500:
                    span.set_status(Status(StatusCode.ERROR))

            yield tell

    def send_along(self, headers: dict[str, Any], **_rest: Any) -> None:
        self.carrier.inject(headers)

    def begin(self, task_id: str, task: "Task[..., Any]", **_rest: Any) -> None:
        parent = task.request.get("traceparent")
        context = self.carrier.extract({"traceparent": parent} if parent else {})
        span = self._span(task.name, context, SpanKind.CONSUMER)
        span.__enter__().set_attributes(
            {"preceptor.task_id": task_id, "preceptor.request_id": request_id()}
        )
        self.running[task_id] = span

    def end(self, task_id: str, **_rest: Any) -> None:
        if span := self.running.pop(task_id, None):
            span.__exit__(None, None, None)

    def _span(
        self, name: str, context: contexts.Context, kind: SpanKind
    ) -> AbstractContextManager[Any]:
        return self.tracer.start_as_current_span(
            name,
            context=context,
            kind=kind,
            record_exception=False,
            set_status_on_exception=False,
        )

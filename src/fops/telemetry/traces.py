"""Traces: spans and log records over OTLP/HTTP. Loaded only where an endpoint is set; what it costs is never the caller's."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from threading import Thread

from opentelemetry import context as otel
from opentelemetry import trace
from opentelemetry._logs import SeverityNumber
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from fops import __version__
from fops.actions.operations import StepEvent
from fops.kernel.correlation import bound, taken_along
from fops.kernel.redaction import redact_text
from fops.telemetry.hear import Run
from fops.telemetry.logs import event_of

EXPORT_SECONDS = 5.0  # of one export; a collector that is slower loses this batch
FLUSH_SECONDS = 5.0  # the end of a server waits no longer for a collector that is gone
_OWN_TALK = ("opentelemetry", "urllib3", "requests")  # what exporting says must not be exported
_SEVERITY = {logging.DEBUG: SeverityNumber.DEBUG, logging.INFO: SeverityNumber.INFO,
             logging.WARNING: SeverityNumber.WARN, logging.ERROR: SeverityNumber.ERROR}  # fmt: skip
_ERROR = {"type": "type", "message": "message", "traceback": "stacktrace"}  # as the conventions name them
_W3C = TraceContextTextMapPropagator()


class Tracing:
    """Hears operations, steps and actions as spans, below the span of their request or of the `trace` of their context."""

    def __init__(self, endpoint: str) -> None:
        base = endpoint.rstrip("/")
        about = Resource({"service.name": "fops", "service.version": __version__}).merge(
            OTELResourceDetector().detect()
        )
        self.provider = TracerProvider(resource=about, shutdown_on_exit=False)
        self.provider.add_span_processor(_Redacted())
        self.provider.add_span_processor(
            BatchSpanProcessor(OTLPSpanExporter(f"{base}/v1/traces", timeout=EXPORT_SECONDS))
        )
        self._logs = LoggerProvider(resource=about, shutdown_on_exit=False)
        self._logs.add_log_record_processor(
            BatchLogRecordProcessor(OTLPLogExporter(f"{base}/v1/logs", timeout=EXPORT_SECONDS))
        )
        self._handler = _ToCollector(self._logs)
        logging.getLogger().addHandler(self._handler)
        self._tracer = self.provider.get_tracer("fops", __version__)
        self._steps: dict[tuple[str, str], ExitStack] = {}

    @contextmanager
    def during(self, run: Run) -> Iterator[None]:
        """As `Ear`."""
        ctx = run.ctx
        words = {"fops.tenant": ctx.tenant, "fops.actor": ctx.actor, "fops.request_id": ctx.request_id,
                 "fops.operation_id": ctx.operation_id or ""}  # fmt: skip
        with self._span(f"{run.kind} {run.name}", ctx.trace, words) as span:
            try:
                yield
            finally:
                span.set_attribute("fops.outcome", run.outcome)
                if run.error is not None:
                    said = redact_text(f"{type(run.error).__name__}: {run.error}")
                    span.set_status(StatusCode.ERROR, said)

    def stepped(self, event: StepEvent) -> None:
        """As `Ear`; both calls come on the thread that runs the step, so what opens can be closed there."""
        key = (event.operation_id, event.step)
        if event.status == "started":
            stack = self._steps[key] = ExitStack()
            stack.enter_context(
                self._span(f"step {event.step}", None, {"fops.operation_id": event.operation_id})
            )
        elif key in self._steps:
            if event.status != "succeeded":
                trace.get_current_span().set_status(StatusCode.ERROR, event.detail)
            self._steps.pop(key).close()

    def audited(self, action: str, outcome: str) -> None:
        """As `Ear`."""
        trace.get_current_span().add_event("audit", {"action": action, "outcome": outcome})

    def waited(self, seconds: float) -> None:
        """As `Ear`; a metric says it better."""

    @staticmethod
    @contextmanager
    def current() -> Iterator[None]:
        """Let log lines inside name the span that is open here, and requests sent inside carry it."""
        span = trace.get_current_span().get_span_context()
        if not span.is_valid:
            yield
            return
        carried: dict[str, str] = {}
        _W3C.inject(carried)
        with bound(trace_id=trace.format_trace_id(span.trace_id)), taken_along(carried):
            yield

    def close(self) -> None:
        """Send what is left, for FLUSH_SECONDS and not longer."""
        logging.getLogger().removeHandler(self._handler)
        ends = [Thread(target=one.shutdown, daemon=True) for one in (self.provider, self._logs)]
        for one in ends:
            one.start()
        for one in ends:
            one.join(FLUSH_SECONDS)

    @contextmanager
    def _span(self, name: str, parent: str | None, words: Mapping[str, str]) -> Iterator[trace.Span]:
        above = otel.get_current()
        if parent and not trace.get_current_span().get_span_context().is_valid:
            above = _W3C.extract({"traceparent": parent}, above)
        span = self._tracer.start_span(
            name, above, attributes={key: value for key, value in words.items() if value}
        )
        opened = trace.use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False)
        with opened, self.current():
            yield span


class _Redacted(SpanProcessor):
    """Masks what a caller may have put into an address, before anything is exported."""

    def on_start(self, span: Span, parent_context: otel.Context | None = None) -> None:  # noqa: ARG002 - the SDK's signature
        for name in ("url.path", "url.query"):
            value = (span.attributes or {}).get(name)
            if isinstance(value, str):
                span.set_attribute(name, redact_text(value))


class _ToCollector(logging.Handler):
    """Sends log lines, redacted as on stderr, with the span they belong to."""

    def __init__(self, provider: LoggerProvider) -> None:
        super().__init__()
        self._logger = provider.get_logger("fops", __version__)

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(_OWN_TALK):
            return
        event = event_of(record)
        body = event.pop("event")
        error = event.pop("error", {})
        event |= {f"exception.{_ERROR[key]}": value for key, value in error.items()}
        attributes = {
            key: value if isinstance(value, (str, int, float)) else str(value) for key, value in event.items()
        }
        severity = _SEVERITY.get(record.levelno, SeverityNumber.INFO)
        self._logger.emit(timestamp=int(record.created * 1e9), severity_number=severity, severity_text=record.levelname,
                          body=body, attributes=attributes)  # fmt: skip

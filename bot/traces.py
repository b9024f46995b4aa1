"""A trace of each ended call, for what collects OpenTelemetry's: one span for the call, one for each part of it.

Owns the form of a trace. It is made of the call's timeline, so it holds times, figures and codes, and neither words nor
numbers. Needs the extra `traces`; imported where an endpoint is set only. Follows
https://opentelemetry.io/docs/specs/otel/trace/api/ and https://opentelemetry.io/docs/specs/otlp/#otlphttp.
"""

from collections.abc import Iterator, Sequence

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Span, set_span_in_context

from bridge.timeline import Span as Stretch
from bridge.timeline import Timeline, figures

_PATH = "/v1/traces"  # "the path is appended to the endpoint", as the specification has it for the base URL


class Traces:
    def __init__(self, exporter: SpanExporter) -> None:
        self._provider = TracerProvider(resource=Resource.create({"service.name": "ringback"}), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))  # it sends from a thread of its own
        self._tracer = self._provider.get_tracer("ringback")

    def ended(self, line: Timeline) -> None:
        """A call that is over."""
        attributes = {f"ringback.{name}": value for name, value in figures(line).items()}
        call = self._tracer.start_span("call", attributes=attributes, start_time=_ns(line, 0))
        for barge_in in line.barge_ins:
            told = {"ringback.outcome": barge_in.outcome or "unknown"}
            call.add_event("barge-in", told, timestamp=_ns(line, barge_in.at_ms))
        for name, stretches in _parts(line):
            for stretch in stretches:
                self._part(call, name, stretch, line)
        call.end(_ns(line, line.ended_ms))

    def _part(self, call: Span, name: str, stretch: Stretch, line: Timeline) -> None:
        began = _ns(line, stretch.began_ms)
        part = self._tracer.start_span(name, context=set_span_in_context(call), start_time=began)
        part.end(_ns(line, stretch.ended_ms))

    def close(self) -> None:
        """Send what has not been sent. Waits for the network."""
        self._provider.shutdown()


def exporter(endpoint: str, headers: str) -> SpanExporter:
    """`headers`: `name=value,name=value`."""
    pairs = (pair.partition("=") for pair in headers.split(",") if "=" in pair)
    given = {name.strip(): value.strip() for name, _, value in pairs}
    return OTLPSpanExporter(endpoint=endpoint.rstrip("/").removesuffix(_PATH) + _PATH, headers=given)


def _parts(line: Timeline) -> Iterator[tuple[str, Sequence[Stretch]]]:
    answered = line.ended_ms if line.answered_ms is None else line.answered_ms
    yield "ring", [Stretch(0, answered)]
    yield "agent speaks", [span for span in line.spoken if span.party == "agent"]
    yield "callee speaks", [span for span in line.spoken if span.party == "callee"]
    yield "reply", line.replies
    yield "hold", line.holds
    yield "requester on the line", line.joined


def _ns(line: Timeline, at_ms: int) -> int:
    return round(line.began_unix * 1000 + at_ms) * 1_000_000

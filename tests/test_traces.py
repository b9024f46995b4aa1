"""Traces: a span for a call and one for each part of it, at the times at which they were, without words."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bot.traces import Traces, exporter
from bridge.call import Ending, EndReason
from bridge.timeline import BargeIn, Span, Spoken, Timeline

LINE = Timeline(
    ended_ms=46_000,
    began_unix=1000.5,
    answered_ms=4000,
    spoken=(Spoken(4100, 6000, "agent"), Spoken(6200, 7000, "callee")),
    replies=(Span(7000, 7640),),
    barge_ins=(BargeIn(5000, "yielded"), BargeIn(5500)),
    holds=(Span(9000, 10_000),),
    joined=(Span(20_000, 30_000),),
    ending=Ending(EndReason.GOODBYE, ring_s=4.0, talk_s=42.0, cost_usd=0.25),
)


def sent(line: Timeline) -> dict[str, ReadableSpan]:
    memory = InMemorySpanExporter()
    traces = Traces(memory)
    traces.ended(line)
    traces.close()
    return {span.name: span for span in memory.get_finished_spans()}


@pytest.fixture(scope="module")
def spans() -> dict[str, ReadableSpan]:
    return sent(LINE)


def times(span: ReadableSpan) -> tuple[float, float]:
    assert span.start_time is not None
    assert span.end_time is not None
    return span.start_time / 1e9, span.end_time / 1e9


@pytest.mark.parametrize(
    ("name", "began", "ended"),
    [
        ("call", 1000.5, 1046.5),
        ("ring", 1000.5, 1004.5),
        ("agent speaks", 1004.6, 1006.5),
        ("callee speaks", 1006.7, 1007.5),
        ("reply", 1007.5, 1008.14),
        ("hold", 1009.5, 1010.5),
        ("requester on the line", 1020.5, 1030.5),
    ],
)
def test_each_part_of_a_call_is_a_span_at_its_time(
    spans: dict[str, ReadableSpan], name: str, began: float, ended: float
) -> None:
    assert times(spans[name]) == pytest.approx((began, ended))
    parent = spans[name].parent
    root = spans["call"].get_span_context()
    assert parent is None if name == "call" else root is not None and parent is not None
    assert name == "call" or (parent is not None and root is not None and parent.span_id == root.span_id)


def test_a_calls_span_has_its_figures_and_its_barge_ins(spans: dict[str, ReadableSpan]) -> None:
    attributes: Any = spans["call"].attributes
    assert attributes["ringback.reason"] == "goodbye"
    assert attributes["ringback.reply_p50_ms"] == 640
    told: Any = [(event.name, event.timestamp, dict(event.attributes or {})) for event in spans["call"].events]
    assert told == [
        ("barge-in", 1_005_500_000_000, {"ringback.outcome": "yielded"}),
        ("barge-in", 1_006_000_000_000, {"ringback.outcome": "unknown"}),
    ]


def test_a_call_that_nobody_answered_rang_until_its_end() -> None:
    spans = sent(Timeline(ended_ms=30_000, ending=Ending(EndReason.NO_ANSWER, 30.0, 0.0)))
    assert set(spans) == {"call", "ring"}
    assert times(spans["ring"]) == (0.0, 30.0)


class _Collector(BaseHTTPRequestHandler):
    """What collects traces, as far as it can be seen from here."""

    got: ClassVar[list[tuple[str, str | None, str | None]]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, self.headers["Authorization"], self.headers["X-Team"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("ending", ["", "/", "/v1/traces"])
def test_a_trace_arrives_at_the_endpoints_own_path_with_its_headers(ending: str) -> None:
    _Collector.got.clear()
    with HTTPServer(("127.0.0.1", 0), _Collector) as server:
        answering = threading.Thread(target=server.handle_request)
        answering.start()
        address = f"http://127.0.0.1:{server.server_port}{ending}"
        traces = Traces(exporter(address, "authorization=Basic abc==, x-team = calls,nonsense"))
        traces.ended(LINE)
        traces.close()
        answering.join(10)
    assert _Collector.got == [("/v1/traces", "Basic abc==", "calls")]

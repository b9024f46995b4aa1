"""Metrics in Prometheus's text format, at /metrics.

Owns the metrics and the proof that the route wants. Labels are codes (why a call ended, what became of a barge-in):
never a number, a name or an id. Imported where metrics are asked for only. Names follow
https://prometheus.io/docs/practices/naming/.
"""

import hmac

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

from bridge.call import EndReason
from bridge.switchboard import Switchboard
from bridge.timeline import Timeline

_WAITS_S = (0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)
_TALKS_S = (5, 10, 20, 30, 60, 120, 180, 300, 600, 900, 1800, 3600)
_RINGS_S = (1, 2, 5, 10, 15, 20, 30, 45, 60)


class Metrics:
    """`token`: what /metrics wants to be shown; "" for nothing, where the port is nobody else's."""

    def __init__(self, *, token: str) -> None:
        self._token = token.encode()
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)
        self._going_on = Gauge("ringback_calls_going_on", "Calls that go on.", registry=registry)
        self._accepting = Gauge("ringback_accepting_calls", "1 while calls are taken.", registry=registry)
        self._ended = Counter("ringback_calls_ended", "Calls that are over.", ["reason"], registry=registry)
        self._ring = Histogram(
            "ringback_call_ring_seconds", "From dialling to the answer.", buckets=_RINGS_S, registry=registry
        )
        self._talk = Histogram(
            "ringback_call_talk_seconds", "From the answer to the end.", buckets=_TALKS_S, registry=registry
        )
        self._hold = Counter("ringback_hold_seconds", "Time on hold.", registry=registry)
        self._reply = Histogram(
            "ringback_reply_latency_seconds",
            "From the end of the callee's utterance to the agent's first sound.",
            buckets=_WAITS_S,
            registry=registry,
        )
        self._first_audio = Histogram(
            "ringback_first_audio_seconds",
            "From the media stream's start to the agent's first sound.",
            buckets=_WAITS_S,
            registry=registry,
        )
        self._barge_ins = Counter(
            "ringback_barge_ins", "The callee spoke over the agent.", ["outcome"], registry=registry
        )
        self._models_lost = Counter(
            "ringback_model_sessions_replaced", "Model sessions lost in a call and replaced.", registry=registry
        )
        self._carried_over = Counter(
            "ringback_calls_carried_over", "Times that a call was taken over from a former process.", registry=registry
        )
        self._cost = Counter("ringback_call_cost_usd", "What calls have cost, by the price list.", registry=registry)
        for reason in EndReason:  # a rate needs a zero to begin with
            self._ended.labels(reason.value)

    def watch(self, switchboard: Switchboard) -> None:
        self._going_on.set_function(lambda: switchboard.going_on)
        self._accepting.set_function(lambda: switchboard.accepting)

    def ended(self, line: Timeline) -> None:
        """A call that is over."""
        if line.ending is None:
            return
        self._ended.labels(line.ending.reason.value).inc()
        if line.answered_ms is not None:
            self._ring.observe(line.ending.ring_s)
            self._talk.observe(line.ending.talk_s)
        self._hold.inc(line.hold_s)
        for reply in line.replies:
            self._reply.observe(reply.lasted_ms / 1000)
        if line.first_audio_ms is not None:
            self._first_audio.observe(line.first_audio_ms / 1000)
        for barge_in in line.barge_ins:
            self._barge_ins.labels(barge_in.outcome or "unknown").inc()
        self._models_lost.inc(line.models_lost)
        self._carried_over.inc(line.carried_over)
        self._cost.inc(line.ending.cost_usd)

    async def answer(self, request: web.Request) -> web.Response:
        """401 without the token."""
        given = request.headers.get("Authorization", "").encode(errors="surrogateescape")
        if self._token and not hmac.compare_digest(given, b"Bearer " + self._token):
            return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        return web.Response(body=generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

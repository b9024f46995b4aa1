"""Metrics: what a call adds to them, and who is shown them."""

import pytest
from prometheus_client import generate_latest

from bot.metrics import Metrics
from bridge.call import Ending, EndReason
from bridge.timeline import BargeIn, Span, Timeline

LINE = Timeline(
    ended_ms=46_000,
    answered_ms=4000,
    first_audio_ms=120,
    replies=(Span(0, 640), Span(0, 2500)),
    barge_ins=(BargeIn(1, "yielded"), BargeIn(2)),
    holds=(Span(0, 5000),),
    models_lost=1,
    carried_over=2,
    ending=Ending(EndReason.GOODBYE, ring_s=4.0, talk_s=42.0, cost_usd=0.25),
)


def told(*lines: Timeline) -> dict[str, str]:
    metrics = Metrics(token="")
    for line in lines:
        metrics.ended(line)
    rows = generate_latest(metrics.registry).decode().splitlines()
    return dict(row.rsplit(" ", 1) for row in rows if row.startswith("ringback_"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ('ringback_calls_ended_total{reason="goodbye"}', "1.0"),
        ("ringback_call_ring_seconds_sum", "4.0"),
        ("ringback_call_talk_seconds_sum", "42.0"),
        ("ringback_hold_seconds_total", "5.0"),
        ("ringback_reply_latency_seconds_count", "2.0"),
        ('ringback_reply_latency_seconds_bucket{le="0.8"}', "1.0"),
        ("ringback_first_audio_seconds_sum", "0.12"),
        ('ringback_barge_ins_total{outcome="yielded"}', "1.0"),
        ('ringback_barge_ins_total{outcome="unknown"}', "1.0"),
        ("ringback_model_sessions_replaced_total", "1.0"),
        ("ringback_calls_carried_over_total", "2.0"),
        ("ringback_call_cost_usd_total", "0.25"),
    ],
)
def test_a_call_that_is_over_is_counted(name: str, value: str) -> None:
    assert told(LINE)[name] == value


def test_a_call_that_nobody_answered_has_no_times() -> None:
    unanswered = Timeline(ended_ms=30_000, ending=Ending(EndReason.NO_ANSWER, ring_s=30.0, talk_s=0.0))
    figures = told(unanswered)
    assert figures['ringback_calls_ended_total{reason="no_answer"}'] == "1.0"
    assert figures["ringback_call_talk_seconds_count"] == figures["ringback_first_audio_seconds_count"] == "0.0"


def test_a_call_without_an_end_counts_for_nothing() -> None:
    assert {value for name, value in told(Timeline(ended_ms=1)).items() if "created" not in name} == {"0.0"}


def test_every_reason_is_there_from_the_beginning() -> None:
    there = {name for name in told() if name.startswith("ringback_calls_ended_total")}
    assert there == {f'ringback_calls_ended_total{{reason="{reason.value}"}}' for reason in EndReason}

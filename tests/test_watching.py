"""Who watches the calls: only who was asked for, and what is missing for it is said."""

import sys

import pytest

from bot.watching import watching
from bridge import on_demand
from bridge.call import Ending, EndReason
from bridge.errors import RingbackError
from bridge.timeline import Timeline

ENDED = Timeline(ended_ms=1, ending=Ending(EndReason.BUSY, 1.0, 0.0))


async def test_nobody_watches_who_was_not_asked() -> None:
    nobody = await watching(metrics=False, token="", endpoint="", headers="")
    assert (nobody.metrics, nobody.traces) == (None, None)
    nobody.ended(ENDED)
    await nobody.close()


async def test_a_call_is_told_to_all_who_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    both = await watching(metrics=True, token="t", endpoint="http://127.0.0.1:1", headers="")
    assert both.metrics is not None
    assert both.traces is not None
    told: list[Timeline] = []
    monkeypatch.setattr(both.traces, "ended", told.append)  # nothing is sent from here
    both.ended(ENDED)
    assert told == [ENDED]
    assert both.metrics.registry.get_sample_value("ringback_calls_ended_total", {"reason": "busy"}) == 1
    await both.close()


async def test_traces_without_their_packages_are_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_demand, "_there", set())
    monkeypatch.delitem(sys.modules, "bot.traces", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(RingbackError, match=r"ringback\[traces\]"):
        await watching(metrics=False, token="", endpoint="http://127.0.0.1:1", headers="")

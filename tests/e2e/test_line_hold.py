"""On hold: nothing is said or paid for, the chat shows it, and the person who comes back is answered at once."""

import re
from pathlib import Path

import pytest

from bridge import toolbox
from bridge.events import Ended, HoldBegan, HoldEnded
from bridge.hold import Hold
from sandbox.scenario import Rule
from tests.e2e.chat import Called, called, from_bot, statuses, tell, told_by, turns
from tests.e2e.line import (
    BOOKING,
    RESPONSE,
    WORDS_KNOWN,
    answered_by,
    at_of,
    first_after,
    measured,
    of_kind,
    said_by,
    somebody,
    told_by_model,
    told_to_model,
)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Called:
    """Put through, with music and announcements, for most of a minute."""
    folder = tmp_path_factory.mktemp("held")
    return tell(lambda world: called(world, folder, f"call Harbour Hotel on +1 415 555 0114 {BOOKING}"), folder)


def holding(call: Called) -> tuple[float, float]:
    """From when to when, in seconds since the answer."""
    [began], [ended] = at_of(call.events, HoldBegan), at_of(call.events, HoldEnded)
    return (began - 2200) / 1000, (ended - 2200) / 1000


@pytest.mark.daily
def test_nothing_is_asked_of_the_model_while_holding(held: Called) -> None:
    began, ended = holding(held)
    print(f"  on hold for {ended - began:.0f} s")  # noqa: T201 - to be read, with -s
    assert ended - began > 50
    asked = [frame.at for frame in told_to_model(held.world, held.call, RESPONSE)]
    assert [at for at in asked if began < at < ended - 0.001] == []
    assert [u for u in said_by(held.call, "agent") if began * 1000 + 2000 < u.began_ms < ended * 1000] == []


def test_what_a_queue_plays_is_not_billed_to_the_next_response(held: Called) -> None:
    began, ended = holding(held)
    spent = [
        (frame.at, frame.event["response"]["usage"]["input_token_details"]["audio_tokens"])
        for frame in told_by_model(held.world, held.call, "response.done")
    ]
    before = [tokens for at, tokens in spent if at <= began + 0.1][-1]
    after = next(tokens for at, tokens in spent if at > ended)
    print(f"  audio tokens of the last response before the hold: {before}, of the first one after it: {after}")  # noqa: T201 - to be read, with -s
    # A minute of music would be some 600 tokens; what is new is the person's own sentence.
    person = next(u for u in said_by(held.call, "callee") if "how can I help" in u.text and u.began_ms > began * 1000)
    assert after - before <= (person.ended_ms - person.began_ms) / 100 + 60


def test_the_card_shows_how_long_it_has_been_on_hold(held: Called) -> None:
    shown = [match[1] for status in statuses(held.live) if (match := re.search(r"on hold (\d+:\d\d)", status))]
    assert shown[0] <= "0:05"
    assert shown == sorted(shown)
    assert shown[-1] >= "0:50"
    assert "on hold" not in statuses(held.live)[-2]


def test_the_chat_is_pinged_once_when_a_person_is_back(held: Called) -> None:
    pings = [m for m in from_bot(held.world) if m.text == "📞 Harbour Hotel: somebody is back on the line."]
    assert len(pings) == 1
    assert pings[0].reply_to is held.live
    assert of_kind(held.events, HoldEnded)[0].person


def test_the_person_who_is_back_is_answered_at_once_and_once(held: Called) -> None:
    back = next(
        f
        for f in told_by_model(held.world, held.call, WORDS_KNOWN)
        if "how can I help" in f.event["transcript"] and f.at > 20
    )
    assert back.event["transcript"] == "Hello, thank you for waiting, how can I help?"
    asked = first_after(told_to_model(held.world, held.call, RESPONSE), back.at)
    measured("the person's words known to the response's being asked for", (asked.at - back.at) * 1000, most_ms=300)
    answer = next(u for u in said_by(held.call, "agent") if u.began_ms > back.at * 1000)
    person = next(u for u in said_by(held.call, "callee") if u.text == back.event["transcript"])
    measured("the person's last word to the agent's first", answer.began_ms - person.ended_ms, most_ms=1500, least_ms=1)
    conversation = turns(held.live.text)
    at = conversation.index(("callee", back.event["transcript"]))
    assert conversation[at + 1][0] == "agent"
    assert conversation[at + 2][0] == "callee"
    assert held.report.text.startswith("✅ Booked: 8pm, table for 3, under Anna.")


def test_music_without_a_word_is_a_hold_too(tmp_path: Path) -> None:
    call = tell(lambda world: called(world, tmp_path, f"call Garden Grill on +1 415 555 0115 {BOOKING}"), tmp_path)
    [ended] = of_kind(call.events, HoldEnded)
    assert ended.person
    assert call.report.text.startswith("✅ Booked")
    said = told_by(turns(call.live.text), "agent")
    assert len(set(said)) == len(said)


def test_a_hold_without_end_is_given_up_politely_at_its_cap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolbox, "Hold", lambda **since: Hold(cap_s=40.0, **since))
    forever = somebody(
        Rule(state="start", say="One moment, please, I will put you through.", goto="music"),
        Rule(state="music", after_ms=600, music_s=14),
        heedless=("music",),
        greeting="Grand Hotel, hello?",
    )
    call = tell(
        lambda world: called(world, tmp_path, f"call Grand Hotel on +1 415 555 0133 {BOOKING}"),
        tmp_path,
        answerer=answered_by(forever),
    )
    [ended] = of_kind(call.events, HoldEnded)
    measured("on hold, of 40 s at most", ended.lasted_s * 1000, most_ms=40_050, least_ms=39_900)
    assert not ended.person
    assert said_by(call.call, "agent")[-1].text == "Thank you, goodbye!"
    assert "the hold took too long" in call.end
    assert [m for m in from_bot(call.world) if "back on the line" in m.text] == []
    assert of_kind(call.events, Ended)[0].ending.usage.audio_out < 400


def test_time_on_hold_is_not_time_of_the_calls_limit(tmp_path: Path) -> None:
    call = tell(
        lambda world: called(world, tmp_path, f"call Harbour Hotel on +1 415 555 0114 {BOOKING}"),
        tmp_path,
        max_call_minutes=1,
    )
    ending = of_kind(call.events, Ended)[0].ending
    print(f"  {ending.talk_s:.0f} s on the phone, with a limit of 60 s")  # noqa: T201 - to be read, with -s
    assert ending.talk_s > 70
    assert call.report.text.startswith("✅ Booked")

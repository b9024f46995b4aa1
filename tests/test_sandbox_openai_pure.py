"""The parts of the OpenAI stand-in that need no socket: session, hearing, speaking, usage, strict types.

After https://platform.openai.com/docs/guides/realtime-vad and
https://platform.openai.com/docs/guides/realtime-costs.
"""

import random
from typing import Any

import pytest
from openai.types.realtime.session_update_event_param import SessionUpdateEventParam

from sandbox.openai.conversation import Item
from sandbox.openai.events import ClientError
from sandbox.openai.hearing import InputBuffer, SpeechStarted, SpeechStopped, heard_text
from sandbox.openai.session import VOICES, opening_session, updated_session
from sandbox.openai.speaking import chunks, encoded, heard_of, words_of
from sandbox.openai.strict import problem
from sandbox.openai.usage import Meter, Tokens, item_tokens
from sandbox.speech.words import Words
from sandbox.tones import SILENCE, speak

DICE = random.Random(1)  # noqa: S311  # dice for the sizes of deltas


def fresh() -> dict[str, Any]:
    return opening_session("gpt-realtime-2.1", "sess_1", 0)


def hearing(turn_detection: dict[str, Any] | None) -> dict[str, Any]:
    return {"format": {"type": "audio/pcmu"}, "turn_detection": turn_detection}


def semantic(eagerness: str) -> dict[str, Any]:
    return {"type": "semantic_vad", "eagerness": eagerness}


def test_an_update_changes_what_it_names_and_nothing_else() -> None:
    session = updated_session(fresh(), {"type": "realtime", "instructions": "Be kind."}, has_spoken=False)
    assert session == {**fresh(), "instructions": "Be kind."}
    session = updated_session(
        session, {"type": "realtime", "audio": {"input": {"turn_detection": None}}}, has_spoken=False
    )
    assert session["audio"]["input"]["turn_detection"] is None
    assert session["audio"]["input"]["format"] == {"type": "audio/pcm", "rate": 24000}


def test_turn_detection_of_the_same_type_is_merged_and_of_another_replaced() -> None:
    def detecting(session: dict[str, Any], **fields: Any) -> dict[str, Any]:
        update = {"type": "realtime", "audio": {"input": {"turn_detection": fields}}}
        return updated_session(session, update, has_spoken=False)

    session = detecting(fresh(), type="semantic_vad", create_response=False)
    assert session["audio"]["input"]["turn_detection"] == {
        "type": "semantic_vad",
        "eagerness": "auto",
        "create_response": False,
        "interrupt_response": True,
    }
    session = detecting(session, type="semantic_vad", eagerness="low")
    assert session["audio"]["input"]["turn_detection"]["create_response"] is False


@pytest.mark.parametrize("voice", VOICES)
def test_every_documented_voice_can_be_had(voice: str) -> None:
    update = {"type": "realtime", "audio": {"output": {"voice": voice}}}
    assert updated_session(fresh(), update, has_spoken=False)["audio"]["output"]["voice"] == voice


def test_what_the_sdk_documents_as_turned_off_by_null_may_be_null() -> None:
    nothing = {"noise_reduction": None, "transcription": None, "turn_detection": None}
    update = {"type": "session.update", "session": {"type": "realtime", "audio": {"input": nothing}}}
    assert problem(SessionUpdateEventParam, update) is None


def test_a_value_that_fits_no_branch_is_told_with_all_of_them() -> None:
    detection = {"turn_detection": {"type": "vad"}}
    update = {"type": "session.update", "session": {"type": "realtime", "audio": {"input": detection}}}
    wrong = problem(SessionUpdateEventParam, update)
    assert wrong is not None
    assert wrong.message == "Invalid value: 'vad'. Supported values are: 'server_vad' and 'semantic_vad'."


@pytest.mark.parametrize(("eagerness", "quiet_frames"), [("high", 15), ("medium", 25), ("low", 40)])
def test_eagerness_is_patience(eagerness: str, quiet_frames: int) -> None:
    buffer = InputBuffer()
    buffer.configure(hearing(semantic(eagerness)))
    assert [type(e) for e in buffer.append(speak("Yes") + SILENCE * (quiet_frames - 1))] == [SpeechStarted]
    (stopped,) = buffer.append(SILENCE)
    assert isinstance(stopped, SpeechStopped)
    assert stopped.utterance.words == "Yes"


def test_new_patience_waits_for_the_end_of_the_utterance() -> None:
    buffer = InputBuffer()
    buffer.configure(hearing(semantic("high")))
    buffer.append(speak("Hel"))
    buffer.configure(hearing(semantic("low")))
    (stopped,) = buffer.append(speak("lo") + SILENCE * 15)
    assert isinstance(stopped, SpeechStopped)
    assert stopped.utterance.words == "Hello"
    found = buffer.append(speak("Again") + SILENCE * 39)
    assert [type(e) for e in found] == [SpeechStarted]


def test_one_append_may_hold_several_turns() -> None:
    buffer = InputBuffer()
    buffer.configure(hearing(semantic("high")))
    found = buffer.append(speak("One") + SILENCE * 20 + speak("Two") + SILENCE * 20)
    ended = [event.utterance for event in found if isinstance(event, SpeechStopped)]
    begun = [event.item_id for event in found if isinstance(event, SpeechStarted)]
    assert [utterance.words for utterance in ended] == ["One", "Two"]
    assert [utterance.item_id for utterance in ended] == begun
    assert len(set(begun)) == 2


def test_long_silence_is_not_kept() -> None:
    buffer = InputBuffer()
    buffer.configure(hearing(semantic("medium")))
    buffer.append(SILENCE * 5000)
    found = buffer.append(speak("Hi") + SILENCE * 25)
    started, stopped = found
    assert isinstance(started, SpeechStarted)
    assert isinstance(stopped, SpeechStopped)
    assert started.audio_start_ms == 100_000 - 300
    assert len(stopped.utterance.audio) // 8 == 300 + 120 + 500


def test_audio_of_another_format_is_counted_and_not_understood() -> None:
    buffer = InputBuffer()
    buffer.configure({"format": {"type": "audio/pcm", "rate": 24000}, "turn_detection": semantic("high")})
    assert buffer.append(speak("Hello") * 10) == []
    assert buffer.commit().words == ""


def test_chunks_are_the_whole_text_and_the_words_run_ahead() -> None:
    text = "A table for four people at seven, please."
    parts = list(chunks(text, speak(text), DICE))
    assert "".join(word for part in parts for word in part.words) == text
    assert heard_text(b"".join(part.audio for part in parts)).text == text
    assert parts[0].words[-1] not in heard_text(parts[0].audio).text
    assert words_of("a  b") == ["a", " ", " b"]


def test_an_unspeakable_text_still_has_its_words() -> None:
    (only,) = chunks("你好", speak("你好"), DICE)
    assert (only.words, only.audio) == (("你好",), b"")


def test_only_mu_law_carries_words() -> None:
    assert encoded(b"ab", {"type": "audio/pcmu"}) == b"ab"
    assert encoded(b"ab", {"type": "audio/pcm"}) == bytes(12)
    assert encoded(b"ab", {"type": "audio/pcma"}) == b"\xd5\xd5"


@pytest.mark.parametrize(("ms", "heard"), [(0, ""), (59, ""), (60, "H"), (300, "Hello"), (9000, "Hello")])
def test_what_is_heard_of_a_text_is_a_matter_of_time(ms: int, heard: str) -> None:
    assert heard_of("Hello", ms, 300) == heard


def test_tokens_are_counted_as_documented() -> None:
    audio = bytearray(8 * 1000)
    user = Item({"id": "u", "type": "message", "role": "user", "content": []}, audio, Words("ignored"))
    ours = Item({"id": "a", "type": "message", "role": "assistant", "content": []}, audio, Words("four"))
    assert item_tokens(user) == Tokens(text=0, audio=10)
    assert item_tokens(ours) == Tokens(text=1, audio=20)


def test_the_cache_holds_up_to_the_first_change() -> None:
    meter = Meter()
    context = [("a", Tokens(1, 10)), ("b", Tokens(1, 20)), ("c", Tokens(1, 30))]
    meter.bill("", [], context, Tokens())
    truncated = [context[0], ("b", Tokens(1, 5)), context[2]]
    details = meter.bill("", [], truncated, Tokens())["input_token_details"]
    assert details["cached_tokens_details"]["audio_tokens"] == 10
    assert details["audio_tokens"] == 45


def test_a_refusal_of_an_update_leaves_the_session_as_it_was() -> None:
    session = fresh()
    update = {"type": "realtime", "instructions": "x", "audio": {"output": {"voice": "nobody"}}}
    with pytest.raises(ClientError):
        updated_session(session, update, has_spoken=False)
    assert session == fresh()

"""The codec of Twilio's Media Streams."""

import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge import actions, signals
from bridge.errors import ProtocolError
from bridge.media_stream import MAX_FRAME, Media, Started, decode, encode

# As in https://www.twilio.com/docs/voice/media-streams/websocket-messages, numbers as strings.
START = {
    "event": "start",
    "sequenceNumber": "1",
    "start": {
        "accountSid": "AC1",
        "streamSid": "MZ1",
        "callSid": "CA1",
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"token": "t", "voice": "coral"},
    },
    "streamSid": "MZ1",
}
MEDIA = {
    "event": "media",
    "sequenceNumber": "3",
    "media": {"track": "inbound", "chunk": "1", "timestamp": "5", "payload": "no+JhoaJjpz=="},
    "streamSid": "MZ1",
}


def said(message: dict[str, Any]) -> Any:
    return decode(json.dumps(message))


@pytest.mark.parametrize(
    ("message", "meaning"),
    [
        ({"event": "connected", "protocol": "Call", "version": "1.0.0"}, None),
        (START, Started("MZ1", "CA1", {"token": "t", "voice": "coral"})),
        (MEDIA, Media("no+JhoaJjpz==")),
        ({**MEDIA, "media": {"track": "outbound", "payload": "//8="}}, None),
        ({"event": "mark", "streamSid": "MZ1", "mark": {"name": "3:7"}}, signals.MarkReturned("3:7")),
        (
            {"event": "dtmf", "streamSid": "MZ1", "dtmf": {"track": "inbound_track", "digit": "#"}},
            signals.DigitPressed("#"),
        ),
        ({"event": "stop", "streamSid": "MZ1", "stop": {"callSid": "CA1"}}, signals.StreamStopped()),
        ({"event": "invented", "payload": 3}, None),
    ],
)
def test_every_message_has_one_meaning(message: dict[str, Any], meaning: object) -> None:
    assert said(message) == meaning


def test_a_start_may_name_its_stream_beside_itself_or_have_no_format() -> None:
    assert said({"event": "start", "start": {"callSid": "CA1"}, "streamSid": "MZ9"}) == Started("MZ9", "CA1", {})


@pytest.mark.parametrize("form", [{"encoding": "audio/x-l16", "sampleRate": 8000}, {"encoding": "audio/x-mulaw"}])
def test_audio_of_another_format_would_be_noise(form: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError, match="mu-law") as refusal:
        said({"event": "start", "start": {"mediaFormat": form}})
    assert refusal.value.by == "remote"


def test_a_number_may_be_a_string() -> None:
    form = {"encoding": "audio/x-mulaw", "sampleRate": "8000"}
    assert said({"event": "start", "start": {"streamSid": "MZ1", "mediaFormat": form}}) == Started("MZ1", "", {})


@pytest.mark.parametrize("payload", ["AA\u00e9A", '//8="},"x":{"y":"', "//8=\n", "AA\\"])
def test_audio_that_could_not_be_passed_on_as_it_is_is_refused(payload: str) -> None:
    with pytest.raises(ProtocolError, match="base64"):
        said({**MEDIA, "media": {"payload": payload}})


def test_a_text_that_no_socket_could_bring_is_refused() -> None:
    with pytest.raises(ProtocolError):
        decode('{"event": "\ud800"}')


@pytest.mark.parametrize("event", ["media", "start", "mark", "dtmf"])
def test_a_message_without_its_content_is_refused(event: str) -> None:
    with pytest.raises(ProtocolError, match=event):
        said({"event": event})


@pytest.mark.parametrize(
    "frame", ["", "[]", "{}", '"media"', '{"event": 3}', '{"event": "media", "media": 3}', "[" * 99_999]
)
def test_what_is_no_message_is_refused(frame: str) -> None:
    with pytest.raises(ProtocolError):
        decode(frame)


def test_a_message_within_messages_without_end_is_refused() -> None:
    with pytest.raises(ProtocolError):
        decode('{"event": "x", "media": ' * 1 + '{"a":' * 50_000)


@given(st.one_of(st.binary(), st.text(), st.from_type(dict[str, str]).map(json.dumps)))
def test_anything_at_all_is_decoded_or_refused(frame: str | bytes) -> None:
    with suppress(ProtocolError):
        decode(frame)


_EVENTS = st.sampled_from(["media", "start", "mark", "dtmf", "stop", "connected"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["payload", "track", "name", "digit", "streamSid", "customParameters", "mediaFormat"]),
            inner,
        )
    ),
    max_leaves=8,
)


@given(st.fixed_dictionaries({"event": _EVENTS}, optional=dict.fromkeys(("media", "start", "mark", "dtmf"), _JSON)))
def test_a_message_with_any_content_is_decoded_or_refused(message: dict[str, Any]) -> None:
    with suppress(ProtocolError):
        said(message)


@given(
    st.binary(max_size=400).map(lambda audio: msgspec.json.encode(audio).decode().strip('"')),
    st.text("MZ0123abc", min_size=1),
)
def test_what_we_play_is_what_twilio_reads(payload: str, stream_sid: str) -> None:
    sent = json.loads(encode(actions.Play(payload), stream_sid))
    assert sent == {"event": "media", "streamSid": stream_sid, "media": {"payload": payload}}


def test_marks_and_clears_are_as_documented() -> None:
    mark = {"event": "mark", "streamSid": "MZ1", "mark": {"name": "0:1"}}
    assert json.loads(encode(actions.Mark("0:1"), "MZ1")) == mark
    assert json.loads(encode(actions.Clear(), "MZ1")) == {"event": "clear", "streamSid": "MZ1"}


def test_what_is_not_for_the_line_is_our_own_mistake() -> None:
    with pytest.raises(ProtocolError, match="Respond is not for the line") as refusal:
        encode(actions.Respond(), "MZ1")
    assert refusal.value.by == "local"


def test_a_frame_of_20_ms_is_far_below_the_limit() -> None:
    assert len(json.dumps({**MEDIA, "media": {"payload": "A" * 216}})) < MAX_FRAME

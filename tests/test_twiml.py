"""What Twilio is told to do, and the call's own parameters inside it."""

import base64
import random
import string
import zlib
from contextlib import suppress
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.briefing import brief
from bridge.errors import ProtocolError
from bridge.twiml import (
    MAX_INLINE,
    WAITS_S,
    CallParameters,
    apologise,
    connect,
    dial,
    hang_up,
    insisting,
    pack,
    unpack,
    wait,
)
from sandbox.twilio.overrides import parted
from tests.fakes import a_spec

# What XML 1.0 can hold, but for the line ends that its parsers change (https://www.w3.org/TR/xml/#charsets).
XML_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], include_characters="\n\t"), max_size=3000)


def parameters(prompt: str = "Be kind.") -> CallParameters:
    return CallParameters(token="t" * 32, voice="coral", persona="warm", language="en", prompt=prompt)


def read(twiml: str) -> dict[str, str]:
    """As Twilio reads it and hands it to the stream, white space at the ends trimmed."""
    found = ET.fromstring(twiml).iter("Parameter")  # noqa: S314 - our own XML
    return {tag.attrib["name"]: tag.attrib["value"].strip(" ") for tag in found}


@given(XML_TEXT)
def test_a_prompt_of_any_text_arrives_whole(prompt: str) -> None:
    packed = pack(parameters(prompt))
    assert unpack(packed) == parameters(prompt)
    # "The maximum length of each parameter's name and value combined is 500 characters."
    assert all(len(name) + len(value) < 500 for name, value in packed.items())


@given(XML_TEXT)
def test_it_arrives_whole_through_xml(prompt: str) -> None:
    found = ET.fromstring(connect("wss://a/s", "https://a/r", parameters(prompt))).iter("Parameter")  # noqa: S314 - our own XML
    assert unpack({tag.attrib["name"]: tag.attrib["value"] for tag in found}) == parameters(prompt)


def test_a_real_prompt_arrives_whole_also_where_white_space_is_trimmed() -> None:
    prompt = brief(a_spec(facts=tuple(f"Fact number {n} of many" for n in range(200)))).prompt
    assert unpack(read(connect("wss://a/s", "https://a/r", parameters(prompt)))).prompt == prompt


def noise(length: int) -> str:
    """Letters that do not get much shorter by being compressed."""
    return "".join(random.Random(1).choices(string.ascii_letters, k=length))  # noqa: S311 - no secret


def test_a_part_holds_no_white_space() -> None:
    packed = pack(parameters("a word and " * 40 + noise(3000)))
    parts = [value for name, value in packed.items() if name.startswith("prompt.")]
    assert len(parts) > 4
    assert all("".join(part.split()) == part for part in parts)


def test_the_parts_are_read_by_their_number() -> None:
    packed = pack(parameters(noise(6000)))
    assert len(packed) > 4 + 10
    assert unpack(dict(sorted(packed.items()))) == unpack(packed)


def test_a_call_is_connected_and_comes_back_for_more() -> None:
    root = ET.fromstring(connect("wss://host/stream", "https://host/resume/1", parameters()))  # noqa: S314 - our own XML
    assert [verb.tag for verb in root] == ["Connect", "Pause", "Redirect"]
    stream = root.find("Connect/Stream")
    assert stream is not None
    assert stream.attrib == {"url": "wss://host/stream"}  # no query string: Twilio does not take one
    assert (root[2].text, root[2].attrib) == (insisting("https://host/resume/1"), {"method": "POST"})


def test_a_call_that_has_lost_its_stream_tries_others_a_little_later_each() -> None:
    root = ET.fromstring(connect("wss://a/s", "https://a/r", parameters(), spares=["one", "two"]))  # noqa: S314 - our own XML
    assert [verb.tag for verb in root] == ["Connect", "Pause", "Connect", "Pause", "Connect", "Pause", "Redirect"]
    tokens = [
        unpack({tag.attrib["name"]: tag.attrib["value"] for tag in verb.iter("Parameter")}) for verb in root[2:5:2]
    ]
    assert tokens == [CallParameters("one"), CallParameters("two")]


def test_a_call_that_waits_for_another_process_begins_with_a_pause() -> None:
    root = ET.fromstring(wait("wss://a/s", "https://a/r", ["one"]))  # noqa: S314 - our own XML
    assert [verb.tag for verb in root] == ["Pause", "Connect", "Pause", "Redirect"]


def test_an_address_that_insists_is_asked_six_times_in_fifteen_seconds() -> None:
    """As the sandbox reads it, which is how Twilio documents it."""
    address, overrides = parted(insisting("https://a/r"))
    assert address == "https://a/r"
    assert (overrides.retries, overrides.read_s) == (5, 5.0)
    assert set(overrides.policy) == {"ct", "rt", "4xx", "5xx"}


def test_a_call_and_the_streams_after_its_first_fit_inline() -> None:
    """Also where somebody else can dial and dies then: nobody is there to be asked for more."""
    prompt = brief(a_spec(facts=tuple(f"Fact number {n} of some, told in a few words" for n in range(20)))).prompt
    document = connect(
        "wss://ringback.example/twilio/stream",
        "https://ringback.example/twilio/resume/1",
        parameters(prompt),
        spares=["t" * 64 for _ in WAITS_S],
    )
    assert len(prompt) > 3000
    assert len(document) < MAX_INLINE


def test_hanging_up_is_one_verb() -> None:
    assert [verb.tag for verb in ET.fromstring(hang_up())] == ["Hangup"]  # noqa: S314 - our own XML


@pytest.mark.parametrize("missing", ["token", "voice", "persona", "language", "prompt.1"])
def test_a_stream_without_one_of_its_parameters_is_refused(missing: str) -> None:
    packed = pack(parameters(noise(600)))
    del packed[missing]
    with pytest.raises(ProtocolError, match=missing) as refusal:
        unpack(packed)
    assert refusal.value.by == "remote"


@pytest.mark.parametrize(
    "prompt",
    ["not base64!", "bm90IGNvbXByZXNzZWQ=", base64.b64encode(zlib.compress(b"\xff")).decode()],
    ids=["no base64", "not compressed", "no text"],
)
def test_a_prompt_that_cannot_be_read_is_refused(prompt: str) -> None:
    with pytest.raises(ProtocolError, match="cannot be read"):
        unpack(pack(parameters()) | {"prompt.1": prompt})


@pytest.mark.parametrize("packed", [zlib.compress(bytes(10**6)), zlib.compress(b"Be kind.")[:-5]], ids=["long", "cut"])
def test_a_prompt_that_swells_or_is_cut_off_is_refused(packed: bytes) -> None:
    with pytest.raises(ProtocolError, match="cut off, or too long"):
        unpack(pack(parameters()) | {"prompt.1": base64.b64encode(packed).decode()})


@given(
    st.dictionaries(st.sampled_from(["token", "voice", "persona", "language", "prompt.1", "prompt.x", "q"]), st.text())
)
def test_any_parameters_are_a_calls_or_refused(found: dict[str, str]) -> None:
    with suppress(ProtocolError):
        unpack(found)


def test_a_call_without_a_prompt_has_no_parts() -> None:
    assert "prompt.1" not in pack(parameters(""))
    assert unpack(pack(parameters(""))).prompt == ""


def test_keys_are_pressed_before_the_stream_begins_again() -> None:
    root = ET.fromstring(connect("wss://a/s", "https://a/r", parameters(), digits="12#"))  # noqa: S314 - our own XML
    assert [verb.tag for verb in root] == ["Play", "Connect", "Pause", "Redirect"]
    assert root[0].attrib == {"digits": "ww12#"}


@pytest.mark.parametrize(("language", "spoken"), [("it", "it-IT"), ("ja", "en-US")])
def test_an_apology_is_said_in_the_callees_language_where_there_is_a_voice_for_it(language: str, spoken: str) -> None:
    root = ET.fromstring(apologise("Sorry & goodbye.", language))  # noqa: S314 - our own XML
    assert [verb.tag for verb in root] == ["Say", "Hangup"]
    assert (root[0].text, root[0].attrib) == ("Sorry & goodbye.", {"language": spoken})


def test_a_phone_is_dialled_and_what_came_of_it_asked_for() -> None:
    root = ET.fromstring(dial("+14155552672", "+14155550000", "https://a/after"))  # noqa: S314 - our own XML
    (link,) = root
    assert link.tag == "Dial"
    assert (link.attrib["callerId"], link.attrib["action"]) == ("+14155550000", insisting("https://a/after"))
    assert [(tag.tag, tag.text) for tag in link] == [("Number", "+14155552672")]

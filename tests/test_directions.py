"""What Twilio is told about one call."""

import hashlib
import re
from xml.etree import ElementTree as ET

import pytest

from bridge import twiml
from bridge.actions import Apologise, HangUp, PressDigits, Reconnect, TakeOver
from bridge.briefing import brief
from bridge.call import EndReason
from bridge.directions import Directions
from bridge.errors import ProtocolError
from bridge.model_session import session_config
from bridge.tickets import Tickets, call_of
from tests.fakes import MODEL, a_spec

NOW = 1_795_334_400.0
KEY = "a secret of the deployment's"
BASE = "https://ringback.test/twilio"
INSISTING = "#rc=5&rp=all&rt=5000"


def directions(**changes: object) -> Directions:
    spec = a_spec(**changes)
    config = session_config(spec, brief(spec), model=MODEL, transcription_model="gpt-transcribe")
    return Directions(
        spec, config, Tickets(KEY, spec.id), public_url="https://ringback.test/", phone_number="+14155550100"
    )


def read(document: str) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314 - our own TwiML


def streams(document: str) -> list[dict[str, str]]:
    """The parameters of each stream, in the order in which they are tried."""
    return [{tag.attrib["name"]: tag.attrib["value"] for tag in found} for found in read(document).iter("Stream")]


# No two alike: a prompt is compressed.
MANY = tuple(f"Fact number {n} of many: {hashlib.sha256(bytes([n % 256, n // 256])).hexdigest()}" for n in range(400))


def waits(document: str) -> list[int]:
    return [int(pause.attrib["length"]) for pause in read(document).iter("Pause")]


def turn_of(text: str) -> int:
    """The turn in an address of ours, or in a document's last one."""
    [turn] = re.findall(r"/(?:resume|dialed)/call-1/(\d+)#", text)
    return int(turn)


def test_everybody_who_is_to_be_told_or_asked_is_asked_again_where_nobody_answers() -> None:
    """https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides"""
    placed = directions().placement(NOW)
    assert placed.status_url == f"{BASE}/status/call-1{INSISTING}"
    assert placed.amd_url == f"{BASE}/amd/call-1{INSISTING}"
    redirect = read(placed.twiml).find("Redirect")
    assert redirect is not None
    assert redirect.text == placed.fallback_url == f"{BASE}/resume/call-1/{turn_of(placed.twiml)}{INSISTING}"


def test_a_dial_that_is_short_goes_with_its_document() -> None:
    placed = directions().placement(NOW)
    assert (placed.to, placed.twiml_url) == ("+14155552671", "")
    assert 0 < len(placed.twiml) <= twiml.MAX_INLINE


def test_a_dial_that_is_long_has_its_document_asked_for() -> None:
    placed = directions(facts=MANY).placement(NOW)
    assert (placed.twiml, placed.twiml_url) == ("", f"{BASE}/resume/call-1/{turn_of(placed.twiml_url)}{INSISTING}")


def test_a_call_that_loses_its_stream_tries_others_for_some_seconds() -> None:
    document = directions().connection(NOW)
    first, *others = streams(document)
    assert first["voice"] == "coral"
    assert [set(stream) for stream in others] == [{"token"}] * len(twiml.WAITS_S)
    assert waits(document) == [*twiml.WAITS_S, 4]
    numbers = [stream["token"].split(".")[1] for stream in (first, *others)]
    assert numbers == sorted(set(numbers))
    assert all(call_of(stream["token"], KEY, NOW) == "call-1" for stream in (first, *others))


def test_with_the_dial_go_as_many_of_them_as_there_is_room_for() -> None:
    counts = []
    for facts in range(0, 400, 20):
        placed = directions(facts=MANY[:facts]).placement(NOW)
        if placed.twiml:
            counts.append(len(streams(placed.twiml)) - 1)
    assert counts[0] >= 2
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] < counts[0]


def test_keys_are_pressed_and_a_stream_follows_which_needs_no_more_than_its_ticket() -> None:
    document = directions().detour(PressDigits("12#"), NOW)
    assert [verb.tag for verb in read(document)][:2] == ["Play", "Connect"]
    assert set(streams(document)[0]) == {"token"}
    assert len(document) <= twiml.MAX_INLINE


def test_a_call_that_is_connected_again_tries_as_often_as_any() -> None:
    document = directions().detour(Reconnect(), NOW)
    assert [verb.tag for verb in read(document)][:2] == ["Connect", "Pause"]
    assert set(streams(document)[0]) == {"token"}
    assert len(streams(document)) == 1 + len(twiml.WAITS_S)


def test_another_phone_is_dialled_and_what_came_of_it_asked_for() -> None:
    (link,) = read(directions().detour(TakeOver("+14155552672"), NOW))
    assert (link.tag, link.attrib["action"]) == ("Dial", f"{BASE}/dialed/call-1/0{INSISTING}")


def test_an_apology_is_the_end() -> None:
    document = directions().detour(Apologise("Sorry.", "en"), NOW)
    assert [verb.tag for verb in read(document)] == ["Say", "Hangup"]


def test_what_is_no_detour_is_refused() -> None:
    with pytest.raises(ProtocolError) as refusal:
        directions().detour(HangUp(EndReason.GOODBYE), NOW)
    assert refusal.value.by == "local"


def test_a_process_that_goes_has_the_call_wait_for_the_next() -> None:
    document = directions().wait(NOW)
    assert read(document)[0].tag == "Pause"
    assert len(streams(document)) == len(twiml.WAITS_S)
    assert read(document)[-1].tag == "Redirect"


def test_whoever_asks_while_there_is_a_stream_gets_no_ticket() -> None:
    document = directions().ask_again()
    assert streams(document) == []
    assert [verb.tag for verb in read(document)] == ["Pause", "Redirect"]


def test_a_document_is_asked_for_in_its_turn_once_and_not_after_a_later_stream() -> None:
    told = directions()
    for document in (told.connection(NOW), told.detour(PressDigits("1"), NOW), told.wait(NOW)):
        tickets = [int(stream["token"].split(".")[1]) for stream in streams(document)]
        assert turn_of(document) > max(tickets)
        assert told.asked(str(turn_of(document)))
        assert not told.asked(str(turn_of(document)))


def test_whoever_asks_out_of_turn_is_told_a_turn_that_only_the_carrier_can_ask_for() -> None:
    told = directions()
    turn = turn_of(told.connection(NOW))
    assert told.asked(str(turn))
    again = turn_of(told.ask_again())
    assert again > turn
    assert again == turn_of(told.ask_again())  # however often: it uses nothing up
    assert told.asked(str(again))

"""What goes to the carrier and to the model: the dial, the TwiML, the callbacks, the model's session."""

import asyncio
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree as ET

import aiohttp
import pytest

from bot.app import App
from bridge import twiml
from bridge.events import Confirmed, Dialed
from prompts import library
from sandbox.twilio import StandInCall
from sandbox.world import PUBLIC_URL, World
from tests.e2e.chat import SHORT, Called, called, finished, order, place, plan_json, shown, tell


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Called:
    """A call that the callee ends after two seconds."""
    folder = tmp_path_factory.mktemp("short")
    return tell(lambda world: called(world, folder, SHORT), folder)


def parameters(call: StandInCall) -> dict[str, str]:
    """The `<Parameter>`s of the call's TwiML."""
    document = ET.fromstring(call.params["Twiml"][0])  # noqa: S314 - our own TwiML
    return {p.attrib["name"]: p.attrib["value"] for p in document.iter("Parameter")}


# The dial

RETRIED = "#rc=5&rp=all&rt=5000"  # webhooks that are not answered are asked again


@pytest.mark.daily
def test_the_intent_is_in_the_journal_before_the_dial(short: Called) -> None:
    kinds = [type(event) for event in short.events]
    assert kinds[0] is Confirmed
    assert kinds.index(Dialed) > 0


@pytest.mark.daily
def test_a_call_is_asked_for_with_limits_detection_and_signed_callbacks(short: Called) -> None:
    [confirmed] = [event for event in short.events if isinstance(event, Confirmed)]
    asked = {name: values for name, values in short.call.params.items() if name != "Twiml"}
    turn = short.call.params["Twiml"][0].partition(f"/resume/{confirmed.spec.id}/")[2].partition("#")[0]
    assert asked == {
        "To": ["+14155550107"],
        "From": [short.world.twilio.phone_number],
        "StatusCallback": [f"{PUBLIC_URL}/twilio/status/{confirmed.spec.id}{RETRIED}"],
        "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
        "StatusCallbackMethod": ["POST"],
        "Timeout": ["30"],
        "TimeLimit": [str(600 + 15 * 60 + 60)],  # ten minutes, and a minute's slack behind our own limit
        "MachineDetection": ["DetectMessageEnd"],
        "AsyncAmd": ["true"],
        "AsyncAmdStatusCallback": [f"{PUBLIC_URL}/twilio/amd/{confirmed.spec.id}{RETRIED}"],
        "AsyncAmdStatusCallbackMethod": ["POST"],
        "FallbackUrl": [f"{PUBLIC_URL}/twilio/resume/{confirmed.spec.id}/{turn}{RETRIED}"],
        "FallbackMethod": ["POST"],
    }


@pytest.mark.daily
def test_the_twiml_connects_a_stream_and_goes_on_when_it_ends(short: Called) -> None:
    document = ET.fromstring(short.call.params["Twiml"][0])  # noqa: S314 - our own TwiML
    connect, *waits, redirect = document
    [stream] = connect
    # Should the stream end and nobody answer, it is tried again for some seconds, without a word from us.
    assert {element.tag for element in waits} == {"Pause", "Connect"}
    assert (connect.tag, stream.tag, redirect.tag) == ("Connect", "Stream", "Redirect")
    assert stream.attrib["url"] == "wss://ringback.test/twilio/stream"
    assert (redirect.text or "").startswith(f"{PUBLIC_URL}/twilio/resume/")


@pytest.mark.daily
def test_the_spec_travels_in_the_parameters(short: Called) -> None:
    packed = parameters(short.call)
    spec = twiml.unpack(packed)
    assert (spec.voice, spec.persona, spec.language) == ("coral", "warm", "en")
    assert "the meeting is at 5pm" in spec.prompt.lower()
    assert library.personas()["warm"].manner.strip() in spec.prompt
    assert len(spec.token) >= 32
    assert all(len(name) + len(value) < 500 for name, value in packed.items())


@pytest.mark.daily
def test_there_is_no_token_or_prompt_in_an_address(short: Called) -> None:
    token = twiml.unpack(parameters(short.call)).token
    urls = [value for name, values in short.call.params.items() if name != "Twiml" for value in values]
    assert not any(token in url or "?" in url for url in urls)


def noise(seed: int) -> str:
    """Letters that do not get shorter by being compressed, as a prompt is."""
    return "".join(chr(ord("a") + byte % 26) for byte in sha256(bytes([seed])).digest())


@pytest.mark.daily
async def test_a_long_prompt_goes_by_url(world: World, app: App) -> None:
    world.openai.answer_next(
        plan_json(
            callee_number="+14155550107",
            facts=[f"Fact number {n} is “äöü” <&>: {noise(n)}." for n in range(120)],
        )
    )
    card = await order(world)
    call = await place(world, card)
    await finished(world, card)
    assert "Twiml" not in call.params
    [url] = call.params["Url"]
    assert url.startswith(f"{PUBLIC_URL}/twilio/resume/")
    session = world.openai.connections[0].session
    assert f"Fact number 119 is “äöü” <&>: {noise(119)}." in session["instructions"]
    assert not call.errors


async def test_two_calls_at_once_do_not_get_in_each_others_way(world: World, app: App) -> None:
    first = await order(world, "call Trattoria Roma on +1 415 555 2671 and book a table for two at 8pm, name Anna")
    second = await order(world, "call Mia on +1 415 555 0108 and ask whether she is coming on Saturday")
    await place(world, first)
    await place(world, second)
    await finished(world, first)
    await finished(world, second)
    booked = await shown(world, "Trattoria Roma · 0:")
    answered = await shown(world, "Mia · 0:")
    assert "Booked: 8pm" in booked.text
    assert "bring a cake" in answered.text
    assert "cake" not in first.text
    assert "table" not in second.text


async def test_callbacks_that_come_twice_and_out_of_order_change_nothing(
    world: World, app: App, tmp_path: Path
) -> None:
    world.twilio.conditions.shuffle_callbacks = world.twilio.conditions.duplicate_callbacks = True
    call = await called(world, tmp_path)
    assert call.report.text.startswith("✅ Booked: 7:45pm")
    assert len([event for event in call.events if isinstance(event, Dialed)]) == 1


async def test_a_stream_without_a_signature_is_let_in_by_its_token(world: World, app: App, tmp_path: Path) -> None:
    world.twilio.conditions.sign_streams = False
    call = await called(world, tmp_path, SHORT)
    assert "they hung up" in call.end


# The model's session


def test_the_models_session_is_configured_once_and_exactly_so(short: Called) -> None:
    [connection] = short.world.openai.connections
    [update] = [event for event in connection.received if event["type"] == "session.update"]
    session = update["session"]
    assert {key: session[key] for key in ("type", "output_modalities", "audio")} == {
        "type": "realtime",
        "output_modalities": ["audio"],
        "audio": {
            "input": {
                "format": {"type": "audio/pcmu"},
                "noise_reduction": {"type": "near_field"},
                "transcription": {
                    "model": "gpt-transcribe",
                    "language": "en",
                    "keywords": [short.card.splitlines()[0].removeprefix("📞 "), "Shane"],
                },
                "turn_detection": {
                    "type": "semantic_vad",
                    "eagerness": "medium",
                    # The session decides (docs/decisions/0002): both are off from the start to the end.
                    "create_response": False,
                    "interrupt_response": False,
                },
            },
            "output": {"format": {"type": "audio/pcmu"}, "voice": "coral", "speed": 1.0},
        },
    }
    assert session["instructions"] == twiml.unpack(parameters(short.call)).prompt
    assert [tool["name"] for tool in session["tools"]] == [
        "end_call",
        "ask_requester",
        "never_call_again",
        "press_digits",
        "wait_on_hold",
        "keep_listening",
        "voicemail_reached",
    ]
    assert connection.session["model"] == "gpt-realtime-2.1"


def test_the_models_session_is_open_before_the_callee_answers(short: Called) -> None:
    [connection] = short.world.openai.connections
    updated_at = connection.received_at[[e["type"] for e in connection.received].index("session.update")]
    ringing_at = next(at for at, what in short.call.timeline if what == "ringing")
    assert updated_at <= ringing_at
    assert updated_at < (short.call.answered_at or 0)


def test_the_callees_audio_goes_to_the_model_untouched(short: Called) -> None:
    [connection] = short.world.openai.connections
    heard = sum(1 for event in connection.received if event["type"] == "input_audio_buffer.append")
    assert heard == pytest.approx(len(short.call.callee_audio) / 160, abs=3)


async def test_the_language_of_the_call_is_forced_on_the_transcription(world: World, app: App) -> None:
    world.openai.answer_next(plan_json(callee_number="+14155550107", language="de", persona="patient"))
    card = await order(world)
    await place(world, card)
    await finished(world, card)
    audio = world.openai.connections[0].session["audio"]
    assert audio["input"]["transcription"]["language"] == "de"
    assert audio["input"]["turn_detection"]["eagerness"] == "low"  # the patient persona's own
    assert "Speak German" in world.openai.connections[0].session["instructions"]


async def test_the_session_is_closed_with_the_call(world: World, app: App) -> None:
    card = await order(world, SHORT)
    await place(world, card)
    await finished(world, card)
    async with asyncio.timeout(5):
        await world.openai.connections[0].closed.wait()


# The way in


async def test_a_token_opens_one_stream_only(world: World, app: App) -> None:
    card = await order(world)
    call = await place(world, card)
    used = parameters(call)
    await world.requester.wait_for(lambda m: m is card and "connected" in m.text)
    for custom in (used, used | {"token": "x" * 32}, {"token": used["token"]}, {}):
        assert await closes(app, {"event": "start", "start": {"callSid": call.sid, "customParameters": custom}})
    assert "Booked" in (await finished(world, card)).text


async def test_a_token_does_not_open_another_calls_stream(world: World, app: App) -> None:
    mine = await place(world, await order(world))
    start = {"callSid": "CA" + "0" * 32, "streamSid": "MZ1", "customParameters": parameters(mine)}
    assert await closes(app, {"event": "start", "start": start})
    assert "Booked" in (await finished(world, world.requester.chat.messages[1])).text


async def closes(app: App, message: object) -> bool:
    """Whether the product closes a stream that begins like this."""
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(f"http://127.0.0.1:{app.port}/twilio/stream") as socket,
    ):
        await socket.send_json({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        await socket.send_json(message)
        answer = await socket.receive(timeout=5)
    return answer.type is aiohttp.WSMsgType.CLOSE

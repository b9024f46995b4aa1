"""A call that is recorded: the card and the agent say so, and the report is followed by what was heard on the line.

The file is written by a real thread, for which the clock of these tests does not wait: whoever waits for it has hours.
"""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import soundfile

from bot import reporting
from bot.app import App
from sandbox.mind import Reply
from sandbox.scenario import Rule
from sandbox.telegram import Message
from sandbox.telegram.chat import File
from sandbox.tones import FRAME, SILENCE, Ear, SpeechEnded, encode_sample, mix
from sandbox.twilio import StandInCall
from sandbox.world import World
from tests.e2e.chat import (
    BUSY,
    REQUEST,
    SHORT,
    Provoked,
    answer_to,
    check_the_wires,
    connected,
    finished,
    from_bot,
    is_report,
    order,
    place,
    press,
    running,
    shown,
    tell,
    wall_clock,
)
from tests.e2e.group import a_group
from tests.e2e.line import Says, answered_by, somebody
from tests.processes import PatientLoop

ANNOUNCED = (
    "Hello, this is the AI assistant of Shane. This call is being recorded. I would like to book a table for four at "
    "7pm, please."
)
ROMA = "call Trattoria Roma on +1 415 555 2671 and book a table for two at 8pm, name Anna"
HOURS = 50_000.0  # for a thread, of a clock that does not wait


@dataclass(frozen=True)
class Recorded:
    card: str
    report: Message
    voice: Message
    call: StandInCall
    world: World

    @property
    def file(self) -> File:
        assert self.voice.voice is not None
        return self.voice.voice


async def the_voice(world: World) -> Message:
    return await world.requester.wait_for(lambda m: m.voice, timeout=HOURS)


async def recorded(world: World, request: str = REQUEST) -> Recorded:
    """A call from its request to its recording."""
    card = await order(world, request)
    offered = card.text
    call = await place(world, card)
    report = await finished(world, card)
    return Recorded(offered, report, await the_voice(world), call, world)


@pytest.fixture
async def app(world: World, tmp_path: Path) -> AsyncIterator[App]:
    async with running(world, tmp_path, record_calls=True) as app:
        yield app


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return tell(recorded, tmp_path_factory.mktemp("plain"), record_calls=True)


# What is on it


@dataclass(frozen=True)
class Heard:
    text: str
    at_ms: int


def heard(audio: bytes) -> list[Heard]:
    """Utterances, each from its first sound: a pause of 200 ms parts them."""
    ear = Ear(patience=10)
    told = [
        event
        for at in range(0, len(audio) + 20 * FRAME, FRAME)
        for event in ear.feed(audio[at : at + FRAME].ljust(FRAME, SILENCE[:1]))
    ]
    return [Heard(event.text, event.began_ms) for event in told if isinstance(event, SpeechEnded)]


def there(spoken: Heard, said: list[Heard]) -> bool:
    """In the same place, as closely as a second process can tell when the first one's call began."""
    return any(spoken.text == other.text and abs(spoken.at_ms - other.at_ms) <= 300 for other in said)


def words(audio: bytes) -> list[str]:
    return [utterance.text for utterance in heard(audio)]


def audio_of(file: File) -> bytes:
    """The mu-law that comes out of it."""
    samples, rate = soundfile.read(io.BytesIO(file.data), dtype="int16")
    assert rate == 8000
    return bytes(map(encode_sample, samples.tolist()))


@pytest.mark.daily
def test_the_card_says_that_the_call_is_recorded_and_how_the_agent_says_it(plain: Recorded) -> None:
    assert "⏺ The call is recorded, and the agent says so." in plain.card.splitlines()
    assert f"Opens with: “{ANNOUNCED}”" in plain.card.splitlines()
    assert words(plain.call.agent_audio)[0] == ANNOUNCED


def test_the_recording_follows_the_report_silently(plain: Recorded) -> None:
    assert (plain.voice.silent, plain.voice.reply_to) == (True, plain.report)
    assert plain.voice.id > plain.report.id
    assert not plain.report.silent


def test_it_is_a_voice_message_of_the_right_length(plain: Recorded) -> None:
    with soundfile.SoundFile(io.BytesIO(plain.file.data)) as sound:
        assert (sound.format, sound.subtype, sound.channels) == ("OGG", "OPUS", 1)
        length_s = sound.frames / sound.samplerate
    assert plain.file.duration_s == pytest.approx(length_s, abs=0.51)
    assert length_s == pytest.approx(len(plain.call.agent_audio) / 8000, abs=0.1)
    minutes, seconds = divmod(plain.file.duration_s, 60)
    assert plain.voice.text == f"The call, {minutes}:{seconds:02}"


def test_both_sides_are_to_be_heard_where_they_spoke(plain: Recorded) -> None:
    line = heard(mix(plain.call.agent_audio, plain.call.callee_audio))
    clear = {*words(plain.call.agent_audio), *words(plain.call.callee_audio)}
    file = heard(audio_of(plain.file))
    for on_line, in_file in zip(line, file, strict=True):
        assert abs(on_line.at_ms - in_file.at_ms) <= 40
        assert on_line.text == in_file.text or on_line.text not in clear  # spoken at once, nobody could make them out
    assert {ANNOUNCED, "You are booked: 7:45, table for four, under Shane."} < {utterance.text for utterance in file}


def test_nothing_rings_but_the_report(plain: Recorded) -> None:
    """And the card, which answers the requester's own message."""
    assert [m.text[:10] for m in from_bot(plain.world) if not m.silent] == [
        "📞 Trattoria Roma"[:10],
        plain.report.text[:10],
    ]


LONG = "We would be four people, and we would like to come at seven in the evening, if that is possible."
LATER = "Anna would be glad to sit outside."


class TestABargeIn:
    @pytest.fixture
    async def world(self) -> AsyncIterator[World]:
        hasty = (
            Rule(state="start", say="Hello, who is it?", goto="listening"),
            Rule(state="listening", interrupt_after_ms=2000, say="No, wait.", goto="asked"),
            Rule(state="asked", say="You are booked: 7pm, a table for four.", goto="booked"),
            Rule(state="booked", when=(r"bye\b",), say="Bye!", hang_up=True),
        )
        mind = Says(replies=[Reply((LONG, LATER)), "Yes, I am listening."])
        answerer = answered_by(somebody(*hasty, gives_way=False, greeting=""))
        async with World(answerer=answerer, mind=mind) as world:
            yield world
            check_the_wires(world)

    async def test_what_it_cut_off_is_not_on_the_recording(self, world: World, app: App) -> None:
        call = await recorded(world)
        everything = " ".join(words(audio_of(call.file)))
        assert "Yes, I am listening." in everything
        assert LONG[:20] in everything
        assert LONG[-20:] not in everything
        assert LATER not in everything


async def test_what_is_said_once_the_requester_has_joined_is_theirs(world: World, app: App) -> None:
    """The recording is as long as the agent's part, whatever the call lasted."""
    live = await order(world, ROMA)
    await place(world, live)
    await connected(world, live)
    await asyncio.sleep(7)
    await press(world, live, "Join the call")
    await asyncio.sleep(1)
    world.requester.send_contact("+14155550125", "Shane", user_id=world.requester.id)
    report = await finished(world, live)
    voice = await the_voice(world)
    assert voice.voice is not None
    talked = report.text.splitlines()[-1].partition(" · ")[2].partition(" on")[0]
    minutes, seconds = map(int, talked.split(":"))
    assert 10 < voice.voice.duration_s < minutes * 60 + seconds - 5
    assert "This is Shane" not in " ".join(words(audio_of(voice.voice)))


# Where there is none


async def test_a_call_that_is_not_recorded_says_nothing_of_it(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        card = await order(world)
        assert "recorded" not in card.text
        call = await place(world, card)
        await finished(world, card)
        await answer_to(world, "/help")
    assert "recorded" not in words(call.agent_audio)[0]
    assert not [message for message in from_bot(world) if message.voice]
    assert not (tmp_path / "recordings").exists()


async def test_where_nobody_answered_nothing_is_said_of_a_recording(world: World, app: App) -> None:
    live = await order(world, BUSY)
    await place(world, live)
    report = await finished(world, live)
    await answer_to(world, "/help")
    assert [m for m in from_bot(world) if m.id > report.id and ("record" in m.text.split("/")[0] or m.voice)] == []


async def test_a_recording_that_cannot_be_kept_is_told(world: World, app: App, tmp_path: Path) -> None:
    (tmp_path / "recordings").touch()
    live = await order(world, SHORT)
    await place(world, live)
    report = await finished(world, live)
    note = await shown(world, "The recording of this call could not be kept.")
    assert (note.silent, note.reply_to) == (True, report)


# Telegram in trouble


async def test_a_429_delays_it_and_no_more(world: World, app: App, provoked: Provoked) -> None:
    provoked.telegram = True
    world.telegram.fail_next("sendVoice", 429, times=3, retry_after=20)
    call = await recorded(world, SHORT)
    assert "they hung up" in call.report.text
    assert len(world.telegram.requested("sendVoice")) == 4


@pytest.mark.parametrize(("status", "why"), [(413, "Request Entity Too Large"), (403, "Forbidden")])
async def test_a_recording_that_telegram_does_not_take_is_told(
    world: World, app: App, provoked: Provoked, status: int, why: str
) -> None:
    provoked.telegram = True
    world.telegram.fail_next("sendVoice", status, description=why)
    live = await order(world, SHORT)
    await place(world, live)
    report = await finished(world, live)
    note = await world.requester.wait_for(lambda m: "Telegram did not take the recording" in m.text, timeout=HOURS)
    assert "they hung up" in report.text
    assert (note.silent, note.reply_to) == (True, report)
    assert len(world.telegram.requested("sendVoice")) == 1  # a second try would be as much too large


async def test_where_voice_messages_are_forbidden_it_comes_as_a_file(
    world: World, app: App, provoked: Provoked
) -> None:
    provoked.telegram = True
    world.telegram.fail_next("sendVoice", 400, description="Bad Request: VOICE_MESSAGES_FORBIDDEN")
    live = await order(world, SHORT)
    await place(world, live)
    report = await finished(world, live)
    sent = await world.requester.wait_for(lambda m: m.document and m.document.name == "call.ogg", timeout=HOURS)
    assert sent.document is not None
    assert words(audio_of(sent.document))
    assert (sent.silent, sent.reply_to) == (True, report)


async def test_a_recording_that_is_too_large_for_telegram_is_told(
    world: World, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "MOST_BYTES", 1000)
    live = await order(world, SHORT)
    await place(world, live)
    await finished(world, live)
    await world.requester.wait_for(lambda m: "too large for Telegram" in m.text, timeout=HOURS)
    assert not world.telegram.requested("sendVoice")


# Later, and elsewhere


async def test_a_report_that_comes_after_a_restart_brings_the_recording(
    world: World, tmp_path: Path, provoked: Provoked
) -> None:
    provoked.telegram = True
    async with running(world, tmp_path, record_calls=True):
        live = await order(world, SHORT)
        call = await place(world, live)
        await connected(world, live)
        world.requester.block()
        await call.ended.wait()
        await asyncio.sleep(60)
    world.requester.unblock()
    async with running(world, tmp_path, record_calls=True):
        report = await world.requester.wait_for(is_report)
        voice = await the_voice(world)
    assert voice.reply_to is report
    assert voice.voice is not None
    assert words(audio_of(voice.voice))


def test_of_a_call_that_another_process_goes_on_with_all_is_on_the_recording(tmp_path: Path) -> None:
    changes = {"record_calls": True, "drain_seconds": 0}
    folder = tmp_path / "recordings"

    async def story() -> tuple[StandInCall, File]:
        async with World(wall=wall_clock()) as world:
            async with running(world, tmp_path, **changes):
                live = await order(world)
                call = await place(world, live)
                await connected(world, live)
                await asyncio.sleep(8)
            assert [file.suffix for file in folder.iterdir()] == [".tape"]
            async with running(world, tmp_path, **changes):
                report = await finished(world, live)
                voice = await the_voice(world)
            assert voice.reply_to == report
            assert voice.voice is not None
            check_the_wires(world, Provoked(twilio=True))  # a stream was tried before anybody was there
        return call, voice.voice

    with asyncio.Runner(loop_factory=PatientLoop) as runner:
        call, file = runner.run(story())
    said = heard(audio_of(file))
    missed = [found for found in heard(mix(call.agent_audio, call.callee_audio)) if not there(found, said)]
    assert said[0].text == ANNOUNCED
    assert any(found.text.startswith("Sorry, one moment") for found in said)
    assert len(missed) <= 1  # what was being said at the handing over
    assert [file.suffix for file in folder.iterdir()] == [".ogg"]


async def test_a_group_gets_it_too(world: World, app: App) -> None:
    group = await a_group(world, [world.requester])
    live = await group.order(SHORT, by=world.requester)
    await group.place(live, by=world.requester)
    report = await group.finished(live)
    voice = await group.chat.wait_for(lambda m: m.voice, timeout=HOURS)
    assert (voice.silent, voice.reply_to) == (True, report)

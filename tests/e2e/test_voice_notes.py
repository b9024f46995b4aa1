"""Voice messages: written down, shown, and then handled like typed words; or refused in plain words."""

import asyncio
import logging
from pathlib import Path

import pytest

from bot.app import App
from sandbox.telegram import Message
from sandbox.voice_note import voice_note
from sandbox.world import World
from tests.e2e.chat import (
    HUMAN_S,
    REQUEST,
    Provoked,
    answer_to,
    connected,
    finished,
    from_bot,
    is_card,
    labels,
    order,
    place,
    press,
    shown,
    told_by,
    turns,
)
from tests.e2e.group import a_group

FAILED = "I could not make out that voice message. Please say it again, or write it."
OFFERED = "call Osteria Blu on +1 415 555 0122 and book a table for four at 7pm, 7 to 9 is fine, name Shane"
TABLE = "call Luigi on +1 415 555 0102 and book a table, name Anna"


def speak(world: World, words: str = REQUEST, *, reply_to: Message | None = None) -> Message:
    """Hold the button and talk."""
    return world.requester.send_voice(voice_note(words), 5, reply_to=reply_to)


async def echo_of(world: World, note: Message) -> Message:
    return await world.requester.wait_for(lambda m: m.text.startswith("🎤"), after=note)


async def refusal_of(world: World, note: Message) -> str:
    answer = await world.requester.wait_for(lambda _: True, after=note)
    assert answer.reply_to is note
    assert note.reactions == [] or "👀" in note.reactions
    return answer.text


def fetched(world: World) -> int:
    """How many voice messages were got from Telegram."""
    return len(world.telegram.requested("getFile"))


# Understood


@pytest.mark.daily
async def test_a_voice_message_is_shown_and_becomes_a_card(world: World, app: App) -> None:
    note = speak(world)
    echo = await echo_of(world, note)
    assert echo.text == f"🎤 “{REQUEST}”"
    assert echo.silent
    assert echo.reply_to is note
    card = await world.requester.wait_for(is_card, after=echo)
    assert "Table for 4 people" in card.text
    await answer_to(world, "/help")
    assert note.reactions == []


async def test_an_answer_may_be_spoken(world: World, app: App) -> None:
    question = await answer_to(world, TABLE)
    note = speak(world, "four of us, at 8pm", reply_to=question)
    card = await world.requester.wait_for(is_card, after=note)
    assert "Table for 4 people" in card.text
    assert "Time: 8pm" in card.text


async def test_a_card_is_changed_by_voice(world: World, app: App) -> None:
    await order(world)
    card = await world.requester.wait_for(is_card, after=speak(world, "make it for five"))
    assert "Table for 5 people" in card.text


async def test_a_setting_may_be_spoken(world: World, app: App) -> None:
    settings = await answer_to(world, "/settings")
    await press(world, settings, "Town")
    asked = await shown(world, "Which town")
    speak(world, "Porto, PT", reply_to=asked)
    await world.requester.wait_for(lambda m: m is settings and "Porto" in m.text)
    assert not world.openai.responses_requests


async def test_a_whisper_may_be_spoken(world: World, app: App) -> None:
    live = await order(world)
    await place(world, live)
    await connected(world, live)
    await asyncio.sleep(HUMAN_S)
    note = speak(world, "also ask whether there is parking", reply_to=live)
    await finished(world, live)
    assert note.reactions == ["👍"]
    assert "parking" in " ".join(told_by(turns(live.text), "agent"))


async def test_the_agents_question_may_be_answered_by_voice(world: World, app: App) -> None:
    live = await order(world, OFFERED)
    await place(world, live)
    question = await world.requester.wait_for(lambda m: m.text.startswith("❓"))
    await asyncio.sleep(HUMAN_S)
    speak(world, "yes, that is fine")
    await world.requester.wait_for(lambda m: m is question and "yes, that is fine" in m.text)
    await finished(world, live)


async def test_a_rehearsal_hears_the_callee_speak(world: World, app: App) -> None:
    card = await order(world)
    await press(world, card, "Rehearse")
    await shown(world, "🎬 Rehearsal: you are Trattoria Roma")
    await world.requester.wait_for(lambda m: "book a table" in m.text and m.id > card.id)
    note = speak(world, "Yes, 7pm is fine. See you then!")
    await world.requester.wait_for(lambda m: not m.text.startswith("🎤"), after=note)
    assert len(world.openai.responses_requests) == 1  # nothing was planned anew


async def test_a_sound_file_is_heard_as_well(world: World, app: App) -> None:
    note = world.requester.send_audio("request.oga", voice_note(REQUEST), "audio/ogg", 5)
    assert "Table for 4 people" in (await world.requester.wait_for(is_card, after=note)).text


async def test_a_caption_belongs_to_the_request(world: World, app: App) -> None:
    note = world.requester.send_voice(voice_note("and book a table for four at 7pm"), 5, caption="call +1 415 555 2671")
    assert (await echo_of(world, note)).text == "🎤 “and book a table for four at 7pm”"
    card = await world.requester.wait_for(is_card, after=note)
    assert "+1 415-555-2671" in card.text
    assert "Table for 4 people" in card.text


async def test_what_was_said_is_in_no_log(world: World, app: App, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    await world.requester.wait_for(is_card, after=speak(world))
    assert "Trattoria" not in caplog.text
    assert "2671" not in caplog.text


# Not understood


@pytest.mark.parametrize("audio", [b"OggS", voice_note("")])
async def test_what_holds_no_words_is_asked_for_again(world: World, app: App, audio: bytes, provoked: Provoked) -> None:
    provoked.openai = True
    assert await refusal_of(world, world.requester.send_voice(audio, 3)) == FAILED
    assert not world.openai.responses_requests


async def test_what_is_too_long_is_not_even_fetched(world: World, app: App) -> None:
    note = world.requester.send_voice(voice_note("hello"), 301)
    assert await refusal_of(world, note) == "That voice message is too long. Please keep it under 5 minutes."
    assert not fetched(world)


async def test_what_is_too_large_is_not_even_fetched(world: World, app: App) -> None:
    note = world.requester.send_audio("long.mp3", bytes(20 * 1024 * 1024 + 1), "audio/mpeg", 200)
    assert await refusal_of(world, note) == (
        "That recording is too large: Telegram hands me at most 20 MB. Please send a shorter one, or write it."
    )
    assert not fetched(world)


async def test_a_sound_file_of_a_kind_that_nobody_reads_is_refused(world: World, app: App) -> None:
    assert await refusal_of(world, world.requester.send_audio("old.amr", b"#!AMR", "audio/amr", 3)) == FAILED
    assert not fetched(world)


@pytest.mark.parametrize(
    ("status", "times", "text"),
    [
        (
            500,
            3,
            (
                "I could not listen to that just now: OpenAI did not answer. "
                "It is not lost: forward it to me in a minute, or write it."
            ),
        ),
        (
            401,
            1,
            (
                "OpenAI would not listen to that (401). Whoever runs me should check OPENAI_API_KEY, its credit and "
                "TRANSCRIPTION_MODEL. Until then, please write."
            ),
        ),
    ],
)
async def test_a_model_that_does_not_listen_is_told_in_words(
    world: World, app: App, provoked: Provoked, status: int, times: int, text: str
) -> None:
    provoked.openai = True
    world.openai.fail_next_http(status, times=times)
    note = speak(world)
    assert await refusal_of(world, note) == text
    await answer_to(world, "/help")
    assert note.reactions == []


async def test_a_file_that_is_gone_is_told_in_words(world: World, app: App, provoked: Provoked) -> None:
    provoked.telegram = True
    note = speak(world)
    world.telegram.cloud.files.clear()
    assert await refusal_of(world, note) == (
        "I could not get that voice message from Telegram. Please send it once more, or write it."
    )


async def test_nothing_is_lost_by_a_voice_message_that_fails(world: World, app: App, provoked: Provoked) -> None:
    provoked.openai = True
    card = await order(world)
    await refusal_of(world, world.requester.send_voice(b"OggS", 3))
    assert "call" in labels(card)


# Who is listened to


async def test_a_watcher_is_not_listened_to(world: World, app: App) -> None:
    watcher = world.telegram.person(3003, "Eve")
    await answer_to(world, "/allow 3003 watcher")
    note = watcher.send_voice(voice_note(REQUEST), 5)
    assert "neither place" in (await watcher.wait_for(lambda _: True, after=note)).text
    assert not fetched(world)


async def test_in_a_group_only_a_reply_to_us_is_listened_to(world: World, app: App, tmp_path: Path) -> None:
    group = await a_group(world, [world.requester])
    first = group.from_bot()[0]
    world.requester.send_voice(voice_note("this is for the family"), 5, chat=group.chat)
    note = world.requester.send_voice(voice_note(REQUEST), 5, reply_to=first)
    card = await group.chat.wait_for(is_card, after=note)
    assert "Table for 4 people" in card.text
    echoes = [m.text for m in group.from_bot() if m.text.startswith("🎤")]
    assert echoes == [f"🎤 “{REQUEST.replace('+1 415 555 2671', '+• ••• ••• ••71')}”"]
    assert fetched(world) == 1
    assert not from_bot(world)

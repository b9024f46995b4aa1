"""The card's buttons: what each does, who may press it, and that nothing but one press of Call ever dials."""

import asyncio

import pytest

from bot.app import App
from prompts import library
from sandbox.telegram import Message
from sandbox.world import World
from tests.e2e.chat import (
    BUSY,
    SHORT,
    Provoked,
    answer_to,
    data_of,
    finished,
    from_bot,
    is_card,
    labels,
    order,
    place,
    press,
    press_data,
    shown,
)

VOICES = ["alloy", "ash", "ballad", "cedar", "coral", "echo", "marin", "sage", "shimmer", "verse"]


async def turned(world: World, card: Message, label: str) -> list[str]:
    """The buttons after a press that turns a page."""
    before = labels(card)
    assert await press(world, card, label) == ""
    await world.requester.wait_for(lambda m: m is card and labels(card) != before)
    return labels(card)


# Persona and voice


@pytest.mark.daily
async def test_persona_shows_the_catalogue_and_marks_the_one_that_is_chosen(world: World, app: App) -> None:
    card = await order(world)
    text = card.text
    shown = await turned(world, card, "Persona")
    names = [persona.name.casefold() for persona in library.personas().values()]
    assert len(names) >= 5
    assert sorted(label.replace("✓ ", "") for label in shown) == sorted([*names, "back"])
    assert any("✓" in b.label and "Brisk" in b.label for row in card.keyboard for b in row)
    assert card.text == text


@pytest.mark.daily
async def test_a_chosen_persona_brings_its_voice(world: World, app: App) -> None:
    card = await order(world)
    await turned(world, card, "Persona")
    assert labels(card) != await turned(world, card, "Warm friend")
    assert "🎭 Warm friend · 🔊 coral" in card.text
    assert labels(card) == ["call", "persona", "voice", "rehearse", "edit", "cancel"]


@pytest.mark.daily
async def test_a_chosen_voice_stays_when_the_persona_changes(world: World, app: App) -> None:
    card = await order(world)
    await turned(world, card, "Voice")
    await turned(world, card, "ballad")
    await turned(world, card, "Persona")
    await turned(world, card, "Firm negotiator")
    assert "🎭 Firm negotiator · 🔊 ballad" in card.text


@pytest.mark.daily
async def test_all_ten_voices_are_found_by_paging(world: World, app: App) -> None:
    card = await order(world)
    first = await turned(world, card, "Voice")
    second = await turned(world, card, "More (1/2)")
    voices = {label for label in first + second if label in VOICES or label.endswith("marin")}
    assert {voice.removeprefix("✓ ") for voice in voices} >= set(VOICES) - {"marin"}
    assert len(voices) == 10
    assert await turned(world, card, "More (2/2)") == first  # round again


@pytest.mark.daily
async def test_a_voice_from_the_second_page_is_the_voice_of_the_call(world: World, app: App) -> None:
    card = await order(world, SHORT)
    await turned(world, card, "Voice")
    await turned(world, card, "More (1/2)")
    await turned(world, card, "verse")
    assert "🔊 verse" in card.text
    await place(world, card)
    await finished(world, card)
    assert world.openai.connections[0].session["audio"]["output"]["voice"] == "verse"


@pytest.mark.daily
async def test_presses_that_are_faster_than_telegram_takes_edits_all_count(world: World, app: App) -> None:
    card = await order(world)
    _, _, draft_id, rev = data_of(card, "Call").split(":")
    for verb in ("voices", "back", "voices", "personas", "voices", "back", "voice=verse"):
        await world.requester.press_data(card, f"c:{verb}:{draft_id}:{rev}").answered
    await world.requester.wait_for(lambda m: m is card and "🔊 verse" in m.text and "call" in labels(m))


@pytest.mark.parametrize("status", [429, 502, 0])
async def test_a_choice_is_shown_whatever_happens_on_the_way_to_telegram(
    world: World, app: App, provoked: Provoked, status: int
) -> None:
    provoked.telegram = True
    card = await order(world)
    await turned(world, card, "Voice")
    world.telegram.fail_next("editMessageText", status, times=2, retry_after=7)
    await turned(world, card, "ballad")
    assert "🔊 ballad" in card.text


@pytest.mark.parametrize("status", [400, 429, 502, 0])
async def test_a_press_whose_answer_is_lost_counts_all_the_same(
    world: World, app: App, provoked: Provoked, status: int
) -> None:
    provoked.telegram = True
    card = await order(world)
    world.telegram.fail_next("answerCallbackQuery", status)
    await asyncio.sleep(2)
    world.requester.press(card, "Cancel")
    await world.requester.wait_for(lambda m: m is card and "Nothing was dialled" in m.text)


async def test_back_returns_to_the_card_without_a_change(world: World, app: App) -> None:
    card = await order(world)
    text, buttons = card.text, labels(card)
    await turned(world, card, "Voice")
    await turned(world, card, "Back")
    assert (card.text, labels(card)) == (text, buttons)


async def test_the_chosen_persona_outlives_an_amendment(world: World, app: App) -> None:
    card = await order(world)
    await turned(world, card, "Persona")
    await turned(world, card, "Warm friend")
    amended = await order(world, "make it for five")
    assert "🎭 Warm friend · 🔊 coral" in amended.text


# Cancel


async def test_cancel_closes_the_card_and_nothing_is_dialled(world: World, app: App) -> None:
    card = await order(world)
    call = data_of(card, "Call")
    assert await press(world, card, "Cancel") == "Cancelled. Nothing was dialled."
    await world.requester.wait_for(lambda m: m is card and not m.keyboard)
    assert card.text == "✖️ Trattoria Roma\nCancelled. Nothing was dialled."
    assert await press_data(world, card, call) == "This card is no longer open."
    assert not world.twilio.calls


async def test_after_cancel_the_next_message_is_a_request_of_its_own(world: World, app: App) -> None:
    card = await order(world)
    await press(world, card, "Cancel")
    after = await order(world, BUSY)
    assert "Luigi" in after.text
    assert "Shane." not in after.text


async def test_a_written_never_mind_closes_the_card_or_the_question_and_asks_no_model(world: World, app: App) -> None:
    card = await order(world)
    assert (await answer_to(world, "Never mind.")).text == "Cancelled. Nothing was dialled."
    await world.requester.wait_for(lambda m: m is card and m.text.startswith("✖️ Trattoria Roma") and not m.keyboard)
    question = await answer_to(world, "/call Luigi on +1 415 555 0102 and book a table, name Anna")
    assert (await answer_to(world, "/cancel")).text == "Cancelled. Nothing was dialled."
    await world.requester.wait_for(lambda m: m is question and not m.keyboard)
    assert len(world.openai.responses_requests) == 2


async def test_a_written_yes_dials_nothing_and_tells_what_to_press(world: World, app: App) -> None:
    card = await order(world)
    assert (await answer_to(world, "yes")).text == "I dial when you press “📞 Call” on the card, not before."
    assert not world.twilio.calls
    assert await press(world, card, "Edit") == ""
    asked = await shown(world, "What should I change?")
    assert "the card stays as it is" in (await answer_to(world, "never mind", reply_to=asked)).text
    await place(world, card)


# One press, one dial


async def test_call_pressed_twice_dials_once(world: World, app: App) -> None:
    card = await order(world, SHORT)
    data = data_of(card, "Call")
    presses = [world.requester.press_data(card, data) for _ in range(5)]
    notices = await asyncio.gather(*(press_.answered for press_ in presses))
    assert sorted(notices) == ["Dialling", *["This call has been placed already."] * 4]
    await finished(world, card)
    assert len(world.twilio.calls) == 1


async def test_a_press_while_words_are_planned_is_answered_in_time_and_dials_no_old_card(
    world: World, app: App
) -> None:
    card = await order(world)
    world.openai.conduct.thinking_s = 12
    world.requester.say("make it for five")
    await asyncio.sleep(1)
    began = asyncio.get_running_loop().time()
    assert (await press(world, card, "Call")).startswith("One moment: I am still busy")
    assert asyncio.get_running_loop().time() - began < 10
    changed = await world.requester.wait_for(lambda m: is_card(m) and "5 people" in m.text)
    assert not world.twilio.calls
    await place(world, changed)


async def test_call_pressed_again_after_the_call_dials_no_more(world: World, app: App) -> None:
    card = await order(world, BUSY)
    data = data_of(card, "Call")
    await place(world, card)
    await finished(world, card)
    assert await press_data(world, card, data) == "This call has been placed already."
    assert len(world.twilio.calls) == 1


async def test_call_again_is_a_new_card_and_a_call_of_its_own(world: World, app: App) -> None:
    card = await order(world, BUSY)
    offered = card.text
    await place(world, card)
    report = await finished(world, card)
    assert await press(world, report, "Call again") == ""
    again = await world.requester.wait_for(is_card, after=report)
    assert again.text == offered
    await place(world, again)
    await finished(world, again)
    assert len(world.twilio.calls) == 2


# Old buttons, forged buttons


async def test_the_buttons_of_an_old_card_are_stale(world: World, app: App) -> None:
    card = await order(world)
    old = {label: data_of(card, label) for label in labels(card)}
    await order(world, "make it for five")
    for data in old.values():
        assert await press_data(world, card, data) == "This card has changed since. Look at the newest one."
    assert not world.twilio.calls


async def test_the_call_button_from_before_another_voice_was_chosen_is_stale(world: World, app: App) -> None:
    card = await order(world)
    old = data_of(card, "Call")
    await turned(world, card, "Voice")
    await turned(world, card, "ballad")
    assert "changed since" in await press_data(world, card, old)
    assert not world.twilio.calls


async def test_another_person_cannot_press_the_requesters_buttons(world: World, app: App) -> None:
    card = await order(world, SHORT)
    data = [data_of(card, label) for label in labels(card)]
    other = world.telegram.person(2002, "Mallory")
    allowed = world.requester.say("/allow 2002")
    await world.requester.wait_for(lambda m: "may now use" in m.text, after=allowed)
    own = await order(world, BUSY, by=other)  # a message of the bot in the other's chat, to press on
    before = card.text
    for forged in data:
        assert await press_data(world, own, forged, by=other) == "This button has no use any more."
    await place(world, card)
    hang_up = data_of(await world.requester.wait_for(lambda m: m is card and "stop" in labels(m)), "Stop")
    assert await press_data(world, own, hang_up, by=other) == "This button has no use any more."
    report = await finished(world, card)
    for label in labels(report):
        assert await press_data(world, own, data_of(report, label), by=other) == "This button has no use any more."
    assert before != card.text
    assert len(world.twilio.calls) == 1
    assert from_bot(world, other) == [own]
    assert "they hung up" in report.text


async def test_forged_data_is_answered_and_dials_nothing(world: World, app: App) -> None:
    card = await order(world)
    _, _, draft_id, rev = data_of(card, "Call").split(":")
    for data in (
        "x",
        "c:call",
        "c:call::1",
        "c:call:nobody:1",
        f"c:call:{draft_id}:",
        f"c:call:{draft_id}:-1",
        f"c:call:{draft_id}:1:1",
        f"d:call:{draft_id}:{rev}",
        f"c:nonsense:{draft_id}:{rev}",
        f"c:persona=:{draft_id}:{rev}",
        f"c:voices=999999999999:{draft_id}:{rev}",
        f"c:call:{draft_id}:99999999999999999999",
        f"c:hangup:{draft_id}:{rev}",
        f"c:join:{draft_id}:{rev}",
        f"c:transcript:{draft_id}:{rev}",
        f"c:CALL:{draft_id}:{rev}",
    ):
        await press_data(world, card, data)
    await asyncio.sleep(2)
    assert not world.twilio.calls
    assert "Trattoria Roma" in card.text


async def test_a_forged_choice_changes_nothing(world: World, app: App) -> None:
    card = await order(world)
    _, _, draft_id, rev = data_of(card, "Call").split(":")
    notice = await press_data(world, card, f"c:voice=robotic:{draft_id}:{rev}")
    assert notice == "This card is no longer open."
    assert "🔊 marin" in card.text

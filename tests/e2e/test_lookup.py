"""A business without a number: looked up on the web, shown with its source, and used only when somebody agrees."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from sandbox.telegram import Change, Message
from sandbox.world import World
from tests.e2e.chat import (
    SHORT,
    Provoked,
    answer_to,
    data_of,
    from_bot,
    is_card,
    labels,
    order,
    place,
    plan_json,
    press,
    press_data,
    running,
)
from tests.e2e.group import a_group, shows, told

ROMA = "call Trattoria Roma and book a table for four at 7pm, name Shane"
NOWHERE = "call Trattoria Napoli and book a table for four at 7pm, name Shane"
ASK_NUMBER = "What number should I call? Write it with its country code, like +1 415 555 2671, or share the contact."
NOT_FOUND = (
    "I could not find a number for Trattoria Napoli restaurant. Write it with its country code, like +1 415 555 2671, "
    "or share the contact."
)
TOWN = " Which town should I look in? Set it once in /settings, or write it with the request."
STALE = "This card has changed since. Look at the newest one."


def is_candidate(message: Message) -> bool:
    return labels(message) == ["use it", "another number"]


def is_help(message: Message) -> bool:
    return "/help – this text" in message.text


async def looked_up(world: World, text: str = ROMA) -> Message:
    said = world.requester.say(text)
    return await world.requester.wait_for(is_candidate, after=said)


async def has_no_buttons(world: World, message: Message) -> None:
    await world.requester.wait_for(lambda m: m is message and not m.keyboard)


def searches(world: World) -> list[dict[str, Any]]:
    return [request for request in world.openai.responses_requests if request.get("tools")]


def while_searching(world: World, happens: Callable[[], None]) -> None:
    """As soon as the first search has been announced."""

    def heard(change: Change) -> None:
        if change.message and "🔎" in change.message.text:
            stop()
            happens()

    stop = world.telegram.listen(heard)


def finds(world: World, **changes: str) -> None:
    found = {
        "number": "+1 415 555 2671",
        "name": "Trattoria Roma",
        "address": "1 Example Street",
        "source": "https://www.example.com/trattoria-roma",
    }
    while_searching(world, lambda: world.openai.answer_next(json.dumps(found | changes)))


# Found


@pytest.mark.daily
async def test_a_number_is_found_shown_with_its_source_and_used_when_the_requester_agrees(
    world: World, app: App
) -> None:
    candidate = await looked_up(world)
    search, _ = from_bot(world)
    assert search.text == "🔎 Looking up the number of Trattoria Roma restaurant …"
    assert search.silent
    assert search.deleted
    assert candidate.text.splitlines() == [
        "I found this number. Is it the right one?",
        "📞 +1 415-555-2671",
        "Trattoria Roma · 1 Example Street",
        "Source: https://www.example.com/trattoria-roma",
    ]
    assert await press(world, candidate, "Use it") == ""
    card = await world.requester.wait_for(is_card)
    assert card.text.splitlines()[:2] == ["📞 Trattoria Roma", "+1 415-555-2671 · for Shane"]
    await has_no_buttons(world, candidate)
    assert (await place(world, card)).params["To"] == ["+14155552671"]


async def test_without_a_town_the_time_zone_tells_where_to_search(world: World, app: App) -> None:
    await looked_up(world)
    (search,) = searches(world)
    assert search["tools"] == [
        {"type": "web_search", "user_location": {"type": "approximate", "timezone": "America/Los_Angeles"}}
    ]
    assert search["input"] == "ASKED FOR\nTrattoria Roma restaurant\nNEAR\nnone"


async def test_it_searches_near_the_chats_town(world: World, app: App) -> None:
    settings = await answer_to(world, "/settings")
    await press(world, settings, "Town")
    asked = await world.requester.wait_for(lambda m: m.text.startswith("Which town"))
    await answer_to(world, "Porto, PT", reply_to=asked)
    await looked_up(world)
    (search,) = searches(world)
    where = {"type": "approximate", "timezone": "America/Los_Angeles", "city": "Porto", "country": "PT"}
    assert search["tools"][0]["user_location"] == where
    assert search["input"].endswith("NEAR\nPorto, PT")
    missing = await answer_after_search(world, NOWHERE)
    assert missing.text == NOT_FOUND


async def answer_after_search(world: World, text: str) -> Message:
    said = world.requester.say(text)
    return await world.requester.wait_for(lambda m: "🔎" not in m.text, after=said)


@pytest.mark.parametrize("word", ["yes", "Yes, please!", "That’s it."])
async def test_a_written_yes_is_a_yes(world: World, app: App, word: str) -> None:
    candidate = await looked_up(world)
    assert "+1 415-555-2671" in (await order(world, word)).text
    await has_no_buttons(world, candidate)
    assert len(searches(world)) == 1


async def test_a_candidate_waits_for_its_answer_over_a_restart(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        candidate = await looked_up(world)
    async with running(world, tmp_path):
        await press(world, candidate, "Use it")
        assert "+1 415-555-2671" in (await world.requester.wait_for(is_card)).text


async def test_two_presses_are_one_answer(world: World, app: App) -> None:
    candidate = await looked_up(world)
    presses = [world.requester.press(candidate, label) for label in ("Use it", "Another number")]
    assert {await press_.answered for press_ in presses} <= {"", STALE}
    first = await world.requester.wait_for(lambda _: True, after=candidate)
    assert is_card(first) or first.text == ASK_NUMBER  # whichever of them came first
    assert is_help(await answer_to(world, "/help"))
    assert [m for m in from_bot(world) if m.id > candidate.id and not is_help(m)] == [first]


# Refused


async def test_another_number_is_asked_for_and_nothing_is_searched_again(world: World, app: App) -> None:
    candidate = await looked_up(world)
    assert await press(world, candidate, "Another number") == ""
    question = await world.requester.wait_for(lambda m: m.text == ASK_NUMBER)
    assert "number of Trattoria Roma" in (await answer_to(world, "make it for five")).text
    card = await answer_to(world, "+1 415 555 0102", reply_to=question)
    assert "+1 415-555-0102" in card.text
    assert "Table for 5 people" in card.text
    assert len(searches(world)) == 1


async def test_a_planner_that_wants_the_same_search_again_gets_none(world: World, app: App) -> None:
    candidate = await looked_up(world)
    await press(world, candidate, "Another number")
    await world.requester.wait_for(lambda m: m.text == ASK_NUMBER)
    world.openai.answer_next(plan_json(callee_number="", lookup="Trattoria Roma restaurant"))
    assert (await answer_to(world, "make it for five")).text == ASK_NUMBER
    assert len(searches(world)) == 1


async def test_a_written_no_asks_for_the_number(world: World, app: App) -> None:
    await looked_up(world)
    world.openai.answer_next(plan_json(callee_number="", lookup=""))
    assert (await answer_to(world, "no, that one has closed")).text == ASK_NUMBER


async def test_a_refused_number_is_used_by_no_late_press(world: World, app: App) -> None:
    candidate = await looked_up(world)
    use = data_of(candidate, "Use it")
    await press(world, candidate, "Another number")
    await world.requester.wait_for(lambda m: m.text == ASK_NUMBER)
    assert await press_data(world, candidate, use) == STALE


# Words instead of a press


async def test_words_about_the_place_search_again(world: World, app: App) -> None:
    first = await looked_up(world)
    second = await looked_up(world, "no, the one in Oakland")
    assert [search["input"].splitlines()[1] for search in searches(world)] == [
        "Trattoria Roma restaurant",
        "Trattoria Roma restaurant in Oakland",
    ]
    await has_no_buttons(world, first)
    await press(world, second, "Use it")
    assert "Table for 4 people" in (await world.requester.wait_for(is_card)).text


async def test_words_about_the_matter_leave_the_question_open(world: World, app: App) -> None:
    first = await looked_up(world)
    second = await looked_up(world, "make it for five")
    assert second.text == first.text
    assert len(searches(world)) == 1
    assert await press_data(world, second, data_of(second, "Use it")) == ""
    assert "Table for 5 people" in (await world.requester.wait_for(is_card)).text


async def test_a_written_number_takes_the_place_of_the_one_found(world: World, app: App) -> None:
    await looked_up(world)
    card = await order(world, "+1 415 555 0102")
    assert "+1 415-555-0102" in card.text
    assert "Trattoria Roma" in card.text


async def test_a_shared_contact_takes_its_place_too(world: World, app: App) -> None:
    await looked_up(world)
    contact = world.requester.send_contact("14155550102", "Roma")
    assert "+1 415-555-0102" in (await world.requester.wait_for(is_card, after=contact)).text


async def test_words_that_mean_nothing_leave_it_as_it_is(world: World, app: App) -> None:
    candidate = await looked_up(world)
    world.openai.answer_next(plan_json(not_a_call=True))
    assert (await answer_to(world, "how is the weather")).text.startswith(
        "I did not understand that. Answer the question above"
    )
    await press(world, candidate, "Use it")
    assert "+1 415-555-2671" in (await world.requester.wait_for(is_card)).text


async def test_another_request_leaves_it_open(world: World, app: App) -> None:
    candidate = await looked_up(world)
    assert "Joe" in (await order(world, SHORT)).text
    await press(world, candidate, "Use it")
    assert "Trattoria" in (await world.requester.wait_for(lambda m: is_card(m) and "Roma" in m.text)).text


async def test_the_planner_is_told_of_the_question_and_not_of_the_number(world: World, app: App) -> None:
    await looked_up(world)
    await looked_up(world, "make it for five")
    asked = str(world.openai.responses_requests[-1]["input"])
    assert "I found this number. Is it the right one? – Trattoria Roma · 1 Example Street" in asked
    assert "2671" not in asked


# Not found


async def test_without_a_number_it_is_asked_for_and_the_town_too(world: World, app: App) -> None:
    question = await answer_after_search(world, NOWHERE)
    assert question.text == NOT_FOUND + TOWN
    card = await answer_to(world, "+1 415 555 0102", reply_to=question)
    assert "Trattoria Napoli" in card.text
    assert "Table for 4 people" in card.text


async def test_what_else_is_missing_is_asked_in_the_same_message(world: World, app: App) -> None:
    question = await answer_after_search(world, "call Trattoria Napoli and book a table at 7pm")
    assert question.text.splitlines() == [
        "I need a little more:",
        f"1. {NOT_FOUND}{TOWN}",
        "2. A table for how many people?",
    ]
    assert labels(question) == ["2. 2 people", "2. 3 people", "2. 4 people", "2. 6 people"]


@pytest.mark.parametrize(
    "found",
    [
        {"number": "911"},
        {"number": "+1 900 555 1234"},
        {"number": "not given"},
        {"number": ""},
        {"source": "javascript:alert(1)"},
        {"source": "http://[nowhere"},
        {"source": ""},
    ],
)
async def test_what_cannot_be_called_or_checked_is_never_offered(world: World, app: App, found: dict[str, str]) -> None:
    finds(world, **found)
    question = await answer_after_search(world, ROMA)
    assert question.text.startswith("I could not find a number for Trattoria Roma restaurant.")
    assert not question.keyboard


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (500, "the planning model did not answer."),
        (401, "OpenAI refused it (401). Whoever runs me should check OPENAI_API_KEY, its credit and TEXT_MODEL."),
    ],
)
async def test_a_search_that_fails_is_said_to_and_the_number_asked_for(
    world: World, app: App, status: int, reason: str
) -> None:
    while_searching(world, lambda: world.openai.fail_next_http(status, times=3 if status == 500 else 1))
    question = await answer_after_search(world, ROMA)
    assert question.text == (
        f"I could not look up the number of Trattoria Roma restaurant just now: {reason} "
        "Write the number with its country code, like +1 415 555 2671, or share the contact."
    )
    # It is not lost: the next words find it, or give the number.
    candidate = await looked_up(world, "make it for five")
    await press(world, candidate, "Use it")
    assert "Table for 5 people" in (await world.requester.wait_for(is_card)).text


# In a group


async def test_in_a_group_only_the_requester_agrees_and_the_number_is_hidden(
    world: World, app: App, provoked: Provoked
) -> None:
    mallory, ben = world.telegram.person(2002, "Mallory"), world.telegram.person(4, "Ben")
    for one in (mallory, ben):
        await answer_to(world, f"/allow {one.id} caller")
    group = await a_group(world, [world.requester, mallory, ben])
    finds(world, source="https://www.example.com/place/14155552671")
    said = await group.said(f"/call@ringback_bot {ROMA.removeprefix('call ')}", by=mallory)
    candidate = await group.chat.wait_for(is_candidate, after=said)
    assert candidate.text.splitlines()[1:] == [
        "📞 +• •••-•••-••71",
        "Trattoria Roma · 1 Example Street",
        "Source: www.example.com",
    ]
    assert "Mallory" in await press(world, candidate, "Use it", by=ben)
    assert await press(world, candidate, "Use it", by=mallory) == ""
    assert "+• •••-•••-••71" in (await group.chat.wait_for(is_card)).text
    assert not [text for text in told(world, group.chat) if shows(text, "+14155552671")]

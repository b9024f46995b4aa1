"""Groups: who is let in, who may press what, what others see, and where answers go."""

from pathlib import Path
from urllib.parse import unquote

import pytest

from bot.app import App
from sandbox.telegram import Chat, Person
from sandbox.world import World
from tests.e2e.chat import (
    BUSY,
    REQUEST,
    SHORT,
    Provoked,
    answer_to,
    data_of,
    labels,
    plan_json,
    press,
    press_data,
    running,
)
from tests.e2e.group import FAMILY, Group, a_group, shows, told

NUMBER = "+14155552671"
ASK = "I make phone calls. One of my admins must allow this group first: with this button, or with /allow"
WHOSE = "This is Mallory’s call: only they or an admin can do that."


@pytest.fixture
def mallory(world: World) -> Person:
    return world.telegram.person(2002, "Mallory")


@pytest.fixture
def eve(world: World) -> Person:
    return world.telegram.person(3003, "Eve")


@pytest.fixture
async def group(world: World, app: App, mallory: Person, eve: Person) -> Group:
    """Shane is an admin, Mallory a caller, Eve may watch."""
    await answer_to(world, "/allow 2002 caller")
    await answer_to(world, "/allow 3003 watcher")
    return await a_group(world, [world.requester, mallory, eve])


def a_new_group(world: World, *members: Person) -> Chat:
    return world.telegram.group(FAMILY, "Family", members)


# Let in


@pytest.mark.daily
async def test_a_group_asks_for_an_admin_and_is_let_in_by_a_button(world: World, app: App, mallory: Person) -> None:
    chat = a_new_group(world, mallory, world.requester)
    asked = await chat.wait_for(lambda m: m.sender == "bot")
    assert asked.text == ASK
    assert labels(asked) == ["allow this group"]
    assert "private" in await press(world, asked, "Allow this group", by=mallory)
    assert await press(world, asked, "Allow this group") == ""
    await chat.wait_for(lambda m: m is asked and m.text.startswith("This group may use me now. In a group, write"))
    assert not asked.keyboard
    card = await Group(world, chat).order(REQUEST, by=world.requester)
    assert "Trattoria" in card.text


@pytest.mark.daily
async def test_a_caller_cannot_let_a_group_in(world: World, app: App, mallory: Person) -> None:
    await answer_to(world, "/allow 2002 caller")
    chat = a_new_group(world, mallory)
    asked = await chat.wait_for(lambda m: m.sender == "bot")
    assert await press(world, asked, "Allow this group", by=mallory) == "Only admins can do that."
    mallory.say("/allow", chat=chat)
    mallory.say(f"/call@ringback_bot {REQUEST}", chat=chat)
    await answer_to(world, "/help")
    assert [m.text for m in chat.messages if m.sender == "bot"] == [ASK]
    assert not world.openai.responses_requests


@pytest.mark.daily
async def test_an_admin_lets_a_group_in_by_a_command_and_puts_it_out(world: World, app: App) -> None:
    group = Group(world, a_new_group(world, world.requester))
    await group.shown("I make phone calls")
    assert (await group.say("/allow", by=world.requester)).text.startswith("This group may use me now.")
    card = await group.order(REQUEST, by=world.requester)
    out = await group.say("/deny@ringback_bot", by=world.requester)
    assert out.text == "This group may no longer use me. /allow lets it in again."
    assert (await group.say("/call x", by=world.requester)).text == ASK
    refusal = "This group may not use me any more. An admin can allow it again: /allow"
    assert await press(world, card, "Call") == refusal
    assert not world.twilio.calls
    await group.say("/allow", by=world.requester)
    await group.place(card, by=world.requester)


@pytest.mark.daily
async def test_an_admin_puts_a_group_out_from_afar(world: World, group: Group) -> None:
    assert (await answer_to(world, f"/deny {FAMILY}")).text == "That group may no longer use me."
    assert (await group.say("/call x", by=world.requester)).text == ASK


async def test_a_group_that_is_out_is_not_spammed(world: World, app: App, mallory: Person) -> None:
    chat = a_new_group(world, mallory)
    for text in (f"/call@ringback_bot {REQUEST}", "@ringback_bot hello", "/help"):
        mallory.say(text, chat=chat)
    await answer_to(world, "/help")
    assert [m.text for m in chat.messages if m.sender == "bot"] == [ASK]


async def test_a_group_is_asked_about_once_after_each_start(world: World, mallory: Person, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        chat = a_new_group(world, mallory)
        await chat.wait_for(lambda m: m.sender == "bot")
    async with running(world, tmp_path):
        for text in ("/help", "/call x"):
            mallory.say(text, chat=chat)
        await answer_to(world, "/help")
    assert [m.text for m in chat.messages if m.sender == "bot"] == [ASK, ASK]


async def test_an_edited_message_of_a_group_that_is_out_changes_nothing(world: World, group: Group) -> None:
    said = await group.said(f"/call@ringback_bot {REQUEST}", by=world.requester)
    await group.shown("Trattoria Roma")
    await group.say("/deny", by=world.requester)
    asked = len(world.openai.responses_requests)
    world.requester.edit(said, said.text.replace("four", "five"))
    await answer_to(world, "/help")
    assert len(world.openai.responses_requests) == asked


async def test_a_member_without_a_role_is_sent_to_the_private_chat(world: World, app: App) -> None:
    stranger = world.telegram.person(123456789, "Sue")
    group = await a_group(world, [world.requester, stranger])
    refusal = await group.say("/help@ringback_bot", by=stranger)
    assert refusal.text == (
        "Sorry, this bot is private. If you should have access, write to me in a private chat first: "
        "https://t.me/ringback_bot"
    )
    card = await group.order(REQUEST, by=world.requester)
    assert await press(world, card, "Call", by=stranger) == refusal.text
    assert "123456789" in (await answer_to(world, "hello", by=stranger)).text


# What is said to us


async def test_what_others_say_to_each_other_is_not_heard(world: World, group: Group, mallory: Person) -> None:
    before = len(group.from_bot())
    for text in (
        REQUEST,
        "/call@other_bot call Joe on +1 415 555 0107",
        "/stats",
        "@ringback_bot2 call Joe",
        "write to me@ringback_bot.example",
    ):
        await group.said(text, by=mallory)
    await answer_to(world, "/help")
    assert len(group.from_bot()) == before
    assert not world.openai.responses_requests


async def test_with_privacy_mode_off_the_same_holds(world: World, group: Group, mallory: Person) -> None:
    """All that is said is delivered then (https://core.telegram.org/bots/features#privacy-mode)."""
    group.chat.bot_status = "administrator"
    before = len(group.from_bot())
    for text in (REQUEST, "/call@other_bot x", "/stats", "ask ringback_bot"):
        await group.said(text, by=mallory)
    await answer_to(world, "/help")
    assert len(group.from_bot()) == before
    assert (await group.say("/help", by=mallory)).text.startswith("Write what you want done")


@pytest.mark.parametrize("text", [f"/call {BUSY}", f"/call@ringback_bot {BUSY}", f"@ringback_bot {BUSY}"])
async def test_a_command_or_a_mention_is_a_request(world: World, group: Group, mallory: Person, text: str) -> None:
    card = await group.say(text, by=mallory)
    assert "Luigi" in card.text


async def test_a_reply_to_the_card_changes_it(world: World, group: Group, mallory: Person) -> None:
    card = await group.order(REQUEST, by=mallory)
    changed = await group.say("make it for five", by=mallory, reply_to=card)
    assert "5 people" in changed.text


async def test_answers_stay_in_the_topic(world: World, app: App) -> None:
    group = await a_group(world, [world.requester], forum=True)
    topic, other = group.chat.open_topic("Dinner"), group.chat.open_topic("Trips")
    card = await group.order(BUSY, by=world.requester, topic=topic)
    await group.place(card, by=world.requester)
    report = await group.finished(card)
    await group.say("/call", by=world.requester, topic=other)
    assert {m.topic for m in group.chat.messages if card.id <= m.id <= report.id} == {topic}
    assert group.from_bot()[-1].topic == other


async def test_help_explains_what_is_heard(world: World, group: Group, mallory: Person) -> None:
    assert "I do not see other messages" in (await group.say("/help", by=mallory)).text


async def test_what_only_admins_should_read_is_said_in_private(world: World, group: Group) -> None:
    for command in ("/people", "/invite caller", "/audit", "/donotcall", "/donotcall add +1 415 555 2671"):
        answer = await group.say(command, by=world.requester)
        assert answer.text == "Please write that to me in our private chat: https://t.me/ringback_bot"


async def test_somebody_is_let_in_by_name(world: World, group: Group, eve: Person) -> None:
    assert (await group.say("/allow 3003 caller", by=world.requester)).text == "3003 may now use this bot as caller."
    await group.say("/help", by=eve)
    assert (await group.say("/allow 3003 caller", by=world.requester)).text == "Eve may now use this bot as caller."
    assert (await group.say("/deny 3003", by=world.requester)).text == "Eve may no longer use this bot."


# Who may do what


async def test_only_who_asked_and_admins_press_and_others_are_told_whose_it_is(
    world: World, group: Group, mallory: Person, eve: Person
) -> None:
    await answer_to(world, "/allow 3003 caller")
    card = await group.order(REQUEST, by=mallory)
    for label in ("Call", "Persona", "Edit", "Cancel", "Rehearse"):
        assert await press(world, card, label, by=eve) == WHOSE
    assert await press(world, card, "Persona", by=world.requester) == ""
    await group.chat.wait_for(lambda m: m is card and "back" in " ".join(labels(m)))
    assert await press(world, card, "Back", by=mallory) == ""
    await group.chat.wait_for(lambda m: m is card and "call" in labels(m))
    await group.place(card, by=world.requester)


async def test_others_see_a_call_and_steer_nothing(world: World, group: Group, mallory: Person, eve: Person) -> None:
    live = await group.order(REQUEST, by=mallory)
    await group.place(live, by=mallory)
    await group.connected(live)
    for label in ("Stop", "Join the call"):
        assert await press(world, live, label, by=eve) == WHOSE
    assert (await group.say("ask for the terrace", by=eve, reply_to=live)).text == WHOSE
    assert (await group.say("/hangup", by=eve)).text == WHOSE
    assert (await group.say("/hangup", by=world.requester)).text.startswith("Hanging up")
    await group.finished(live)


async def test_a_watcher_reads_the_transcript_and_orders_nothing(
    world: World, group: Group, mallory: Person, eve: Person
) -> None:
    refusal = "You can watch calls here, but neither place nor steer them. An admin can change that: /allow <id> caller"
    assert (await group.say(f"/call {REQUEST}", by=eve)).text == refusal
    live = await group.order(SHORT, by=mallory)
    await group.place(live, by=mallory)
    report = await group.finished(live)
    assert await press(world, report, "Full transcript", by=eve) == ""
    sent = await group.chat.wait_for(lambda m: m.document is not None)
    assert sent.document
    assert b"Joe" in sent.document.data
    assert await press(world, report, "Call again", by=eve) == WHOSE


async def test_a_question_is_answered_by_who_asked_for_the_call_alone(
    world: World, group: Group, mallory: Person, eve: Person
) -> None:
    live = await group.order("call Osteria on +1 415 555 0122 and book a table for four at 7pm, name Shane", by=mallory)
    await group.place(live, by=mallory)
    question = await group.shown("❓")
    label = question.keyboard[0][0].label
    assert await press(world, question, label, by=eve) == WHOSE
    answer = await group.say("yes, take it", by=eve, reply_to=question)
    assert answer.text == WHOSE
    assert (await press(world, question, label, by=mallory)).startswith("Passed on")
    await group.finished(live)


async def test_who_was_denied_calls_no_more_not_even_by_an_admins_press(
    world: World, group: Group, mallory: Person
) -> None:
    card = await group.order(REQUEST, by=mallory)
    await answer_to(world, "/deny 2002")
    expected = "Mallory may not place calls any more. An admin can change that: /allow <id> caller"
    assert await press(world, card, "Call") == expected
    assert not world.twilio.calls


# Numbers


async def test_no_number_is_shown_in_a_group_over_a_whole_call(world: World, group: Group, mallory: Person) -> None:
    other = "+1 415 555 0123"
    world.openai.answer_next(
        plan_json(
            goal=f"Book a table for 4 people at 7pm under the name Shane, {other}.",
            opening=f"Hello, this is the AI assistant of Shane, {other}. I would like to book a table for four at 7pm.",
        )
    )
    live = await group.order(f"book a table at {NUMBER}", by=mallory)
    await group.place(live, by=mallory)
    report = await group.finished(live)
    notices = [
        await press(world, report, button.label, by=mallory) for row in report.keyboard for button in row if button.data
    ]
    assert any("“" in notice for notice in notices)  # the words that the report rests on
    await group.chat.wait_for(lambda m: m.document is not None and m.document.name == "transcript.txt")
    everything = told(world, group.chat)
    masked = "•••23"
    for proof in ("BEGIN:VCALENDAR", "AI assistant of Shane", "Agent:", "calendar.google.com", "Goal:"):
        assert any(proof in text and masked in unquote(text).replace(" ", "") for text in everything), proof
    for number in (NUMBER, other):
        assert [text for text in everything if shows(text, number)] == []


async def test_a_refusal_shows_no_number_in_a_group(world: World, group: Group, mallory: Person) -> None:
    await answer_to(world, "/donotcall add +1 415 555 2671")
    card = await group.order(REQUEST, by=mallory)
    notice = await press(world, card, "Call", by=mallory)
    assert "do-not-call list" in notice
    assert not shows(notice, NUMBER)


# Another id


async def test_a_group_that_becomes_a_supergroup_keeps_everything(
    world: World, app: App, mallory: Person, provoked: Provoked
) -> None:
    await answer_to(world, "/allow 2002 caller")
    small = world.telegram.group(-4518810793, "Family", [world.requester, mallory], small=True)
    asked = await small.wait_for(lambda m: m.sender == "bot")
    await press(world, asked, "Allow this group")
    await small.wait_for(lambda m: m is asked and not m.keyboard)
    before = Group(world, small)
    await before.say("/budget chat 5usd/day", by=world.requester)
    card = await before.order(BUSY, by=mallory)
    await before.place(card, by=mallory)
    await before.finished(card)
    open_card = await before.order(REQUEST, by=mallory)
    standing = (await before.say("/budget", by=mallory)).text

    group = Group(world, world.telegram.upgrade(small, FAMILY))
    after = await group.say("/budget", by=mallory)
    assert after.text == standing
    assert "5usd/day" in standing
    changed = await group.say("@ringback_bot make it for five", by=mallory)
    assert "5 people" in changed.text  # the open card's request goes on
    assert await press_data(world, changed, data_of(open_card, "Call"), by=mallory) == (
        "This card has changed since. Look at the newest one."
    )
    await group.place(changed, by=mallory)
    await group.connected(changed)
    provoked.telegram = True


async def test_a_call_that_goes_on_while_its_group_gets_another_id_is_reported(
    world: World, app: App, provoked: Provoked
) -> None:
    small = world.telegram.group(-4518810793, "Family", [world.requester], small=True)
    before = Group(world, small)
    await before.shown("I make phone calls")
    await before.say("/allow", by=world.requester)
    live = await before.order(REQUEST, by=world.requester)
    await before.place(live, by=world.requester)
    await before.connected(live)
    provoked.telegram = True  # what was shown stays behind
    group = Group(world, world.telegram.upgrade(small, FAMILY))
    again = await group.chat.wait_for(lambda m: "connected" in m.text)
    assert (await press(world, again, "Stop")).startswith("Hanging up")
    report = await group.finished(again)
    assert "Trattoria Roma" in report.text
    assert report.reply_to is again
    assert "Hello, this is the AI assistant of Shane" in again.text
    assert "Trattoria" in (await group.say("again, but for six", by=world.requester, reply_to=report)).text

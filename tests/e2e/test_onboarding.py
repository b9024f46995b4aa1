"""The first minutes: a greeting in one's own language, two settings, and a first call to one's own phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import App
from sandbox.telegram import Message, Person
from sandbox.world import World
from tests.e2e.catalogue import english_and_german
from tests.e2e.chat import (
    SHORT,
    answer_to,
    connected,
    finished,
    from_bot,
    is_card,
    labels,
    on_the_line,
    order,
    place,
    press,
    running,
    shown,
)

OTHER = 2002
OWN = "+14155550108"  # a callee of the sandbox
GOAL = (
    "Goal: Introduce yourself and tell Shane in two sentences how you can help with phone calls; "
    "answer their questions about it."
)
OFFER = "Your first call: I can ring your own phone"


@pytest.fixture
def german(tmp_path: Path) -> Iterator[None]:
    with english_and_german(tmp_path):
        yield


async def started(world: World, person: Person) -> list[Message]:
    """All that /start says."""
    said = person.say("/start")
    await answer_to(world, "/personas", by=person)
    return [message for message in from_bot(world, person) if message.id > said.id][:-1]


async def share_own(world: World, number: str = OWN) -> Message:
    return world.requester.send_contact(number, "Shane", user_id=world.requester.id)


# The greeting


@pytest.mark.daily
async def test_the_first_start_greets_settles_two_things_and_offers_a_call(world: World, app: App) -> None:
    greeting, steps, offer = await started(world, world.requester)
    assert greeting.text.startswith("Hello! I make phone calls for you.")
    assert "+1 415 555 2671" in greeting.text
    assert steps.text == (
        "Two things to begin with: the language of this chat and your time zone. "
        "I took English and Los Angeles, where it is 9:00 AM now."
    )
    assert labels(steps) == ["language", "time zone"]
    assert offer.text.startswith(OFFER)
    assert offer.markup is not None
    [[button]] = offer.markup["keyboard"]
    assert button == {"text": "Ring my own phone", "request_contact": True}


@pytest.mark.daily
async def test_a_later_start_is_short(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        await started(world, world.requester)
        [greeting] = await started(world, world.requester)
        assert greeting.text.startswith("Hello!")
    async with running(world, tmp_path):
        assert len(await started(world, world.requester)) == 1


@pytest.mark.daily
async def test_what_was_taken_for_granted_is_changed_in_place(world: World, app: App) -> None:
    _, steps, _ = await started(world, world.requester)
    await press(world, steps, "Time zone")
    await world.requester.wait_for(lambda m: m is steps and "another" in labels(m))
    assert await press(world, steps, "New York, 12:00 PM") == "Kept."
    await world.requester.wait_for(lambda m: m is steps and "New York, where it is 12:00 PM now" in m.text)
    await press(world, steps, "Time zone")
    await world.requester.wait_for(lambda m: m is steps and "another" in labels(m))
    await press(world, steps, "Another")
    question = await shown(world, "Which time zone?")
    await answer_to(world, "Berlin", reply_to=question)
    await world.requester.wait_for(lambda m: m is steps and "Berlin, where it is 18:00 now" in m.text)
    assert labels(steps) == ["language", "time zone"]


@pytest.mark.daily
async def test_a_request_needs_no_start(world: World, app: App) -> None:
    assert is_card(await order(world, SHORT))


@pytest.mark.daily
async def test_start_in_a_group_tells_how_a_group_works(world: World, app: App) -> None:
    group = world.telegram.group(-1001234567890, "Family", [world.requester])
    asked = await world.requester.wait_for(lambda m: m.keyboard, chat=group)
    await press(world, asked, "Allow this group")
    said = world.requester.say("/start@ringback_bot", chat=group)
    answer = await world.requester.wait_for(lambda _: True, after=said, chat=group)
    assert answer.reply_to is said
    assert answer.text.startswith("In a group, write /call with what you want")


# Strangers


@pytest.mark.daily
async def test_a_strangers_start_gets_the_refusal_once(world: World, app: App) -> None:
    stranger = world.telegram.person(OTHER, "Mallory")
    refusal = await answer_to(world, "/start", by=stranger)
    assert refusal.text.startswith("Sorry")
    assert str(OTHER) in refusal.text
    stranger.say("/start")
    stranger.say("hello")
    await answer_to(world, "/help")
    assert from_bot(world, stranger) == [refusal]


async def test_an_invitation_lets_a_stranger_in_and_greets_them(world: World, app: App) -> None:
    link = (await answer_to(world, "/invite caller")).text
    token = link.rpartition("?start=")[2].split()[0]
    person = world.telegram.person(OTHER, "Ana")
    said = person.say(f"/start {token}")
    await person.wait_for(lambda m: OFFER in m.text, after=said)
    welcome, greeting, steps, _ = from_bot(world, person)
    assert "Welcome" in welcome.text
    assert greeting.text.startswith("Hello!")
    assert labels(steps) == ["language", "time zone"]


async def test_a_bad_invitation_is_said_to_be_one_and_nothing_more(world: World, app: App) -> None:
    stranger = world.telegram.person(OTHER, "Mallory")
    answer = await answer_to(world, "/start nonsense", by=stranger)
    assert "not valid any more" in answer.text
    await answer_to(world, "/help")
    assert from_bot(world, stranger) == [answer]


async def test_a_watcher_is_greeted_without_the_offer_of_a_call(world: World, app: App) -> None:
    watcher = world.telegram.person(OTHER, "Ana")
    await answer_to(world, f"/allow {OTHER} watcher")
    assert len(await started(world, watcher)) == 2
    contact = watcher.send_contact(OWN, "Ana", user_id=OTHER)
    assert "neither place" in (await watcher.wait_for(lambda _: True, after=contact)).text


# The language


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(("code", "greeting"), [("de", "Hallo!"), ("de-AT", "Hallo!"), ("pt-br", "Hello!")])
async def test_a_first_meeting_is_in_the_persons_language(world: World, app: App, code: str, greeting: str) -> None:
    person = world.telegram.person(OTHER, "Anna", language_code=code)
    refusal = await answer_to(world, "/start", by=person)
    assert refusal.text.startswith("Leider" if greeting == "Hallo!" else "Sorry")
    await answer_to(world, f"/allow {OTHER}")
    first, steps, *_ = await started(world, person)
    assert first.text.startswith(greeting)
    assert ("Deutsch" if greeting == "Hallo!" else "English") in steps.text
    group = world.telegram.group(-1001234567890, "Family", [person])
    asked = await group.wait_for(lambda m: m.sender == "bot")
    assert asked.text.startswith("Ich telefoniere." if greeting == "Hallo!" else "I make phone calls")


@pytest.mark.usefixtures("german")
async def test_a_language_that_was_chosen_stays(world: World, app: App) -> None:
    person = world.telegram.person(OTHER, "Anna", language_code="de")
    await answer_to(world, f"/allow {OTHER}")
    _, steps, _ = await started(world, person)
    await press(world, steps, "Language", by=person)
    await person.wait_for(lambda m: m is steps and "english" in labels(m))
    await press(world, steps, "English", by=person)
    await person.wait_for(lambda m: m is steps and "I took English" in m.text)
    assert (await answer_to(world, "/start", by=person)).text.startswith("Hello!")


# The first call


async def test_the_own_number_is_kept_and_a_call_to_it_offered_which_needs_its_press(world: World, app: App) -> None:
    await started(world, world.requester)
    contact = await share_own(world)
    card = await world.requester.wait_for(is_card, after=contact)
    thanks = next(m for m in from_bot(world) if m.id > contact.id)
    assert thanks.text == "Thank you: from now on “Join the call” rings +1 415-555-0108."
    assert thanks.markup == {"remove_keyboard": True}
    assert card.text.splitlines() == [
        "📞 Shane (you)",
        "+1 415-555-0108 · for Shane",
        "",
        GOAL,
        "Opens with: “Hello Shane, this is your AI assistant Ringback. This is your first call: how do I sound?”",
        "",
        "🎭 Warm friend · 🔊 coral · English",
        next(line for line in card.text.splitlines() if line.startswith("⏱ at most 3 min")),
    ]
    assert not world.twilio.calls
    assert not world.openai.responses_requests  # no model was asked what such a call should be
    call = await place(world, card)
    report = await finished(world, card)
    assert "Shane (you)" in report.text
    assert "how do I sound?" in next(u.text for u in on_the_line(call) if u.party == "agent")


async def test_the_first_call_is_changed_like_any_other(world: World, app: App) -> None:
    await share_own(world)
    await world.requester.wait_for(is_card)
    assert "at most 2 min" in (await order(world, "make it at most 2 minutes")).text


@pytest.mark.parametrize("number", ["112", "+19005550100", "+1415"])
async def test_an_own_number_that_cannot_be_called_is_not_kept(world: World, app: App, number: str) -> None:
    contact = await share_own(world, number)
    answer = await world.requester.wait_for(lambda _: True, after=contact)
    assert any(words in answer.text for words in ("emergency number", "premium-rate", "not a phone number"))
    assert from_bot(world) == [answer]


async def test_the_own_number_shared_during_a_call_joins_it_instead(world: World, app: App) -> None:
    live = await order(world)
    await place(world, live)
    await connected(world, live)
    contact = await share_own(world, "+14155550125")
    await finished(world, live)
    assert not [m for m in from_bot(world) if m.id > contact.id and is_card(m)]

"""Facts about the person's side: writing, pressing, groups, waiting.

After https://core.telegram.org/bots/api#update and
https://core.telegram.org/bots/features#privacy-mode.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sandbox.telegram import Change, Message, Person, TelegramStandIn
from sandbox.telegram.error import JsonObject
from sandbox.telegram.person import plain_label


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn() as server:
        yield server


@pytest.fixture
def ana(telegram: TelegramStandIn) -> Person:
    return telegram.person(101, "Ana")


def heard(telegram: TelegramStandIn) -> list[JsonObject]:
    """What the bot would be told, without the ids of updates."""
    return [
        {kind: body for kind, body in update.body.items() if kind != "update_id"} for update in telegram.updates.pending
    ]


def from_bot(person: Person, text: str, *buttons: str) -> Message:
    message = person.cloud.new_message(person.chat, person.cloud.bot)
    message.text = text
    message.markup = {"inline_keyboard": [[{"text": b, "callback_data": f"c:{b}"} for b in buttons]]}
    person.cloud.post(message)
    return message


async def test_what_a_person_says_is_told_with_commands_and_the_reply(telegram: TelegramStandIn, ana: Person) -> None:
    question = from_bot(ana, "For how many?")
    ana.say("/call four", reply_to=question)
    (update,) = heard(telegram)
    message = update["message"]
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 5}]
    assert message["reply_to_message"]["text"] == "For how many?"
    assert message["from"] == {"id": 101, "is_bot": False, "first_name": "Ana", "language_code": "en"}
    assert message["chat"] == {"id": 101, "type": "private", "first_name": "Ana"}


async def test_an_edit_and_a_contact_card_are_told(telegram: TelegramStandIn, ana: Person) -> None:
    ana.edit(ana.say("at 7"), "at 8")
    ana.send_contact("+14155552671", "Roma")
    _, edited, contact = heard(telegram)
    assert edited["edited_message"]["text"] == "at 8"
    assert edited["edited_message"]["edit_date"] >= edited["edited_message"]["date"]
    assert contact["message"]["contact"] == {"phone_number": "+14155552671", "first_name": "Roma"}


@pytest.mark.parametrize(
    ("label", "plain"), [("📞 Call Now", "call now"), ("✖️ No", "no"), ("7:30 PM", "7:30 pm"), ("👨‍💻", "")]
)
def test_a_button_is_called_by_its_words(label: str, plain: str) -> None:
    assert plain_label(label) == plain


async def test_a_press_names_the_button_s_message_and_data(telegram: TelegramStandIn, ana: Person) -> None:
    card = from_bot(ana, "card", "✖️ Cancel", "📞 Call now")
    press = ana.press(card, "CALL NOW")
    query = heard(telegram)[0]["callback_query"]
    assert (query["id"], query["data"], query["message"]["message_id"]) == (
        press.id,
        "c:📞 Call now",
        card.id,
    )


async def test_a_button_that_is_not_there_cannot_be_pressed(ana: Person) -> None:
    card = from_bot(ana, "card", "Cancel", "Call now")
    with pytest.raises(LookupError, match=r"no button 'Dial'.*\['Cancel', 'Call now'\]"):
        ana.press(card, "Dial")
    card.deleted = True
    with pytest.raises(LookupError, match="deleted"):
        ana.press(card, "Cancel")


async def test_a_button_gone_from_the_keyboard_can_still_be_pressed_by_its_data(
    telegram: TelegramStandIn, ana: Person
) -> None:
    ana.press_data(from_bot(ana, "card"), "c:old:1")
    assert heard(telegram)[0]["callback_query"]["data"] == "c:old:1"


async def test_waiting_finds_what_is_there_and_what_comes_or_is_edited(ana: Person) -> None:
    card = from_bot(ana, "draft")
    assert await ana.wait_for(lambda m: m.text == "draft") is card
    waiting = asyncio.create_task(ana.wait_for(lambda m: "ready" in m.text))
    await asyncio.sleep(0)
    ana.say("ready?")  # one's own words are not the answer
    await asyncio.sleep(0)
    assert not waiting.done()
    card.text = "ready"
    ana.cloud.edited(card)
    assert await waiting is card
    with pytest.raises(TimeoutError, match="ends with"):
        await ana.wait_for(lambda m: "ready" in m.text, after=card, timeout=0.001)


async def test_listeners_hear_each_change_until_they_leave(telegram: TelegramStandIn, ana: Person) -> None:
    changes: list[Change] = []
    leave = telegram.listen(changes.append)
    ana.edit(ana.say("one"), "two")
    leave()
    ana.say("three")
    assert [(change.kind, change.chat) for change in changes] == [("message", ana.chat), ("edit", ana.chat)]


async def test_in_a_group_the_bot_hears_only_what_is_meant_for_it(telegram: TelegramStandIn, ana: Person) -> None:
    group = telegram.group(-1001234, "Dinner", [ana])
    asked = telegram.cloud.new_message(group, telegram.cloud.bot)
    telegram.cloud.post(asked)
    telegram.updates.pending.clear()
    ana.say("shall we eat?", chat=group)
    ana.say("/call@other_bot", chat=group)
    assert heard(telegram) == []
    ana.say("/call Roma", chat=group)
    ana.say("/call@Ringback_bot Roma", chat=group)
    ana.say("hello, @Ringback_bot!", chat=group)
    ana.say("four", reply_to=asked)
    assert len(heard(telegram)) == 4
    group.bot_status = "administrator"
    ana.say("shall we eat?", chat=group)
    assert len(heard(telegram)) == 5


async def test_reactions_are_told_to_a_bot_that_asked_for_them(telegram: TelegramStandIn, ana: Person) -> None:
    """https://core.telegram.org/bots/api#messagereactionupdated"""
    said = ana.say("hello")
    ana.react(said, "👍")
    assert said.reacted == {ana.id: "👍"}
    telegram.updates.allowed = frozenset({"message_reaction"})
    ana.react(said, "❤")
    ana.react(said, "")
    assert said.reacted == {}
    assert [
        (u["message_reaction"]["old_reaction"], u["message_reaction"]["new_reaction"]) for u in heard(telegram)[1:]
    ] == [
        ([{"type": "emoji", "emoji": "👍"}], [{"type": "emoji", "emoji": "❤"}]),
        ([{"type": "emoji", "emoji": "❤"}], []),
    ]
    with pytest.raises(ValueError, match="no reaction"):
        ana.react(said, "☎")


async def test_in_a_group_only_an_administrator_hears_of_reactions(telegram: TelegramStandIn, ana: Person) -> None:
    telegram.updates.allowed = frozenset({"message_reaction"})
    group = telegram.group(-1001234, "Dinner", [ana])
    said = ana.say("/call Roma", chat=group)
    ana.react(said, "👍")
    assert heard(telegram) == []
    group.bot_status = "administrator"
    ana.react(said, "❤")
    assert len(heard(telegram)) == 1


async def test_only_members_write_in_a_group(telegram: TelegramStandIn, ana: Person) -> None:
    group = telegram.group(-1001234, "Dinner", [telegram.person(102, "Bo")])
    with pytest.raises(ValueError, match="Ana is not in chat"):
        ana.say("hi", chat=group)


async def test_a_forum_s_messages_carry_their_topic(telegram: TelegramStandIn, ana: Person) -> None:
    group = telegram.group(-1001234, "Dinner", [ana], forum=True)
    topic = group.open_topic("Calls")
    ana.say("/call Roma", chat=group, topic=topic)
    message = heard(telegram)[-1]["message"]
    assert (message["message_thread_id"], message["is_topic_message"]) == (topic, True)
    assert message["chat"]["is_forum"]


async def test_private_chats_share_one_count_of_message_ids_and_groups_have_their_own(
    telegram: TelegramStandIn, ana: Person
) -> None:
    bo = telegram.person(102, "Bo")
    group = telegram.group(-1001234, "Dinner", [ana])
    assert [ana.say("a").id, bo.say("b").id, ana.say("/c", chat=group).id] == [1, 2, 1]


async def test_an_app_does_not_send_empty_or_overlong_texts(ana: Person) -> None:
    for text in (" ", "x" * 4097):
        with pytest.raises(ValueError, match="UTF-16 units"):
            ana.say(text)


async def test_a_small_group_becomes_a_supergroup(telegram: TelegramStandIn, ana: Person) -> None:
    small = telegram.group(-4518810793, "Dinner", [ana], small=True)
    group = telegram.upgrade(small, -1001234)
    assert (small.as_json()["type"], group.as_json()["type"], group.title) == ("group", "supergroup", "Dinner")
    told = [update.body["message"] for update in telegram.updates.pending if "message" in update.body]
    assert [(message["chat"]["id"], message.get("migrate_to_chat_id")) for message in told] == [
        (-4518810793, -1001234),
        (-1001234, None),
    ]
    assert told[1]["migrate_from_chat_id"] == -4518810793

"""The post, against the stand-in of Telegram: what must arrive does, what cannot is not tried again."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import Bot
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter

from bot.buttons import Button
from bot.chat import Place
from bot.post import BURST_S, GROUP_PACE_S, MAX_CAPTION, PACE_S, Post, retry_after_s
from bot.richtext import bold, plain
from sandbox.telegram import Chat, Person, TelegramStandIn
from tests.samples import GROUP, PLACE

pytestmark = pytest.mark.fast_clock
KEYBOARD = ((Button("📞 Call", "c:call:1:1"),),)
PAIR = (Button("🎭 Persona", "c:personas:1:1"), Button("🔊 Voice", "c:voices:1:1"))


@pytest.fixture(autouse=True)
def _durations_as_timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else python-telegram-bot warns at every RetryAfter


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn() as server:
        yield server


@pytest.fixture
async def post(telegram: TelegramStandIn) -> AsyncIterator[Post]:
    async with Bot(telegram.token, base_url=f"{telegram.url}/bot", base_file_url=f"{telegram.url}/file/bot") as bot:
        yield Post(bot)


@pytest.fixture
def ana(telegram: TelegramStandIn) -> Person:
    return telegram.person(PLACE.chat_id, "Ana")


@pytest.fixture
async def team(telegram: TelegramStandIn, ana: Person) -> Chat:
    return telegram.group(GROUP.chat_id, "Team", [ana], forum=True)


def shown(person: Person) -> list[str]:
    return [message.text for message in person.chat.messages]


async def test_a_message_arrives_with_its_formatting_and_its_buttons(post: Post, ana: Person) -> None:
    asked = ana.say("call Roma")
    sent = await post.send(
        PLACE, bold("📞 Roma") + plain(" <b>& Co</b>"), (*KEYBOARD, PAIR), silent=True, reply_to=asked.id
    )
    message = ana.chat.messages[-1]
    assert (message.id, message.text, message.silent, message.reply_to) == (sent, "📞 Roma <b>& Co</b>", True, asked)
    assert message.entities == [{"type": "bold", "offset": 0, "length": 7}]
    assert [[button.data for button in row] for row in message.keyboard] == [
        ["c:call:1:1"],
        ["c:personas:1:1", "c:voices:1:1"],
    ]


async def test_a_message_rings_unless_it_is_told_not_to(post: Post, ana: Person) -> None:
    await post.send(PLACE, "The report")
    assert not ana.chat.messages[-1].silent


async def test_a_reply_to_a_message_that_is_gone_arrives_all_the_same(post: Post, ana: Person) -> None:
    await post.send(PLACE, "The report", reply_to=4711)
    assert shown(ana) == ["The report"]
    assert ana.chat.messages[-1].reply_to is None


async def test_words_that_are_too_long_are_clipped(post: Post, ana: Person) -> None:
    await post.send(PLACE, "😀" * 4000)
    assert shown(ana) == ["😀" * 2047 + "…"]


async def test_told_to_wait_it_waits_and_the_message_arrives(
    post: Post, telegram: TelegramStandIn, ana: Person
) -> None:
    telegram.fail_next("sendMessage", 429, times=2, retry_after=11)
    await post.send(PLACE, "The report")
    assert shown(ana) == ["The report"]
    first, second, third = [request.time for request in telegram.requested("sendMessage")]
    assert second - first >= 11
    assert third - second >= 11


@pytest.mark.parametrize("status", [0, 500, 502])
async def test_a_dropped_connection_or_a_bad_gateway_is_tried_again(
    post: Post, telegram: TelegramStandIn, ana: Person, status: int
) -> None:
    telegram.fail_next("sendMessage", status, times=3)
    await post.send(PLACE, "The report")
    assert shown(ana) == ["The report"]
    assert len(telegram.requested("sendMessage")) == 4


async def test_an_outage_without_end_is_told(post: Post, telegram: TelegramStandIn, ana: Person) -> None:
    telegram.fail_next("sendMessage", 502, times=100)
    with pytest.raises(NetworkError):
        await post.send(PLACE, "The report")
    assert len(telegram.requested("sendMessage")) == 8


@pytest.mark.parametrize(("status", "error"), [(400, BadRequest), (403, Forbidden)])
async def test_what_telegram_refuses_is_not_tried_again(
    post: Post, telegram: TelegramStandIn, ana: Person, status: int, error: type[Exception]
) -> None:
    telegram.fail_next("sendMessage", status, times=3)
    with pytest.raises(error):
        await post.send(PLACE, "The report")
    assert len(telegram.requested("sendMessage")) == 1


async def test_who_blocked_the_bot_gets_nothing(post: Post, ana: Person) -> None:
    ana.block()
    with pytest.raises(Forbidden):
        await post.send(PLACE, "The report")


async def test_an_edit_changes_text_and_buttons(post: Post, ana: Person) -> None:
    sent = await post.send(PLACE, "one", KEYBOARD)
    await post.edit(PLACE, sent, bold("two"))
    message = ana.chat.messages[-1]
    assert (message.text, message.keyboard, message.entities) == (
        "two",
        [],
        [{"type": "bold", "offset": 0, "length": 3}],
    )


async def test_an_edit_that_changes_nothing_is_no_error(post: Post, ana: Person) -> None:
    sent = await post.send(PLACE, "one", KEYBOARD)
    await post.edit(PLACE, sent, plain("one"), KEYBOARD)


async def test_an_edit_of_a_message_that_is_not_there_is_one(post: Post, ana: Person) -> None:
    ana.say("hello")
    with pytest.raises(BadRequest):
        await post.edit(PLACE, 4711, plain("one"))


@pytest.mark.parametrize(("status", "error"), [(429, RetryAfter), (502, NetworkError)])
async def test_an_edit_is_tried_once_and_a_last_one_until_it_arrives(
    post: Post, telegram: TelegramStandIn, ana: Person, status: int, error: type[Exception]
) -> None:
    sent = await post.send(PLACE, "one")
    telegram.fail_next("editMessageText", status)
    with pytest.raises(error):
        await post.edit(PLACE, sent, plain("two"))
    assert len(telegram.requested("editMessageText")) == 1
    telegram.fail_next("editMessageText", status, times=2)
    await post.redraw(PLACE, sent, plain("three"))
    assert shown(ana) == ["three"]


async def test_a_question_opens_a_reply(post: Post, ana: Person) -> None:
    sent = await post.ask(PLACE, "What should I change?", "make it for five")
    message = ana.chat.messages[-1]
    assert (message.id, message.text) == (sent, "What should I change?")


async def test_ones_own_contact_is_asked_for_and_thanked_for(
    post: Post, telegram: TelegramStandIn, ana: Person
) -> None:
    await post.ask_for_contact(PLACE, "Which phone?", "Share my number")
    await post.thank_for_contact(PLACE, "Thank you")
    asked, thanked = [request.params["reply_markup"] for request in telegram.requested("sendMessage")]
    assert "request_contact" in str(asked)
    assert "remove_keyboard" in str(thanked)


async def test_a_file_arrives_whole(post: Post, telegram: TelegramStandIn, ana: Person) -> None:
    telegram.fail_next("sendDocument", 502)
    await post.send_file(
        PLACE, "transcript.txt", "Pronto 🍕\n".encode(), caption="c" * 2000, silent=True, reply_to=4711
    )
    message = ana.chat.messages[-1]
    assert message.file is not None
    assert (message.file.name, message.file.data.decode()) == ("transcript.txt", "Pronto 🍕\n")
    assert (len(message.text), message.silent) == (MAX_CAPTION, True)


async def test_a_recording_is_a_voice_message_that_does_not_ring(post: Post, ana: Person) -> None:
    asked = ana.say("call Roma")
    await post.send_voice(PLACE, b"OggS OpusHead", duration_s=42, caption="The call, 0:42", reply_to=asked.id)
    message = ana.chat.messages[-1]
    assert message.voice is not None
    assert (message.voice.data, message.voice.duration_s) == (b"OggS OpusHead", 42)
    assert (message.text, message.silent, message.reply_to) == ("The call, 0:42", True, asked)


async def test_a_file_that_somebody_sent_is_fetched(post: Post, ana: Person) -> None:
    sent = ana.send_voice(b"OggS OpusHead pronto", 3)
    assert sent.file is not None
    assert await post.fetch(sent.file.file_id) == b"OggS OpusHead pronto"
    with pytest.raises(BadRequest):
        await post.fetch("nothing")


async def test_a_button_opens_an_address_or_calls_back(post: Post, ana: Person) -> None:
    link = Button("📅 Add to calendar", url="https://calendar.example/add")
    await post.send(PLACE, "one", ((*KEYBOARD[0], link),))
    ((call, calendar),) = ana.chat.messages[-1].keyboard
    assert (call.data, call.url) == ("c:call:1:1", None)
    assert (calendar.data, calendar.url) == (None, link.url)


async def test_a_card_that_was_replaced_loses_its_buttons(post: Post, ana: Person) -> None:
    sent = await post.send(PLACE, "one", KEYBOARD)
    await post.retire(PLACE, sent)
    assert ana.chat.messages[-1].keyboard == []
    await post.retire(PLACE, 4711)  # a courtesy: no error


async def test_courtesies_are_paid_and_their_failures_are_nobodys_business(
    post: Post, telegram: TelegramStandIn, ana: Person
) -> None:
    asked = ana.say("call Roma")
    await post.typing(PLACE)
    await post.acknowledge(PLACE, asked.id)
    telegram.fail_next("*", 500, times=2)
    await post.typing(PLACE)
    await post.acknowledge(PLACE, asked.id)
    assert [request.ok for request in telegram.requested("setMessageReaction")] == [True, False]
    assert [request.ok for request in telegram.requested("sendChatAction")] == [True, False]


async def test_a_reaction_is_taken_back(post: Post, ana: Person) -> None:
    asked = ana.say("call Roma")
    await post.acknowledge(PLACE, asked.id, "👀")
    assert asked.reactions == ["👀"]
    await post.acknowledge(PLACE, asked.id, "")
    assert asked.reactions == []


async def test_however_many_write_to_a_chat_its_budget_is_kept(
    post: Post, telegram: TelegramStandIn, ana: Person
) -> None:
    """Telegram's flood control is on, and says nothing."""
    sent = await post.send(PLACE, "one")
    await asyncio.gather(
        *(post.send(PLACE, f"message {number}") for number in range(8)),
        *(post.edit(PLACE, sent, plain(f"state {number}")) for number in range(8)),
    )
    assert [request.description for request in telegram.requests if not request.ok] == []
    times = sorted(request.time for request in telegram.requests if request.method != "getMe")
    assert times[-1] - times[0] >= 16 * PACE_S - BURST_S - 0.1


async def test_in_a_group_the_budget_is_twenty_a_minute(post: Post, telegram: TelegramStandIn, team: Chat) -> None:
    """Telegram's flood control is on, and says nothing."""
    await asyncio.gather(*(post.send(GROUP, f"message {number}") for number in range(40)))
    assert [request.description for request in telegram.requests if not request.ok] == []
    times = sorted(request.time for request in telegram.requested("sendMessage"))
    assert times[-1] - times[0] >= 39 * GROUP_PACE_S - BURST_S - 0.1


async def test_chats_do_not_wait_for_each_other(post: Post, telegram: TelegramStandIn) -> None:
    began = asyncio.get_running_loop().time()
    people = [telegram.person(200 + number, "Bo") for number in range(8)]
    await asyncio.gather(*(post.send(Place(person.id), "hello") for person in people))
    assert asyncio.get_running_loop().time() - began < PACE_S


# In groups


NUMBER = "+1 415-555-2671"
HIDDEN = "+• •••-•••-••71"


async def test_in_a_group_no_number_is_shown_in_full(post: Post, team: Chat) -> None:
    number = Button(f"Call {NUMBER}", "c:call:1:1")
    sent = await post.send(GROUP, bold("📞 Roma") + plain(f" {NUMBER} at 19:00"), ((number,),))
    message = team.messages[-1]
    assert message.text == f"📞 Roma {HIDDEN} at 19:00"
    assert message.entities == [{"type": "bold", "offset": 0, "length": 7}]
    assert message.keyboard[0][0].label == f"Call {HIDDEN}"
    await post.edit(GROUP, sent, plain(f"Now {NUMBER}"), ((number,),))
    assert (message.text, message.keyboard[0][0].label) == (f"Now {HIDDEN}", f"Call {HIDDEN}")
    await post.redraw(GROUP, sent, plain(f"Then {NUMBER}"))
    assert message.text == f"Then {HIDDEN}"


async def test_in_a_group_no_question_thanks_or_caption_shows_one_either(post: Post, team: Chat) -> None:
    await post.send(GROUP, NUMBER)
    await post.ask(GROUP, f"Is it {NUMBER}?")
    await post.thank_for_contact(GROUP, f"It rings {NUMBER}.")
    await post.send_file(GROUP, "a.txt", b"words", caption=f"With {NUMBER}")
    await post.send_voice(GROUP, b"OggS OpusHead", duration_s=1, caption=f"Heard {NUMBER}")
    assert [message.text for message in team.messages] == [
        *(HIDDEN, f"Is it {HIDDEN}?", f"It rings {HIDDEN}.", f"With {HIDDEN}", f"Heard {HIDDEN}")
    ]


async def test_in_private_a_number_is_shown_as_it_is(post: Post, ana: Person) -> None:
    await post.send(PLACE, NUMBER)
    assert shown(ana) == [NUMBER]


async def test_what_is_said_in_a_topic_is_answered_in_it(post: Post, telegram: TelegramStandIn, team: Chat) -> None:
    place = Place(GROUP.chat_id, team.open_topic("Dinner"))
    await post.send(place, "one")
    await post.ask(place, "two", "three")
    await post.thank_for_contact(place, "three")
    await post.send_file(place, "four.txt", b"four")
    await post.send_voice(place, b"OggS OpusHead", duration_s=5)
    await post.typing(place)
    assert [message.topic for message in team.messages] == [place.topic] * 5
    (typing,) = telegram.requested("sendChatAction")
    assert int(typing.params["message_thread_id"]) == place.topic
    await post.send(GROUP, "to all")
    assert team.messages[-1].topic is None


async def test_in_a_group_only_who_is_asked_sees_the_field_open(
    post: Post, telegram: TelegramStandIn, team: Chat, ana: Person
) -> None:
    asked = ana.say("/call", chat=team)
    await post.ask(GROUP, "What should I change?", "make it for five", reply_to=asked.id)
    await post.ask(PLACE, "What should I change?")
    in_group, in_private = [request.params["reply_markup"] for request in telegram.requested("sendMessage")]
    assert in_group == {"force_reply": True, "selective": True, "input_field_placeholder": "make it for five"}
    assert in_private == {"force_reply": True}
    assert team.messages[-1].reply_to is asked


async def test_a_group_that_got_another_id_is_found_under_the_old_one(post: Post, team: Chat) -> None:
    post.moved(-77, GROUP.chat_id)
    await post.send(Place(-77), "The report")
    assert [message.text for message in team.messages] == ["The report"]


async def test_it_knows_its_own_name(post: Post, telegram: TelegramStandIn) -> None:
    assert (post.id, post.username, post.link) == (
        *(telegram.cloud.bot.id, telegram.cloud.bot.username, "https://t.me/ringback_bot"),
    )


async def test_a_message_that_is_gone_is_superseded_without_a_word(post: Post, ana: Person) -> None:
    sent = await post.send(PLACE, "one", KEYBOARD)
    await post.supersede(PLACE, sent, plain("two"))
    assert (shown(ana), ana.chat.messages[-1].keyboard) == (["two"], [])
    await post.supersede(PLACE, 4711, plain("three"))


def test_the_wait_is_in_seconds_however_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert retry_after_s(RetryAfter(7)) == 7.0
    monkeypatch.delenv("PTB_TIMEDELTA")
    with pytest.warns(match="timedelta"):
        assert retry_after_s(RetryAfter(7)) == 7.0


# A group


async def test_in_a_group_no_button_and_no_caption_shows_a_number(post: Post, team: Chat) -> None:
    number = "+1 415 555 2671"
    await post.send(GROUP, "Which one?", ((Button(number, "c:fill=0.0:1:1"), Button("Look", url="https://a.test")),))
    await post.send_file(GROUP, "transcript.txt", b"words", caption=f"The call to {number}")
    await post.send_voice(GROUP, b"OggS\0OpusHead", duration_s=1, caption=f"The call to {number}")
    masked = "+• ••• ••• ••71"
    assert [button.label for button in team.messages[0].keyboard[0]] == [masked, "Look"]
    assert [message.text for message in team.messages[1:]] == [f"The call to {masked}"] * 2


async def test_whoever_knows_a_group_by_its_old_id_still_reaches_it(
    post: Post, telegram: TelegramStandIn, ana: Person
) -> None:
    small = telegram.group(-77, "Team", [ana], small=True)
    team = telegram.upgrade(small, GROUP.chat_id)
    post.moved(-77, GROUP.chat_id)
    await post.send(Place(-77), "The report")
    assert [message.text for message in team.messages] == ["The report"]
    assert len(telegram.requests) == len([request for request in telegram.requests if request.ok])


async def test_a_message_waits_for_the_word_that_its_group_has_another_id(
    post: Post, telegram: TelegramStandIn, ana: Person
) -> None:
    team = telegram.upgrade(telegram.group(-77, "Team", [ana], small=True), GROUP.chat_id)
    sending = asyncio.create_task(post.send(Place(-77), "The report"))
    await asyncio.sleep(2)
    assert not sending.done()
    post.moved(-77, GROUP.chat_id)
    await sending
    assert [message.text for message in team.messages] == ["The report"]

"""Facts about the stand-in's Bot API: python-telegram-bot is served, and what Telegram refuses is refused.

After https://core.telegram.org/bots/api#available-methods and
https://core.telegram.org/bots/api#making-requests.
"""

import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    MessageEntity,
    ReplyParameters,
)
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter

from sandbox.telegram import Person, TelegramStandIn
from sandbox.telegram.messages import NOT_MODIFIED

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
OGG = b"OggS" + bytes(24) + b"OpusHead" + bytes(40)
CARD = InlineKeyboardMarkup(
    [
        [
            InlineKeyboardButton("📞 Call now", callback_data="c:go:1"),
            InlineKeyboardButton("Edit", url="https://a.io"),
        ]
    ]
)


@pytest.fixture(autouse=True)
def _durations_as_timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else python-telegram-bot warns at every RetryAfter


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn(flood=False) as server:
        yield server


@pytest.fixture
async def bot(telegram: TelegramStandIn) -> AsyncIterator[Bot]:
    async with Bot(telegram.token, base_url=f"{telegram.url}/bot", base_file_url=f"{telegram.url}/file/bot") as client:
        yield client


@pytest.fixture
def ana(telegram: TelegramStandIn) -> Person:
    return telegram.person(101, "Ana", username="ana")


async def post(telegram: TelegramStandIn, method: str, body: Any = None, token: str = "") -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{telegram.url}/bot{token or telegram.token}/{method}", json=body or {}) as answer,
    ):
        return answer.status, await answer.json()


async def description(telegram: TelegramStandIn, method: str, **body: Any) -> str:
    status, answer = await post(telegram, method, body)
    assert (status, answer["ok"], answer["error_code"]) == (400, False, 400)
    return str(answer["description"]).removeprefix("Bad Request: ")


async def test_a_bot_learns_who_it_is(bot: Bot, telegram: TelegramStandIn) -> None:
    me = await bot.get_me()
    assert (me.username, me.is_bot, me.id) == ("ringback_bot", True, telegram.cloud.bot.id)


async def test_a_sent_message_is_in_the_chat_as_it_was_sent(bot: Bot, ana: Person) -> None:
    asked = ana.say("call Roma")
    sent = await bot.send_message(
        ana.id,
        "Calling <b>Roma</b> 📞",
        parse_mode="HTML",
        reply_markup=CARD,
        reply_parameters=ReplyParameters(asked.id),
        disable_notification=True,
    )
    message = ana.chat.messages[-1]
    assert (message.id, message.sender, message.text) == (sent.message_id, "bot", "Calling Roma 📞")
    assert message.entities == [{"type": "bold", "offset": 8, "length": 4}]
    assert [button.label for button in message.keyboard[0]] == ["📞 Call now", "Edit"]
    assert message.reply_to is asked
    assert message.silent
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "call Roma"
    assert sent.parse_entities() == {sent.entities[0]: "Roma"}


async def test_entities_given_by_the_bot_are_kept(bot: Bot, ana: Person) -> None:
    sent = await bot.send_message(ana.id, "😀 hi", entities=[MessageEntity("italic", 3, 2)])
    assert sent.parse_entities() == {sent.entities[0]: "hi"}


async def test_an_edit_changes_the_message_in_place_and_drops_the_keyboard(bot: Bot, ana: Person) -> None:
    sent = await bot.send_message(ana.id, "one", reply_markup=CARD)
    edited = await bot.edit_message_text("two", ana.id, sent.message_id)
    message = ana.chat.messages[-1]
    assert len(ana.chat.messages) == 1
    assert (message.text, message.keyboard, [edit.text for edit in message.edits]) == ("two", [], ["two"])
    assert not isinstance(edited, bool)
    assert edited.edit_date is not None
    await bot.edit_message_reply_markup(ana.id, sent.message_id, reply_markup=CARD)
    assert message.keyboard[0][0].data == "c:go:1"


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot, ana: Person) -> None:
    sent = await bot.send_message(ana.id, "one", reply_markup=CARD)
    with pytest.raises(BadRequest, match=f"(?i){NOT_MODIFIED}"):
        await bot.edit_message_text("one \n", ana.id, sent.message_id, reply_markup=CARD)
    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await bot.edit_message_reply_markup(ana.id, sent.message_id, reply_markup=CARD)
    await bot.edit_message_text("one", ana.id, sent.message_id)  # the keyboard goes: that is a change


async def test_only_the_bot_s_own_messages_that_exist_can_be_edited(telegram: TelegramStandIn, ana: Person) -> None:
    hers = ana.say("hello")
    edit = {"chat_id": ana.id, "text": "x"}
    assert await description(telegram, "editMessageText", **edit, message_id=hers.id) == ("message can't be edited")
    assert await description(telegram, "editMessageText", **edit, message_id=99) == "message to edit not found"


async def test_a_deleted_message_is_gone(bot: Bot, telegram: TelegramStandIn, ana: Person) -> None:
    sent = await bot.send_message(ana.id, "one")
    assert await bot.delete_message(ana.id, sent.message_id)
    assert ana.chat.messages[-1].deleted
    gone = {"chat_id": ana.id, "message_id": sent.message_id}
    assert await description(telegram, "deleteMessage", **gone) == "message to delete not found"
    assert await description(telegram, "editMessageText", **gone, text="x") == "message to edit not found"
    reply = {"chat_id": ana.id, "text": "x", "reply_parameters": {"message_id": sent.message_id}}
    assert await description(telegram, "sendMessage", **reply) == "message to be replied not found"
    await bot.send_message(
        ana.id, "x", reply_parameters=ReplyParameters(sent.message_id, allow_sending_without_reply=True)
    )


async def test_files_arrive_with_name_and_bytes_and_can_be_fetched_again(bot: Bot, ana: Person) -> None:
    await bot.send_document(ana.id, InputFile(b"Call 1", "report.txt"), caption="<i>Report</i>", parse_mode="HTML")
    message = ana.chat.messages[-1]
    assert message.document is not None
    assert (message.document.name, message.document.data, message.text) == ("report.txt", b"Call 1", "Report")
    voice = await bot.send_voice(ana.id, OGG, duration=7)
    assert voice.voice is not None
    assert ana.chat.messages[-1].voice is not None
    file = await bot.get_file(voice.voice.file_id)
    assert bytes(await file.download_as_bytearray()) == OGG
    await bot.send_voice(ana.id, voice.voice.file_id)
    assert (await bot.send_photo(ana.id, io.BytesIO(PNG))).photo[0].file_size == len(PNG)


async def test_a_voice_that_is_not_opus_is_shown_as_a_document(bot: Bot, ana: Person) -> None:
    sent = await bot.send_voice(ana.id, b"RIFF....WAVE")
    assert sent.voice is None
    assert ana.chat.messages[-1].document is not None


async def test_a_voice_note_of_a_person_can_be_downloaded(bot: Bot, ana: Person) -> None:
    ana.send_voice(OGG, 3)
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.voice is not None
    assert await (await update.message.voice.get_file()).download_as_bytearray() == OGG


async def test_a_press_is_answered_once_and_in_time(
    bot: Bot, telegram: TelegramStandIn, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.send_message(ana.id, "card", reply_markup=CARD)
    press = ana.press(ana.chat.messages[-1], "call now")
    (update,) = await bot.get_updates()
    assert update.callback_query is not None
    assert (update.callback_query.data, update.callback_query.from_user.id) == ("c:go:1", ana.id)
    await update.callback_query.answer("Dialling", show_alert=True)
    assert (await press.answered, press.alert) == ("Dialling", True)
    too_old = "query is too old and response timeout expired or query ID is invalid"
    answer = "answerCallbackQuery"
    assert await description(telegram, answer, callback_query_id=press.id) == too_old
    assert await description(telegram, answer, callback_query_id="1") == too_old
    late = ana.press(ana.chat.messages[-1], "Call now")
    now = telegram.cloud.now()
    monkeypatch.setattr(telegram.cloud, "now", lambda: now + 60)
    assert await description(telegram, answer, callback_query_id=late.id) == too_old
    assert not late.answered.done()


async def test_an_answer_to_a_press_has_at_most_200_characters(
    telegram: TelegramStandIn, ana: Person, bot: Bot
) -> None:
    await bot.send_message(ana.id, "card", reply_markup=CARD)
    press = ana.press(ana.chat.messages[-1], "Call now")
    answer = {"callback_query_id": press.id, "text": "x" * 201}
    assert await description(telegram, "answerCallbackQuery", **answer) == "MESSAGE_TOO_LONG"


async def test_a_reaction_and_a_chat_action_are_seen(bot: Bot, telegram: TelegramStandIn, ana: Person) -> None:
    heard: list[tuple[str, str]] = []
    telegram.listen(lambda change: heard.append((change.kind, change.detail)))
    asked = ana.say("call Roma")
    await bot.set_message_reaction(ana.id, asked.id, "👀")
    await bot.send_chat_action(ana.id, "typing")
    assert asked.reactions == ["👀"]
    assert heard == [("message", ""), ("reaction", "👀"), ("action", "typing")]


async def test_commands_and_descriptions_are_kept(bot: Bot) -> None:
    commands = [BotCommand("call", "Make a call")]
    await bot.set_my_commands(commands)
    assert list(await bot.get_my_commands()) == commands
    await bot.delete_my_commands()
    assert await bot.get_my_commands() == ()
    await bot.set_my_description("It calls.")
    await bot.set_my_short_description("Calls.")
    assert (await bot.get_my_description()).description == "It calls."
    assert (await bot.get_my_short_description(language_code="de")).short_description == "Calls."


async def test_chats_and_members_can_be_looked_up(bot: Bot, telegram: TelegramStandIn, ana: Person) -> None:
    bo, eve = telegram.person(102, "Bo"), telegram.person(103, "Eve")
    group = telegram.group(-1001, "Dinner", [ana, bo])
    assert (await bot.get_chat(ana.id)).first_name == "Ana"
    assert (await bot.get_chat(group.id)).title == "Dinner"
    statuses = [(await bot.get_chat_member(group.id, who.id)).status for who in (ana, bo, eve)]
    assert statuses == ["creator", "member", "left"]
    group.bot_status = "administrator"
    assert (await bot.get_chat_member(group.id, bot.id)).status == "administrator"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n"}, "message text is empty"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "x", "chat_id": 5}, "chat not found"),
        ({"text": "x", "chat_id": "@ana"}, "chat not found"),
        ({"text": "x", "chat_id": None}, "chat_id is empty"),
        ({"text": "<b>x", "parse_mode": "HTML"}, "can't parse entities: Can't find end tag"),
        ({"text": "x", "message_thread_id": 7}, "message thread not found"),
        ({"text": "x", "reply_to_message_id": 7}, "sendMessage has no parameter reply_to_message_id"),
        ({"text": "x", "reply_markup": "{"}, "can't parse reply markup JSON object"),
    ],
)
async def test_a_wrong_message_is_refused(
    telegram: TelegramStandIn, ana: Person, fields: dict[str, Any], words: str
) -> None:
    assert (await description(telegram, "sendMessage", **{"chat_id": ana.id, **fields})).startswith(words)
    assert ana.chat.messages == []
    assert [request.ok for request in telegram.requests] == [False]


async def test_lengths_count_after_parsing(bot: Bot, telegram: TelegramStandIn, ana: Person) -> None:
    sent = await bot.send_message(ana.id, f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    edit = {"chat_id": ana.id, "message_id": sent.message_id, "text": "x" * 4097}
    assert await description(telegram, "editMessageText", **edit) == "MESSAGE_TOO_LONG"
    await bot.send_document(ana.id, b"x", caption="😀" * 512)
    with pytest.raises(BadRequest, match=r"(?i)message caption is too long"):
        await bot.send_document(ana.id, b"x", caption="😀" * 512 + "x")


async def test_an_empty_or_unknown_file_is_refused(telegram: TelegramStandIn, ana: Person, bot: Bot) -> None:
    assert await description(telegram, "sendDocument", chat_id=ana.id) == "there is no document in the request"
    wrong = await description(telegram, "sendVoice", chat_id=ana.id, voice="nope")
    assert wrong == "wrong file identifier/HTTP URL specified"
    with pytest.raises(BadRequest, match=r"(?i)file must be non-empty"):
        await bot.send_document(ana.id, b"")


async def test_a_bot_may_not_write_first_nor_to_who_blocked_it(telegram: TelegramStandIn, bot: Bot) -> None:
    stranger = telegram.person(104, "Zoe", met=False)
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(stranger.id, "hi")
    stranger.say("/start")
    await bot.send_message(stranger.id, "hi")
    stranger.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(stranger.id, "hi")
    _, blocked = await bot.get_updates()
    assert blocked.my_chat_member is not None
    assert blocked.my_chat_member.new_chat_member.status == "kicked"


async def test_a_wrong_token_is_unauthorized_and_a_malformed_one_not_found(telegram: TelegramStandIn) -> None:
    unauthorized = {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert await post(telegram, "getMe", token="1:wrong") == (401, unauthorized)
    not_found = {"ok": False, "error_code": 404, "description": "Not Found"}
    assert await post(telegram, "getMe", token="wrong") == (404, not_found)
    with pytest.raises(InvalidToken):
        async with Bot("1:wrong", base_url=f"{telegram.url}/bot"):
            pass


async def test_an_unknown_method_is_not_found_and_case_does_not_matter(telegram: TelegramStandIn) -> None:
    assert (await post(telegram, "sendSmoke"))[0] == 404
    assert (await post(telegram, "GETME"))[0] == 200


async def test_parameters_may_come_by_query_form_and_json(telegram: TelegramStandIn, ana: Person) -> None:
    url = f"{telegram.url}/bot{telegram.token}/sendMessage"
    async with aiohttp.ClientSession() as http:
        for answer in (
            await http.get(url, params={"chat_id": str(ana.id), "text": "query"}),
            await http.post(url, data={"chat_id": str(ana.id), "text": "form"}),
            await http.post(url, json={"chat_id": ana.id, "text": "json"}),
        ):
            assert (await answer.json())["ok"]
    assert [message.text for message in ana.chat.messages] == ["query", "form", "json"]


async def test_a_flood_of_messages_and_edits_is_held_back(ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    del ana
    async with TelegramStandIn() as telegram:
        now = telegram.cloud.now()
        monkeypatch.setattr(telegram.cloud, "now", lambda: now)
        chat = {"chat_id": telegram.person(1, "Ana").id}
        _, first = await post(telegram, "sendMessage", chat | {"text": "0"})
        edit = chat | {"message_id": first["result"]["message_id"]}
        for text in "123":
            assert (await post(telegram, "editMessageText", edit | {"text": text}))[0] == 200
        flood = {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 4",
            "parameters": {"retry_after": 4},
        }
        assert await post(telegram, "sendMessage", chat | {"text": "4"}) == (429, flood)
        monkeypatch.setattr(telegram.cloud, "now", lambda: now + 4)
        assert (await post(telegram, "sendMessage", chat | {"text": "4"}))[0] == 200


async def test_provoked_faults_come_as_asked_and_then_end(bot: Bot, telegram: TelegramStandIn, ana: Person) -> None:
    telegram.fail_next("sendMessage", 502)
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.send_message(ana.id, "x")
    telegram.fail_next("*", 429, times=2, retry_after=9)
    for _ in range(2):
        with pytest.raises(RetryAfter):
            await bot.send_message(ana.id, "x")
    assert ana.chat.messages == []
    telegram.fail_next("sendMessage", 0, done=True)
    with pytest.raises(NetworkError):
        await bot.send_message(ana.id, "sent, and the answer lost")
    await bot.send_message(ana.id, "fine")
    assert [message.text for message in ana.chat.messages] == ["sent, and the answer lost", "fine"]
    assert [request.ok for request in telegram.requested("sendMessage")] == [False] * 4 + [True]


async def test_requests_are_recorded_with_their_structures_readable(
    bot: Bot, telegram: TelegramStandIn, ana: Person
) -> None:
    await bot.send_message(ana.id, "[x]", reply_markup=CARD)
    (request,) = telegram.requested("sendMessage")
    assert request.params["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "c:go:1"
    assert (request.params["text"], request.ok) == ("[x]", True)


async def test_after_log_out_nothing_is_served(bot: Bot, telegram: TelegramStandIn) -> None:
    with pytest.raises(RetryAfter):  # "error 429 in the first 10 minutes after the bot is launched"
        await bot.close()
    assert await bot.log_out()
    assert await post(telegram, "getMe") == (
        400,
        {"ok": False, "error_code": 400, "description": "Logged out"},
    )

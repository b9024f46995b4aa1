"""Facts about how the bot hears: long polling, confirmation, conflicts, the webhook.

After https://core.telegram.org/bots/api#getting-updates.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot, Update
from telegram.error import BadRequest, Conflict

from sandbox.telegram import Person, TelegramStandIn
from sandbox.telegram import updates as telegram_updates

SECRET = "s3cret_token-1"


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn(flood=False) as server:
        yield server


@pytest.fixture
async def bot(telegram: TelegramStandIn) -> AsyncIterator[Bot]:
    async with Bot(telegram.token, base_url=f"{telegram.url}/bot") as client:
        yield client


@pytest.fixture
def ana(telegram: TelegramStandIn) -> Person:
    return telegram.person(101, "Ana")


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - the server's inner state has no event to wait for
            await asyncio.sleep(0)


async def polling(telegram: TelegramStandIn, polls: int = 1) -> None:
    """Until the given number of long polls was begun and the last waits."""
    await until(lambda: len(telegram.requested("getUpdates")) >= polls and telegram.updates._poll)


async def test_updates_come_again_until_an_offset_confirms_them(bot: Bot, ana: Person) -> None:
    ana.say("one")
    ana.say("two")
    first, second = await bot.get_updates()
    assert second.update_id == first.update_id + 1
    assert len(await bot.get_updates()) == 2
    (rest,) = await bot.get_updates(offset=first.update_id + 1)
    assert rest.message is not None
    assert rest.message.text == "two"
    assert await bot.get_updates(offset=second.update_id + 1) == ()


async def test_limit_and_a_negative_offset_choose_among_updates(bot: Bot, ana: Person) -> None:
    for text in "abc":
        ana.say(text)
    assert len(await bot.get_updates(limit=2)) == 2
    (last,) = await bot.get_updates(offset=-1)
    assert last.message is not None
    assert last.message.text == "c"
    assert len(await bot.get_updates()) == 1  # "All previous updates will be forgotten."


async def test_a_long_poll_answers_as_soon_as_there_is_something(
    bot: Bot, telegram: TelegramStandIn, ana: Person
) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=50))
    await polling(telegram)
    ana.say("hello")
    (update,) = await poll
    assert update.message is not None
    assert update.message.text == "hello"


async def test_a_second_poll_ends_the_first_with_a_conflict(bot: Bot, telegram: TelegramStandIn, ana: Person) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=50))
    await polling(telegram)
    async with Bot(telegram.token, base_url=f"{telegram.url}/bot") as another:
        second = asyncio.create_task(another.get_updates(timeout=50))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
        await polling(telegram, 2)
        ana.say("hello")
        assert len(await second) == 1


async def test_a_client_that_hangs_up_ends_its_poll(bot: Bot, telegram: TelegramStandIn, ana: Person) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=50))
    await polling(telegram)
    poll.cancel()
    await until(lambda: telegram.updates._poll is None)
    ana.say("kept for the next poll")
    assert len(await bot.get_updates()) == 1


async def test_a_poll_under_way_does_not_keep_the_stand_in_from_leaving() -> None:
    async with (
        TelegramStandIn() as telegram,
        Bot(telegram.token, base_url=f"{telegram.url}/bot") as bot,
    ):
        poll = asyncio.create_task(bot.get_updates(timeout=50))
        await polling(telegram)
        await telegram.updates.close()
        assert await poll == ()


async def test_only_kinds_that_were_asked_for_become_updates(bot: Bot, telegram: TelegramStandIn, ana: Person) -> None:
    await bot.get_updates(allowed_updates=["message"])
    ana.edit(ana.say("one"), "two")
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert telegram.updates.allowed == {"message"}
    await bot.get_updates(offset=update.update_id + 1, allowed_updates=[])
    ana.edit(ana.say("one"), "two")
    message, edited = await bot.get_updates()
    assert message.message is not None
    assert edited.edited_message is not None


async def test_polling_is_refused_while_a_webhook_is_set(bot: Bot, telegram: TelegramStandIn) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=50))
    await polling(telegram)
    await bot.set_webhook("http://127.0.0.1:9/hook")
    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await poll
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_a_webhook_needs_an_address_and_a_clean_secret(bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"(?i)An HTTPS URL must be provided for webhook"):
        await bot.set_webhook("ftp://a.io")
    with pytest.raises(BadRequest, match=r"(?i)secret token contains unallowed characters"):
        await bot.set_webhook("https://a.io", secret_token="not clean")


class Hook:
    """A bot's webhook: keeps what comes, answers with the given statuses and then 200."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.bodies: list[Any] = []
        self.secrets: list[str | None] = []
        self.came = asyncio.Event()
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.bodies.append(await request.json())
            self.came.set()
        return web.Response(status=status)

    async def received(self, count: int) -> list[Any]:
        async with asyncio.timeout(5):
            while len(self.bodies) < count:
                self.came.clear()
                await self.came.wait()
        return self.bodies


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    server = Hook()
    app = web.Application()
    app.router.add_post("/hook", server.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield server
    await runner.cleanup()


async def test_updates_go_to_the_webhook_in_order_with_the_secret(bot: Bot, ana: Person, hook: Hook) -> None:
    ana.say("before")
    await bot.set_webhook(hook.url, secret_token=SECRET)
    ana.say("after")
    bodies = await hook.received(2)
    updates = [Update.de_json(body, bot) for body in bodies]
    assert [update.message.text for update in updates if update.message] == ["before", "after"]
    assert hook.secrets == [SECRET, SECRET]
    assert (await bot.get_webhook_info()).url == hook.url


async def test_a_refused_delivery_is_repeated_and_the_trouble_told(
    bot: Bot, ana: Person, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_updates, "FIRST_RETRY_S", 0.001)
    hook.statuses = [500, 302]
    await bot.set_webhook(hook.url)
    ana.say("again")
    (body,) = await hook.received(1)
    assert body["message"]["text"] == "again"
    assert hook.secrets == [None] * 3
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 302 Found"


async def test_one_chat_s_trouble_does_not_hold_up_another(
    bot: Bot, telegram: TelegramStandIn, ana: Person, hook: Hook
) -> None:
    hook.statuses = [500]
    await bot.set_webhook(hook.url)
    ana.say("refused, to be repeated in a second")
    await until(lambda: hook.secrets)
    telegram.person(102, "Bo").say("passes")
    (body,) = await hook.received(1)
    assert body["message"]["text"] == "passes"
    assert (await bot.get_webhook_info()).pending_update_count >= 1


async def test_pending_updates_can_be_dropped(bot: Bot, ana: Person) -> None:
    ana.say("old")
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()

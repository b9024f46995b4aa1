"""The live view: the newest state, at most one edit an interval, complete in the end whatever Telegram does."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

import pytest
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.buttons import NO_BUTTONS, Button, Keyboard
from bot.chat import Place
from bot.live_view import GROUP_INTERVAL_S, INTERVAL_S, LAST_EFFORTS, TICK_S, TROUBLE_S, LiveView
from bot.richtext import RichText, plain
from tests.samples import GROUP, PLACE

pytestmark = pytest.mark.fast_clock
HANG_UP: Keyboard = ((Button("Hang up", "c:hangup:1:1"),),)
CARD = 7  # the message that was the card


@pytest.fixture(autouse=True)
def _durations_as_timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else python-telegram-bot warns at every RetryAfter


@dataclass
class FakePost:
    """A chat that keeps what it shows and when each request came. `troubles` are raised, one a request."""

    shown: dict[int, str] = field(default_factory=dict)
    keyboards: dict[int, Keyboard] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)
    requests: list[tuple[int, str, Keyboard]] = field(default_factory=list)
    sent_silently: list[bool] = field(default_factory=list)
    troubles: deque[TelegramError] = field(default_factory=deque)
    took_s: float = 0.0

    async def send(
        self,
        place: Place,
        text: RichText | str,
        keyboard: Keyboard = NO_BUTTONS,
        *,
        silent: bool = False,
        reply_to: int = 0,
    ) -> int:
        assert isinstance(text, RichText)
        message_id = CARD + 1 + len(self.sent_silently)
        await self._take(message_id, text, keyboard)
        self.sent_silently.append(silent)
        return message_id

    async def edit(self, place: Place, message_id: int, text: RichText, keyboard: Keyboard = NO_BUTTONS) -> None:
        await self._take(message_id, text, keyboard)

    async def _take(self, message_id: int, text: RichText, keyboard: Keyboard) -> None:
        self.times.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.took_s)
        if self.troubles:
            raise self.troubles.popleft()
        self.requests.append((message_id, text.text, keyboard))
        self.shown[message_id] = text.text
        self.keyboards[message_id] = keyboard


@dataclass
class Scene:
    """A call's pages as they should be, and the view of them."""

    post: FakePost = field(default_factory=FakePost)
    pages: list[str] = field(default_factory=lambda: ["ringing"])
    keyboard: Keyboard = HANG_UP
    place: Place = PLACE
    messages: list[int] = field(default_factory=lambda: [CARD])
    rendered: int = 0
    begun: list[int] = field(default_factory=list)  # messages that the view has told of
    there: Place = PLACE  # where they are

    def __post_init__(self) -> None:
        self.view = LiveView(self.post, self.place, self.messages, self._render, self._sent)

    async def _sent(self, place: Place, message_id: int) -> None:
        assert place == self.there
        self.begun.append(message_id)

    def _render(self) -> tuple[list[RichText], Keyboard]:
        self.rendered += 1
        return [plain(page) for page in self.pages], self.keyboard

    def show(self, *pages: str) -> None:
        self.pages = list(pages)
        self.view.changed()

    def finish(self, *pages: str) -> None:
        self.pages, self.keyboard = list(pages), NO_BUTTONS
        self.view.finish()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["asyncio.Task[None]"]:
        task = asyncio.create_task(self.view.run())
        yield task
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    @property
    def texts(self) -> list[str]:
        return [text for _, text, _ in self.post.requests]


async def test_what_is_there_is_shown_at_once() -> None:
    scene = Scene()
    async with scene.running():
        await asyncio.sleep(0.01)
        assert scene.post.shown == {CARD: "ringing"}
        assert scene.post.keyboards == {CARD: HANG_UP}


async def test_a_burst_of_changes_is_one_edit_of_the_newest() -> None:
    scene = Scene()
    async with scene.running():
        await asyncio.sleep(0.1)
        for number in range(50):
            scene.show(f"state {number}")
            await asyncio.sleep(0.01)
        await asyncio.sleep(2 * INTERVAL_S)
    assert scene.texts == ["ringing", "state 49"]


async def test_the_interval_is_kept_however_fast_the_call_goes() -> None:
    scene = Scene()
    async with scene.running():
        for number in range(400):
            scene.show(f"state {number}")
            await asyncio.sleep(0.05)
        scene.finish("over")
        await asyncio.sleep(2 * INTERVAL_S)
    times = scene.post.times
    assert min(later - earlier for earlier, later in pairwise(times)) > INTERVAL_S - 1e-6
    assert len(times) == pytest.approx(20 / INTERVAL_S, abs=2)
    assert scene.texts[-1] == "over"


async def test_a_group_that_takes_fewer_messages_sees_fewer_states() -> None:
    scene = Scene(place=GROUP)
    async with scene.running() as task:
        for number in range(120):
            scene.show(f"state {number}")
            await asyncio.sleep(0.5)
        scene.finish("over")
        await task
    assert min(later - earlier for earlier, later in pairwise(scene.post.times)) > GROUP_INTERVAL_S - 1e-6
    assert len(scene.post.times) == pytest.approx(60 / GROUP_INTERVAL_S, abs=2)
    assert scene.texts[-1] == "over"


async def test_a_change_after_a_quiet_while_is_shown_at_once() -> None:
    scene = Scene()
    async with scene.running():
        await asyncio.sleep(60)
        changed_at = asyncio.get_running_loop().time()
        scene.show("answered")
        await asyncio.sleep(0.01)
    assert scene.post.times[-1] - changed_at < 0.01


async def test_a_change_while_an_edit_is_on_its_way_is_shown_next() -> None:
    scene = Scene(FakePost(took_s=0.5))
    async with scene.running():
        await asyncio.sleep(0.2)
        scene.show("answered")
        await asyncio.sleep(3)
    assert scene.texts == ["ringing", "answered"]


async def test_the_same_state_is_never_sent_twice() -> None:
    scene = Scene()
    async with scene.running():
        for _ in range(30):
            scene.view.changed()
            await asyncio.sleep(2)
    assert scene.texts == ["ringing"]


async def test_buttons_that_go_are_an_edit_although_the_text_stays() -> None:
    scene = Scene()
    async with scene.running() as task:
        await asyncio.sleep(1)
        scene.finish("ringing")
        await task
    assert scene.post.keyboards == {CARD: NO_BUTTONS}


async def test_the_running_time_is_refreshed_without_any_news() -> None:
    scene = Scene()
    async with scene.running():
        await asyncio.sleep(1)
        before = scene.rendered
        scene.pages = ["connected 0:05"]  # nobody says so: time has passed
        await asyncio.sleep(TICK_S + INTERVAL_S)
        assert scene.rendered > before
    assert scene.texts == ["ringing", "connected 0:05"]


@pytest.mark.parametrize("told", [17, timedelta(seconds=17)])
async def test_told_to_wait_it_holds_and_then_shows_the_newest(told: int | timedelta) -> None:
    scene = Scene()
    scene.post.troubles.append(RetryAfter(told))
    async with scene.running():
        for number in range(40):
            scene.show(f"state {number}")
            await asyncio.sleep(0.5)
    refused, first, *_ = scene.post.times
    assert first - refused >= 17
    assert scene.texts[0] in {"state 33", "state 34"}


async def test_the_final_state_is_shown_and_the_view_ends() -> None:
    scene = Scene()
    async with scene.running() as task:
        await asyncio.sleep(0.3)
        scene.finish("over")
        await asyncio.wait_for(task, 4 * INTERVAL_S)
    assert scene.texts == ["ringing", "over"]
    assert scene.post.keyboards == {CARD: NO_BUTTONS}


async def test_the_final_state_is_shown_although_it_came_during_the_edit_before() -> None:
    scene = Scene(FakePost(took_s=0.8))
    async with scene.running() as task:
        await asyncio.sleep(0.4)
        scene.finish("over")
        await asyncio.wait_for(task, 10)
    assert scene.texts == ["ringing", "over"]


async def test_after_an_outage_the_final_state_is_complete_on_every_message() -> None:
    scene = Scene()
    async with scene.running() as task:
        await asyncio.sleep(2)
        scene.post.troubles += [NetworkError("gone"), TimedOut(), RetryAfter(30), *[NetworkError("gone")] * 12]
        scene.show("one", "two")
        await asyncio.sleep(1)
        scene.finish("one, whole", "two, whole", "three")
        await asyncio.wait_for(task, 300)
    assert scene.post.shown == {CARD: "one, whole", CARD + 1: "two, whole", CARD + 2: "three"}
    assert set(scene.post.keyboards.values()) == {NO_BUTTONS}


async def test_an_outage_is_not_hammered_at() -> None:
    scene = Scene()
    scene.post.troubles += [NetworkError("gone")] * 5
    async with scene.running():
        await asyncio.sleep(30)
    times = scene.post.times
    assert len(times) == 6
    assert min(later - earlier for earlier, later in pairwise(times)) > TROUBLE_S - 1e-6


async def test_an_outage_without_end_is_given_up_once_the_call_is_over() -> None:
    scene = Scene()
    scene.post.troubles += [NetworkError("gone")] * 1000
    async with scene.running() as task:
        scene.finish("over")
        await asyncio.wait_for(task, 2 * LAST_EFFORTS * TROUBLE_S)
    assert LAST_EFFORTS <= len(scene.post.times) <= LAST_EFFORTS + 2


async def test_in_a_supergroup_that_its_group_becomes_it_begins_anew_and_is_complete() -> None:
    scene = Scene(place=GROUP, there=Place(-1001234567890))
    async with scene.running() as running:
        scene.show("one", "two")
        scene.post.troubles.append(ChatMigrated(-1001234567890))
        await asyncio.sleep(5 * GROUP_INTERVAL_S)
        scene.show("one", "two and three")
        scene.finish("one", "two and three, over")
        await running
    first, second = scene.begun
    assert scene.view.messages == [first, second]
    assert scene.view.first == first
    assert [scene.post.shown[message] for message in scene.begun] == ["one", "two and three, over"]
    assert CARD not in scene.post.shown


async def test_a_view_whose_messages_are_gone_begins_anew() -> None:
    scene = Scene(messages=[])
    assert scene.view.first == 0
    async with scene.running():
        await asyncio.sleep(0.01)
    assert list(scene.post.shown.values()) == ["ringing"]
    assert scene.view.first == scene.begun[0]


@pytest.mark.parametrize("trouble", [BadRequest("Message to edit not found"), Forbidden("bot was blocked by the user")])
async def test_a_message_that_is_gone_ends_the_view_quietly(trouble: TelegramError) -> None:
    scene = Scene()
    scene.post.troubles.append(trouble)
    async with scene.running() as task:
        await asyncio.wait_for(task, 1)
    assert scene.texts == []


async def test_a_long_call_rolls_over_to_new_messages_that_do_not_ring() -> None:
    scene = Scene()
    async with scene.running():
        await asyncio.sleep(2)
        scene.show("page one", "page two")
        await asyncio.sleep(5)
        scene.show("page one", "page two", "page three")
        await asyncio.sleep(5)
        assert scene.view.messages == [CARD, CARD + 1, CARD + 2]
        assert scene.begun == [CARD + 1, CARD + 2]
    assert scene.post.shown == {CARD: "page one", CARD + 1: "page two", CARD + 2: "page three"}
    assert scene.post.sent_silently == [True, True]


async def test_only_the_last_message_has_buttons() -> None:
    scene = Scene()
    async with scene.running():
        await asyncio.sleep(2)
        scene.show("page one", "page two", "page three")
        await asyncio.sleep(5)
        assert scene.post.keyboards == {CARD: NO_BUTTONS, CARD + 1: NO_BUTTONS, CARD + 2: HANG_UP}


async def test_a_view_that_shrinks_leaves_no_old_words_and_keeps_its_buttons_last() -> None:
    scene = Scene()
    async with scene.running() as task:
        scene.show("page one", "and a word too much")
        await asyncio.sleep(5)
        scene.show("page one, cut")
        await asyncio.sleep(5)
        assert scene.post.shown == {CARD: "page one, cut", CARD + 1: "…"}
        assert scene.post.keyboards == {CARD: NO_BUTTONS, CARD + 1: HANG_UP}
        scene.finish("page one, cut", "again more")
        await task
    assert scene.post.shown == {CARD: "page one, cut", CARD + 1: "again more"}
    assert scene.post.sent_silently == [True]


async def test_a_first_message_that_never_rests_does_not_keep_the_others_waiting() -> None:
    scene = Scene()
    async with scene.running():
        for second in range(20):
            scene.show(f"connected 0:{second}", f"turn {second}")
            await asyncio.sleep(1)
    assert int(scene.post.shown[CARD].removeprefix("connected 0:")) >= 16
    assert int(scene.post.shown[CARD + 1].removeprefix("turn ")) >= 16

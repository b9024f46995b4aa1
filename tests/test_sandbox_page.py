"""The page's server: who may ask, what a page is told, and what it may do."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import ClientSession, WSServerHandshakeError
from hypothesis import given
from hypothesis import strategies as st

from sandbox.handset import Overhearing
from sandbox.line import Utterance
from sandbox.page import Page, Phone, WireLog, commands, guard, server
from sandbox.page.captions import Caption, Captions
from sandbox.page.own_phone import Answer, OwnPhone
from sandbox.page.phone import YOU
from sandbox.page.rooms import STRANGER_ID
from sandbox.speech.toned import TonedEar
from sandbox.telegram import Message
from sandbox.tones import FRAME, SILENCE, SpeechBegan, SpeechEnded, speak
from sandbox.world import REQUESTER_ID, World

PORT = 8750
OURS = {"Host": f"127.0.0.1:{PORT}"}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with World() as world:
        yield world


@pytest.fixture
async def page(world: World) -> AsyncIterator[Page]:
    async with Page(world, Phone(), WireLog(lambda: 0.0), port=0) as page:
        yield page


@pytest.fixture
async def http(page: Page) -> AsyncIterator[ClientSession]:
    async with ClientSession(page.url) as http:
        yield http


class Browser:
    """An open page: what it was told, by kind."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def do(self, what: str, **more: Any) -> None:
        await self.socket.send_json({"do": what, **more})

    async def told(self, kind: str, fits: Callable[[Any], object] = bool) -> Any:
        """The next message of a kind that fits."""
        async with asyncio.timeout(10):
            while True:
                message = await self.socket.receive()
                assert message.type in {aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY}, message
                if message.type is aiohttp.WSMsgType.TEXT:
                    read = json.loads(message.data)
                    if read["kind"] == kind and fits(read):
                        return read


@pytest.fixture
async def browser(page: Page, http: ClientSession) -> AsyncIterator[Browser]:
    async with http.ws_connect("/feed", headers={"Origin": page.url.rstrip("/")}) as socket:
        yield Browser(socket)


def from_bot(world: World, text: str, *buttons: str) -> Message:
    cloud, chat = world.telegram.cloud, world.requester.chat
    message = cloud.new_message(chat, cloud.bot)
    message.text = text
    message.markup = {"inline_keyboard": [[{"text": b, "callback_data": f"c:{b}"} for b in buttons]]}
    cloud.post(message)
    return message


# Who may ask


def test_the_page_itself_may_ask() -> None:
    assert guard.why_not(OURS, PORT, feed=False) == ""
    assert guard.why_not({"Host": f"localhost:{PORT}"}, PORT, feed=False) == ""
    assert guard.why_not(OURS | {"Origin": f"http://127.0.0.1:{PORT}"}, PORT, feed=True) == ""


@pytest.mark.parametrize(
    "host", ["", "evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:80", f"127.0.0.1.evil.example:{PORT}"]
)
def test_a_name_that_is_made_to_point_here_is_refused(host: str) -> None:
    assert guard.why_not({"Host": host}, PORT, feed=False)
    assert guard.why_not({"Host": host, "Origin": f"http://{host}"}, PORT, feed=True)


@pytest.mark.parametrize(
    "origin",
    ["null", "https://evil.example", f"https://127.0.0.1:{PORT}", "http://127.0.0.1:80", f"http://localhost:{PORT}"],
)
def test_another_page_may_neither_ask_nor_listen(origin: str) -> None:
    for feed in (False, True):
        assert guard.why_not(OURS | {"Origin": origin}, PORT, feed=feed)


def test_the_feed_is_not_for_who_does_not_say_where_they_are() -> None:
    assert guard.why_not(OURS, PORT, feed=True)


async def test_strangers_get_nothing_from_the_server(page: Page, http: ClientSession) -> None:
    for path in ("/", "/static/js/main.js", "/files/file-1"):
        async with http.get(path, headers={"Host": "evil.example"}) as answer:
            assert answer.status == 403
            assert "Ringback" not in await answer.text()
    for headers in ({}, {"Origin": "https://evil.example"}):
        with pytest.raises(WSServerHandshakeError, match="403"):
            await http.ws_connect("/feed", headers=headers)


async def test_every_answer_forbids_what_the_page_does_not_need(page: Page, http: ClientSession) -> None:
    for path, status in (("/", 200), ("/static/css/base.css", 200), ("/static/../server.py", 404), ("/files/x", 404)):
        async with http.get(path) as answer:
            assert answer.status == status
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_it_listens_on_loopback_and_elsewhere_where_its_port_is_taken(world: World, page: Page) -> None:
    taken = int(page.url.rstrip("/").rpartition(":")[2])
    async with Page(world, Phone(), WireLog(lambda: 0.0), port=taken) as other:
        assert other.url.startswith("http://127.0.0.1:")
        assert other.url != page.url


# What a page is told


async def test_who_opens_the_page_later_sees_what_there_was(world: World, page: Page, browser: Browser) -> None:
    world.requester.say("call Roma")
    first = await browser.told("message")
    assert (first["message"]["text"], first["message"]["bot"]) == ("call Roma", False)
    async with ClientSession(page.url) as http, http.ws_connect("/feed", headers={"Origin": page.url[:-1]}) as socket:
        late = Browser(socket)
        assert {one["name"] for one in (await late.told("welcome"))["scenarios"]} >= {"restaurant", "busy", "hold"}
        assert (await late.told("message"))["message"]["text"] == "call Roma"
        assert (await late.told("choice"))["who"] == ""


async def test_messages_edits_and_buttons_are_shown_as_they_are(world: World, browser: Browser) -> None:
    message = from_bot(world, "📞 Roma", "Call", "Cancel")
    shown = (await browser.told("message"))["message"]
    assert [button["label"] for button in shown["keyboard"][0]] == ["Call", "Cancel"]
    message.text = "<b>📞</b> Roma"  # words, not markup
    world.telegram.cloud.edited(message)
    shown = (await browser.told("message"))["message"]
    assert (shown["text"], shown["edited"]) == ("<b>📞</b> Roma", True)
    world.telegram.cloud.changed("action", world.requester.chat, None, "typing")
    assert await browser.told("action") == {"kind": "action", "room": "own", "action": "typing"}


async def test_a_file_is_downloaded_and_only_sound_is_shown(world: World, http: ClientSession) -> None:
    keep = world.telegram.cloud.keep_file
    page = keep("document", "a;b “c”.html", "text/html", b"<script>alert(1)</script>")
    voice = keep("voice", "voice.oga", "audio/ogg", b"OggS", 3)
    async with http.get(f"/files/{page.file_id}") as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''a%3Bb%20%E2%80%9Cc%E2%80%9D.html"
    async with http.get(f"/files/{voice.file_id}") as answer:
        assert (answer.content_type, await answer.read()) == ("audio/ogg", b"OggS")


# What it may do


async def test_what_is_done_on_the_page_is_done_in_the_chat(world: World, browser: Browser) -> None:
    asked = from_bot(world, "For how many?")
    own = {"room": "own", "by": REQUESTER_ID}
    await browser.do("say", **own, text="four", reply_to=asked.id)
    await browser.do("contact", **own, phone="+14155550102", name="Luigi")
    await browser.do("voice", **own, words="call Luigi")
    await browser.do("voice", **own, audio=base64.b64encode(speak("hello") * 5).decode())
    await browser.told("message", lambda told: told["message"]["file"])
    await browser.told("message", lambda told: told["message"]["file"])
    said, contact, spoken, recorded = world.requester.chat.messages[1:]
    assert (said.text, said.reply_to, said.sender) == ("four", asked, REQUESTER_ID)
    assert contact.contact == {"phone_number": "+14155550102", "first_name": "Luigi"}
    assert [note.voice and note.voice.data[:4] for note in (spoken, recorded)] == [b"OggS", b"OggS"]
    assert recorded.voice
    assert recorded.voice.duration_s == 2  # five words of five characters, 60 ms each
    await browser.do("edit", **own, message=said.id, text="five")
    await browser.told("message", lambda told: told["message"]["text"] == "five")
    assert said.text == "five"


async def test_a_reaction_is_put_beside_the_bots_and_taken_back(world: World, browser: Browser) -> None:
    card = from_bot(world, "Booked")
    card.reactions = ["👍"]
    await browser.do("react", room="own", message=card.id, by=REQUESTER_ID, emoji="👍")
    (both,) = (await browser.told("message", lambda told: told["message"]["reactions"]))["message"]["reactions"]
    assert both == {"emoji": "👍", "by": [world.telegram.cloud.bot.id, REQUESTER_ID], "names": ["Ringback", "Shane"]}
    await browser.do("react", room="own", message=card.id, by=REQUESTER_ID, emoji="")
    (bots,) = (await browser.told("message"))["message"]["reactions"]
    assert bots["names"] == ["Ringback"]
    await browser.do("react", room="own", message=card.id, by=REQUESTER_ID, emoji="☎")
    assert "no reaction" in (await browser.told("refused"))["why"]


async def test_a_message_is_forwarded_with_where_it_is_from(world: World, browser: Browser) -> None:
    card = from_bot(world, "Booked: 7:45pm")
    await browser.do("forward", room="own", message=card.id, by=STRANGER_ID, to="stranger")
    shown = (await browser.told("message", lambda told: told["message"]["room"] == "stranger"))["message"]
    assert (shown["text"], shown["forwarded"], shown["by"]) == ("Booked: 7:45pm", "Ringback", STRANGER_ID)
    (update,) = world.telegram.updates.pending
    assert update.body["message"]["forward_origin"]["sender_user"]["is_bot"]


async def test_a_group_is_made_when_somebody_looks_into_it(world: World, browser: Browser) -> None:
    assert [chat for chat in world.telegram.cloud.chats.values() if chat.is_group] == []
    await browser.do("open", room="trip")
    room = (await browser.told("room", lambda told: told["room"]["key"] == "trip"))["room"]
    assert [person["name"] for person in room["people"]] == ["Shane", "Mallory"]
    await browser.do("say", room="trip", by=STRANGER_ID, text="@ringback_bot hello")
    shown = (await browser.told("message"))["message"]
    assert (shown["room"], shown["name"], shown["general"]) == ("trip", "Mallory", False)


async def test_a_press_comes_back_with_what_was_answered(world: World, browser: Browser) -> None:
    card = from_bot(world, "Card", "Call")
    await browser.do("press", room="own", by=REQUESTER_ID, message=card.id, data="c:Call", ref=7)
    async with asyncio.timeout(5):
        while not world.telegram.cloud.presses:  # noqa: ASYNC110 - a press is no event of its own
            await asyncio.sleep(0.01)
    (press,) = world.telegram.cloud.presses.values()
    press.alert = True
    press.answered.set_result("Dialling")
    assert await browser.told("pressed") == {"kind": "pressed", "ref": 7, "text": "Dialling", "alert": True}


@pytest.mark.parametrize(
    "command",
    [
        {"do": "say", "room": "own", "by": STRANGER_ID, "text": "I am not in this chat"},
        {"do": "say", "room": "own", "by": REQUESTER_ID, "text": "x" * 5000},
        {"do": "say", "room": "own", "by": REQUESTER_ID, "text": "to nothing", "reply_to": 99},
        {"do": "say", "room": "elsewhere", "by": REQUESTER_ID, "text": "nowhere"},
        {"do": "say", "room": "own", "by": "1001", "text": "no number"},
        {"do": "say", "room": "own", "by": REQUESTER_ID, "text": "more", "chat_id": 5},
        {"do": "edit", "room": "own", "by": REQUESTER_ID, "message": 1, "text": "the bot’s own words"},
        {"do": "press", "room": "own", "by": REQUESTER_ID, "message": 1, "data": "c:Delete", "ref": 1},
        {"do": "pick", "who": "nobody"},
        {"do": "pick_up", "line": 1, "how": "answer"},
        {"do": "open", "room": "../../etc"},
        {"do": "shut_down"},
        {},
    ],
)
async def test_what_cannot_be_done_is_refused_and_changes_nothing(
    world: World, browser: Browser, command: dict[str, Any]
) -> None:
    card = from_bot(world, "Card", "Call")
    await browser.socket.send_json(command)
    assert (await browser.told("refused"))["why"]
    assert world.requester.chat.messages == [card]
    assert card.text == "Card"
    assert not world.telegram.cloud.presses


@given(st.text())
def test_no_message_of_a_page_is_more_than_refused(text: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        commands.read(text)


def test_a_browser_that_does_not_read_is_let_go() -> None:
    feed = server.Feed()
    for _ in range(4000):
        feed.tell({"kind": "line"})
    assert feed.outbox.qsize() <= 3000
    kept = [feed.outbox.get_nowait() for _ in range(feed.outbox.qsize())]
    assert None in kept


# The wire


def test_audio_on_the_wire_is_shortened_and_a_run_of_it_is_one_entry() -> None:
    log = WireLog(lambda: 5.0)
    media = {"event": "media", "media": {"payload": base64.b64encode(bytes(160)).decode()}, "streamSid": "MZ1"}
    append = {"type": "input_audio_buffer.append", "audio": base64.b64encode(bytes(160)).decode()}
    log.note("rest", "out", "POST /2010-04-01/Accounts/AC5/Calls.json\nTo=%2B1415")
    for _ in range(50):
        log.note("stream", "in", json.dumps(media))
        log.note("realtime", "out", json.dumps(append))
    log.note("realtime", "in", json.dumps({"type": "response.done", "response": {"note": "x" * 5000}}))
    placed, heard, passed, done = log.since(0)
    assert (placed.name, placed.at_s) == ("POST /2010-04-01/Accounts/AC5/Calls.json", 0.0)
    assert (heard.times, passed.times) == (50, 50)
    assert "20 ms of audio" in heard.text
    assert "AAAA" not in heard.text + passed.text
    assert len(done.text) < 1500
    assert log.since(done.change) == []


def test_the_wire_log_takes_whatever_there_is() -> None:
    log = WireLog(lambda: 0.0)
    for text in ("", "[]", "not json", '{"event": 5}', '{"type": "x", "audio": "%%%"}'):
        log.note("realtime", "in", text)
    assert len(log.since(0)) == 5


async def test_the_wire_is_shown_to_who_wants_to_see_it(world: World) -> None:
    wires = WireLog(lambda: 0.0)
    async with (
        Page(world, Phone(), wires, port=0) as page,
        ClientSession(page.url) as http,
        http.ws_connect("/feed", headers={"Origin": page.url[:-1]}) as socket,
    ):
        browser = Browser(socket)
        wires.note("stream", "in", '{"event": "connected"}')
        await browser.do("look_on", wires=True)
        (entry,) = (await browser.told("wires"))["entries"]
        assert (entry["wire"], entry["name"], entry["way"]) == ("stream", "connected", "in")


def test_whoever_is_picked_answers_the_next_call() -> None:
    phone = Phone()
    phone.pick(YOU, once=True)
    assert type(phone.answer("+14155552671")).__name__ == "OwnPhone"
    assert phone.choice() == {"kind": "choice", "who": "", "once": False}
    phone.pick("busy", once=False)
    assert [phone.answer(number).pickup.kind for number in ("+14155552671", "+14155550103")] == ["busy", "busy"]
    assert phone.answer("+14155550125").pickup.kind == "answer"  # the requester's own phone stays theirs


# A phone of one's own


@pytest.mark.parametrize(
    ("how", "kind", "sip_code"), [("answer", "answer", None), ("decline", "busy", 603), ("busy", "busy", 486)]
)
async def test_a_phone_rings_until_it_is_decided_and_the_first_word_counts(
    how: Answer, kind: str, sip_code: int | None
) -> None:
    phone = OwnPhone("+14155552671")
    ringing = asyncio.create_task(phone.decide())
    await asyncio.sleep(0)
    assert not ringing.done()
    phone.answer(how)
    phone.answer("voicemail")
    await ringing
    assert (phone.pickup.kind, phone.pickup.sip_code) == (kind, sip_code)


def test_what_is_typed_is_spoken_whole_and_a_late_microphone_is_not_kept() -> None:
    phone = OwnPhone("+14155552671")
    phone.say("hello")
    phone.hear_microphone(bytes(100_000))
    said = [phone.step(SILENCE) for _ in range(42)]
    assert {len(frame) for frame in said} == {FRAME}
    assert b"".join(said).startswith(speak("hello"))
    assert sum(frame == bytes(FRAME) for frame in said) == 25
    assert said[-1] == SILENCE


def test_both_sides_of_ones_own_phone_are_captioned_whether_typed_or_spoken() -> None:
    phone, captions = OwnPhone("+14155552671"), Captions()
    phone.say("yes")
    agent = speak("Is that all right?")
    frames = [agent[at : at + FRAME] for at in range(0, len(agent), FRAME)] + [SILENCE] * 40
    told = [caption for frame in frames for caption in _stepped(phone, captions, frame)]
    phone.hear_microphone(speak("one")[: 25 * FRAME])
    told += [caption for _ in range(80) for caption in _stepped(phone, captions, SILENCE)]
    assert {(c.number, c.utterance.side, c.utterance.text) for c in told if c.utterance.done} == {
        (1, "callee", "yes"),
        (2, "agent", "Is that all right?"),
        (3, "callee", "one"),
    }
    assert captions.settled


def _stepped(phone: OwnPhone, captions: Captions, heard: bytes) -> list[Caption]:
    phone.step(heard)
    return captions.look(phone.utterances())


def test_words_that_are_made_out_later_are_captioned_later() -> None:
    class SlowEar(TonedEar):
        """Hears that something was said, and what only when it is told."""

        def feed(self, frame: bytes) -> list[SpeechBegan | SpeechEnded]:
            events = super().feed(frame)
            return [replace(e, text="", later=words) if isinstance(e, SpeechEnded) else e for e in events]

    words: Future[str] = Future()
    overhearing, captions = Overhearing("agent", ear := SlowEar()), Captions()
    hello = speak("Hello") + SILENCE * 30
    for at in range(0, len(hello), FRAME):
        overhearing.note(ear.feed(hello[at : at + FRAME]))
    assert [caption.utterance.done for caption in captions.look([overhearing.utterances(over=False)])] == [False]
    words.set_result("Hello")
    assert captions.look([overhearing.utterances(over=True)]) == [Caption(1, Utterance("agent", "Hello", done=True))]
    assert captions.settled


def test_what_is_being_said_as_the_call_ends_stays_as_it_is() -> None:
    phone, captions = OwnPhone("+14155552671"), Captions()
    phone.say("No")
    agent = speak("I am sorr")
    for at in range(0, len(agent) - 4 * FRAME, FRAME):
        phone.step(agent[at : at + FRAME])
    assert not captions.look(phone.utterances())[-1].utterance.done
    cut = captions.look(phone.utterances(over=True))[-1].utterance
    assert (cut.side, cut.done) == ("agent", True)
    assert "I am sorr".startswith(cut.text.rstrip("…"))
    assert captions.settled
    assert captions.look(phone.utterances(over=True)) == []


# The files


def test_the_static_files_are_ours_and_small() -> None:
    files = [path for path in server.STATIC.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".html", ".css", ".js", ".svg"}
    for path in files:
        text = path.read_text("utf-8")
        assert len(text.splitlines()) < 350, path
        assert "innerHTML" not in text
        assert "insertAdjacentHTML" not in text


def test_the_page_asks_nothing_of_other_servers() -> None:
    """No address but its own, the SVG's name, and what the sources cite in comments."""
    for path in server.STATIC.rglob("*.[hjc][tsS]*"):
        for line in path.read_text("utf-8").splitlines():
            if not line.lstrip().startswith(("//", "*", "/*")):
                assert "://" not in line.replace("ws://${location.host}", "").replace("https://${plain}", ""), path

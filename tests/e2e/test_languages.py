"""The chat in German and in Spanish: nothing of it is left in English but what people and models wrote."""

import asyncio
import re
from functools import cache

import pytest
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor

from bot.app import App
from bot.wording import COMMANDS, Words, languages, words
from sandbox.telegram import Message, Person
from sandbox.telegram.person import plain_label
from sandbox.twilio import StandInCall
from sandbox.world import World
from tests.e2e.chat import BUSY, HUMAN_S, REQUEST, answer_to, data_of, labels, press, press_data
from tests.test_catalogues import parsed

ANNA = 2002
SENTENCE = 12  # characters: a shorter piece of a catalogue may be a name, or stand in any language
STRICT = "call Trattoria Roma on +1 415 555 2671 and book a table for four at 7pm, name Shane"
ASKING = f"{REQUEST}, and ask if they have parking"

GERMAN_CARD = [
    "📞 Trattoria Roma",
    "+1 415-555-2671 · für Shane",
    "",
    "Ziel: Book a table for 4 people at 7pm under the name Shane.",
]


class _Pieces(Visitor):
    def __init__(self) -> None:
        self.found: list[str] = []

    def visit_TextElement(self, node: ftl.TextElement) -> None:  # noqa: N802 - the visitor's own name
        self.found += node.value.splitlines()


@cache
def pieces(language: str) -> frozenset[str]:
    """What stands between the variables of a catalogue, a line at a time, if it is long enough to be a sentence."""
    reading = _Pieces()
    for entry in parsed(language):
        reading.visit(entry)
    return frozenset(piece.strip() for piece in reading.found if len(piece.strip()) > SENTENCE)


class Reading:
    """What one chat is told from here on: messages, edits, captions, buttons, notices and files."""

    def __init__(self, world: World, person: Person) -> None:
        self._world = world
        self._person = person
        self._from = len(world.telegram.requests)
        self._after = max((message.id for message in person.chat.messages), default=0)

    def told(self) -> str:
        presses = {p.id for p in self._world.telegram.cloud.presses.values() if p.message.chat is self._person.chat}
        found = [
            str(request.params)
            for request in self._world.telegram.requests[self._from :]
            if request.params.get("chat_id") == str(self._person.id)
            or request.params.get("callback_query_id") in presses
        ]
        files = [m.file for m in self._person.chat.messages if m.file and m.id > self._after]
        return "\n".join([*found, *(file.data.decode() for file in files if file.kind == "document")])

    def of(self, language: str) -> set[str]:
        """The pieces of a catalogue that were told."""
        told = self.told()
        return {piece for piece in pieces(language) if piece in told}

    def left_in_english(self, language: str) -> set[str]:
        """Those of the English catalogue, without what the language's own has as well."""
        return self.of("en") - pieces(language)


class Visit:
    """Somebody who uses all of it, in their own language."""

    def __init__(self, world: World, person: Person, said: Words) -> None:
        self.world = world
        self.person = person
        self.said = said

    async def ask(self, text: str, *, reply_to: Message | None = None) -> Message:
        return await answer_to(self.world, text, by=self.person, reply_to=reply_to)

    async def press(self, message: Message, key: str, **values: int) -> str:
        return await press(self.world, message, self.said(key, **values), by=self.person)

    async def turn(self, message: Message, key: str) -> None:
        """Press what changes the message in place."""
        before = (message.text, labels(message))
        await self.press(message, key)
        await self.person.wait_for(lambda m: m is message and (m.text, labels(m)) != before)

    async def order(self, text: str) -> Message:
        await asyncio.sleep(HUMAN_S)
        asked = self.person.say(text)
        return await self.person.wait_for(lambda m: self.has(m, "card-call"), after=asked)

    def has(self, message: Message, key: str) -> bool:
        return plain_label(self.said(key)) in labels(message)

    def reads(self, message: Message, *keys: str) -> bool:
        return labels(message) == [plain_label(self.said(key)) for key in keys]

    async def place(self, card: Message) -> StandInCall:
        before = set(self.world.twilio.calls)
        assert await self.press(card, "card-call") == self.said("dialling")
        await self.person.wait_for(lambda m: m is card and set(self.world.twilio.calls) - before)
        return next(call for sid, call in self.world.twilio.calls.items() if sid not in before)

    async def finished(self, live: Message) -> Message:
        report = await self.person.wait_for(lambda m: self.has(m, "report-again"), after=live, timeout=300)
        await self.person.wait_for(lambda m: m is live and not m.keyboard)
        return report


async def calls(visit: Visit) -> tuple[str, str]:
    """A request with all that a card and a call offer; the card and the report."""
    said = visit.said
    card = await visit.order(ASKING)
    offered = card.text
    assert visit.reads(card, "card-call", "card-persona", "card-voice", "card-rehearse", "card-edit", "card-cancel")
    await visit.turn(card, "card-persona")
    assert plain_label(said("persona-firm")) in labels(card)
    await visit.turn(card, "card-back")
    await visit.turn(card, "card-voice")
    await visit.turn(card, "card-back")
    await visit.press(card, "card-rehearse")
    played = await visit.person.wait_for(lambda m: m.text.startswith(said("live-agent")), after=card)
    await visit.press(played, "rehearse-stop")
    card = await visit.person.wait_for(lambda m: visit.has(m, "card-call"), after=played)
    call = await visit.place(card)
    await visit.person.wait_for(lambda m: m is card and said("live-connected", time="") in m.text)
    assert visit.reads(card, "live-stop", "live-join")
    assert await visit.press(card, "live-join") == ""
    await visit.ask("my password is hunter2", reply_to=card)
    report = await visit.finished(card)
    assert call.callee_audio
    told = report.text
    await visit.press(report, "report-words", number=1)
    await visit.press(report, "report-transcript")
    await visit.person.wait_for(lambda m: m.document, after=report)
    await visit.press(report, "report-save-contact")
    await press_data(
        visit.world, report, data_of(report, said("report-again")).replace("again", "hangup"), by=visit.person
    )
    return offered, told


async def a_question(visit: Visit) -> None:
    """The agent asks in the middle of a call."""
    live = await visit.order(STRICT)
    await visit.place(live)
    asked = await visit.person.wait_for(lambda m: visit.said("question-open") in m.text, after=live)
    await press(visit.world, asked, labels(asked)[0], by=visit.person)
    await visit.person.wait_for(lambda m: m is asked and visit.said("question-answer") in m.text)
    await visit.finished(live)


async def a_busy_line(visit: Visit) -> None:
    """Tried again later, or not."""
    live = await visit.order(BUSY)
    await visit.place(live)
    report = await visit.finished(live)
    await visit.press(report, "retry-minutes", minutes=15)
    later = await visit.person.wait_for(lambda m: visit.has(m, "card-now"), after=report)
    await visit.ask("/calls")
    await visit.turn(later, "card-cancel")


async def what_cannot_be(visit: Visit) -> None:
    for text in (
        "call the police on 112 and tell them that all is well",
        "call Joe on +1 900 555 0100 and ask how he is",
        "what a fine day",
        "/call",
        "/hangup",
        "/nonsense",
        "/allow",
        "x" * 4050,
    ):
        await visit.ask(text)
    asked = await visit.ask("/call Trattoria Napoli and book a table at 7pm")
    await visit.person.wait_for(lambda m: visit.said("lookup-place") in m.text, after=asked)


async def commands(visit: Visit) -> Message:
    """Every command there is; the settings."""
    for command in ("help", "calls", "contacts", "budget", "personas"):
        await visit.ask(f"/{command}")
    forget = await visit.ask("/forget")
    await visit.turn(forget, "forget-no")
    settings = await visit.ask("/settings")
    for page in ("language", "zone", "persona"):
        await visit.turn(settings, f"settings-button-{page}")
        await visit.turn(settings, "card-back")
    await visit.press(settings, "settings-button-place")
    question = await visit.person.wait_for(lambda m: m.text == visit.said("settings-ask-place"), after=settings)
    await visit.ask("Atlantis", reply_to=question)
    return settings


@pytest.mark.daily
async def test_a_person_whose_telegram_is_german_gets_german_and_nothing_else(world: World, app: App) -> None:
    anna = world.telegram.person(ANNA, "Anna", language_code="de")
    await answer_to(world, f"/allow {ANNA}")
    reading, visit = Reading(world, anna), Visit(world, anna, words("de"))
    greeting = await visit.ask("/start")
    assert greeting.text.startswith("Hallo! Ich telefoniere für dich.")
    offered, report = await calls(visit)
    assert offered.splitlines()[:4] == GERMAN_CARD
    assert "🎭 Flott und professionell · 🔊 marin · Englisch" in offered
    assert re.search(r"^⏱ höchstens 10 Min\. · 💵 etwa 0,\d\d \$, wenn es so lange dauert$", offered, re.MULTILINE)
    assert re.search(r"^Trattoria Roma · \d:\d\d am Telefon · .* · kostete etwa 0,\d\d \$$", report, re.MULTILINE)
    await a_question(visit)
    await a_busy_line(visit)
    settings = await commands(visit)
    assert settings.text.startswith("Einstellungen dieses Chats\nSprache: Deutsch\n")
    assert re.search(r"^Zeitzone: Los Angeles, dort ist es 09:0\d$", settings.text, re.MULTILINE)
    assert re.search(r"^• Mo\., 23\. Nov\., 09:0\d · Luigi – ", (await visit.ask("/calls")).text, re.MULTILINE)
    await what_cannot_be(visit)
    assert reading.left_in_english("de") == set()
    assert len(reading.of("de")) > 80


async def test_a_chat_that_is_set_to_spanish_is_spanish_from_then_on(world: World, app: App) -> None:
    settings = await answer_to(world, "/settings")
    await press(world, settings, "Language")
    await world.requester.wait_for(lambda m: m is settings and "español" in labels(m))
    reading, visit = Reading(world, world.requester), Visit(world, world.requester, words("es"))
    await press(world, settings, "Español")
    await world.requester.wait_for(lambda m: m is settings and "Ajustes de este chat" in m.text)
    offered, report = await calls(visit)
    assert "🎭 Ágil y profesional · 🔊 marin · inglés" in offered
    assert re.search(r"^⏱ máximo 10 min · 💵 unos 0,\d\d US\$ si dura tanto$", offered, re.MULTILINE)
    assert re.search(r"^Trattoria Roma · \d:\d\d al teléfono · .* · costó unos 0,\d\d US\$$", report, re.MULTILINE)
    await a_question(visit)
    await a_busy_line(visit)
    settings = await commands(visit)
    assert settings.text.startswith("Ajustes de este chat\nIdioma: Español\n")
    assert re.search(r"^Zona horaria: Los Ángeles; hora de allí: 9:0\d a\.m\.$", settings.text, re.MULTILINE)
    assert re.search(r"^• lun, 23 de nov, 9:0\d a\.m\. · Luigi – ", (await visit.ask("/calls")).text, re.MULTILINE)
    for command in ("people", "invite caller", "invite", "deny", "donotcall", "donotcall x", "audit", "budget x"):
        await visit.ask(f"/{command}")
    await what_cannot_be(visit)
    assert reading.left_in_english("es") == set()
    assert len(reading.of("es")) > 80


async def test_an_english_chat_would_be_noticed(world: World, app: App) -> None:
    reading = Reading(world, world.requester)
    await answer_to(world, "/help")
    assert len(reading.left_in_english("de")) > 10


@pytest.mark.parametrize("code", ["de-AT", "es-419"])
async def test_a_regional_variety_is_that_language(world: World, app: App, code: str) -> None:
    person = world.telegram.person(ANNA, "Anna", language_code=code)
    refusal = await answer_to(world, "/start", by=person)
    assert refusal.text == words(code[:2])("refusal", id=str(ANNA))


async def test_telegram_shows_the_commands_in_each_language(world: World, app: App) -> None:
    told = {r.params.get("language_code", ""): r.params["commands"] for r in world.telegram.requested("setMyCommands")}
    assert {*told} == {"", *languages()} - {"en"}
    for code, commands_ in told.items():
        said = words(code or "en")
        assert [(c["command"], c["description"]) for c in commands_] == [(n, said(f"command-{n}")) for n in COMMANDS]

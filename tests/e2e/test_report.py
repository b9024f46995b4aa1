"""The report: that it always arrives, once, with the facts, whatever the reporting model does; and what it rests on."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from bot.app import App
from bot.report import PATIENCE_S
from sandbox.brain import RuleMind
from sandbox.callee import MachineCallee
from sandbox.openai import OpenAIStandIn
from sandbox.scenario import Rule
from sandbox.telegram import Message, Person
from sandbox.telegram.text import utf16_length
from sandbox.world import World
from tests.e2e.chat import (
    HUMAN_S,
    REQUEST,
    SHORT,
    answer_to,
    check_the_wires,
    connected,
    finished,
    from_bot,
    is_report,
    labels,
    on_the_line,
    order,
    place,
    press,
    running,
    shown,
    turns,
)
from tests.e2e.group import a_group
from tests.e2e.line import answered_by, somebody

FRIEND = "call Mia on +1 415 555 0108 and ask whether she is coming on Saturday"
MACHINE = "call Anna on +1 415 555 0105 and ask whether she is coming on Saturday"
NEVER_AGAIN = "call Café Rosa on +1 415 555 0126 and book a table for two at 8pm, name Anna"
ROMA = "call Trattoria Roma on +1 415 555 2671 and book a table for two at 8pm, name Anna"
BOOKED = "You are booked: 7:45, table for four, under Shane."


async def talking(world: World, request: str = FRIEND) -> Message:
    live = await order(world, request)
    await place(world, live)
    await connected(world, live)
    return live


def summary_json(**changes: object) -> str:
    summary = {
        "headline": "Mia comes.",
        "achieved": "yes",
        "turn": 0,
        "certain": True,
        "answers": [],
        "next_steps": [],
        "appointment": None,
    }
    return msgspec.json.encode(summary | changes).decode()


async def pressed(person: Person, message: Message, label: str) -> tuple[str, bool]:
    """The notice that Telegram shows, and whether in a window that has to be closed."""
    await asyncio.sleep(HUMAN_S)
    press = person.press(message, label)
    async with asyncio.timeout(30):
        return await press.answered, press.alert


def facts_are_told(report: Message) -> None:
    assert "Mia · 0:" in report.text
    assert "on the phone · it ended with a goodbye · cost about $0." in report.text
    assert labels(report) == ["call again", "full transcript", "save contact"]


# Whatever the reporting model does


@pytest.mark.daily
@pytest.mark.parametrize("status", [500, 401])
async def test_without_the_reporting_model_the_facts_still_arrive(world: World, app: App, status: int) -> None:
    live = await talking(world)
    world.openai.fail_next_http(status, times=3)
    report = await finished(world, live)
    assert report.text.startswith("☎️ The call is over.")
    facts_are_told(report)


@pytest.mark.parametrize(
    "nonsense",
    ["", summary_json(achieved="perhaps"), "[" * 500, summary_json(headline="?").replace("?", "\\ud800")],
)
async def test_nonsense_from_the_reporting_model_does_not_keep_the_facts_back(
    world: World, app: App, nonsense: str
) -> None:
    live = await talking(world)
    world.openai.answer_next(nonsense)
    report = await finished(world, live)
    assert report.text.startswith("☎️ The call is over.")
    facts_are_told(report)


async def test_a_refusal_of_the_reporting_model_does_not_keep_the_facts_back(world: World, app: App) -> None:
    live = await talking(world)
    world.openai.answer_next("I cannot help with that.", refusal=True)
    facts_are_told(await finished(world, live))


class Slow(OpenAIStandIn):
    """Takes its time over summaries."""

    def __init__(self) -> None:
        super().__init__(RuleMind())
        self.patient = asyncio.Event()

    async def _responses(self, request: web.Request) -> web.Response:
        if "You write the report" in await request.text():
            await self.patient.wait()
        return await super()._responses(request)


class TestASlowModel:
    @pytest.fixture
    async def world(self) -> AsyncIterator[World]:
        world = World()
        world.openai = slow = Slow()
        async with world:
            yield world
            slow.patient.set()
            check_the_wires(world)

    async def test_it_is_not_waited_for_any_longer_than_somebody_waits_for_a_report(
        self, world: World, app: App
    ) -> None:
        live = await talking(world)
        [call] = world.twilio.calls.values()
        await call.ended.wait()
        ended_at = asyncio.get_running_loop().time()
        report = await finished(world, live)
        assert report.sent_at - ended_at < PATIENCE_S + 3
        assert report.text.startswith("☎️ The call is over.")
        facts_are_told(report)


async def test_the_agents_own_note_stands_in_for_the_summary(world: World, app: App) -> None:
    live = await talking(world)
    world.openai.fail_next_http(500, times=3)
    report = await finished(world, live)
    assert "The agent’s own note: " in report.text


async def test_a_summary_of_monstrous_size_is_a_report_all_the_same(world: World, app: App) -> None:
    live = await talking(world)
    answers = [
        {"question": "Why? " * 200, "answer": "𝔹ecause " * 200, "turn": turn, "certain": False} for turn in range(30)
    ]
    steps = [{"text": "step " * 300, "turn": 10**15}] * 30
    booked = {"title": "T" * 5000, "start": "2026-11-28T19:45", "minutes": 10**15, "place": "P" * 5000}
    world.openai.answer_next(
        summary_json(headline="H" * 5000, answers=answers, next_steps=steps, appointment=booked, turn=-1)
    )
    report = await finished(world, live)
    assert utf16_length(report.text) <= 4096
    assert "on the phone · it ended with a goodbye · cost about $0." in report.text
    assert labels(report)[-3:] == ["call again", "full transcript", "save contact"]


async def test_what_the_model_says_of_the_line_does_not_count(world: World, app: App) -> None:
    live = await talking(world)
    world.openai.answer_next(
        summary_json(headline="Booked.", next_steps=[{"text": "It took 3 hours and cost $900.", "turn": 0}])
    )
    report = await finished(world, live)
    facts_are_told(report)


async def test_an_empty_headline_is_made_up_for(world: World, app: App) -> None:
    live = await talking(world)
    world.openai.answer_next(summary_json(headline="  "))
    report = await finished(world, live)
    assert report.text.startswith("☎️ The call is over.")


# What it rests on


async def test_each_statement_names_the_words_it_rests_on_and_a_button_shows_them(world: World, app: App) -> None:
    live = await order(world, f"{REQUEST}, and ask if they have parking")
    call = await place(world, live)
    report = await finished(world, live)
    assert report.text.splitlines()[:4] == [
        "✅ Booked: 7:45pm, table for 4, under Shane. [1]",
        "• Whether they have parking – Yes, there is parking behind the house. [2]",
        "Next:",
        "• Be there: 7:45pm. [1]",
    ]
    assert labels(report) == [*"12", "call again", "full transcript", "save contact", "add to calendar"]
    said = {utterance.text: utterance.began_ms // 1000 for utterance in on_the_line(call)}
    for label, words in (("1", BOOKED), ("2", "Yes, there is parking behind the house.")):
        notice, in_a_window = await pressed(world.requester, report, label)
        at, _, rest = notice.partition("] ")
        assert rest == f"Trattoria Roma: “{words}”"
        minutes, seconds = map(int, at.removeprefix("[").split(":"))
        assert minutes * 60 + seconds == pytest.approx(said[words], abs=1)
        assert in_a_window


async def test_the_words_are_there_after_a_restart(world: World, tmp_path: Path) -> None:
    async with running(world, tmp_path):
        live = await order(world)
        await place(world, live)
        report = await finished(world, live)
        before, _ = await pressed(world.requester, report, "1")
    async with running(world, tmp_path):
        assert await pressed(world.requester, report, "1") == (before, True)
    assert BOOKED in before


async def test_who_reads_along_in_a_group_may_look_at_the_words_too(world: World, app: App) -> None:
    eve = world.telegram.person(3003, "Eve")
    await answer_to(world, "/allow 3003 watcher")
    group = await a_group(world, [world.requester, eve])
    live = await group.order(REQUEST, by=world.requester)
    await group.place(live, by=world.requester)
    report = await group.finished(live)
    notice, in_a_window = await pressed(eve, report, "1")
    assert notice.endswith(f"Trattoria Roma: “{BOOKED}”")
    assert in_a_window


class TestACalleeWhoIsNotSure:
    @pytest.fixture
    async def world(self) -> AsyncIterator[World]:
        hedges = Rule(state="talk", when=(r"\bcom(?:e|ing)\b",), say="Hm, maybe. I think I am coming.", goto="answered")
        friend = somebody(hedges, Rule(state="answered", when=(r"bye\b",), say="Bye!", hang_up=True), start="talk")
        async with World(answerer=answered_by(friend)) as world:
            yield world
            check_the_wires(world)

    async def test_is_told_as_not_quite_clear(self, world: World, app: App) -> None:
        live = await talking(world)
        report = await finished(world, live)
        assert "– Hm, maybe. I think I am coming. (not quite clear) [1]" in report.text
        assert (await pressed(world.requester, report, "1"))[0].endswith("“Hm, maybe. I think I am coming.”")


async def test_a_question_that_was_whispered_is_answered_in_the_report(world: World, app: App) -> None:
    live = await order(world)
    await place(world, live)
    await connected(world, live)
    await asyncio.sleep(6)
    world.requester.say("also ask whether there is parking", reply_to=live)
    report = await finished(world, live)
    assert "• Whether there is parking – Yes, there is parking behind the house. [2]" in report.text.splitlines()


# Calls that went another way


async def test_a_message_that_was_left_is_told(world: World, app: App) -> None:
    live = await order(world, MACHINE)
    await place(world, live)
    await shown(world, "· leaving the message")
    report = await finished(world, live)
    assert report.text.splitlines()[:2] == [
        "☎️ Only an answering machine picked up.",
        "I left your message on it; the transcript shows its words. Try again later if it matters.",
    ]


class TestAMachineThatHangsUp:
    """Its tape is over at once, or in the middle of the message."""

    @pytest.fixture
    async def world(self, records_s: float) -> AsyncIterator[World]:
        machine = somebody(like="voicemail", records_s=records_s)
        async with World(answerer=lambda _: MachineCallee(machine)) as world:
            yield world
            check_the_wires(world)

    @pytest.mark.parametrize(
        ("records_s", "told"),
        [(0.3, "No message was left."), (4.0, "It hung up before your message was over; the transcript shows")],
    )
    async def test_has_not_been_left_a_message(self, world: World, app: App, told: str) -> None:
        live = await order(world, MACHINE)
        await place(world, live)
        report = await finished(world, live)
        outcome, advice, *_ = report.text.splitlines()
        assert outcome == "☎️ Only an answering machine picked up."
        assert advice.startswith(told)


async def test_a_message_that_nobody_wanted_left_was_not_left(world: World, app: App) -> None:
    live = await order(world, f"{MACHINE}, leave no message")
    await place(world, live)
    report = await finished(world, live)
    assert "No message was left." in report.text


async def test_who_asked_not_to_be_called_again_is_told_so(world: World, app: App) -> None:
    live = await order(world, NEVER_AGAIN)
    await place(world, live)
    report = await finished(world, live)
    assert "They asked not to be called again, so I will not call this number any more." in report.text
    assert "save contact" not in labels(report)


async def test_a_call_that_was_taken_over_is_told_as_that(world: World, app: App) -> None:
    """What two people agree on without us is theirs: it is not “not booked”."""
    live = await order(world, ROMA)
    await place(world, live)
    await connected(world, live)
    await asyncio.sleep(7)
    await press(world, live, "Join the call")
    await asyncio.sleep(1)
    world.requester.send_contact("+14155550125", "Shane", user_id=world.requester.id)
    report = await finished(world, live)
    assert report.text.splitlines()[0] == "☎️ You took the call over, so I do not know how it went on."
    assert "you took the call over" in report.text.splitlines()[-1]
    assert "ooked" not in report.text
    assert labels(report) == ["call again", "full transcript", "save contact"]


# Its buttons


async def test_a_contact_is_saved_once_and_the_button_goes(world: World, app: App) -> None:
    live = await order(world)
    await place(world, live)
    report = await finished(world, live)
    told = report.text
    notice = await press(world, report, "Save contact")
    assert notice == "Kept: Trattoria Roma. From now on “call Trattoria Roma” is enough."
    await world.requester.wait_for(lambda m: m is report and "save contact" not in labels(m))
    assert (report.text, labels(report)) == (told, ["1", "call again", "full transcript", "add to calendar"])
    again = await order(world, "call Trattoria Roma and book a table for two at 8pm, name Anna")
    await place(world, again)
    assert "save contact" not in labels(await finished(world, again))


async def test_the_call_is_offered_once_more(world: World, app: App) -> None:
    live = await talking(world, SHORT)
    report = await finished(world, live)
    assert await press(world, report, "Call again") == ""
    card = await world.requester.wait_for(lambda m: "call" in labels(m), after=report)
    assert "Joe" in card.text


async def test_the_full_transcript_is_a_text_file_with_every_word(world: World, app: App) -> None:
    live = await talking(world)
    report = await finished(world, live)
    assert await press(world, report, "Full transcript") == ""
    sent = await world.requester.wait_for(lambda m: m.document)
    assert sent.document is not None
    assert (sent.document.name, sent.document.mime_type) == ("transcript.txt", "text/plain")
    text = sent.document.data.decode()
    [call] = world.twilio.calls.values()
    assert [line.split(": ", 1)[1] for line in text.splitlines() if line.startswith("[")] == [
        utterance.text for utterance in on_the_line(call)
    ]
    assert text.startswith("Mia, +1 415-555-0108\nGoal: Ask Mia whether she is coming on Saturday.\n")
    assert sent.reply_to is report
    assert sent.silent


async def test_an_interruption_is_marked_in_the_transcript(world: World, app: App) -> None:
    live = await talking(world, SHORT)
    report = await finished(world, live)
    await press(world, report, "Full transcript")
    sent = await world.requester.wait_for(lambda m: m.document)
    assert sent.document is not None
    assert "Agent: Hello, this is the AI [interrupted]" in sent.document.data.decode()


async def test_times_are_counted_from_the_answer(world: World, app: App) -> None:
    live = await talking(world)
    report = await finished(world, live)
    await press(world, report, "Full transcript")
    sent = await world.requester.wait_for(lambda m: m.document)
    assert sent.document is not None
    assert "\n[0:00] " in sent.document.data.decode()


async def test_there_is_one_report_for_each_call_and_it_answers_its_live_view(world: World, app: App) -> None:
    live = await talking(world)
    report = await finished(world, live)
    assert [message for message in from_bot(world) if is_report(message)] == [report]
    assert report.reply_to is live
    assert turns(live.text)

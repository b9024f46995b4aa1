"""What a canary asks before it rings a phone, how it judges the call, and how it shows it; all without one."""

import asyncio
import io
import os
import sys
from collections.abc import Callable
from typing import Any

import pytest

from bot.canary import command, errand, gates, timeline
from bot.canary.gates import Gate, judge
from bridge import events
from bridge.call import Ending, EndReason, Turn
from bridge.events import CallEvent
from bridge.sensitive import sensitive
from prompts import library
from tests.fakes import a_spec

NONCE = ("candle", "orange", "island", "window")
NUMBER = "+14155550127"


def turn(at_ms: int, party: Any, text: str, *, until_ms: int, **changes: Any) -> events.TurnChanged:
    said = Turn(f"item_{at_ms}", party, text, at_ms, until_ms, final=True, **changes)
    return events.TurnChanged(at_ms=until_ms, turn=said, after=f"item_{at_ms - 1}")


def after(told: list[CallEvent]) -> list[CallEvent]:
    """Each turn follows the one before it."""
    ids = [event.turn.id for event in told if isinstance(event, events.TurnChanged)]
    before = dict(zip(ids, ["", *ids], strict=False))
    return [
        events.TurnChanged(at_ms=event.at_ms, turn=event.turn, after=before[event.turn.id])
        if isinstance(event, events.TurnChanged)
        else event
        for event in told
    ]


def a_flight(**changes: CallEvent | None) -> list[CallEvent]:
    """A canary in order, by name, with some of it changed or left out."""
    ending = Ending(reason=EndReason.GOODBYE, ring_s=2.0, talk_s=27.0, cost_usd=0.09)
    told: dict[str, CallEvent | None] = {
        "confirmed": events.Confirmed(at_ms=0, spec=a_spec(), confirmed_unix=0.0),
        "dialled": events.Dialed(at_ms=10, call_sid="CA1"),
        "rings": events.Ringing(at_ms=200),
        "answered": events.Answered(at_ms=2200),
        "first": events.FirstAudio(at_ms=2250, after_ms=50),
        "spoken": turn(3000, "agent", "Please repeat after me: candle, orange, island, window.", until_ms=6000),
        "heard": turn(6500, "callee", "Candle. Orange… Island and window!", until_ms=8000),
        "asked": events.QuestionAsked(
            at_ms=9000, question_id="q", question="Which?", choices=("Green", "Blue"), patience_s=45
        ),
        "closed": events.QuestionClosed(at_ms=12_000, question_id="q", answer="Green", how="answered"),
        "told": turn(12_300, "agent", "It is green. A boat", until_ms=16_000, interrupted=True),
        "barged": events.BargedIn(at_ms=15_000, item_id="item_12300", heard_ms=2700),
        "resolved": events.BargeInResolved(at_ms=16_000, outcome="yielded"),
        "ended": events.Ended(at_ms=30_000, ending=ending),
        **changes,
    }
    return after([event for event in told.values() if event is not None])


def failed(told: list[CallEvent], *, reported: bool = True) -> dict[str, str]:
    return {gate.name: gate.figure for gate in judge(told, NONCE, reported=reported) if not gate.passed}


# Gates


def test_a_flight_in_order_passes_every_gate() -> None:
    found = judge(a_flight(), NONCE, reported=True)
    assert [gate for gate in found if not gate.passed] == []
    assert gates.passed(found)
    assert not gates.passed([])


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"dialled": None}, {"one dial": "1 confirmed, 0 dialled"}),
        ({"rings": events.Dialed(at_ms=200, call_sid="CA2")}, {"one dial": "1 confirmed, 2 dialled"}),
        ({"first": events.FirstAudio(at_ms=4000, after_ms=1501)}, {"first audio": "after 1501 ms (at most 1500)"}),
        ({"first": None}, {"first audio": "none"}),
        (
            {"spoken": turn(3000, "agent", "Please repeat.", until_ms=6000)},
            {"nonce spoken": "not found in what was said", "nonce heard back": "not found in what was said"},
        ),
        (
            {"heard": turn(6500, "callee", "Candle, island, orange, window.", until_ms=8000)},
            {"nonce heard back": "not found in what was said"},
        ),
        (
            {"heard": turn(6500, "agent", "Candle, orange, island, window.", until_ms=8000)},
            {"nonce heard back": "not found in what was said"},
        ),
        (
            {"asked": None, "closed": None},
            {"question answered": "none was asked", "answer passed on": "there was none"},
        ),
        ({"closed": None}, {"question answered": "it stayed open", "answer passed on": "there was none"}),
        (
            {"closed": events.QuestionClosed(at_ms=12_000, question_id="q", answer="", how="timed_out")},
            {"question answered": "1 asked, timed_out after 3.0 s", "answer passed on": "there was none"},
        ),
        (
            {"closed": events.QuestionClosed(at_ms=12_000, question_id="q", answer="Blue", how="answered")},
            {"answer passed on": "not found in what was said"},
        ),
        (
            {"closed": events.QuestionClosed(at_ms=12_000, question_id="q", answer="?", how="answered")},
            {"answer passed on": "not found in what was said"},
        ),
        ({"barged": None}, {"barge-in": "none"}),
        (
            {"resolved": events.BargeInResolved(at_ms=16_000, outcome="resumed")},
            {"barge-in": "the agent did not yield the floor"},
        ),
        (
            {"told": turn(12_300, "agent", "It is green. A boat", until_ms=16_000)},
            {"barge-in": "the agent did not yield the floor"},
        ),
        ({"ended": None}, {"goodbye": "it has no end"}),
    ],
)
def test_each_gate_fails_by_itself(changes: dict[str, CallEvent | None], wrong: dict[str, str]) -> None:
    assert failed(a_flight(**changes)) == wrong


@pytest.mark.parametrize("reason", [reason for reason in EndReason if reason is not EndReason.GOODBYE])
def test_every_other_end_is_no_goodbye(reason: EndReason) -> None:
    ended = events.Ended(at_ms=30_000, ending=Ending(reason=reason, ring_s=2.0, talk_s=9.0))
    assert failed(a_flight(ended=ended)) == {"goodbye": f"ended: {reason}"}


def test_a_report_that_was_not_sent_fails_its_gate() -> None:
    assert failed(a_flight(), reported=False) == {"report": "not sent"}


def test_a_phone_that_nobody_answers_fails_what_comes_after() -> None:
    ended = events.Ended(at_ms=30_000, ending=Ending(reason=EndReason.BUSY, ring_s=2.0, talk_s=0.0))
    told = a_flight(answered=None, first=None, spoken=None, heard=None, asked=None, closed=None, told=None, ended=ended)
    assert failed(told)["answered"] == "busy"
    assert failed([])["answered"] == "no"
    assert len(failed([], reported=False)) == 10


def test_two_questions_are_one_too_many() -> None:
    again = events.QuestionAsked(at_ms=9500, question_id="p", question="?", choices=(), patience_s=45)
    assert failed([*a_flight(), again]) == {"question answered": "2 asked, answered after 3.0 s"}


def test_an_answer_counts_in_the_words_that_were_still_being_said_as_it_came() -> None:
    """Their turn began before the answer was journalled, and holds it."""
    early = turn(11_900, "agent", "It is green. A boat", until_ms=16_000, interrupted=True)
    barged = events.BargedIn(at_ms=15_000, item_id="item_11900", heard_ms=2700)
    assert failed(a_flight(told=early, barged=barged)) == {}


def test_figures_tell_how_long_it_took_and_what_it_cost() -> None:
    told = a_flight(heard=turn(6500, "callee", "Candle, orange, island, window.", until_ms=12_000))
    assert gates.figures(told) == (
        "rang 2.0 s, lasted 27.0 s, cost $0.090; replies after 300 ms (half of them), 300 ms (the slowest)"
    )
    assert gates.figures([]) == ""


def test_who_speaks_at_the_same_time_does_not_reply() -> None:
    told = a_flight(heard=turn(6500, "callee", "Candle, orange, island, window.", until_ms=13_000), ended=None)
    assert gates.figures(told) == ""


def test_gates_are_shown_one_a_line() -> None:
    assert gates.as_text([Gate("one", True, "fine"), Gate("another", False, "not so")]).splitlines() == [
        "✓ one      fine",
        "✗ another  not so",
        "",
        "1 gate failed.",
    ]
    assert gates.as_text([Gate("one", False, ""), Gate("two", False, "")]).endswith("2 gates failed.")
    assert gates.as_text([]).endswith("proved itself.")


# The timeline


def test_the_timeline_has_what_happened_and_the_turns_in_their_order() -> None:
    open_turn = Turn("item_x", "callee", "and th", 17_000)
    trouble = events.ModelTrouble(at_ms=16_500, code="server_error")
    told = [*a_flight(ended=None), trouble, events.TurnChanged(at_ms=17_000, turn=open_turn, after="item_12300")]
    assert timeline.as_text(told).splitlines() == [
        "     at                                     length    gap",
        "    0.0  confirmed",
        "    0.0  dialled",
        "    0.2  rings",
        "    2.2  answered",
        "    3.0    agent                               3.0",
        "    6.5    callee                              1.5   +0.5",
        "    9.0  asks the chat",
        "   12.0  the question is answered",
        "   12.3    agent, cut off                      2.7   +4.3",
        "   15.0  barge-in",
        "   16.5  model trouble: server_error",
        "   17.0    callee                                    +2.0",
    ]


def test_a_turn_after_one_that_has_no_end_is_counted_from_its_beginning() -> None:
    first, second = Turn("a", "callee", "and", 1000), Turn("b", "agent", "yes", 3000, 4000, final=True)
    told: list[CallEvent] = [
        events.TurnChanged(at_ms=1000, turn=first, after=""),
        events.TurnChanged(at_ms=4000, turn=second, after="a"),
    ]
    assert timeline.as_text(told).splitlines()[-1].split() == ["3.0", "agent", "1.0", "+2.0"]


def test_an_event_that_says_little_is_not_shown() -> None:
    assert timeline.mark(events.CostRose(at_ms=1, cost_usd=0.01)) == ""
    ended = events.Ended(at_ms=1, ending=Ending(reason=EndReason.TIME_LIMIT, ring_s=1, talk_s=1))
    assert timeline.mark(ended) == "ended: time_limit"


# The errand


def test_the_plan_holds_the_words_the_question_and_the_reading() -> None:
    plan = errand.plan(NUMBER, NONCE, on_behalf_of="Shane")
    canary = library.canary()
    said = " ".join(plan.facts)
    assert (plan.callee_number, plan.callee_name, plan.on_behalf_of) == (NUMBER, canary.callee, "Shane")
    for words in ("candle, orange, island, window", canary.question, *canary.choices, canary.reading):
        assert words in said
    assert "{" not in said


def test_nothing_in_the_canarys_words_is_taken_for_a_secret() -> None:
    canary = library.canary()
    assert not sensitive(*canary.words, *canary.steps, canary.goal, canary.opening, canary.question, *canary.choices)


def test_the_canarys_words_can_be_told_apart() -> None:
    words = library.canary().words
    assert len({word[:2] for word in words}) > errand.NONCE_WORDS * 4
    assert len(set(words)) == len(words)
    assert all(word.isalpha() and word.islower() for word in words)
    assert not set(words) & set(gates._words(library.canary().reading))  # they are heard back, or not at all


def test_a_script_has_the_same_id_for_ten_minutes_and_the_one_before() -> None:
    now, before = errand.scripted_ids(6000.0)
    assert errand.scripted_ids(6599.9) == (now, before)
    assert errand.scripted_ids(6600.0)[1] == now
    assert now != before


# Consent


class Terminal:
    """What was shown, and what is typed in answer, one after another."""

    def __init__(self, *typed: str) -> None:
        self.shown: list[str] = []
        self._typed = list(typed)

    def ask(self, prompt: str) -> str:
        self.shown.append(prompt)
        return self._typed.pop(0)

    def consents(self, yes_call: str = "", ask: Callable[[str], str] | None = None) -> bool:
        return errand.consent(NUMBER, cost_usd=0.31, yes_call=yes_call, ask=ask, tell=self.shown.append)


@pytest.mark.parametrize("again", [NUMBER, "(415) 555-0127", "+1 415 555 0127"])
def test_a_real_call_is_asked_for_twice_with_its_number_and_its_cost(again: str) -> None:
    terminal = Terminal(again, " Call ")
    assert terminal.consents(ask=terminal.ask)
    warning = terminal.shown[0]
    assert "REAL call to +1 415-555-0127" in warning
    assert "costs money: about $0.31" in warning
    assert terminal.shown[1:] == ["Type the number again: ", 'Type "call" to ring it now: ']


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("+14155550128",), "That is another number"),
        (("",), "That is another number"),
        (("yes",), "That is another number"),
        ((NUMBER, ""), "Nothing was dialled"),
        ((NUMBER, "y"), "Nothing was dialled"),
    ],
)
def test_whoever_hesitates_does_not_call(typed: tuple[str, ...], says: str) -> None:
    terminal = Terminal(*typed)
    assert not terminal.consents(ask=terminal.ask)
    assert says in terminal.shown[-1]


def test_a_script_says_the_number_twice_and_is_asked_nothing() -> None:
    terminal = Terminal()
    assert terminal.consents(yes_call="+1 415 555 0127", ask=terminal.ask)
    assert terminal.shown == []


@pytest.mark.parametrize("yes_call", ["+14155550128", "yes", "911"])
def test_a_script_that_says_another_number_does_not_call(yes_call: str) -> None:
    terminal = Terminal(NUMBER, "call")
    assert not terminal.consents(yes_call=yes_call, ask=terminal.ask)
    assert "another number" in terminal.shown[-1]


def test_without_a_terminal_and_without_the_flag_nobody_is_called() -> None:
    terminal = Terminal()
    assert not terminal.consents()
    assert "--yes-call" in terminal.shown[-1]


async def test_what_is_typed_while_the_call_goes_on_is_there_to_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.openpty()
    with os.fdopen(theirs) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        async with command.typed_lines() as line:
            assert line
            os.write(ours, b"blue\n\x04")  # and the end of what is typed
            assert await line() == "blue\n"
            await asyncio.sleep(0)
    os.close(ours)


async def test_without_a_terminal_nothing_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("blue\n"))
    async with command.typed_lines() as line:
        assert line is None
    assert command.asking() is None

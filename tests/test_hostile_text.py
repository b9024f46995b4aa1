"""Whatever people, models and web pages write, in whichever place of a message: Telegram takes what we make of it.

Each view of the chat is given one and the same text for everything that comes from outside.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import (
    call_list,
    call_view,
    cards,
    contacts_view,
    lookup_view,
    oversight_view,
    people_view,
    preferences_view,
    rehearsal_view,
    report_view,
    wording,
)
from bot.address_book import Contact
from bot.buttons import NO_BUTTONS, Keyboard
from bot.chat import Chat, Place
from bot.conversation import Draft
from bot.found import Found
from bot.ledger import Deed
from bot.masking import masked
from bot.onboarding import first_call
from bot.plan import Missing, Plan
from bot.report_view import Finished
from bot.richtext import MAX_MESSAGE, RichText, clip, plain, units
from bridge.call import Callee, CallSpec, Ending, EndReason, Turn
from bridge.events import QuestionAsked, QuestionClosed
from bridge.rehearsal import Asked, Over, Pressed, Said, Switched
from tests.fakes import a_spec
from tests.samples import (
    ENGLISH,
    GROUP,
    PLAN,
    SPECIMENS,
    a_draft,
    a_step,
    a_summary,
    a_turn,
    an_answer,
    any_text,
    check_keyboard,
    check_message,
)

NOW = datetime(2026, 11, 23, 17, tzinfo=UTC).timestamp()
CHAT = Chat(101, zone="America/Los_Angeles")
NUMBER = "+14155552671"
LONG = 10_000  # characters

Shown = Iterable[RichText | str | Keyboard]

HOSTILE = (
    *(clip(specimen * LONG, LONG) for specimen in SPECIMENS),
    " " * LONG,
    "\x00" * LONG,
    "\n" * LONG,
    "\u200b" * LONG,
    "\u202e" * 50 + "+1 415 555 2671",  # a number, written backwards
    "👩‍" * LONG,  # a joiner that waits for what it joins
    "e" + "\u0301" * LONG,
    "</b><a href='tg://user?id=1'>x</a>`_*[~|<",
    "{ $name } { -brand } { forget-question }",
    "/call@ringback_bot",
    "",
)


def a_plan_of(text: str, times: int = 3) -> Plan:
    several = [text] * times
    return Plan.model_construct(
        **{
            **PLAN,
            **dict.fromkeys(("callee_name", "on_behalf_of", "goal", "opening", "voicemail_message"), text),
            **dict.fromkeys(("facts", "may_agree", "questions"), several),
        }
    )


def a_draft_of(text: str) -> Draft:
    return a_draft(a_plan_of(text), requester_name=text)


def a_spec_of(text: str) -> CallSpec:
    return msgspec.structs.replace(a_spec(), callee=Callee(text, NUMBER), goal=text, questions=(text,))


def a_call_of(text: str, reason: EndReason = EndReason.GOODBYE) -> Finished:
    summary = a_summary(headline=text, turn=1, answers=[an_answer(text, text, turn=2)] * 9, next_steps=[a_step(text)])
    turns: tuple[Turn, ...] = (a_turn(text or "x"), a_turn(text or "x", id="i2", party="callee", interrupted=True))
    ending = Ending(reason, ring_s=6.2, talk_s=42.4, cost_usd=0.1234, detail=text, outcome=text)
    return Finished(a_spec_of(text), ending, turns, summary)


# What each view makes of a text


def of_a_card(text: str) -> Shown:
    draft = a_draft_of(text)
    return [
        cards.card(ENGLISH, draft, estimate_usd=1, when=clip(text, 100), recorded=True),
        cards.scheduled_card(ENGLISH, draft, clip(text, 100)),
        cards.closed_card(ENGLISH, draft, ENGLISH("card-cancelled")),
        cards.card_buttons(ENGLISH, draft),
    ]


def of_what_is_missing(text: str) -> Shown:
    missing = [Missing(question=text or "?", choices=[text, f"{text}x"])] * 3
    return [
        cards.questions(ENGLISH, missing[:1]) if text.strip() else ENGLISH("ask-several"),
        cards.questions(ENGLISH, missing),
        cards.choice_buttons(a_draft_of(text), missing),
    ]


def of_a_number_that_was_looked_up(text: str) -> Shown:
    found = Found(number=NUMBER, name=text, address=text, source=text)
    asked = lookup_view.open_question(ENGLISH, found)
    return [
        lookup_view.candidate(ENGLISH, found, group=False),
        lookup_view.candidate(ENGLISH, found, group=True),
        lookup_view.searching(ENGLISH, text),
        lookup_view.candidate_buttons(ENGLISH, a_draft_of(text)),
        cards.questions(ENGLISH, [asked, lookup_view.not_found(CHAT, text), lookup_view.failed(ENGLISH, text, "x")]),
    ]


def of_a_call_that_goes_on(text: str) -> Shown:
    spec = a_spec_of(text)
    turns = [a_turn(text), a_turn(text, id="i2", party="callee", interrupted=True)]
    asked = QuestionAsked(at_ms=0, question_id="q1", question=text, choices=(text, f"{text}!"), patience_s=45)
    closed = QuestionClosed(at_ms=1, question_id="q1", answer=text, how="answered")
    return [
        *call_view.live_pages(ENGLISH, spec, "connected 0:21", turns),
        call_view.question(ENGLISH, spec, asked, None, 30),
        call_view.question(ENGLISH, spec, asked, closed, 0),
        call_view.question_buttons(a_draft_of(text), 1, asked.choices),
        call_view.live_buttons(ENGLISH, a_draft_of(text)),
    ]


def of_a_report(text: str) -> Shown:
    for reason in (EndReason.GOODBYE, EndReason.REFUSED, EndReason.NO_ANSWER):
        call = a_call_of(text, reason)
        yield report_view.report(ENGLISH, call)
        yield report_view.report(ENGLISH, replace(call, summary=None))
        yield report_view.report_buttons(ENGLISH, a_draft_of(text), call, known=False)
        for note in range(4):
            assert units(report_view.words_of(ENGLISH, call, note)) <= 200  # answerCallbackQuery
        assert report_view.transcript_file(ENGLISH, call).strip()


def of_a_rehearsal(text: str) -> Shown:
    draft, asked = a_draft_of(text), Asked(text, (text, f"{text}!"))
    told = rehearsal_view.shown(ENGLISH, [Said(text), asked, Said(text), Pressed("1"), Switched("de"), Over(text)])
    return [
        rehearsal_view.title(ENGLISH, draft),
        *told.pages,
        rehearsal_view.buttons(ENGLISH, draft, told.asked, 1),
        rehearsal_view.over(ENGLISH, told.outcome or ""),
    ]


def of_the_settings(text: str) -> Shown:
    town = preferences_view.read_place(f"{text}, PT", "en")
    chat = replace(CHAT, title=text, persona=text, town=town[0] if town else "", country="PT")
    return [
        preferences_view.settings(chat, disclose=True, now_unix=NOW),
        preferences_view.first_steps(chat, NOW),
        preferences_view.language_buttons(chat, "all"),
        preferences_view.persona_buttons(chat, "all"),
        preferences_view.zone_buttons(chat, ["Europe/Berlin"], NOW, "all"),
        ENGLISH("settings-zone-unknown", text=clip(text, 100)),
    ]


def of_the_contacts(text: str) -> Shown:
    contacts = [Contact(index, text, NUMBER) for index in range(9)]
    return [
        contacts_view.question(ENGLISH, text, NUMBER),
        contacts_view.kept(ENGLISH, contacts[0]),
        *contacts_view.listed(ENGLISH, contacts, 1, group=True),
        *contacts_view.listed(ENGLISH, contacts[:2], 0, group=False),
    ]


def of_the_list_of_calls(text: str) -> Shown:
    ending = a_call_of(text).ending
    rows = [
        call_list.Row("a", text, NOW, planned=True, who=text, may_cancel=True),
        call_list.Row("b", text, NOW, who=text),
        call_list.Row("c", text, NOW, ending=ending),
    ]
    for chat in (CHAT, replace(CHAT, id=GROUP.chat_id)):
        yield call_list.page(chat, rows, NOW)
        yield call_list.buttons(chat, rows, 1, NOW, more=True)


def of_people(text: str) -> Shown:
    deeds = [Deed(NOW, 101, GROUP.chat_id, action, text) for action in ("setting", "allowed", text)]
    return [
        *people_view.listed(ENGLISH, [("caller", text, 101)] * 40, [Chat(-1, title=text)] * 40),
        # Never sent by itself.
        *(ENGLISH("denied", id=people_view.named(place, text, 101)) for place in (Place(101), GROUP)),
        people_view.not_theirs(ENGLISH, a_draft_of(text), 7),
        oversight_view.audit(CHAT, deeds, {101: text}, {GROUP.chat_id: text}),
        ENGLISH("forget-not-yours", name=clip(text, 100)),
    ]


def of_the_first_call(text: str) -> Shown:
    plan = first_call(ENGLISH, clip(text, 60), NUMBER)
    return [
        cards.card(ENGLISH, a_draft(plan.model_copy(update={"voice": "coral"}), requester_name=text), estimate_usd=1)
    ]


VIEWS: dict[str, Callable[[str], Shown]] = {
    name.removeprefix("of_"): view for name, view in list(globals().items()) if name.startswith("of_")
}


def check(shown: Shown) -> None:
    """Each message and keyboard, as it is sent to a private chat and to a group."""
    for part in shown:
        if isinstance(part, tuple):
            if part != NO_BUTTONS:
                check_keyboard(part)
            continue
        message = plain(clip(part, MAX_MESSAGE)) if isinstance(part, str) else part
        check_message(message)
        hidden = RichText(tuple((masked(run), style) for run, style in message.runs))
        check_message(hidden)
        assert hidden.units == message.units


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_telegram_takes_a_text_that_means_no_good(name: str, text: str) -> None:
    check(VIEWS[name](text))


@pytest.mark.parametrize("name", VIEWS)
@given(st.one_of(any_text((1, 20, 1000)), any_text().map(lambda text: f"{text} +1 415 555 2671 {text}")))
def test_telegram_takes_any_text(name: str, text: str) -> None:
    check(VIEWS[name](text))


@pytest.mark.parametrize("language", wording.languages())
@given(text=any_text((1, 1000)))
def test_the_words_of_a_chat_take_any_name(language: str, text: str) -> None:
    """What a message is filled in with is no part of its pattern."""
    name = clip(text, 60)
    assert name in wording.words(language)("not-yours", name=name)

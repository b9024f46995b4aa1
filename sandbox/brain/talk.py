"""The agent on the phone, by rules: what it says next, and when it ends the call.

Owns the order of its manners: a table of rules, of which the first that has something to say is followed. What it
knows of the call is `conversation.py`'s; what it answers to questions `topics.py`'s. Pure.
"""

import re
from dataclasses import replace

from sandbox.brain.ask import about_offer, about_question, answered, checking
from sandbox.brain.canary import canary
from sandbox.brain.conversation import CHECKS, Conversation, confirmation_in, is_answer, refused
from sandbox.brain.errand import particulars_in
from sandbox.brain.guard import GUARD_RULES, never_again
from sandbox.brain.line import LINE_RULES
from sandbox.brain.topics import answers_to, requests_in, unknown
from sandbox.brain.turn import Next, Rule, fresh, matter_said, settled, was_said, ways_to_say_it
from sandbox.brain.voice import spoken_question
from sandbox.brain.whisper import whisper_line, whisper_question
from sandbox.brain.words import GOODBYE, Time, capital, same_name, spoken_count, with_preposition

_THERE = re.compile(r"\b(anyone|anybody|still) there\b|\bare you there\b|\bcan you hear me\b", re.IGNORECASE)
_AGAIN = re.compile(
    r"\b(say|repeat) (that|it)( again)?\b|\bpardon\b|\bcome again\b|\bwhat was that\b"
    r"|\bdid not (catch|hear|get|follow)\b|\bdidn't (catch|hear|get|follow)\b"
    r"|\bdo not (quite )?(follow|understand)\b|^sorry\?",
    re.IGNORECASE,
)
_HOLD = re.compile(
    r"\b(one|a|just a) (moment|second|minute)\b|\bhold on\b|\blet me (check|look|see)\b|\bhang on\b", re.IGNORECASE
)
_MATTER = re.compile(
    r"\bhow (can|may) (I|we) help\b|\bwhat (can|may) (I|we) do\b|\bwhat is it about\b|\bwhat('s| is) (this|it) about\b"
    r"|\bwhat do you need\b|\bwhat was it\b|\bwhat (is|was) the matter\b|\bwhat about\?",
    re.IGNORECASE,
)
_TAKE_IT = re.compile(
    r"\b(shall|should|can|may) I (take|book|put|reserve|make|note|do|go ahead|confirm)\b.*\?"
    r"|\b(would|does|is) (that|it|this) (be )?(suit|all right|okay|ok|fine|work|good)\b.*\?",
    re.IGNORECASE,
)
_ELSE = re.compile(r"\b(anything|something) else\b.*\?", re.IGNORECASE)
_HOW_ARE_YOU = re.compile(r"\bhow are you\b|\bhow('s| is) it going\b", re.IGNORECASE)
_GREETING_QUESTION = re.compile(r"^\W*\w+\?\W*$|^[^.!?]*\bhello\?$", re.IGNORECASE)  # "Bistro Central, hello?"
_PASS_ON = re.compile(r"\b(tell|say hello to|give my (love|regards)|let \w+ know)\b", re.IGNORECASE)

_UNCLEAR = (
    "Sorry, I did not catch that. Could you say it again?",
    "I am sorry, the line is bad. What did you say?",
    "Sorry, once more, please?",
)
_FAREWELLS = (
    "Thank you very much for your {what}, goodbye!",
    "Thanks again, bye!",
    "Thank you, bye now!",
    "Thanks, and take care!",
)
_FAILED = (
    "Then I will pass that on to {who}, thank you, goodbye!",
    "I will let {who} know, thanks all the same, bye!",
    *_FAREWELLS[1:],
)
_MOST_NUDGES = 3
_EXCUSE = "Sorry, one moment"


def next_words(talk: Conversation) -> Next:
    """What the agent says now."""
    found = next((words for rule in RULES if (words := rule(talk))), None)
    words = found or proceed(talk)
    if not talk.said and words.text and _introduction(talk) not in words.text:  # its opening was lost
        words = replace(words, text=f"Hello, {_introduction(talk)}. {words.text}")
    if words.text and _EXCUSE in talk.stage:  # `prompts/resume.j2`
        words = replace(words, text=f"{_EXCUSE}. {words.text}")
    answers = bool(talk.heard and found)
    # A question in the same breath as an answer would be all that they reply to: it waits till the matter is settled.
    waits = answers and not settled(talk)
    whispers = [whisper for whisper in talk.whispers if not (waits and whisper_question(whisper))]
    if not whispers or words.calls:
        return words
    whispered = " ".join(whisper_line(whisper, talk.brief.principal) for whisper in whispers)
    # Words that would end the call, or only press on, can wait for what the requester has just asked for.
    return Next(f"{words.text} {whispered}" if answers and words.outcome is None else whispered)


def _introduction(talk: Conversation) -> str:
    return f"this is the AI assistant of {talk.brief.principal}"


# Rules, in the order of the table below


def unclear(talk: Conversation) -> Next | None:
    spoke = bool(talk.lines) and talk.lines[-1].who == "callee"
    return Next(fresh(talk, _UNCLEAR)) if spoke and not talk.heard else None


def after_goodbye(talk: Conversation) -> Next | None:
    """Once it has said goodbye, it only has ears for what is new."""
    if not talk.parted or requests_in(talk.heard):
        return None
    if GOODBYE.search(talk.last_said):
        return Next("", outcome_of(talk))
    return farewell(talk)


def anyone_there(talk: Conversation) -> Next | None:
    if not _THERE.search(talk.heard):
        return None
    onward = proceed(talk)
    return Next(f"Yes, I am here. {onward.text}", onward.outcome)


def say_again(talk: Conversation) -> Next | None:
    if not _AGAIN.search(talk.heard):
        return None
    if settled(talk) and not _answering(talk):
        return proceed(talk)
    ways = _last_point(talk)
    return _give_up(talk) if all(was_said(talk, way) for way in ways) else Next(fresh(talk, ways))


def check(talk: Conversation) -> Next | None:
    """The callee reads back, or confirms: what is wrong in it is put right."""
    read_back = talk.heard if CHECKS.search(talk.heard) else confirmation_in(talk.heard)
    if not read_back:
        return None
    if wrong := _wrong_in(talk, read_back):
        return Next(f"Not quite, sorry: it should be {wrong}.")
    return Next("Yes, that is right.") if CHECKS.search(talk.heard) else None


def _wrong_in(talk: Conversation, text: str) -> str:
    agreed, said = talk.agreed, particulars_in(text)
    if said.size and agreed.size and said.size != agreed.size:
        return f"for {spoken_count(agreed.size)}"
    time = said.time.like(agreed.time) if said.time else None
    if time and agreed.time and time != agreed.time and not talk.brief.errand.terms.allow(time, said.day):
        return f"at {agreed.time}"
    if said.day and agreed.day and not talk.brief.errand.terms.allow(None, said.day) and said.day != agreed.day:
        return with_preposition(agreed.day)
    name = agreed.name or talk.brief.principal
    # Some names no ear makes out: once put right, it is let be.
    if said.name and not same_name(said.name, name) and not was_said(talk, f"it should be under {name}"):
        return f"under {name}"
    return ""


def offer(talk: Conversation) -> Next | None:
    """A time or day is put forward: accepted and said back, or declined."""
    if _answering(talk) or confirmation_in(talk.heard) or talk.brief.errand.kind in {"ask", "tell"}:
        return None
    put = talk.offer
    if put is None:
        return Next("Yes, please.") if _TAKE_IT.search(talk.heard) else None
    if put.acceptable:
        thing = talk.brief.errand.thing
        words = capital(put.time.words if put.time else with_preposition(put.day))
        too = " ".join(answers_to(requests_in(talk.heard), talk.brief))  # "And under what name?"
        return Next(f"Yes, that works. {words} is fine: {talk.agreed.spoken(thing)}, please. {too}".strip())
    return about_offer(talk, put) or _decline(talk)


def _decline(talk: Conversation) -> Next:
    """Asks once for something else; then it is passed on."""
    terms, wish = talk.brief.errand.terms, talk.brief.errand.wish
    span = terms.times or " or ".join(p for p in (_at(wish.time), with_preposition(wish.day)) if p)
    asked = f"Do you have anything {span or 'else'}?"
    if was_said(talk, asked):
        return _give_up(talk)
    return Next(f"I am afraid that does not work for {talk.brief.principal}. {asked}")


def _at(time: Time | None) -> str:
    return f"at {time}" if time else ""


def refusal(talk: Conversation) -> Next | None:
    if _answering(talk) or confirmation_in(talk.heard) or not refused(talk.heard) or requests_in(talk.heard):
        return None
    errand = talk.brief.errand
    if errand.kind in {"ask", "tell"}:
        return None
    if talk.refusals > 1 or errand.kind not in {"book", "move"} or any("Do you have anything" in s for s in talk.said):
        return _give_up(talk)
    return Next(f"Do you have anything {errand.terms.times or 'else'}?")


def questions(talk: Conversation) -> Next | None:
    """What it is asked, from the brief."""
    requests = requests_in(talk.heard)
    if not requests or (_answering(talk) and is_answer(talk.heard)):
        return None
    if answers := answers_to(requests, talk.brief):
        return Next(" ".join(answers))
    return pleasantries(talk) or not_known(talk, requests)


def pleasantries(talk: Conversation) -> Next | None:
    """Questions that are hardly meant as such."""
    if _HOW_ARE_YOU.search(talk.heard):
        return Next(f"I am very well, thank you. {fresh(talk, ways_to_say_it(talk))}")
    if _MATTER.search(talk.heard):
        return Next(fresh(talk, ways_to_say_it(talk)))
    if _ELSE.search(talk.heard):
        onward = proceed(talk)
        return Next(f"No, that is all. {onward.text}", onward.outcome) if onward.outcome else onward
    return None


def not_known(talk: Conversation, requests: list[str]) -> Next | None:
    """A real question that the brief has nothing on."""
    if _HOLD.search(talk.heard) or _GREETING_QUESTION.search(talk.heard) or not talk.said:
        return None
    asked = [request for request in requests if request.endswith("?")]
    if not asked:
        return None
    return about_question(talk, asked[-1]) or Next(fresh(talk, unknown(talk.brief)))


def hold(talk: Conversation) -> Next | None:
    waits = _HOLD.search(talk.heard) and len(talk.heard.split()) <= 8 and "?" not in talk.heard
    return Next(fresh(talk, ("Of course, take your time.", "Sure.", "Yes, of course."))) if waits else None


def callee_parts(talk: Conversation) -> Next | None:
    return farewell(talk) if GOODBYE.search(talk.heard) and not confirmation_in(talk.heard) else None


RULES: tuple[Rule, ...] = (
    canary,
    answered,
    checking,
    *LINE_RULES,
    never_again,
    unclear,
    after_goodbye,
    *GUARD_RULES,
    anyone_there,
    say_again,
    check,
    offer,
    refusal,
    questions,
    hold,
    callee_parts,
)


# Going on by itself


def proceed(talk: Conversation) -> Next:
    """The next step of its own errand: the matter, the questions, the goodbye."""
    if not settled(talk):
        return _press_on(talk) if matter_said(talk) else Next(fresh(talk, ways_to_say_it(talk)))
    if talk.open_questions:
        return Next(f"{_thanks(talk)}{_ask(talk, talk.open_questions[0])}")
    return farewell(talk)


def _press_on(talk: Conversation) -> Next:
    """Not settled, and nothing to react to: the matter again in other words, at most so often."""
    left = [way for way in ways_to_say_it(talk) if not was_said(talk, way)]
    pressed = len(ways_to_say_it(talk)) - len(left)
    return Next(left[0]) if left and pressed <= _MOST_NUDGES else _give_up(talk)


def _ask(talk: Conversation, question: str) -> str:
    if talk.brief.errand.kind == "ask" and question == talk.brief.questions[0]:
        return fresh(talk, ways_to_say_it(talk))
    asked = spoken_question(question)
    softly = asked[:1].lower() + asked[1:]
    return fresh(talk, (asked, f"One more thing: {softly}", f"May I ask again: {softly}", f"Just this: {softly}"))


def _thanks(talk: Conversation) -> str:
    if confirmation_in(talk.heard):
        return "Great, thank you. "
    return "Thank you. " if _answering(talk) and is_answer(talk.heard) else ""


def farewell(talk: Conversation) -> Next:
    """Thanks and goodbye, in one sentence, and the end of the call."""
    passing_on = f"I will tell {talk.brief.principal}. " if _PASS_ON.search(talk.heard) else ""
    what = "time" if talk.brief.errand.kind in {"ask", "tell"} else "help"
    ways = tuple(way.format(what=what) for way in _FAREWELLS)
    return Next(f"{passing_on}{fresh(talk, ways)}", outcome_of(talk))


def _give_up(talk: Conversation) -> Next:
    ways = tuple(way.format(who=talk.brief.principal) for way in _FAILED)
    return Next(fresh(talk, ways), f"Not reached. They said: {talk.heard or 'nothing'}")


def outcome_of(talk: Conversation) -> str:
    """For `end_call`: in their words."""
    if talk.confirmed:
        return f"Done. They said: {talk.confirmed}"
    if talk.answers:
        return f"Done. They said: {' '.join(talk.answers.values())}"
    last = talk.exchanges[-1].callee if talk.exchanges else ""
    return f"They said: {last}" if settled(talk) and last else "Not reached."


def _answering(talk: Conversation) -> bool:
    """What was just heard follows a question of the brief."""
    return bool(talk.exchanges) and bool(talk.exchanges[-1].asked) and bool(talk.heard)


def _last_point(talk: Conversation) -> tuple[str, ...]:
    if _answering(talk):
        question = talk.exchanges[-1].asked
        asked = spoken_question(question)
        return (f"I asked: {asked[:1].lower()}{asked[1:]}", f"My question was: {asked[:1].lower()}{asked[1:]}", asked)
    return ways_to_say_it(talk)[1:] if matter_said(talk) else ways_to_say_it(talk)

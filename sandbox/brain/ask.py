"""Asking the requester in the middle of a call: when, what is said meanwhile, and what is done with the answer.

Owns these rules of the agent. How questions and answers are read is `inquiry.py`'s. Pure.
"""

import re

from sandbox.brain.conversation import Conversation, Offer, confirmation_in
from sandbox.brain.inquiry import WAITED, Inquiry
from sandbox.brain.topics import answers_to, requests_in
from sandbox.brain.turn import Next, fresh, silently, was_said
from sandbox.brain.voice import third_person
from sandbox.brain.words import GOODBYE, Time, capital, times, with_preposition
from sandbox.mind import ToolCall

MOST_INQUIRIES = 3  # in a call; who is asked more often may as well call
CANNOT_GIVE = (
    "I cannot give that on the phone, I am sorry.",
    "That I cannot give on the phone, sorry.",
    "I am sorry, such a thing I do not give on the phone.",
)
_FILLERS = ("One moment, let me check.", "Just a moment, I will ask.", "One moment, please, I need to check that too.")
_STILL_CHECKING = (
    "Yes, I am here. Just a moment more, please.",
    "I am still checking, one moment, please.",
    "Still here, it will not take long.",
)
_PATIENT = re.compile(
    r"^\W*((sure|ok(ay)?|yes|yeah|all right|alright|of course|no (problem|worries|rush|hurry)|take your time|go ahead"
    r"|fine|mm-?hm+|thank you|thanks|I(?: will|'ll) wait)\W*)+$",
    re.IGNORECASE,
)
_YES_OR_NO = re.compile(
    r"^(?:and |so )?(?:is|are|do|does|did|will|would|can|could|should|shall|has|have)\b", re.IGNORECASE
)


def about_offer(talk: Conversation, put: Offer) -> Next | None:
    """Has the requester decide on an offer that may not be accepted; None where that is not to be had."""
    words, wish = shown(put), talk.brief.errand.wish
    before = [talk.offer_in(inquiry.heard, wish) for inquiry in talk.inquiries]
    if any(one and _hour(one, wish.time) == _hour(put, wish.time) for one in before):
        return None  # that one was decided
    return _ask(talk, f"They offer {words}. Is that all right?", (f"Yes, {words} is fine", "No"))


def _hour(put: Offer, like: Time | None) -> Time | str:
    return put.time.time.like(like) if put.time else put.day


def about_question(talk: Conversation, question: str) -> Next | None:
    """Has the requester answer what the brief does not."""
    return _ask(talk, f"They ask: {question}", ("Yes", "No") if _YES_OR_NO.search(question) else ())


def _ask(talk: Conversation, question: str, choices: tuple[str, ...]) -> Next | None:
    asked = any(inquiry.question == question for inquiry in talk.inquiries)
    if "ask_requester" not in talk.tools or talk.parted or asked or len(talk.inquiries) >= MOST_INQUIRIES:
        return None
    call = ToolCall("ask_requester", {"question": question, "choices": list(choices)})
    return Next(fresh(talk, _FILLERS), calls=(call,))


def shown(put: Offer) -> str:
    """`9:30 on Thursday`."""
    return " ".join(part for part in (put.time.words if put.time else "", with_preposition(put.day)) if part)


# Rules


def checking(talk: Conversation) -> Next | None:
    """The question is open: the callee is kept company, and nothing is agreed to."""
    if not talk.inquiries or talk.inquiries[-1].answer is not None:
        return None
    heard = talk.heard
    if not heard or _PATIENT.match(heard):
        return silently(talk, "keep_listening") or Next("")
    if GOODBYE.search(heard) or confirmation_in(heard) or talk.offer or answers_to(requests_in(heard), talk.brief):
        return None
    return Next(fresh(talk, _STILL_CHECKING))


def answered(talk: Conversation) -> Next | None:
    """The question was closed: its answer is acted upon, at once."""
    if not talk.inquiries or not talk.inquiries[-1].fresh:
        return None
    inquiry = talk.inquiries[-1]
    if inquiry.forbidden:
        return Next(fresh(talk, CANNOT_GIVE))
    put = talk.offer_in(inquiry.heard, talk.brief.errand.wish)
    if put is None:
        return _fact(talk, inquiry)
    if not inquiry.answer:
        return _passed_on(talk, inquiry)
    if put.acceptable:
        spoken = talk.agreed.spoken(talk.brief.errand.thing)
        return Next(f"{WAITED} {capital(shown(put))} is fine: {spoken}, please.")
    return _instead(talk, put, inquiry)


def _fact(talk: Conversation, inquiry: Inquiry) -> Next:
    who = talk.brief.principal
    if not inquiry.answer:
        return Next(f"I am sorry, I could not find that out. {who} can call you back about it.")
    return Next(f"{WAITED} {capital(third_person(inquiry.answer, who)).rstrip('.')}.")


def _passed_on(talk: Conversation, inquiry: Inquiry) -> Next:
    """Without an answer nothing is accepted."""
    who = talk.brief.principal
    text = f"I am sorry, I could not reach {who} just now. {who} will call you back about it. Thank you, goodbye!"
    return Next(text, f"Not reached. They said: {inquiry.heard}")


def _instead(talk: Conversation, put: Offer, inquiry: Inquiry) -> Next:
    """The requester declines; what they would take instead is asked for."""
    who, terms, wish = talk.brief.principal, talk.brief.errand.terms, talk.brief.errand.wish
    others = [found.words for grant in inquiry.grants for found in times(grant)]
    span = others[0] if others else terms.times or _at(wish.time)
    asks = f"Do you have anything {f'at {span}' if others else span or 'else'}?"
    if was_said(talk, asks):
        text = f"{WAITED} That does not work for {who}, I am afraid. I will pass it on, goodbye!"
        return Next(text, f"Not reached. They said: {inquiry.heard}")
    return Next(f"{WAITED} I am afraid {shown(put)} does not work for {who}. {asks}")


def _at(time: Time | None) -> str:
    return f"at {time}" if time else ""

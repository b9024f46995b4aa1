"""Some people who make one call after another through the chat, and what the stand-ins must not keep of it.

Owns the short callees of a long run, and the dropping of histories: the stand-ins live in the product's process,
because both need the one clock that does not wait, and what they write down for other tests would be taken for its.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sandbox.line import Answerer, Callee
from sandbox.scenario import Rule, Scenario, scenario
from sandbox.telegram import Person
from sandbox.twilio import StandInCall
from sandbox.world import World
from tests.e2e.chat import finished, is_report, order, press
from tests.e2e.line import answered_by, somebody

ERRAND = "call Joe on +1 415 555 0107 and tell him that the meeting is at 5pm"
ADMINS = range(2001, 2005)
_KEPT = 12  # messages of a chat


def short_callees() -> list[Scenario]:
    """Most pick up and are soon gone, some are engaged, one does not answer."""
    in_a_hurry = somebody(
        Rule(state="start", say="All right, thanks, I will be there. Goodbye!", goto="told", hang_up=True),
        Rule(state="told", say="Goodbye!", hang_up=True),
        greeting="Hello?",
    )
    early = scenario("early_hangup")
    return [early, in_a_hurry, early, scenario("busy"), in_a_hurry, early, scenario("failed"), early]


def in_turns(callees: list[Scenario]) -> Answerer:
    """Each dial reaches the next of the callees."""
    following: Iterator[Answerer] = itertools.cycle([answered_by(callee) for callee in callees])

    def answer(number: str) -> Callee:
        return next(following)(number)

    return answer


def people(world: World) -> list[Person]:
    return [world.telegram.person(number, f"Requester {number}") for number in ADMINS]


@dataclass
class Tally:
    """What has become of the calls."""

    placed: int = 0
    dials: int = 0
    reports: int = 0
    wrong: list[str] = field(default_factory=list)


async def make_calls(world: World, person: Person, tally: Tally, more: Callable[[], bool]) -> None:
    """One call after another, from the request to the report, as long as there are `more`."""
    while more():
        card = await order(world, ERRAND, by=person)
        if await press(world, card, "Call", by=person) != "Dialling":
            tally.wrong.append("a press did not dial")
            return
        await finished(world, card, by=person, timeout=600)
        reports = [m for m in person.chat.messages if m.id > card.id and is_report(m)]
        tally.placed += 1
        tally.reports += len(reports)
        if len(reports) != 1:
            tally.wrong.append(f"{len(reports)} reports of one call")
        forget_messages(person)


def forget_messages(person: Person) -> None:
    del person.chat.messages[:-_KEPT]


def drop_histories(world: World, tally: Tally) -> None:
    """What the stand-ins have written down of calls that are over."""
    telegram, twilio, openai = world.telegram, world.twilio, world.openai
    refused = [request for request in telegram.requests if request.ok is False]
    tally.wrong += [f"Telegram refused {request.method}: {request.description}" for request in refused]
    telegram.requests[:] = [request for request in telegram.requests if request.ok is None]
    for press_id in [held.id for held in telegram.cloud.presses.values() if held.answered.done()]:
        del telegram.cloud.presses[press_id]
    telegram.cloud.files.clear()
    tally.wrong += [f"Twilio noted {error.code}" for error in twilio.errors]
    twilio.errors.clear()
    for sid in [sid for sid, call in twilio.calls.items() if call.ended.is_set()]:
        _checked(twilio.calls.pop(sid), tally)
    twilio._tasks[:] = [task for task in twilio._tasks if not task.done()]
    openai.connections[:] = [connection for connection in openai.connections if not connection.closed.is_set()]
    openai.rejected.clear()
    openai.responses_requests.clear()


def _checked(call: StandInCall, tally: Tally) -> None:
    tally.dials += 1
    if call.status not in {"completed", "busy", "no-answer", "failed", "canceled"}:
        tally.wrong.append(f"a call is left {call.status}")

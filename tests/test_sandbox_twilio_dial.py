"""Facts about what a callee hears of the stand-in Twilio besides a stream: `<Dial>`, `<Say>`, keys between streams.

After https://www.twilio.com/docs/voice/twiml/dial and
https://www.twilio.com/docs/voice/twiml/say.
"""

import asyncio
import base64

import pytest

from sandbox.line import Pickup
from sandbox.tones import FRAME, SILENCE, Ear, SpeechEnded, loudness, speak
from sandbox.twilio import Conditions
from tests.test_sandbox_twilio import CONNECT, PUBLIC, Phone, Product, pytestmark, run_ahead, world
from tests.test_sandbox_twilio_stream import Server, media

__all__ = ["pytestmark"]
REQUESTER = "+14155550199"
OWN = "+14155550100"


def dial(inside: str = f"<Number>{REQUESTER}</Number>", attributes: str = f"callerId='{OWN}'", after: str = "") -> str:
    return f"<Response><Dial {attributes}>{inside}</Dial>{after}</Response>"


class Talker(Phone):
    """A phone that says the same words over and over."""

    def __init__(self, words: str, pickup: Pickup | None = None, hangs_up_after_s: float = 1e9) -> None:
        super().__init__(pickup, hangs_up_after_s)
        self._saying = (speak(words) + SILENCE * 30) * 100

    def step(self, heard: bytes) -> bytes:
        super().step(heard)
        said, self._saying = self._saying[:FRAME], self._saying[FRAME:]
        return said


def words(audio: bytes) -> list[str]:
    ear = Ear()
    audio += SILENCE * 30
    ended = [e for at in range(0, len(audio), FRAME) for e in ear.feed(audio[at : at + FRAME])]
    return [event.text for event in ended if isinstance(event, SpeechEnded)]


async def legs(product: Product, sid: str, count: int = 1) -> None:
    async with asyncio.timeout(60):
        while len(product.twilio.children(sid)) < count:  # noqa: ASYNC110 - the stand-in tells nobody when it dials
            await asyncio.sleep(0.02)


@run_ahead
async def test_the_parents_phone_and_the_dialled_phone_hear_each_other() -> None:
    callee, requester = Talker("Hello who is there"), Talker("It is me", hangs_up_after_s=10)
    async with world(callee, others={REQUESTER: requester}) as product:
        call = await product.call(dial())
        await product.twilio.wait_ended(call.sid, 60)
        (leg,) = product.twilio.children(call.sid)
        assert "It is me" in words(callee.heard)
        assert "Hello who is there" in words(requester.heard)
        assert (leg.request.to, leg.request.from_, leg.params_now()["ParentCallSid"]) == (REQUESTER, OWN, call.sid)
        assert (leg.status, leg.duration_s, call.status) == ("completed", 10, "completed")
        resource = await product.client.calls(leg.sid).fetch_async()
        assert (resource.parent_call_sid, resource.direction) == (call.sid, "outbound-dial")
        assert product.twilio.errors == []


@run_ahead
async def test_the_parent_hears_it_ring_until_the_other_phone_is_answered() -> None:
    requester = Phone(Pickup("answer", after_s=8.0))
    async with world(others={REQUESTER: requester}) as product:
        call = await product.call(dial(), time_limit=20)
        await product.twilio.wait_ended(call.sid, 60)
        ringing = product.phone.heard[: 8 * 8000]
        loud = [loudness(ringing[at : at + FRAME]) > 400 for at in range(0, len(ringing), FRAME)]
        assert 180 <= sum(loud) <= 220  # twice two seconds
        assert words(ringing) == ["", ""]


@run_ahead
async def test_the_verb_after_dial_runs_when_the_dialled_party_hangs_up() -> None:
    async with world(others={REQUESTER: Phone(hangs_up_after_s=3)}) as product:
        call = await product.call(dial(after="<Say language='en' voice='alice'>Goodbye now</Say>"))
        await product.twilio.wait_ended(call.sid, 60)
        assert words(product.phone.heard)[-1] == "Goodbye now"


@pytest.mark.parametrize(
    ("pickup", "status"),
    [
        (Pickup("busy"), "busy"),
        (Pickup("no-answer"), "no-answer"),
        (Pickup("failed"), "failed"),
        (Pickup("answer"), "completed"),
    ],
)
@run_ahead
async def test_an_action_is_told_how_the_dialling_went_and_says_what_comes_next(pickup: Pickup, status: str) -> None:
    async with world(others={REQUESTER: Phone(pickup, hangs_up_after_s=3)}) as product:
        product.documents = ["<Response><Say>Sorry</Say></Response>"]
        call = await product.call(dial(attributes=f"timeout='12' callerId='{OWN}' action='{PUBLIC}/twiml'"))
        await product.twilio.wait_ended(call.sid, 60)
        (told,) = product.fetched
        (leg,) = product.twilio.children(call.sid)
        assert (told["DialCallStatus"], told["DialCallSid"]) == (status, leg.sid)
        assert told["DialBridged"] == str(status == "completed").lower()
        assert words(product.phone.heard)[-1] == "Sorry"
        if status == "no-answer":
            assert leg.ended_at is not None
            assert leg.ended_at - leg.created_at == pytest.approx(12.2, abs=0.1)


@run_ahead
async def test_the_dialled_phone_is_hung_up_when_the_parent_ends_or_is_redirected() -> None:
    first, second = Phone(), Phone()
    async with world(Phone(hangs_up_after_s=30), others={REQUESTER: first, "+14155550198": second}) as product:
        call = await product.call(dial())
        await legs(product, call.sid)
        await asyncio.sleep(6)
        await product.client.calls(call.sid).update_async(twiml=dial("+14155550198"))
        await legs(product, call.sid, 2)
        (one, two) = product.twilio.children(call.sid)
        await product.twilio.wait_ended(one.sid, 1)
        await product.twilio.wait_ended(call.sid, 60)
        await product.twilio.wait_ended(two.sid, 1)
        assert (one.status, two.status) == ("completed", "completed")


@run_ahead
async def test_a_call_is_taken_from_its_stream_by_a_dial() -> None:
    requester = Talker("It is me", hangs_up_after_s=5)
    async with world(Talker("Hello"), others={REQUESTER: requester}) as product:
        server = Server(product, media(b"\x11" * 8000))
        call = await product.call(CONNECT)
        await asyncio.sleep(4)
        await product.client.calls(call.sid).update_async(twiml=dial())
        await product.twilio.wait_ended(call.sid, 60)
        assert ([m["event"] for _, m in server.messages][-1], server.close_code) == ("stop", 1000)
        assert "It is me" in words(product.phone.heard)
        assert "Hello" in words(requester.heard)


@run_ahead
async def test_the_dialled_leg_tells_its_own_status() -> None:
    number = f"<Number statusCallback='{PUBLIC}/status' statusCallbackEvent='answered completed'>{REQUESTER}</Number>"
    async with world(others={REQUESTER: Phone(hangs_up_after_s=3)}) as product:
        call = await product.call(dial(number), status_callback=None)
        await product.twilio.wait_ended(call.sid, 60)
        assert [(p["CallStatus"], p["ParentCallSid"]) for p in product.status] == [
            ("in-progress", call.sid), ("completed", call.sid),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("twiml", "code"),
    [
        (dial(attributes="callerId='+14155550177'"), 13214),
        (dial("<Number>555</Number>"), 13224),
        (dial("+8613800000000"), 13227),
    ],
)
@run_ahead
async def test_a_number_that_cannot_be_dialled_is_noted_and_the_next_verb_runs(twiml: str, code: int) -> None:
    async with world(conditions=Conditions(refused_prefixes=("+86",))) as product:
        call = await product.call(twiml.replace("</Response>", "<Say>Sorry</Say></Response>"))
        await product.twilio.wait_ended(call.sid, 60)
        assert ([error.code for error in call.errors], words(product.phone.heard)) == ([code], ["Sorry"])
        assert product.twilio.children(call.sid) == []


@run_ahead
async def test_keys_come_between_two_streams_of_one_call_and_the_callee_goes_on_speaking() -> None:
    async with world() as product:
        first = Server(product)
        call = await product.call(CONNECT)
        await asyncio.sleep(3)
        second = Server(product)
        keys = CONNECT.replace("<Connect>", "<Play digits='ww1'/><Connect>", 1)
        await product.client.calls(call.sid).update_async(twiml=keys)
        await asyncio.sleep(3)
        assert product.phone.pressed == "1"
        assert ([m["event"] for _, m in first.messages][-1], first.close_code) == ("stop", 1000)
        assert (second.of("start")[0]["streamSid"], second.of("start")[0]["sequenceNumber"]) == (second.sid, "1")
        assert second.sid != first.sid
        frames = second.of("media")
        assert (frames[0]["media"]["chunk"], frames[0]["media"]["timestamp"]) == ("1", "0")
        assert base64.b64decode(frames[-1]["media"]["payload"]) == b"\x55" * 160
        assert len(frames) == pytest.approx(90, abs=5)  # three seconds, less the pauses and the key
        assert product.twilio.errors == []

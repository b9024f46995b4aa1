"""Facts about the life of a call on the stand-in Twilio: ringing, callbacks, machine detection, TwiML, the end.

After https://www.twilio.com/docs/voice/api/call-resource and
https://www.twilio.com/docs/voice/answering-machine-detection.
"""

import asyncio

import pytest
from twilio.base.exceptions import TwilioRestException

from sandbox.line import Pickup
from sandbox.tones import SILENCE
from sandbox.twilio import Conditions
from tests.test_sandbox_twilio import CONNECT, PUBLIC, WAIT, Phone, pytestmark, run_ahead, world

__all__ = ["pytestmark"]
MACHINE = Pickup("answer", answered_by="machine_start", beep_after_s=8)
SLOW_MACHINE = Pickup("answer", answered_by="machine_end_silence", beep_after_s=40)


@run_ahead
async def test_progress_is_told_in_signed_callbacks_with_sequence_numbers() -> None:
    async with world() as product:
        call = await product.call()
        await product.twilio.wait_ended(call.sid, 60)
        told = sorted(product.status, key=lambda params: params["SequenceNumber"])
        assert [(p["SequenceNumber"], p["CallStatus"]) for p in told] == [
            ("0", "initiated"), ("1", "ringing"), ("2", "in-progress"), ("3", "completed"),
        ]  # fmt: skip
        assert {p["CallSid"] for p in told} == {call.sid}
        assert (told[3]["CallDuration"], told[3]["Duration"], told[3]["SipResponseCode"]) == ("5", "1", "200")
        assert product.twilio.errors == []


@run_ahead
async def test_without_named_events_only_the_final_status_is_told() -> None:
    async with world() as product:
        call = await product.call(status_callback_event=None)
        await product.twilio.wait_ended(call.sid, 60)
        assert [p["CallStatus"] for p in product.status] == ["completed"]


@run_ahead
async def test_callbacks_can_arrive_shuffled_and_twice() -> None:
    conditions = Conditions(shuffle_callbacks=True, duplicate_callbacks=True)
    async with world(Phone(Pickup("answer", after_s=0.0)), conditions=conditions) as product:
        orders = set()
        for _ in range(12):
            product.status.clear()
            call = await product.call("<Response/>")
            await product.twilio.wait_ended(call.sid, 60)
            orders.add(tuple(p["SequenceNumber"] for p in product.status))
        assert all(sorted(order) == sorted("00112233") for order in orders)
        assert len(orders) > 1


@pytest.mark.parametrize(
    ("pickup", "status", "sip_code"),
    [
        (Pickup("busy"), "busy", "486"),
        (Pickup("no-answer"), "no-answer", "487"),
        (Pickup("answer", after_s=31), "no-answer", "487"),
        (Pickup("failed", sip_code=404), "failed", "404"),
    ],
)
@run_ahead
async def test_a_call_that_is_not_answered_ends_with_its_reason(pickup: Pickup, status: str, sip_code: str) -> None:
    async with world(Phone(pickup)) as product:
        call = await product.call(timeout=30)
        await product.twilio.wait_ended(call.sid, 60)
        final = product.status[-1]
        assert (final["CallStatus"], final["SipResponseCode"], final["CallDuration"]) == (
            status,
            sip_code,
            "0",
        )
        assert (call.status, call.agent_audio, product.phone.heard) == (status, b"", b"")
        assert (await product.client.calls(call.sid).fetch_async()).price is None


@pytest.mark.parametrize("asked", ["canceled", "completed"])
@run_ahead
async def test_a_ringing_call_can_be_taken_back(asked: str) -> None:
    async with world(Phone(Pickup("no-answer"))) as product:
        call = await product.call()
        await asyncio.sleep(1)
        assert call.status == "ringing"
        with pytest.raises(TwilioRestException) as caught:
            await product.client.calls(call.sid).update_async(twiml=WAIT)
        assert caught.value.code == 21220
        await product.client.calls(call.sid).update_async(status=asked)
        await product.twilio.wait_ended(call.sid, 1)
        assert call.status == product.status[-1]["CallStatus"] == "canceled"


@run_ahead
async def test_a_live_call_is_hung_up_by_completed_but_not_by_canceled() -> None:
    async with world() as product:
        call = await product.call()
        await asyncio.sleep(3)
        await product.client.calls(call.sid).update_async(status="canceled")
        await asyncio.sleep(1)
        assert not call.ended.is_set()
        await product.client.calls(call.sid).update_async(status="completed")
        await product.twilio.wait_ended(call.sid, 0.5)
        assert call.status == "completed"
        with pytest.raises(TwilioRestException) as caught:
            await product.client.calls(call.sid).update_async(status="completed")
        assert caught.value.code == 21220


@run_ahead
async def test_the_time_limit_ends_the_call() -> None:
    async with world() as product:
        call = await product.call(CONNECT, time_limit=7)
        await product.twilio.wait_ended(call.sid, 60)
        assert (call.status, product.status[-1]["CallDuration"]) == ("completed", "7")


@pytest.mark.parametrize(
    ("pickup", "mode", "verdict", "after_ms"),
    [
        (Pickup("answer"), "Enable", "human", 2000),
        (MACHINE, "Enable", "machine_start", 4000),
        (MACHINE, "DetectMessageEnd", "machine_end_beep", 8000),
        (SLOW_MACHINE, "DetectMessageEnd", "unknown", 30000),
    ],
)
@run_ahead
async def test_machine_detection_tells_its_verdict_while_the_call_goes_on(
    pickup: Pickup, mode: str, verdict: str, after_ms: int
) -> None:
    async with world(Phone(pickup)) as product:
        call = await product.call(
            "<Response><Pause length='50'/></Response>",
            machine_detection=mode,
            async_amd="true",
            async_amd_status_callback=f"{PUBLIC}/amd",
        )
        await product.twilio.wait_ended(call.sid, 100)
        assert product.amd == [
            {
                "CallSid": call.sid,
                "AccountSid": product.twilio.account_sid,
                "AnsweredBy": verdict,
                "MachineDetectionDuration": str(after_ms),
            }
        ]
        assert product.status[-1]["AnsweredBy"] == verdict


@run_ahead
async def test_twiml_is_fetched_from_a_url_and_followed_through_redirects() -> None:
    async with world() as product:
        product.documents = [
            "<Response><Say>Hello</Say><Redirect>/twiml</Redirect></Response>",
            "<Response><Play digits='1w2'/><Hangup/></Response>",
        ]
        call = await product.call(None, url=f"{PUBLIC}/twiml")
        await product.twilio.wait_ended(call.sid, 60)
        assert [p["CallStatus"] for p in product.fetched] == ["in-progress", "in-progress"]
        assert (product.phone.pressed, product.twilio.errors) == ("12", [])
        assert product.phone.heard.strip(SILENCE) != b""


@pytest.mark.parametrize(
    ("document", "media_type", "status", "code"),
    [
        ("<Response/>", "text/xml", 500, 11200),
        ("<Response/>", "application/json", 200, 12300),
        ("<Response>", "text/xml", 200, 12100),
        ("<Response><Dance/></Response>", "text/xml", 200, 12200),
    ],
)
@run_ahead
async def test_twiml_that_cannot_be_had_ends_the_call(document: str, media_type: str, status: int, code: int) -> None:
    async with world() as product:
        product.documents, product.media_type, product.answer_status = [document], media_type, status
        call = await product.call(None, url=f"{PUBLIC}/twiml", status_callback=None)
        await product.twilio.wait_ended(call.sid, 60)
        assert ([error.code for error in call.errors], call.status) == ([code], "completed")
        assert product.twilio.errors == call.errors


@run_ahead
async def test_a_status_callback_that_fails_is_noted_and_the_call_goes_on() -> None:
    async with world() as product:
        product.answer_status = 500
        call = await product.call()
        await product.twilio.wait_ended(call.sid, 60)
        assert [error.code for error in call.errors] == [15003] * 4
        assert call.duration_s == 5


@run_ahead
async def test_leaving_ends_live_calls_without_a_word() -> None:
    async with world() as product:
        call = await product.call(CONNECT)
        await asyncio.sleep(5)
    assert call.ended.is_set()
    assert [p["CallStatus"] for p in product.status] == ["initiated", "ringing", "in-progress"]

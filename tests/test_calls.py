"""What may be done with a call once it is placed: hang up, join, read what was said, keep the callee as a contact."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.chat import Place
from bridge.call import EndReason
from tests.fake_chat import ADMIN, REQUESTER, STRANGER, Scene
from tests.samples import ENGLISH, GROUP, PLACE, a_plan, a_summary, labels

pytestmark = pytest.mark.fast_clock
OWN_PHONE = "+14155552672"


@pytest.fixture
async def scene(engine: AsyncEngine) -> Scene:
    return await Scene.begin(engine)


# Hanging up


async def test_the_button_hangs_up_while_there_is_a_call(scene: Scene) -> None:
    assert await scene.press("hangup") == ENGLISH("hanging-up")
    scene.switchboard.running.clear()
    assert await scene.press("hangup") == ENGLISH("call-over")
    assert scene.call.hang_ups == 1
    assert await scene.deeds() == [(REQUESTER, "hung-up")]


async def test_the_command_hangs_up_ones_own_newest_call_in_the_chat(scene: Scene) -> None:
    _, elsewhere = await scene.another("draft-2", place=Place(PLACE.chat_id + 1))
    _, of_another = await scene.another("draft-3", requester_id=STRANGER)
    assert await scene.calls.hang_up_running(PLACE, REQUESTER) == ENGLISH("hanging-up-command")
    assert (scene.call.hang_ups, elsewhere.hang_ups, of_another.hang_ups) == (1, 0, 0)
    await scene.calls.hang_up_running(PLACE, ADMIN)
    assert of_another.hang_ups == 1
    assert await scene.deeds() == [(ADMIN, "hung-up"), (REQUESTER, "hung-up")]


async def test_the_command_ends_nobody_elses_call(scene: Scene) -> None:
    assert await scene.calls.hang_up_running(PLACE, STRANGER) == ENGLISH("not-yours", name="Shane")
    assert scene.call.hang_ups == 0
    assert await scene.deeds() == []


async def test_the_command_finds_no_call_when_none_is_going_on(scene: Scene) -> None:
    scene.switchboard.running.clear()
    assert await scene.calls.hang_up_running(PLACE, REQUESTER) == ENGLISH("no-call")


# Joining


async def phone_of(scene: Scene) -> str:
    return (await scene.roster.person(REQUESTER)).phone


async def test_who_joins_is_rung_on_the_phone_they_shared(scene: Scene) -> None:
    await scene.roster.keep_phone(REQUESTER, OWN_PHONE)
    assert await scene.press("join") == ENGLISH("joining")
    assert scene.call.phones == [OWN_PHONE]
    assert await scene.deeds() == [(REQUESTER, "joined")]


async def test_who_has_shared_none_is_asked_for_it_and_joins_with_it(scene: Scene) -> None:
    assert await scene.press("join") == ""
    assert scene.post.contact_asked == [ENGLISH("join-needs-number")]
    assert await scene.calls.own_contact(PLACE, REQUESTER, "+1 (415) 555-2672")
    assert "+1 415-555-2672" in scene.post.last
    assert await phone_of(scene) == OWN_PHONE
    assert scene.call.phones == [OWN_PHONE]


async def test_in_a_group_nobody_is_asked_for_their_phone(scene: Scene) -> None:
    draft, call = await scene.another("draft-2", place=GROUP)
    assert await scene.press("join", draft=draft) == ENGLISH("join-in-private")
    assert (scene.post.contact_asked, call.phones) == ([], [])


async def test_nobody_joins_before_the_answer_or_after_the_end(scene: Scene) -> None:
    await scene.roster.keep_phone(REQUESTER, OWN_PHONE)
    scene.call.connected = False
    assert await scene.press("join") == ENGLISH("join-later")
    assert await scene.calls.own_contact(PLACE, REQUESTER, OWN_PHONE)
    scene.switchboard.running.clear()
    assert await scene.press("join") == ENGLISH("call-over")
    assert not await scene.calls.own_contact(PLACE, REQUESTER, OWN_PHONE)
    assert scene.call.phones == []


@pytest.mark.parametrize("number", ["911", "+1 900 555 0100", "hello"])
async def test_a_phone_that_must_not_be_dialled_is_not_kept(scene: Scene, number: str) -> None:
    assert await scene.calls.own_contact(PLACE, REQUESTER, number)
    assert (await phone_of(scene), scene.call.phones) == ("", [])
    assert scene.post.last.startswith(number)


async def test_a_phone_in_a_country_that_is_not_called_is_not_rung(engine: AsyncEngine) -> None:
    scene = await Scene.begin(engine, countries=frozenset({"GB"}))
    refused = ENGLISH("refused-country", country="United States")
    assert await scene.calls.own_contact(PLACE, REQUESTER, OWN_PHONE)
    assert (await phone_of(scene), scene.post.last) == ("", refused)
    await scene.roster.keep_phone(REQUESTER, OWN_PHONE)  # before that country was left out
    assert await scene.press("join") == refused
    assert scene.call.phones == []


# Afterwards


async def test_the_transcript_is_a_file_that_answers_the_report(scene: Scene) -> None:
    await scene.end("For how many?")
    await scene.press("transcript")
    ((name, content, reply_to),) = scene.post.files
    assert (name, reply_to) == ("transcript.txt", 77)
    assert "For how many?" in content
    assert "+1 415-555-2671" in content


async def test_in_a_group_the_transcript_shows_no_number_in_full(scene: Scene) -> None:
    scene.draft, _ = await scene.another("draft-2", place=GROUP)
    await scene.end("Ring my brother: 415 555 0123")
    await scene.press("transcript")
    ((_, content, _),) = scene.post.files
    assert "+• •••-•••-••71" in content
    assert "0123" not in content


async def test_a_call_without_words_has_no_transcript(scene: Scene) -> None:
    await scene.end("")
    await scene.press("transcript")
    assert scene.post.files == []
    assert scene.post.last == ENGLISH("no-transcript")


async def test_a_call_that_left_nothing_has_no_transcript_either(scene: Scene) -> None:
    await scene.press("transcript")
    assert scene.post.last == ENGLISH("no-transcript")


async def test_a_footnote_shows_the_words_that_it_stands_for(scene: Scene) -> None:
    await scene.end("Pronto", "7:45 would do")
    await scene.store.keep_summary(scene.draft.id, a_summary(turn=2))
    assert await scene.press("words", "1") == "[0:01] Trattoria Roma: “7:45 would do”"
    for choice in ("2", "0", "", "x", "²"):
        assert await scene.press("words", choice) == ENGLISH("report-words-gone")


async def test_words_that_are_gone_are_said_to_be(scene: Scene) -> None:
    assert await scene.press("words", "1") == ENGLISH("report-words-gone")


async def test_a_callee_is_kept_as_a_contact_and_the_button_goes(scene: Scene) -> None:
    await scene.end("Pronto")
    assert await scene.press("contact") == "Kept: Trattoria Roma. From now on “call Trattoria Roma” is enough."
    contact = await scene.contacts.named(PLACE.chat_id, "Trattoria Roma")
    assert contact is not None
    assert contact.number == a_plan().callee_number
    assert await scene.deeds() == [(REQUESTER, "contact-kept")]
    assert labels(scene.post.keyboards[77]) == ["🔁 Call again", "📄 Full transcript"]


async def test_a_call_of_the_past_is_known_with_its_report(scene: Scene) -> None:
    assert await scene.calls.finished(scene.draft) is None
    await scene.end("Pronto", reason=EndReason.CALLEE_HUNG_UP)
    await scene.store.keep_summary(scene.draft.id, a_summary())
    call = await scene.calls.finished(scene.draft)
    assert call is not None
    assert (call.ending.reason, call.summary) == (EndReason.CALLEE_HUNG_UP, a_summary())

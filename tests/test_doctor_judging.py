"""What the doctor makes of facts that no stand-in gives: odd answers, half of a picture, and how findings are told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.doctor import accounts, machine
from bot.doctor.facts import Answer, Certificate, Database, Reach, Reply, Trouble
from bot.doctor.finding import Finding, Verdict, as_text, exit_code, ok, unknown, wrong
from bot.doctor.services import voice_api_url

HOOK = "https://ringback.test/telegram"
ME = Answer(200, {"ok": True, "result": {"username": "ringback_bot", "can_read_all_group_messages": False}})
GONE = Trouble("timed_out")


def updates(expected: str = HOOK, *, running: bool = True, reply: Reply | None = None, **info: Any) -> Finding:
    webhook = reply or Answer(200, {"result": {"url": HOOK, "pending_update_count": 0, **info}})
    return accounts.telegram(ME, webhook, expected_url=expected, running=running, now_unix=10_000.0)[-1]


def verdicts(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.check, finding.verdict.value) for finding in findings]


# Telegram


@pytest.mark.parametrize(
    ("told", "verdict", "says"),
    [
        ({"url": "https://other.test/"}, Verdict.WRONG, "another webhook is set"),
        ({"url": ""}, Verdict.WRONG, "no webhook is set, though Ringback asked for one"),
        ({"url": "", "running": False}, Verdict.UNKNOWN, "set at the start"),
        ({"url": "https://other.test/", "running": False}, Verdict.UNKNOWN, "the start replaces it"),
        ({"expected": "", "url": ""}, Verdict.OK, "by long polling"),
        ({"expected": ""}, Verdict.WRONG, "another webhook is set"),
        ({"pending_update_count": 101}, Verdict.WRONG, "101 updates wait"),
        ({"last_error_date": 9_000, "last_error_message": "Connection refused"}, Verdict.WRONG, "Connection refused"),
        ({"last_error_date": 5_000, "last_error_message": "Connection refused"}, Verdict.OK, "by webhook"),
        ({"reply": GONE}, Verdict.UNKNOWN, "did not answer in time"),
    ],
)
def test_how_updates_come_is_judged_by_what_the_settings_say(told: dict[str, Any], verdict: Verdict, says: str) -> None:
    finding = updates(**told)
    assert (finding.verdict, says in finding.says) == (verdict, True), finding


@pytest.mark.parametrize(
    ("message", "mend"),
    [
        ("Wrong response from the webhook: 401 Unauthorized", "TELEGRAM_WEBHOOK_SECRET"),
        ("SSL error {error:0A000086:SSL routines::certificate verify failed}", "intermediate certificates"),
        ("Connection timed out", "443, 80, 88 or 8443"),
    ],
)
def test_a_failing_webhook_is_mended_where_it_fails(message: str, mend: str) -> None:
    assert mend in updates(last_error_date=9_999, last_error_message=message).mend


def test_admins_who_could_not_be_asked_about_are_not_called_strangers() -> None:
    for replies in ({1: GONE}, {1: Answer(401)}, {1: Answer(200), 2: Answer(502)}):
        assert accounts.admins(replies).verdict is Verdict.UNKNOWN
    assert accounts.admins({1: Answer(200), 2: GONE}).says == "1 can be written to"


# Twilio

ACTIVE = Answer(200, {"status": "active", "type": "Full"})
OWN = Answer(200, {"incoming_phone_numbers": [{"phone_number": "+14155550100", "capabilities": {"voice": True}}]})
NONE = Answer(200, {"incoming_phone_numbers": [], "outgoing_caller_ids": []})


def twilio(account: Reply = ACTIVE, own: Reply = OWN, ids: Reply = NONE, **countries: Reply) -> list[Finding]:
    return accounts.twilio(account, own, ids, countries, number="+14155550100", all_countries=False)


@pytest.mark.parametrize(
    ("reply", "verdict", "says"),
    [
        (Answer(401, {"code": 20005}), Verdict.WRONG, "not active"),
        (Answer(403, {"code": 20403}), Verdict.WRONG, "credentials"),
        (Answer(503), Verdict.UNKNOWN, "HTTP 503"),
    ],
)
def test_without_the_account_nothing_of_it_is_judged(reply: Reply, verdict: Verdict, says: str) -> None:
    [finding] = twilio(reply)
    assert (finding.verdict, says in finding.says) == (verdict, True)


@pytest.mark.parametrize("ids", [GONE, Answer(500)])
def test_a_number_is_not_called_a_strangers_before_the_caller_ids_are_known(ids: Reply) -> None:
    assert twilio(own=NONE, ids=ids)[1].verdict is Verdict.UNKNOWN


def test_a_number_that_belongs_to_no_country_has_none_to_ask_about() -> None:
    assert twilio()[2].verdict is Verdict.UNKNOWN


def test_what_is_shut_counts_before_what_was_not_told() -> None:
    shut = Answer(200, {"low_risk_numbers_enabled": False})
    assert twilio(DE=shut, FR=GONE)[2].says == "calls to DE are not allowed"


# Whatever answers

JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
NAMES = ["result", "url", "status", "type", "code", "incoming_phone_numbers", "last_error_date", "pending_update_count"]
REPLIES = st.builds(
    Answer, st.sampled_from([200, 401, 404, 500]), st.dictionaries(st.sampled_from(NAMES), JSON, max_size=8)
)


@given(REPLIES, REPLIES, REPLIES)
def test_whatever_answers_at_a_services_address_is_judged(one: Answer, two: Answer, three: Answer) -> None:
    found = [
        *accounts.telegram(one, two, expected_url=HOOK, running=True, now_unix=0.0),
        *accounts.telegram(ME, Answer(200, {"result": one.body}), expected_url="", running=False, now_unix=0.0),
        *twilio(one, two, three, US=three),
        *twilio(ACTIVE, two, three, US=three),
        *openai(one, two, three),
    ]
    assert as_text(found)


# OpenAI


def openai(*replies: Reply) -> list[Finding]:
    settings = ("REALTIME_MODEL", "TRANSCRIPTION_MODEL", "TEXT_MODEL")
    return accounts.openai({name: ("m", reply) for name, reply in zip(settings, replies, strict=False)})


def test_a_key_that_may_not_look_at_models_may_still_use_them() -> None:
    found = openai(Answer(403), Answer(403), Answer(403))
    assert {verdict for _, verdict in verdicts(found)} == {"unknown"}
    assert "permission to read models" in found[1].mend


def test_one_answer_is_enough_to_trust_a_key() -> None:
    assert verdicts(openai(GONE, Answer(200), Answer(500))) == [
        ("openai key", "ok"),
        ("realtime model", "unknown"),
        ("transcription model", "ok"),
        ("text model", "unknown"),
    ]


@pytest.mark.parametrize(
    ("api", "voice"),
    [
        ("https://api.twilio.com", "https://voice.twilio.com"),
        ("https://api.dublin.ie1.twilio.com", "https://voice.dublin.ie1.twilio.com"),
        ("http://127.0.0.1:4010", "http://127.0.0.1:4010"),
        ("https://api.example.com", "https://api.example.com"),
    ],
)
def test_the_voice_settings_are_asked_for_where_twilio_keeps_them(api: str, voice: str) -> None:
    assert voice_api_url(api) == voice


# The machine


def test_a_ringback_that_is_stopping_is_ours_all_the_same() -> None:
    process = {machine.PROCESS: "a"}
    reach = Reach("ringback", Answer(503, headers=process), Answer(503, headers=process))
    assert verdicts(machine.public_url(reach, port=8080)) == [("public url", "unknown")]


@pytest.mark.parametrize("public", [Answer(503, text="x"), Answer(503, headers={machine.PROCESS: "b"})])
def test_a_ringback_here_is_not_reached_by_the_answer_of_another(public: Answer) -> None:
    reach = Reach("ringback", public, Answer(200, headers={machine.PROCESS: "a"}), socket=True)
    assert verdicts(machine.public_url(reach, port=8080)) == [("public url", "wrong"), ("websockets", "ok")]


def test_an_address_whose_name_nobody_knows_is_told_of_as_such() -> None:
    [finding] = machine.public_url(Reach("doctor", Trouble("unknown_host")), port=8080)
    assert "name is not known" in finding.says


def test_a_certificate_that_has_ended_is_wrong() -> None:
    [finding] = machine.certificate(Certificate(0.0), now_unix=86_400.0)
    assert (finding.verdict, finding.says) == (Verdict.WRONG, "it has ended")
    assert machine.certificate(None, now_unix=0.0) == machine.certificate(GONE, now_unix=0.0) == []


@pytest.mark.parametrize(
    ("skews", "verdict", "says"),
    [
        ([], Verdict.UNKNOWN, "nobody told the time"),
        ([0.2, -0.4, 900.0], Verdict.OK, "right to a few seconds"),
        ([61.0, 60.0], Verdict.WRONG, "it is 60 s fast"),
    ],
)
def test_the_clock_is_judged_by_the_middle_of_what_others_say(skews: list[float], verdict: Verdict, says: str) -> None:
    finding = machine.clock(skews)
    assert (finding.verdict, finding.says) == (verdict, says)


def test_a_folder_without_the_right_to_write_gets_no_database() -> None:
    [finding] = machine.database(Database("sqlite", exists=False, writable=False))
    assert (finding.verdict, finding.says) == (Verdict.WRONG, "its folder cannot be written to")


# How it is told


def test_what_could_not_be_found_out_fails_no_script() -> None:
    assert exit_code([ok("a", "b"), unknown("c", "d")]) == 0
    assert exit_code([unknown("c", "d"), wrong("e", "f", "g")]) == 1


def test_every_check_has_its_line_and_a_fault_its_mending_under_it() -> None:
    shown = as_text([ok("a", "is well"), unknown("long name", "who knows"), wrong("b", "is not", "mend it")])
    assert shown.splitlines() == [
        "✓ a          is well",
        "? long name  who knows",
        "✗ b          is not",
        "             → mend it",
        "",
        "1 thing is wrong. 1 is not certain.",
    ]
    assert as_text([]) == "\nNothing is wrong."

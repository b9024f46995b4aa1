"""Facts about the TwiML that the stand-in accepts and refuses.

After https://www.twilio.com/docs/voice/twiml and
https://www.twilio.com/docs/voice/twiml/stream.
"""

import pytest
from twilio.twiml.voice_response import Connect as SdkConnect
from twilio.twiml.voice_response import VoiceResponse

from sandbox.twilio.errors import TwilioAlertError
from sandbox.twilio.twiml import Connect, Dial, Hangup, Pause, Play, Redirect, Say, Stream, parse


def test_what_the_sdk_writes_is_read_back_verb_by_verb() -> None:
    response = VoiceResponse()
    connect = SdkConnect()
    stream = connect.stream(url="wss://example.com/media", name="main")
    stream.parameter(name="token", value="s3cret & more")
    response.play(digits="ww1")
    response.append(connect)
    response.say("Bye")
    response.pause(length=2)
    response.redirect("https://example.com/resume", method="GET")
    response.hangup()
    assert parse(str(response)) == [
        Play(digits="ww1"),
        Connect(Stream("wss://example.com/media", "main", {"token": "s3cret & more"})),
        Say("Bye"),
        Pause(2),
        Redirect("https://example.com/resume", "GET"),
        Hangup(),
    ]


def test_a_dial_is_read_as_the_sdk_writes_it() -> None:
    response = VoiceResponse()
    dial = response.dial(caller_id="+14155550100", timeout=20, action="https://example.com/over")
    dial.number(
        "+14155550199", status_callback="https://example.com/status", status_callback_event="answered completed"
    )
    assert parse(str(response)) == [
        Dial(
            "+14155550199",
            "+14155550100",
            20,
            action="https://example.com/over",
            status_callback="https://example.com/status",
            status_callback_events=frozenset({"answered", "completed"}),
        )
    ]


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("<Say>", 12100),
        ("<Dial/>", 12200),
        ("<Dial>+14155550101<Number>+14155550102</Number></Dial>", 12200),
        ("<Dial><Number>+14155550101</Number><Number>+14155550102</Number></Dial>", 12200),
        ("<Dial timeout='soon'>+14155550101</Dial>", 12200),
        ("<Dial><Client>shane</Client></Dial>", 12200),
        ("<Stream url='wss://example.com'/>", 12200),
        ("<Connect/>", 12200),
        ("<Connect><Stream url='wss://example.com' codec='opus'/></Connect>", 12200),
        ("<Pause length='long'/>", 12200),
        ("<Play/>", 12200),
        ("<Play digits='12x'/>", 12200),
        ("<Redirect/>", 12200),
        ("hello", 12200),
        ("<Connect><Stream url='https://example.com'/></Connect>", 31922),
        ("<Connect><Stream url='ws://example.com'/></Connect>", 31922),
        ("<Connect><Stream url='wss://example.com/media?token=1'/></Connect>", 31920),
        ("<Connect><Stream url='wss://example.com' track='both_tracks'/></Connect>", 31941),
    ],
)
def test_other_twiml_is_refused_with_the_code_that_twilio_logs(inside: str, code: int) -> None:
    with pytest.raises(TwilioAlertError) as caught:
        parse(f"<Response>{inside}</Response>")
    assert caught.value.error.code == code


@pytest.mark.parametrize("text", ["", "hello", '{"a": 1}', "<Response><Hangup/></Response>!"])
def test_a_document_that_is_no_xml_is_a_parse_failure(text: str) -> None:
    with pytest.raises(TwilioAlertError) as caught:
        parse(text)
    assert caught.value.error.code == 12100


def test_a_plain_socket_is_allowed_on_loopback_only() -> None:
    assert parse("<Response><Connect><Stream url='ws://127.0.0.1:1/x'/></Connect></Response>") == [
        Connect(Stream("ws://127.0.0.1:1/x"))
    ]


@pytest.mark.parametrize(("length", "allowed"), [(495, True), (496, False)])
def test_a_parameter_has_under_500_characters_with_its_name(length: int, allowed: bool) -> None:
    stream = f"<Stream url='wss://example.com'><Parameter name='part' value='{'x' * length}'/></Stream>"
    text = f"<Response><Connect>{stream}</Connect></Response>"
    if allowed:
        parse(text)
    else:
        with pytest.raises(TwilioAlertError, match="500"):
            parse(text)


def test_an_empty_response_has_no_verbs() -> None:
    assert parse('<?xml version="1.0" encoding="UTF-8"?><Response/>') == []

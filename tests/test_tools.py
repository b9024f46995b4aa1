"""The tools the voice model may call."""

import pytest

from bridge import tools
from bridge.errors import ProtocolError


@pytest.mark.parametrize(
    ("name", "arguments", "request_"),
    [
        ("end_call", '{"outcome": "Booked."}', tools.EndCall("Booked.")),
        ("end_call", "", tools.EndCall()),
        ("ask_requester", '{"question": "At eight?", "choices": ["Yes"]}', tools.AskRequester("At eight?", ("Yes",))),
        ("ask_requester", '{"question": "At eight?"}', tools.AskRequester("At eight?")),
        ("press_digits", '{"digits": "1"}', tools.PressDigits("1")),
        ("wait_on_hold", "{}", tools.WaitOnHold()),
        ("keep_listening", "{}", tools.KeepListening()),
        ("voicemail_reached", "{}", tools.VoicemailReached()),
        ("never_call_again", "{}", tools.NeverCallAgain()),
        ("switch_language", '{"language": "it"}', tools.SwitchLanguage("it")),
    ],
)
def test_a_call_of_a_tool_is_a_request(name: str, arguments: str, request_: tools.ToolRequest) -> None:
    assert tools.read(name, arguments) == request_


@pytest.mark.parametrize("arguments", ["{", "[]", "{}", '{"question": 3}', "[" * 50_000])
def test_arguments_that_are_not_as_described_are_refused(arguments: str) -> None:
    with pytest.raises(ProtocolError, match="The arguments of ask_requester are not as described"):
        tools.read("ask_requester", arguments)


def test_a_tool_that_there_is_not_is_refused() -> None:
    with pytest.raises(ProtocolError, match="There is no tool 'pay'"):
        tools.read("pay", "{}")


@pytest.mark.parametrize("languages", [(), ("it", "de")])
def test_every_tool_that_is_described_can_be_called_and_the_other_way_round(languages: tuple[str, ...]) -> None:
    names = {tool["name"] for tool in tools.described(languages)}
    assert names == set(tools._REQUESTS) - (set() if languages else {"switch_language"})
    for tool in tools.described(languages):
        properties = set(tool["parameters"]["properties"])
        assert properties == set(tools._REQUESTS[tool["name"]].__struct_fields__)
        assert tool["parameters"]["required"] == list(tool["parameters"]["properties"])
        assert tool["parameters"]["additionalProperties"] is False
        assert tool["description"]


def test_only_the_languages_that_are_allowed_can_be_switched_to() -> None:
    switch = tools.described(("it", "de"))[-1]
    assert switch["parameters"]["properties"]["language"]["enum"] == ["it", "de"]

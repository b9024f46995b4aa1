"""Facts about what the stand-in Telegram takes: keyboards, commands, parameters, and how fast.

After https://core.telegram.org/bots/api#inlinekeyboardbutton and
https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this.
"""

from typing import Any

import pytest
from telegram.constants import BotCommandLimit, ChatAction, ReactionEmoji

from sandbox.telegram import limits
from sandbox.telegram.error import BotApiError
from sandbox.telegram.flood import FloodGate, FloodLimits


def keyboard(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


def button(data: str = "x", text: str = "Go", **fields: Any) -> dict[str, Any]:
    return {"text": text, "callback_data": data, **fields}


def refused(markup: Any) -> str:
    with pytest.raises(BotApiError) as caught:
        limits.checked_markup(markup)
    assert caught.value.code == 400
    return caught.value.description


def test_callback_data_of_64_bytes_is_taken_and_of_65_refused() -> None:
    assert limits.checked_markup(keyboard([button("é" * 32)]))
    assert refused(keyboard([button("é" * 32 + "x")])) == "Bad Request: BUTTON_DATA_INVALID"


def test_a_button_without_an_action_is_refused_and_so_is_one_with_empty_data() -> None:
    assert "Text buttons are not allowed" in refused(keyboard([{"text": "Go"}]))
    assert "Text buttons are not allowed" in refused(keyboard([button("")]))


def test_a_button_without_text_is_refused() -> None:
    assert refused(keyboard([button(text=" ")])).endswith("inline keyboard button text must be non-empty")


def test_a_button_has_one_action_and_no_unknown_field() -> None:
    assert "callback_data and url" in refused(keyboard([button(url="https://a.io")]))
    assert "no field colour" in refused(keyboard([button(colour="red")]))


@pytest.mark.parametrize(
    ("url", "words"),
    [("tel:+14155552671", "Unsupported URL protocol"), ("http://localhost/x", "Wrong HTTP URL")],
)
def test_a_button_cannot_open_a_telephone_or_a_local_link(url: str, words: str) -> None:
    assert refused(keyboard([{"text": "Go", "url": url}])).endswith(
        f"inline keyboard button URL '{url}' is invalid: {words}"
    )


def test_a_keyboard_has_at_most_100_buttons_and_8_in_a_row() -> None:
    row = [button()] * 8
    assert limits.checked_markup(keyboard(*[row] * 12, [button()] * 4))
    assert refused(keyboard(*[row] * 12, [button()] * 5)) == "Bad Request: reply markup is too long"
    assert "more than 8" in refused(keyboard([button()] * 9))


def test_empty_rows_vanish_and_an_empty_keyboard_is_none() -> None:
    assert limits.checked_markup(keyboard([], [button()])) == keyboard([button()])
    assert limits.checked_markup(keyboard()) is None


def test_an_edit_takes_only_an_inline_keyboard() -> None:
    assert limits.checked_markup({"force_reply": True}) == {"force_reply": True}
    with pytest.raises(BotApiError, match="inline keyboard expected"):
        limits.checked_markup({"force_reply": True}, inline_only=True)


@pytest.mark.parametrize("command", ["Call", "a" * (BotCommandLimit.MAX_COMMAND + 1), "", "call-now"])
def test_a_command_is_1_to_32_lower_case_letters_digits_and_underscores(command: str) -> None:
    assert limits.checked_commands([{"command": "call_2", "description": "x"}])
    with pytest.raises(BotApiError, match="BOT_COMMAND_INVALID"):
        limits.checked_commands([{"command": command, "description": "x"}])


def test_a_command_s_description_is_1_to_256_characters() -> None:
    for description in ("", "x" * 257):
        with pytest.raises(BotApiError, match="BOT_COMMAND_DESCRIPTION_INVALID"):
            limits.checked_commands([{"command": "call", "description": description}])


def test_an_unknown_parameter_is_refused_as_the_stand_in_s_own_strictness() -> None:
    with pytest.raises(BotApiError, match=r"sendMessage has no parameter txt .*stand-in's own strictness"):
        limits.check_parameters("sendMessage", {"chat_id", "txt"})


def test_reactions_and_chat_actions_are_those_of_the_bot_api() -> None:
    assert {e.value.replace("\ufe0f", "") for e in ReactionEmoji} == limits.REACTIONS
    assert {action.value for action in ChatAction} == limits.CHAT_ACTIONS


def test_only_one_known_reaction_is_taken() -> None:
    assert limits.checked_reaction([{"type": "emoji", "emoji": "👀"}]) == ["👀"]
    for reaction in ([{"type": "emoji", "emoji": "☎"}], [{"type": "emoji", "emoji": "👀"}] * 2):
        with pytest.raises(BotApiError, match="REACTION"):
            limits.checked_reaction(reaction)


def test_a_private_chat_takes_a_burst_of_4_and_then_one_a_second() -> None:
    gate = FloodGate(FloodLimits())
    assert [gate.spend(1, group=False, now=0.0) for _ in range(4)] == [0] * 4
    gate = FloodGate(FloodLimits())
    assert [gate.spend(1, group=False, now=float(second)) for second in range(100)] == [0] * 100


def test_past_the_burst_everything_is_refused_until_the_wait_is_over() -> None:
    gate = FloodGate(FloodLimits())
    answers = [gate.spend(1, group=False, now=0.0) for _ in range(5)]
    assert answers == [0, 0, 0, 0, 4]
    assert gate.spend(1, group=False, now=1.5) == 3
    assert gate.spend(1, group=False, now=3.9) == 1
    assert gate.spend(1, group=False, now=4.0) == 0


def test_one_chat_s_flood_leaves_other_chats_alone() -> None:
    gate = FloodGate(FloodLimits())
    for _ in range(5):
        gate.spend(1, group=False, now=0.0)
    assert gate.spend(2, group=False, now=0.0) == 0


def test_a_group_takes_20_a_minute() -> None:
    gate = FloodGate(FloodLimits())
    assert [gate.spend(-1, group=True, now=float(second)) for second in range(20)] == [0] * 20
    assert gate.spend(-1, group=True, now=20.0) == 40
    assert gate.spend(-1, group=True, now=60.0) == 0


def test_all_chats_together_take_30_a_second() -> None:
    gate = FloodGate(FloodLimits())
    assert [gate.spend(chat, group=False, now=0.0) for chat in range(31)] == [0] * 30 + [1]


def test_flood_control_can_be_off_or_set_to_other_numbers() -> None:
    assert all(FloodGate(None).spend(1, group=False, now=0.0) == 0 for _ in range(99))
    assert FloodGate(FloodLimits(private_burst=1)).spend(1, group=False, now=0.0) == 0

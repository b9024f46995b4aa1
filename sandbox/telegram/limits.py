"""What the Bot API takes: the parameters of each method, keyboards, commands, names and their documented
limits.

Owns every rule that needs nothing but the request itself. Pure. Must not know chats, files or HTTP; text and
its entities are `text.py`'s.

Follows https://core.telegram.org/bots/api (each limit is quoted where it is enforced).
"""

import re
from collections.abc import Iterable
from typing import Any

from sandbox.telegram.error import JsonObject, bad_request, not_modelled
from sandbox.telegram.text import checked_url, word_set

_SEND = (
    "chat_id message_thread_id disable_notification protect_content allow_paid_broadcast message_effect_id "
    "reply_parameters reply_markup"
)
_CAPTION = "caption parse_mode caption_entities"
# Documented parameters that this stand-in models or may safely ignore. business_connection_id,
# inline_message_id, direct_messages_topic_id and suggested_post_parameters are left out: nothing here could
# honour them.
PARAMETERS: dict[str, frozenset[str]] = {
    method: frozenset(names.split())
    for method, names in {
        "getMe": "",
        "logOut": "",
        "close": "",
        "getUpdates": "offset limit timeout allowed_updates",
        "setWebhook": "url certificate ip_address max_connections allowed_updates drop_pending_updates secret_token",
        "deleteWebhook": "drop_pending_updates",
        "getWebhookInfo": "",
        "setMyCommands": "commands scope language_code",
        "getMyCommands": "scope language_code",
        "deleteMyCommands": "scope language_code",
        "setMyName": "name language_code",
        "getMyName": "language_code",
        "setMyDescription": "description language_code",
        "getMyDescription": "language_code",
        "setMyShortDescription": "short_description language_code",
        "getMyShortDescription": "language_code",
        "sendMessage": f"{_SEND} text parse_mode entities link_preview_options",
        "sendDocument": f"{_SEND} {_CAPTION} document thumbnail disable_content_type_detection",
        "sendVoice": f"{_SEND} {_CAPTION} voice duration",
        "sendPhoto": f"{_SEND} {_CAPTION} photo show_caption_above_media has_spoiler",
        "editMessageText": "chat_id message_id text parse_mode entities link_preview_options reply_markup",
        "editMessageCaption": f"chat_id message_id {_CAPTION} show_caption_above_media reply_markup",
        "editMessageReplyMarkup": "chat_id message_id reply_markup",
        "deleteMessage": "chat_id message_id",
        "deleteMessages": "chat_id message_ids",
        "sendChatAction": "chat_id message_thread_id action",
        "setMessageReaction": "chat_id message_id reaction is_big",
        "answerCallbackQuery": "callback_query_id text show_alert url cache_time",
        "getChat": "chat_id",
        "getChatMember": "chat_id user_id",
        "getFile": "file_id",
    }.items()
}
CHAT_ACTIONS = word_set(
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker "
    "find_location record_video_note upload_video_note"
)
# "You must use exactly one of the optional fields" (InlineKeyboardButton); style and icon_custom_emoji_id
# come on top.
_BUTTON_ACTIONS = word_set(
    "url callback_data web_app login_url switch_inline_query switch_inline_query_current_chat "
    "switch_inline_query_chosen_chat copy_text callback_game pay"
)
_BUTTON_FIELDS = _BUTTON_ACTIONS | {"text", "style", "icon_custom_emoji_id"}
_OTHER_MARKUPS = ("keyboard", "remove_keyboard", "force_reply")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_SECRET_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,256}")
_PROFILE_LIMITS = {"name": 64, "description": 512, "short_description": 120}
REACTIONS = word_set(
    "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 "
    "🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 "
    "😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 "
    "🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡"
)


def check_parameters(method: str, names: Iterable[str]) -> None:
    """Telegram ignores a parameter that it does not know: a misspelt one is found here or nowhere."""
    unknown = sorted(set(names) - PARAMETERS[method])
    if unknown:
        raise not_modelled(f"{method} has no parameter {', '.join(unknown)}")


def checked_markup(markup: Any, *, inline_only: bool = False) -> JsonObject | None:
    """`reply_markup`: an inline keyboard without its empty rows, another markup as it is, None for none."""
    if markup is None or markup == {}:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" not in markup:
        if not any(name in markup for name in _OTHER_MARKUPS):
            raise bad_request("can't parse reply markup: no known kind of markup in the object")
        if inline_only:
            raise bad_request("inline keyboard expected")
        return markup
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    for button in (button for row in rows for button in row):
        _check_button(button)
    # The limits on sizes are undocumented; libraries agree on 100 buttons in all and 8 in a row.
    if sum(map(len, rows)) > 100:
        raise bad_request("reply markup is too long")
    if any(len(row) > 8 for row in rows):
        raise not_modelled("more than 8 buttons in a row of the inline keyboard")
    rows = [row for row in rows if row]
    return {"inline_keyboard": rows} if rows else None


def _check_button(button: Any) -> None:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be of type String')
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    unknown = sorted(set(button) - _BUTTON_FIELDS)
    if unknown:
        raise not_modelled(f"InlineKeyboardButton has no field {', '.join(unknown)}")
    actions = [name for name in sorted(_BUTTON_ACTIONS) if button.get(name) not in (None, "")]
    if not actions:  # an empty callback_data counts as none
        raise bad_request("can't parse InlineKeyboardButton: Text buttons are not allowed in the inline keyboard")
    if len(actions) > 1:
        raise not_modelled(f"an inline keyboard button with {' and '.join(actions)}")
    _check_button_action(actions[0], button[actions[0]])


def _check_button_action(action: str, value: Any) -> None:
    # "Data to be sent in a callback query to the bot when the button is pressed, 1-64 bytes"
    if action == "callback_data" and not (isinstance(value, str) and len(value.encode()) <= 64):
        raise bad_request("BUTTON_DATA_INVALID")
    # CopyTextButton: "The text to be copied to the clipboard; 1-256 characters"
    if action == "copy_text" and not 1 <= len(str(value.get("text", ""))) <= 256:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if action == "url":
        try:
            checked_url(value)
        except ValueError as error:
            raise bad_request(f"inline keyboard button URL '{value}' is invalid: {error}") from None


def checked_commands(commands: Any) -> list[JsonObject]:
    """`commands` of setMyCommands: "At most 100 commands can be specified"."""
    if not isinstance(commands, list):
        raise bad_request("expected an Array of BotCommand")
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for entry in commands:
        if not isinstance(entry, dict) or not {"command", "description"} >= set(entry):
            raise bad_request("can't parse BotCommand: a command and a description expected")
        # "Text of the command; 1-32 characters. Can contain only lowercase English letters, digits and
        # underscores."
        if not _COMMAND.fullmatch(str(entry.get("command", "")).removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        # "Description of the command; 1-256 characters."
        if not 1 <= len(str(entry.get("description", ""))) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return [{**entry, "command": entry["command"].removeprefix("/")} for entry in commands]


def check_profile(what: str, text: str) -> None:
    """A name "0-64 characters", a description "0-512 characters", a short description "0-120 characters"."""
    if len(text) > _PROFILE_LIMITS[what]:
        raise bad_request(f"{what.replace('_', ' ')} is too long")


def check_language_code(code: str) -> None:
    """Empty (for all languages) or "A two-letter ISO 639-1 language code"."""
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("LANG_CODE_INVALID")


def check_callback_answer(text: str) -> None:
    """answerCallbackQuery: "Text of the notification. ... 0-200 characters"."""
    if len(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")


def check_secret_token(token: str) -> None:
    """setWebhook: "1-256 characters. Only characters A-Z, a-z, 0-9, _ and - are allowed"."""
    if token and not _SECRET_TOKEN.fullmatch(token):
        raise bad_request("secret token contains unallowed characters")


def checked_reaction(reaction: Any) -> list[str]:
    """setMessageReaction: "as non-premium users, bots can set up to one reaction per message"."""
    if not isinstance(reaction, list):
        raise bad_request("expected an Array of ReactionType")
    if len(reaction) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    emoji = [str(entry.get("emoji", "")).replace("\ufe0f", "") for entry in reaction]
    if any(entry.get("type") != "emoji" for entry in reaction) or not REACTIONS.issuperset(emoji):
        raise bad_request("REACTION_INVALID")
    return emoji

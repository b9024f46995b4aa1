"""The methods of the Bot API that write in chats: send, edit, delete, react, answer.

Owns what these methods do to the chats, and the refusals that depend on a chat. Must not know HTTP or the
queue of updates; rules that need nothing but the request are `limits.py` and `text.py`.

Follows https://core.telegram.org/bots/api#available-methods and #updating-messages.
"""

from typing import Any, Literal

from sandbox.telegram import limits
from sandbox.telegram.chat import Chat, Cloud, File, Message
from sandbox.telegram.error import (
    BotApiError,
    JsonObject,
    bad_request,
    forbidden,
    not_modelled,
    too_many_requests,
)
from sandbox.telegram.flood import FloodGate
from sandbox.telegram.params import Params
from sandbox.telegram.text import CAPTION_LIMIT, TEXT_LIMIT, Formatted, formatted, utf16_length

# Not documented. Telegram's apps stop waiting for an answer to a press within seconds.
CALLBACK_ANSWER_S = 15.0
# deleteMessage: "A message can only be deleted if it was sent less than 48 hours ago."
DELETABLE_S = 48 * 60 * 60
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)


class MessageMethods:
    def __init__(self, cloud: Cloud, flood: FloodGate) -> None:
        self.cloud = cloud
        self.flood = flood
        self.callback_answer_s = CALLBACK_ANSWER_S

    def send_message(self, params: Params) -> JsonObject:
        message = self._prepared(params)
        text = _content(params, "text", "entities")
        if not text.text:
            raise bad_request("message text is empty")
        if utf16_length(text.text) > TEXT_LIMIT:
            raise bad_request("message is too long")
        message.text, message.entities = text
        message.link_preview = params.structure("link_preview_options")
        return self._post(message)

    def send_document(self, params: Params) -> JsonObject:
        return self._send_file(params, "document")

    def send_voice(self, params: Params) -> JsonObject:
        return self._send_file(params, "voice")

    def send_photo(self, params: Params) -> JsonObject:
        return self._send_file(params, "photo")

    def edit_message_text(self, params: Params) -> JsonObject:
        message = self._editable(params)
        if message.file or message.contact:
            raise bad_request("there is no text in the message to edit")
        text = _content(params, "text", "entities")
        if not text.text:
            raise bad_request("message text is empty")
        if utf16_length(text.text) > TEXT_LIMIT:
            raise bad_request("MESSAGE_TOO_LONG")  # an edit is refused in other words than a new message
        return self._edit(message, params, text, params.structure("link_preview_options"))

    def edit_message_caption(self, params: Params) -> JsonObject:
        message = self._editable(params)
        if not message.file:
            raise bad_request("there is no caption in the message to edit")
        return self._edit(message, params, _caption(params), None)

    def edit_message_reply_markup(self, params: Params) -> JsonObject:
        message = self._editable(params)
        return self._edit(message, params, Formatted(message.text, message.entities), message.link_preview)

    def delete_message(self, params: Params) -> bool:
        chat = self.chat(params)
        message = chat.message(params.integer("message_id"))
        if message is None:
            raise bad_request("message to delete not found")
        if not self._deletable(message):
            raise bad_request("message can't be deleted")
        self._delete(message)
        return True

    def delete_messages(self, params: Params) -> bool:
        """Of many: "If some of the specified messages can't be found, they are skipped."."""
        chat = self.chat(params)
        ids = params.structure("message_ids")
        if not isinstance(ids, list) or not 1 <= len(ids) <= 100:
            raise bad_request("message identifiers: an Array of 1-100 expected")
        for message in filter(None, map(chat.message, ids)):
            if self._deletable(message):
                self._delete(message)
        return True

    def send_chat_action(self, params: Params) -> bool:
        chat = self._writable(params)
        action = params.string("action")
        if action not in limits.CHAT_ACTIONS:
            raise bad_request("wrong parameter action in request")
        self._topic(params, chat)
        self.cloud.changed("action", chat, None, action)
        return True

    def set_message_reaction(self, params: Params) -> bool:
        chat = self._writable(params)
        emoji = limits.checked_reaction(params.structure("reaction") or [])
        message = chat.message(params.integer("message_id"))
        if message is None:
            raise bad_request("message to react not found")
        message.reactions = emoji
        self.cloud.changed("reaction", chat, message, "".join(emoji))
        return True

    def answer_callback_query(self, params: Params) -> bool:
        limits.check_callback_answer(params.string("text"))
        if params.string("url"):
            raise bad_request("URL_INVALID")  # "url ... to be opened" is for games and t.me links of the bot
        press = self.cloud.presses.get(params.string("callback_query_id"))
        late = press is not None and self.cloud.now() - press.pressed_at > self.callback_answer_s
        if press is None or late or press.answered.done():
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        press.alert = params.flag("show_alert")
        press.answered.set_result(params.string("text"))
        self.cloud.changed("answer", press.message.chat, press.message, params.string("text"))
        return True

    def chat(self, params: Params) -> Chat:
        wanted = params.string("chat_id")
        if not wanted:
            raise bad_request("chat_id is empty")
        for chat in self.cloud.chats.values():
            # "or username of the target ... in the format @username": a person's name is not a chat.
            if wanted == str(chat.id) or (chat.is_group and chat.username and wanted == f"@{chat.username}"):
                return chat
        raise bad_request("chat not found")

    def _writable(self, params: Params) -> Chat:
        chat = self.chat(params)
        if chat.upgraded_to:
            what = "group chat was upgraded to a supergroup chat"
            raise BotApiError(400, f"Bad Request: {what}", migrate_to_chat_id=chat.upgraded_to.id)
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.met:
            raise forbidden("bot can't initiate conversation with a user")
        if chat.bot_status == "kicked":
            raise forbidden("bot was kicked from the supergroup chat")
        return chat

    def _topic(self, params: Params, chat: Chat) -> int | None:
        topic = params.integer("message_thread_id")
        if topic and topic not in chat.topics:
            raise bad_request("message thread not found")
        return topic or None

    def _prepared(self, params: Params) -> Message:
        """A message with all that every kind of message has; not on show yet."""
        chat = self._writable(params)
        topic = self._topic(params, chat)
        reply_to = self._reply(params, chat)
        markup = limits.checked_markup(params.structure("reply_markup"))
        message = self.cloud.new_message(chat, self.cloud.bot)
        message.topic = topic if topic or reply_to is None else reply_to.topic
        message.reply_to, message.markup = reply_to, markup
        message.silent = params.flag("disable_notification")
        return message

    def _reply(self, params: Params, chat: Chat) -> Message | None:
        reply = params.structure("reply_parameters")
        if not reply:
            return None
        if not isinstance(reply, dict) or not isinstance(reply.get("message_id"), int):
            raise bad_request("can't parse reply parameters: message_id expected")
        if str(reply.get("chat_id", chat.id)) != str(chat.id):
            raise not_modelled("a reply to a message of another chat")
        target = chat.message(reply["message_id"])
        if target is None and not reply.get("allow_sending_without_reply"):
            raise bad_request("message to be replied not found")
        return target

    def _post(self, message: Message) -> JsonObject:
        self._spend(message.chat)
        self.cloud.post(message)
        return message.as_json()

    def _spend(self, chat: Chat) -> None:
        wait_s = self.flood.spend(chat.id, group=chat.is_group, now=self.cloud.now())
        if wait_s:
            raise too_many_requests(wait_s)

    def _send_file(self, params: Params, kind: Literal["document", "voice", "photo"]) -> JsonObject:
        message = self._prepared(params)
        message.text, message.entities = _caption(params)
        message.file = self._file(params, kind)
        return self._post(message)

    def _file(self, params: Params, kind: Literal["document", "voice", "photo"]) -> File:
        upload = params.upload(kind)
        if upload is None:
            return self._known_file(params.string(kind), kind)
        if not upload.data:
            raise bad_request("file must be non-empty")
        if kind == "photo":
            if len(upload.data) > 10 * 1024 * 1024:  # sendPhoto: "The photo must be at most 10 MB in size."
                raise BotApiError(413, "Request Entity Too Large")
            if not upload.data.startswith((b"\xff\xd8\xff", b"\x89PNG", b"RIFF")):
                raise bad_request("IMAGE_PROCESS_FAILED")
        # sendVoice: "must be in an .OGG file encoded with OPUS, or in .MP3 format, or in .M4A format (other
        # formats may be sent as Audio or Document)".
        is_speech = b"OpusHead" in upload.data[:512] or upload.data[:3] in {b"ID3", b"\xff\xfb"}
        shown = "document" if kind == "voice" and not is_speech and upload.data[4:8] != b"ftyp" else kind
        return self.cloud.keep_file(shown, upload.name, upload.mime_type, upload.data, params.integer("duration"))

    def _known_file(self, name: str, kind: str) -> File:
        if not name:
            raise bad_request(f"there is no {kind} in the request")
        if "://" in name:
            raise not_modelled("a file by its URL")
        if name not in self.cloud.files:
            raise bad_request("wrong file identifier/HTTP URL specified")
        if self.cloud.files[name].kind != kind:  # "It is not possible to change the file type when resending"
            raise bad_request(f"can't use file of type {self.cloud.files[name].kind} as {kind}")
        return self.cloud.files[name]

    def _editable(self, params: Params) -> Message:
        chat = self._writable(params)
        message = chat.message(params.integer("message_id"))
        if message is None:
            raise bad_request("message to edit not found")
        if message.sender != "bot":
            raise bad_request("message can't be edited")
        return message

    def _edit(self, message: Message, params: Params, text: Formatted, link_preview: JsonObject | None) -> JsonObject:
        """Without `reply_markup` the keyboard goes: an edit always says the whole message."""
        markup = limits.checked_markup(params.structure("reply_markup"), inline_only=True)
        self._spend(message.chat)
        after = (text.text, text.entities, markup, link_preview)
        if after == (message.text, message.entities, message.markup, message.link_preview):
            raise bad_request(NOT_MODIFIED)
        message.text, message.entities, message.markup, message.link_preview = after
        self.cloud.edited(message)
        return message.as_json()

    def _deletable(self, message: Message) -> bool:
        """Own ones, and "Bots can delete incoming messages in private chats"."""
        may = message.sender == "bot" or not message.chat.is_group or message.chat.bot_status == "administrator"
        return may and self.cloud.now() - message.sent_at < DELETABLE_S

    def _delete(self, message: Message) -> None:
        message.deleted = True
        self.cloud.changed("delete", message.chat, message)


def _content(params: Params, text: str, entities: str) -> Formatted:
    given: Any = params.structure(entities)
    if given is not None and not (isinstance(given, list) and all(isinstance(e, dict) for e in given)):
        raise bad_request("can't parse entities: Array of MessageEntity expected")
    return formatted(params.string(text), parse_mode=params.string("parse_mode"), entities=given)


def _caption(params: Params) -> Formatted:
    caption = _content(params, "caption", "caption_entities")
    if utf16_length(caption.text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return caption

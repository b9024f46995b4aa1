"""The methods of the Bot API about the bot itself, and those that only look: profile, commands, webhook,
chats, files.

Owns the bot's profile and commands. Must not know HTTP; messages are `messages.py`', delivery
`updates.py`'.

Follows https://core.telegram.org/bots/api#getting-updates, #available-methods (getMe to getFile),
#setmycommands.
"""

import json
from typing import Any
from urllib.parse import urlsplit

from sandbox.telegram import limits
from sandbox.telegram.chat import Chat, Cloud
from sandbox.telegram.error import JsonObject, bad_request, too_many_requests
from sandbox.telegram.messages import MessageMethods
from sandbox.telegram.params import Params
from sandbox.telegram.updates import UpdateQueue, Webhook

DOWNLOAD_LIMIT = 20 * 1024 * 1024  # getFile: "bots can download files of up to 20MB in size"
CLOSE_AFTER_S = 600  # close: "The method will return error 429 in the first 10 minutes after the bot is launched."


class AccountMethods:
    def __init__(self, cloud: Cloud, updates: UpdateQueue, messages: MessageMethods) -> None:
        self.cloud = cloud
        self.updates = updates
        self._messages = messages
        self._launched_at: float | None = None
        self.logged_out = False
        self.commands: dict[tuple[str, str], list[JsonObject]] = {}  # by scope and language
        self.profile: dict[tuple[str, str], str] = {}  # by what (name, description, ...) and language

    def get_me(self, params: Params) -> JsonObject:
        del params
        self._launched()
        return self.cloud.bot.as_json() | {
            "can_join_groups": True,
            "can_read_all_group_messages": not self.cloud.privacy_mode,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def log_out(self, params: Params) -> bool:
        del params
        self.logged_out = True
        return True

    def close(self, params: Params) -> bool:
        del params
        left_s = self._launched() + CLOSE_AFTER_S - self.cloud.now()
        if left_s > 0:
            raise too_many_requests(int(left_s) + 1)
        self._launched_at = None
        return True

    def _launched(self) -> float:
        if self._launched_at is None:
            self._launched_at = self.cloud.now()
        return self._launched_at

    async def get_updates(self, params: Params) -> list[JsonObject]:
        self._allow(params)
        return await self.updates.poll(
            offset=params.integer("offset"),
            limit=params.integer("limit", 100),
            timeout_s=params.integer("timeout"),
        )

    async def set_webhook(self, params: Params) -> bool:
        url = params.string("url")
        if not url:
            return await self.delete_webhook(params)
        # https://github.com/tdlib/telegram-bot-api run with --local takes "an HTTP URL" and any port; so does
        # this one.
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        limits.check_secret_token(params.string("secret_token"))
        most = params.integer("max_connections", 40)  # "1-100. Defaults to 40."
        if not 1 <= most <= 100:
            raise bad_request("max_connections must be between 1 and 100")
        self._allow(params)
        webhook = Webhook(url, params.string("secret_token"), most, params.upload("certificate") is not None)
        self.updates.epoch = self.cloud.date() - self.cloud.now()
        await self.updates.set_webhook(webhook, drop_pending=params.flag("drop_pending_updates"))
        return True

    async def delete_webhook(self, params: Params) -> bool:
        await self.updates.set_webhook(Webhook(), drop_pending=params.flag("drop_pending_updates"))
        return True

    def get_webhook_info(self, params: Params) -> JsonObject:
        del params
        webhook = self.updates.webhook
        info: JsonObject = {
            "url": webhook.url,
            "has_custom_certificate": webhook.certificate,
            "pending_update_count": len(self.updates.pending),
        }
        if webhook.url:
            info["max_connections"] = webhook.max_connections
        if webhook.last_error:
            info |= {"last_error_date": webhook.last_error_date, "last_error_message": webhook.last_error}
        if self.updates.allowed:
            info["allowed_updates"] = sorted(self.updates.allowed)
        return info

    def _allow(self, params: Params) -> None:
        """`allowed_updates`: "If not specified, the previous setting will be used."."""
        allowed = params.structure("allowed_updates")
        if allowed is None:
            return
        if not isinstance(allowed, list) or not all(isinstance(kind, str) for kind in allowed):
            raise bad_request("can't parse allowed updates: Array of String expected")
        self.updates.allowed = frozenset(allowed)

    def set_my_commands(self, params: Params) -> bool:
        self.commands[_commands_key(params)] = limits.checked_commands(params.structure("commands"))
        return True

    def get_my_commands(self, params: Params) -> list[JsonObject]:
        return self.commands.get(_commands_key(params), [])

    def delete_my_commands(self, params: Params) -> bool:
        self.commands.pop(_commands_key(params), None)
        return True

    def set_my_name(self, params: Params) -> bool:
        return self._set_profile(params, "name")

    def get_my_name(self, params: Params) -> JsonObject:
        return {"name": self._profile(params, "name") or self.cloud.bot.first_name}

    def set_my_description(self, params: Params) -> bool:
        return self._set_profile(params, "description")

    def get_my_description(self, params: Params) -> JsonObject:
        return {"description": self._profile(params, "description")}

    def set_my_short_description(self, params: Params) -> bool:
        return self._set_profile(params, "short_description")

    def get_my_short_description(self, params: Params) -> JsonObject:
        return {"short_description": self._profile(params, "short_description")}

    def _set_profile(self, params: Params, what: str) -> bool:
        limits.check_language_code(params.string("language_code"))
        limits.check_profile(what, params.string(what))
        self.profile[what, params.string("language_code")] = params.string(what)
        return True

    def _profile(self, params: Params, what: str) -> str:
        """In the language asked for, else in the one for all."""
        return self.profile.get((what, params.string("language_code")), self.profile.get((what, ""), ""))

    def get_chat(self, params: Params) -> JsonObject:
        chat = self._messages.chat(params)
        return chat.as_json() | {
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": {
                "unlimited_gifts": False,
                "limited_gifts": False,
                "unique_gifts": False,
                "premium_subscription": False,
                "gifts_from_channels": False,
            },
        }

    def get_chat_member(self, params: Params) -> JsonObject:
        chat = self._messages.chat(params)
        user_id = params.integer("user_id")
        if user_id == self.cloud.bot.id:
            return self.cloud.membership(self.cloud.bot, chat.bot_status)
        if user_id in chat.members:
            return self.cloud.membership(chat.members[user_id], _status(chat, user_id))
        stranger = self.cloud.chats.get(user_id)  # a private chat has the id of its person
        if stranger is None:
            raise bad_request("user not found")
        return self.cloud.membership(stranger.members[user_id], "left")

    def get_file(self, params: Params) -> JsonObject:
        file = self.cloud.files.get(params.string("file_id"))
        if file is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if len(file.data) > DOWNLOAD_LIMIT:
            raise bad_request("file is too big")
        return {
            "file_id": file.file_id,
            "file_unique_id": f"u-{file.file_id}",
            "file_size": len(file.data),
            "file_path": file.path,
        }


def _commands_key(params: Params) -> tuple[str, str]:
    scope: Any = params.structure("scope") or {"type": "default"}
    limits.check_language_code(params.string("language_code"))
    return json.dumps(scope, sort_keys=True), params.string("language_code")


def _status(chat: Chat, user_id: int) -> str:
    return "creator" if chat.is_group and next(iter(chat.members)) == user_id else "member"

"""How the stand-in Telegram refuses: one exception, in the Bot API's own words.

Owns the shape of a refusal: HTTP status, description, `parameters`. Pure. Must not decide what is refused;
that is `text.py`, `limits.py`, `flood.py` and the methods.

Follows https://core.telegram.org/bots/api#making-requests ("an 'error_code' and a 'description' of the
error") and https://core.telegram.org/bots/api#responseparameters.
"""

from typing import Any

JsonObject = dict[str, Any]  # an object of the Bot API as it travels


class BotApiError(Exception):
    """A request that the Bot API answers with `ok: false`. `retry_after` is in whole seconds, `migrate_to_chat_id` the
    supergroup that a group has become.
    """

    def __init__(
        self, code: int, description: str, *, retry_after: int | None = None, migrate_to_chat_id: int | None = None
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.migrate_to_chat_id = migrate_to_chat_id

    def as_json(self) -> JsonObject:
        answer: JsonObject = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after is not None:
            answer["parameters"] = {"retry_after": self.retry_after}
        if self.migrate_to_chat_id is not None:
            answer["parameters"] = {"migrate_to_chat_id": self.migrate_to_chat_id}
        return answer


def bad_request(what: str) -> BotApiError:
    return BotApiError(400, f"Bad Request: {what}")


def forbidden(what: str) -> BotApiError:
    return BotApiError(403, f"Forbidden: {what}")


def conflict(what: str) -> BotApiError:
    return BotApiError(409, f"Conflict: {what}")


def too_many_requests(retry_after: int) -> BotApiError:
    return BotApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def not_modelled(what: str) -> BotApiError:
    """What Telegram would take and this stand-in does not: said plainly, so that nobody blames Telegram."""
    return bad_request(f"{what} (refused by the stand-in's own strictness, not by Telegram)")

"""A stand-in for the Telegram Bot API on loopback, and the people who write to the bot."""

from sandbox.telegram.server import (
    BotRequest,
    Change,
    Chat,
    FloodLimits,
    Message,
    Person,
    Press,
    TelegramStandIn,
)

__all__ = ["BotRequest", "Change", "Chat", "FloodLimits", "Message", "Person", "Press", "TelegramStandIn"]

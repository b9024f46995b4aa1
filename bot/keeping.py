"""What the chat's side is given, and what it keeps: the first of the three layers that make it up.

Owns no resource: `app.py` does. On it stand `calling.py` (from words to a report) and `front.py` (who answers people).
"""

from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import Bot

from bot import zones
from bot.address_book import AddressBook
from bot.chat import Chat
from bot.conversation import Rules
from bot.ledger import Ledger
from bot.people import People
from bot.roster import Roster
from bot.settings import Settings
from bot.store import Store, WallClock
from bot.text_model import TextModel
from bridge import numbers
from bridge.journal import Journal
from bridge.prices import Prices
from bridge.switchboard import Switchboard


class Keeping:
    """Each part is made when it is first asked for, of the parts that it needs."""

    def __init__(
        self,
        settings: Settings,
        *,
        engine: AsyncEngine,
        bot: Bot,
        text_model: TextModel,
        switchboard: Switchboard,
        journal: Journal,
        prices: Prices,
        wall: WallClock,
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._bot = bot
        self._text_model = text_model
        self._switchboard = switchboard
        self._journal = journal
        self._prices = prices
        self._wall = wall
        self._region = numbers.region_of(settings.twilio_phone_number)
        self._zone = _zone(settings)

    def rules(self, chat: Chat) -> Rules:
        settings = self._settings
        disclose = settings.disclose_ai if chat.disclose is None else chat.disclose
        return Rules(self._region, settings.max_call_minutes, disclose, settings.record_calls)

    # What is kept

    @cached_property
    def store(self) -> Store:
        return Store(self._engine, self._wall)

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self._engine, self._wall)

    @cached_property
    def address_book(self) -> AddressBook:
        return AddressBook(self._engine)

    @cached_property
    def roster(self) -> Roster:
        return Roster(self._engine, Chat(0, zone=self._zone))

    @cached_property
    def people(self) -> People:
        return People(self.roster, self._settings.telegram_admins)


def _zone(settings: Settings) -> str:
    """The time zone of a chat that has set none."""
    return settings.time_zone or next(iter(zones.likely(settings.twilio_phone_number)), "UTC")

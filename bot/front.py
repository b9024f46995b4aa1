"""The chat's side, put together: who knows whom. Made once by `app.py`, which owns its lifetime.

Owns no resource and no rule.
"""

from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncEngine
from telegram import Bot

from bot import budget, quiet, zones
from bot.address_book import AddressBook
from bot.admin import Admin
from bot.calls import Calls
from bot.candidates import Candidates
from bot.chat import Chat
from bot.commands import Commands
from bot.contacts import Contacts
from bot.conversation import Rules, Stage
from bot.desk import Desk
from bot.dispatch import Dispatch
from bot.door import Door
from bot.drafting import Drafting
from bot.follower import Follower
from bot.forgetting import Forgetting
from bot.groups import Groups
from bot.handlers import Handlers
from bot.history import History
from bot.ledger import Ledger
from bot.lookup import Lookup
from bot.money import Money
from bot.oversight import Oversight
from bot.onboarding import Onboarding
from bot.people import People
from bot.permits import Permits, Policy
from bot.planner import Planner
from bot.planning import Planning
from bot.post import Post
from bot.preferences import Preferences
from bot.questions import Questions
from bot.rehearsals import Rehearsals
from bot.report import Reporter
from bot.reporting import Reporting
from bot.retries import Retries
from bot.roster import Roster
from bot.schedule import Schedule
from bot.settings import Settings
from bot.store import Store, WallClock
from bot.text_model import TextModel
from bot.voice_notes import VoiceNotes
from bridge import numbers
from bridge.journal import Journal
from bridge.prices import Prices
from bridge.switchboard import Switchboard


class Front:
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

    # Its life, which the app leads

    async def load(self) -> None:
        """Before the first update."""
        await self.people.load()
        await self.schedule.recover()
        self.reporting.afterwards = self.retries.afterwards
        self.desk.answer_to("retry", self.retries.pressed)

    async def resume(self) -> None:
        """After a start: end what a former process left open, and report what was never reported."""
        await self._switchboard.recover()
        for draft in await self.store.in_stage(Stage.PLACED):
            if self._switchboard.call(draft.id) is None:
                self.follower.report_late(draft)
        self.schedule.start()

    async def close(self) -> None:
        await self.schedule.close()
        await self.rehearsals.close()
        await self.follower.close()

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
        return Roster(self._engine, Chat(0, zone=_zone(self._settings)))

    @cached_property
    def people(self) -> People:
        return People(self.roster, self._settings.telegram_admins)

    # From words to a call

    @cached_property
    def post(self) -> Post:
        return Post(self._bot)

    @cached_property
    def drafting(self) -> Drafting:
        return Drafting(
            post=self.post,
            store=self.store,
            roster=self.roster,
            planning=Planning(
                store=self.store,
                contacts=self.address_book,
                planner=Planner(self._text_model, max_minutes=self._settings.max_call_minutes),
                wall=self._wall,
            ),
            candidates=Candidates(post=self.post, lookup=Lookup(self._text_model, region=self._region)),
            prices=self._prices,
            rules=self.rules,
            wall=self._wall,
        )

    @cached_property
    def permits(self) -> Permits:
        return Permits(self.ledger, self.people, _policy(self._settings), self._prices)

    @cached_property
    def dispatch(self) -> Dispatch:
        return Dispatch(
            store=self.store,
            roster=self.roster,
            ledger=self.ledger,
            permits=self.permits,
            switchboard=self._switchboard,
            follower=self.follower,
            rules=self.rules,
            wall=self._wall,
        )

    @cached_property
    def schedule(self) -> Schedule:
        return Schedule(
            post=self.post,
            store=self.store,
            roster=self.roster,
            ledger=self.ledger,
            journal=self._journal,
            switchboard=self._switchboard,
            drafting=self.drafting,
            dispatch=self.dispatch,
            wall=self._wall,
        )

    @cached_property
    def rehearsals(self) -> Rehearsals:
        return Rehearsals(
            post=self.post,
            store=self.store,
            roster=self.roster,
            drafting=self.drafting,
            switchboard=self._switchboard,
            rules=self.rules,
        )

    # From a call to its report

    @cached_property
    def questions(self) -> Questions:
        return Questions(self.post)

    @cached_property
    def reporting(self) -> Reporting:
        return Reporting(
            post=self.post,
            store=self.store,
            roster=self.roster,
            contacts=self.address_book,
            ledger=self.ledger,
            reporter=Reporter(self._text_model),
            recording_of=self._switchboard.recording_of,
            wall=self._wall,
        )

    @cached_property
    def follower(self) -> Follower:
        return Follower(
            post=self.post,
            store=self.store,
            roster=self.roster,
            ledger=self.ledger,
            journal=self._journal,
            questions=self.questions,
            reporting=self.reporting,
        )

    @cached_property
    def calls(self) -> Calls:
        return Calls(
            post=self.post,
            store=self.store,
            roster=self.roster,
            contacts=self.address_book,
            ledger=self.ledger,
            people=self.people,
            switchboard=self._switchboard,
            journal=self._journal,
            questions=self.questions,
        )

    @cached_property
    def retries(self) -> Retries:
        return Retries(
            post=self.post,
            store=self.store,
            roster=self.roster,
            drafting=self.drafting,
            dispatch=self.dispatch,
            schedule=self.schedule,
            calls=self.calls,
            wall=self._wall,
        )

    # Who answers what people do

    @cached_property
    def desk(self) -> Desk:
        return Desk(
            post=self.post,
            store=self.store,
            roster=self.roster,
            people=self.people,
            drafting=self.drafting,
            dispatch=self.dispatch,
            schedule=self.schedule,
            calls=self.calls,
            rehearsals=self.rehearsals,
        )

    @cached_property
    def commands(self) -> Commands:
        return Commands(post=self.post, people=self.people, desk=self.desk, calls=self.calls)

    @cached_property
    def history(self) -> History:
        return History(
            post=self.post,
            store=self.store,
            roster=self.roster,
            people=self.people,
            schedule=self.schedule,
            calls=self.calls,
            wall=self._wall,
        )

    @cached_property
    def admin(self) -> Admin:
        return Admin(
            post=self.post,
            roster=self.roster,
            people=self.people,
            groups=self.groups,
            ledger=self.ledger,
            wall=self._wall,
        )

    @cached_property
    def groups(self) -> Groups:
        return Groups(self._engine, post=self.post, roster=self.roster, people=self.people, ledger=self.ledger)

    @cached_property
    def money(self) -> Money:
        return Money(
            post=self.post,
            roster=self.roster,
            admin=self.admin,
            ledger=self.ledger,
            permits=self.permits,
            wall=self._wall,
        )

    @cached_property
    def oversight(self) -> Oversight:
        return Oversight(
            post=self.post,
            roster=self.roster,
            people=self.people,
            admin=self.admin,
            ledger=self.ledger,
            region=self._region,
        )

    @cached_property
    def contacts(self) -> Contacts:
        return Contacts(
            post=self.post,
            store=self.store,
            roster=self.roster,
            people=self.people,
            ledger=self.ledger,
            address_book=self.address_book,
            desk=self.desk,
            drafting=self.drafting,
            calls=self.calls,
            onboarding=self.onboarding,
            region=self._region,
        )

    @cached_property
    def voice_notes(self) -> VoiceNotes:
        return VoiceNotes(
            post=self.post,
            people=self.people,
            text_model=self._text_model,
            desk=self.desk,
            reply=self.preferences.reply,
        )

    @cached_property
    def preferences(self) -> Preferences:
        return Preferences(
            post=self.post,
            store=self.store,
            roster=self.roster,
            people=self.people,
            ledger=self.ledger,
            rules=self.rules,
            number=self._settings.twilio_phone_number,
            wall=self._wall,
        )

    @cached_property
    def onboarding(self) -> Onboarding:
        return Onboarding(
            post=self.post,
            roster=self.roster,
            people=self.people,
            preferences=self.preferences,
            drafting=self.drafting,
            inviting=self.admin,
        )

    @cached_property
    def forgetting(self) -> Forgetting:
        return Forgetting(
            post=self.post,
            store=self.store,
            roster=self.roster,
            people=self.people,
            contacts=self.address_book,
            ledger=self.ledger,
            desk=self.desk,
            rehearsals=self.rehearsals,
            follower=self.follower,
            switchboard=self._switchboard,
            journal=self._journal,
        )

    @cached_property
    def handlers(self) -> Handlers:
        return Handlers(
            desk=self.desk,
            door=Door(post=self.post, people=self.people, groups=self.groups),
            groups=self.groups,
            roster=self.roster,
            post=self.post,
            commands={
                "start": self.onboarding.start,
                **self.commands.by_name(),
                **self.contacts.by_name(),
                **self.history.by_name(),
                **self.admin.by_name(),
                **self.money.by_name(),
                **self.oversight.by_name(),
                **self.preferences.by_name(),
                **self.forgetting.by_name(),
            },
            open_commands={"start": self.onboarding.invited},
            taps={
                "c": self.desk.press,
                "k": self.contacts.press,
                "l": self.history.press,
                "s": self.preferences.press,
                "f": self.forgetting.press,
                "g": self.groups.press,
                "a": self.oversight.press,
            },
            unknown=self.commands.unknown,
            contact=self.contacts.shared,
            voice=self.voice_notes.heard,
            reply=self.preferences.reply,
        )


def _zone(settings: Settings) -> str:
    """The time zone of a chat that has set none."""
    return settings.time_zone or next(iter(zones.likely(settings.twilio_phone_number)), "UTC")


def _policy(settings: Settings) -> Policy:
    return Policy(
        quiet.parse(settings.quiet_hours),
        frozenset(settings.allowed_countries),
        budget.parse(settings.person_budget),
        budget.parse(settings.chat_budget),
        _zone(settings),
    )

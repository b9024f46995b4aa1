"""The chat's side, put together: who knows whom. Made once by `app.py`, which owns its lifetime.

Owns no resource and no rule.
"""

from collections.abc import Sequence
from functools import cached_property

from bot.admin import Admin
from bot.calling import Calling
from bot.canary.call import Canary
from bot.commands import Commands
from bot.contacts import Contacts
from bot.conversation import Draft, Stage
from bot.desk import Desk
from bot.door import Door
from bot.erasing import Erasing
from bot.forgetting import Forgetting
from bot.groups import Groups
from bot.handlers import Handlers
from bot.history import History
from bot.money import Money
from bot.onboarding import Onboarding
from bot.oversight import Oversight
from bot.preferences import Preferences
from bot.retention import Retention
from bot.timelines import Timelines
from bot.voice_notes import VoiceNotes


class Front(Calling):
    """Each part is made when it is first asked for, of the parts that it needs."""

    _left: Sequence[Draft] = ()  # the calls that a former process had placed and not reported

    # Its life, which the app leads

    async def load(self) -> None:
        """Before the first update."""
        await self.people.load()
        self._left = await self.store.in_stage(Stage.PLACED)
        await self.schedule.recover()
        self.reporting.afterwards = self.retries.afterwards
        self.desk.answer_to("retry", self.retries.pressed)

    async def resume(self) -> None:
        """After a start: show the calls that go on from a former process, and report what was never reported."""
        for draft in self._left:
            if call := self._switchboard.call(draft.id):
                self.follower.go_on(call, draft)
            else:
                self.follower.report_late(draft)
        self.schedule.start()
        self.retention.start()

    async def close(self) -> None:
        await self.retention.close()
        await self.schedule.close()
        await self.rehearsals.close()
        await self.follower.close()

    @cached_property
    def canary(self) -> Canary:
        return Canary(
            post=self.post,
            store=self.store,
            roster=self.roster,
            drafting=self.drafting,
            dispatch=self.dispatch,
            follower=self.follower,
            switchboard=self._switchboard,
            journal=self._journal,
            rules=self.rules,
            admins=self._settings.telegram_admins,
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
    def timelines(self) -> Timelines:
        return Timelines(post=self.post, store=self.store, journal=self._journal)

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
            erasing=self.erasing,
        )

    @cached_property
    def erasing(self) -> Erasing:
        return Erasing(
            store=self.store,
            journal=self._journal,
            switchboard=self._switchboard,
            rehearsals=self.rehearsals,
            follower=self.follower,
        )

    @cached_property
    def retention(self) -> Retention:
        return Retention(
            store=self.store,
            desk=self.desk,
            erasing=self.erasing,
            follower=self.follower,
            switchboard=self._switchboard,
            days=self._settings.retention_days,
            wall=self._wall,
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
                **self.timelines.by_name(),
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

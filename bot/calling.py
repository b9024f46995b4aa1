"""From words to a call and on to its report: the parts of the chat's side that do the work, put together.

Owns no rule and no resource.
"""

from functools import cached_property

from bot import budget, quiet
from bot.calls import Calls
from bot.candidates import Candidates
from bot.dispatch import Dispatch
from bot.drafting import Drafting
from bot.follower import Follower
from bot.keeping import Keeping
from bot.lookup import Lookup
from bot.permits import Permits, Policy
from bot.planner import Planner
from bot.planning import Planning
from bot.post import Post
from bot.questions import Questions
from bot.rehearsals import Rehearsals
from bot.report import Reporter
from bot.reporting import Reporting
from bot.retries import Retries
from bot.schedule import Schedule
from bot.settings import Settings


class Calling(Keeping):
    """Each part is made when it is first asked for, of the parts that it needs."""

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
        return Permits(self.ledger, self.people, _policy(self._settings, self._zone), self._prices)

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
            ledger=self.ledger,
            permits=self.permits,
            drafting=self.drafting,
            switchboard=self._switchboard,
            rules=self.rules,
            wall=self._wall,
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
            wall=self._wall,
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
            permits=self.permits,
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


def _policy(settings: Settings, zone: str) -> Policy:
    return Policy(
        quiet.parse(settings.quiet_hours),
        frozenset(settings.allowed_countries),
        budget.parse(settings.person_budget),
        budget.parse(settings.chat_budget),
        zone,
    )

"""The machines that a call's session is made of, set up and joined.

Pure. Owns how they hang together, and nothing of what they do: `session.py` hands them what happens.
"""

from collections.abc import Callable

from bridge.actions import Action
from bridge.adoption import Adoption
from bridge.briefing import Briefing
from bridge.call import CallSpec, EndReason
from bridge.clock import Clock
from bridge.dialogue import Dialogue
from bridge.latency import Latency
from bridge.limits import Limits
from bridge.opening import Opening
from bridge.phrases import phrasebook
from bridge.prices import Prices
from bridge.recovery import Recovery
from bridge.spending import Spending
from bridge.standing import Standing
from bridge.takeover import Takeover
from bridge.timers import Timers
from bridge.toolbox import Toolbox
from bridge.transcript import Transcript

EndPolitely = Callable[[EndReason, str], list[Action]]
HangUp = Callable[[EndReason], list[Action]]


class Parts:
    def __init__(
        self,
        spec: CallSpec,
        briefing: Briefing,
        prices: Prices,
        clock: Clock,
        standing: Standing,
        *,
        end_politely: EndPolitely,
        hang_up: HangUp,
    ) -> None:
        """`standing` is how far a former process has come with the call."""
        self.timers = Timers()
        self.latency = Latency(clock)
        self.spending = Spending(prices, clock, most_usd=spec.max_cost_usd, standing=standing)
        transcript = Transcript(standing.turns)
        opening = Opening.of(standing, waits=briefing.waits_for_greeting)
        self.dialogue = Dialogue(briefing, phrasebook(briefing.language), clock, opening, transcript)
        self.toolbox = Toolbox(
            spec, clock, self.dialogue, end_politely=end_politely, hang_up=hang_up, standing=standing
        )
        self.recovery = Recovery(self.dialogue, self.toolbox, clock, standing, principal=briefing.principal)
        self.takeover = Takeover(self.dialogue, self.toolbox, clock, standing)
        self.limits = Limits(spec.max_duration_s, self.timers, self.spending, clock)
        self.adoption = Adoption(
            spec,
            standing,
            clock,
            self.timers,
            self.limits,
            transcript=transcript,
            dialogue=self.dialogue,
            toolbox=self.toolbox,
            recovery=self.recovery,
            end_politely=end_politely,
        )

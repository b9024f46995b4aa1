"""What a call costs so far, and when its limit bids the agent take leave.

Pure. Owns the usage, the minutes of the line and what is left of the money; what is said then and the hang-up are
`session.py`'s. Twilio bills each minute begun, of the media stream and of each leg
(https://support.twilio.com/hc/en-us/articles/223132307), so a call that cannot pay for another minute has to be over
before that begins.
"""

from math import ceil, inf

import msgspec

from bridge import events
from bridge.actions import Action, Tell
from bridge.call import Usage
from bridge.clock import Clock
from bridge.prices import Prices
from bridge.standing import FRESH, Standing

LEAVE_S = 20.0  # a polite ending takes no longer
HANG_UP_S = 3.0  # one without a word
SPOKEN = 160, 60  # tokens of audio and of text in eight seconds of the agent's speech
FIRST = Usage(text_in=1500, audio_out=SPOKEN[0], text_out=SPOKEN[1])  # the prompt, the tools and an opening
_MINUTE_S = 60.0
_BEGUN_S = 0.001  # a minute has begun when so much of it is over


class Spending:
    """`most_usd` is the call's limit, 0 for none; `standing` is how far a former process has come. Everything happens
    at the clock's now.
    """

    def __init__(self, prices: Prices, clock: Clock, *, most_usd: float, standing: Standing = FRESH) -> None:
        self.usage = standing.usage
        self.deadline: float | None = None  # when time alone changes something: `settle` is due
        self._prices = prices
        self._clock = clock
        self._most = most_usd or inf
        self._response = FIRST  # the last one: another is billed the same conversation, and hardly more
        self._answered = clock.at(standing.answered_ms)
        self._joined = clock.at(standing.taken_over_ms)  # since when the requester's own phone is a second leg
        self._over: float | None = None  # when the line had its end, where that is known
        self._told = round(standing.cost_usd * 100)  # cents
        self._spare = 0.0  # dollars: what an ending and another response would leave
        self._urgent = False  # the next minute cannot be paid for, and begins before an ending is over
        self._reckon()

    @property
    def talk_s(self) -> float:
        return 0.0 if self._answered is None else self._until - self._answered

    @property
    def ring_s(self) -> float:
        return (self._until if self._answered is None else self._answered) - self._clock.started

    @property
    def cost_usd(self) -> float:
        return self._cost(self.usage)

    def responded(self, usage: Usage) -> list[Action]:
        if usage != Usage():
            self._response = usage
        return self._used(usage)

    def transcribed(self, seconds: float) -> list[Action]:
        return self._used(Usage(transcribed_s=seconds))

    def answered(self) -> None:
        self._answered = self.deadline = self._clock.now

    def over(self, at: float, *, talk_s: float) -> None:
        """The line has had its end already. `talk_s` is the carrier's word, where nobody was there for the answer."""
        self._over = at
        if self._answered is None and talk_s:
            self._answered = at - talk_s

    def joined(self) -> None:
        """The requester's own phone takes over: a leg of its own, and the media stream is over."""
        self._joined = self.deadline = self._clock.now

    def given_back(self) -> None:
        """That phone was not answered, and cost nothing."""
        self._joined, self.deadline = None, self._clock.now

    def settle(self) -> list[Action]:
        """Tells of another cent."""
        if self.deadline is None or self._clock.now < self.deadline:
            return []
        self._reckon()
        cents = round(self.cost_usd * 100)
        if cents <= self._told:
            return []
        self._told = cents
        return [Tell(events.CostRose(at_ms=self._clock.at_ms, cost_usd=cents / 100, usage=self.usage))]

    def spent(self, *, at_rest: bool) -> bool:
        """Time to end the call. Where another response cannot be paid for: only once nobody is speaking."""
        return self._urgent or (at_rest and self._spare < 0.0)

    def _used(self, usage: Usage) -> list[Action]:
        self.usage += usage
        self.deadline = self._clock.now
        return self.settle()

    def _reckon(self) -> None:
        """What an ending would leave that begins now, and when the line's minutes change that."""
        ending, takes_s = self.usage + self._farewell(), LEAVE_S
        if self._joined is not None:
            ending, takes_s = self.usage, HANG_UP_S  # the agent is not there any more
        cost = self._cost(ending, ahead_s=takes_s)
        self._urgent = cost > max(self._most, self._cost(ending))
        self._spare = self._most - cost - self._prices.cost(self._response, talk_s=0.0)
        ahead = (0.0,) if self._most == inf else (0.0, takes_s)
        legs = [began for began in (self._answered, self._joined) if began is not None]
        self.deadline = min((self._next_minute(leg, seconds) for leg in legs for seconds in ahead), default=None)

    def _next_minute(self, began: float, ahead_s: float) -> float:
        """When it will be so many seconds until the next minute of a leg begins."""
        minutes = ceil((self._clock.now + ahead_s - began) / _MINUTE_S)
        return began + minutes * _MINUTE_S - ahead_s + _BEGUN_S

    def _farewell(self) -> Usage:
        """With the response that it may break off. It has instructions of its own, and those stand before all that was
        said: nothing of it is cached (https://developers.openai.com/api/docs/guides/realtime-costs).
        """
        last, (audio, text) = self._response, SPOKEN
        return msgspec.structs.replace(last, audio_out=0, text_out=0) + Usage(
            audio_in=last.audio_in + last.audio_in_cached + last.audio_out,
            text_in=last.text_in + last.text_in_cached + last.text_out,
            audio_out=audio,
            text_out=text,
        )

    @property
    def _until(self) -> float:
        return self._clock.now if self._over is None else self._over

    def _cost(self, usage: Usage, *, ahead_s: float = 0.0) -> float:
        joined_s = 0.0 if self._joined is None else max(0.0, self._until - self._joined) + ahead_s
        return self._prices.cost(usage, talk_s=self.talk_s + ahead_s, joined_s=joined_s)

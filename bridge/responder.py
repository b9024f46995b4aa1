"""One response at a time: asks the model to speak, and only when it is not already at it.

Pure. Owns what is known of the model's responses. The Realtime API refuses a `response.create` while a response is
active (`conversation_already_has_active_response`), so a wish made meanwhile is kept and sent when that one has
ended.
"""

from dataclasses import dataclass, field

from bridge.actions import Action, CancelResponse, Respond

FAILURES_IN = 60.0  # seconds in which
FAILURES_MAX = 3  # so many failed responses are too many


@dataclass
class Responder:
    active: str = ""  # id of the response that is being made
    _asked: bool = False  # sent, and not begun yet
    _unwanted: bool = False  # cancelled before it began
    _next: Respond | None = None
    _last: Respond | None = None  # to be asked for again if it fails
    _failures: list[float] = field(default_factory=list)

    @property
    def busy(self) -> bool:
        return bool(self.active) or self._asked

    @property
    def unwanted(self) -> bool:
        return self._unwanted

    def ask(self, wish: Respond) -> list[Action]:
        if self.busy:
            self._next = wish
            return []
        self._asked = True
        self._last = wish
        return [wish]

    def began(self, response_id: str) -> list[Action]:
        """A response is being made: ours, or one that the model began by itself."""
        self.active = response_id
        self._asked = False
        if self._unwanted:
            return [CancelResponse(response_id)]
        return []

    def cancel(self) -> list[Action]:
        """Stop the response that is being made, and forget what was wished after it."""
        self._next = None
        if self._asked:
            self._unwanted = True
            return []
        if not self.active or self._unwanted:
            return []
        self._unwanted = True
        return [CancelResponse(self.active)]

    def forget(self) -> None:
        """Nothing is wished for any more: not after the response that is being made, and not that one if it fails."""
        self._next = self._last = None

    def ended(self, response_id: str, status: str, now: float) -> list[Action]:
        """A response is over. One that failed is asked for again."""
        if response_id != self.active:
            return []
        wanted = self._next
        if status == "failed" and not self._unwanted:
            self._failures = [at for at in self._failures if now - at < FAILURES_IN] + [now]
            wanted = wanted or self._last
        self.active = ""
        self._unwanted = False
        self._next = None
        return self.ask(wanted) if wanted and not self.failing(now) else []

    def refused(self) -> list[Action]:
        """The model says that a response is active already; whichever it is, its end will be told."""
        self._next = self._next or self._last
        self._asked = False
        return []

    def declined(self, now: float) -> list[Action]:
        """The model will not begin the response that was asked for: that is a failure too, and it is asked again."""
        if not self._asked:
            return []
        self._asked = False
        return self.ended("", "failed", now)

    def lost(self) -> None:
        """The model is gone, and whatever it was making."""
        self.active = ""
        self._asked = self._unwanted = False
        self._next = None

    def failing(self, now: float) -> bool:
        """Too many responses failed of late for the call to go on."""
        return len([at for at in self._failures if now - at < FAILURES_IN]) >= FAILURES_MAX

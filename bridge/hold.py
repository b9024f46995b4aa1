"""On hold: the callee has asked us to wait, or only music and announcements are heard.

Pure. Owns whether the call is on hold and whether a person is back. While holding nothing is asked of the model and
nothing is said, so that no response is paid for.
"""

from dataclasses import dataclass

from bridge.phrases import Phrasebook

CAP_S = 15 * 60.0
WORDLESS = 3  # utterances without words in a row are music
MUSIC_MS = 1500  # of at least this length: a cough is shorter


@dataclass
class Hold:
    """`now` in seconds."""

    since: float | None = None
    cap_s: float = CAP_S
    total_s: float = 0.0  # of the holds that are over
    _asked_to_wait: bool = False
    _wordless: int = 0

    @property
    def active(self) -> bool:
        return self.since is not None

    def begin(self, now: float) -> bool:
        """False when holding already."""
        if self.active:
            return False
        self.since = now
        return True

    def heard(self, text: str, phrases: Phrasebook, *, lasted_ms: int) -> None:
        """A callee's utterance while not on hold: were we asked to wait, is it music?"""
        self._wordless = 0 if text else self._wordless + (lasted_ms >= MUSIC_MS)
        self._asked_to_wait = phrases.asks_to_hold(text) if text else self._asked_to_wait

    def expected(self) -> bool:
        """Silence now means that we are on hold, and not that nobody is there."""
        return self._asked_to_wait

    def music(self) -> bool:
        return self._wordless >= WORDLESS

    def back(self, text: str, phrases: Phrasebook) -> bool:
        """An utterance while on hold: is it a person who speaks to us?"""
        if not text or phrases.asks_to_hold(text):
            return False
        # "Thank you for waiting, how can I help?": a queue says the first half, only a person asks the second.
        return text.endswith("?") or not phrases.is_announcement(text)

    def end(self, now: float) -> float:
        """Seconds this hold lasted."""
        lasted = 0.0 if self.since is None else now - self.since
        self.total_s += lasted
        self.since = None
        self._asked_to_wait = False
        self._wordless = 0
        return lasted

    @property
    def deadline(self) -> float | None:
        """When it has lasted too long."""
        return None if self.since is None else self.since + max(0.0, self.cap_s - self.total_s)

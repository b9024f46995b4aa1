"""Words of a call as they are heard, for those who watch it.

Owns the captions of one call's two sides, who speak in tones. Pure: its clock is the audio that it is fed.
"""

from dataclasses import dataclass, replace
from typing import Literal

from sandbox.tones import FRAME, Ear, SpeechBegan

Side = Literal["callee", "agent"]
_EVERY_FRAMES = 10  # how often words in the making are looked at


@dataclass(frozen=True)
class Caption:
    """`number`: of the utterance in the call; its words as they stand, and whether that is all of them."""

    number: int
    side: Side
    text: str
    done: bool


class Captions:
    def __init__(self) -> None:
        self._ears: dict[Side, Ear] = {"callee": Ear(), "agent": Ear()}
        self._open: dict[Side, Caption] = {}
        self._frames = 0
        self._last = 0

    def feed(self, callee: bytes, agent: bytes) -> list[Caption]:
        """Both sides of the same stretch, in whole frames; the captions that are new or have changed."""
        changed: dict[int, Caption] = {}
        for at in range(0, len(callee), FRAME):
            self._frames += 1
            for side, audio in (("agent", agent), ("callee", callee)):
                for caption in self._hear(side, audio[at : at + FRAME]):  # type: ignore[arg-type] # the two sides
                    changed[caption.number] = caption
        return list(changed.values())

    def close(self) -> list[Caption]:
        """The call is over: what was being said stays as it is."""
        cut = [replace(caption, done=True) for caption in self._open.values()]
        self._open.clear()
        return cut

    def _hear(self, side: Side, frame: bytes) -> list[Caption]:
        for event in self._ears[side].feed(frame):
            if isinstance(event, SpeechBegan):
                self._last += 1
                self._open[side] = Caption(self._last, side, "", done=False)
            elif (began := self._open.pop(side, None)) is not None:
                return [Caption(began.number, side, event.text, done=True)]
        if side in self._open and self._frames % _EVERY_FRAMES == 0:
            return self._grown(side)
        return []

    def _grown(self, side: Side) -> list[Caption]:
        before = self._open[side]
        text = self._ears[side].text_so_far()
        if text == before.text:
            return []
        self._open[side] = Caption(before.number, side, text, done=False)
        return [self._open[side]]

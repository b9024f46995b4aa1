"""Words of a call for those who watch it: what is said, and what is made out of it at the callee's end.

Owns the numbers of the utterances in a call, and which of them have changed since the last look. Pure. What is known is
the callee's (`sandbox/handset.py`): nothing is made out a second time, which would keep those who talk waiting.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.line import Utterance


@dataclass(frozen=True)
class Caption:
    """`number`: of the utterance in the call, in the order in which they began."""

    number: int
    utterance: Utterance


class Captions:
    def __init__(self) -> None:
        self._known: dict[tuple[int, int], Caption] = {}

    @property
    def settled(self) -> bool:
        """Everything that was said is known."""
        return all(caption.utterance.done for caption in self._known.values())

    def look(self, sides: Sequence[Sequence[Utterance]]) -> list[Caption]:
        """All that was said until now, of each mouth and ear; the captions that are new or have changed."""
        changed = []
        for side, utterances in enumerate(sides):
            for place, utterance in enumerate(utterances):
                before = self._known.get((side, place))
                if before is None or before.utterance != utterance:
                    number = before.number if before else len(self._known) + 1
                    changed.append(Caption(number, utterance))
                    self._known[side, place] = changed[-1]
        return changed

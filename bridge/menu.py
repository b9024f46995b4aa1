"""Phone menus: is the same menu being read again and again?

Pure. Owns the count; pressing keys is the model's decision.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from bridge.phrases import Phrasebook

LOOP = 3  # the same menu so often is a loop
_WORD = re.compile(r"\w+")


@dataclass
class Menu:
    _heard: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, heard: Iterable[str], phrases: Phrasebook) -> Self:
        """With all that has been heard on the call so far."""
        menu = cls()
        for text in heard:
            menu.heard(text, phrases)
        return menu

    @property
    def known(self) -> bool:
        """A menu has been heard on this call."""
        return bool(self._heard)

    def heard(self, text: str, phrases: Phrasebook) -> bool:
        """True when this utterance is a menu that has now been read three times."""
        if not phrases.is_menu(text):
            return False
        key = " ".join(_WORD.findall(text.lower()))
        self._heard[key] = self._heard.get(key, 0) + 1
        return self._heard[key] >= LOOP

"""Whole messages that need no model to be understood: a plain yes, or that there shall be no call after all.

Pure. Owns the comparison; the words are the catalogue's, in the language of the chat.
"""

import re

from bot.wording import Words


def agrees(words: Words, text: str) -> bool:
    """Whether a message says yes and nothing else."""
    return _is_one_of(words("short-yes"), text)


def calls_off(words: Words, text: str) -> bool:
    """Whether a message says that there shall be no call, and nothing else."""
    return _is_one_of(words("short-cancel"), text)


def _is_one_of(answers: str, text: str) -> bool:
    said = " ".join(re.findall(r"[\w']+", _plain(text)))
    return said in (answer.strip() for answer in _plain(answers).split(","))


def _plain(text: str) -> str:
    return text.replace("’", "'").casefold()

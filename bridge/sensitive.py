"""What the agent neither gives nor takes: one-time codes, passwords, card and bank numbers.

Pure. Owns the recognition; the words are data (`prompts/phrases/*.toml`, `secrets`). Both directions: a spec that
asks for such a thing is refused at the card, and what is whispered, answered or pressed during a call is checked as
well.
"""

import re
from functools import cache
from typing import Literal

from prompts import library

Sensitive = Literal["card", "bank", "secret"]
"""A payment card's number, a bank account's, or what is called a password, a code, a card or an account."""

# E.164: a plus and at most fifteen digits. One in ten of the long ones would pass for a card.
_PHONE = re.compile(r"\+\d(?:[ ()-]*\d){6,14}(?![ ()-]*\d)")
_DIGITS = re.compile(r"(?:\d[ -]?){12,18}\d")
# ISO 13616: two letters, two check digits, up to thirty characters of the account.
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")


def sensitive(*texts: str) -> Sensitive | Literal[""]:
    """What is in there that must not be; "" if nothing is."""
    for text in texts:
        if any(_luhn(re.sub(r"\D", "", match[0])) for match in _DIGITS.finditer(_PHONE.sub(" ", text))):
            return "card"
        if any(_iban(match[0].replace(" ", "")) for match in _IBAN.finditer(text)):
            return "bank"
        if _secret().search(text):
            return "secret"
    return ""


@cache
def _secret() -> re.Pattern[str]:
    words = [word for code in library.languages() for word in library.phrases(code).secrets]
    return re.compile(rf"(?<!\w)(?:{'|'.join(dict.fromkeys(words))})(?!\w)", re.IGNORECASE)


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812: the check digit of payment cards."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0 and len(set(digits)) > 1


def _iban(account: str) -> bool:
    """ISO 7064 mod 97-10: moved to the end, letters as numbers, the remainder is 1."""
    moved = account[4:] + account[:4]
    return 15 <= len(account) <= 34 and int("".join(str(int(c, 36)) for c in moved)) % 97 == 1

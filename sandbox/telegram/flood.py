"""How fast a bot may write: the stand-in's flood control.

Owns the count of what was sent to whom. Pure: the clock comes in as an argument. Must not know messages.

Follows https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this: "avoid sending more
than one message per second" in a single chat ("short bursts" pass), "not ... more than 20 messages per
minute" in a group, "about 30 messages per second" in all. Edits count as messages. The numbers are not exact
in Telegram either.
"""

import math
from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FloodLimits:
    private_burst: int = 4
    private_per_s: float = 1.0
    group_per_minute: int = 20
    everyone_per_s: int = 30


@dataclass
class _Ledger:
    allowance: float = 0.0
    counted_at: float = -math.inf
    recent: deque[float] = field(default_factory=deque)
    held_until: float = -math.inf


class FloodGate:
    def __init__(self, limits: FloodLimits | None) -> None:
        """`limits` None: no flood control at all."""
        self.limited = limits is not None
        self.limits = limits or FloodLimits()
        self._chats: dict[int, _Ledger] = {}
        self._everyone = _Ledger()

    def spend(self, chat_id: int, *, group: bool, now: float) -> int:
        """Count one message to a chat. 0: it may go; else whole seconds, in which all is refused."""
        if not self.limited:
            return 0
        ledger = self._chats.setdefault(chat_id, _Ledger())
        if now >= ledger.held_until:
            wait_s = self._group(ledger, now) if group else self._private(ledger, now)
            wait_s = max(wait_s, self._all(now))
            if wait_s <= 0:
                return 0
            ledger.held_until = now + math.ceil(wait_s)
        return max(1, math.ceil(ledger.held_until - now))

    def _private(self, ledger: _Ledger, now: float) -> float:
        limits = self.limits
        gained = (now - ledger.counted_at) * limits.private_per_s
        ledger.allowance = min(float(limits.private_burst), ledger.allowance + gained)
        ledger.counted_at = now
        if ledger.allowance >= 1:
            ledger.allowance -= 1
            return 0.0
        # Who writes too fast waits until the whole burst is there again: Telegram's waits are longer than the
        # fault.
        return (limits.private_burst - ledger.allowance) / limits.private_per_s

    def _group(self, ledger: _Ledger, now: float) -> float:
        return _window(ledger, now, self.limits.group_per_minute, 60.0)

    def _all(self, now: float) -> float:
        return _window(self._everyone, now, self.limits.everyone_per_s, 1.0)


def _window(ledger: _Ledger, now: float, most: int, length_s: float) -> float:
    while ledger.recent and ledger.recent[0] <= now - length_s:
        ledger.recent.popleft()
    if len(ledger.recent) >= most:
        return ledger.recent[0] + length_s - now
    ledger.recent.append(now)
    return 0.0

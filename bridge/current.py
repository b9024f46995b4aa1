"""Which call something is done for: known in a call's tasks and in whatever they start.

Owns the name, for log lines; nothing is decided by it.
"""

from contextvars import ContextVar

current_call: ContextVar[str] = ContextVar("current_call", default="")

"""Modules that take long to import, brought in when they are first used, and beside the event loop.

Owns nothing but the way in: a start must not wait for them, and a call that goes on must not fall silent for them.
"""

import asyncio
from importlib import import_module

_there: set[str] = set()  # whole: `sys.modules` holds those, too, that are being imported


async def on_demand(name: str) -> None:
    """See to it that a module can be imported at no cost. Raises what its import raises."""
    if name not in _there:
        await asyncio.to_thread(import_module, name)
        _there.add(name)

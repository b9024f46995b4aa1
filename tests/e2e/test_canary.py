"""The canary: a call to the operator's own phone by which a deployment proves itself, on the sandbox."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.canary import command
from bot.canary.call import Flight
from sandbox.world import World
from tests.e2e.chat import press

PHONE = "+14155550127"
NONCE = ("candle", "orange", "island", "window")


async def flown(app: App, world: World, *, answer: str = "Green", number: str = PHONE, **how: Any) -> Flight:
    """A canary whose question is answered by a button in the chat."""
    assert app.front
    how = {"scripted": False, "tell": lambda _: None, **how}
    flying = asyncio.create_task(app.front.canary.fly(number, NONCE, **how))
    if answer:
        question = await world.requester.wait_for(lambda m: m.text.startswith("❓"), timeout=120)
        await press(world, question, answer)
    return await flying


async def test_a_deployment_in_order_passes_every_gate(world: World, app: App) -> None:
    told: list[str] = []
    flight = await flown(app, world, tell=told.append)
    print("\n" + command.shown(flight))
    assert [gate for gate in flight.gates if not gate.passed] == []

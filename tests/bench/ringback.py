"""Ringback's own bridge as a process to be measured: the real switchboard, web face, runner and journal on SQLite.

Owns only how they are put together, as `bot/app.py` does it, and a follower for each call, as the chat has one. The
calls are placed by command; everything else comes in over sockets.
"""

import asyncio
import gc
import itertools
import logging
import os
from functools import partial
from pathlib import Path

import msgspec
from aiohttp import web

from bridge import prices
from bridge.call import Callee, CallSpec
from bridge.carrier import TwilioCarrier
from bridge.database import open_database
from bridge.journal import Journal, metadata
from bridge.live_call import Call
from bridge.model_socket import open_model
from bridge.switchboard import Options, Switchboard
from bridge.web import MAX_BODY, TwilioRoutes
from tests.bench import wire
from tests.bench.phones import AUTH_TOKEN

MODEL = "gpt-realtime-2.1"
NUMBER = "+14155550100"
SPEC = CallSpec(
    id="",
    callee=Callee("Trattoria Roma", "+14155552671"),
    on_behalf_of="Anna Berg",
    goal="Book a table for four at 7pm.",
    facts=("Table for 4 people", "Time: 7pm"),
    may_agree=("Any time from 7pm to 8pm",),
    questions=("Is there parking?",),
    language="en",
    persona="warm",
    voice="coral",
    opening="Good evening, this is the AI assistant of Anna Berg. I would like to book a table for four, please.",
)


async def follow(call: Call) -> None:
    async for _ in call.events():
        pass


async def main() -> None:
    port = int(os.environ["PORT"])
    address = f"http://127.0.0.1:{port}"
    engine = open_database(f"sqlite:///{Path(os.environ['BENCH_FOLDER']) / 'bench.db'}")
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    carrier = TwilioCarrier(
        account_sid="AC" + "0" * 32,
        auth_token=AUTH_TOKEN,
        phone_number=NUMBER,
        api_url=os.environ["TWILIO_API_URL"],
    )
    options = Options(address, MODEL, "gpt-transcribe", NUMBER, secret=AUTH_TOKEN)
    opening = partial(open_model, os.environ["OPENAI_BASE_URL"], "a key", MODEL)
    switchboard = Switchboard(Journal(engine), carrier, opening, prices.load(MODEL), options)
    site = web.Application(client_max_size=MAX_BODY)
    TwilioRoutes(switchboard, public_url=address, auth_token=AUTH_TOKEN).add_to(site)
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    gc.collect()
    gc.freeze()
    wire.tell(ready=True)
    numbers = itertools.count()
    followers: list[asyncio.Task[None]] = []

    async def obey(words: list[str]) -> bool:
        match words:
            case ["place", count]:
                for _ in range(int(count)):
                    call = await switchboard.place(msgspec.structs.replace(SPEC, id=f"bench-{next(numbers)}"))
                    followers.append(asyncio.get_running_loop().create_task(follow(call)))
                return False
        return True

    await wire.commands(obey)
    await switchboard.close(patience_s=5)
    await runner.cleanup()
    await carrier.close()
    await engine.dispose()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    wire.run(main())

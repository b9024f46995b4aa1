"""Who watches the calls: metrics and traces, as far as the settings ask for them.

Owns their making; what they are made of is theirs. Nobody is asked for, nobody is imported.
"""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.errors import RingbackError
from bridge.on_demand import on_demand
from bridge.timeline import Timeline

if TYPE_CHECKING:
    from bot.metrics import Metrics
    from bot.traces import Traces


@dataclass
class Watching:
    metrics: "Metrics | None" = None
    traces: "Traces | None" = None

    def ended(self, line: Timeline) -> None:
        """A call that is over."""
        for watcher in (self.metrics, self.traces):
            if watcher is not None:
                watcher.ended(line)

    async def close(self) -> None:
        if self.traces is not None:
            await asyncio.to_thread(self.traces.close)


async def watching(*, metrics: bool, token: str, endpoint: str, headers: str) -> Watching:
    """Raises RingbackError where traces are asked for and their packages are not there."""
    found = Watching()
    if metrics:
        await on_demand("bot.metrics")
        from bot.metrics import Metrics  # noqa: PLC0415 - there by now

        found.metrics = Metrics(token=token)
    if endpoint:
        try:
            await on_demand("bot.traces")
        except ImportError as error:
            raise RingbackError(
                "OTEL_EXPORTER_OTLP_ENDPOINT wants traces, which need more packages: pip install 'ringback[traces]'."
            ) from error
        from bot.traces import Traces, exporter  # noqa: PLC0415 - there by now

        found.traces = Traces(exporter(endpoint, headers))
    return found

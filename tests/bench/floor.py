"""The plainest relay there is: aiohttp, websockets and uvloop, with the standard library's JSON.

A floor for the figures: it knows no call, keeps nothing, drops nothing and sends no marks. On speech it clears the line
and truncates by the stream's own timestamps. Not a part of the product.
"""

import asyncio
import json
import os
from typing import Any

import uvloop
from aiohttp import WSMsgType, web
from websockets.asyncio.client import ClientConnection, connect


class Floor:
    def __init__(self, line: web.WebSocketResponse, model: ClientConnection) -> None:
        self._line = line
        self._model = model
        self._stream_sid = ""
        self._timestamp_ms = 0
        self._item_id = ""
        self._item_began_ms = 0

    async def from_line(self) -> None:
        async for message in self._line:
            if message.type is not WSMsgType.TEXT:
                return
            event = json.loads(message.data)
            if event["event"] == "media":
                self._timestamp_ms = int(event["media"]["timestamp"])
                append = {"type": "input_audio_buffer.append", "audio": event["media"]["payload"]}
                await self._model.send(json.dumps(append))
            elif event["event"] == "start":
                self._stream_sid = event["start"]["streamSid"]
            elif event["event"] == "stop":
                return

    async def from_model(self) -> None:
        async for frame in self._model:
            event = json.loads(frame)
            if event["type"] == "response.output_audio.delta":
                if event["item_id"] != self._item_id:
                    self._item_id, self._item_began_ms = event["item_id"], self._timestamp_ms
                await self._say(event="media", media={"payload": event["delta"]})
            elif event["type"] == "input_audio_buffer.speech_started" and self._item_id:
                await self._say(event="clear")
                heard_ms = self._timestamp_ms - self._item_began_ms
                truncate = {"item_id": self._item_id, "content_index": 0, "audio_end_ms": heard_ms}
                await self._model.send(json.dumps({"type": "conversation.item.truncate", **truncate}))
                self._item_id = ""

    async def _say(self, **message: Any) -> None:
        await self._line.send_str(json.dumps({"streamSid": self._stream_sid, **message}))


async def stream(request: web.Request) -> web.WebSocketResponse:
    line = web.WebSocketResponse(compress=False)
    await line.prepare(request)
    url = os.environ["OPENAI_BASE_URL"].replace("http", "ws", 1) + "/realtime?model=any"
    async with connect(url, compression=None) as model:
        audio = {"input": {"format": {"type": "audio/pcmu"}}, "output": {"format": {"type": "audio/pcmu"}}}
        await model.send(json.dumps({"type": "session.update", "session": {"type": "realtime", "audio": audio}}))
        await model.send(json.dumps({"type": "response.create"}))
        floor = Floor(line, model)
        tasks = [asyncio.create_task(floor.from_line()), asyncio.create_task(floor.from_model())]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
    return line


def main() -> None:
    app = web.Application()
    app.router.add_get("/media-stream", stream)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None, loop=uvloop.new_event_loop())


if __name__ == "__main__":
    main()

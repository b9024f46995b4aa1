"""What real words cost and how well they are understood: `make spoken FIGURES=1`, for docs/sandbox-speech.md.

Owns the measuring. Times are of the wall and of the processor: on a shared machine only the second says much.
"""

import asyncio
import re
import statistics
import sys
import time
from collections.abc import Iterable

from sandbox.mind import Reply
from sandbox.openai import OpenAIStandIn
from sandbox.scenario import scenarios
from sandbox.speech.recognition import Recogniser
from sandbox.speech.spoken import SpokenSpeech
from sandbox.speech.synthesis import Synthesiser
from sandbox.speech.writing import written
from sandbox.tones import FRAME, FRAME_MS, SILENCE, payload
from tests.sandbox_openai_client import ScriptedMind, client_of
from tests.spoken.__main__ import say

VOICES = ("marin", "cedar", "coral", "restaurant")
AGENT = (
    "Hello, this is the AI assistant of Shane. I would like to book a table for four at 7pm, please.",
    "Yes, that works. 7:45 is fine: a table for four at 7:45pm, please.",
    "For four people, please.",
    "At 7pm, please.",
    "Under Shane, please.",
    "Yes, that is right.",
    "Thank you very much for your help, goodbye!",
    "Not quite, sorry: it should be for four.",
    "I am afraid that does not work for Shane. Do you have anything from 7pm to 9pm?",
    "I would like to book a table for six people at 8:30pm under the name Oliver.",
)
FILLED = {
    "size": "four",
    "time": "7:45",
    "name": "Shane",
    "date": "tomorrow",
    "day": "Wednesday",
    "who": "Shane",
    "words": "blue lamp",
}
SENTENCES = 40
TURNS = 12
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def sentences() -> list[str]:
    """Of the agent, and of the callees in turn: as many of each scenario as there is room for."""
    told = [one for one in scenarios().values() if one.language == "en"]
    lines = [[rule.say.format_map(FILLED) for rule in one.rules if rule.say] for one in told]
    mixed = [line for row in zip(*(each + [""] * 40 for each in lines), strict=False) for line in row if line]
    return list(dict.fromkeys([*AGENT, *mixed]))[:SENTENCES]


def words(text: str) -> list[str]:
    """As they are compared: without case, punctuation and the spelling of numbers."""
    plain = re.sub(r"[^\w: ]", "", written(text).lower())
    return [str(_NUMBERS.index(word)) if word in _NUMBERS else word for word in plain.replace(":", "").split()]


def errors(said: list[str], heard: list[str]) -> int:
    """Words that were left out, put in or taken for others (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for n, wanted in enumerate(said, start=1):
        before, row[0] = row[0], n
        for at, word in enumerate(heard, start=1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (wanted != word))
    return row[-1]


def understanding() -> None:
    mouth, ear = Synthesiser(), Recogniser()
    mouth.speak("Warm up."), ear.make_out(mouth.speak("Warm up."))
    told = sentences()
    spoken: list[tuple[float, float]] = []
    heard: list[tuple[float, float]] = []
    wrong = all_words = 0
    for name in VOICES:
        missed = count = 0
        for sentence in told:
            began = _clocks()
            audio = mouth.speak(sentence, name)
            spoken.append(_since(began))
            began = _clocks()
            text = ear.make_out(audio + SILENCE * 10)
            heard.append(_since(began))
            missed += errors(words(sentence), words(text))
            count += len(words(sentence))
        say(f"  {name:12} {missed / count:6.1%} of {count} words wrong")
        wrong, all_words = wrong + missed, all_words + count
    say(f"  {'all voices':12} {wrong / all_words:6.1%} of {all_words} words wrong, {len(told)} sentences a voice")
    say(f"  spoken in {_told(spoken)}; made out in {_told(heard)}")


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(began: tuple[float, float]) -> tuple[float, float]:
    now = _clocks()
    return (now[0] - began[0]) * 1000, (now[1] - began[1]) * 1000


def _told(measured: Iterable[tuple[float, float]]) -> str:
    wall, processor = zip(*measured, strict=True)
    return f"{statistics.median(wall):.0f} ms (median; {statistics.median(processor):.0f} ms of the processor)"


async def answering(speech: SpokenSpeech) -> None:
    """From the callee's last sound to the model's first audio, over a real socket and on the real clock."""
    took: list[float] = []
    mind = ScriptedMind(replies=[Reply((f"Yes, that is right. Number {n}, please.",)) for n in range(TURNS)])
    async with (
        OpenAIStandIn(mind, first_audio_ms=0, transcription_ms=0, speech=speech) as stand_in,
        client_of(stand_in) as client,
    ):
        await client.telephone()
        for sentence in sentences()[10 : 10 + TURNS]:
            audio = speech.speak(sentence, "restaurant")
            loop = asyncio.get_running_loop()
            began = loop.time()
            waiting = asyncio.create_task(client.until("response.output_audio.delta"))
            frames = [audio[at : at + FRAME] for at in range(0, len(audio), FRAME)]
            for n in range(len(frames) + 400):
                frame = frames[n] if n < len(frames) else SILENCE
                await client.send("input_audio_buffer.append", audio=payload(frame))
                await asyncio.sleep(max(0.0, began + (n + 1) * FRAME_MS / 1000 - loop.time()))
                if waiting.done():
                    break
            await waiting
            took.append(loop.time() - began - len(audio) / 8000)
            await client.until("response.done")
    took.sort()
    middle = statistics.median(took)
    say(f"  end of speech to first audio: median {middle:.2f} s, longest {took[-1]:.2f} s ({TURNS} turns)")


def main() -> int:
    say("understanding:")
    understanding()
    say("answering (500 ms of it are the quiet that ends an utterance):")
    speech = SpokenSpeech()
    asyncio.run(answering(speech))
    speech.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The codecs of both sockets, and what a media stream carries, among frames that nobody should send.

Owns one law: a frame is read, or refused by ProtocolError. Hypothesis draws what is mutated; the mutations of one
drawing are seeded by it, so that a million frames are a matter of minutes.
"""

import xml.etree.ElementTree as ET
from collections import Counter
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from bridge import media_stream, realtime, twiml
from bridge.errors import ProtocolError
from tests.fuzz.frames import REALTIME, TWILIO, mutated

FRAMES_A_DRAWING = 250
CODECS = (media_stream.decode, realtime.decode, realtime.decode_text)

_ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)
_VALID = st.sampled_from([*TWILIO, *REALTIME])
_BASES = st.one_of(_VALID, _VALID, _VALID, _JSON)


def read(frame: str | bytes, seen: Counter[str]) -> None:
    """Raises whatever a codec raises that is no ProtocolError."""
    for decode in CODECS:
        try:
            found = decode(frame)
        except ProtocolError:
            seen["refused"] += 1
        else:
            seen["read" if found else "of no concern"] += 1


def fuzz_frames(frames: int, number: int) -> Counter[str]:
    """At least so many frames, each through every codec. `number` seeds the run."""
    seen: Counter[str] = Counter()

    @seed(number)
    @settings(
        max_examples=max(1, -(-frames // FRAMES_A_DRAWING)),
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(_BASES, st.integers(0, 2**32), st.binary(max_size=200), _ANY_TEXT)
    def run(base: Any, dice_seed: int, raw: bytes, text: str) -> None:
        dice = Random(dice_seed)  # noqa: S311 - dice of a test
        for _ in range(FRAMES_A_DRAWING - 2):
            frame = mutated(base, dice)
            seen["frames"] += 1
            try:
                read(frame, seen)
            except BaseException as error:
                error.add_note(f"the frame: {frame[:2000]!r}")
                raise
        for frame in (raw, text):
            seen["frames"] += 1
            read(frame, seen)

    while seen["frames"] < frames:  # where hypothesis has drawn all that there is
        run()
    return seen


def fuzz_parameters(drawings: int, number: int) -> int:
    """What a stream's start may carry is read or refused, and what we send comes back as it went."""
    names = st.sampled_from(["token", "voice", "persona", "language", "prompt1", "prompt2", "prompt10", "prompt"])
    written = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn")) | st.just("\n"), min_size=1, max_size=1500)
    count = 0

    def quick(test: Any) -> Any:
        limits = settings(max_examples=drawings, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        return seed(number)(limits(test))

    @quick
    @given(st.dictionaries(names | _ANY_TEXT, _ANY_TEXT, max_size=9))
    def strange(parameters: dict[str, str]) -> None:
        nonlocal count
        count += 1
        try:
            twiml.unpack(parameters)
        except ProtocolError:
            return

    @quick
    @given(written.filter(str.strip))
    def ours(prompt: str) -> None:
        nonlocal count
        count += 1
        sent = twiml.CallParameters("t", "coral", "warm", "en", prompt)
        document = ET.fromstring(twiml.connect("wss://a.test/s", "https://a.test/r", sent))  # noqa: S314 - our own
        carried = {tag.attrib["name"]: tag.attrib["value"] for tag in document.iter("Parameter")}
        assert twiml.unpack(carried) == sent

    strange()
    ours()
    return count

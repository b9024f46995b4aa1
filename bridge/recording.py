"""The recording of one call: what was really played on the line, both sides of it on one timeline.

Pure. Owns where in the call each stretch of audio was heard; made of a call's tapes (`tape.py`) when that is over.
Must not decide whether a call is recorded, nor write anything: `archive.py` does. Follows Twilio's Media Streams: media
is buffered and played in order, `clear` empties the buffer, and the end of a stream is the end of what it had buffered
(https://www.twilio.com/docs/voice/media-streams/websocket-messages).

Audio is mu-law at 8 kHz: 8 bytes a millisecond. `now` is seconds on any steady clock. The timeline begins with the
call's first media stream and ends with its last; what is between two streams is silence.
"""

BYTES_PER_MS = 8
SILENCE = b"\xff"  # one sample of it (G.711, table 2a)
LATE = 200 * BYTES_PER_MS  # the callee's audio comes by network: so much behind the clock is no loss
AHEAD = 1000 * BYTES_PER_MS  # and so much before it is what came late, and all at once


class Recording:
    """Both sides as they grow. The agent's reaches into the future by what the line has buffered."""

    def __init__(self) -> None:
        self._callee = bytearray()
        self._agent = bytearray()
        self._began = 0.0
        self._end = 0  # of the last stream, in bytes
        self._streaming = False
        self._gap = (0, 0)  # start and size of the callee's last silence that was put in by us

    def stream_started(self, now: float) -> None:
        """A newer stream takes over from one whose end nobody told."""
        if not (self._streaming or self._end):
            self._began = now
        self._drop(now)
        self._streaming = True
        self._catch_up(self._at(now))

    def stream_stopped(self, now: float) -> None:
        """What the line had buffered is not played any more."""
        if self._streaming:
            self._drop(now)
            self._streaming = False
            self._end = self._at(now)

    def heard(self, audio: bytes, now: float) -> None:
        """What the callee has said up to now, as it came in.

        Frames follow one another whatever the network does with their times. Only where so much is missing that it
        was lost (Twilio discards audio when the network is congested, warning 31930) does silence stand for it, and
        if it comes after all, it takes that silence's place.
        """
        at = self._at(now)
        if not self._streaming or len(self._callee) + len(audio) > at + AHEAD:
            return
        if at - len(self._callee) - len(audio) > LATE:
            self._catch_up(at - len(audio))
        self._callee += audio
        self._take_back(len(self._callee) - at)

    def played(self, audio: bytes, now: float) -> None:
        """What the line was given: it plays that now, or once it has played what is before it."""
        if self._streaming:
            _fill(self._agent, self._at(now))
            self._agent += audio

    def cleared(self, now: float) -> None:
        """The line was told to clear what it had not played."""
        if self._streaming:
            self._drop(now)

    def sides(self) -> tuple[bytes, bytes]:
        """The callee and the agent until the end of the last stream: mu-law of equal length, empty without a stream."""
        return _whole(self._callee, self._end), _whole(self._agent, self._end)

    def _at(self, now: float) -> int:
        """Bytes since the first stream began."""
        return max(0, round((now - self._began) * 1000)) * BYTES_PER_MS

    def _drop(self, now: float) -> None:
        """What the agent has said has been played up to now, and no more of it will be."""
        del self._agent[self._at(now) :]

    def _catch_up(self, position: int) -> None:
        start = len(self._callee)
        if position > start:
            _fill(self._callee, position)
            self._gap = (start, position - start)

    def _take_back(self, ahead: int) -> None:
        """The callee's audio has overtaken the clock: so much of the silence before it was none."""
        start, size = self._gap
        if (extra := min(ahead, size)) > 0:
            del self._callee[start : start + extra]
            self._gap = (start, size - extra)


def _fill(track: bytearray, position: int) -> None:
    track.extend(SILENCE * (position - len(track)))


def _whole(track: bytearray, end: int) -> bytes:
    return bytes(memoryview(track)[:end]).ljust(end, SILENCE)

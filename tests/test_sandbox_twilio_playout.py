"""Facts about what a media stream plays: marks, clear and the sound itself.

After https://www.twilio.com/docs/voice/media-streams/websocket-messages.
"""

from hypothesis import given
from hypothesis import strategies as st

from sandbox.tones import FRAME, SILENCE
from sandbox.twilio.playout import Playout

SOUND = st.binary(min_size=1, max_size=500).map(lambda audio: audio.replace(b"\xff", b"\x7f"))
Event = tuple[str, bytes]
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("media"), SOUND),
        st.tuples(st.sampled_from(["mark", "step"]), st.just(b"")),
    ),
    max_size=60,
)


@given(EVENTS)
def test_marks_come_back_in_order_and_never_before_their_audio_has_played(events: list[Event]) -> None:
    playout, sent, heard = Playout(), b"", b""
    due: list[int] = []  # bytes that must have been heard before mark n returns
    returned: list[str] = []

    def step() -> None:
        nonlocal heard
        frame, names = playout.step()
        assert len(frame) == FRAME
        heard += frame.rstrip(b"\xff")
        returned.extend(names)

    for what, audio in events:
        if what == "media":
            playout.media(audio)
            sent += audio
        elif what == "mark":
            due.append(len(sent))
            returned += playout.mark(str(len(due) - 1))
        else:
            step()
        assert returned == [str(n) for n in range(len(returned))]
        assert all(due[int(name)] <= len(heard) for name in returned)
    while playout.queued_ms:
        step()
    assert returned == [str(n) for n in range(len(due))]
    assert heard == sent


@given(EVENTS)
def test_clear_returns_every_pending_mark_at_once_and_leaves_silence(events: list[Event]) -> None:
    playout, marks = Playout(), 0
    returned: list[str] = []
    for what, audio in events:
        if what == "media":
            playout.media(audio)
        elif what == "mark":
            returned += playout.mark(str(marks))
            marks += 1
        else:
            returned += playout.step()[1]
    returned += playout.clear()
    assert returned == [str(n) for n in range(marks)]
    assert playout.step() == (SILENCE, [])


def test_pieces_that_are_no_whole_frames_are_joined() -> None:
    playout = Playout()
    playout.media(b"\x01" * 100)
    playout.media(b"\x02" * 100)
    assert playout.mark("end") == []
    assert playout.step() == (b"\x01" * 100 + b"\x02" * 60, [])
    assert playout.step() == (b"\x02" * 40 + SILENCE[40:], ["end"])


def test_a_mark_behind_no_audio_returns_at_once() -> None:
    assert Playout().mark("now") == ["now"]

"""What the phones and the model saw, as figures; and what is asked of them.

Pure. Owns the arithmetic, the targets and the table. On a machine that others use too, a moment's latency says more of
them than of the bridge: of several rounds the best counts for what is measured by the clock, and the sum for what must
not happen at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from statistics import median

from tests.bench.frames import MS
from tests.bench.rounds import Round
from tests.bench.wire import HEAD_FRAMES

FLOOR = "floor"


@dataclass(frozen=True)
class Figures:
    """Of one bridge. None where there is nothing to tell."""

    cpu_s: float | None = None  # per call-minute
    of_floor: float | None = None  # the same, as a multiple of the floor's
    memory_kb: float | None = None  # per call
    up_p50_ms: float | None = None
    up_p99_ms: float | None = None
    down_p50_ms: float | None = None
    down_p99_ms: float | None = None
    clear_ms: float | None = None  # speech_started to clear, median
    first_audio_ms: float | None = None  # the stream's start to our first sound, median
    truncation_ms: float | None = None  # how far off, median
    truncation_worst_ms: float | None = None
    lost: int | None = None
    damaged: int | None = None
    leaked: int | None = None
    head_lost: int | None = None
    report_ms: float | None = None
    transcript_ms: float | None = None


@dataclass(frozen=True)
class Target:
    name: str
    most: float | None
    form: str = "{:.2f}"
    must: bool = False  # a matter of right and wrong, not of speed


TARGETS = {
    "cpu_s": Target("CPU seconds per call-minute", None, "{:.3f}"),
    "of_floor": Target("  of the floor's", 0.957, "{:.2f} x"),  # 0.45 s where a plain relay takes 0.47
    "memory_kb": Target("memory per call, kB", 150, "{:.0f}"),
    "up_p50_ms": Target("added latency up, p50 ms", 0.3),
    "up_p99_ms": Target("added latency up, p99 ms", 3),
    "down_p50_ms": Target("added latency down, p50 ms", 0.3),
    "down_p99_ms": Target("added latency down, p99 ms", 3),
    "clear_ms": Target("speech_started to clear, ms", 1),
    "first_audio_ms": Target("start to first audio, ms", None, "{:.1f}"),
    "truncation_ms": Target("error of the truncation, median ms", 20, "{:.0f}"),
    "truncation_worst_ms": Target("error of the truncation, worst ms", None, "{:.0f}"),
    "lost": Target("frames lost", 0, "{}", must=True),
    "damaged": Target("frames damaged", 0, "{}", must=True),
    "leaked": Target("frames of an interrupted reply after clear", 0, "{}", must=True),
    "head_lost": Target("head frames lost, model 400 ms late", 0, "{}", must=True),
    "report_ms": Target("hang-up to report, our share, ms", 150, "{:.0f}"),
    "transcript_ms": Target("transcript behind its turn, our share, ms", 50, "{:.0f}"),
}
_SUMMED = {"lost", "damaged", "leaked", "head_lost"}
_MIDDLE = {"memory_kb"}


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value that so large a share of them does not exceed; None of none."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def figures_of(played: Round) -> Figures:
    """One round's. `of_floor` is for `compared` to say."""
    phones, model = played.phones, played.model
    began = {(said.session, said.reply): said.at_ns for said in model.began}
    cleared = [
        (clear.at_ns - began[clear.session, clear.reply]) / 1e6
        for clear in phones.clears
        if (clear.session, clear.reply) in began
    ]
    told = {(said.session, said.reply): said.ms for said in reversed(model.truncated)}  # the first of each
    errors = [
        abs(told[clear.session, clear.reply] - clear.played_ms)
        for clear in phones.clears
        if (clear.session, clear.reply) in told
    ]
    return Figures(
        cpu_s=played.cpu_s / played.call_minutes,
        memory_kb=(played.busy_kb - played.idle_kb) / played.calls,
        up_p50_ms=_ms(percentile(model.latency_us, 0.5)),
        up_p99_ms=_ms(percentile(model.latency_us, 0.99)),
        down_p50_ms=_ms(percentile(phones.latency_us, 0.5)),
        down_p99_ms=_ms(percentile(phones.latency_us, 0.99)),
        clear_ms=percentile(cleared, 0.5),
        first_audio_ms=percentile(phones.first_audio_ms, 0.5),
        truncation_ms=percentile(errors, 0.5),
        truncation_worst_ms=max(errors, default=None),
        lost=_lost_up(played) + phones.missing + _cut_short(played),
        damaged=phones.damaged + model.damaged,
        leaked=phones.leaked,
    )


def head_lost(played: Round) -> int:
    """Frames of each phone's first second that the model never heard."""
    phones, model = played.phones, played.model
    return sum(min(sent, HEAD_FRAMES) - model.heads.get(phone, 0) for phone, sent in phones.sent.items())


def _lost_up(played: Round) -> int:
    phones, model = played.phones, played.model
    return sum(max(sent - model.received.get(phone, 0), 0) for phone, sent in phones.sent.items())


def _cut_short(played: Round) -> int:
    """Of replies that nobody interrupted."""
    heard = played.phones.heard
    return sum(
        max(round(said.ms / MS) - heard.get(f"{said.session}/{said.reply}", 0), 0) for said in played.model.whole
    )


def _ms(us: float | None) -> float | None:
    return None if us is None else us / 1000


def best(of_rounds: Sequence[Figures]) -> Figures:
    """Of several rounds of one bridge."""
    found: dict[str, float | None] = {}
    for field in fields(Figures):
        values = [value for each in of_rounds if (value := getattr(each, field.name)) is not None]
        if not values:
            continue
        if field.name in _SUMMED:
            found[field.name] = sum(values)
        else:
            found[field.name] = median(values) if field.name in _MIDDLE else min(values)
    return Figures(**found)  # type: ignore[arg-type]  # the counts are whole numbers


def missed(found: Figures) -> list[str]:
    """The names of the figures that are not as they are asked to be."""
    return [
        name
        for name, target in TARGETS.items()
        if target.most is not None and (value := getattr(found, name)) is not None and value > target.most
    ]


def wrong(found: Figures) -> list[str]:
    """Those of them that are no matter of speed."""
    return [TARGETS[name].name.strip() for name in missed(found) if TARGETS[name].must]


def table(bridges: Mapping[str, Figures], ours: str) -> list[str]:
    """A row for each figure, a column for each bridge; `*` marks what of ours misses its target."""
    names = list(bridges)
    rows = [["", "at most", *names]]
    misses = missed(bridges[ours])
    for name, target in TARGETS.items():
        values = [getattr(found, name) for found in bridges.values()]
        if all(value is None for value in values):
            continue
        shown = ["-" if value is None else target.form.format(value) for value in values]
        shown[names.index(ours)] += "*" if name in misses else ""
        most = "" if target.most is None else f"{target.most:g}"
        rows.append([target.name, most, *shown])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]

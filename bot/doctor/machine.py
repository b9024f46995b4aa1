"""The machine, judged: the public address, its certificate, the clock, the database, the folders.

Pure. Owns what is right and wrong about where Ringback runs, and how to mend it. Looks at nothing itself
(`doorstep.py` and `storage.py` do).
"""

from collections.abc import Sequence
from statistics import median

from bot.doctor.accounts import no_answer
from bot.doctor.facts import Answer, Certificate, Database, Reach, Trouble
from bot.doctor.finding import Finding, ok, unknown, wrong

PROCESS = "ringback-process"  # the header by which a Ringback tells which process of its kind it is
_DAY_S = 86_400.0
_SOON_DAYS = 7.0  # who renews by itself does so a month ahead
_MOST_SKEW_S = 5.0  # a Date header counts in whole seconds, and the way takes some time, too
_LEAST_FREE = 200 * 1024 * 1024  # bytes
_SOCKETS = "Twilio streams a call's audio over a WebSocket: let the proxy or tunnel before PORT pass them."


# The public address


def public_url(reach: Reach, *, port: int) -> list[Finding]:
    check = "public url"
    if reach.listener == "other":
        taken = f"another program answers on port {port} of this machine"
        return [wrong(check, taken, "End that program, or set PORT to a free port.")]
    if reach.listener_error:
        return [wrong(check, f"port {port} cannot be listened on: {reach.listener_error}", "Set PORT and HOST.")]
    if isinstance(reach.public, Trouble):
        return [_unreachable(check, reach.public)]
    if reach.listener == "any_port":
        return [unknown(check, "PORT is 0, so nobody knows where PUBLIC_URL should lead", "Set PORT.")]
    finding = _ours(check, reach, reach.public, port)
    return [finding, _sockets(reach.socket)] if reach.socket is not None else [finding]


def _unreachable(check: str, trouble: Trouble) -> Finding:
    if trouble.why == "certificate":
        mend = "PUBLIC_URL needs a certificate of a known authority, for its very name: Twilio accepts no other."
        return wrong(check, f"its certificate is not good: {trouble.detail}", mend)
    return no_answer(check, trouble, "PUBLIC_URL: it must lead to PORT of this machine")


def _ours(check: str, reach: Reach, public: Answer, port: int) -> Finding:
    """Whether it leads here: by a word that only this process, or this doctor, can give."""
    if 300 <= public.status < 400:
        mend = "Set PUBLIC_URL to the address it redirects to: Twilio's signatures are computed over it."
        return wrong(check, f"it redirects (HTTP {public.status})", mend)
    if reach.nonce and public.text == reach.nonce:
        return ok(check, f"it leads to port {port} of this machine; Ringback itself does not run now")
    process = reach.here.headers.get(PROCESS, "") if isinstance(reach.here, Answer) else ""
    if not process or public.headers.get(PROCESS) != process:
        return _not_ours(check, public, port)
    if public.status == 200:
        return ok(check, "it leads to the Ringback of this machine")
    return unknown(check, "it leads to the Ringback of this machine, which takes no calls now: it is stopping")


def _not_ours(check: str, public: Answer, port: int) -> Finding:
    if PROCESS in public.headers:
        mend = "Set PUBLIC_URL to the address of this one, or run the doctor where that one runs."
        return wrong(check, "it leads to another Ringback", mend)
    if public.status in (502, 503, 504):
        mend = f"Let the proxy or tunnel lead to port {port} of this machine, over plain HTTP."
        return wrong(check, f"a proxy answers, and does not reach us (HTTP {public.status})", mend)
    mend = f"Let PUBLIC_URL lead to port {port} of this machine, every path of it."
    return wrong(check, f"something else answers there (HTTP {public.status})", mend)


def _sockets(passed: bool) -> Finding:
    check = "websockets"
    return ok(check, "they get through PUBLIC_URL") if passed else wrong(check, "they do not get through", _SOCKETS)


def certificate(found: Certificate | Trouble | None, *, now_unix: float) -> list[Finding]:
    """None for an address without TLS. One that is not good is told of with the public address."""
    if not isinstance(found, Certificate):
        return []
    check, days = "certificate", (found.expires_unix - now_unix) / _DAY_S
    if days < _SOON_DAYS:
        told = f"it ends in {max(days, 0):.0f} days" if days >= 0 else "it has ended"
        return [wrong(check, told, "Renew it; if that should happen by itself, find out why it did not.")]
    return [ok(check, f"good for its name, and for {days:.0f} more days")]


# What else the start wants


def metrics_port(port: int, *, closed: str) -> Finding:
    """`closed`: why it cannot be listened on, or ""."""
    check = "metrics port"
    if closed:
        mend = "Set METRICS_PORT to a free port of its own, and METRICS_HOST to an address of this machine."
        return wrong(check, f"port {port} cannot be listened on: {closed}", mend)
    return ok(check, f"port {port} can be listened on")


def traces(*, installed: bool) -> Finding:
    if installed:
        return ok("traces", "what sends them is installed; whether anybody takes them is not asked")
    mend = "Install the extra traces (pip install 'ringback[traces]'), or take OTEL_EXPORTER_OTLP_ENDPOINT away."
    return wrong("traces", "what sends them is not installed, so Ringback does not start", mend)


# The clock


def clock(skews: Sequence[float]) -> Finding:
    """`skews`: how much our clock is ahead, in seconds, by those who told the time."""
    if not skews:
        return unknown("clock", "nobody told the time")
    ahead_s = median(skews)
    if abs(ahead_s) > _MOST_SKEW_S:
        told = f"it is {abs(ahead_s):.0f} s {'fast' if ahead_s > 0 else 'slow'}"
        mend = "Let it be set by NTP: planned calls, quiet hours and certificates go by it."
        return wrong("clock", told, mend)
    return ok("clock", "right to a few seconds")


# What is kept


def database(found: Database) -> list[Finding]:
    findings = [_schema(found)]
    if found.free_bytes is not None:
        findings.append(_disk(found.free_bytes))
    return findings


def _schema(found: Database) -> Finding:
    check = "database"
    if found.problem:
        mend = "Check DATABASE_URL, and that its folder is there or its server runs."
        return wrong(check, f"it cannot be used: {found.problem}", mend)
    if not found.writable:
        what = "the database" if found.exists else "its folder"
        return wrong(check, f"{what} cannot be written to", "Give the account that runs Ringback the right to.")
    if not found.exists:
        return ok(check, "there is none yet; the first start makes it")
    if not found.known:
        told = f"it is of a newer Ringback: revision {found.revision}, where this one knows up to {found.head}"
        return wrong(check, told, "Start the newer version, or restore the backup from before it.")
    if found.kind == "sqlite" and found.ours and found.journal_mode != "wal":
        told = f"its journal mode is {found.journal_mode}, not WAL"
        return unknown(
            check, told, "The start sets it. If it stays so, the file system cannot do it: use a local disk."
        )
    if not found.ours:
        return ok(check, "it is empty; the first start makes its tables")
    if found.revision != found.head:
        return unknown(check, "it is of an older Ringback; the start brings it up to date", "Make a backup first.")
    return ok(check, f"it can be written to, and is of this version (revision {found.head})")


def _disk(free_bytes: int) -> Finding:
    told = f"{free_bytes / 1024**2:,.0f} MiB are free"
    if free_bytes < _LEAST_FREE:
        return wrong("disk", f"only {told}", "Make room on the disk of DATABASE_URL, or give it a larger volume.")
    return ok("disk", told)


def recordings(*, writable: bool) -> Finding:
    if writable:
        return ok("recordings", "they can be kept")
    mend = "Set RECORDINGS_DIR to a folder that the account that runs Ringback may write to."
    return wrong("recordings", "their folder cannot be written to", mend)


def prices(problem: str) -> Finding:
    if problem:
        return wrong("prices", f"the price list cannot be read: {problem}", "Check PRICES_FILE.")
    return ok("prices", "the price list can be read")

"""What the doctor has to say of one thing: right, wrong or not known, and how to mend it.

Pure. Owns the form of findings, how they are printed, and which exit code they make. Judges nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

RIGHT, WRONG, UNREADABLE = 0, 1, 2  # the command's exit codes (docs/operations.md)


class Verdict(StrEnum):
    """`UNKNOWN` is what is not certain: not found out, or not before the first start. It fails no script."""

    OK = "ok"
    WRONG = "wrong"
    UNKNOWN = "unknown"


_SIGNS = {Verdict.OK: "✓", Verdict.WRONG: "✗", Verdict.UNKNOWN: "?"}


@dataclass(frozen=True)
class Finding:
    """`check` names the thing, `says` how it stands, `mend` what to do about it. None of them ever holds a secret."""

    check: str
    verdict: Verdict
    says: str
    mend: str = ""


def ok(check: str, says: str) -> Finding:
    return Finding(check, Verdict.OK, says)


def wrong(check: str, says: str, mend: str) -> Finding:
    return Finding(check, Verdict.WRONG, says, mend)


def unknown(check: str, says: str, mend: str = "") -> Finding:
    return Finding(check, Verdict.UNKNOWN, says, mend)


def exit_code(findings: Sequence[Finding]) -> int:
    return WRONG if any(finding.verdict is Verdict.WRONG for finding in findings) else RIGHT


def as_text(findings: Sequence[Finding]) -> str:
    """One line a check, and under it what to do."""
    width = max((len(finding.check) for finding in findings), default=0)
    lines: list[str] = []
    for finding in findings:
        lines.append(f"{_SIGNS[finding.verdict]} {finding.check.ljust(width)}  {finding.says}")
        if finding.mend:
            lines.append(f"  {' ' * width}  → {finding.mend}")
    return "\n".join([*lines, "", _summary(findings)])


def as_json(findings: Sequence[Finding]) -> str:
    """`{"ok": …, "checks": [{"check", "verdict", "says", "mend"}]}`."""
    checks = [
        {"check": one.check, "verdict": one.verdict.value, "says": one.says, "mend": one.mend} for one in findings
    ]
    return json.dumps({"ok": exit_code(findings) == RIGHT, "checks": checks}, ensure_ascii=False, indent=2)


def _summary(findings: Sequence[Finding]) -> str:
    faults = sum(finding.verdict is Verdict.WRONG for finding in findings)
    open_ = sum(finding.verdict is Verdict.UNKNOWN for finding in findings)
    told = "Nothing is wrong." if not faults else f"{faults} {'thing is' if faults == 1 else 'things are'} wrong."
    return f"{told} {open_} {'is' if open_ == 1 else 'are'} not certain." if open_ else told

"""The docs hold what the code has: settings, commands, words, dependencies."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from bot import wording
from bot.metrics import Metrics
from bot.settings import Settings
from bridge.call import Ending, EndReason
from bridge.journal import EVENT_TYPES
from bridge.timeline import Timeline, figures

ROOT = Path(__file__).parent.parent


@cache
def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@cache
def rows(name: str) -> dict[str, list[str]]:
    """The rows of a file's tables, by their first cell."""
    found = {}
    for line in text(name).splitlines():
        if line.startswith("|"):
            first, *rest = [cell.strip() for cell in line.strip("|").split("|")]
            found[first.strip("`")] = rest
    return found


def shown(default: Any) -> str:
    """A default as docs/settings.md writes it."""
    if default is PydanticUndefined:
        return "needed"
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if default in (None, "", []):
        return "empty"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    field = Settings.model_fields[name]
    default, meaning = rows("docs/settings.md")[name.upper()]
    assert shown(field.get_default(call_default_factory=True)) in default
    assert ("secret" in default) is (field.annotation is SecretStr)
    assert meaning


def test_no_setting_is_documented_that_there_is_not() -> None:
    written = {name for name in rows("docs/settings.md") if re.fullmatch("[A-Z0-9_]+", name)}
    assert written == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("command", [*wording.COMMANDS, *wording.ADMIN_COMMANDS])
def test_every_command_is_documented(command: str) -> None:
    pages = [text("README.md"), *(page.read_text("utf-8") for page in (ROOT / "docs").glob("*.md"))]
    assert any(re.search(rf"/{command}\b", page) for page in pages)


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: kind.__name__)
def test_every_event_is_in_the_glossary(kind: type) -> None:
    assert rows("docs/glossary.md")[kind.__name__]


@pytest.mark.parametrize("reason", EndReason)
def test_every_end_reason_is_in_the_glossary(reason: EndReason) -> None:
    assert rows("docs/glossary.md")[reason.value]


def metrics() -> list[str]:
    """As they are read, by the names that samples have in common."""
    return [family.name for family in Metrics(token="").registry.collect() if family.name.startswith("ringback_")]


@pytest.mark.parametrize("name", metrics())
def test_every_metric_is_documented(name: str) -> None:
    assert re.search(rf"(?m)^\|.*`{name}(_total)?(\{{\w+\}})?`", text("docs/operations.md"))


@pytest.mark.parametrize("name", [*figures(Timeline(0, ending=Ending(EndReason.BUSY, 0, 0, detail="486")))])
def test_every_figure_of_a_calls_line_is_documented(name: str) -> None:
    assert re.search(rf"(?m)^\|.*`{name}`", text("docs/operations.md"))


def dependencies() -> list[str]:
    project = tomllib.loads(text("pyproject.toml"))["project"]
    wanted = [
        *project["dependencies"],
        *(item for extra in project["optional-dependencies"].values() for item in extra),
    ]
    return sorted({re.split(r"[\[<>=!~; ]", item)[0] for item in wanted})


@pytest.mark.parametrize("name", dependencies())
def test_every_dependency_has_its_reason(name: str) -> None:
    written = "[-_.]".join(re.split("[-_.]", name))  # one name to the package indexes
    assert re.search(rf"(?i)(?<![\w-]){written}(?![\w-])", text("docs/dependencies.md"))


def test_the_readme_is_short() -> None:
    assert len(text("README.md").splitlines()) <= 150


def test_the_readme_names_files_that_are_there() -> None:
    named = set(re.findall(r"`((?:bot|bridge|docs|prompts|sandbox)/[\w./-]+\.\w+)`", text("README.md")))
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_the_changelog_is_kept() -> None:
    """https://keepachangelog.com/en/1.1.0/"""
    headings = re.findall(r"(?m)^## (.+)$", text("CHANGELOG.md"))
    assert headings
    for heading in headings:
        assert re.fullmatch(r"\[(Unreleased|\d+\.\d+\.\d+)\]( - \d{4}-\d{2}-\d{2})?", heading), heading
    kinds = set(re.findall(r"(?m)^### (.+)$", text("CHANGELOG.md")))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}

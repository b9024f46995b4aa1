"""The rules of the house that no linter knows: who imports what, what stays pure, how large a room gets, and words."""

import ast
import io
import os
import re
import tokenize
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.source import PACKAGES, PRODUCT, ROOT, modules, name_of, nodes, tree

MODULES = modules(*PACKAGES)
NAMES = [name_of(path) for path in MODULES]

# Each package and those of ours that it may know (DESIGN.md, Rooms).
MAY_IMPORT = {
    "bot": {"bot", "bridge", "prompts"},
    "bridge": {"bridge", "prompts"},
    "prompts": {"prompts"},
}
IMPURE = {"asyncio", "aiohttp", "websockets", "telegram", "os", "time", "logging", "sqlalchemy"}

FILE_LINES = 360  # about 350
FUNCTION_LINES = 45  # about 40, without its signature: parameters that stand one to a line are no harder to read


@cache
def imports(node: ast.AST) -> frozenset[str]:
    """The top packages that are imported anywhere below."""
    found: set[str] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in inner.names}
        elif isinstance(inner, ast.ImportFrom):
            assert inner.level == 0, "imports are absolute"
            found.add((inner.module or "").partition(".")[0])
    return frozenset(found)


def ours(module: ast.AST) -> frozenset[str]:
    return imports(module) & {*PACKAGES, "tests"}


# Who may import what


def test_the_bridge_knows_nothing_of_chats() -> None:
    assert [name for name in NAMES if name.startswith("bridge/") and "telegram" in imports(tree(ROOT / name))] == []


def test_each_package_imports_only_what_it_may() -> None:
    wrong = {name_of(path): ours(tree(path)) - MAY_IMPORT[package] for package in PRODUCT for path in modules(package)}
    assert {name: packages for name, packages in wrong.items() if packages} == {"bot/__main__.py": {"sandbox"}}


def test_only_the_demo_knows_the_sandbox_and_only_when_it_runs() -> None:
    module = tree(ROOT / "bot" / "__main__.py")
    at_once = [node for node in module.body if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    assert not any("sandbox" in imports(node) for node in at_once)
    functions = [node for node in module.body if isinstance(node, ast.FunctionDef) and "sandbox" in imports(node)]
    assert [function.name for function in functions] == ["_demo"]


def test_nothing_imports_the_tests() -> None:
    assert [name for name, path in zip(NAMES, MODULES, strict=True) if "tests" in imports(tree(path))] == []


# What stays pure


def pure() -> list[str]:
    """The modules that say so."""
    return [
        name for name in NAMES if name.startswith(PRODUCT) and "Pure" in (ast.get_docstring(tree(ROOT / name)) or "")
    ]


def covered() -> list[str]:
    """The modules whose every branch `make cover` wants tested."""
    listed = re.findall(r"patsubst %,(\w+)/%\.py,([^)]*)\)", (ROOT / "Makefile").read_text("utf-8"))
    return [f"{package}/{stem}.py" for package, stems in listed for stem in stems.replace("\\\n", " ").split()]


def test_a_module_that_says_it_is_pure_is() -> None:
    assert len(pure()) > 40
    assert {name: found for name in pure() if (found := imports(tree(ROOT / name)) & IMPURE)} == {}


def test_every_branch_of_the_pure_modules_is_tested() -> None:
    assert sorted(covered()) == sorted(pure())


def test_the_pure_modules_are_told_of() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    told = page.partition("Pure modules")[2].partition("\n\n")[0]
    assert [name for name in pure() if not re.search(rf"\b{Path(name).stem}\b", told)] == []


def test_only_the_settings_read_the_environment() -> None:
    """bot/app.py sets one variable for a library, and reads none."""
    readers = [
        (name_of(path), node.attr)
        for path in modules(*PRODUCT)
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}
    ]
    assert readers == [("bot/app.py", "environ")]
    assert "os.environ.setdefault(" in (ROOT / "bot" / "app.py").read_text("utf-8")


# How large a room gets


def test_a_module_says_what_it_owns() -> None:
    """Only a package's empty `__init__.py` has nothing to say."""
    assert [name for name in NAMES if tree(ROOT / name).body and not ast.get_docstring(tree(ROOT / name))] == []


def test_a_module_stays_small() -> None:
    lengths = {name: len((ROOT / name).read_text("utf-8").splitlines()) for name in NAMES}
    assert {name: length for name, length in lengths.items() if length > FILE_LINES} == {}


def test_a_function_can_be_read_at_once() -> None:
    long = {
        f"{name}:{node.name}": length
        for name in NAMES
        for node in nodes(ROOT / name)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (length := (node.end_lineno or 0) - node.body[0].lineno + 1) > FUNCTION_LINES
    }
    assert long == {}


def test_no_module_is_a_drawer_for_anything() -> None:
    assert [name for name in NAMES if re.search(r"util|helper|manager|common|misc", Path(name).stem)] == []


# Words


def words(identifier: str) -> set[str]:
    """`hang_up`, `HangUp`: hang, up."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", identifier)}


def identifiers(path: Path) -> Iterator[str]:
    for node in nodes(path):
        for field in ("id", "arg", "attr", "name", "asname"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                yield value


def prose(path: Path) -> Iterator[str]:
    """Docstrings and comments: what is written for people."""
    for node in nodes(path):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield ast.get_docstring(node) or ""
    for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def test_the_bridge_speaks_of_requester_callee_and_agent() -> None:
    """Never "bot" or "user"; only the room that it must not know may be named: "the bot", `bot/wording.py`."""
    for path in modules("bridge"):
        named = [name for name in identifiers(path) if words(name) & {"bot", "bots", "user", "users"}]
        assert (path.stem, named) == (path.stem, [])
        for text in prose(path):
            assert not re.search(r"(?i)\busers?\b|\bbots\b", text), text
            assert not re.search(r"(?i)(?<!the )\bbot\b(?!/)", text), text


# What is handed over


def handed_over() -> Iterator[tuple[str, str]]:
    """The text files of the repository, without what tools leave behind."""
    left = re.compile(r"\.git|\.venv|out|dist|__pycache__|\..*_cache|\.hypothesis")
    for folder, below, files in os.walk(ROOT):
        below[:] = sorted(name for name in below if not left.fullmatch(name))
        for path in (Path(folder, name) for name in sorted(files)):
            if path.suffix in {".db", ".wav", ".ogg", ".png", ".pyc"} or path.name in {".coverage", ".env"}:
                continue
            yield name_of(path), path.read_text("utf-8", errors="replace")


def test_no_file_knows_a_developers_machine() -> None:
    own = re.compile(r"(?<![\w.])(/(home|Users|root|work|tmp/probe)/\w|[A-Z]:\\Users\\)")
    found = {name: match[0] for name, text in handed_over() if (match := own.search(text))}
    assert found == {}


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_holds_a_hash_for_everything_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"--(index-url|extra-index-url|find-links|trusted-host)", text)
    entries = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    assert len(entries) > 20
    for entry in entries:
        if entry.startswith("#"):
            continue
        assert re.match(r"[A-Za-z0-9._-]+(\[[\w,-]+\])?==\S+", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]


@pytest.mark.parametrize(("name", "extra"), [("requirements.lock", ""), ("requirements-dev.lock", "dev")])
def test_the_lock_holds_every_dependency(name: str, extra: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["dependencies"] + (project["optional-dependencies"][extra] if extra else [])
    locked = set(re.findall(r"(?m)^([A-Za-z0-9._-]+)(?:\[.*\])?==", (ROOT / name).read_text("utf-8")))

    def normal(package: str) -> str:
        return re.sub(r"[-_.]+", "-", package).lower()

    there = {normal(package) for package in locked}
    assert [item for item in wanted if normal(re.split(r"[\[<>=!~; ]", item)[0]) not in there] == []

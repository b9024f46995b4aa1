"""What takes long to import comes in when it is first used, and the loop goes on meanwhile."""

import asyncio
import builtins
import sys
import threading
from pathlib import Path

import pytest

from bridge.on_demand import on_demand


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """One that waits for a thing that only the loop can do."""
    (tmp_path / "slowly_there.py").write_text(
        "import builtins\nloaded = builtins.until_the_loop_has_gone_on.wait(10)\n", "utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "slowly_there", raising=False)
    return "slowly_there"


async def test_the_loop_goes_on_while_a_module_is_imported(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    gone_on = threading.Event()
    monkeypatch.setattr(builtins, "until_the_loop_has_gone_on", gone_on, raising=False)
    waiting = [asyncio.ensure_future(on_demand(module)) for _ in range(2)]
    await asyncio.sleep(0)
    gone_on.set()
    await asyncio.gather(*waiting)
    assert sys.modules[module].loaded is True


async def test_what_cannot_be_imported_is_told_each_time() -> None:
    for _ in range(2):
        with pytest.raises(ModuleNotFoundError):
            await on_demand("bridge.there_is_no_such_module")

"""The app's start: what keeps it from starting is told in words, and nothing is left open."""

from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.settings import Settings
from bridge.errors import RingbackError
from tests.test_settings import NEEDED


async def why_not(tmp_path: Path, **changes: Any) -> str:
    fields: dict[str, Any] = {name.lower(): value for name, value in NEEDED.items()}
    fields |= {"host": "127.0.0.1", "port": 0, "database_url": f"sqlite:///{tmp_path}/ringback.db", **changes}
    with pytest.raises(RingbackError) as caught:
        async with App(Settings(_env_file=None, **fields)):
            pass
    return str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////nowhere/at/all/ringback.db",
        "postgres://shane:hunter2@127.0.0.1:1/ringback",
        "postgresql://127.0.0.1:1/ringback?nonsense=1",
    ],
)
async def test_a_database_that_cannot_be_opened(tmp_path: Path, url: str) -> None:
    assert "DATABASE_URL" in await why_not(tmp_path, database_url=url)


@pytest.mark.parametrize("text", [None, "not = [toml", "as_of = 1"])
async def test_a_price_list_that_cannot_be_read(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "prices.toml"
    if text:
        file.write_text(text, "utf-8")
    assert "PRICES_FILE" in await why_not(tmp_path, prices_file=file)


async def test_a_telegram_that_is_not_there(tmp_path: Path) -> None:
    assert "TELEGRAM_API_URL" in await why_not(tmp_path, telegram_api_url="http://127.0.0.1:1")

"""A second catalogue of words, whatever languages there are: German, of which only a few messages are translated."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot import wording

_GERMAN = {
    "language-name": "Deutsch",
    "settings-title": "Einstellungen",
    "start": "Hallo!",
    "group-ask": "Ich telefoniere.",
    "refusal": "Leider nein: { $id }",
    "start-own-opening": "Hallo { $name }, hier ist dein KI-Assistent.",
}


@contextmanager
def english_and_german(folder: Path) -> Iterator[None]:
    """The catalogues, in `folder`, for as long as this is open."""
    english = (Path(wording.__file__).with_name("locales") / "en.ftl").read_text("utf-8")
    german = english
    for key, text in _GERMAN.items():
        german, count = re.subn(rf"(?m)^{key} =.*(\n(?: .*)?)*?(?=^\S)", f"{key} = {text}\n", german)
        assert count == 1, key
    locales = folder / "locales"
    locales.mkdir()
    (locales / "en.ftl").write_text(english, "utf-8")
    (locales / "de.ftl").write_text(german, "utf-8")
    caches = (wording.languages, wording.words, wording._bundle)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wording, "_LOCALES", locales)
        for cached in caches:
            cached.cache_clear()
        yield
    for cached in caches:
        cached.cache_clear()

"""The words of Ringback: what lies in `prompts/` can be read and used."""

from pathlib import Path

import jinja2
import pytest

from bridge.call import VOICES
from prompts import library

FOLDER = Path(library.__file__).parent


def test_every_persona_has_a_voice_of_the_model_and_a_manner() -> None:
    personas = library.personas()
    assert set(personas) == {path.stem for path in (FOLDER / "personas").glob("*.toml")}
    assert list(personas) == sorted(personas, key=lambda key: personas[key].name)
    for key, persona in personas.items():
        assert persona.key == key
        assert persona.voice in VOICES
        assert 0.25 <= persona.speed <= 1.5  # OpenAI, Realtime session: `audio.output.speed`
        assert persona.manner.strip()
        assert persona.fits
        assert "\\" not in persona.manner


def test_every_language_has_phrases_of_every_kind() -> None:
    for code, name in library.languages().items():
        phrases = library.phrases(code)
        assert phrases.language == name == library.language_name(code)
        assert all((phrases.goodbyes, phrases.greetings, phrases.backchannels, phrases.partings, phrases.joiners))
        assert all((phrases.holds, phrases.announcements, phrases.screening, phrases.menus, phrases.refusing))


def test_a_phrase_is_in_lower_case_and_stands_in_its_list_once() -> None:
    for code in library.languages():
        phrases = library.phrases(code)
        for kind in (
            phrases.goodbyes,
            phrases.greetings,
            phrases.backchannels,
            phrases.partings,
            phrases.joiners,
            phrases.refusing,
        ):
            assert len(set(kind)) == len(kind)
            assert all(phrase == phrase.lower() for phrase in kind)


@pytest.mark.parametrize("code", ["nl", "../phrases/en", ""])
def test_a_language_without_a_file_has_the_english_phrases(code: str) -> None:
    assert library.phrases(code).language == "English"


@pytest.mark.parametrize(
    ("code", "name"), [("it", "Italian"), ("ja", "Japanese"), ("xx", "xx"), ("", ""), ("not a code", "not a code")]
)
def test_a_language_is_called_by_its_english_name(code: str, name: str) -> None:
    assert library.language_name(code) == name


def test_a_template_without_one_of_its_values_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError, match="language"):
        library.render("farewell")


def test_a_template_is_rendered_without_white_space_around_it() -> None:
    rendered = library.render("farewell", language="English")
    assert rendered == rendered.strip()
    assert "English" in rendered


def test_what_stands_in_a_value_is_no_template() -> None:
    rendered = library.render("opening", language="English", opening="{{ language }} <b>&")
    assert "<<{{ language }} <b>&>>" in rendered

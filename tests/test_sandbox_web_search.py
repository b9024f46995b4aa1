"""The web of the sandbox: what a search finds there, and what is made of it."""

import pytest

from bot.found import Found
from prompts import library
from sandbox.brain import RuleMind
from sandbox.scenario import scenario
from sandbox.web_search import results, search

ROMA = {
    "number": "+1 415-555-2671",
    "name": "Trattoria Roma",
    "address": "1 Example Street",
    "source": "https://www.example.com/trattoria-roma",
}
NOTHING = dict.fromkeys(ROMA, "")


def found(text: str) -> object:
    schema = Found.model_json_schema()
    return RuleMind().structured(name="Found", schema=schema, instructions=library.render("lookup"), text=text)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("Trattoria Roma restaurant", ["Trattoria Roma"]),
        ("ASKED FOR\ntrattoria roma\nNEAR\nSan Francisco, US", ["Trattoria Roma"]),
        ("Doctor Klein's practice", ["Doctor Klein"]),
        ("Corner Café", ["Corner Café"]),
        ("City Clinic or Metro Gas", ["City Clinic", "Metro Gas"]),
        ("Roma", []),
        ("Mia", []),
        ("Shane", []),
        ("", []),
    ],
)
def test_a_business_is_found_by_its_whole_name(query: str, names: list[str]) -> None:
    assert [page.name for page in search(query)] == names


def test_a_page_has_the_number_and_an_address_of_its_own() -> None:
    (page,) = search("Corner Café")
    assert page.number.replace("-", "").replace(" ", "") in scenario("noisy").numbers
    assert page.url == "https://www.example.com/corner-cafe"


def test_what_one_page_says_is_found() -> None:
    assert found(f"Trattoria Roma\n{results(search('Trattoria Roma'))}") == ROMA


@pytest.mark.parametrize("query", ["City Clinic or Metro Gas", "Luigi's"])
def test_without_the_one_page_that_fits_nothing_is_found(query: str) -> None:
    assert found(f"{query}\n{results(search(query))}") == NOTHING


def test_what_was_asked_is_no_page() -> None:
    assert found("- Roma | +14155550100 | x | https://x.example") == NOTHING

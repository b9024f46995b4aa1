"""A number that was looked up: shown with its source, and dialled only when the requester agrees."""

from hypothesis import given

from bot import lookup_view
from bot.buttons import Press
from bot.chat import Chat
from bot.found import Found
from tests.samples import ENGLISH, GROUP, PLACE, a_draft, any_text, buttons, check_message

FOUND = Found(
    number="+14155552671",
    name="Trattoria Roma",
    address="1 Main St, San Francisco",
    source="https://roma.example/contact",
)


def test_a_number_that_was_found_is_shown_with_where_it_stands() -> None:
    assert lookup_view.candidate(ENGLISH, FOUND, group=False).text.splitlines() == [
        "I found this number. Is it the right one?",
        "📞 +1 415-555-2671",
        "Trattoria Roma · 1 Main St, San Francisco",
        "Source: https://roma.example/contact",
    ]


def test_what_is_not_known_of_it_is_left_out() -> None:
    for changes, shown in (({"address": " "}, ["Trattoria Roma"]), ({"address": "", "name": ""}, [])):
        text = lookup_view.candidate(ENGLISH, FOUND.model_copy(update=changes), group=False).text
        assert text.splitlines()[2:-1] == shown


def test_it_is_used_or_another_one_is_asked_for() -> None:
    pressed = [Press.read(button.data) for button in buttons(lookup_view.candidate_buttons(ENGLISH, a_draft()))]
    assert [(press.verb, press.call_id, press.rev) for press in pressed] == [
        *(("use", a_draft().id, 3), ("other", a_draft().id, 3))
    ]


def test_in_a_group_a_page_whose_address_holds_the_number_is_named_by_its_site() -> None:
    telling = FOUND.model_copy(update={"source": "https://numbers.example/14155552671"})
    assert lookup_view.candidate(ENGLISH, telling, group=True).text.endswith("Source: numbers.example")
    assert lookup_view.candidate(ENGLISH, telling, group=False).text.endswith(telling.source)
    assert lookup_view.candidate(ENGLISH, FOUND, group=True).text.endswith(FOUND.source)


@given(any_text(), any_text(), any_text())
def test_whatever_a_page_says_is_a_message(name: str, address: str, source: str) -> None:
    found = Found.model_construct(number=FOUND.number, name=name, address=address, source=source)
    check_message(lookup_view.candidate(ENGLISH, found, group=False))


def test_the_planner_is_told_the_question_without_the_number() -> None:
    asked = lookup_view.open_question(ENGLISH, FOUND)
    assert asked.question == f"{ENGLISH('lookup-found')} – Trattoria Roma · 1 Main St, San Francisco"
    assert "2671" not in asked.question
    assert asked.choices == ["✅ Use it", "✖️ Another number"]


def test_a_number_that_was_not_found_is_asked_for_and_the_town_where_it_is_not_known() -> None:
    here, nowhere = Chat(PLACE.chat_id, town="Porto", country="PT"), Chat(GROUP.chat_id)
    asked = ENGLISH("lookup-none", what="Roma restaurant")
    assert lookup_view.not_found(here, "Roma restaurant").question == asked
    assert lookup_view.not_found(nowhere, "Roma restaurant").question == f"{asked} {ENGLISH('lookup-place')}"
    assert lookup_view.not_found(here, "Roma restaurant").choices == []


def test_a_search_says_what_it_is_for_and_why_it_failed() -> None:
    assert lookup_view.searching(ENGLISH, "Roma restaurant") == "🔎 Looking up the number of Roma restaurant …"
    failed = lookup_view.failed(ENGLISH, "Roma restaurant", ENGLISH("model-unreachable"))
    assert "Roma restaurant just now: the planning model did not answer." in failed.question
    assert failed.choices == []

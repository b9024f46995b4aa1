"""The contacts of a chat as they are shown, and the question whether to keep one."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import contacts_view
from bot.address_book import Contact
from bot.buttons import NO_BUTTONS, PAGE
from bot.contacts_view import ContactPress
from tests.samples import ENGLISH, any_text, buttons, check_keyboard, check_message, labels

MUM = Contact(7, "Mum", "+442071234567")


def many(count: int) -> list[Contact]:
    return [Contact(number, f"Contact {number}", "+14155552671") for number in range(count)]


# Buttons


@pytest.mark.parametrize(
    ("data", "press"),
    [
        ("k:save:7", ContactPress("save", 7)),
        ("k:remove:7:2", ContactPress("remove", 7, 2)),
        ("k:page:1", ContactPress("page", 1)),
    ],
)
def test_a_press_is_read_from_its_data(data: str, press: ContactPress) -> None:
    assert ContactPress.read(data) == press


@pytest.mark.parametrize(
    "data",
    ["k", "k:save", "k:save:", "k:save:x", "k:save:-1", "k:save:1:2:3", "k:dial:1", "c:save:1", f"k:save:{10**19}"],
)
def test_data_of_others_is_refused(data: str) -> None:
    with pytest.raises(ValueError):
        ContactPress.read(data)


@given(any_text())
def test_any_other_data_is_read_or_refused_with_a_value_error(data: str) -> None:
    with contextlib.suppress(ValueError):
        ContactPress.read(f"k:{data}")


# The question


def test_a_contact_is_kept_when_somebody_says_so() -> None:
    asked = contacts_view.question(ENGLISH, MUM.name, MUM.number)
    assert asked == "Keep Mum, +44 20 7123 4567, in this chat’s contacts?"
    save, skip = buttons(contacts_view.question_buttons(ENGLISH, 7))
    assert (ContactPress.read(save.data), ContactPress.read(skip.data)) == (
        ContactPress("save", 7),
        ContactPress("skip", 7),
    )


def test_what_became_of_a_contact_is_said_by_name() -> None:
    assert contacts_view.kept(ENGLISH, MUM) == "Kept: Mum. From now on “call Mum” is enough."
    assert contacts_view.removed(ENGLISH, MUM) == "Removed: Mum."


# The list


def test_without_contacts_it_is_said_how_to_get_some() -> None:
    shown, keyboard = contacts_view.listed(ENGLISH, [], 0, group=False)
    assert (shown.text, keyboard) == (ENGLISH("contacts-none"), NO_BUTTONS)


def test_each_contact_is_listed_with_its_number_and_a_button_that_removes_it() -> None:
    shown, keyboard = contacts_view.listed(ENGLISH, [MUM], 0, group=False)
    assert shown.text.splitlines() == [
        *("Contacts of this chat", "Mum · +44 20 7123 4567", "", "Tap one to remove it.")
    ]
    (remove,) = buttons(keyboard)
    assert (remove.label, ContactPress.read(remove.data)) == ("✖️ Mum", ContactPress("remove", 7))


def test_a_long_list_is_paged_through_in_a_circle() -> None:
    contacts = many(PAGE + 1)
    first, second = (contacts_view.listed(ENGLISH, contacts, page, group=False) for page in (0, 1))
    assert labels(first[1])[-1] == "More (1/2)"
    assert ContactPress.read(buttons(first[1])[-1].data) == ContactPress("page", 1)
    assert ContactPress.read(buttons(second[1])[-1].data) == ContactPress("page", 0)
    assert labels(second[1])[0] == f"✖️ Contact {PAGE}"
    assert [len(labels(keyboard)) - 1 for _, keyboard in (first, second)] == [PAGE, 1]


def test_a_page_that_is_not_there_any_more_is_the_last_one() -> None:
    assert contacts_view.listed(ENGLISH, many(3), 5, group=False) == contacts_view.listed(
        ENGLISH, many(3), 0, group=False
    )


def test_in_a_group_a_number_that_is_kept_as_a_name_is_hidden_on_its_button() -> None:
    number = Contact(8, "415 555 2671", "+14155552671")
    assert labels(contacts_view.listed(ENGLISH, [number], 0, group=True)[1]) == ["✖️ ••• ••• ••71"]
    assert labels(contacts_view.listed(ENGLISH, [number], 0, group=False)[1]) == ["✖️ 415 555 2671"]


@given(st.lists(any_text(), min_size=1, max_size=20), st.integers(0, 9), st.booleans())
def test_any_contacts_are_a_message_with_buttons(names: list[str], page: int, group: bool) -> None:
    contacts = [Contact(number, name, "+14155552671") for number, name in enumerate(names)]
    shown, keyboard = contacts_view.listed(ENGLISH, contacts, page, group=group)
    check_message(shown)
    check_keyboard(keyboard)

"""How people are named in the chat."""

from bot import people_view
from bot.chat import Chat
from bot.richtext import units
from tests.samples import ENGLISH, GROUP, PLACE, a_draft


def test_an_id_is_named_in_private_only() -> None:
    assert people_view.id_for(PLACE, 123456789) == "123456789"
    assert people_view.id_for(GROUP, 123456789) == "<id>"


def test_somebody_is_named_by_name_and_id_in_a_group_by_name() -> None:
    assert people_view.named(PLACE, "Ana", 102) == "Ana (102)"
    assert people_view.named(PLACE, "", 102) == "102"
    assert people_view.named(GROUP, "Ana", 102) == "Ana"
    assert people_view.named(GROUP, "", 102) == "102"


def test_others_are_told_whose_a_call_is() -> None:
    assert people_view.not_theirs(ENGLISH, a_draft(requester_id=101), 102).startswith("This is Shane’s call")


def test_who_replies_to_somebody_elses_card_is_told_whose_it_is() -> None:
    assert "Shane’s" in people_view.not_yours_to_change(ENGLISH, a_draft(requester_id=101))


def test_who_lost_the_role_is_told_that_and_not_whose_it_is() -> None:
    assert people_view.not_theirs(ENGLISH, a_draft(requester_id=101), 101).startswith("You can watch calls here")


def test_a_long_name_leaves_room_for_the_rest() -> None:
    draft = a_draft(requester_id=101, requester_name="N" * 256)
    assert units(people_view.not_theirs(ENGLISH, draft, 102)) <= 200


def test_people_come_first_and_groups_below() -> None:
    [page] = people_view.listed(
        ENGLISH, [("admin", "Shane", 101), ("watcher", "", 102)], [Chat(-7, "Family"), Chat(-8, "")]
    )
    assert page.text == (
        "People\n• Shane · 101 · admin\n• unknown · 102 · watcher\n\nGroups\n• Family · -7\n• unknown · -8"
    )


def test_without_groups_none_are_named() -> None:
    [page] = people_view.listed(ENGLISH, [("admin", "Shane", 101)], [])
    assert "Groups" not in page.text


def test_many_people_take_several_messages() -> None:
    pages = people_view.listed(ENGLISH, [("caller", "N" * 256, 10**9 + count) for count in range(200)], [])
    assert len(pages) > 3
    assert all(page.units <= 4096 for page in pages)
    assert sum(page.text.count("•") for page in pages) == 200

"""The same phone menu again and again."""

from bridge.menu import LOOP, Menu
from bridge.phrases import phrasebook

ENGLISH = phrasebook("en")


def test_the_same_menu_three_times_is_a_loop() -> None:
    menu = Menu()
    for _ in range(LOOP - 1):
        assert not menu.heard("For reservations, press 1.", ENGLISH)
        assert not menu.heard("For opening hours, press two.", ENGLISH)
    assert menu.heard("for reservations press 1", ENGLISH)


def test_what_is_no_menu_may_be_said_as_often_as_one_likes() -> None:
    menu = Menu()
    assert not any(menu.heard("Hello?", ENGLISH) for _ in range(3 * LOOP))

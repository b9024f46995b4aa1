"""How many may wait at the door, and under which address they are counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.pending import Pending, client_of


def test_one_address_can_have_only_so_many_waiting() -> None:
    pending = Pending(most_of_one=2, most=10)
    assert [pending.enter("a") for _ in range(3)] == [True, True, False]
    assert pending.enter("b")


def test_all_together_can_be_only_so_many() -> None:
    pending = Pending(most_of_one=2, most=3)
    assert [pending.enter(name) for name in "abcd"] == [True, True, True, False]


def test_whoever_leaves_makes_room() -> None:
    pending = Pending(most_of_one=1, most=1)
    assert pending.enter("a")
    assert not pending.enter("b")
    pending.leave("a")
    assert pending.enter("b")


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abc"))))
def test_what_is_counted_is_who_is_there(steps: list[tuple[bool, str]]) -> None:
    pending = Pending(most_of_one=2, most=4)
    there: list[str] = []
    for comes, name in steps:
        if comes:
            room = there.count(name) < 2 and len(there) < 4
            assert pending.enter(name) is room
            there += [name] * room
        elif name in there:
            pending.leave(name)
            there.remove(name)
        assert len(pending) == len(there)


@pytest.mark.parametrize(
    ("peer", "told", "client"),
    [
        ("172.16.0.1", "", "172.16.0.1"),
        ("172.16.0.1", "203.0.113.7", "203.0.113.7"),
        ("172.16.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),  # what the client made up stands before
        ("172.16.0.1", "203.0.113.7, nonsense", "172.16.0.1"),
        ("172.16.0.1", "203.0.113.7:80", "172.16.0.1"),
        ("::ffff:203.0.113.7", "", "203.0.113.7"),
        ("", "", ""),
        ("/run/socket", "", "/run/socket"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "", "2001:db8:1:2::/64"),
    ],
)
def test_the_client_is_whom_the_proxy_names_last_or_the_peer(peer: str, told: str, client: str) -> None:
    assert client_of(peer, told) == client


@given(st.text())
def test_no_header_is_too_odd(told: str) -> None:
    assert client_of("192.0.2.1", told)

"""What opens a media stream: ours only, of this call only, once, and not for long."""

from hypothesis import given
from hypothesis import strategies as st

from bridge.tickets import A_PROCESS, Tickets, call_of

NOW = 1_800_000_000.0
KEY = "a secret of the deployment's"


def of(call_id: str = "call", **more: int) -> Tickets:
    return Tickets(KEY, call_id, **more)


def test_a_ticket_is_good_once() -> None:
    tickets = of()
    ticket = tickets.issue(NOW + 60)
    assert tickets.redeem(ticket, NOW) == 0
    assert tickets.redeem(ticket, NOW) is None


def test_a_ticket_from_before_one_that_was_used_is_used_up() -> None:
    tickets = of()
    first, second = tickets.issue(NOW + 60), tickets.issue(NOW + 60)
    assert tickets.redeem(second, NOW) == 1
    assert tickets.redeem(first, NOW) is None


def test_a_ticket_is_good_until_its_end_and_not_a_second_longer() -> None:
    tickets = of()
    first, second = tickets.issue(NOW + 60), tickets.issue(NOW + 60)
    assert tickets.redeem(first, NOW + 60) == 0
    assert tickets.redeem(second, NOW + 61) is None
    assert call_of(second, KEY, NOW + 61) == ""


def test_a_ticket_of_another_call_opens_nothing() -> None:
    ticket = of("another").issue(NOW + 60)
    assert call_of(ticket, KEY, NOW) == "another"
    assert of().redeem(ticket, NOW) is None


def test_a_ticket_of_another_deployment_opens_nothing() -> None:
    ticket = Tickets("another secret", "call").issue(NOW + 60)
    assert call_of(ticket, KEY, NOW) == ""
    assert of().redeem(ticket, NOW) is None


def test_a_process_takes_what_a_former_one_issued_and_nothing_that_was_used() -> None:
    former = of()
    used, spare = former.issue(NOW + 60), former.issue(NOW + 60)
    next_one = of(used=0, process=1)
    assert next_one.redeem(used, NOW) is None
    assert next_one.redeem(spare, NOW) == 1
    assert next_one.redeem(next_one.issue(NOW + 60), NOW) == A_PROCESS


def test_a_turn_is_good_once_and_until_a_later_ticket_is_used() -> None:
    tickets = of()
    tickets.issue(NOW + 60)
    turn = str(tickets.turn)
    later = tickets.issue(NOW + 60)
    assert tickets.redeem(later, NOW) == int(turn)
    assert not tickets.ask(turn)
    assert tickets.ask(str(tickets.turn))


def test_a_process_is_asked_in_the_turn_that_a_former_one_told_of() -> None:
    former = of()
    former.issue(NOW + 60)
    next_one = of(used=0, process=1)
    assert next_one.ask(str(former.turn))
    assert not next_one.ask(str(former.turn))
    assert next_one.turn == A_PROCESS


@given(st.text())
def test_what_is_no_number_is_nobodys_turn(text: str) -> None:
    assert of().ask(text) == (text.isascii() and text.isdecimal() and len(text) < 12)


@given(st.integers(0, 3), st.text(max_size=12))
def test_a_ticket_that_was_tampered_with_opens_nothing(part: int, put: str) -> None:
    ticket = of().issue(NOW + 60)
    parts = ticket.split(".")
    parts[part] = put
    tampered = ".".join(parts)
    if tampered != ticket:
        assert call_of(tampered, KEY, NOW) == ""
        assert of().redeem(tampered, NOW) is None


@given(st.text())
def test_whatever_comes_from_outside_is_no_ticket(text: str) -> None:
    assert call_of(text, KEY, NOW) == ""
    assert of().redeem(text, NOW) is None

"""What the agent neither gives nor takes."""

import pytest

from bridge.sensitive import sensitive


@pytest.mark.parametrize(
    "text",
    ["4242 4242 4242 4242", "the card is 4242-4242-4242-4242, thanks", "5555555555554444", "378282246310005"],
)
def test_a_card_number_is_known_by_its_check_digit(text: str) -> None:
    assert sensitive(text) == "card"


@pytest.mark.parametrize("text", ["4242 4242 4242 4241", "0000 0000 0000 0000", "order 1234567890123"])
def test_other_long_numbers_are_none(text: str) -> None:
    assert sensitive(text) == ""


@pytest.mark.parametrize("text", ["+49 1512 3456 001", "call back on +441632960000013."])
def test_a_phone_number_is_no_card_though_its_last_digit_happens_to_fit(text: str) -> None:
    assert sensitive(text) == ""
    assert sensitive(text.replace("+", "")) == "card"


def test_a_plus_does_not_make_a_card_a_phone_number() -> None:
    assert sensitive("+4242 4242 4242 4242") == "card"


@pytest.mark.parametrize("text", ["DE89 3704 0044 0532 0130 00", "to GB82WEST12345698765432, please"])
def test_an_account_is_known_by_its_check_digits(text: str) -> None:
    assert sensitive(text) == "bank"


def test_what_only_looks_like_an_account_is_none() -> None:
    assert sensitive("DE88 3704 0044 0532 0130 00") == ""


@pytest.mark.parametrize(
    "text", ["What is your password?", "Read me the one-time code.", "the CVV", "Wie lautet Ihr Passwort?", "my pin"]
)
def test_the_words_for_a_secret_are_known(text: str) -> None:
    assert sensitive(text) == "secret"


@pytest.mark.parametrize(
    "text",
    [
        "Say the verification code.",
        "Sagen Sie den Bestätigungscode.",
        "Diga su contraseña.",
        "Quel est le code de vérification ?",
        "Mi dia il numero di carta.",
        "Diga a sua senha.",
    ],
)
def test_the_words_for_a_secret_are_known_in_every_language(text: str) -> None:
    assert sensitive(text) != ""


def test_a_word_of_one_language_is_no_secret_in_another() -> None:
    assert sensitive("Order the prime rib for four.") == ""
    assert sensitive("Donnez-moi votre RIB.") != ""


@pytest.mark.parametrize("text", ["", "A table for four at 7pm", "+1 415 555 2671", "the opinions", "pinning it down"])
def test_everything_else_may_be_said(text: str) -> None:
    assert sensitive(text) == ""


def test_each_of_several_texts_is_looked_at() -> None:
    assert sensitive("At eight?", "Yes", "4242 4242 4242 4242") == "card"

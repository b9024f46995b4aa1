"""What is typed at the demo's prompt -> what a person does in Telegram: writes, replies, presses a button, shares.

Owns the telling of a button's label from a message. Must not print.
"""

from sandbox.telegram.chat import Button, Message
from sandbox.telegram.person import Person

OWN_PHONE = "+14155550125"  # scenarios/requester.toml


def typed(person: Person, line: str) -> str:
    """A line is a button's label, a reply to the newest message with buttons ("> ask for a terrace"), or a message.
    What there is to say about it, such as the address that a button opens; "" for nothing.
    """
    messages = [
        message for message in reversed(person.chat.messages) if message.sender == "bot" and not message.deleted
    ]
    for message in messages:
        if button := button_of(message, line):
            return _pressed(person, message, button)
        if _shares(message, line):
            person.send_contact(OWN_PHONE, person.user.first_name, user_id=person.id)
            return f"you share your own number, {OWN_PHONE}"
    replied = next((message for message in messages if message.keyboard), None) if line.startswith(">") else None
    text = line.removeprefix(">").strip() if replied else line
    try:
        person.say(text, reply_to=replied)
    except ValueError as error:
        return str(error)
    return ""


def button_of(message: Message, label: str) -> Button | None:
    """The button that somebody means who types `label`: without its emoji, in capitals or in brackets as you like."""
    wanted = _plain(label)
    return next((b for row in message.keyboard for b in row if wanted and _plain(b.label) == wanted), None)


def _pressed(person: Person, message: Message, button: Button) -> str:
    if button.data is None:
        return f"opens {button.url}"
    person.press_data(message, button.data)
    return ""


def _shares(message: Message, label: str) -> bool:
    """The keyboard that a message may bring in the place of the letters' one: buttons that share one's own contact."""
    rows = (message.markup or {}).get("keyboard", [])
    return any(b.get("request_contact") and _plain(b["text"]) == _plain(label) for row in rows for b in row)


def _plain(label: str) -> str:
    return " ".join("".join(c for c in label if c.isalnum() or c == " ").split()).casefold()

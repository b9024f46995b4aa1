"""Where a conversation takes place, and how a moment is said there."""

from datetime import UTC, datetime

import pytest

from bot.chat import Chat, Place

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC).timestamp()
HOUR_S = 3600.0
BERLIN = Chat(101, zone="Europe/Berlin")


def test_groups_have_negative_ids() -> None:
    assert [(Place(chat_id).group, Chat(chat_id).group) for chat_id in (101, -1001234567890)] == [
        (False, False),
        (True, True),
    ]


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (1, "today, Sun, 22 Nov, 10:00 (Berlin)"),
        (24, "tomorrow, Mon, 23 Nov, 09:00 (Berlin)"),
        (48, "Tue, 24 Nov, 09:00 (Berlin)"),
        (-24, "Sat, 21 Nov, 09:00 (Berlin)"),
    ],
)
def test_a_moment_is_said_as_its_people_say_it(hours: float, said: str) -> None:
    assert BERLIN.when(NOW + hours * HOUR_S, NOW) == said


def test_a_day_is_the_one_of_the_chats_time_zone() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC).timestamp()
    assert BERLIN.date(late) == "Mon, 23 Nov"
    assert Chat(101, zone="America/New_York").date(late) == "Sun, Nov 22"


def test_a_chat_speaks_its_language_or_english() -> None:
    assert Chat(101).words.language == "en"
    assert Chat(101, language="tlh").words.language == "en"

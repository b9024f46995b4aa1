"""The callee of the sandbox: it hears, waits, speaks and hangs up like a person, frame by frame."""

import msgspec
import pytest

from bridge.phrases import phrasebook
from sandbox.callee import MachineCallee, ScenarioCallee, phone_book
from sandbox.scenario import Rule, Scenario, scenario, scenarios
from sandbox.sounds import cough, music
from sandbox.tones import ALPHABET, FRAME, SILENCE, Ear, SpeechEnded, speak

ORDER = "Hello, I would like to book a table for four at 7pm."


def quiet(callee: ScenarioCallee | MachineCallee, ms: int) -> bytes:
    """Listen to it for so long; what it said."""
    return b"".join(callee.step(SILENCE) for _ in range(ms // 20))


def tell(callee: ScenarioCallee | MachineCallee, words: str, *, then_ms: int = 8000) -> list[str]:
    """Speak to it, wait, and return what it said meanwhile."""
    before = len(callee.said)
    audio = speak(words)
    for at in range(0, len(audio), FRAME):
        callee.step(audio[at : at + FRAME])
    waited = 0
    while waited < then_ms and not (len(callee.said) > before and waited > 2000):
        quiet(callee, 20)
        waited += 20
    return [said.text for said in callee.said[before:]]


def person(name: str) -> ScenarioCallee:
    return ScenarioCallee(scenario(name))


def simple(**fields: object) -> ScenarioCallee:
    return ScenarioCallee(
        msgspec.convert({"name": "x", "about": "x", "numbers": [], "greeting": "Hello?", **fields}, Scenario)
    )


# Scenarios


@pytest.mark.parametrize("name", sorted(scenarios()))
def test_every_scenario_can_be_said(name: str) -> None:
    one = scenario(name)
    spoken = [one.greeting, one.farewell, one.who_is_there, one.waits, *one.lost, *(rule.say for rule in one.rules)]
    assert not [words for words in spoken if set(words.replace("{", "").replace("}", "")) - set(ALPHABET)]


@pytest.mark.parametrize("name", sorted(scenarios()))
def test_every_last_word_of_a_scenario_is_a_goodbye(name: str) -> None:
    one = scenario(name)
    last_words = [one.farewell, *(rule.say for rule in one.rules if rule.hang_up and rule.say)]
    assert all(phrasebook(one.language).ends_with_goodbye(words) for words in last_words)


def test_a_name_that_cannot_be_made_out_is_written_down_as_it_sounds() -> None:
    callee = person("restaurant")
    assert tell(callee, "A table for four at 8pm, please.") == ["Very good. Under what name, please?"]
    assert tell(callee, "Under the op-in, please.") == ["Very good. Under what name, please?"]
    (booked,) = tell(callee, "Under the op-in, please.")
    assert "under The op-in" in booked


def test_no_number_has_two_answerers() -> None:
    numbers = [number for one in scenarios().values() for number in one.numbers]
    assert len(numbers) == len(set(numbers))


def test_a_scenario_with_a_stray_state_is_refused() -> None:
    with pytest.raises(ValueError, match="no rule has the state nowhere"):
        Scenario("x", "x", (), rules=(Rule(state="start", goto="nowhere"),)).check()


def test_a_scenario_that_listens_for_something_unknown_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing is known of colour"):
        Scenario("x", "x", (), notices=("colour",)).check()


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("+14155552671", "answer"),
        ("+14155550102", "busy"),
        ("+14155550103", "no-answer"),
        ("+14155550104", "failed"),
        ("+14155550105", "answer"),
        ("+49301234567", "answer"),
    ],
)
def test_the_phone_book_knows_who_picks_up(number: str, kind: str) -> None:
    assert phone_book()(number).pickup.kind == kind


def test_a_number_of_nobody_is_answered_like_the_restaurant_under_no_name() -> None:
    callee = phone_book()("+12125550199")
    assert isinstance(callee, ScenarioCallee)
    quiet(callee, 4000)
    assert [said.text for said in callee.said] == ["Hello, how can I help?"]
    assert "full at 7pm" in tell(callee, ORDER)[0]


def test_every_answer_is_a_new_person() -> None:
    book = phone_book()
    first = book("+14155552671")
    assert isinstance(first, ScenarioCallee)
    tell(first, ORDER)
    second = book("+14155552671")
    assert isinstance(second, ScenarioCallee)
    assert not second.notes


# Manners


def test_it_waits_a_moment_and_greets() -> None:
    callee = person("restaurant")
    quiet(callee, 4000)
    (greeting,) = callee.said
    assert greeting.text == "Trattoria Roma, good evening. How can I help?"
    assert 400 <= greeting.began_ms <= 800


def test_its_words_travel_in_the_sound() -> None:
    ear = Ear()
    said = quiet(person("restaurant"), 5000)
    heard = [e for at in range(0, len(said), FRAME) for e in ear.feed(said[at : at + FRAME])]
    assert [e.text for e in heard if isinstance(e, SpeechEnded)] == ["Trattoria Roma, good evening. How can I help?"]


def test_it_does_not_greet_over_an_agent_who_speaks_first() -> None:
    callee = person("restaurant")
    assert tell(callee, ORDER) == ["I am sorry, we are full at 7pm. I could offer you 7:45. Would that be all right?"]


def test_it_answers_a_moment_after_the_other_has_finished() -> None:
    callee = person("restaurant")
    quiet(callee, 4000)
    for words in (ORDER, "Yes, that works."):
        tell(callee, words)
        assert 300 <= callee.said[-1].began_ms - callee.heard[-1].ended_ms <= 620


def test_a_short_pause_of_the_agent_is_not_taken_for_its_end() -> None:
    callee = simple(rules=[{"say": "Yes?"}])
    quiet(callee, 2000)
    audio = speak("I would like") + SILENCE * 14 + speak("to book.")
    for at in range(0, len(audio), FRAME):
        callee.step(audio[at : at + FRAME])
    quiet(callee, 1000)
    assert len(callee.said) == 2
    assert callee.heard[-1].text.replace(" ", "") == "Iwouldliketobook."


def test_it_gives_way_when_the_agent_starts_over_its_words() -> None:
    callee = person("restaurant")
    quiet(callee, 1200)
    tell(callee, ORDER)
    assert "Trattoria Roma, good evening. How can I help?".startswith(callee.said[0].text)
    assert len(callee.said[0].text) < 25


def test_one_who_does_not_give_way_speaks_on() -> None:
    callee = simple(greeting="This is a long greeting that goes on.", gives_way=False, rules=[{"say": "Yes?"}])
    quiet(callee, 1000)
    tell(callee, "Hello there, how are you?")
    assert callee.said[0].text == "This is a long greeting that goes on."


def test_it_says_goodbye_back_and_hangs_up() -> None:
    callee = simple()
    quiet(callee, 2000)
    assert tell(callee, "Thank you, goodbye!", then_ms=5000) == ["Goodbye!"]
    quiet(callee, 1000)
    assert callee.hung_up
    assert 1100 <= callee.now_ms - callee.said[-1].ended_ms <= 3000


def test_hung_up_it_is_silent() -> None:
    callee = simple()
    quiet(callee, 2000)
    tell(callee, "Goodbye!")
    quiet(callee, 3000)
    assert callee.hung_up
    assert set(quiet(callee, 1000)) == {0xFF}


def test_it_asks_who_is_there_after_six_seconds_and_gives_up_after_eight_more() -> None:
    callee = simple()
    quiet(callee, 9000)
    asked = callee.said[-1]
    assert asked.text == "Hello? Anyone there?"
    assert 5900 <= asked.began_ms - callee.said[0].ended_ms <= 6100
    quiet(callee, 9500)
    assert callee.hung_up
    assert [said.text for said in callee.said] == ["Hello?", "Hello? Anyone there?"]


def test_an_answer_to_who_is_there_keeps_it_on_the_line() -> None:
    callee = simple(rules=[{"say": "Good."}])
    quiet(callee, 9500)
    tell(callee, "Yes, I am here.")
    quiet(callee, 5000)
    assert not callee.hung_up


def test_it_says_its_last_words_again_when_asked() -> None:
    callee = person("restaurant")
    quiet(callee, 4000)
    first = tell(callee, ORDER)
    assert tell(callee, "Sorry, I did not catch that. Could you say it again?") == first


def test_an_agent_who_says_nothing_understandable_is_asked() -> None:
    callee = person("restaurant")
    quiet(callee, 4000)
    assert tell(callee, "Purple monkeys.") == ["Sorry, what was that?"]


def test_keys_are_heard() -> None:
    callee = person("menu")
    quiet(callee, 12_000)
    callee.press("2")
    quiet(callee, 7000)
    assert callee.pressed == "2"
    assert callee.said[-1].text.startswith("For a new appointment press 1.")


# The scenarios' own ways


def booked(callee: ScenarioCallee, *words: str) -> str:
    quiet(callee, 4000)
    return [tell(callee, each) for each in words][-1][0]


@pytest.mark.parametrize(
    ("words", "confirmed"),
    [
        (
            ("A table for four at 7pm, please.", "Yes, 7:45 works.", "Shane", "Yes, that is right."),
            "You are booked: 7:45, table for four, under Shane.",
        ),
        (
            ("A table for two at 8:30pm under Ana Silva.", "Yes, correct."),
            "You are booked: 8:30pm, table for two, under Ana Silva.",
        ),
        (
            ("I would like to book a table.", "six", "9pm", "Under Zoë, please.", "Yes."),
            "You are booked: 9pm, table for six, under Zoë.",
        ),
        (
            ("Could you reserve for 3 people on Saturday at 8pm under Bo?", "Exactly."),
            "You are booked on Saturday: 8pm, table for 3, under Bo.",
        ),
    ],
)
def test_the_restaurant_books_what_it_was_told(words: tuple[str, ...], confirmed: str) -> None:
    assert booked(person("restaurant"), *words) == confirmed


def test_the_restaurant_asks_for_what_it_was_not_told() -> None:
    callee = person("restaurant")
    quiet(callee, 4000)
    asked = [tell(callee, words)[0] for words in ("I want to book a table.", "For five people.", "At 8pm.")]
    assert asked == [
        "Of course. For how many people?",
        "And at what time?",
        "Very good. Under what name, please?",
    ]


def test_the_restaurant_corrects_what_it_has_misheard() -> None:
    callee = person("restaurant")
    quiet(callee, 4000)
    tell(callee, "A table for two at 8pm under Ana.")
    assert tell(callee, "Not quite, it should be for five.") == [
        "Let me correct that: a table for five at 8pm, under Ana. Is that right now?"
    ]


def test_the_restaurant_never_gives_away_a_table_it_does_not_have() -> None:
    callee = person("restaurant")
    quiet(callee, 4000)
    tell(callee, ORDER)
    assert "only table" in tell(callee, "I can only take 7pm, I am afraid.")[0]
    assert tell(callee, "Then not, thank you, goodbye.") == ["Goodbye!"]


def test_the_machine_greets_beeps_and_records_in_silence() -> None:
    machine = phone_book()("+14155550105")
    assert isinstance(machine, MachineCallee)
    said = quiet(machine, 8000)
    assert machine.beeped_ms is not None
    assert machine.pickup.beep_after_s * 1000 == pytest.approx(machine.beeped_ms, abs=250)
    assert 3900 <= machine.said[0].ended_ms - machine.said[0].began_ms <= 4400
    assert tell(machine, "A message.", then_ms=2500) == []
    assert machine.heard[-1].text == "A message."
    ear = Ear()
    heard = [e for at in range(0, len(said), FRAME) for e in ear.feed(said[at : at + FRAME])]
    assert "".join(e.text for e in heard if isinstance(e, SpeechEnded)) == machine.said[0].text
    quiet(machine, 20000)
    assert machine.hung_up


def test_the_interrupter_talks_over_the_second_utterance_and_waits_for_the_answer() -> None:
    callee = person("interrupter")
    tell(callee, ORDER)
    second = speak("It is about a table for four at seven in the evening, if you have one.")
    for at in range(0, len(second), FRAME):
        callee.step(second[at : at + FRAME])
    quiet(callee, 2000)
    assert callee.said[-1].text == "Sorry, how many people did you say?"
    assert callee.heard[-1].ended_ms > callee.said[-1].began_ms
    assert tell(callee, "For four people.") == ["7pm for four is fine. And the name?"]


def test_the_early_leaver_hangs_up_in_the_middle_of_a_word() -> None:
    callee = person("early_hangup")
    audio = speak(ORDER)
    for at in range(0, len(audio), FRAME):
        callee.step(audio[at : at + FRAME])
    assert callee.hung_up
    assert not callee.heard


def test_the_noisy_one_coughs_and_hums_while_it_listens() -> None:
    callee = person("noisy")
    audio = speak(ORDER)
    heard = b"".join(callee.step(audio[at : at + FRAME]) for at in range(0, len(audio), FRAME))
    assert cough() in heard
    assert [said.text for said in callee.said] == ["Mm-hm."]


def test_a_cough_is_a_sound_without_words() -> None:
    ear = Ear()
    sound = cough() + SILENCE * 30
    events = [e for at in range(0, len(sound), FRAME) for e in ear.feed(sound[at : at + FRAME])]
    assert [e.text for e in events if isinstance(e, SpeechEnded)] == [""]


def test_one_who_goes_on_does_so_within_a_second_of_the_goodbye() -> None:
    callee = person("goes_on")
    tell(callee, "A table for two at 8pm under Ana.")
    assert tell(callee, "Thank you, goodbye!") == ["Oh wait, one more thing: do you need a high chair?"]
    assert callee.said[-1].began_ms - callee.heard[-1].ended_ms < 1000
    assert tell(callee, "No, thank you.") == ["All right, I have made a note. See you then, bye!"]
    quiet(callee, 2000)
    assert callee.hung_up


def test_the_dentist_offers_another_day() -> None:
    callee = person("dentist")
    quiet(callee, 4000)
    assert "Wednesday at 10am" in tell(callee, "I would like an appointment on Tuesday.")[0]
    assert "Thursday at 3pm" in tell(callee, "I am afraid not.")[0]
    assert tell(callee, "Thursday is fine.") == ["And the name, please?"]
    assert tell(callee, "Shane, please.") == ["You are booked: Thursday at 3pm, under Shane."]


# Recordings, music, and what happens by itself


def recording(**fields: object) -> ScenarioCallee:
    rules: list[dict[str, object]] = [
        {"state": "start", "after_ms": 500, "say": "For sales press 1.", "goto": "menu"},
        {"state": "menu", "pressed": "1", "say": "Sales, hello?", "goto": "desk"},
        {"state": "menu", "after_ms": 3000, "say": "For sales press 1."},
        {"state": "desk", "say": "Yes?"},
    ]
    return simple(greeting="Welcome to Acme.", heedless=["start", "menu"], rules=rules, **fields)


def test_a_recording_runs_on_whatever_is_said_to_it() -> None:
    callee = recording()
    tell(callee, "Hello, who is there? Hello? I would like to book a table.", then_ms=9000)
    quiet(callee, 9000)
    assert [said.text for said in callee.said][:3] == ["Welcome to Acme.", "For sales press 1.", "For sales press 1."]
    assert callee.said[1].began_ms - callee.said[0].ended_ms == pytest.approx(500, abs=40)
    assert callee.said[2].began_ms - callee.said[1].ended_ms == pytest.approx(3000, abs=40)
    assert not callee.hung_up


def test_a_key_breaks_into_a_recording() -> None:
    callee = recording()
    quiet(callee, 2500)
    callee.press("1")
    quiet(callee, 2000)
    assert callee.said[1].text != "For sales press 1."
    assert callee.said[2].text == "Sales, hello?"
    assert callee.said[1].ended_ms <= 2520
    assert callee.said[2].began_ms == pytest.approx(2500 + 700, abs=40)
    assert tell(callee, "Good morning.") == ["Yes?"]


def test_a_key_that_means_nothing_changes_nothing() -> None:
    callee = recording()
    quiet(callee, 4000)
    callee.press("9")
    quiet(callee, 2000)
    assert callee.said[-1].text == "For sales press 1."
    assert callee.pressed == "9"


def test_a_rule_of_its_own_is_followed_so_often_and_no_more() -> None:
    rules = [{"after_ms": 1000, "say": "One.", "times": 2}, {"after_ms": 1000, "say": "Two."}]
    callee = simple(greeting="", heedless=["start"], rules=[{"state": "start", **rule} for rule in rules])
    quiet(callee, 5800)
    assert [said.text for said in callee.said] == ["One.", "One.", "Two.", "Two."]


def test_music_is_played_and_is_no_words() -> None:
    callee = simple(
        greeting="", heedless=["start"], rules=[{"state": "start", "after_ms": 0, "music_s": 2, "times": 1}]
    )
    assert music(2)[: 50 * FRAME] in quiet(callee, 3000)
    assert callee.said == []


def test_what_is_mumbled_is_said_clearly_when_it_is_asked_for() -> None:
    callee = simple(rules=[{"say": "What name?", "mumbled": True}])
    quiet(callee, 2000)
    assert tell(callee, "A table for two, please.", then_ms=3000) == []
    assert tell(callee, "Sorry, I did not catch that. Could you say it again?") == ["What name?"]


def test_who_is_asked_for_a_moment_waits_forty_seconds() -> None:
    callee = simple(rules=[{"say": "Good."}])
    quiet(callee, 2000)
    assert tell(callee, "One moment, let me check.") == ["Sure, take your time."]
    quiet(callee, 36_000)
    assert callee.said[-1].text == "Sure, take your time."
    quiet(callee, 5000)
    assert callee.said[-1].text == "Hello? Anyone there?"


def test_a_scenario_that_is_heedless_in_a_stray_state_is_refused() -> None:
    with pytest.raises(ValueError, match="no rule has the heedless state nowhere"):
        Scenario("x", "x", (), heedless=("nowhere",)).check()

"""What a short utterance on the phone is taken for, in every language with phrases of its own."""

import time

import pytest

from bridge.phrases import Phrasebook, phrasebook
from prompts import library

GOODBYES = {
    "en": [
        "Goodbye!",
        "Good bye.",
        "Thank you so much. Have a great day!",
        "Perfect, thanks again and goodbye.",
        "We will see you at seven. Bye-bye!",
        "ok thanks bye now",
        "Take care, Marco!",
        "Goodbye, Mr. Rossi.",
        "Goodbye, Anna Berg",
        "Bye for now",
        "Alright then, talk to you soon.",
        "Thank you - good night",
    ],
    "de": [
        "Vielen Dank und auf Wiederhören!",
        "Danke, tschüss!",
        "Einen schönen Tag noch.",
        "Bis dann, Frau Berg!",
        "Mach's gut!",
    ],
    "es": [
        "Muchas gracias y hasta luego.",
        "¡Adiós!",
        "Que tenga un buen día.",
        "Gracias, nos vemos.",
        "Perfecto. ¡Hasta mañana!",
    ],
    "fr": ["Merci beaucoup, au revoir !", "Bonne journée !", "À bientôt, Marie.", "Très bien, à demain.", "Salut !"],
    "it": [
        "Grazie mille, arrivederci!",
        "Buona serata.",
        "Allora ciao ciao",
        "A presto, Marco!",
        "Va bene, ci vediamo.",
    ],
    "pt": ["Muito obrigada, tchau!", "Até logo.", "Tenha um bom dia!", "Então adeus", "Obrigado, até amanhã, João."],
}
NO_GOODBYES = {
    "en": [
        "",
        "...",
        "Bye the way, is there parking?",
        "I would like to buy",
        "Buy.",
        'She said "goodbye"',
        'She said "goodbye".',
        "He told me goodbye and left a message",
        "Goodbye. Wait!",
        "Bye! Hello?",
        "Goodbye, Marco?",
        "Have a great day planned for Anna",
        "Can I say goodbye to the day",
    ],
    "de": ["Auf Wiederhören sage ich noch nicht", "Er sagte „auf Wiederhören“", "Wir sind bis morgen weg"],
    "es": ["Dijo «adiós»", "Hasta luego no puedo esperar", "¿Adiós Nonino es el restaurante"],
    "fr": ["Au revoir les enfants est le film", "Il a dit « au revoir »", "Bonne journée pour venir"],
    "it": ["Ha detto «arrivederci»", "A presto prezzo", "Ciao è il nome del locale"],
    "pt": ["Ele disse «adeus»", "Até logo depois das sete", "Adeus Lenin é o filme"],
}
GREETINGS = {
    "en": ["Hello?", "Hi there.", "Hello? Hello?", "Good evening!", "Yes?"],
    "de": ["Hallo?", "Guten Tag!", "Ja bitte?", "Grüß Gott."],
    "es": ["¿Diga?", "Hola, buenas tardes.", "¿Sí?"],
    "fr": ["Allô ?", "Oui, bonjour.", "Bonsoir !"],
    "it": ["Pronto?", "Pronto, buonasera.", "Sì?"],
    "pt": ["Alô?", "Estou? Boa tarde.", "Pois não?"],
}
BACKCHANNELS = {
    "en": ["", "Mm-hmm.", "mhm", "Uh-huh.", "Yeah, okay.", "Right. I see.", "Hmm...", "Yes, yes, sure"],
    "de": ["Mhm.", "Ja, genau.", "Alles klar.", "Ach so, verstehe."],
    "es": ["Ajá.", "Sí, claro.", "Vale.", "Mm"],
    "fr": ["Mhm.", "Oui, d'accord.", "Je vois.", "Ah, ouais."],
    "it": ["Mhm.", "Sì, certo.", "Va bene.", "Ah, capisco."],
    "pt": ["Mhm.", "Sim, claro.", "Tá.", "Pois, entendi."],
}
PARTINGS = {
    "en": [
        "Thanks!",
        "You too, bye.",
        "Okay, thank you very much, Anna.",
        "See you tomorrow at seven!",
        "No problem. Bye-bye.",
    ],
    "de": ["Danke, ebenfalls!", "Gerne, tschüss.", "Ihnen auch. Auf Wiederhören!"],
    "es": ["Gracias a usted.", "Igualmente, adiós.", "De nada. ¡Hasta luego!"],
    "fr": ["Merci, vous aussi.", "De rien, au revoir !", "Merci à vous. Bonne soirée."],
    "it": ["Grazie a lei.", "Altrettanto, arrivederci.", "Prego. Buona giornata!"],
    "pt": ["Obrigado eu.", "Igualmente, tchau.", "De nada. Até logo!"],
}
GOING_ON = {
    "en": [
        "",
        "Wait!",
        "Okay. Wait!",
        "Thanks. Sorry?",
        "One more thing",
        "Thanks, what name was it?",
        "Okay, at seven?",
    ],
    "de": ["Halt, noch etwas!", "Danke, auf welchen Namen?", "Tschüss. Moment!"],
    "es": ["Espere.", "Gracias, ¿a nombre de quién?", "Vale. ¡Espere!"],
    "fr": ["Attendez !", "Merci, à quel nom ?", "D'accord. Attendez !"],
    "it": ["Aspetti!", "Grazie, a che nome?", "Va bene. Aspetti!"],
    "pt": ["Espere!", "Obrigado, em nome de quem?", "Certo. Espere!"],
}
REFUSALS = {
    "en": [
        "Please don't call us again.",
        "Don't call again.",
        "Do not call me again!",
        "Never call here again!",
        "Don't you ever call this number again.",
        "Don’t call me anymore.",
        "Take us off your list.",
        "Could you take me off your list, please?",
        "Please remove our number from your calling list.",
        "Remove me from your database",
        "Stop calling.",
        "Stop calling me!",
        "I told you to stop calling us.",
        "Can you please stop calling here?",
        "We are not interested and please don't call us again.",
        "No, look, stop calling us, okay?",
        "I don't want you to call me again.",
        "I don't want any more calls from you.",
        "I asked you not to call me.",
        "Lose my number.",
        "Put me on your do-not-call list.",
        "This number is on the do not call registry.",
        "Not interested, never call again, goodbye.",
        "Okay thanks and don't call again please",
        "We don't want to be called again",
    ],
    "de": [
        "Rufen Sie uns bitte nicht mehr an.",
        "Rufen Sie hier nie wieder an!",
        "Bitte rufen Sie nicht mehr an.",
        "Hören Sie auf, uns anzurufen.",
        "Streichen Sie uns von Ihrer Liste.",
        "Nehmen Sie mich bitte von der Anrufliste.",
        "Löschen Sie meine Nummer.",
        "Ich möchte nicht mehr angerufen werden.",
        "Ich will nicht, dass Sie mich noch einmal anrufen.",
        "Kein Interesse, keine Anrufe mehr bitte.",
        "Ruf mich nie wieder an!",
    ],
    "es": [
        "No vuelva a llamar.",
        "No me llame más, por favor.",
        "Por favor, no nos vuelvan a llamar.",
        "Deje de llamarme.",
        "Deje de llamar a este número.",
        "Bórreme de su lista.",
        "Quítenos de la lista, por favor.",
        "Borre mi número.",
        "No quiero más llamadas.",
        "No quiero que me vuelvan a llamar.",
    ],
    "fr": [
        "Ne m'appelez plus.",
        "N'appelez plus ici, s'il vous plaît.",
        "Ne nous rappelez plus jamais !",
        "Arrêtez de m'appeler.",
        "Arrêtez d'appeler.",
        "Merci de ne plus nous appeler.",
        "Retirez-moi de votre liste.",
        "Supprimez mon numéro.",
        "Je ne veux plus être appelé.",
        "Je ne veux plus que vous m'appeliez.",
    ],
    "it": [
        "Non mi chiami più.",
        "Non chiamate più, per favore.",
        "Per favore, non chiami mai più.",
        "La smetta di chiamarmi.",
        "Basta telefonate.",
        "Toglietemi dalla vostra lista.",
        "Mi tolga dall'elenco.",
        "Cancelli il mio numero.",
        "Non voglio più essere chiamato.",
    ],
    "pt": [
        "Não me ligue mais.",
        "Por favor, não volte a ligar.",
        "Nunca mais ligue para cá!",
        "Pare de me ligar.",
        "Tire-me da sua lista.",
        "Me tire da lista, por favor.",
        "Apague o meu número.",
        "Não quero mais receber ligações.",
    ],
}
NO_REFUSALS = {
    "en": [
        "",
        "Don't call before six.",
        "Don't call again today, we are closed.",
        "Don't call us, we'll call you.",
        "Please call again.",
        "Call me again tomorrow.",
        "Why did you stop calling us?",
        "I asked them to stop calling us.",
        'She said "don\'t call again".',
        "Don't call again until Monday",
        "Take me off the waiting list.",
        "I never call again after six",
        "They stopped calling.",
        "No need to call again.",
        "Remove my number from the booking",
        "Never mind, call again later.",
        "You never call us anymore",
        "Please stop calling me Bob",
    ],
    "de": [
        "Rufen Sie morgen noch einmal an.",
        "Rufen Sie nicht vor sechs an.",
        "Rufen Sie später wieder an.",
        "Nehmen Sie uns auf die Liste.",
        "Ich rufe nicht mehr an.",
        "Hören Sie auf mich.",
    ],
    "es": [
        "No me llame más tarde.",
        "Vuelva a llamar mañana.",
        "No vuelva a llamar hasta mañana.",
        "No llame antes de las seis.",
        "No vuelva a llamar hoy.",
    ],
    "fr": [
        "Rappelez plus tard.",
        "Ne m'appelez pas avant midi.",
        "Appelez-nous demain.",
        "Ne rappelez plus tard que midi",
    ],
    "it": [
        "Richiami più tardi.",
        "Non chiami prima delle sei.",
        "Non chiami più tardi delle sei",
        "Mi chiami domani.",
    ],
    "pt": [
        "Ligue mais tarde.",
        "Não ligue mais tarde.",
        "Não ligue antes das seis.",
        "Volte a ligar amanhã.",
    ],
}


def pairs(by_language: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(language, text) for language, texts in by_language.items() for text in texts]


def test_every_language_is_covered_here() -> None:
    for kind in (GOODBYES, NO_GOODBYES, GREETINGS, BACKCHANNELS, PARTINGS, GOING_ON, REFUSALS, NO_REFUSALS):
        assert set(kind) == set(library.languages())


@pytest.mark.parametrize(("language", "text"), pairs(GOODBYES))
def test_an_utterance_that_ends_with_a_goodbye_is_a_goodbye(language: str, text: str) -> None:
    assert phrasebook(language).ends_with_goodbye(text)


@pytest.mark.parametrize(("language", "text"), pairs(NO_GOODBYES))
def test_a_goodbye_that_is_quoted_misheard_or_inside_a_sentence_is_none(language: str, text: str) -> None:
    assert not phrasebook(language).ends_with_goodbye(text)


@pytest.mark.parametrize(("language", "text"), pairs(GREETINGS))
def test_a_hello_is_a_greeting(language: str, text: str) -> None:
    assert phrasebook(language).is_greeting(text)
    assert phrasebook(language).greets(text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Good evening, Trattoria Roma."),
        ("de", "Guten Tag, Gasthaus Krone, Huber."),
        ("es", "Buenas tardes, Casa Lucio."),
        ("fr", "Bonjour, restaurant Le Dôme."),
        ("it", "Trattoria Roma, buonasera."),
        ("pt", "Boa tarde, Café Central."),
    ],
)
def test_a_phone_answered_with_a_name_begins_with_a_greeting_and_is_more_than_one(language: str, text: str) -> None:
    assert phrasebook(language).greets(text)
    assert not phrasebook(language).is_greeting(text)


@pytest.mark.parametrize("text", ["", "Who is it?", "I am busy, hello is all I have time for"])
def test_other_words_are_no_greeting(text: str) -> None:
    assert not phrasebook("en").is_greeting(text)
    assert not phrasebook("en").greets(text)


@pytest.mark.parametrize(("language", "text"), pairs(BACKCHANNELS))
def test_a_murmur_asks_the_speaker_to_go_on(language: str, text: str) -> None:
    assert phrasebook(language).is_backchannel(text)


@pytest.mark.parametrize("text", ["Yes, but not today", "Wait", "No.", "yes, yes, yes, yes", "What?"])
def test_real_words_and_many_murmurs_are_no_backchannel(text: str) -> None:
    assert not phrasebook("en").is_backchannel(text)


@pytest.mark.parametrize(("language", "text"), pairs(PARTINGS))
def test_what_people_say_when_a_call_is_over_is_a_parting(language: str, text: str) -> None:
    assert phrasebook(language).is_parting(text)


@pytest.mark.parametrize(("language", "text"), pairs(GOING_ON))
def test_whoever_says_anything_else_goes_on(language: str, text: str) -> None:
    book = phrasebook(language)
    assert not book.is_parting(text)
    assert not book.ends_with_goodbye(text)


@pytest.mark.parametrize(("language", "text"), pairs(REFUSALS))
def test_who_is_not_to_be_called_again_says_so(language: str, text: str) -> None:
    assert phrasebook(language).is_refusal(text)


@pytest.mark.parametrize(("language", "text"), pairs(NO_REFUSALS))
def test_another_time_or_somebody_elses_words_are_no_refusal(language: str, text: str) -> None:
    assert not phrasebook(language).is_refusal(text)


def test_a_time_or_a_price_does_not_end_a_clause() -> None:
    assert not phrasebook("en").is_parting("Okay 7.30")
    assert not phrasebook("en").ends_with_goodbye("It costs 3,50 bye the kilo")


def test_a_language_without_phrases_of_its_own_uses_the_english_ones() -> None:
    assert phrasebook("nl").ends_with_goodbye("Goodbye!")


def test_a_phrasebook_is_compiled_once() -> None:
    assert phrasebook("en") is phrasebook("en")


@pytest.mark.parametrize("language", library.languages())
def test_a_word_said_a_hundred_times_is_matched_at_once(language: str) -> None:
    phrases = library.phrases(language)
    book = Phrasebook(language)
    began = time.perf_counter()
    for word in (*phrases.goodbyes, *phrases.backchannels, *phrases.partings, *phrases.joiners):
        plain = "".join(c for c in word if c.isalpha() or c == " ")
        for times in (5, 15, 100):
            text = f"{plain} " * times + "x"
            assert not book.ends_with_goodbye(text)
            book.is_parting(text)
            book.is_refusal(text)
            book.is_refusal(f"{REFUSALS[language][0]} {text}")
    assert time.perf_counter() - began < 2

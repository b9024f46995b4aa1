"""The rule-based agent in other languages: enough Spanish, German, French and Italian to know them and to book in them.

Owns the words of each language. Must not decide which is spoken (`line.py` does). Pure.
"""

import re
from dataclasses import dataclass

from sandbox.brain.conversation import Conversation
from sandbox.brain.errand import Particulars
from sandbox.brain.turn import Next


@dataclass(frozen=True)
class Tongue:
    """`words` tell the language; the pairs are what is asked (a pattern) and what is said to it."""

    name: str  # in English
    words: str
    intro: str
    book: str
    other: str
    people: str
    at: str
    size: tuple[str, str]
    time: tuple[str, str]
    under: tuple[str, str]
    check: tuple[str, str]
    unknown: str
    confirmed: str
    parting: str
    farewell: str


TONGUES = {
    "es": Tongue(
        "Spanish",
        "hola buenos buenas días tardes noches diga dígame qué cómo cuántas cuántos hora nombre para quién usted "
        "gracias sí hablo inglés lo siento adiós mesa puede ayudar no-entiendo favor perfecto reservada perdone",
        "Hola, soy el asistente de inteligencia artificial de {who}.",
        "Quisiera reservar una mesa{people}{at}, por favor.",
        "Llamo por este asunto: {goal}.",
        " para {size} personas",
        " a las {time}",
        (r"\bcu[aá]nt[ao]s\b", "Para {size} personas, por favor."),
        (r"\bhora\b|\bcu[aá]ndo\b", "A las {time}, por favor."),
        (r"\bnombre\b", "A nombre de {name}, por favor."),
        (r"¿(es|está|le parece|de acuerdo|correcto|verdad)", "Sí, es correcto."),
        "Lo siento, eso no lo sé. {who} le puede llamar.",
        r"\b(reservad[oa]|confirmad[oa]|anotad[oa])\b",
        r"\b(adi[oó]s|hasta luego)\b",
        "Muchas gracias, adiós.",
    ),
    "de": Tongue(
        "German",
        "guten tag abend morgen hallo bitte wie viele personen uhr name wann ja nein danke spreche kein englisch "
        "leider tisch ist das ich sie sprechen auf wiederhören wer möchten reserviert",
        "Guten Tag, hier ist der KI-Assistent von {who}.",
        "Ich möchte gern einen Tisch{people}{at} reservieren.",
        "Ich rufe deswegen an: {goal}.",
        " für {size} Personen",
        " um {time} Uhr",
        (r"\bwie viele\b", "Für {size} Personen, bitte."),
        (r"\bwie viel uhr\b|\bwann\b|\bum welche\b", "Um {time} Uhr, bitte."),
        (r"\bname(n)?\b", "Auf den Namen {name}, bitte."),
        (r"\b(ist das|stimmt das|passt das|richtig)\b.*\?", "Ja, das stimmt."),
        "Das weiß ich leider nicht. {who} kann Sie zurückrufen.",
        r"\b(reserviert|bestätigt|eingetragen)\b",
        r"\b(wiederhören|wiedersehen|tschüss)\b",
        "Vielen Dank, auf Wiederhören.",
    ),
    "fr": Tongue(
        "French",
        "bonjour bonsoir oui allô combien quelle heure nom pour qui merci désolé je ne parle pas anglais vous une "
        "table au revoir s'il personnes quel réservée",
        "Bonjour, ici l'assistant d'intelligence artificielle de {who}.",
        "Je voudrais réserver une table{people}{at}, s'il vous plaît.",
        "J'appelle pour ceci: {goal}.",
        " pour {size} personnes",
        " à {time}",
        (r"\bcombien\b", "Pour {size} personnes, s'il vous plaît."),
        (r"\bquelle heure\b|\bquand\b", "À {time}, s'il vous plaît."),
        (r"\bnom\b", "Au nom de {name}, s'il vous plaît."),
        (r"\b(c'est (bien )?(ça|correct|exact)|d'accord)\b.*\?", "Oui, c'est ça."),
        "Désolé, je ne le sais pas. {who} peut vous rappeler.",
        r"\b(réservée?|confirmée?|notée?)\b",
        r"\bau revoir\b",
        "Merci beaucoup, au revoir.",
    ),
    "it": Tongue(
        "Italian",
        "buongiorno buonasera pronto quante persone ora nome chi grazie mi dispiace non parlo inglese tavolo "
        "arrivederci posso aiutarla che prenotato favore",
        "Buongiorno, sono l'assistente di intelligenza artificiale di {who}.",
        "Vorrei prenotare un tavolo{people}{at}, per favore.",
        "Chiamo per questo: {goal}.",
        " per {size} persone",
        " alle {time}",
        (r"\bquante persone\b|\bquanti\b", "Per {size} persone, per favore."),
        (r"\bche ora\b|\bquando\b", "Alle {time}, per favore."),
        (r"\bnome\b", "A nome di {name}, per favore."),
        (r"\b(va bene|è corretto|giusto)\b.*\?", "Sì, è corretto."),
        "Mi dispiace, non lo so. {who} può richiamarla.",
        r"\b(prenotat[oa]|confermat[oa])\b",
        r"\barrivederci\b",
        "Grazie mille, arrivederci.",
    ),
}
_ENGLISH = (
    "the is are you your how can may help hello good morning evening afternoon what who for and this that of to it we "
    "have no yes thank please name at i sorry speak only"
)
_CODES = {tongue.name: code for code, tongue in TONGUES.items()} | {"English": "en"}


def code_of(language: str) -> str:
    """`Spanish` as `es`; nothing for a language that is not known here."""
    return _CODES.get(language, "")


def language_of(text: str) -> str:
    """The code of the foreign language of an utterance; nothing if it is English, or may be."""
    spoken = set(re.findall(r"[^\W\d_]+(?:'[a-zà-ÿ]+)?", text.lower()))
    found = {code: len(spoken & set(tongue.words.split())) for code, tongue in TONGUES.items()}
    best = max(found, key=lambda code: found[code])
    return best if found[best] > len(spoken & set(_ENGLISH.split())) else ""


def introduced(code: str, talk: Conversation) -> Next:
    """Who is calling, and why."""
    return Next(f"{TONGUES[code].intro.format(who=talk.brief.principal)} {_matter(code, talk)}")


def in_tongue(code: str, talk: Conversation) -> Next:
    """What is said to the callee's last words in its language."""
    tongue, heard = TONGUES[code], talk.heard
    asked = "?" in heard
    outcome = f"Done. They said: {talk.confirmed}" if talk.confirmed else f"Not reached. They said: {heard}"
    if re.search(tongue.confirmed, heard, re.IGNORECASE) and not asked:
        return Next(tongue.farewell, outcome)
    if tongue.farewell in talk.said and not asked:
        return Next("", outcome)
    if re.search(tongue.parting, heard, re.IGNORECASE):
        return Next(tongue.farewell, outcome)
    said = [answer for pattern, answer in _answers(tongue, talk) if re.search(pattern, heard, re.IGNORECASE)]
    if said:
        return Next(" ".join(said))
    if not any(_matter(code, talk) in line for line in talk.said):
        return introduced(code, talk)
    return Next(tongue.unknown.format(who=talk.brief.principal) if asked else _matter(code, talk))


def _answers(tongue: Tongue, talk: Conversation) -> list[tuple[str, str]]:
    wish = talk.brief.errand.wish
    known = {"size": str(wish.size or ""), "time": _time(wish), "name": wish.name or talk.brief.principal}
    pairs = (tongue.size, tongue.time, tongue.under, tongue.check)
    blank = [pair for pair, note in zip(pairs, ("size", "time", "name", ""), strict=True) if note and not known[note]]
    return [(pattern, answer.format(**known)) for pattern, answer in pairs if (pattern, answer) not in blank]


def _matter(code: str, talk: Conversation) -> str:
    tongue, matter = TONGUES[code], talk.brief.errand
    if matter.kind != "book":
        return tongue.other.format(goal=matter.goal.rstrip("."))
    people = tongue.people.format(size=matter.wish.size) if matter.wish.size else ""
    at = tongue.at.format(time=_time(matter.wish)) if matter.wish.time else ""
    return tongue.book.format(people=people, at=at)


def _time(wish: Particulars) -> str:
    """On a clock of 24 hours."""
    return f"{wish.time.minutes // 60}:{wish.time.minutes % 60:02}" if wish.time else ""

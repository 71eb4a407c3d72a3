"""What is said back to a turn that is not a question; nothing of it is about an organisation."""

import re
from functools import lru_cache
from typing import Literal

from app.dialogue.acts import Act
from app.phrases import LANGUAGES, phrase

Occasion = Literal[
    "thanks",
    "farewell",
    "stop",
    "identity",
    "language",
    "one_language",
    "acknowledged",
    "nothing_said",
]

_REPLIES: dict[Occasion, dict[str, str]] = {
    "thanks": {
        "en": "You're welcome!",
        "fr": "Je vous en prie !",
        "de": "Gern geschehen!",
        "es": "¡De nada!",
        "it": "Prego!",
        "nl": "Graag gedaan!",
        "pt": "De nada!",
        "pl": "Proszę bardzo!",
        "ro": "Cu plăcere!",
    },
    "farewell": {
        "en": "Goodbye, and thank you for your visit!",
        "fr": "Au revoir, et merci de votre visite !",
        "de": "Auf Wiedersehen, und danke für Ihren Besuch!",
        "es": "¡Adiós, y gracias por su visita!",
        "it": "Arrivederci, e grazie della visita!",
        "nl": "Tot ziens, en bedankt voor uw bezoek!",
        "pt": "Adeus, e obrigada pela sua visita!",
        "pl": "Do widzenia, dziękuję za wizytę!",
        "ro": "La revedere, și mulțumesc pentru vizită!",
    },
    "stop": {
        "en": "All right.",
        "fr": "D'accord.",
        "de": "In Ordnung.",
        "es": "De acuerdo.",
        "it": "Va bene.",
        "nl": "Goed.",
        "pt": "Está bem.",
        "pl": "Dobrze.",
        "ro": "Bine.",
    },
    "identity": {
        "en": "I'm a computer-made assistant, not a person. I answer your questions from this "
        "organisation's pages.",
        "fr": "Je suis une assistante de synthèse, pas une personne. Je réponds à vos questions à "
        "partir des pages de cette organisation.",
        "de": "Ich bin eine künstliche Assistentin, kein Mensch. Ich beantworte Ihre Fragen aus "
        "den Seiten dieser Organisation.",
        "es": "Soy una asistente artificial, no una persona. Respondo a sus preguntas a partir de "
        "las páginas de esta organización.",
        "it": "Sono un'assistente artificiale, non una persona. Rispondo alle sue domande in base "
        "alle pagine di questa organizzazione.",
        "nl": "Ik ben een kunstmatige assistent, geen mens. Ik beantwoord uw vragen aan de hand "
        "van de pagina's van deze organisatie.",
        "pt": "Sou uma assistente artificial, não uma pessoa. Respondo às suas perguntas a partir "
        "das páginas desta organização.",
        "pl": "Jestem sztuczną asystentką, a nie człowiekiem. Odpowiadam na pytania na podstawie "
        "stron tej organizacji.",
        "ro": "Sunt o asistentă artificială, nu o persoană. Răspund la întrebări pe baza paginilor "
        "acestei organizații.",
    },
    "language": {
        "en": "Of course, let's speak English. What would you like to know?",
        "fr": "Bien sûr, parlons français. Que voulez-vous savoir ?",
        "de": "Natürlich, sprechen wir Deutsch. Was möchten Sie wissen?",
        "es": "Claro, hablemos en español. ¿Qué le gustaría saber?",
        "it": "Certo, parliamo italiano. Che cosa vorrebbe sapere?",
        "nl": "Natuurlijk, laten we Nederlands spreken. Wat wilt u weten?",
        "pt": "Claro, falemos português. O que gostaria de saber?",
        "pl": "Oczywiście, mówmy po polsku. Co chcieliby Państwo wiedzieć?",
        "ro": "Desigur, să vorbim românește. Ce ați dori să știți?",
    },
    "one_language": {
        "en": "I only speak English here. What would you like to know?",
        "fr": "Ici, je parle seulement français. Que voulez-vous savoir ?",
        "de": "Hier spreche ich nur Deutsch. Was möchten Sie wissen?",
        "es": "Aquí solo hablo español. ¿Qué le gustaría saber?",
        "it": "Qui parlo solo italiano. Che cosa vorrebbe sapere?",
        "nl": "Hier spreek ik alleen Nederlands. Wat wilt u weten?",
        "pt": "Aqui só falo português. O que gostaria de saber?",
        "pl": "Tutaj mówię tylko po polsku. Co chcieliby Państwo wiedzieć?",
        "ro": "Aici vorbesc doar românește. Ce ați dori să știți?",
    },
    "acknowledged": {
        "en": "All right. Just ask me whatever you would like to know.",
        "fr": "D'accord. Demandez-moi simplement ce que vous voulez savoir.",
        "de": "In Ordnung. Fragen Sie mich einfach, was Sie wissen möchten.",
        "es": "De acuerdo. Pregúnteme lo que quiera saber.",
        "it": "Va bene. Mi chieda pure quello che vuole sapere.",
        "nl": "Goed. Vraag me gerust wat u wilt weten.",
        "pt": "Está bem. Pergunte-me o que quiser saber.",
        "pl": "Dobrze. Proszę po prostu zapytać o to, co Państwa interesuje.",
        "ro": "Bine. Întrebați-mă orice ați dori să știți.",
    },
    "nothing_said": {
        "en": "I have not said anything yet. What would you like to know?",
        "fr": "Je n'ai encore rien dit. Que voulez-vous savoir ?",
        "de": "Ich habe noch nichts gesagt. Was möchten Sie wissen?",
        "es": "Todavía no he dicho nada. ¿Qué le gustaría saber?",
        "it": "Non ho ancora detto niente. Che cosa vorrebbe sapere?",
        "nl": "Ik heb nog niets gezegd. Wat wilt u weten?",
        "pt": "Ainda não disse nada. O que gostaria de saber?",
        "pl": "Jeszcze nic nie powiedziałam. Co chcieliby Państwo wiedzieć?",
        "ro": "Nu am spus încă nimic. Ce ați dori să știți?",
    },
}

# A piece of a sentence that is said by itself has at least so many words.
_LEAST_WORDS = 4
_PAUSE = re.compile(r"(?<=[,;:])\s+")


def reply(act: Act, lang: str, last: str = "") -> str:
    """What is said to an act that is not a question, in `lang`; `last` is our last answer.

    Where another language than `lang` was asked for, that this one is the only one.
    In English where we lack the language. Of what is said to "shorter", the first sentence is
    enough, since the model is asked to begin with the answer.
    """
    match act.kind:
        case "greeting":
            return phrase("opening", lang)
        case "repeat" | "shorter":
            return last or _said("nothing_said", lang)
        case "slower":
            return in_pieces(last) or _said("nothing_said", lang)
        case "language" if act.lang not in (None, lang):
            return _said("one_language", lang)
        case "thanks" | "farewell" | "stop" | "identity" | "language":
            return _said(act.kind, lang)
        case "assent" | "dissent" | "question":
            return _said("acknowledged", lang)


def in_pieces(text: str) -> str:
    """A text with a full stop where a speaker who takes their time would pause."""
    return " ".join(_paused(sentence) for sentence in re.split(r"(?<=[.!?…])\s+", text.strip()))


def _paused(sentence: str) -> str:
    pieces: list[str] = []
    for part in _PAUSE.split(sentence):
        if pieces and min(len(pieces[-1].split()), len(part.split())) < _LEAST_WORDS:
            pieces[-1] = f"{pieces[-1]} {part}"
        else:
            pieces.append(part)
    *first, last = pieces
    capital = [piece[:1].upper() + piece[1:] for piece in (*first, last)]
    return " ".join([*(f"{piece.rstrip(',;:')}." for piece in capital[:-1]), capital[-1]])


def _said(occasion: Occasion, lang: str) -> str:
    replies = _REPLIES[occasion]
    return replies.get(lang, replies["en"])


def offer(last: str) -> str:
    """What our last answer offered: the question that it ended with; "" if it offered nothing.

    What we ask on our own account ("What would you like to know?") offers nothing.
    """
    asked = re.split(r"(?<=[.!?…])\s+", last.strip())[-1]
    return asked if asked.endswith("?") and asked not in _own_questions() else ""


@lru_cache(maxsize=1)
def _own_questions() -> frozenset[str]:
    said = [text for texts in _REPLIES.values() for text in texts.values()]
    said += [phrase("opening", lang) for lang in LANGUAGES]
    return frozenset(re.split(r"(?<=[.!?…])\s+", text)[-1] for text in said)

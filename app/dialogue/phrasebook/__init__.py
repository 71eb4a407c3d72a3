"""How people greet, thank, leave, ask for a repetition and so on: one file a language.

Phrases are divided by ";". "[x]" may be left out, "(x|y)" is either, LANG the name of a language.
Only a turn that consists of such phrases from end to end is anything but a question, so a phrase
must never be a whole question about an organisation. "offered" are assents that are ones only after
an offer; "filler" goes with any phrase and means nothing alone. "names" are what languages are
called, each after its code.
"""

from app.dialogue.phrasebook import de, en, es, fr, it, nl, pl, pt, ro

BY_LANGUAGE: dict[str, dict[str, str]] = {
    "en": en.PHRASES,
    "fr": fr.PHRASES,
    "de": de.PHRASES,
    "es": es.PHRASES,
    "it": it.PHRASES,
    "nl": nl.PHRASES,
    "pt": pt.PHRASES,
    "pl": pl.PHRASES,
    "ro": ro.PHRASES,
}
"""By language (ISO 639-1) and kind of act."""

"""The few sentences that Groundling says on its own account, in the languages it speaks.

Knows nothing of pages or models: whatever is true of an organisation comes from its pages.
"""

from typing import Literal

Occasion = Literal[
    "declined",
    "care",
    "refusal",
    "offer",
    "correction",
    "apology",
    "busy",
    "opening",
    "faceless",
    "face_back",
    "soon",
    "rest",
    "goodbye",
    "still_there",
    "call_again",
]

_PHRASES: dict[Occasion, dict[str, str]] = {
    "refusal": {
        "en": "I'm sorry, I don't find that in our pages.",
        "fr": "Je suis désolée, je ne trouve pas cela dans nos pages.",
        "de": "Das finde ich leider nicht auf unseren Seiten.",
        "es": "Lo siento, no encuentro eso en nuestras páginas.",
        "it": "Mi dispiace, non lo trovo nelle nostre pagine.",
        "nl": "Sorry, dat vind ik niet op onze pagina's.",
        "pt": "Desculpe, não encontro isso nas nossas páginas.",
        "pl": "Przykro mi, nie znajduję tego na naszych stronach.",
        "ro": "Îmi pare rău, nu găsesc asta în paginile noastre.",
    },
    # Stands before the heading of a page.
    "offer": {
        "en": "What I can tell you about is:",
        "fr": "Je peux vous parler de ceci :",
        "de": "Etwas sagen kann ich Ihnen hierzu:",
        "es": "De lo que puedo hablarle es de esto:",
        "it": "Posso parlarle di questo:",
        "nl": "Wel kan ik u iets vertellen over:",
        "pt": "Posso falar-lhe disto:",
        "pl": "Mogę opowiedzieć o tym:",
        "ro": "Vă pot vorbi despre:",
    },
    # Stands before a sentence of the pages, where a question assumes something else.
    "correction": {
        "en": "Our pages say this:",
        "fr": "Nos pages disent ceci :",
        "de": "Auf unseren Seiten steht:",
        "es": "Nuestras páginas dicen esto:",
        "it": "Le nostre pagine dicono questo:",
        "nl": "Op onze pagina's staat dit:",
        "pt": "As nossas páginas dizem isto:",
        "pl": "Na naszych stronach jest napisane:",
        "ro": "Paginile noastre spun așa:",
    },
    "apology": {
        "en": "I'm sorry, something is not working right now. Please ask me again in a moment.",
        "fr": "Je suis désolée, quelque chose ne va pas. Reposez-moi la question dans un instant.",
        "de": "Entschuldigung, gerade klappt etwas nicht. Bitte fragen Sie gleich noch einmal.",
        "es": "Lo siento, algo no funciona ahora mismo. Pregúnteme de nuevo en un momento.",
        "it": "Mi dispiace, qualcosa non funziona. Me lo chieda di nuovo tra un momento.",
        "nl": "Sorry, er werkt nu iets niet. Vraag het me zo nog eens.",
        "pt": "Desculpe, algo não funciona. Pergunte-me de novo daqui a pouco.",
        "pl": "Przepraszam, coś teraz nie działa. Proszę zapytać mnie ponownie za chwilę.",
        "ro": "Îmi pare rău, ceva nu funcționează acum. Întrebați-mă din nou peste puțin timp.",
    },
    # The model answers others, or is still being loaded.
    "busy": {
        "en": "I'm sorry, I can't get to that just now. Please ask me again in a moment.",
        "fr": "Désolée, je n'y arrive pas tout de suite. Reposez-moi la question dans un instant.",
        "de": "Entschuldigung, ich komme gerade nicht dazu. Bitte fragen Sie gleich noch einmal.",
        "es": "Lo siento, ahora mismo no llego. Pregúnteme de nuevo en un momento.",
        "it": "Mi dispiace, in questo momento non riesco. Me lo chieda di nuovo tra un momento.",
        "nl": "Sorry, daar kom ik nu net niet aan toe. Vraag het me zo nog eens.",
        "pt": "Desculpe, agora não consigo. Pergunte-me de novo daqui a pouco.",
        "pl": "Przepraszam, teraz nie zdążę. Proszę zapytać mnie ponownie za chwilę.",
        "ro": "Îmi pare rău, acum nu reușesc. Întrebați-mă din nou peste puțin timp.",
    },
    "declined": {
        "en": "I'd rather not talk about that. Is there something else that I can tell you?",
        "fr": "Je préfère ne pas parler de cela. Puis-je vous renseigner sur autre chose ?",
        "de": "Darüber möchte ich nicht sprechen. Kann ich Ihnen etwas anderes sagen?",
        "es": "Prefiero no hablar de eso. ¿Puedo informarle de otra cosa?",
        "it": "Preferisco non parlarne. Posso dirle qualcos'altro?",
        "nl": "Daar praat ik liever niet over. Kan ik u iets anders vertellen?",
        "pt": "Prefiro não falar disso. Posso informar sobre outra coisa?",
        "pl": "Wolę o tym nie rozmawiać. Czy mogę powiedzieć coś innego?",
        "ro": "Prefer să nu vorbesc despre asta. Vă pot spune altceva?",
    },
    # To somebody who speaks of ending their life. 112 holds in all of the EU; the other numbers are
    # the public ones of a country that speaks the language.
    "care": {
        "en": "I'm so sorry that you feel this way. Please don't stay alone with it: call 112, or "
        "116 123 to talk to somebody, at any hour.",
        "fr": "Je suis vraiment désolée que vous alliez si mal. Ne restez pas seul avec cela : "
        "appelez le 112, ou le 3114 pour parler à quelqu'un, à toute heure.",
        "de": "Es tut mir sehr leid, dass es Ihnen so schlecht geht. Bleiben Sie damit nicht "
        "allein: Rufen Sie 112 an, oder 116 123, um mit jemandem zu reden, zu jeder Stunde.",
        "es": "Siento mucho que se sienta así. No se quede a solas con ello: llame al 112, o al "
        "024 para hablar con alguien, a cualquier hora.",
        "it": "Mi dispiace molto che stia così male. Non resti da solo: chiami il 112, a "
        "qualsiasi ora, e parli con qualcuno di cui si fida.",
        "nl": "Wat erg dat u zich zo voelt. Blijf er niet alleen mee: bel 112, of 113 om met "
        "iemand te praten, op elk uur.",
        "pt": "Lamento muito que se sinta assim. Não fique a sós com isso: ligue para o 112, a "
        "qualquer hora, e fale com alguém em quem confia.",
        "pl": "Bardzo mi przykro, że tak się dzieje. Proszę nie zostawać z tym samemu: proszę "
        "zadzwonić, o każdej porze, pod 112, albo pod 116 123, żeby z kimś porozmawiać.",
        "ro": "Îmi pare foarte rău că vă simțiți așa. Nu rămâneți singur cu asta: sunați la 112, "
        "la orice oră, și vorbiți cu cineva în care aveți încredere.",
    },
    # The picture is gone, the voice goes on.
    "faceless": {
        "en": "You don't see me just now. I go on speaking.",
        "fr": "Vous ne me voyez pas pour l'instant. Je continue de parler.",
        "de": "Sie sehen mich gerade nicht. Ich spreche weiter.",
        "es": "Ahora mismo no me ve. Sigo hablando.",
        "it": "In questo momento non mi vede. Continuo a parlare.",
        "nl": "U ziet mij nu even niet. Ik praat gewoon door.",
        "pt": "De momento não me vê. Continuo a falar.",
        "pl": "Chwilowo mnie nie widać. Mówię dalej.",
        "ro": "Acum nu mă vedeți. Vorbesc în continuare.",
    },
    "face_back": {
        "en": "You can see me again.",
        "fr": "Vous me voyez de nouveau.",
        "de": "Sie sehen mich wieder.",
        "es": "Ya me ve de nuevo.",
        "it": "Ora mi vede di nuovo.",
        "nl": "U ziet mij weer.",
        "pt": "Já me vê de novo.",
        "pl": "Znowu mnie widać.",
        "ro": "Mă vedeți din nou.",
    },
    # The time that the installation pays for is nearly over.
    "soon": {
        "en": "We have about a minute left together.",
        "fr": "Il nous reste environ une minute.",
        "de": "Wir haben noch etwa eine Minute.",
        "es": "Nos queda alrededor de un minuto.",
        "it": "Ci resta circa un minuto.",
        "nl": "We hebben nog ongeveer een minuut.",
        "pt": "Resta-nos cerca de um minuto.",
        "pl": "Została nam około minuta.",
        "ro": "Mai avem cam un minut.",
    },
    "rest": {
        "en": "I'll leave the picture now. Just speak to me, I can still hear you.",
        "fr": "Je quitte l'image. Parlez-moi simplement, je vous entends toujours.",
        "de": "Ich gehe jetzt aus dem Bild. Sprechen Sie mich einfach an, ich höre Sie weiter.",
        "es": "Ahora dejo la imagen. Hábleme sin más, sigo oyéndole.",
        "it": "Ora esco dall'immagine. Mi parli pure, la sento ancora.",
        "nl": "Ik ga nu uit beeld. Spreek mij gerust aan, ik hoor u nog.",
        "pt": "Agora saio da imagem. Fale comigo, continuo a ouvir.",
        "pl": "Teraz znikam z ekranu. Proszę śmiało mówić, nadal słucham.",
        "ro": "Acum ies din imagine. Vorbiți-mi liniștit, vă aud în continuare.",
    },
    "goodbye": {
        "en": "Goodbye, and thank you for your visit.",
        "fr": "Au revoir, et merci de votre visite.",
        "de": "Auf Wiedersehen, und danke für Ihren Besuch.",
        "es": "Adiós, y gracias por su visita.",
        "it": "Arrivederci, e grazie della visita.",
        "nl": "Tot ziens, en dank u voor uw bezoek.",
        "pt": "Adeus, e obrigado pela sua visita.",
        "pl": "Do widzenia i dziękuję za wizytę.",
        "ro": "La revedere și mulțumesc pentru vizită.",
    },
    # Nothing was said for a while.
    "still_there": {
        "en": "Is there anything else you would like to know?",
        "fr": "Voulez-vous savoir autre chose ?",
        "de": "Möchten Sie noch etwas wissen?",
        "es": "¿Le gustaría saber algo más?",
        "it": "Vorrebbe sapere altro?",
        "nl": "Wilt u nog iets weten?",
        "pt": "Gostaria de saber mais alguma coisa?",
        "pl": "Czy chcieliby Państwo wiedzieć coś jeszcze?",
        "ro": "Ați dori să mai știți ceva?",
    },
    # To a caller who cannot be talked to now; then the line is closed.
    "call_again": {
        "en": "I'm sorry, I can't take your call right now. Please call again later.",
        "fr": "Désolée, je ne peux pas prendre votre appel. Rappelez plus tard, s'il vous plaît.",
        "de": "Ich kann Ihren Anruf gerade leider nicht annehmen. Bitte rufen Sie später an.",
        "es": "Lo siento, ahora no puedo atender su llamada. Vuelva a llamar más tarde.",
        "it": "Mi dispiace, ora non posso rispondere. La prego di richiamare più tardi.",
        "nl": "Sorry, ik kan uw oproep nu niet aannemen. Belt u later nog eens.",
        "pt": "Desculpe, agora não posso atender. Volte a ligar mais tarde, por favor.",
        "pl": "Przepraszam, nie mogę teraz odebrać. Proszę zadzwonić później.",
        "ro": "Îmi pare rău, acum nu pot răspunde la apel. Vă rog să sunați mai târziu.",
    },
    "opening": {
        "en": "Hello! What would you like to know?",
        "fr": "Bonjour ! Que voulez-vous savoir ?",
        "de": "Guten Tag! Was möchten Sie wissen?",
        "es": "¡Hola! ¿Qué le gustaría saber?",
        "it": "Buongiorno! Che cosa vorrebbe sapere?",
        "nl": "Hallo! Wat wilt u weten?",
        "pt": "Olá! O que gostaria de saber?",
        "pl": "Dzień dobry! Co chcieliby Państwo wiedzieć?",
        "ro": "Bună ziua! Ce ați dori să știți?",
    },
}

LANGUAGES = frozenset(_PHRASES["refusal"])


def phrase(occasion: Occasion, lang: str) -> str:
    """The sentence for an occasion in a language (ISO 639-1); in English where we lack it."""
    said = _PHRASES[occasion]
    return said.get(lang, said["en"])

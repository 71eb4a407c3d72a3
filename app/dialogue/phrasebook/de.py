"""German: what is said that is not a question."""

PHRASES: dict[str, str] = {
    "names": "en englisch; fr französisch; de deutsch; es spanisch; it italienisch; nl "
    "niederländisch; nl holländisch; pt portugiesisch; pl polnisch; ro rumänisch",
    "filler": "bitte [sehr|schön]; äh; ähm; hm; also; na; ja; nun; naja; oh; ach; okay; ok; "
    "gut; dann; denn; noch; nochmal; noch einmal; herr; frau; entschuldigung; entschuldigen "
    "sie; mal; zusammen; so; erst mal; erstmal; vielmals; einmal",
    "greeting": "hallo [du|ihr|sie|da]; hi; hey; guten (morgen|tag|abend); grüß gott; grüezi; "
    "servus; moin [moin]; schönen guten (tag|morgen|abend); na; tag; morgen; grüß dich; grüß "
    "sie; wie (geht es|geht's) [dir|ihnen] [heute]; freut mich; willkommen; mahlzeit; wie "
    "geht's; schön sie (kennenzulernen|zu sehen)",
    "thanks": "danke [schön|sehr|vielmals|dir|ihnen] [für (die|ihre|deine) (hilfe|antwort|"
    "auskunft|information)]; dankeschön; vielen [herzlichen] dank [für (die|ihre) (hilfe|"
    "antwort|auskunft)]; besten dank; herzlichen dank; ich danke [dir|ihnen]; tausend dank; das "
    "(war|ist) (sehr|wirklich) (nett|hilfreich|freundlich) [von (ihnen|dir)]; super; prima; "
    "toll; perfekt; wunderbar; klasse; das hilft [mir] [sehr]; das ist (super|toll|lieb)",
    "farewell": "tschüss; tschüs; tschau; ciao; auf wiedersehen; auf wiederhören; "
    "wiedersehen; bis (bald|später|dann|morgen|zum nächsten mal|demnächst); mach's gut; ade; "
    "schönen (tag|abend) [noch]; einen schönen (tag|abend) [noch]; gute nacht; schönes "
    "wochenende; das (war's|wär's|wäre alles|war alles|ist alles); ich muss (gehen|los|weiter); "
    "servus",
    "repeat": "[können sie|könnten sie|kannst du|könntest du|würden sie] (das|es) [bitte] "
    "[noch einmal|nochmal|noch mal] (wiederholen|sagen); (können sie|könnten sie|kannst du|"
    "könntest du) [bitte] (wiederholen|das wiederholen); wiederholen [sie] [das]; wiederhole "
    "[das]; noch (einmal|mal); nochmal; nochmals; wie bitte; bitte was; was; wie; hä; was "
    "(haben sie|hast du) [gerade] gesagt; (sag|sagen sie) (das|es) (noch einmal|nochmal); (das|"
    "ich) (habe ich|hab ich|habe|hab) [das|sie|dich] [leider] nicht (verstanden|gehört|"
    "mitbekommen); nicht verstanden; ich verstehe [sie|das|dich] nicht; wie war das",
    "slower": "langsamer; langsam; [etwas|bitte etwas|ein bisschen|ein wenig] langsamer; "
    "[können sie|könnten sie|kannst du|könntest du] [bitte] [etwas|ein bisschen|ein wenig|bitte "
    "etwas] (langsamer|langsam) (sprechen|reden|sagen); (sprechen sie|sprich|reden sie|rede) "
    "[bitte] [etwas|ein bisschen|ein wenig] (langsamer|langsam); nicht so schnell; zu schnell; "
    "(das war|das ist) [mir] zu schnell; (sie sprechen|du sprichst|sie reden|du redest) [mir] "
    "zu schnell",
    "shorter": "[bitte] [etwas|ein bisschen|ein wenig] kürzer [bitte]; kurz [gesagt|gefasst]; in "
    "kürze; in einem satz; in (wenigen|ein paar|kurzen) worten; fassen sie sich kurz; fass dich "
    "kurz; (fassen sie|fass|fasse) [das|es] [bitte] [kurz] zusammen; [können sie|könnten "
    "sie|kannst du|könntest du] [das|es] [bitte] [etwas|ein bisschen|ein wenig] (kürzer|kurz) "
    "(sagen|fassen|machen|zusammenfassen|erklären); [können sie|könnten sie|kannst du|könntest "
    "du] [das|es] [bitte] zusammenfassen; [bitte] die (kurze|kurz) (fassung|version|antwort); zu "
    "lang; (das war|das ist) [mir] zu (lang|viel); mach's kurz; machen sie's kurz",
    "stop": "stopp; stop; halt; aufhören; hör auf; hören sie auf [zu reden]; sei still; seien "
    "sie still; ruhe; still; schluss; genug; das reicht; es reicht; warte [mal] [kurz]; warten "
    "sie [mal|kurz|einen moment]; moment [mal]; einen moment; einen augenblick; augenblick; "
    "vergiss es; vergessen sie es; egal; schon gut; abbrechen; halt die klappe; halt den mund",
    "identity": "wer (sind sie|bist du) [eigentlich]; was (sind sie|bist du) [eigentlich]; "
    "wie (heißen sie|heißt du) [eigentlich]; wie ist (ihr|dein) name; mit wem (spreche|rede) "
    "ich; (sind sie|bist du) [ein|eine|ein echter|eine echte|etwa ein] [echter|echte] (roboter|"
    "mensch|person|maschine|computer|ki|bot|chatbot|programm|echt|künstliche intelligenz|avatar|"
    "menschlich); stellen sie sich vor; stell dich vor; was (können sie|kannst du) [alles] [für "
    "mich tun|tun|machen]; (können sie|kannst du) mir [bitte] helfen; hilfe; ich brauche hilfe; "
    "was kann ich (sie|dich) fragen; wobei (können sie|kannst du) [mir] helfen",
    "language": "[können|könnten|kann|könnte|kannst|könntest|wollen] [wir|sie|ich|du] [bitte] "
    "[auf] LANG (sprechen|reden|weitermachen|antworten|fortfahren|weiterreden); (sprechen sie|"
    "sprichst du|reden wir|sprechen wir|antworten sie|antworte|sprich) [bitte] [auch] [auf] "
    "LANG; auf LANG; LANG bitte; deutsch; ich [spreche|rede] [nur] LANG; (können sie|kannst du) "
    "[auch] LANG; lieber auf LANG; wechseln (wir|sie) (zu|auf|ins) LANG; ich möchte [lieber] "
    "[auf] LANG (sprechen|reden)",
    "assent": "ja [gerne|gern|klar|natürlich|genau|danke]; jawohl; jo; jep; klar; natürlich; "
    "sicher; selbstverständlich; genau; gerne; gern; okay; ok; in ordnung; gut; alles klar; "
    "verstehe; ich verstehe; verstanden; richtig; stimmt; einverstanden; na gut; sehr gut; ach "
    "so; aha; passt",
    "offered": "bitte [gerne|ja]; sehr gerne; unbedingt; auf jeden fall; warum nicht; nur zu; "
    "erzähl [mal|mir mehr]; erzählen sie [mal|mir mehr|mehr]; das wäre (nett|schön|gut|toll); "
    "das würde mich interessieren; ja bitte; mach das; machen sie das; leg los; doch",
    "dissent": "nein [danke|nicht]; nee; nö; ne; nicht (jetzt|nötig|wirklich); danke nein; "
    "nein das (war's|reicht); lieber nicht; brauche ich nicht; nichts [mehr|weiter]; schon gut; "
    "später; keine danke; auf keinen fall; muss nicht sein",
}

"""Italian: what is said that is not a question."""

PHRASES: dict[str, str] = {
    "names": "en inglese; fr francese; de tedesco; es spagnolo; it italiano; nl olandese; pt "
    "portoghese; pl polacco; ro rumeno; ro romeno",
    "filler": "per favore; per piacere; per cortesia; prego; eh; allora; beh; bene; ah; oh; "
    "ok; signore; signora; signorina; di nuovo; ancora; mille; tante; a tutti; a lei; mi scusi; "
    "scusi; dunque; per ora; molte",
    "greeting": "ciao [a tutti]; salve; buongiorno; buon giorno; buonasera; buona sera; buon "
    "pomeriggio; come (sta|stai|va); piacere [di conoscerla]; pronto; benvenuto; saluti; tutto "
    "bene; ehi; hey",
    "thanks": "grazie [mille|tante|infinite|di tutto|di cuore|molte] [per (l'|la|il) [suo|tuo|"
    "sua|tua] (aiuto|risposta|informazione)]; la ringrazio [molto]; ti ringrazio; molto "
    "gentile; gentilissimo; gentilissima; perfetto; ottimo; benissimo; fantastico; è stato "
    "molto utile; molto utile; eccellente; magnifico; la ringrazio tanto",
    "farewell": "arrivederci; arrivederla; addio; ciao ciao; a (presto|dopo|domani|più tardi|"
    "risentirci|rivederci); ci vediamo; buona (notte|giornata|serata); buonanotte; buon (fine "
    "settimana|weekend); è tutto; questo è tutto; devo andare; alla prossima; buon "
    "proseguimento; stammi bene",
    "repeat": "[può|potrebbe|puoi|potresti] (ripetere|ripeterlo|ripetermi|ridirlo) [quello|"
    "questo|la risposta|quello che ha detto]; ripeta; ripeti; lo ripeta; ripetilo; come; come "
    "ha detto; come scusi; cosa; che cosa; prego; ancora una volta; un'altra volta; di nuovo; "
    "(cosa|che cosa) (ha detto|hai detto); non (ho capito|ho sentito|capisco); può dirlo di "
    "nuovo; puoi dirlo di nuovo; me lo (può|puoi) ripetere; non l'ho (capito|sentito); lo dica "
    "di nuovo",
    "slower": "[un po'] più (lentamente|piano|lento); lentamente; piano; [può|potrebbe|puoi|"
    "potresti] (parlare|andare|dirlo) [un po'] [più] (lentamente|piano); (parli|parla) [un po'] "
    "[più] (lentamente|piano); non così (veloce|in fretta); troppo (veloce|in fretta|"
    "velocemente); (parla|parli|va|vai) troppo (veloce|velocemente|in fretta); rallenti; "
    "rallenta; meno veloce",
    "shorter": "[un po'] più (corto|breve|brevemente); [più] brevemente; in (breve|sintesi|una "
    "frase|poche parole|una parola); (sia|sii) [più] (breve|conciso|concisa); "
    "(riassuma|riassumi|riassumilo) [questo]; [può|potrebbe|puoi|potresti] "
    "(riassumere|riassumerlo|essere più breve|dirlo in breve|essere più conciso) [questo]; "
    "troppo lungo; (è|era) troppo lungo; la versione breve",
    "stop": "stop; basta [così]; fermati; si fermi; ferma; fermo; zitto; zitta; silenzio; "
    "stai zitto; stia zitto; aspetta [un (attimo|momento)]; aspetti [un (attimo|momento)]; un "
    "(attimo|momento); lascia stare; lasci stare; lascia perdere; non importa; fa niente; "
    "annulla; smettila; la smetta; smetti di parlare; è sufficiente; alt",
    "identity": "chi (sei|è lei|è); (cosa|che cosa) (sei|è lei); come (ti chiami|si chiama); "
    "qual è il (tuo|suo) nome; con chi (parlo|sto parlando); [tu|lei] (sei|è) [lei] [un|una|"
    "un'] [vera|vero] (robot|umano|umana|persona|macchina|computer|ia|intelligenza artificiale|"
    "persona vera|persona reale|essere umano|reale|vera|vero|programma|avatar|bot); si "
    "presenti; presentati; (cosa|che cosa) (può|puoi|sai|sa) fare [per me]; (può|puoi|potrebbe|"
    "potresti) aiutarmi; mi (può|puoi|potrebbe) aiutare; aiuto; mi aiuti; aiutami; ho bisogno "
    "di aiuto; cosa posso chiedere; cosa posso (chiederti|chiederle)",
    "language": "[possiamo|può|puoi|potrebbe|potremmo|si può|potresti|posso|vorrei] (parlare|"
    "continuare|rispondere|passare|rispondermi|parli|risponda) [in|all'|al] LANG; (parla|parli|"
    "parlate|lei parla|tu parli) [in] LANG; in LANG; LANG per favore; italiano; [io] [parlo] "
    "[solo] LANG; parliamo [in] LANG; passiamo (all'|al) LANG; capisce LANG",
    "assent": "sì [certo|grazie|volentieri|per favore|esatto|va bene]; certo [che sì]; "
    "certamente; va bene; d'accordo; ok; okay; capito; ho capito; capisco; bene; molto bene; "
    "esatto; esattamente; giusto; naturalmente; sicuro; assolutamente; perfetto; ovviamente; "
    "vedo",
    "offered": "prego; per favore; volentieri; con piacere; magari; perché no; mi piacerebbe; "
    "mi dica [di più]; dimmi [di più]; vada avanti; vai avanti; continui; continua; vai; mi "
    "interessa; certo mi dica; mi farebbe piacere",
    "dissent": "no [grazie|non ora]; non (ora|adesso|serve|importa|è necessario); "
    "nient'altro; niente; niente altro; no va bene così; meglio di no; per niente; più tardi; "
    "va bene così; un'altra volta; no basta così",
}

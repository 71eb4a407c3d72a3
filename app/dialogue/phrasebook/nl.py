"""Dutch: what is said that is not a question."""

PHRASES: dict[str, str] = {
    "names": "en engels; fr frans; de duits; es spaans; it italiaans; nl nederlands; pt "
    "portugees; pl pools; ro roemeens",
    "filler": "alstublieft; alsjeblieft; asjeblieft; eh; uh; nou; dus; oh; ah; oké; ok; goed; "
    "meneer; mevrouw; nog eens; nog een keer; even; eens; sorry; allemaal; zeer; voor nu; hoor",
    "greeting": "hallo [daar]; hoi; hai; hey; hé; dag; goedemorgen; goedemiddag; goedenavond; "
    "goedendag; goede (morgen|middag|avond); hoe gaat het [met (u|je|jou)]; hoe gaat het ermee; "
    "alles goed; aangenaam [kennis te maken]; welkom; leuk u te ontmoeten",
    "thanks": "dank (u|je) [wel|zeer|vriendelijk] [voor (uw|je|de) (hulp|antwoord|"
    "informatie)]; dankuwel; dankjewel; bedankt [voor (uw|je|de|het) (hulp|antwoord|"
    "informatie)]; hartelijk (dank|bedankt); heel erg bedankt; hartstikke bedankt; heel "
    "hartelijk dank; super; prima; perfect; geweldig; fantastisch; fijn; heel fijn; dat is "
    "(fijn|geweldig|perfect|heel behulpzaam); heel vriendelijk [van u]; mooi; top",
    "farewell": "doei [doei]; tot ziens; tot (straks|later|morgen|snel|kijk|gauw|de volgende "
    "keer); dag dag; daag; fijne (dag|avond|weekend) [nog]; prettige (dag|avond) [nog]; een "
    "(fijne|prettige) (dag|avond) [nog]; goedenacht; welterusten; fijn weekend; dat (was|is) "
    "(het|alles); ik moet gaan; vaarwel; houdoe",
    "repeat": "[kunt u|kun je|kan je|zou u|zou je|wilt u|wil je] (dat|het) [nog (eens|een "
    "keer)] [willen|kunnen] (herhalen|zeggen); (kunt u|kun je) [dat|het] herhalen; herhaal [dat|"
    "het]; nog (eens|een keer); wablief; wat; wat zegt u; wat zei (u|je) [net]; pardon; sorry "
    "wat; hè; zeg (dat|het) nog (eens|een keer); wat zeg je; (dat|ik) (heb ik|verstond ik|"
    "begrijp ik|versta ik) niet [verstaan|gehoord|begrepen]; ik (heb het|heb dat|heb u) niet "
    "(verstaan|gehoord|begrepen); ik (versta|begrijp) (u|het|je|dat) niet; wat was dat; hoe "
    "bedoelt u",
    "slower": "langzamer; langzaam; [iets|wat|een beetje] langzamer; rustiger; [kunt u|kun je|"
    "kan je|zou u|wilt u] [iets|wat|een beetje] (langzamer|langzaam|rustiger) [willen|kunnen] "
    "(praten|spreken); (praat|spreek) [iets|wat|een beetje] (langzamer|rustiger|langzaam); niet "
    "zo snel; te snel; (dat|het) (gaat|ging|was) te snel; (u|je) (praat|spreekt) te snel",
    "shorter": "[iets|wat|een beetje] korter; kort [gezegd|samengevat]; in het kort; in "
    "(één|een) (zin|woord); in een paar woorden; wees [iets|wat] (kort|korter|beknopt|bondig); "
    "vat [het|dat] [kort] samen; [kunt u|kun je|kan je|zou u|wilt u] [het|dat] [iets|wat|een "
    "beetje] (korter|kort) [zeggen|samenvatten|maken|houden]; [kunt u|kun je|kan je|zou u|wilt "
    "u] [het|dat] samenvatten; te lang; (dat|het) (was|is) [me|mij] te (lang|veel); houd het "
    "kort; hou het kort; de korte versie",
    "stop": "stop [met praten|maar|ermee]; hou op; houd op; stil; wees stil; hou je mond; "
    "stilte; genoeg; dat is genoeg; zo is het genoeg; wacht [even|eens|een moment]; een "
    "moment[je]; momentje; een ogenblik; laat maar; laat maar zitten; vergeet het [maar]; maakt "
    "niet uit; annuleer; ophouden; basta",
    "identity": "wie (ben je|bent u|ben jij) [eigenlijk]; wat (ben je|bent u|ben jij) "
    "[precies|eigenlijk]; hoe heet (je|u|jij); (wat is|hoe is) (je|uw|jouw) naam; met wie "
    "(spreek|praat) ik; (ben je|bent u|ben jij) [een] [echte|echt] (robot|mens|persoon|machine|"
    "computer|ai|bot|chatbot|programma|echt|avatar|kunstmatige intelligentie); stel (jezelf|"
    "uzelf|u|je) voor; wat (kun je|kunt u|kan je) [allemaal] [doen|voor mij doen|voor me doen]; "
    "(kunt u|kun je|kan je) (mij|me) helpen; help; help (me|mij); ik heb hulp nodig; wat kan ik "
    "[u|je] vragen; waarmee (kunt u|kun je) (me|mij) helpen",
    "language": "[kunnen|kunt|kun|kan|mag|mogen|zullen] [we|wij|u|je|ik] [in het|het in het|"
    "naar het|ook] LANG (praten|spreken|verder gaan|antwoorden|doorgaan|overschakelen); "
    "(spreekt u|spreek je|praat u|praat je|spreek jij|antwoord|praat|spreek) [ook] [in het] "
    "LANG; in het LANG; LANG (alstublieft|alsjeblieft|graag); nederlands; ik spreek [alleen] "
    "LANG; laten we [in het] LANG (praten|spreken); ik wil graag [in het] LANG (praten|spreken)",
    "assent": "ja [hoor|graag|natuurlijk|zeker|precies|klopt|dank u|bedankt]; jazeker; zeker; "
    "natuurlijk; uiteraard; graag; oké; oke; ok; goed; is goed; prima; begrepen; duidelijk; ik "
    "begrijp het; ik snap het; klopt; precies; juist; heel goed; jep; akkoord; aha",
    "offered": "alstublieft; alsjeblieft; graag gedaan; heel graag; doe maar; ga [uw] gang; "
    "ga je gang; vertel [maar|eens|me meer|verder]; waarom niet; dat zou (fijn|leuk) zijn; ga "
    "door; ga verder; zeg het maar; dat wil ik wel",
    "dissent": "nee [dank u|dank je|bedankt|hoor|hoeft niet]; neen; niet (nu|nodig|echt); "
    "hoeft niet; dat hoeft niet; niets [meer|anders]; laat maar; liever niet; later; straks "
    "misschien; nergens voor nodig; helemaal niet",
}

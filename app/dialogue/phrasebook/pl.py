"""Polish: what is said that is not a question."""

PHRASES: dict[str, str] = {
    "names": "en angielsku; fr francusku; de niemiecku; es hiszpańsku; it włosku; nl "
    "niderlandzku; nl holendersku; pt portugalsku; pl polsku; ro rumuńsku",
    "filler": "proszę [bardzo|pana|pani]; no; więc; hm; yyy; eee; ach; och; okej; ok; panie; "
    "pani; dobrze; jeszcze raz; przepraszam; bardzo; wszystkim; teraz; na razie",
    "greeting": "dzień dobry [państwu|pani|panu]; dobry wieczór; cześć; hej; witam "
    "[serdecznie|państwa]; witaj; siema; siemka; halo; jak (się masz|się pan ma|się pani ma|"
    "leci|tam); co słychać; miło (mi|pana poznać|panią poznać|cię poznać); serwus; hejka; dobry",
    "thanks": "dziękuję [bardzo|ślicznie|serdecznie|uprzejmie|pięknie] [za (pomoc|odpowiedź|"
    "informację|informacje|wszystko)]; dzięki [wielkie|bardzo|za pomoc]; wielkie dzięki; "
    "serdecznie dziękuję; bardzo dziękuję; (to bardzo|bardzo) (pomocne|miłe|uprzejme|miło); "
    "świetnie; super; doskonale; wspaniale; idealnie; ekstra; jestem wdzięczny; fajnie; jestem "
    "wdzięczna",
    "farewell": "do widzenia; do zobaczenia [wkrótce|jutro]; na razie; pa [pa]; żegnam; do "
    "(jutra|następnego razu|usłyszenia|później); dobranoc; miłego (dnia|wieczoru|weekendu); to "
    "wszystko; to już wszystko; muszę (iść|już iść|lecieć); trzymaj się; bywaj; życzę miłego "
    "dnia; dobrej nocy; spokojnej nocy",
    "repeat": "[czy] [może pan|może pani|możesz|mógłbyś|mogłabyś|mógłby pan|mogłaby pani|"
    "można] [to] (powtórzyć|powtórzyć to) [jeszcze raz]; powtórz [to] [jeszcze raz]; proszę "
    "[to] powtórzyć; jeszcze raz; co; słucham; że co; jak; co (mówisz|powiedziałeś|powiedziałaś|"
    "pan powiedział|pani powiedziała|mówiłeś); nie (zrozumiałem|zrozumiałam|rozumiem|usłyszałem|"
    "usłyszałam|dosłyszałem|dosłyszałam|słyszałem|słyszałam) [tego]; powiedz to jeszcze raz; "
    "(możesz|może pan|może pani) powiedzieć to jeszcze raz; co proszę; jeszcze raz to samo",
    "slower": "wolniej; powoli; [trochę] wolniej; [czy] [może pan|może pani|możesz|mógłbyś|"
    "mógłby pan|mogłaby pani] [trochę] [mówić] (wolniej|powoli) [mówić]; [proszę] mów [trochę] "
    "(wolniej|powoli); proszę mówić [trochę] (wolniej|powoli); nie tak szybko; za szybko; zbyt "
    "szybko; (mówisz|mówi pan|mówi pani|to było) (za|zbyt) szybko; zwolnij",
    "shorter": "[trochę] krócej; w skrócie; krótko; krótko mówiąc; jednym zdaniem; "
    "w jednym zdaniu; w kilku słowach; [czy] [może pan|może pani|możesz|mógłbyś|mógłby "
    "pan|mogłaby pani] [to] [trochę] (streścić|skrócić|podsumować|powiedzieć krócej|powiedzieć "
    "to krócej|mówić krócej) [to]; (streść|skróć|podsumuj) [to]; proszę [to] "
    "(streścić|skrócić|podsumować); (za|zbyt) długo; (to było) (za|zbyt) (długie|długo); proszę "
    "[mówić|odpowiadać] krócej",
    "stop": "stop; przestań [mówić]; proszę przestać; cicho; cisza; zamilcz; bądź cicho; "
    "dość; dosyć; wystarczy; czekaj; poczekaj [chwilę]; zaczekaj; proszę (czekać|poczekać|"
    "zaczekać); chwileczkę; chwilę; momencik; moment; nieważne; nie ważne; anuluj; daj spokój; "
    "zapomnij; stój; zatrzymaj się; zamknij się",
    "identity": "kim (jesteś|pan jest|pani jest) [ty]; czym jesteś; kto ty jesteś; jak (się "
    "nazywasz|masz na imię|się pan nazywa|się pani nazywa|ma pani na imię); (z kim) (rozmawiam|"
    "mówię); [czy] (jesteś|ty jesteś|pan jest|pani jest|to jest) [prawdziwym|prawdziwą] "
    "(robotem|człowiekiem|osobą|maszyną|komputerem|ai|botem|programem|sztuczną inteligencją|"
    "awatarem|prawdziwy|prawdziwa|robot|człowiek|żywy|żywa); przedstaw się; co (umiesz|"
    "potrafisz|możesz) [zrobić|robić|dla mnie zrobić]; [czy] (możesz|może pan|może pani) mi "
    "pomóc; [czy] możesz pomóc; pomocy; pomoc; potrzebuję pomocy; o co (mogę|można) [cię] "
    "(pytać|zapytać); w czym możesz [mi] pomóc; proszę się przedstawić; pomóż mi",
    "language": "[czy] [możemy|może pan|może pani|możesz|mogę|moglibyśmy|mógłbyś|chcę|"
    "chciałbym|chciałabym] (rozmawiać|mówić|porozmawiać|odpowiadać|kontynuować|mówmy|mów|"
    "odpowiadaj|przejść na) po LANG; [czy] (mówisz|mówi pan|mówi pani|mówicie|rozumiesz) po "
    "LANG; [proszę] po LANG; mówmy po LANG; [ja] mówię [tylko] po LANG; polski; język polski",
    "assent": "tak [proszę|poproszę|oczywiście|jasne|chętnie|dziękuję]; oczywiście; jasne; "
    "pewnie; naturalnie; zgoda; dobra; dobrze; okej; ok; rozumiem; zrozumiałem; zrozumiałam; w "
    "porządku; dokładnie; zgadza się; racja; no tak; aha; z pewnością; no dobrze; no",
    "offered": "proszę; poproszę; chętnie; z przyjemnością; bardzo chętnie; czemu nie; "
    "dlaczego nie; śmiało; mów [dalej]; powiedz [mi] [więcej]; proszę (mówić|powiedzieć|dalej); "
    "opowiedz [mi] [więcej]; chciałbym; chciałabym; interesuje mnie to; dawaj",
    "dissent": "nie [dziękuję|dzięki|teraz|trzeba|potrzeba|proszę]; teraz nie; raczej nie; "
    "nic więcej; nic; nie nie; to nie jest konieczne; (może|nie) później; później; wcale nie; "
    "nie tym razem",
}

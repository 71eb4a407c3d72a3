"""Romanian: what is said that is not a question."""

PHRASES: dict[str, str] = {
    "names": "en engleză; en engleza; en englezește; fr franceză; fr franceza; de germană; de "
    "germana; es spaniolă; es spaniola; it italiană; it italiana; nl olandeză; nl neerlandeză; "
    "pt portugheză; pt portugheza; pl poloneză; pl poloneza; ro română; ro româna; ro românește",
    "filler": "vă rog; te rog; vă rog frumos; păi; ăă; bine; ah; oh; ok; domnule; doamnă; "
    "încă o dată; din nou; scuzați-mă; scuze; frumos; tuturor; deci; acum; mult; pentru moment",
    "greeting": "bună [ziua|seara|dimineața]; bună; salut [tuturor]; salutare; servus; noroc; "
    "hei; alo; ce mai (faci|faceți); ce faci; ce faceți; cum (ești|sunteți|merge); îmi pare "
    "bine [de cunoștință]; încântat [de cunoștință]; încântată [de cunoștință]; bine ați venit; "
    "sărut mâna; bun găsit",
    "thanks": "mulțumesc [mult|frumos|foarte mult|tare mult] [pentru (ajutor|răspuns|"
    "informații|informație|tot)]; mulțumim [mult|frumos]; mersi [mult|frumos]; vă mulțumesc "
    "[mult|frumos|foarte mult] [pentru (ajutor|răspuns|informații|tot)]; îți mulțumesc [mult]; "
    "foarte amabil; (asta|e) foarte util; perfect; excelent; minunat; super; grozav; (sunt) "
    "recunoscător; foarte drăguț; mii de mulțumiri",
    "farewell": "la revedere; pa [pa]; pe curând; pe mâine; ne vedem [mâine|curând]; o zi "
    "(bună|frumoasă) [în continuare]; o seară (bună|frumoasă|plăcută); noapte bună; (asta e|"
    "asta este|atât) tot; asta e tot; atât; trebuie să plec; toate cele bune; adio; weekend "
    "plăcut; drum bun; numai bine; ciao; să aveți o zi (bună|frumoasă)",
    "repeat": "[puteți|poți|ați putea|ai putea] [să] (repetați|repeta|repeți|spuneți din nou) "
    "[asta|răspunsul|ce ați spus]; repetați [asta]; repetă [asta]; încă o dată; din nou; "
    "poftim; ce; cum; (ce|cum) (ați spus|ai spus|ai zis|ați zis); nu am (înțeles|auzit); n-am "
    "(înțeles|auzit); nu (înțeleg|v-am auzit|v-am înțeles|te-am auzit|te-am înțeles|vă aud|vă "
    "înțeleg); (spuneți|spune) (din nou|încă o dată|mai o dată); mai spuneți o dată; mai spune "
    "o dată; (puteți|poți) (spune|repeta) (asta|încă o dată|din nou|asta încă o dată|asta din "
    "nou); pardon; cum ați zis",
    "slower": "mai (încet|rar|lent); [puțin] mai (încet|rar|lent); încet; [puteți|poți|ați "
    "putea|ai putea] [să] (vorbi|vorbiți|vorbești|spune) [puțin] mai (încet|rar|lent); (vorbiți|"
    "vorbește) [puțin] mai (încet|rar|lent); nu așa (repede|de repede); prea repede; (vorbiți|"
    "vorbești) prea repede; a fost prea repede; mai ușor",
    "shorter": "[puțin] mai (scurt|pe scurt|concis); pe scurt; în (rezumat|câteva cuvinte|puține "
    "cuvinte); într-(o propoziție|un cuvânt); (fiți|fii) mai "
    "(scurt|scurtă|concis|concisă|succint); (rezumați|rezumă) [asta]; [puteți|poți|ați putea|ai "
    "putea] (rezuma|să rezumați|să rezumi|spune mai scurt|să spuneți mai scurt|să fiți mai "
    "scurt|să fiți mai concis) [asta]; prea lung; (e|este|a fost) prea lung; varianta scurtă",
    "stop": "stop; oprește-te; opriți-vă; taci; tăceți; liniște; gata; destul; ajunge; e "
    "(destul|suficient); suficient; așteaptă [puțin|un moment]; așteptați [puțin|un moment|o "
    "clipă]; un moment; o clipă; o secundă; stai [puțin]; stați [puțin]; nu contează; lasă; "
    "lăsați; las-o; uită; anulează; anulați; nu mai vorbi; încetează; lasă-mă",
    "identity": "cine (ești|sunteți) [tu|dumneavoastră]; ce (ești|sunteți) [tu]; cum (te "
    "cheamă|vă cheamă|te numești|vă numiți); care (e|este) numele (tău|dumneavoastră); cu cine "
    "(vorbesc|stau de vorbă); [tu] (ești|sunteți) [un|o|chiar] [adevărat|adevărată] (robot|om|"
    "persoană|mașină|calculator|computer|ia|ai|inteligență artificială|persoană reală|ființă "
    "umană|real|reală|program|avatar|om adevărat|om real); prezintă-te; prezentați-vă; ce (poți|"
    "puteți|știi|știți) [să] (face|faci|faceți) [pentru mine]; mă (poți|puteți) ajuta; (poți|"
    "puteți) să mă (ajuți|ajutați); ajutor; ajută-mă; ajutați-mă; am nevoie de ajutor; ce pot "
    "să [te|vă] întreb; cu ce mă (poți|puteți) ajuta",
    "language": "[putem|puteți|poți|se poate|am putea|pot|aș vrea|vreau|ați putea] [să] "
    "(vorbi|vorbim|vorbiți|vorbești|vorbesc|continua|continuăm|răspunde|răspundeți|trece|"
    "trecem) [în|pe|la] [limba] LANG; (vorbiți|vorbești|vorbește|știți|înțelegeți) [în] [limba] "
    "LANG; în [limba] LANG; LANG vă rog; română; românește; [eu] vorbesc [doar] [limba] LANG; "
    "hai să vorbim [în] [limba] LANG; vorbim [în] LANG",
    "assent": "da [vă rog|te rog|desigur|sigur|mulțumesc|bineînțeles|cu plăcere]; sigur [că "
    "da]; desigur; bineînțeles; bine; în regulă; ok; okay; de acord; am înțeles; înțeleg; "
    "exact; corect; așa e; așa este; firește; evident; foarte bine; clar; aha; normal; da da",
    "offered": "vă rog [frumos]; te rog; cu plăcere; cu drag; mi-ar plăcea; de ce nu; "
    "spune-mi [mai multe]; spuneți-mi [mai multe]; spune; spuneți; continuă; continuați; aș "
    "vrea; aș dori; mă interesează; da spuneți-mi; zi",
    "dissent": "nu [mulțumesc|mersi|acum|e nevoie|este nevoie|e cazul|chiar]; nu acum; nimic "
    "[altceva|mai mult]; altă dată; mai târziu; nu e necesar; nu este necesar; mai bine nu; "
    "deloc; nici vorbă; nu trebuie",
}

"""French: what is said that is not a question."""

PHRASES: dict[str, str] = {
    "names": "en anglais; fr français; de allemand; es espagnol; it italien; nl néerlandais; "
    "pt portugais; pl polonais; ro roumain",
    "filler": "s'il vous plaît; s'il te plaît; svp; euh; eh bien; ben; bon; alors; ah; oh; "
    "hum; monsieur; madame; mademoiselle; beaucoup; d'accord; encore; excusez-moi; tout le "
    "monde; pour l'instant; à vous",
    "greeting": "bonjour [à tous|à vous]; bonsoir; salut; coucou; allô; hello; enchanté[e]; "
    "enchantée; [comment] ça va; [comment] (allez-vous|vas-tu); comment (vous allez|tu vas); "
    "vous allez bien; tu vas bien; bienvenue; ravi de vous rencontrer; quoi de neuf",
    "thanks": "merci [bien|beaucoup|infiniment|mille fois|à vous] [pour (votre|ton|l') (aide|"
    "réponse|information)]; mille mercis; je vous remercie; je te remercie; parfait; merci de "
    "votre aide; c'est (très gentil|gentil|parfait|très utile|super); super; génial; c'est très "
    "aimable; excellent; merci pour tout; merci pour l'information; impeccable",
    "farewell": "au revoir; à bientôt; à plus [tard]; à demain; à la prochaine; adieu; bye; "
    "bonne (journée|soirée|nuit|fin de journée|continuation); bon week-end; ciao; c'est tout; "
    "ce sera tout; je dois (y aller|partir); bon après-midi; tchao",
    "repeat": "[pouvez-vous|pourriez-vous|peux-tu|vous pouvez|tu peux|pourrais-tu] (répéter|"
    "redire) [ça|cela|la réponse|ce que vous avez dit]; répétez [ça|cela]; répète [ça]; pardon; "
    "comment; quoi; hein; encore une fois; vous pouvez (me le|le) (redire|répéter); "
    "(pouvez-vous|pourriez-vous) (le|me le) (redire|répéter); vous disiez; redites; je n'ai pas "
    "(compris|entendu|bien compris|bien entendu); qu'est-ce que vous avez dit; qu'avez-vous "
    "dit; tu as dit quoi; vous avez dit quoi; redites-moi ça; dites-le encore une fois; j'ai "
    "pas (compris|entendu); plaît-il",
    "slower": "[un peu] plus (lentement|doucement); [un peu] moins vite; lentement; "
    "doucement; [pouvez-vous|pourriez-vous|peux-tu|vous pouvez|tu peux] (parler|parlez|parle|"
    "aller) [un peu] (plus lentement|moins vite|plus doucement|lentement); parlez [un peu] "
    "(plus lentement|moins vite|lentement); pas si vite; trop vite; vous parlez trop vite; tu "
    "parles trop vite; c'est trop rapide; c'est trop vite; ralentissez; ralentis",
    "shorter": "[un peu] plus (court|bref|brièvement); [plus] brièvement; en (bref|résumé|un "
    "mot|une phrase|quelques mots); (soyez|sois) [plus] (bref|brève|court|concis); (faites|fais) "
    "[plus] court; (résumez|résume) [ça|cela]; [pouvez-vous|pourriez-vous|peux-tu|vous pouvez|tu "
    "peux] (résumer|être plus bref|être plus brève|dire ça plus brièvement|faire plus court) "
    "[ça|cela]; trop long; c'est trop long; c'était trop long; la version courte",
    "stop": "stop; arrêtez [de parler]; arrête [de parler]; arrêtez-vous; tais-toi; "
    "taisez-vous; silence; chut; ça suffit; assez; attendez [un (instant|moment|peu)]; attends; "
    "un (instant|moment); une (minute|seconde); laissez tomber; laisse tomber; peu importe; "
    "annulez; annule; oubliez; arrêtez ça",
    "identity": "qui (êtes-vous|es-tu); vous êtes qui; tu es qui; t'es qui; [et] [vous] qui "
    "êtes-vous; comment (vous appelez-vous|t'appelles-tu|tu t'appelles); comment vous vous "
    "appelez; (quel est|c'est quoi) (votre|ton) nom; à qui (je parle|ai-je l'honneur); [est-ce "
    "que] (vous êtes|tu es|êtes-vous|es-tu) [un|une] [vrai|vraie] (robot|humain|humaine|"
    "personne|machine|ordinateur|ia|intelligence artificielle|vraie personne|être humain|réel|"
    "réelle|programme|avatar); présentez-vous; que (pouvez-vous|savez-vous|peux-tu|sais-tu) "
    "faire [pour moi]; qu'est-ce que vous (savez|pouvez) faire; (pouvez-vous|vous pouvez|"
    "peux-tu) m'aider; aidez-moi; à l'aide; j'ai besoin d'aide; que puis-je vous demander",
    "language": "[peut-on|pouvons-nous|pouvez-vous|on peut|vous pouvez|est-ce qu'on peut|"
    "peux-tu|pourriez-vous|je peux|puis-je|je voudrais|j'aimerais] (parler|parlez|continuer|"
    "passer|répondre|répondez|poursuivre|parle) [en|à l'|au] LANG; (parlez-vous|parles-tu|vous "
    "parlez|tu parles|est-ce que vous parlez) [l'|le] LANG; en LANG; LANG s'il vous plaît; "
    "français; je parle LANG; parlons [en] LANG; passons (au|à l'|en) LANG",
    "assent": "oui; ouais; [oui] (bien sûr|volontiers|absolument|certainement|tout à fait|"
    "merci); si; d'accord; ok; okay; entendu; compris; je vois; très bien; bien; exactement; "
    "c'est ça; j'ai compris; c'est bon; ça marche; effectivement",
    "offered": "s'il vous plaît; allez-y; vas-y; avec plaisir; volontiers; je veux bien; "
    "pourquoi pas; dites-moi [tout|en plus]; dites; continuez; oui dites-moi; ça m'intéresse; "
    "je vous écoute",
    "dissent": "non [merci|pas vraiment|ça va]; pas (maintenant|vraiment|la peine|besoin); ce "
    "n'est pas (nécessaire|la peine); rien [d'autre|de plus]; ça ira; c'est pas la peine; pas "
    "du tout; plus tard; non plus tard",
}

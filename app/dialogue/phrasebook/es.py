"""Spanish: what is said that is not a question."""

PHRASES: dict[str, str] = {
    "names": "en inglés; fr francés; de alemán; es español; es castellano; it italiano; nl "
    "neerlandés; nl holandés; pt portugués; pl polaco; ro rumano",
    "filler": "por favor; eh; pues; bueno; este; ah; oh; vale; ok; señor; señora; señorita; "
    "muchas; a usted; a ti; a todos; de nuevo; otra vez; entonces; por ahora; perdón; disculpe",
    "greeting": "hola; buenos días; buenas tardes; buenas noches; buenas; buen día; (qué|"
    "cómo) tal [estás|está]; cómo (está|estás|le va|te va|están) [usted]; encantado; encantada; "
    "mucho gusto; saludos; bienvenido; qué hay; aló",
    "thanks": "[muchas|muchísimas|mil] gracias [por (su|tu|la|todo) [ayuda|información|"
    "respuesta]]; gracias por todo; se lo agradezco; te lo agradezco; muy amable; perfecto; "
    "estupendo; genial; excelente; fenomenal; (eso es|es) (muy útil|perfecto); qué bien; le "
    "agradezco [mucho]; muy bien gracias",
    "farewell": "adiós; hasta (luego|pronto|mañana|la vista|la próxima|otra); chao; chau; nos "
    "vemos; que (tenga|tengas) [un] buen día; que (tenga|tengas) [una] buena (tarde|noche); "
    "cuídese; cuídate; eso es todo; es todo; nada más gracias; tengo que irme; me voy; bye; "
    "buen fin de semana; que le vaya bien",
    "repeat": "[puede|podría|puedes|podrías] (repetir|repetirlo|repetirme) [eso|esto|lo|la "
    "respuesta|lo que dijo]; repita [eso|lo]; repítalo; repite [eso]; repítelo; cómo; cómo "
    "dice; qué; perdón; perdone; otra vez; una vez más; de nuevo; dígalo (otra vez|de nuevo); "
    "mande; (qué|cómo) (ha dicho|dijo|has dicho|dijiste|dices); no (le|te|lo|la) (he entendido|"
    "entendí|oí|he oído|entiendo); no entendí; no he entendido; no entiendo; lo puede repetir; "
    "me lo (puede|puedes|podría) repetir; (puede|puedes) decirlo (otra vez|de nuevo)",
    "slower": "[un poco] más (despacio|lento|lentamente); despacio; [puede|podría|puedes|"
    "podrías] (hablar|hable|decirlo|ir) [un poco] [más] (despacio|lento|lentamente); (hable|"
    "habla) [un poco] [más] (despacio|lento); no tan rápido; demasiado rápido; (habla|hablas|va|"
    "vas) (muy|demasiado) rápido; más despacito; muy rápido",
    "shorter": "[un poco] más (corto|breve|brevemente); [más] brevemente; en (resumen|breve|una "
    "frase|pocas palabras|una palabra); (sea|sé) [más] (breve|conciso|concisa); "
    "(resuma|resume|resúmelo|resúmalo) [eso|esto]; [puede|podría|puedes|podrías] "
    "(resumir|resumirlo|decirlo más corto|ser más breve|abreviar) [eso|esto]; demasiado largo; "
    "(es|era|fue) (muy|demasiado) largo; la versión corta",
    "stop": "para; pare; alto; basta [ya]; cállate; cállese; silencio; espera [un (momento|"
    "poco|segundo)]; espere [un (momento|poco|segundo)]; un (momento|segundo|momentito); "
    "déjalo; déjelo; olvídalo; olvídelo; no importa; ya está; ya basta; es suficiente; "
    "suficiente; cancelar; cancela; stop; deja de hablar; deje de hablar; detente; deténgase",
    "identity": "quién (eres|es usted|es) [tú]; qué (eres|es usted); cómo (te llamas|se "
    "llama) [usted]; cuál es (tu|su) nombre; con quién (hablo|estoy hablando); [tú] (eres|es "
    "usted|es) [un|una] (robot|humano|humana|persona|máquina|ordenador|computadora|ia|"
    "inteligencia artificial|persona real|ser humano|real|programa|bot|avatar|persona de "
    "verdad); preséntate; preséntese; qué (puedes|puede|sabes|sabe) hacer [por mí]; (puedes|"
    "puede|podría|podrías) ayudarme; me (puedes|puede|podría) ayudar; ayuda; ayúdame; ayúdeme; "
    "necesito ayuda; qué puedo preguntar[te]; en qué (puedes|puede) ayudarme",
    "language": "[podemos|puedes|puede|podría|podríamos|se puede|podrías|puedo|quiero|"
    "quisiera|me gustaría] (hablar|continuar|seguir|responder|contestar|cambiar|hable|habla|"
    "responda|conteste|contestarme|responderme) [en|a|al] LANG; (habla|hablas|hablan|hablamos|"
    "usted habla) [usted] [en] LANG; en LANG; LANG por favor; español; castellano; [yo] [solo] "
    "hablo LANG; hablemos [en] LANG; cambiemos (a|al) LANG; entiende LANG",
    "assent": "sí [claro|gracias|por supuesto|por favor|señor|señora]; claro [que sí]; por "
    "supuesto; vale; de acuerdo; ok; okay; entendido; entiendo; ya veo; ya; bien; muy bien; "
    "está bien; exacto; correcto; así es; desde luego; seguro; comprendo; bueno",
    "offered": "por favor; adelante; con gusto; me gustaría; me encantaría; cómo no; dime "
    "[más]; dígame [más]; cuéntame [más]; cuénteme [más]; por qué no; sí quiero; sí me "
    "gustaría; continúa; continúe; dale",
    "dissent": "no [gracias|señor|señora|ahora no]; ahora no; no hace falta; nada [más]; no "
    "es necesario; no de momento; de momento no; mejor no; para nada; en otro momento; más "
    "tarde; así está bien",
}

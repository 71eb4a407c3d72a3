"""Portuguese: what is said that is not a question."""

PHRASES: dict[str, str] = {
    "names": "en inglês; fr francês; de alemão; es espanhol; it italiano; nl neerlandês; nl "
    "holandês; pt português; pl polaco; pl polonês; ro romeno",
    "filler": "por favor; se faz favor; faz favor; eh; bem; pois; então; ah; oh; ok; senhor; "
    "senhora; de novo; outra vez; novamente; muito; a todos; desculpe; desculpa; né; por agora",
    "greeting": "olá; oi; bom dia; boa tarde; boa noite; boas; como (está|estás|vai|vão) "
    "[você|o senhor|a senhora]; tudo (bem|bom) [com você|contigo|consigo]; muito prazer; "
    "prazer; viva; alô; bem-vindo; e aí; saudações",
    "thanks": "[muito] (obrigado|obrigada) [por tudo|mesmo] [pela (ajuda|informação|resposta|"
    "sua ajuda)]; obrigadinho; obrigadinha; agradeço [muito]; agradecido; muito (gentil|"
    "amável); perfeito; ótimo; óptimo; excelente; maravilha; fantástico; que bom; (isso|foi) "
    "(ajuda|ajudou|muito útil) [muito]; valeu; grato; grata; mil obrigados",
    "farewell": "adeus; tchau [tchau]; até (logo|já|amanhã|breve|mais|à próxima|depois|mais "
    "tarde); [tenha] [um] bom (dia para si|fim de semana|resto de dia); tenha um (bom|ótimo) "
    "dia; tenha uma boa (tarde|noite); é tudo; é só [isso]; isso é tudo; tenho de ir; tenho que "
    "ir; fique bem; passe bem; bye; continuação de bom dia",
    "repeat": "[pode|podia|poderia|podes|você pode] (repetir|repeti-lo|dizer isso de novo) "
    "[isso|a resposta|o que disse]; repita [isso]; repete [isso]; como; como disse; como assim; "
    "o quê; o que; quê; hã; mais uma vez; outra vez; de novo; novamente; perdão; (o que|o que é "
    "que) (disse|você disse|disseste); diga [isso] (outra vez|de novo|novamente); não (entendi|"
    "percebi|ouvi|compreendi|entendo|percebo) [bem]; não (o|a|te) (ouvi|entendi)",
    "slower": "[um pouco] mais (devagar|lento|lentamente|devagarinho); devagar; [pode|podia|"
    "poderia|podes] (falar|ir|dizer isso) [um pouco] [mais] (devagar|lentamente); (fale|fala) "
    "[um pouco] [mais] (devagar|lentamente); não tão (rápido|depressa); (muito|demasiado) "
    "(rápido|depressa); rápido demais; (está a falar|está falando|fala|você fala) (muito|"
    "demasiado) (rápido|depressa); abrande; calma",
    "shorter": "[um pouco] mais (curto|breve|brevemente|resumido); [mais] brevemente; em "
    "(resumo|poucas palavras|uma frase|uma palavra); (seja|sê) [mais] "
    "(breve|conciso|concisa|sucinto); (resuma|resume) [isso|isto]; [pode|podia|poderia|podes] "
    "(resumir|ser mais breve|abreviar|dizer isso em poucas palavras) [isso|isto]; "
    "(muito|demasiado) longo; longo demais; (é|foi) (muito|demasiado) longo; a versão curta",
    "stop": "pare [de falar]; para [de falar]; pára; chega; basta; cale-se; cala-te; cala a "
    "boca; silêncio; espere [um (momento|pouco|instante)]; espera [aí|um pouco]; um (momento|"
    "instante|momentinho); só um momento; deixe estar; deixa estar; deixa pra lá; esqueça; "
    "esquece; não importa; cancelar; cancele; stop; já chega; é suficiente; tanto faz",
    "identity": "quem (é você|és tu|és|é o senhor|é a senhora|é|você é); o que (é você|você é|"
    "és); como (se chama|te chamas|você se chama|é que se chama); qual [é] [o] (seu|teu) nome; "
    "(com quem) (falo|estou a falar|estou falando); [você|tu] (é|és) [um|uma] (robô|robot|"
    "humano|humana|pessoa|máquina|computador|ia|inteligência artificial|pessoa real|pessoa de "
    "verdade|ser humano|real|programa|bot|avatar); apresente-se; apresenta-te; o que (pode|sabe|"
    "consegue|podes|você pode) fazer [por mim]; (pode|podia|poderia|podes|você pode) (ajudar-me|"
    "me ajudar); ajuda; ajude-me; me ajude; preciso de ajuda; o que posso perguntar",
    "language": "[podemos|pode|podes|poderia|podia|poderíamos|posso|quero|queria|gostaria de] "
    "(falar|continuar|responder|mudar|passar|responder-me|fale|responda) [em|para|para o|o] "
    "LANG; (fala|falas|você fala|falam) [em] LANG; em LANG; LANG (por favor|se faz favor); "
    "português; [eu] [só] falo LANG; vamos falar [em] LANG; falemos [em] LANG; entende LANG",
    "assent": "sim [claro|obrigado|obrigada|por favor|senhor|senhora|com certeza]; claro [que "
    "sim]; com certeza; certo; está bem; tá bem; tá bom; tudo bem; de acordo; ok; okay; "
    "entendi; percebi; compreendi; entendido; bem; muito bem; bom; exato; exatamente; isso; "
    "isso mesmo; pois; pois é; certamente; combinado; beleza",
    "offered": "por favor; se faz favor; com prazer; com todo o gosto; gostaria; adoraria; "
    "por que não; porque não; diga [mais|lá]; conte [mais|lá]; conte-me [mais]; continue; pode "
    "dizer; quero [sim]; faça favor; força; vá em frente; fala",
    "dissent": "não [obrigado|obrigada|senhor|senhora|agora não]; agora não; não é (preciso|"
    "necessário); não precisa; nada [mais]; mais nada; melhor não; de modo nenhum; mais tarde; "
    "outra altura; deixe estar",
}

"""English: what is said that is not a question."""

PHRASES: dict[str, str] = {
    "names": "en english; fr french; de german; es spanish; it italian; nl dutch; pt "
    "portuguese; pl polish; ro romanian",
    "filler": "please; [oh] (well|so|um|uh|er|hm|hmm|oh|ah|okay|ok|alright); sir; madam; "
    "again; dear; everyone; for now; today; very much; sorry; i said; can you; could you",
    "greeting": "(hi|hey|hello) [there]; good (morning|afternoon|evening|day); greetings; how "
    "are you [doing] [today]; how do you do; nice to meet you; excuse me; howdy; how is it "
    "going; how's it going; what's up; welcome",
    "thanks": "(thanks|thank you) [so|very] [much] [for (your|the) (help|information|"
    "answer)]; thanks a (lot|million|bunch); many thanks; cheers; much appreciated; i "
    "appreciate it; (that's|that is|that was) (very|really|so) (helpful|kind|nice) [of you]; "
    "(that|it) helps; thank you for that; great; perfect; wonderful; excellent; (that's|that "
    "is) (great|perfect)",
    "farewell": "(bye|goodbye|good bye) [bye]; see you [later|soon|tomorrow]; good night; "
    "have a (nice|good|great|lovely) (day|evening|weekend|one|afternoon); take care; farewell; "
    "that's all; that is all; that will be all; i have to go [now]; i must go; until next time",
    "repeat": "[can|could|would|will] [you] (say|repeat) (that|it|this) [again] [to me|for "
    "me]; [can|could|would|will] you [please] (say|repeat) (that|it) [again]; repeat; pardon "
    "[me]; (say|tell me) (that|it) again; [can|could] you (please) repeat; once (more|again); "
    "what; one more time; come again; what did you [just] say; what was that; i beg your "
    "pardon; (i|sorry i) (didn't|did not|couldn't|could not) (hear|catch|get|understand) (that|"
    "you|it); can you repeat; could you repeat; can you tell me (that|it) again; sorry what; "
    "sorry",
    "slower": "slower; slowly; more slowly; [a] [little|bit] slower; not so fast; slow down; "
    "[can|could|would] [you] [please] (speak|talk|say it|say that|go) [a] [little|bit] (slower|"
    "more slowly|slowly); (you're|you are|you) [speaking|talking|speak|talk|going] too (fast|"
    "quickly); too fast; (can|could) you [please] slow down; that was too fast; say (it|that) "
    "again slowly",
    "shorter": "[a] [little|bit] shorter; briefly; more briefly; in (short|brief|a word|one "
    "sentence|a sentence|a few words); [be] [a] [little|bit] (brief|briefer|more brief); "
    "[can|could|would] [you] [please] (say|make|put|keep) (it|that|this) [a] [little|bit] "
    "(shorter|short|briefer|brief|more briefly|in one sentence|in a few words); "
    "[can|could|would] you [please] be [a] [little|bit] (brief|briefer|shorter); [can|could] "
    "[you] [please] (summarise|summarize|sum up) [it|that|this]; (sum it|sum that) up; [give me] "
    "the short (version|answer); too long; (that's|that is|that was|it was) [a] [bit|little] too "
    "(long|much); make it short; get to the point",
    "stop": "stop [it|that|talking|speaking|please]; be quiet; quiet; shut up; silence; hush; "
    "[that's|that is] enough; hold on; wait [a] [minute|moment|second]; never mind; cancel; "
    "forget it; forget about it; [can|could] you stop [talking]; one moment; just a moment",
    "identity": "who are you; what are you; what is your name; what's your name; (who|what) "
    "am i (talking|speaking) (to|with); tell me about yourself; introduce yourself; are you [a] "
    "[an] [real|actual] (robot|human|person|machine|computer|ai|bot|chatbot|program|real|human "
    "being|man|woman|alive|chatgpt|artificial intelligence|avatar|a real person); are you a "
    "real (person|human); what can you do [for me]; how can you help [me]; what can i ask "
    "[you]; can you help me; i need help; help; help me; what do you know",
    "language": "[can|could|may|shall|do|would] [we|you|i] [please] (speak|talk|talk in|speak "
    "in|switch to|change to|continue in|answer in|go on in|use|answer me in|reply in) LANG; in "
    "LANG; LANG please; let's (speak|talk|continue in|switch to) LANG; english; do you "
    "understand LANG; i [only] speak LANG; i'd like to speak LANG; (i would|i'd) (prefer|like) "
    "LANG",
    "assent": "yes; yeah; yep; yup; sure; of course; absolutely; certainly; definitely; (okay|"
    "ok|alright|all right); i see; got it; understood; right; fine; that's fine; good; sounds "
    "good; yes i do; yes i would; yes that's right; exactly; correct; indeed",
    "offered": "please; great; perfect; wonderful; please do; go ahead; go on; tell me "
    "[more]; tell me about it; do; i would; i'd like that; i would like that; i'd love to; why "
    "not; with pleasure; gladly",
    "dissent": "no; nope; nah; not now; not really; no need; nothing else; nothing more; "
    "that's not necessary; i'm (fine|good|okay|ok); no i don't; not at all; nothing; not today; "
    "maybe later; no i'm (fine|good); not necessary; it's (fine|okay)",
}

"""The languages whose numbers and signs are read aloud."""

from collections.abc import Mapping

from app.speaking.tongue import Tongue
from app.speaking.tongues.de import GERMAN
from app.speaking.tongues.en import ENGLISH
from app.speaking.tongues.es import SPANISH
from app.speaking.tongues.fr import FRENCH
from app.speaking.tongues.it import ITALIAN
from app.speaking.tongues.nl import DUTCH
from app.speaking.tongues.pl import POLISH
from app.speaking.tongues.pt import PORTUGUESE
from app.speaking.tongues.ro import ROMANIAN

TONGUES: Mapping[str, Tongue] = {
    tongue.lang: tongue
    for tongue in (
        *(ENGLISH, FRENCH, GERMAN, SPANISH, ITALIAN, DUTCH),
        *(PORTUGUESE, POLISH, ROMANIAN),
    )
}

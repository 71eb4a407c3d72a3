import pytest

from app.answering.cite import attribute
from tests.app.grounding.samples import HOURS, HOURS_FR, TICKETS, TRAM, passage

PASSAGES = [passage(HOURS), passage(TICKETS, ordinal=1), passage(TRAM, ordinal=2)]


@pytest.mark.parametrize(
    ("sentence", "cited"),
    [
        ("The museum is closed on Mondays.", (1,)),
        ("Until 6 pm.", (1,)),
        ("Students pay 6 euros for a ticket.", (2,)),
        ("Take tram line 4 to Old Quay.", (3,)),
        ("The museum is open from 10 am, and a ticket costs 9 euros.", (1, 2)),
        ("The mayor of the city is Anna Berg.", ()),
        ("Yes.", ()),
        ("It is.", ()),
        ("", ()),
    ],
)
def test_a_sentence_is_attributed_to_the_passages_whose_words_it_uses(
    sentence: str, cited: tuple[int, ...]
) -> None:
    assert attribute(sentence, PASSAGES, "en") == cited


def test_across_languages_numbers_and_names_are_enough() -> None:
    foreign = [passage(HOURS_FR, lang="fr"), passage("Le billet coûte 9 euros.", lang="fr")]
    assert attribute("It is open from 10 to 18 hours.", foreign, "en") == (1,)
    assert attribute("It is rather nice there.", foreign, "en") == ()


def test_of_equal_passages_the_better_hit_is_cited() -> None:
    assert attribute("The museum is closed on Mondays.", [PASSAGES[0]] * 2, "en") == (1,)


def test_without_passages_there_is_nothing_to_cite() -> None:
    assert attribute("The museum is open.", [], "en") == ()

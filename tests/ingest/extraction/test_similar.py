"""Finding articles that say the same, and keeping those apart that only look like it."""

import random

import pytest

from ingest.extraction.similar import MOST_PARTNERS, THRESHOLD, near, same, simhash

PAGE = "\n\n".join(
    [
        "## Visiting the lighthouse",
        "The lighthouse on Farewell Point was built in 1874 and is open to guests in the summer.",
        "A narrow stair of 212 steps leads up to the lantern, where the keeper tells about storms.",
        "Children under 12 climb only with a grown-up, and dogs are not allowed on the stair.",
        "| Ticket | Price |\n|---|---|\n| Adult | 8 EUR |\n| Child | 3 EUR |",
        "The path from the village takes half an hour and is easy to walk in any weather.",
        "- Home\n- Tickets\n- Opening hours\n- Getting here\n- Contact",
    ]
)


def flipped(value: int, bits: int, random_: random.Random) -> int:
    for place in random_.sample(range(64), bits):
        value ^= 1 << place
    return value


def test_a_hash_is_the_same_in_every_process() -> None:
    assert simhash("The ferry leaves at eight.") == 0xC2A6_2DE0_0340_9DC5
    assert simhash("") == simhash("—") == 0


def test_moved_lines_and_the_date_of_change_do_not_matter() -> None:
    moved = PAGE.replace("- Home\n- Tickets", "- Tickets\n- Home")
    stamped = f"{PAGE}\n\nLast updated: 12 March 2026, 10:31"
    assert simhash(moved) == simhash(stamped) == simhash(PAGE)
    assert same(moved, PAGE)
    assert same(stamped, f"{PAGE}\n\nLast updated: 4 May 2025, 08:02")


def test_other_wording_is_near_and_the_same() -> None:
    page = (
        f"{PAGE}\n\n{'there is much more to see and to do here all year long for every guest ' * 9}"
    )
    page += "".join(f"\n\nevening walk {name} along the {name} shore" for name in "abcdefghijklmn")
    reworded = page.replace("easy to walk", "pleasant to walk")
    assert 0 < (simhash(page) ^ simhash(reworded)).bit_count() <= THRESHOLD
    assert same(page, reworded)


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("8 EUR", "9 EUR"),  # two years' prices
        ("Farewell Point", "Sorrow Point"),  # two places of one template
        ("are not allowed", "are now allowed"),
        ("in 1874", "in 1784"),
        ("and dogs are not allowed on the stair", "and dogs are welcome"),
    ],
)
def test_other_facts_are_never_the_same(said: str, instead: str) -> None:
    assert said in PAGE
    assert not same(PAGE, PAGE.replace(said, instead))


def test_prices_that_changed_places_are_not_the_same() -> None:
    page = PAGE.replace("Adult", "adult").replace("Child ", "child ")
    swapped = page.replace("adult | 8", "adult | 3").replace("child | 3", "child | 8")
    assert not same(page * 20, swapped + page * 19)


def test_a_date_that_is_content_counts() -> None:
    assert not same(f"{PAGE}\n\nValid from 1 May 2025.", f"{PAGE}\n\nValid from 1 May 2026.")


def test_all_that_differ_in_few_bits_are_found_and_no_others() -> None:
    random_ = random.Random(11)
    hashes = [random_.getrandbits(64) for _ in range(3000)]
    copies = [flipped(value, n % (THRESHOLD + 1), random_) for n, value in enumerate(hashes[:700])]
    others = [flipped(value, THRESHOLD + 1, random_) for value in hashes[700:1400]]
    assert near([*hashes, *copies, *others]) == [(n, 3000 + n) for n in range(700)]


def test_of_equal_hashes_the_first_stands_for_all() -> None:
    assert near([7, (1 << 64) - 1, 7, 7, 6]) == [(0, 2), (0, 3), (0, 4)]
    assert near([]) == near([3]) == []


def test_a_crowd_is_not_paired_all_with_all() -> None:
    random_ = random.Random(5)
    crowd = [flipped(1 << 33, 2, random_) for _ in range(500)]
    pairs = near(crowd)
    assert len(pairs) <= len(crowd) * (MOST_PARTNERS + 1)
    assert {place for pair in pairs for place in pair} == set(range(500))

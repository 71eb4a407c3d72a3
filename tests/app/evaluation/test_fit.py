from app.evaluation.fit import Asked, Candidate, fit


def asked(number: int, *, words_are_right: bool) -> Asked:
    """A question with two candidates: one is nearer in meaning, the other in words."""
    near = Candidate(entry="near", cosine=0.90, bm25=0.0)
    wordy = Candidate(entry="wordy", cosine=0.85, bm25=0.8)
    right = "wordy" if words_are_right else "near"
    return Asked(id=f"q{number}", candidates=(near, wordy), relevant={right: 1})


def test_the_weight_is_what_serves_the_questions_that_choose() -> None:
    questions = [asked(number, words_are_right=True) for number in range(40)]
    best, [found] = fit({"set": questions})
    # 0.85 + weight * 0.8 > 0.90 from 0.0625 on; the smallest that is tried is taken.
    assert best == found.chosen == 0.075
    assert found.by_weight[0.05] < found.by_weight[0.075] == 1.0
    assert 0 < found.questions < 40


def test_sets_count_the_same_however_large_they_are() -> None:
    many = [asked(number, words_are_right=False) for number in range(200)]
    few = [asked(number, words_are_right=True) for number in range(20)]
    _, fits = fit({"many": many, "few": few})
    assert [each.name for each in fits] == ["many", "few"]
    assert (fits[0].chosen, fits[1].chosen) == (0.0, 0.075)

import pytest

from app.speaking.markup import plain


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("We open at nine [1].", "We open at nine."),
        ("We open at nine.[1][2]", "We open at nine."),
        ("Open daily [1, 2] and free [^3].", "Open daily and free."),
        ("Open daily【1†hours】.", "Open daily."),
        ("**Free** for *children* under `six`.", "Free for children under six."),
        ("__Free__ and _quiet_, see snake_case_name.", "Free and quiet, see snake_case_name."),
        ("See [the hours](https://m.example/h#x) first.", "See the hours first."),
        ("See https://m.example/hours?d=1. Then come.", "See. Then come."),
        ("Write to us (https://m.example) or www.m.example/x!", "Write to us or!"),
        ("![A door](door.png) opens.", "A door opens."),
        ("## Hours\n- Monday\n- Tuesday", "Hours Monday Tuesday"),
        ("| Day | Hours |\n| --- | --- |\n| Mon | 9 |", "Day, Hours Mon, 9"),
        ("Welcome 👋🏽 to us 🇫🇷 ❤️!", "Welcome to us!"),
        ("5 * 3 is 15, and 2 < 3.", "5 * 3 is 15, and 2 < 3."),
        ("Am 12. März ist frei, ab 3 €.", "Am 12. März ist frei, ab 3 €."),
        ("<b>Bold</b> words.", "Bold words."),
        ("Where? At 1,000 m².", "Where? At 1,000 m²."),
        ("Run it:\n```sh\nmake demo\n```\nThen wait.", "Run it: Then wait."),
        ("🙂 [1] https://m.example/", ""),
    ],
)
def test_only_words_are_read(written: str, read: str) -> None:
    assert plain(written) == read

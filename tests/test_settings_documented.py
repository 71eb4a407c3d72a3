""".env.example lists every setting with its default, and gives no secret away."""

import os
import re

import pytest

from app.settings import Settings
from tools import env_example


def test_env_example_is_up_to_date() -> None:
    assert env_example.PATH.read_text() == env_example.text(), "run: python -m tools.env_example"


def test_the_example_read_as_settings_gives_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GROUNDLING_")]:
        monkeypatch.delenv(name)
    assert Settings(_env_file=env_example.PATH) == Settings(_env_file=None)


def test_no_secret_has_a_value() -> None:
    lines = env_example.PATH.read_text().splitlines()
    given = [line for line in lines if re.match(r"[^#]*(KEY|SECRET|PASSWORD|TOKEN)=.", line)]
    assert not given

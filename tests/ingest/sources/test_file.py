"""Sources from a file, their secrets from the environment."""

from pathlib import Path

import pytest

from ingest.sources.file import SourcesUnreadable, read_sources
from ingest.sources.source import Source

SOURCES = """
[[source]]
name = "museum"
kb = "m"
urls = ["https://m.example/", "https://m.example/fr/"]
depth = 3

[[source]]
name = "here"
urls = ["http://127.0.0.1:1/"]
allow_private = true
"""

SECRETS = """
[[source]]
name = "intranet"
sitemaps = ["https://i.example/sitemap.xml"]
schedule = "0 3 * * *"
credentials = { kind = "basic", user = "guide", secret_env = "GUIDE" }
headers = { X-Team = "tours" }
headers_env = { X-Key = "KEY" }
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "sources.toml"
    path.write_text(text)
    return path


def test_sources_are_read_with_their_defaults(tmp_path: Path) -> None:
    museum, here = read_sources(written(tmp_path, SOURCES))
    assert (museum.kb, museum.depth, museum.limit, museum.allow_private) == ("m", 3, 200, False)
    assert len(museum.urls) == 2
    assert here == Source(name="here", urls=("http://127.0.0.1:1/",), allow_private=True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[source]", "TOML"),
        ("", "names no source"),
        ("source = 3", "names no source"),
        ("source = [3]", "source 1"),
        ('[[source]]\nname = "a"\nurls = []', "source 1, field 'urls'"),
        ('[[source]]\nname = "a"\nurls = ["https://a"]\ndeep = 1', "field 'deep'"),
        ('[[source]]\nname = "a"\nurls = ["https://a"]\nkeep = ["["]', "field 'keep.0'"),
    ],
)
def test_a_file_that_cannot_be_used_says_where(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SourcesUnreadable, match=told):
        read_sources(written(tmp_path, text))


def test_secrets_stand_in_the_environment(tmp_path: Path) -> None:
    (source,) = read_sources(written(tmp_path, SECRETS), {"GUIDE": "hush", "KEY": "k"})
    assert source.credentials is not None
    assert source.credentials.secret.get_secret_value() == "hush"
    sent = {name: value.get_secret_value() for name, value in source.headers.items()}
    assert sent == {"X-Team": "tours", "X-Key": "k"}


def test_a_variable_that_is_not_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourcesUnreadable, match=r"credentials\.secret_env.*GUIDE is not set"):
        read_sources(written(tmp_path, SECRETS), {"KEY": "k"})

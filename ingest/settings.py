"""Settings of the knowledge side, read once at the edge and handed inward in slices.

Every field is an environment variable: `GROUNDLING_` + section + `__` + field, in capitals, for
example `GROUNDLING_QDRANT__URL`; a `.env` file in the working directory is read as well.
"""

import re
from typing import Literal, TypeVar

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError

VERSION = "0.1.0"


class DatabaseSettings(BaseModel):
    """Where state is kept: SQLite for one machine, Postgres (`postgresql+asyncpg://…`) beyond."""

    url: SecretStr = SecretStr("sqlite+aiosqlite:///.groundling/state/groundling.db")


class SecretsSettings(BaseModel):
    """What the sources' credentials are encrypted with: keys of `openssl rand -base64 32`.

    Several stand with commas between them, the newest first. Without one, a key is made and lies
    beside the database.
    """

    key: SecretStr | None = None


class QdrantSettings(BaseModel):
    """The Qdrant that holds the passages, real or embedded.

    The collection is an alias: each embedding model has a collection of its own behind it.
    `word_weight` is how much words count beside meaning; what was measured for the model if it is
    left out (`groundling eval fit` measures it).
    """

    url: str = "http://127.0.0.1:6333"
    api_key: SecretStr | None = None
    collection: str = "groundling"
    timeout_s: float = 30.0
    word_weight: float | None = Field(None, ge=0)


class EmbeddedQdrantSettings(BaseModel):
    """The embedded Qdrant of `python -m ingest qdrant`; beyond loopback it needs a key."""

    host: str = "127.0.0.1"
    port: int = 6333
    path: str = ".groundling/state/qdrant"
    api_key: SecretStr | None = None


class EmbedderSettings(BaseModel):
    """The embedding model: a name that sentence-transformers knows, and its folder, if local.

    Backends: `auto` takes `fp32` or, where the processor is faster with it, `bf16` (the same
    vectors); `int8` is faster still on many, and fills a collection of its own.
    """

    model: str = "intfloat/multilingual-e5-small"
    path: str | None = None
    threads: int = Field(1, ge=1)
    backend: Literal["auto", "fp32", "bf16", "int8"] = "auto"


class ChunkSettings(BaseModel):
    """How articles are cut, in the embedder's own tokens; paragraphs alone overlap."""

    # Long pages made from public question sets (`python -m bench chunking`; 200 questions each,
    # 2026-11-22): the answer stands in the best three passages | in the first 360 tokens of them.
    #
    # | target/overlap | XQuAD, English | PIAF, French |
    # |---|---|---|
    # | 60/0  | .92 .95  | .73 .79 |
    # | 90/0  | .99 .99  | .81 .86 |
    # | 120/0 | .99 1.0  | .83 .83 |
    # | 120/30 | .99 1.0 | .84 .85 |
    # | 160/0 | 1.0 .99  | .84 .82 |
    # | 160/40 | 1.0 1.0 | .87 .86 |
    # | 240/0 | 1.0 .99  | .88 .80 |
    #
    # Larger passages are found more easily and leave less room beside them. An overlap of a
    # sentence costs 5 % more tokens to embed; of 400 French questions it served .865 .865 instead
    # of .853 .855.
    target_tokens: int = Field(120, ge=16)
    limit_tokens: int = Field(400, ge=32)
    overlap_tokens: int = Field(30, ge=0)


class FetchSettings(BaseModel):
    """How pages are fetched, and drawn where a source wants that.

    `browser` is the path of a Chromium (empty: the machine's own is looked for), `browser_sandbox`
    shuts its pages in, which needs a user other than root.
    """

    user_agent: str = f"Groundling/{VERSION}"
    timeout_s: float = Field(20.0, gt=0)
    max_bytes: int = Field(10_000_000, ge=1)
    max_redirects: int = Field(8, ge=0)
    delay_s: float = Field(0.2, ge=0)
    per_host: int = Field(2, ge=1)
    allow_private: bool = False
    browser: str = ""
    browser_sandbox: bool = True
    render_timeout_s: float = Field(30.0, gt=0)


class ExtractSettings(BaseModel):
    """How articles are read out of pages: in so many processes, each page within a time limit."""

    timeout_s: float = Field(30.0, gt=0)
    processes: int = Field(1, ge=1)


class RunSettings(BaseModel):
    """How many pages a run is at, at once, and when it is held before it changes anything.

    `most_removed` is a share of the source's passages, `most_failed` one of the pages asked for; a
    run that would remove no more than `always_removable` passages is not held for its share.
    """

    most_removed: float = Field(0.3, ge=0, le=1)
    always_removable: int = Field(20, ge=0)
    most_failed: float = Field(0.5, ge=0, le=1)
    pages_at_once: int = Field(8, ge=1)


class QueueSettings(BaseModel):
    """Where runs are carried out: in process (no URL), or by workers, called by Redis or Postgres.

    A worker that was not heard of for `heartbeat_s` counts as dead, and its run goes to another.
    """

    url: SecretStr | None = None
    heartbeat_s: int = Field(60, ge=2)

    @field_validator("url")
    @classmethod
    def _empty_is_none(cls, url: SecretStr | None) -> SecretStr | None:
        """Compose hands on a variable that is not set as one that is empty."""
        return url if url and url.get_secret_value() else None


class KnowledgeSettings(BaseSettings):
    """All that the ingest path reads."""

    model_config = SettingsConfigDict(
        env_prefix="GROUNDLING_", env_nested_delimiter="__", env_file=".env", extra="ignore"
    )

    database: DatabaseSettings = DatabaseSettings()
    secrets: SecretsSettings = SecretsSettings()
    qdrant: QdrantSettings = QdrantSettings()
    embedded_qdrant: EmbeddedQdrantSettings = EmbeddedQdrantSettings()
    embedder: EmbedderSettings = EmbedderSettings()
    chunk: ChunkSettings = ChunkSettings()
    fetch: FetchSettings = FetchSettings()
    extract: ExtractSettings = ExtractSettings()
    run: RunSettings = RunSettings()
    queue: QueueSettings = QueueSettings()


S = TypeVar("S", bound=KnowledgeSettings)


class BadSettings(ValueError):
    """Settings that cannot be used: each with its variable's name and what is wrong with it."""


def read_settings(kind: type[S]) -> S:
    """The settings of a kind, as the environment and `.env` have them.

    Raises:
        BadSettings: some of them cannot be used.
    """
    try:
        return kind()
    except ValidationError as error:
        problems = [f"{_variable(*each['loc'])}: {each['msg']}" for each in error.errors()]
        raise BadSettings("\n".join(problems)) from None
    except SettingsError as error:
        name = _variable(*re.findall(r'field "(\w+)"', str(error)))
        raise BadSettings(
            f"{name}: a group of settings, which this is not. Set them one by one, as "
            f"{name}__…; .env.example lists them."
        ) from None


def _variable(*place: int | str) -> str:
    return "GROUNDLING_" + "__".join(str(part).upper() for part in place)

"""Settings of every process, read once at the edge and handed inward in slices.

The knowledge sections come from `ingest.settings`, so that writer and reader of the collection
cannot disagree; those of the agent and its stage from `app.voice_settings`. Secrets have no
defaults and never print.
"""

import base64
import binascii
from typing import Literal

from pydantic import BaseModel, Field, HttpUrl, SecretStr, field_validator, model_validator

from app.voice_settings import AgentSettings, AvatarSettings, SpeechSettings, StageSettings
from ingest.settings import KnowledgeSettings

__all__ = [
    "AgentSettings",
    "AheadSettings",
    "ApiSettings",
    "AvatarSettings",
    "CheckSettings",
    "GroundingSettings",
    "LiveKitSettings",
    "LogSettings",
    "ModelSettings",
    "ModerationSettings",
    "Settings",
    "SpeechSettings",
    "StageSettings",
    "TracingSettings",
    "UnansweredSettings",
    "WebhookSettings",
]

VISITOR = "visitor-"
"""So begins the identity in a visitor's token, and nobody else's: the agent knows them by it."""

_SECRET = "whsec_"


class ApiSettings(BaseModel):
    """The HTTP API: where it listens, where the agent finds it, how much it takes in one request.

    `visitors_at_once` may be in one and the same visit. `document_bytes` holds for a document with
    its form, `import_bytes` for another crawler's file.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    url: str = "http://127.0.0.1:8080"
    key: SecretStr | None = None
    visits_at_once: int = Field(4, ge=1)
    visitors_at_once: int = Field(4, ge=1)
    document_bytes: int = Field(50_000_000, ge=1)
    import_bytes: int = Field(2_000_000_000, ge=1)


class ModelSettings(BaseModel):
    """The language model in Ollama. One frozen set of options: another set restarts the runner.

    The defaults are for a CPU, where a `batch` of 64 tokens reads as fast as 512, takes a tenth of
    the memory, and lets another visit's answer through every second. With 0 `threads` it is tried
    at the start how many read fastest. README has the settings for GPUs; `groundling model`
    measures what is in force.

    `at_once` answers are written together; OLLAMA_NUM_PARALLEL of the server should be twice as
    many where that is more than one, with OLLAMA_MULTIUSER_CACHE=1 and OLLAMA_NEW_ENGINE=1.
    `waiting` questions wait for them, for `wait_s` at most. In a visit, the pages' own sentence is
    said if the model has none after `deadline_s`. Passages that take longer than `read_s` to read
    are cut to their sentences nearest to the question; 0 always does that. A follow-up is rewritten
    by the model if that takes no longer than `rewrite_s`: on a GPU; 0 turns it off.
    """

    url: str = "http://127.0.0.1:11434"
    name: str = "qwen2.5:1.5b"
    window: int = Field(2048, ge=512)
    threads: int = Field(1, ge=0)
    batch: int = Field(64, ge=8)
    answer_tokens: int = Field(160, ge=16)
    evidence_tokens: int = Field(360, ge=60)
    history_tokens: int = Field(160, ge=0)
    at_once: int = Field(1, ge=1)
    waiting: int = Field(8, ge=0)
    wait_s: float = Field(30.0, gt=0)
    timeout_s: float = Field(120.0, gt=0)
    deadline_s: float = Field(10.0, gt=0)
    rewrite_s: float = Field(0.15, ge=0)
    read_s: float = Field(1.5, ge=0)


class AheadSettings(BaseModel):
    """Reading ahead while a visitor speaks, and how many tokens it may read, perhaps in vain."""

    on: bool = True
    turn_tokens: int = Field(800, ge=0)
    vain_tokens: int = Field(20_000, ge=0)
    idle_s: float = Field(600.0, gt=0)


class ModerationSettings(BaseModel):
    """What is neither answered nor said: lists of words, and a guard model where one is named.

    `without` are categories that the lists let through (a sexual-health service's `sexual`).
    `closed`: what a guard that cannot be asked has not judged is declined, because a session that
    a stage ends costs more than an apology; False leaves it to the lists. `url` is the guard's
    Ollama; the answering model's own when left out.
    """

    without: list[Literal["slur", "sexual", "violence", "hate", "self_harm", "obscene"]] = []
    model: str | None = None
    url: str | None = None
    timeout_s: float = Field(5.0, gt=0)
    closed: bool = True


class GroundingSettings(BaseModel):
    """What counts as evidence, and what comes first.

    `strictness` is added to what the gate asks of a passage's score: above 0 more is refused, below
    0 less. `groundling eval gate` on questions of your own says what would suit them.
    `authority` adds to the scores of a source's passages, by its name (of e5's cosines, .02 is
    much); `freshness` is added for a page dated today, half of it for one `freshness_days` old.
    `reranker` is the folder of a cross-encoder that orders what was found; nothing is downloaded.
    """

    kb: str = "default"
    passages: int = Field(3, ge=1, le=10)
    language: str = Field("en", min_length=2, max_length=2)
    strictness: float = Field(0.0, ge=-1, le=1)
    authority: dict[str, float] = {}
    freshness: float = Field(0.0, ge=0)
    freshness_days: float = Field(365.0, gt=0)
    reranker: str | None = None


class CheckSettings(BaseModel):
    """Whether what the model says is checked against the pages before it is said.

    `entailment` is the folder of a model of natural language inference (a cross-encoder), which has
    the last word; nothing is downloaded.
    """

    on: bool = True
    entailment: str | None = None


class UnansweredSettings(BaseModel):
    """How long questions are kept that the pages did not answer; 0 keeps none."""

    keep_days: int = Field(365, ge=0)


class LiveKitSettings(BaseModel):
    """The LiveKit server: `url` for our own processes, `public_url` for visitors and the stage."""

    url: str = "ws://127.0.0.1:7880"
    public_url: str | None = None
    key: str = ""
    secret: SecretStr | None = None


class TracingSettings(BaseModel):
    """Where the time lines of turns go as OpenTelemetry spans: the base of an OTLP/HTTP receiver.

    Nowhere when left out. What the standard's own variables say of headers, certificates and
    compression (`OTEL_EXPORTER_OTLP_HEADERS`, …) holds; its endpoint does not.
    """

    url: str | None = Field(None, pattern=r"^(https?://.+)?$")


WebhookEvent = Literal[
    "visit", "visit.opened", "visit.ended", "turn", "turn.answered", "avatar", "avatar.creating",
    "avatar.starting", "avatar.joining", "avatar.ready", "avatar.speaking", "avatar.interrupted",
    "avatar.degraded", "avatar.reconnecting", "avatar.stopping", "avatar.ended",
]  # fmt: skip


class WebhookSettings(BaseModel):
    """Who is told what happens in visits, as Standard Webhooks say; never what was said.

    `urls` are the receivers (a JSON list), `events` those they are told of, all when empty:
    `visit.ended`, or `visit` for all of visits. `secret` signs: `whsec_` and 24 to 64 bytes in
    base64. What was told is remembered for `keep_days`.
    """

    urls: list[HttpUrl] = []
    secret: SecretStr | None = None
    events: list[WebhookEvent] = []
    keep_days: int = Field(30, ge=2)

    def signing_key(self) -> bytes:
        """The secret's bytes; none without one."""
        secret = self.secret.get_secret_value() if self.secret else ""
        return base64.b64decode(secret.removeprefix(_SECRET))

    @field_validator("secret")
    @classmethod
    def _is_a_key(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is None or not (text := secret.get_secret_value()):
            return None
        try:
            key = base64.b64decode(text.removeprefix(_SECRET), validate=True)
        except binascii.Error:
            key = b""
        if not text.startswith(_SECRET) or not 24 <= len(key) <= 64:
            raise ValueError(f'must be "{_SECRET}" and the output of `openssl rand -base64 32`')
        return secret

    @model_validator(mode="after")
    def _signs(self) -> "WebhookSettings":
        if self.urls and self.secret is None:
            raise ValueError("receivers need GROUNDLING_WEBHOOKS__SECRET, to tell us from others")
        return self


class LogSettings(BaseModel):
    """How processes log: coloured lines for people, JSON for collectors."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    form: Literal["console", "json"] = "console"


class Settings(KnowledgeSettings):
    """All sections; each process reads its own."""

    api: ApiSettings = ApiSettings()
    model: ModelSettings = ModelSettings()
    ahead: AheadSettings = AheadSettings()
    grounding: GroundingSettings = GroundingSettings()
    moderation: ModerationSettings = ModerationSettings()
    check: CheckSettings = CheckSettings()
    unanswered: UnansweredSettings = UnansweredSettings()
    livekit: LiveKitSettings = LiveKitSettings()
    agent: AgentSettings = AgentSettings()
    speech: SpeechSettings = SpeechSettings()
    avatar: AvatarSettings = AvatarSettings()
    stage: StageSettings = StageSettings()
    tracing: TracingSettings = TracingSettings()
    webhooks: WebhookSettings = WebhookSettings()
    log: LogSettings = LogSettings()

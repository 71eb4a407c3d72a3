"""Settings of the agent, its ears and voice, its avatar, and the stage that runs here.

They are sections of `app.settings.Settings`, and imported from there.
"""

from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, SecretStr


class AgentSettings(BaseModel):
    """The agent worker: its health check, how many visits it takes, how long it waits.

    Where an answer is not soon there, "one moment" is said: at once where the wait is known to be
    long, and else after `filler_s`; 0 turns that off. With one more of `visits_at_once` than the
    API has, a caller for whom there is no place is told so.
    """

    name: str = "groundling"
    host: str = "127.0.0.1"
    port: int = 8081
    idle_processes: int = Field(1, ge=0)
    visits_at_once: int = Field(5, ge=1)
    answer_timeout_s: float = Field(60.0, gt=0)
    visitor_timeout_s: float = Field(60.0, gt=0)
    filler_s: float = Field(0.8, ge=0)
    drain_s: int = Field(5, ge=1)


class SpeechSettings(BaseModel):
    """Hearing and speaking.

    `stt` is moonshine (English) or whisper in this process, openai for a server that speaks its
    audio API (`url`, `key`), or the name of a livekit plugin (`deepgram`); `tts` is hibari
    (English), piper or kokoro in this process, openai, or a plugin (`elevenlabs`). `stt_model` and
    `tts_model` name a server's or a plugin's model, and the folder of Whisper's or Kokoro's;
    `voice` a server's, a plugin's or Kokoro's voice, and the file of Piper's. The `options` go to
    a plugin as they are. `speed` is 1 for a voice as it was recorded. `pronunciations` is a TOML
    file that says how names are said.
    """

    stt: str = Field("moonshine", pattern=r"^\w+$")
    tts: str = Field("hibari", pattern=r"^\w+$")
    url: str = "http://127.0.0.1:8000/v1"
    key: SecretStr | None = None
    stt_model: str = ""
    tts_model: str = ""
    voice: str = ""
    speed: float = Field(1.0, ge=0.5, le=2)
    stt_options: dict[str, Any] = {}
    tts_options: dict[str, Any] = {}
    pronunciations: Path | None = None


class AvatarSettings(BaseModel):
    """The video stage: our own on this machine, or LiveAvatar with a key and an avatar id.

    After `patience_s` the agent speaks itself until the avatar is there. A visitor who says nothing
    for `away_s`, and nothing when asked for more before, is bid goodbye, and the stage is stopped;
    with `keep_voice` the visit goes on without a face. A minute costs `minute_cents`; `visit_cents`
    and `month_cents` are the most that a visit and a calendar month (UTC) may cost. An agent that
    is silent for `lease_s` is taken for dead, and its stage is stopped.
    """

    url: str = "http://127.0.0.1:8089"
    key: SecretStr | None = None
    avatar_id: str = "dd73ea75-1218-4ef3-92ce-606d5f7fbc0a"
    sandbox: bool = False
    join_timeout_s: float = Field(45.0, gt=0)
    patience_s: float = Field(8.0, gt=0)
    away_s: float = Field(180.0, gt=0)
    keep_voice: bool = True
    minute_cents: float = Field(10.0, ge=0)
    visit_cents: int | None = Field(None, ge=0)
    month_cents: int | None = Field(None, ge=0)
    lease_s: float = Field(30.0, ge=1)


class StageSettings(BaseModel):
    """The stage that runs here (`groundling stage`): its door, limits, bill and face.

    `origins` are the web pages that may call it besides this machine's; `quality` holds where a
    caller asks for none; `portrait` is a picture to show instead of the drawn face, and
    `portrait_mouth` its mouth's middle (in widths and heights of the picture) and width (in
    heights), without which it does not move; `strict` treats early and oversize messages as LITE's
    documentation says; `flapping` reports every pause of the speech as an end, as the service was
    seen to; `control` opens the routes by which tests order faults: never where others can call.
    """

    host: str = "127.0.0.1"
    port: int = 8089
    key: SecretStr | None = None
    origins: list[str] = []
    control: bool = False
    strict: bool = False
    flapping: bool = False
    speaks_after_s: float = Field(0.0, ge=0)
    quality: Literal["very_high", "high", "medium", "low"] = "low"
    portrait: Path | None = None
    portrait_mouth: tuple[float, float, float] | None = None
    idle_s: float = Field(300.0, gt=0)
    zombie_s: float = Field(200.0, gt=0)
    unvisited_s: float = Field(300.0, gt=0)
    longest_s: int = Field(3600, ge=1)
    concurrency: int = Field(20, ge=1)
    calls_per_s: int = Field(50, ge=1)
    credits: Decimal = Decimal(1000)
    overage: bool = True
    minute_s: float = Field(60.0, gt=0)

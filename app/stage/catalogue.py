"""What else an account holds: avatars to choose from, voices and contexts to try an import with."""

import re
from datetime import UTC, datetime
from uuid import uuid4

from litestar import Controller, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Struct, structs

from app.stage.door import Door
from app.stage.envelope import Asked, Invalid, Refusal, decode, yes
from app.stage.pages import page
from app.stage.terms import SANDBOX_AVATARS

_DRAWN = datetime(2026, 11, 23, tzinfo=UTC).isoformat()
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_MOST = 1000

VOICES = (
    {"id": "5d1f1f0e-2f0b-4a0c-9d53-0d8f0d7f6a01", "name": "Calm", "language": "en"},
    {"id": "5d1f1f0e-2f0b-4a0c-9d53-0d8f0d7f6a02", "name": "Ruhig", "language": "de"},
    {"id": "5d1f1f0e-2f0b-4a0c-9d53-0d8f0d7f6a03", "name": "Calme", "language": "fr"},
)
"""Names without sound: FULL sessions would use them, and there are none here."""

AVATARS = [
    {
        "id": str(avatar_id),
        "space_id": None,
        "type": "IMAGE",
        "status": "ACTIVE",
        "name": name,
        "preview_url": None,
        "is_expired": False,
        "default_voice": {"id": VOICES[0]["id"], "name": VOICES[0]["name"]},
        "is_1080p": True,
        "created_at": _DRAWN,
        "updated_at": _DRAWN,
        "error_message": None,
        "is_ai_generated": True,
    }
    for avatar_id, name in zip(SANDBOX_AVATARS, ("Drawn face", "Drawn face (starter)"), strict=True)
]


class Link(Struct):
    url: str
    faq: str = ""
    id: str | None = None


class Context(Struct):
    """Who an avatar is and how it speaks."""

    name: str
    prompt: str
    opening_text: str
    links: list[Link] = []


class Changes(Struct):
    """A part of a context, to be changed."""

    name: str | None = None
    prompt: str | None = None
    opening_text: str | None = None
    links: list[Link] | None = None


class Contexts:
    """The contexts of the account, for as long as the stage runs."""

    def __init__(self) -> None:
        self._by_id: dict[str, Context] = {}

    def add(self, context: Context) -> str:
        if len(self._by_id) >= _MOST:
            raise Refusal(400, f"the stage keeps {_MOST} contexts; delete some")
        context_id = str(uuid4())
        self._by_id[context_id] = context
        return context_id

    def find(self, context_id: str) -> Context:
        if context_id not in self._by_id:
            raise Refusal(404, "context not found")
        return self._by_id[context_id]

    def change(self, context_id: str, changes: Changes) -> None:
        given = {
            name: value for name, value in structs.asdict(changes).items() if value is not None
        }
        self._by_id[context_id] = structs.replace(self.find(context_id), **given)

    def drop(self, context_id: str) -> None:
        self.find(context_id)
        del self._by_id[context_id]

    def listed(self) -> list[dict[str, object]]:
        return [{"id": key, "name": context.name} for key, context in self._by_id.items()]


@get("/v1/avatars/public")
async def public_avatars(request: Asked) -> Response[bytes]:
    return yes(page(request, AVATARS))


@get("/v1/avatars")
async def own_avatars(request: Asked, door: NamedDependency[Door]) -> Response[bytes]:
    """None: the face of this stage is everybody's."""
    door.need_key(request)
    return yes(page(request, []))


@get("/v1/avatars/{avatar_id:str}")
async def one_avatar(
    request: Asked, avatar_id: FromPath[str], door: NamedDependency[Door]
) -> Response[bytes]:
    door.need_key(request)
    found = [avatar for avatar in AVATARS if avatar["id"] == avatar_id]
    if not found:
        raise Refusal(404, "avatar not found")
    return yes(found[0])


@get("/v1/voices")
async def voices(request: Asked, door: NamedDependency[Door]) -> Response[bytes]:
    door.need_key(request)
    kind = request.query_params.get("voice_type", "public")
    if kind not in ("public", "private"):
        raise Invalid("voice_type is public or private - at `query?voice_type`")
    return yes(page(request, VOICES if kind == "public" else ()))


@get("/v1/voices/{voice_id:str}")
async def one_voice(
    request: Asked, voice_id: FromPath[str], door: NamedDependency[Door]
) -> Response[bytes]:
    door.need_key(request)
    found = [voice for voice in VOICES if voice["id"] == voice_id]
    if not found:
        raise Refusal(404, "voice not found")
    return yes(found[0])


class ContextCalls(Controller):
    """`/v1/contexts`."""

    path = "/v1/contexts"

    @get("/")
    async def list(
        self, request: Asked, contexts: NamedDependency[Contexts], door: NamedDependency[Door]
    ) -> Response[bytes]:
        door.need_key(request)
        return yes(page(request, contexts.listed()))

    @post("/", status_code=200)
    async def create(
        self, request: Asked, contexts: NamedDependency[Contexts], door: NamedDependency[Door]
    ) -> Response[bytes]:
        door.need_key(request)
        context_id = contexts.add(decode(await request.body(), Context))
        return yes(_detail(context_id, contexts))

    @get("/{context_id:str}")
    async def one(
        self,
        request: Asked,
        context_id: FromPath[str],
        contexts: NamedDependency[Contexts],
        door: NamedDependency[Door],
    ) -> Response[bytes]:
        door.need_key(request)
        return yes(_detail(context_id, contexts))

    @patch("/{context_id:str}")
    async def change(
        self,
        request: Asked,
        context_id: FromPath[str],
        contexts: NamedDependency[Contexts],
        door: NamedDependency[Door],
    ) -> Response[bytes]:
        door.need_key(request)
        contexts.change(context_id, decode(await request.body(), Changes))
        return yes(_detail(context_id, contexts))

    @delete("/{context_id:str}", status_code=200)
    async def drop(
        self,
        request: Asked,
        context_id: FromPath[str],
        contexts: NamedDependency[Contexts],
        door: NamedDependency[Door],
    ) -> Response[bytes]:
        door.need_key(request)
        contexts.drop(context_id)
        return yes(None)


def _detail(context_id: str, contexts: Contexts) -> dict[str, object]:
    context = contexts.find(context_id)
    variables = _VARIABLE.findall(context.prompt + context.opening_text)
    return {
        "id": context_id,
        **structs.asdict(context),
        "required_dynamic_variables": list(dict.fromkeys(variables)),
    }


CATALOGUE: tuple[ControllerRouterHandler, ...] = (
    public_avatars,
    own_avatars,
    one_avatar,
    voices,
    one_voice,
    ContextCalls,
)

"""`groundling agent`: the process that waits for visits, and the processes that attend them.

Needs LiveKit, the API and, where the settings name one, a speech server. Torch, Qdrant and Ollama
are the API's business and are not imported here.
"""

import asyncio
import contextlib
import errno
import logging
import re
import signal
from functools import partial

from livekit.agents import AgentServer, JobContext, JobProcess

from app import log
from app.agent.call import attend_call, is_call
from app.agent.engines import preloaded, require
from app.agent.speech import load_models
from app.agent.visit import attend
from app.settings import AgentSettings, Settings, SpeechSettings

# livekit-server 1.13 gives no job to a worker that reports more than 0.6, and says so nowhere.
FULL, BUSY = 1.0, 0.6
# Loading both models takes about a second on an idle core, and far longer beside a running model.
LOAD_TIMEOUT_S = 60.0
# The fields of LiveKit's log records that hold names of rooms and of who is in them.
_NAMES = frozenset({"room", "participant", "job", "job_request"})
# What its sentences hold of them: `Disconnected from room "call-_+49…"`.
_CALLER = re.compile(r"room \"[^\"]*\"|sip_[^\s\"']+|\+?\d{7,}")

logger = logging.getLogger(__name__)


def serve(settings: Settings) -> None:
    """Attend visits until SIGTERM or SIGINT; running visits then get `drain_s` seconds to end.

    Raises ValueError if the settings name ears or a voice that are not installed.
    """
    log.configure(settings.log)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_without_names)
    require(settings.speech)
    asyncio.run(_serve(new_server(settings), settings.agent.drain_s))


def new_server(settings: Settings) -> AgentServer:
    """The LiveKit worker: explicit dispatch under our name, one process a visit."""
    secret = settings.livekit.secret
    server = AgentServer(
        ws_url=settings.livekit.url,
        api_key=settings.livekit.key,
        api_secret=secret.get_secret_value() if secret else "",
        host=settings.agent.host,
        port=settings.agent.port,
        num_idle_processes=settings.agent.idle_processes,
        initialize_process_timeout=LOAD_TIMEOUT_S,
        load_fnc=partial(load, settings.agent),
        load_threshold=0.7,
        setup_fnc=partial(prepare, settings.speech),
        preload_modules=["app.agent.visit", "app.agent.call", *preloaded(settings.speech)],
    )
    server.rtc_session(partial(converse, settings), agent_name=settings.agent.name)
    return server


def load(settings: AgentSettings, server: AgentServer) -> float:
    """What LiveKit is told: visits, not the processor, which a small machine's model fills."""
    visits = len(server.active_jobs)
    if visits >= settings.visits_at_once:
        return FULL
    return BUSY * visits / settings.visits_at_once


def prepare(settings: SpeechSettings, process: JobProcess) -> None:
    """Make a fresh process ready for a visit."""
    logging.getLogger("livekit.agents").addFilter(_without_speech)
    process.userdata["models"] = load_models(settings)


async def converse(settings: Settings, ctx: JobContext) -> None:
    """One visit or call, in a process of its own."""
    lives = attend_call if is_call(ctx.job.metadata) else attend
    await lives(ctx, settings, ctx.proc.userdata["models"])


def _without_speech(record: logging.LogRecord) -> bool:
    """Take out of LiveKit's log records what people said; it marks those fields."""
    for name in [name for name in vars(record) if name.startswith("lk.pii.")]:
        delattr(record, name)
    return True


def _without_names(record: logging.LogRecord) -> bool:
    """Take out of log records what holds a caller's number; rooms have ids beside their names.

    On the handlers, since LiveKit names the room of a job in whatever its process logs.
    """
    ours = record.name.partition(".")[0] != "livekit"
    for name in (_NAMES if ours else _NAMES | {"message"}) & vars(record).keys():
        delattr(record, name)
    if not ours:
        record.msg, record.args = _CALLER.sub("…", record.getMessage()), None
    return True


async def _serve(server: AgentServer, drain_s: int) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    running = asyncio.create_task(server.run(), name="worker")
    stopping = asyncio.create_task(stop.wait(), name="stop")
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not running.done():
        with contextlib.suppress(TimeoutError):
            await server.drain(timeout=drain_s)
        await server.aclose()
    try:
        await running
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise OSError(
            error.errno,
            "the port of the agent's health check is taken; choose another with "
            "GROUNDLING_AGENT__PORT",
        ) from error

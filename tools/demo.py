"""`make demo` and `make talk`: all of Groundling on one machine, from pages to a spoken answer.

`make demo` shows one visit from end to end, then keeps running; `make talk` only keeps running.
"""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tools import visitor
from tools.errors import SetupFailed
from tools.places import ROOT, STATE, venv_python
from tools.progress import say
from tools.reply import Event, NothingHeard
from tools.sound import save_wav
from tools.stack import Stack, open_stack

QUESTION = ROOT / "data" / "spoken" / "closing-time.wav"
LANGUAGES = ("en", "fr", "de")
OPENING_S = 60.0
ANSWER_S = 120.0


def main() -> int:
    """Carry out the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the shown visit")
    parser.add_argument("--talk", action="store_true", help="show no visit, only keep running")
    parser.add_argument("--state", type=Path, default=STATE, help="where state is kept")
    parser.add_argument("--model", help="the size of the language model: 1.5b (usual) or 0.5b")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _as_interrupt)
    # Tests have the same number everywhere, be it slow; here it is tried what is fastest.
    os.environ.setdefault("GROUNDLING_MODEL__THREADS", "0")
    began = time.monotonic()
    try:
        with open_stack(options.state, model=options.model) as stack:
            say(f"✓ everything answers, {time.monotonic() - began:.1f} s after the start")
            ingest_samples(stack)
            if not options.talk:
                asyncio.run(show_a_visit(stack))
            if not options.once:
                keep_running(stack)
    except KeyboardInterrupt:
        say("\nended.")
    except (SetupFailed, NothingHeard) as error:
        print(f"\nThe demo failed: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


def ingest_samples(stack: Stack) -> None:
    """Run the ingestion CLI over the sample pages' URLs.

    Raises:
        SetupFailed: the CLI failed; it has said why on the terminal.
    """
    pages = [f"{stack.url('pages')}/{lang}/index.html" for lang in LANGUAGES]
    command = [str(venv_python()), "-m", "ingest", "run", *pages]
    command += ["--depth", "2", "--allow-private"]
    say(f"\n$ python -m ingest run {' '.join(pages)}")
    ran = subprocess.run(command, cwd=ROOT, env={**os.environ, **stack.env}, check=False)
    if ran.returncode:
        raise SetupFailed(f"the ingestion of the sample pages ended with code {ran.returncode}")


async def show_a_visit(stack: Stack) -> None:
    """Open a visit, ask the recorded question aloud, and print what happens as it happens.

    Raises:
        NothingHeard: the avatar did not appear, or gave no audible answer.
        SetupFailed: the answer was an apology, or no picture of the avatar came.
    """
    say("\nA visitor comes in.")
    async with visitor.open_visit(stack.url("api"), on_event=_tell) as guest:
        await guest.hear_opening(OPENING_S)
        say(f"The avatar has said hello. The visitor asks aloud ({QUESTION.name}):")
        reply = await guest.ask(QUESTION, ANSWER_S)
        stage = [e["seconds"] for e in guest.reply.of("stage")]
    if reply.of("apology"):
        raise SetupFailed("the avatar apologised: " + reply.of("apology")[-1]["reason"])
    if reply.picture is None:
        raise SetupFailed("no picture of the avatar arrived while it spoke")
    folder = stack.state / "demo"
    save_wav(folder / "heard.wav", reply.sound)
    reply.picture.save(folder / "avatar.png")
    say(f"  speech sent to the stage in this visit: {stage[-1] if stage else 0.0:.1f} s")
    say(f"  first sound: {reply.sound_s:.2f} s after the question ended")
    say(f"  first audible word: {reply.wait_s:.2f} s after the question ended")
    say(f"  what the visitor heard: {folder / 'heard.wav'}")
    say(f"  what the visitor saw:   {folder / 'avatar.png'}")


def keep_running(stack: Stack) -> None:
    """Say where the console is, and wait for Ctrl-C.

    Raises:
        SetupFailed: a process ended by itself.
    """
    say(f"\nTalk to it yourself: {stack.url('api')}  (Ctrl-C ends everything)")
    while True:
        fallen = stack.processes.fallen()
        if fallen is not None and fallen.child is not None:
            raise stack.processes.failure(fallen, f"ended with code {fallen.child.returncode}")
        time.sleep(1)


def _tell(event: Event) -> None:
    """Print one event of the room the way a bystander would tell it."""
    match event["type"]:
        case "understood":
            say(f"  understood: “{event['text']}”")
        case "grounding":
            for hit in event["hits"]:
                say(f"  found [{hit['n']}] {hit['score']:.3f}  {hit['title']}  {hit['link']}")
        case "filler" | "sentence" | "abstained" | "apology":
            cited = ", ".join(f"[{c['n']}] {c['link']}" for c in event.get("citations", []))
            say(f"  says: “{event['text']}”" + (f"  ← {cited}" if cited else ""))
        case "done":
            say("  timings: " + json.dumps(event["timings"]))


def _as_interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())

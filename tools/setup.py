"""`python -m tools.setup [PART…]`: make a checkout ready to run; quick when nothing changed."""

import argparse
import signal
import sys
from collections.abc import Callable, Sequence

from tools import clients, console, models, packages, programs, servers
from tools.errors import SetupFailed
from tools.progress import complain


def _servers() -> None:
    servers.livekit()
    servers.ollama()


def _compose() -> None:
    servers.compose()


def _models() -> None:
    models.ensure_embedder()
    models.prepare()


def _minilm() -> None:
    models.ensure_minilm()


# In the order in which they build on one another.
PARTS: dict[str, tuple[Callable[[], None], str]] = {
    "packages": (packages.ensure, "the virtual environment and the Python packages"),
    "servers": (_servers, "livekit-server and ollama, found or built"),
    "models": (_models, "the multilingual embedder and the language model"),
    "console": (console.build, "the web page"),
    "minilm": (_minilm, "the small English embedder"),
    "compose": (_compose, "docker-compose, to check docker-compose.yml with"),
    "clients": (clients.prepare, "other people's clients of LiveAvatar, for the tests"),
    "programs": (programs.ensure, "chromium, redis and postgresql, for the tests"),
}
USUAL = ("packages", "servers", "models", "console")


def _known(part: str) -> str:
    # argparse's own `choices` refuses an empty list of parts on Python 3.11.
    if part not in PARTS and part != "all":
        raise argparse.ArgumentTypeError(f"there is no part {part!r}; there are {', '.join(PARTS)}")
    return part


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out the parts asked for; gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.setup",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(f"  {name:9} {what}" for name, (_, what) in PARTS.items()),
    )
    parser.add_argument(
        "parts",
        nargs="*",
        type=_known,
        metavar="PART",
        help=f"what to set up: {', '.join(PARTS)}, or all (default: {' '.join(USUAL)})",
    )
    # Ended from outside, it ends its own child and tidies up, as on Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    asked = parser.parse_args(arguments).parts or USUAL
    try:
        for name, (carry_out, _) in PARTS.items():
            if name in asked or "all" in asked:
                carry_out()
    except SetupFailed as error:
        return complain(error)
    except KeyboardInterrupt:
        print("\nInterrupted; what was done so far is kept.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

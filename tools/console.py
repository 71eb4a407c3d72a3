"""The web page of the console, built with npm when its sources changed."""

from tools import places
from tools.progress import run
from tools.toolchains import NODE, ensure, environment

FOLDER = places.ROOT / "app" / "console"
BUILT = FOLDER / "dist"
# Lies in the built folder, so that whoever removes that removes the note as well.
STAMP = BUILT / ".sources"
MADE = {"dist", "node_modules"}


def build() -> None:
    """Build the page into `app/console/dist`, unless it is there and nothing changed.

    Raises:
        SetupFailed: there is no Node and it cannot be had, or the build failed.
    """
    wanted = _sources()
    if places.stamped(STAMP, wanted):
        return
    npm = ensure(NODE).with_name("npm")
    env = {**environment(npm), "npm_config_update_notifier": "false", "npm_config_fund": "false"}
    install = "ci" if (FOLDER / "package-lock.json").is_file() else "install"
    run(
        [npm, install, "--no-audit"],
        what="fetching the console's packages",
        env=env,
        cwd=FOLDER,
        remedy="Is the npm registry reachable? Then try again.",
    )
    run([npm, "run", "build"], what="building the console", env=env, cwd=FOLDER)
    places.stamp_with(STAMP, wanted)


def _sources() -> str:
    files = [
        path
        for path in sorted(FOLDER.rglob("*"))
        if path.is_file() and not MADE & set(path.relative_to(FOLDER).parts)
    ]
    names = [str(path.relative_to(FOLDER)) for path in files]
    return places.fingerprint(*names, *files)

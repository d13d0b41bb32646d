"""Set up a clone: ``.venv`` from the pinned requirements, then the channel.

    python3 crosscraft/setup/bootstrap.py [--channel NAME | --bundle FILE]

It runs before anything is installed, on any Python that the project supports, and imports
nothing but the standard library and those modules of ours that do the same. What is done is
skipped the next time; what was interrupted is done again. From a bundle it needs no network.
"""

import argparse
import contextlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MINIMUM = (3, 11)
if sys.version_info < MINIMUM:  # before the first line that an older one cannot read
    sys.exit(
        f"setup: this is Python {sys.version.split()[0]}, and 3.11 or later is needed. "
        "Name one with `make setup PYTHON=python3.11`."
    )

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))
# The folder of this file comes first on the path of a script, and could hide a module by its name.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]

from crosscraft.errors import (  # noqa: E402
    BundleError,
    ChannelError,
    CommandError,
    CrosscraftError,
    DownloadError,
)
from crosscraft.setup import bundle  # noqa: E402
from crosscraft.system import locks, pip, processes, program  # noqa: E402

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements.txt"
LOCK = ".setup.lock"
SCRATCH = ".bundle-"
"""What the folders that bundles are unpacked into begin with, in the clone."""
STEPS = 4


def main() -> int:
    """Set up, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--channel", default="local", help="local, conda-forge, a URL or a folder")
    parser.add_argument("--bundle", type=Path, help="a file made by `crosscraft bundle`")
    arguments = parser.parse_args()
    # End as on Ctrl-C when asked to terminate, so that children end too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    def work() -> None:
        with locks.hold_clone(ROOT / LOCK, lambda text: print(text, flush=True)) as lock:
            set_up(arguments.channel, arguments.bundle, lock)

    return program.run("setup", work, "Run it again. It resumes where it stopped.")


def set_up(channel: str, carried: Path | None = None, lock: int | None = None) -> None:
    """Do the four steps, each unless it is done.

    :param carried: a bundle to take everything from.
    :param lock: the open lock file, for what must keep it if we are killed.
    """
    started = time.monotonic()
    for old in ROOT.glob(f"{SCRATCH}*"):  # of a set-up that was killed
        shutil.rmtree(old, ignore_errors=True)
    stamp = VENV / "crosscraft-requirements.txt"
    wanted = bundle.pins(ROOT)
    done = PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted and _runs()
    crosscraft = str(VENV / "bin" / "crosscraft")
    with contextlib.ExitStack() as stack:
        unpacked = None
        if carried is not None:
            if channel != "local":
                raise BundleError(
                    f"a bundle brings the local channel, and {channel!r} is asked for",
                    remedy="Name a bundle or a channel, not both.",
                )
            bundle.read(carried.expanduser(), ROOT)
            if not (done and _has_channel()):
                scratch = tempfile.TemporaryDirectory(dir=ROOT, prefix=SCRATCH)
                unpacked = _unpack(carried.expanduser(), Path(stack.enter_context(scratch)))
        if done:
            _step(1, "the virtual environment .venv is there")
            _step(2, "its packages are there")
        else:
            fds = () if lock is None else (lock,)
            _step(1, "making the virtual environment .venv")
            stamp.unlink(missing_ok=True)
            _make_environment(unpacked, fds)
            count = sum("==" in line for line in REQUIREMENTS.read_text().splitlines())
            _step(2, f"installing up to {count} packages, each checked against its hash")
            _install_requirements(count, unpacked, fds)
            stamp.write_text(wanted)
        if channel == "local" and unpacked is None and done and _has_channel():
            _step(3, f"the channel {channel!r} is there")
        else:
            _step(3, f"the channel {channel!r}")
            if unpacked is not None:
                _call([crosscraft, "channel", "import", str(unpacked / "channel")])
            elif channel == "local":
                _call([crosscraft, "channel", "build"])
    if done and channel == "local" and _recorded() == "local":  # another kind is checked each time
        _step(4, "it is recorded")
    else:
        _step(4, "recording it")
        _call([crosscraft, "channel", "use", channel])
    print(f"set up in {time.monotonic() - started:.0f} s", flush=True)


def _has_channel() -> bool:
    """Whether the local channel of this version is on this machine."""
    crosscraft = str(VENV / "bin" / "crosscraft")
    return processes.run([crosscraft, "channel", "path"], check=False).status == 0


def _unpack(carried: Path, folder: Path) -> Path:
    """Unpack a bundle into `folder`, every part checked, and return that."""
    total = carried.stat().st_size / 1e6
    print(f"unpacking {carried.name}, {total:.0f} MB, each part checked", flush=True)
    said = time.monotonic()

    def on_bytes(count: int) -> None:
        nonlocal said
        if time.monotonic() - said > 3:
            said = time.monotonic()
            print(f"  {count / 1e6:.0f} of {total:.0f} MB", flush=True)

    bundle.unpack(carried, ROOT, folder, on_bytes)
    return folder


def _step(number: int, text: str) -> None:
    print(f"[{number}/{STEPS}] {text}", flush=True)


def _runs() -> bool:
    """Whether .venv still works, and is this clone's: a clone may be moved or copied."""
    if not (VENV / "bin" / "crosscraft").exists():
        return False
    done = processes.run(
        [str(PYTHON), "-Ic", "from crosscraft.paths import ROOT; print(ROOT)"], check=False
    )
    return done.lines == (str(ROOT),)


def _recorded() -> object:
    """The channel that was recorded (:mod:`crosscraft.system.settings`, which needs packages)."""
    try:
        return json.loads((VENV / "share/crosscraft/settings.json").read_text())["channel"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _make_environment(unpacked: Path | None, fds: tuple[int, ...]) -> None:
    """Make an empty .venv with pip: this Python's own, the bundle's, or Debian's."""
    shutil.rmtree(VENV, ignore_errors=True)
    if importlib.util.find_spec("venv") is None:
        raise CommandError(
            "this Python has no venv module",
            looked=sys.executable,
            remedy="Install it (Debian: `apt-get install python3-venv`) and run this again.",
        )
    if importlib.util.find_spec("ensurepip") is not None:
        processes.run([_base_python(), "-m", "venv", str(VENV)], pass_fds=fds)
        return
    with tempfile.TemporaryDirectory(prefix="crosscraft-") as scratch:
        if unpacked is not None:
            wheel = next((unpacked / "pip").glob("*.whl"))
        else:
            wheel = _pip_from_mirror(Path(scratch))
        processes.run([_base_python(), "-m", "venv", "--without-pip", str(VENV)], pass_fds=fds)
        processes.run(
            [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-index", str(wheel)],
            env=processes.clean_environment({"PYTHONPATH": str(wheel)}),
            pass_fds=fds,
        )


def _base_python() -> str:
    """The Python that environments are made with: this one, or, if this one is .venv's own, which
    has just been removed, that which .venv was made with."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _pip_from_mirror(scratch: Path) -> Path:
    print("  this Python has no ensurepip: taking pip from the machine's Debian mirror", flush=True)
    try:
        return pip_from_debian(scratch)
    except ChannelError:
        raise CommandError(
            "this Python has no ensurepip, and this machine's apt has no pip for it",
            looked=sys.executable,
            remedy="Install it (Debian, Ubuntu: `apt-get install python3-venv`), or name "
            "another Python with `make setup PYTHON=python3.11`, and run this again.",
        ) from None


def pip_from_debian(scratch: Path) -> Path:
    """Download Debian's pip wheel, as an ordinary user, and return its path."""
    from crosscraft.channel.deb_archive import DebTar
    from crosscraft.channel.debian import Apt, require_apt

    require_apt("bookworm")
    apt = Apt(scratch / "apt", "bookworm", ["amd64"])
    apt.update()
    deb = apt.resolve([("python3-pip-whl", "all")])["python3-pip-whl", "all"]
    apt.download([deb], scratch)
    with DebTar(scratch / deb.file) as tar:
        for member in tar:
            name = Path(member.name).name
            if name.startswith("pip-") and name.endswith(".whl"):
                content = tar.extractfile(member)
                assert content is not None
                (scratch / name).write_bytes(content.read())
                return scratch / name
    raise DownloadError(
        f"{deb.file} holds no pip wheel",
        remedy="Install pip's own way (`apt-get install python3-venv`) and run this again.",
    )


def _install_requirements(count: int, unpacked: Path | None, fds: tuple[int, ...]) -> None:
    seen = 0
    said = time.monotonic()

    def on_line(line: str) -> None:
        nonlocal seen, said
        if line.startswith("Collecting "):
            seen += 1
        if line.startswith("Installing collected"):
            print("  unpacking them", flush=True)
        elif time.monotonic() - said > 3:
            said = time.monotonic()
            print(f"  {seen} of {count}", flush=True)

    source: list[str] = []
    if unpacked is not None:
        source = ["--no-index", "--find-links", str(unpacked / "wheels")]
    done = processes.run(
        pip.command("install", *source, "--requirement", str(REQUIREMENTS), python=PYTHON),
        env=pip.environment(offline=unpacked is not None),
        on_line=on_line,
        check=False,
        pass_fds=fds,
    )
    if done.status != 0:
        raise _pip_error(done.lines) if unpacked is None else _bundle_error(done.lines)
    processes.run(
        [
            *(str(PYTHON), "-P", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"),
            *("--no-build-isolation", "--editable", str(ROOT)),
        ],
        env=pip.environment(offline=True),
        pass_fds=fds,
    )


def _pip_error(lines: tuple[str, ...]) -> CrosscraftError:
    return pip.error(lines, "the packages", REQUIREMENTS.name)


def _bundle_error(said: tuple[str, ...]) -> CrosscraftError:
    if "No matching distribution" not in "\n".join(said):
        return _pip_error(said)
    return BundleError(
        "a wheel of the bundle does not fit this Python or this machine's C library",
        remedy="Make a bundle on a machine like this one: its Linux may not be newer.",
        detail=[line for line in said if line.startswith("ERROR")][-2:],
    )


def _call(argv: list[str]) -> None:
    """Run one of our own commands with the terminal as it is; its errors are its own."""
    # In a session of its own, so that Ctrl-C reaches it once, from us, and has time to be obeyed.
    with subprocess.Popen(argv, start_new_session=True) as child:
        try:
            status = child.wait()
        except KeyboardInterrupt:
            child.terminate()
            child.wait()
            raise
    if status != 0:
        sys.exit(status)


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())

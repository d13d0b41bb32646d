"""Set up a clone: ``.venv`` from the pinned requirements, then the channel.

    python3 crosscraft/setup/bootstrap.py [--channel NAME | --bundle FILE]

It runs before anything is installed, so it imports only the standard library and modules that do
the same. The next run skips finished steps and repeats interrupted ones. With a bundle, set-up
needs no network.
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
if sys.version_info < MINIMUM:  # before the first line that an older Python cannot parse
    sys.exit(
        f"setup: this is Python {sys.version.split()[0]}, and 3.11 or later is needed. "
        "Name one with `make setup PYTHON=python3.11`."
    )

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))
# Python puts a script's folder first on its path, where a file could hide another module.
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
"""The prefix of the temporary folders for bundles, in the clone."""
STEPS = 4


def main() -> int:
    """Set up, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--channel", default="local", help="local, conda-forge, a URL or a folder")
    parser.add_argument("--bundle", type=Path, help="a file made by `crosscraft bundle`")
    arguments = parser.parse_args()
    # SIGTERM ends children too, like Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    def work() -> None:
        with locks.hold_clone(ROOT / LOCK, lambda text: print(text, flush=True)) as lock:
            set_up(arguments.channel, arguments.bundle, lock)

    return program.exit_status("setup", work, "Run it again. It resumes where it stopped.")


def set_up(channel: str, carried: Path | None = None, lock: int | None = None) -> None:
    """Do each of the four steps that is not done yet.

    :param carried: a bundle, which replaces all downloads.
    :param lock: the descriptor of the lock, for commands that hold it if we are killed.
    """
    started = time.monotonic()
    for old in ROOT.glob(f"{SCRATCH}*"):  # of a killed set-up
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
                    f"a bundle has the local channel, not {channel!r}",
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
    if (
        done and channel == "local" and _recorded() == "local"
    ):  # other channels are checked each time
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
    """Unpack a bundle into `folder`, check every part, and return the folder."""
    total = carried.stat().st_size / 1e6
    print(f"unpacking {carried.name}, {total:.0f} MB, each part checked", flush=True)
    printed = time.monotonic()

    def on_bytes(count: int) -> None:
        nonlocal printed
        if time.monotonic() - printed > 3:
            printed = time.monotonic()
            print(f"  {count / 1e6:.0f} of {total:.0f} MB", flush=True)

    bundle.unpack(carried, ROOT, folder, on_bytes)
    return folder


def _step(number: int, text: str) -> None:
    print(f"[{number}/{STEPS}] {text}", flush=True)


def _runs() -> bool:
    """Whether .venv works and belongs to this clone, which may have been moved or copied."""
    if not (VENV / "bin" / "crosscraft").exists():
        return False
    done = processes.run(
        [str(PYTHON), "-Ic", "from crosscraft.paths import ROOT; print(ROOT)"], check=False
    )
    return done.lines == (str(ROOT),)


def _recorded() -> object:
    """Return the recorded channel. :mod:`crosscraft.system.settings` needs installed packages."""
    try:
        return json.loads((VENV / "share/crosscraft/settings.json").read_text())["channel"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _make_environment(unpacked: Path | None, fds: tuple[int, ...]) -> None:
    """Create an empty .venv with this Python's pip, the bundle's or Debian's."""
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
    """Return the Python to create environments with. It is never .venv's own, which has just been
    removed."""
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
        f"{deb.file} has no pip wheel",
        remedy="Install pip's own way (`apt-get install python3-venv`) and run this again.",
    )


def _install_requirements(count: int, unpacked: Path | None, fds: tuple[int, ...]) -> None:
    seen = 0
    printed = time.monotonic()

    def on_line(line: str) -> None:
        nonlocal seen, printed
        if line.startswith("Collecting "):
            seen += 1
        if line.startswith("Installing collected"):
            print("  unpacking them", flush=True)
        elif time.monotonic() - printed > 3:
            printed = time.monotonic()
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
    # As pip does for the others: a learner of a shared clone can't write bytecode into it.
    processes.run([str(PYTHON), "-m", "compileall", "-q", str(ROOT / "crosscraft")], pass_fds=fds)


def _pip_error(lines: tuple[str, ...]) -> CrosscraftError:
    return pip.error(lines, "the packages", REQUIREMENTS.name)


def _bundle_error(lines: tuple[str, ...]) -> CrosscraftError:
    if "No matching distribution" not in "\n".join(lines):
        return _pip_error(lines)
    return BundleError(
        "a wheel of the bundle does not fit this Python or this machine's C library",
        remedy="Make a bundle on a machine like this one, with the same Linux or an older one.",
        detail=[line for line in lines if line.startswith("ERROR")][-2:],
    )


def _call(argv: list[str]) -> None:
    """Run one of our commands on this terminal. It prints its own errors."""
    # A session of its own, so that Ctrl-C reaches it once, from us, with time to clean up.
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

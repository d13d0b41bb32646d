"""Set up a clone: ``.venv`` from the pinned requirements, then the channel.

    python3 crosscraft/bootstrap.py [--channel NAME]

It runs before anything is installed, on any Python that the project supports, and imports
nothing but the standard library and those modules of ours that do the same. What is done is
skipped the next time; what was interrupted is done again.
"""

import argparse
import hashlib
import importlib.util
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

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
# The folder of this file comes first on the path of a script, and would hide `platform`-like names.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != ROOT / "crosscraft"]

from crosscraft import run  # noqa: E402
from crosscraft.errors import ChannelError, CommandError, CrosscraftError, DownloadError  # noqa: E402

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements.txt"
STEPS = 4


def main() -> int:
    """Set up, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--channel", default="local", help="local, conda-forge, a URL or a folder")
    arguments = parser.parse_args()
    # Nothing of .venv may be written by others, whatever the caller's umask. (storage has a
    # function for it, but .venv has to be there first.)
    os.umask(os.umask(0o022) | 0o022)
    # End as on Ctrl-C when asked to terminate, so that children end too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        set_up(arguments.channel)
    except CrosscraftError as error:
        for line in error.detail:
            print(f"  {line}", file=sys.stderr)
        print(f"setup: {error}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        print("setup: interrupted. Run it again; it goes on where it stopped.", file=sys.stderr)
        return 130
    except OSError as error:
        print(
            f"setup: {error.filename or ROOT}: {error.strerror}. Mend that, and run this again.",
            file=sys.stderr,
        )
        return 1
    return 0


def set_up(channel: str) -> None:
    """Do the four steps, each unless it is done."""
    started = time.monotonic()
    stamp = VENV / "crosscraft-requirements.txt"
    wanted = hashlib.sha256(
        REQUIREMENTS.read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    ).hexdigest()
    done = PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted and _runs()
    if done:
        _step(1, "the virtual environment .venv is there")
        _step(2, "its packages are there")
    else:
        _step(1, "making the virtual environment .venv")
        stamp.unlink(missing_ok=True)
        _make_environment()
        count = sum("==" in line for line in REQUIREMENTS.read_text().splitlines())
        _step(2, f"installing up to {count} packages, each checked against its hash")
        _install_requirements(count)
        stamp.write_text(wanted)
    _step(3, f"the channel {channel!r}")
    crosscraft = str(VENV / "bin" / "crosscraft")
    if channel == "local":
        _call([crosscraft, "channel", "build"])
    _step(4, "recording it")
    _call([crosscraft, "channel", "use", channel])
    print(f"set up in {time.monotonic() - started:.0f} s", flush=True)


def _step(number: int, text: str) -> None:
    print(f"[{number}/{STEPS}] {text}", flush=True)


def _runs() -> bool:
    """Whether .venv still works, and is this clone's: a clone may be moved or copied."""
    if not (VENV / "bin" / "crosscraft").exists():
        return False
    done = run.run([str(PYTHON), "-Ic", "import crosscraft; print(crosscraft.ROOT)"], check=False)
    return done.lines == (str(ROOT),)


def _make_environment() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    if importlib.util.find_spec("venv") is None:
        raise CommandError(
            "this Python has no venv module",
            looked=sys.executable,
            remedy="Install it (Debian: `apt-get install python3-venv`) and run this again.",
        )
    if importlib.util.find_spec("ensurepip") is not None:
        run.run([sys.executable, "-m", "venv", str(VENV)])
        return
    print("  this Python has no ensurepip: taking pip from the machine's Debian mirror", flush=True)
    with tempfile.TemporaryDirectory(prefix="crosscraft-") as scratch:
        try:
            wheel = _pip_from_debian(Path(scratch))
        except ChannelError:
            raise CommandError(
                "this Python has no ensurepip, and this machine's apt has no pip for it",
                looked=sys.executable,
                remedy="Install it (Debian, Ubuntu: `apt-get install python3-venv`), or name "
                "another Python with `make setup PYTHON=python3.11`, and run this again.",
            ) from None
        run.run([sys.executable, "-m", "venv", "--without-pip", str(VENV)])
        run.run(
            [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-index", str(wheel)],
            env=run.clean_environment({"PYTHONPATH": str(wheel)}),
        )


def _pip_from_debian(scratch: Path) -> Path:
    """Download Debian's pip wheel, as an ordinary user, and return its path."""
    from crosscraft.channel.debian import Apt, DebTar, require_apt

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


def _install_requirements(count: int) -> None:
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

    pip = [str(PYTHON), "-P", "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    # pip's index may need a password: from these, or from the netrc file in HOME.
    env = run.clean_environment(prefixes=("PIP_",), network=True)
    done = run.run(
        [*pip, "--no-deps", "--require-hashes", "--requirement", str(REQUIREMENTS)],
        env=env, on_line=on_line, check=False,
    )  # fmt: skip
    if done.status != 0:
        raise _pip_error(done.lines)
    here = ["--no-deps", "--no-index", "--no-build-isolation", "--quiet", "--editable", str(ROOT)]
    run.run([*pip, *here], env=env)


def _pip_error(said: tuple[str, ...]) -> DownloadError:
    text = "\n".join(said)
    errors = [line for line in said if line.startswith("ERROR")][-2:]
    if "DO NOT MATCH THE HASHES" in text:
        return DownloadError(
            "the package index sent a file that does not have the pinned hash",
            looked=REQUIREMENTS.name,
            remedy="Nothing of it was installed. Try again later, or use another index.",
            detail=[line for line in said if "sha256" in line or "Got " in line][-4:],
        )
    if "No space left" in text:
        return DownloadError(
            "the disk is full: the packages could not be installed",
            remedy="Free some space (.venv needs 1 GB) and run this again.",
        )
    return DownloadError(
        "the packages could not be downloaded",
        looked="the package index that pip is set up with",
        remedy="Check the network (`pip download` shows the same) and run this again.",
        detail=errors,
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

"""Hostile names and hostile packages: thousands, with a fixed seed.

    python benchmarks/soak_hostile.py [ROUNDS]

A name goes into each argument and variable that crosscraft takes. It has to answer in one line
or to do what it was asked, show nothing raw, and run nothing of the name. A package is one of a
channel, made to lead out of its folder: it is refused by name, or installs within its folder.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import sys
import tarfile
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support import small_packages  # noqa: E402
from tests.support.small_packages import Item  # noqa: E402

SEED = 20

FRAGMENTS = (
    b"; touch CANARY ;", b"$(touch CANARY)", b"`touch CANARY`", b"| touch CANARY",
    b"&& touch CANARY", b"\n", b"\r", b"\t", b"\x1b[2J", b"\x1b]0;owned\x07", b"\x08", b"\x7f",
    b"\xff\xfe", b"\xc3", b"\xe2\x80\xae", b"\xc2\x9b31m", b"'", b'"', b" ", b"-", b"--", b"-rf",
    b"../", b"/", b"//", b".", b"%s", b"{0}", b"${HOME}", b"~", b"*", b"?", b"[", b"]", b"#",
    b"\\", b"@", b"=", b":", b"file:", b"http://", b"https://u:hunter2@", b"://",
    b"https://h/t/hunter3/", b"a", b"python", b"linux-64", b"\xc3\xa9", b"\xf0\x9f\x92\xa5",
    b">", b"<", b"x" * 300,
)  # fmt: skip


def name(random_: random.Random) -> str:
    """Return a hostile name, as the command line gets it: bytes that are no UTF-8 too."""
    return os.fsdecode(b"".join(random_.choices(FRAGMENTS, k=random_.randint(1, 6))))


ARGUMENTS: tuple[tuple[str, ...], ...] = (
    ("build", "--target-platform", "{}"),
    ("build", "--project", "{}"),
    ("build", "--project", "recipe", "--output-dir", "{}"),
    ("build", "--project", "recipe", "--channel", "{}"),
    ("build", "--engine", "{}"),
    ("build", "--test", "{}"),
    ("build", "{}"),
    ("render", "--target-platform", "{}"),
    ("render", "--project", "{}"),
    ("run", "--platform", "{}", "--", "true"),
    ("run", "--quiet", "--with", "{}", "--", "true"),
    ("run", "--channel", "{}", "--", "true"),
    ("run", "--output-dir", "{}", "--with", "no-such-package", "--", "true"),
    ("run", "--quiet", "--with", "jq", "--", "{}"),
    ("inspect", "{}"),
    ("inspect", "--json", "{}"),
    ("channel", "use", "{}"),
    ("channel", "{}"),
    ("doctor", "--report", "{}"),
    ("doctor", "{}"),
    ("{}",),
    ("CROSSCRAFT_CACHE={}", "channel", "list"),
    ("CROSSCRAFT_WORKSPACE={}", "doctor", "--verbose"),
)
"""Every place that a name can be given at."""


def call(argv: Sequence[str], folder: Path) -> tuple[int, bytes, bytes]:
    """Call the command line in a process of its own, forked, so that it starts at once."""
    streams = [tempfile.TemporaryFile() for _ in range(2)]  # noqa: SIM115
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        argv = list(argv)
        while argv and "=" in argv[0] and argv[0].startswith("CROSSCRAFT_"):
            variable, _, value = argv.pop(0).partition("=")
            os.environ[variable] = value
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for number, stream in enumerate(streams, start=1):
            os.dup2(stream.fileno(), number)
        # As the interpreter sets them up: what it says on stderr never fails to be encoded.
        out, err = io.FileIO(1, "w", closefd=False), io.FileIO(2, "w", closefd=False)
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(out), "utf-8")
        sys.stderr = io.TextIOWrapper(io.BufferedWriter(err), "utf-8", "backslashreplace")
        sys.argv = ["crosscraft", *argv]
        try:
            from crosscraft.cli import main as commands

            commands.main()
        except BaseException:
            import traceback

            traceback.print_exc()
            sys.stderr.flush()
        os._exit(99)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    said = []
    for stream in streams:
        with stream:
            stream.seek(0)
            said.append(stream.read())
    return status, said[0], said[1]


def complaint(argv: Sequence[str], status: int, out: bytes, err: bytes) -> str:
    """Return what is wrong with an answer, or nothing."""
    return next(_complaints(argv, status, out, err), "")


def _complaints(argv: Sequence[str], status: int, out: bytes, err: bytes) -> Iterator[str]:
    for text in (out.decode("utf-8", "surrogateescape"), err.decode("utf-8", "surrogateescape")):
        raw = {one for one in text if unicodedata.category(one)[0] == "C"} - {"\n", "\t"}
        if raw:
            yield f"raw {sorted(raw)!r}"
        for word in ("Traceback", "panicked", "hunter2@", "hunter3"):
            if word in text:
                yield word
    findings = "doctor" in argv and status == 1 and not err  # they are on stdout
    if status == 0 or findings:
        return
    *details, last = err.decode("utf-8", "replace").splitlines() or [""]
    if not last.startswith("crosscraft: "):
        yield "no line of ours"
    if any(line and not line.startswith(("  ", "crosscraft: ")) for line in details):
        yield "more than one line"
    if not 0 < status < 126:
        yield f"status {status}"


def names(rounds: int, scratch: Path) -> int:
    """Try `rounds` names, each at one place in turn; return how many were tried."""
    import crosscraft.building.build
    import crosscraft.environments.emulate
    import crosscraft.setup.doctor
    import crosscraft.setup.report
    import crosscraft.views.report  # noqa: F401

    random_ = random.Random(SEED)
    folder = scratch / "work"
    (folder / "recipe").mkdir(parents=True)
    (folder / "recipe/recipe.yaml").write_text(
        "package:\n  name: a\n  version: 1\nrequirements:\n  build:\n    - no-such-package\n"
    )
    for count in range(rounds):
        place = ARGUMENTS[count % len(ARGUMENTS)]
        given = name(random_)
        if "use" in place and "/" not in given:
            given += "/"  # or it may be the name of a channel that is there
        argv = [word.replace("{}", given) for word in place]
        status, out, err = call(argv, folder)
        wrong = complaint(argv, status, out, err)
        assert not wrong, (wrong, argv, status, out[-2000:], err[-2000:])
        assert not list(scratch.rglob("CANARY")), argv
    return rounds


KINDS = (tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE)
PLACES = (
    "share/a", "share/b", "share/l", "share/l/c", "../{}", "../../{}", "../../../{}",
    "../../../../{}", "../../../../../{}", "/{outside}/abs", "share/../../../{}", "conda-meta/x",
    "info/paths.json", "./share/d", "share//e", "bin/.a-post-link.sh",
)  # fmt: skip
TARGETS = (
    "a",
    "../share/a",
    "{outside}",
    "{outside}/victim",
    "../../../../../outside",
    "/etc/hosts",
)


def hostile_package(path: Path, random_: random.Random, outside: Path) -> Path:
    """Write a package of a few members, of which `info/paths.json` need not tell the truth."""

    def place() -> str:
        return random_.choice(PLACES).format("victim", outside=str(outside).strip("/"))

    items = [
        Item(
            place(), b"x", random_.choices(KINDS, (6, 3, 1, 1, 1))[0],
            random_.choice(TARGETS).format(outside=outside),
            random_.choice((0o644, 0o666, 0o777, 0o4755)),
        )
        for _ in range(random_.randint(1, 5))
    ]  # fmt: skip
    for item in items:
        if item.type != tarfile.REGTYPE:
            item.data = b""
    rows = [
        {"_path": place() if random_.random() < 0.4 else item.name, "path_type": "hardlink"}
        for item in items
    ]
    return small_packages.package(path, items, paths={"paths": rows, "paths_version": 1})


def packages(rounds: int, scratch: Path) -> tuple[int, int]:
    """Install `rounds` packages; return how many were refused, and how many installed."""
    refused = installed = 0
    random_ = random.Random(SEED)
    outside = scratch / "outside"
    outside.mkdir()
    victims = [outside / "victim", *(scratch / "/".join("abcdef"[:n]) / "victim" for n in range(6))]
    for victim in victims:
        victim.parent.mkdir(parents=True, exist_ok=True)
        victim.write_text("untouched")
    before = snapshot(scratch)
    cache = scratch / "a/b/c/d/e/cache"
    cache.mkdir(parents=True)
    from crosscraft.system import files

    (cache / "channels").symlink_to(files.cache("channels"))
    for count in range(rounds):
        channel = scratch / "channels" / str(count)
        path = one_package_channel(channel, random_, outside)
        argv = [f"CROSSCRAFT_CACHE={cache}", "run", "--quiet", "--with", "a"]
        status, out, err = call([*argv, "--channel", str(channel), "--", "true"], scratch)
        where = (count, path, status, out[-2000:], err[-2000:])
        assert status == 0 or not complaint(argv, status, out, err), where
        assert status == 0 or b"a-1-h0000000_0" in err, where
        refused, installed = refused + (status != 0), installed + (status == 0)
        assert snapshot(scratch) == before, where
    for path in cache.rglob("*"):
        assert path.is_symlink() or not path.lstat().st_mode & 0o6022, path
    return refused, installed


def one_package_channel(channel: Path, random_: random.Random, outside: Path) -> Path:
    """Make a channel that has one hostile package, and return its path."""
    ending = random_.choice((".conda", ".tar.bz2"))
    for subdir in ("linux-64", "noarch"):
        (channel / subdir).mkdir(parents=True)
        (channel / subdir / "repodata.json").write_text(json.dumps({"info": {"subdir": subdir}}))
    path = hostile_package(channel / f"linux-64/a-1-h0000000_0{ending}", random_, outside)
    row = small_packages.INDEX | {
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "size": path.stat().st_size,
    }  # fmt: skip
    index = {"info": {"subdir": "linux-64"}, "packages": {}, "packages.conda": {}}
    index["packages.conda" if ending == ".conda" else "packages"][path.name] = row  # type: ignore[index]
    (channel / "linux-64/repodata.json").write_text(json.dumps(index))
    return path


def snapshot(folder: Path) -> set[tuple[str, int, int]]:
    """Everything in `folder` but what we expect to change, with its links and size."""
    skipped = {folder / "channels", folder / "a/b/c/d/e/cache", folder / "work"}
    found = set()
    for root, folders, names in os.walk(folder):
        folders[:] = [one for one in folders if Path(root) / one not in skipped]
        for one in names:
            status = (Path(root) / one).lstat()
            found.add((f"{root}/{one}", status.st_nlink, status.st_size))
    return found


def main(rounds: int) -> dict[str, int | float]:
    """Try `rounds` names and a third as many packages.

    :return: ``names``, ``packages_refused`` and ``packages_installed`` within their folder.
    """
    with tempfile.TemporaryDirectory(prefix="crosscraft-soak-") as folder:
        scratch = Path(folder)
        (scratch / "channel-settings").mkdir()
        # No name is ever recorded as the channel of the environment that we run in.
        from crosscraft.system import settings

        settings._path = lambda: scratch / "channel-settings/settings.json"  # type: ignore[assignment]
        tried = names(rounds, scratch)
        refused, installed = packages(max(1, rounds // 3), scratch)
    return {"names": tried, "packages_refused": refused, "packages_installed": installed}


if __name__ == "__main__":
    print(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000))

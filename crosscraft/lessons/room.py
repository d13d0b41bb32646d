"""A learner's side of a room: to join it, to leave it, and to share the record meanwhile.

Two people have to agree. The instructor names a folder in ``CROSSCRAFT_ROOM``, and the learner
calls ``lesson.join``. Nothing is written there before, and nothing but the file of `room_file`.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import tempfile
import threading
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

from crosscraft.errors import CrosscraftError, LessonError
from crosscraft.lessons import record, room_file, workspace
from crosscraft.lessons.room_file import LONGEST_NAME
from crosscraft.system import files, locks, storage_errors

__all__ = ["VARIABLE", "Joined", "join", "joined", "leave", "share"]

VARIABLE = "CROSSCRAFT_ROOM"
"""The variable with the absolute path of the room's folder."""

_PATIENCE = 1.0
"""Seconds that a check waits for the folder. A share on a network can hang."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The room that a learner has joined."""

    name: str
    """The learner's name in the room."""
    folder: str
    """The room's folder."""
    file: str
    """The learner's file in it."""


def join(name: str) -> None:
    """Join the room, so that your instructor sees how far you are, under a name of your choice.

    :param name: what the room calls you, such as ``seat 7``.
    :raises LessonError: if there is no room, or the name is none.
    """
    name, folder = _checked_name(name), _folder()
    if folder is None:
        raise LessonError(
            "there is no room to join, because CROSSCRAFT_ROOM isn't set",
            remedy="Ask your instructor for the room's folder, and start JupyterLab with "
            "`CROSSCRAFT_ROOM=/the/folder make lab`. Everything else works without a room.",
        )
    old = _stored()
    if old and (old.name, old.folder) == (name, str(folder)):
        new = old
    else:
        if old:
            _remove(old)
        # The random part keeps learners of the same name apart.
        stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "learner"
        new = Joined(name, str(folder), f"{stem}-{secrets.token_hex(4)}.json")
    files.write(_state(), json.dumps(asdict(new), indent=2) + "\n")
    if problem := _copied(new):
        _state().unlink(missing_ok=True)
        raise LessonError(
            f"the room's folder {new.folder} can't be used: {problem}",
            remedy="Tell your instructor. You haven't joined, and nothing is shared.",
        )
    print(
        f"You're in the room as {name}. Each check and each step of help now copies your record "
        f"to the file {new.file} in {new.folder}: the exercises, when and how often you tried "
        "them, the help you used, and the verdicts. Your files and answers stay with you. "
        "`lesson.leave()` ends this, and removes the file."
    )


def leave() -> None:
    """Leave the room, and remove your file from it."""
    old = _stored()
    if old is None:
        print("You aren't in a room, so nothing is shared.")
        return
    _state().unlink(missing_ok=True)
    problem = _remove(old)
    print(
        f"You've left the room. Your file could not be removed ({problem}), so ask your "
        f"instructor to delete {old.file}."
        if problem
        else "You've left the room, and your file is removed from it."
    )


def joined() -> Joined | None:
    """Return the room that the learner has joined, if it is the one that the instructor names."""
    found, folder = _stored(), _folder()
    return found if found and folder and found.folder == str(folder) else None


def share() -> None:
    """Copy the record into the room, if the learner has joined it.

    This never fails. A folder that can't be written gets one line, once.
    """
    found = joined()
    if found is None:
        return
    problems = ["it doesn't answer"]
    copying = threading.Thread(target=lambda: problems.append(_copied(found)), daemon=True)
    copying.start()
    copying.join(_PATIENCE)
    problem, reported = problems[-1], workspace.root() / "room-failed"
    if problem and not reported.exists():
        print(f"The room could not get a copy of your record ({problem}). Your own is complete.")
    with contextlib.suppress(OSError):
        reported.touch() if problem else reported.unlink(missing_ok=True)


def _checked_name(name: str) -> str:
    name = " ".join(name.split()) if isinstance(name, str) else ""
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable() or "@" in name:
        raise LessonError(
            "that can't be a name in the room",
            remedy=f"Use what the room calls you, in up to {LONGEST_NAME} characters and without "
            'an address: `lesson.join("seat 7")`.',
        )
    return name


def _folder() -> Path | None:
    """Return the folder that the instructor names, if any."""
    named = os.environ.get(VARIABLE, "")
    return Path(named) if Path(named).is_absolute() else None


def _state() -> Path:
    return workspace.root() / "room.json"


def _stored() -> Joined | None:
    try:
        found = Joined(**json.loads(_state().read_text(encoding="utf-8")))
        return found if Path(found.file).name == found.file else None
    except (OSError, ValueError, TypeError):
        return None


def _copied(found: Joined) -> str:
    """Copy the record into the room, and return what went wrong, or an empty text."""
    try:
        with _lock(found):
            if _stored() == found:  # the learner may have left in the meantime
                _write(found, room_file.to_text(found.name, record.entries()))
    except Exception as error:
        return _reason(error)
    return ""


def _reason(error: Exception) -> str:
    match error:
        case OSError():
            return storage_errors.reason(error)
        case CrosscraftError():
            return error.what
        case _:
            return str(error)


def _lock(found: Joined) -> AbstractContextManager[int]:
    """Lock the learner's file, so that the last of two copies has the newer record."""
    return locks.lock(f"{found.file} of a room")


def _write(found: Joined, text: str) -> None:
    """Write the learner's file in the room by an atomic rename.

    Unlike `files.write`, this doesn't open the folder, whose files a learner may not list, and
    doesn't wait for a disk.
    """
    descriptor, temporary = tempfile.mkstemp(prefix=".", suffix=".new", dir=found.folder)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            os.fchmod(descriptor, 0o644)  # the instructor is another user
        os.replace(temporary, Path(found.folder) / found.file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _remove(old: Joined) -> str:
    """Remove the learner's file from the room, and return what went wrong, or an empty text."""
    try:
        with _lock(old):
            (Path(old.folder) / old.file).unlink(missing_ok=True)
    except (OSError, CrosscraftError) as error:
        return _reason(error)
    return ""

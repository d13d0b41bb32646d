"""Judge the package of the stubs by what it has, and by what it can be installed with."""

from __future__ import annotations

from crosscraft.channel import names
from crosscraft.inspection import conda_file
from crosscraft.lessons.evidence import stubs
from crosscraft.lessons.evidence.packages import Packages
from crosscraft.lessons.evidence.verdict import NotYet
from crosscraft.lessons.evidence.work import Work
from crosscraft.platforms import NOARCH

__all__ = ["check"]

_EXTENSION, _STUBS = "cpp_math", "cpp_math-stubs"
_STUB_FILE = "site-packages/cpp_math-stubs/__init__.pyi"


def check(work: Work, made: Packages) -> None:
    """Look at the files and the constraints of the stubs' package."""
    facts = made.facts(_STUBS, NOARCH)
    if _STUB_FILE not in facts.files:
        raise NotYet(f"The stubs' package has no `{_STUB_FILE}`.")
    text = conda_file.open_member(facts.path, _STUB_FILE).decode(errors="replace")
    found = stubs.parse(text)
    if found is None or "add" not in found.functions:
        raise NotYet(
            f"The stubs' package has a `{_STUB_FILE}` that doesn't describe `add`. The target in "
            "your CMakeLists.txt writes one that does."
        )
    every = (*facts.constrains, *facts.depends)
    constraints = [spec for spec in every if names.of_spec(spec) == _EXTENSION]
    work.see(f"the stubs' package constrains: {', '.join(constraints) or '-'}")
    if constraints and not _allows(constraints[0], facts.version):
        raise NotYet(
            f"These stubs have the version {facts.version}, and they don't allow the extension of "
            "the same version beside them."
        )
    if not constraints or _allows(constraints[0], "1000"):
        raise NotYet(
            "Nothing keeps these stubs from being installed beside another version of `cpp_math`, "
            "which may have other functions. `run_constraints` can name the version."
        )


def _allows(spec: str, version: str) -> bool:
    """Whether a match spec allows `version`."""
    from rattler import MatchSpec, Version, VersionSpec

    return bool(VersionSpec(MatchSpec(spec).version or "*").matches(Version(version)))

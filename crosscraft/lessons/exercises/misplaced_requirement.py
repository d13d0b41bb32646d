"""Lesson 04: use the package's dependencies to find the requirement in the wrong list."""

from __future__ import annotations

from crosscraft.lessons.exercises.model import Exercise, Verdict, not_yet, passed

_LISTS = ("build", "host", "run")
_FORM = 'The answer is three words: `["requirement", "the list it is in", "the list it needs"]`.'
_COMPILER = (
    "The compiler's exports did arrive: `libstdcxx` and `libgcc` are among the dependencies. "
    "Which package's export did not?"
)
_STDLIB = (
    "The sysroot's export did arrive: `__glibc` is among the dependencies. Which package's export "
    "did not?"
)
_CLEARED = {
    "cmake": "`cmake` runs during the build, so build is where it belongs.",
    "ninja": "`ninja` runs during the build, so build is where it belongs.",
    "nanobind": "`nanobind` is compiled into the extension, so host is where it belongs. "
    "Look for the package that should have exported `python_abi`.",
    "python_abi": "The recipe does not name `python_abi`, and should not have to: a package "
    "exports it. Look at whose `run_exports` it was among.",
    "compiler": _COMPILER,
    "compiler('cxx')": _COMPILER,
    "${{ compiler('cxx') }}": _COMPILER,
    "gxx_linux-64": _COMPILER,
    "stdlib": _STDLIB,
    "stdlib('c')": _STDLIB,
    "${{ stdlib('c') }}": _STDLIB,
    "sysroot_linux-64": _STDLIB,
}
_SOURCES = {
    "run": "`python` under run is right: the package cannot work without one. Look at the other "
    "list that names it.",
    "host": "Look again: the recipe has no `python` under host.",
}


def check(answer: object) -> Verdict:
    """Accept three words: python, from build, to host."""
    if not isinstance(answer, (list, tuple)) or len(answer) != len(_LISTS):
        return not_yet(_FORM)
    if not all(isinstance(word, str) for word in answer):
        return not_yet(_FORM)
    what, source, target = (word.strip().lower() for word in answer)
    if what == "python":
        return _judge_move(source, target)
    return not_yet(
        _CLEARED.get(what, f"The recipe does not require {what!r}. Look at its three lists.")
    )


def _judge_move(source: str, target: str) -> Verdict:
    if source not in _LISTS or target not in _LISTS:
        return not_yet('The lists are called "build", "host" and "run".')
    if source in _SOURCES:
        return not_yet(_SOURCES[source])
    if target != "host":
        return not_yet(
            "A weak export acts from one list only, and that is neither build nor run. "
            "Look at which list named `python` in the small recipe above."
        )
    return passed(
        "`python` exports `python_abi` weakly: from host, and only if the recipe names it there. "
        "That nanobind brings a Python along does not count."
    )


EXERCISE = Exercise(
    name="misplaced-requirement",
    lesson=4,
    title="find the requirement in the wrong list",
    hints=(
        "Go through the dependencies. Which packages' exports arrived, and which one's did not?",
        "`python_abi` is a weak export of `python`. From which list do weak exports act?",
        "`python` is in two lists. One of the two is right; the other should be host.",
    ),
    solution='["python", "build", "host"]',
    check=check,
    right=(("python", "build", "host"), ["Python", "BUILD", "host"]),
    wrong=(
        (["nanobind", "host", "build"], "compiled into the extension"),
        (["python", "run", "host"], "under run is right"),
        (["python", "build", "run"], "one list only"),
        (["python", "host", "build"], "no `python` under host"),
        (["compiler", "build", "host"], "did arrive"),
        (["stdlib('c')", "build", "host"], "`__glibc` is among"),
        (["python_abi", "build", "run"], "a package exports it"),
        (["python"], "three words"),
        ("python", "three words"),
    ),
)

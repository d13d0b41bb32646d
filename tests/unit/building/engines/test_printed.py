"""Logs and phases out of what is printed."""

from __future__ import annotations

from crosscraft.building.engines.printed import Printed

LINES = """\
📋 Building 2 package(s):

 ╭─ Running build for recipe: cpp_math-0.1.0-hb0f4dca_0
 │ ╭─ Running build script
 │ │ + cmake -G Ninja
 │ │ [1/2] Building CXX
 │ │ -- Install configuration
 ╭─ Running build for recipe: cpp_math-stubs-0.1.0-pyh4616a5c_0
 │ │ + echo Error: of the script
 │ │ × error Script failed with status 1
Error:   × Script failed to execute
  ╰─▶ status 1
"""


def test_each_output_has_its_phases_and_its_log(tmp_path):
    seen = []
    printed = Printed(tmp_path / "logs", seen.append)
    for line in LINES.splitlines():
        printed.add_line(line)
    phases = list(dict.fromkeys((event.output, event.phase) for event in seen))
    assert phases == [
        ("cpp_math", "environments"), ("cpp_math", "configure"), ("cpp_math", "compile"),
        ("cpp_math", "install"), ("cpp_math-stubs", "environments"),
        ("cpp_math-stubs", "compile"),
    ]  # fmt: skip
    logs = {name: log.read_text() for name, log in printed.paths()}
    assert logs == {
        "cpp_math": "Running build script\n+ cmake -G Ninja\n[1/2] Building CXX\n"
        "-- Install configuration\n",
        "cpp_math-stubs": "+ echo Error: of the script\n",
    }

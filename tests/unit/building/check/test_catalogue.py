"""The traps as data: whole, distinct, and known by their messages alone."""

from __future__ import annotations

import importlib
import inspect
import re

import pytest

from crosscraft.building.check import catalogue, logs
from crosscraft.building.check.model import Symptom, Trap

TRAPS = catalogue.traps()
SYMPTOMS = [(trap, symptom) for trap in TRAPS for symptom in trap.symptoms]
LOGS = [(trap, recorded.log) for trap in TRAPS for recorded in trap.recorded]
each = pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)


@each
def test_a_trap_can_be_known_and_proven(trap: Trap) -> None:
    assert trap.symptoms or trap.detector or trap.package_detector
    assert trap.reproduction or trap.recorded
    assert trap.sources
    if trap.reproduction:
        assert bool(trap.reproduction.effect) == (trap.reproduction.shown == "effect")
    assert not re.search(r"[.!]$", trap.happens)
    assert trap.cure.endswith(".")


@each
def test_its_detectors_exist(trap: Trap) -> None:
    for name in filter(None, (trap.detector, trap.package_detector)):
        module, _, function = name.rpartition(".")
        found = importlib.import_module(f"crosscraft.building.check.detectors.{module}")
        assert inspect.isfunction(getattr(found, function))
        assert function in found.__all__


def test_no_detector_is_without_a_trap() -> None:
    used = {name for trap in TRAPS for name in (trap.detector, trap.package_detector)}
    package = importlib.import_module("crosscraft.building.check.detectors")
    (folder,) = package.__path__
    for path in sorted(catalogue.Path(folder).glob("[!_]*.py")):
        module = importlib.import_module(f"{package.__name__}.{path.stem}")
        assert {f"{path.stem}.{name}" for name in module.__all__} <= used


@pytest.mark.parametrize(("trap", "symptom"), SYMPTOMS, ids=lambda value: str(value)[:0])
def test_a_message_is_known_and_no_other_trap_takes_it(trap: Trap, symptom: Symptom) -> None:
    assert [found.trap.name for found in logs.find(symptom.example)] == [trap.name]


@pytest.mark.parametrize(("trap", "log"), LOGS, ids=lambda value: str(value)[:0])
def test_a_recorded_log_is_known(trap: Trap, log: str) -> None:
    assert [found.trap.name for found in logs.find(log)] == [trap.name]

"""COLLECT exports of the School Census, read."""

from pathlib import Path
from typing import Any

from sharing.imports.collect_reader import open_export
from sharing.imports.problems import ImportRefused, Problem
from sharing.imports.told import ToldPupil


def read(path: Path) -> tuple[list[ToldPupil], list[Problem]]:
    with open_export(path) as export:
        found = list(export.pupils())
    return [p for p in found if isinstance(p, ToldPupil)], [p for p in found if isinstance(p, Problem)]


def by_name(path: Path) -> dict[str, ToldPupil]:
    pupils, problems = read(path)
    assert not [problem for problem in problems if problem.fatal], problems
    return {pupil.record["surname"]: pupil for pupil in pupils}


def problems_of(path: Path) -> list[Problem]:
    """Every problem, whether the export was refused as a whole or for a pupil."""
    try:
        return read(path)[1]
    except ImportRefused as refusal:
        return refusal.problems


def facts(pupils: dict[str, ToldPupil]) -> Any:
    return {name: (p.upn, p.dfe_number, p.record, p.parts) for name, p in pupils.items()}

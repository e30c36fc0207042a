"""An outcome in the form in which it is kept with its import: numbers, places and cures, no personal data."""

from dataclasses import asdict
from typing import Any

from sharing.imports.kinds import Outcome
from sharing.imports.problems import Problem


def as_report(outcome: Outcome) -> dict[str, Any]:
    """What is stored in Import.report."""
    return {
        "title": outcome.title,
        "changes": [list(change) for change in outcome.changes],
        "by_establishment": {
            str(urn): [list(change) for change in changes] for urn, changes in outcome.by_establishment.items()
        },
        "notes": list(outcome.notes),
        "changes_nothing": outcome.changes_nothing,
        "who": outcome.who,
        "to_look_at": [list(told) for told in outcome.to_look_at],
    }


def as_rows(problems: list[Problem]) -> list[dict[str, Any]]:
    """What is stored in Import.problems: the file as a whole, then row by row, in the order for correcting it."""
    return [asdict(problem) for problem in sorted(problems, key=lambda problem: problem.row or 0)]


def is_the_same(report: dict[str, Any], before: dict[str, Any]) -> bool:
    """Whether somebody who looked at `before` has seen everything that `report` says."""
    return all(report[part] == before.get(part) for part in ("title", "changes", "by_establishment", "who"))

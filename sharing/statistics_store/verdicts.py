"""What the attacker found and what protection costs, as facts for the officers who check a release.

There are no exact numbers among them: only shares, and how far published numbers are from the truth.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from sharing.attacker import attack
from sharing.statistics.catalogue import OPEN
from sharing.statistics.dimensions import TOTAL
from sharing.statistics.records import PublishedTable
from sharing.statistics.records import Release as Built
from sharing.statistics.symbols import Symbol
from sharing.statistics_store.fitting import Fitted

TITLES: Final = {
    "arithmetic": "Adding up",
    "bounds": "Narrowing down",
    "groups": "Nobody or everybody",
    "schools": "Recognising a school",
    "percentages": "Working back from percentages",
    "averaging": "Averaging",
    "withheld": "Subtracting what is withheld",
    "versions": "Comparing versions",
    "changes": "Comparing days",
    "own school": "Taking the own school away",
    "programmes": "Solving all tables together",
}


def attacked(folders: Iterable[Path], *, sample: int) -> dict[str, Any]:
    """Attack the newest of the folders with the help of the others. Returns a verdict's fields, which name no cells."""
    verdict = attack(folders, sample=sample)
    return {
        "passed": verdict.holds,
        "seconds": verdict.seconds,
        "findings": [
            {
                "title": TITLES.get(attempt.name, attempt.name.capitalize()),
                "words": _in_words(attempt.words),
                "notes": list(attempt.notes),
                "passed": not attempt.found,
                "whole": attempt.whole,
            }
            for attempt in verdict.attempts
        ],
    }


def _in_words(said: str) -> str:
    """The finding without the attack's name, which is the title, and with quotation marks as on pages."""
    words = said.partition(": ")[2] or said
    return (words[:1].upper() + words[1:]).replace("`low`", "“low”")


def cost(built: Built, fitted: Fitted, before: Built | None) -> dict[str, Any]:
    """What protection changes and hides, in total and by table, and what differs from the release before."""
    lost = built.loss
    return {
        "cells": lost.cells,
        "mean": round(lost.mean, 2),
        "largest": lost.largest,
        "far": round(lost.far, 4),
        "low": round(lost.low, 4),
        "rates_withheld": round(lost.rates_withheld, 4),
        "moved": None if lost.moved is None else round(lost.moved, 4),
        "largest_move": _largest_move(built, before),
        "tables": list(_by_table(built)),
        "left_out": [{"title": one.title, "why": one.why} for one in fitted.left_out],
    }


def _largest_move(built: Built, before: Built | None) -> int | None:
    """The largest difference between a published number and the previous one."""
    if before is None:
        return None
    moves = (abs(number - before.numbers[group]) for group, number in built.numbers.items() if group in before.numbers)
    return max(moves, default=0)


def _by_table(built: Built) -> Iterator[dict[str, Any]]:
    for published in built.tables:
        table = published.table
        symbols = _symbols(published)
        figures = sum(symbols.values()) - symbols[Symbol.IMPOSSIBLE]
        yield {
            "name": table.name,
            "title": table.title,
            "kind": "rates" if table.rate else "counts",
            "audience": table.audience,
            "figures": figures,
            "low": round(symbols[Symbol.LOW] / (figures or 1), 4),
            "withheld": round((symbols[Symbol.TOO_FEW] + symbols[Symbol.WITHHELD]) / (figures or 1), 4),
            "held": table.audience == OPEN and tuple(table.members.get("place", ())) == (TOTAL,),
        }


def _symbols(published: PublishedTable) -> Counter[str]:
    """How often each symbol is in a table; the counts next to a rate are covered with the table of counts."""
    names = [name for name in published.indicators if not published.table.rate or not name.endswith("_pupils")]
    names = [name for name in names if not published.table.rate or name != "pupils"]
    found: Counter[str] = Counter()
    for row in published.rows:
        for name in names:
            figure = row.figures[name]
            found[str(figure) if isinstance(figure, Symbol) else "number"] += not name.endswith("_step")
    return found

"""All attacks, one after the other, on the newest of some folders; the older ones count as known."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Final

from sharing.attacker import arithmetic, groups, intervals, percentages, versions, withheld
from sharing.attacker.averaging import average
from sharing.attacker.bounds import Propagator
from sharing.attacker.insider import OwnSchool, subtract
from sharing.attacker.released import read_release
from sharing.attacker.rule import Rule
from sharing.attacker.system import Structure, build
from sharing.attacker.verdict import Attempt, Verdict

SAMPLE: Final = 200  # cells to solve programmes for, unless the whole release is asked for


def attack(
    folders: Iterable[Path],
    *,
    whole: bool = False,
    sample: int = SAMPLE,
    own: Sequence[OwnSchool] = (),
    rule: Rule | None = None,
    seed: int | None = None,
) -> Verdict:
    """Attack the newest release among the folders. Raises NotARelease.

    `whole` tries the programmes on every cell that may be small, not on a sample. `rule` is a way of publishing other
    than the release's own; `seed` makes the samples repeatable.
    """
    began = perf_counter()
    chance = random.Random(seed)  # noqa: S311  which cells are sampled is no secret
    history = sorted((read_release(folder) for folder in folders), key=lambda r: (r.academic_year, r.as_of, r.version))
    structures = [Structure(released) for released in history]
    known = []
    for released, structure in zip(history, structures, strict=True):
        system = build(
            released,
            rule or Rule(base=released.base, farthest=released.farthest, low=(0, released.base - 1)),
            structure,
        )
        propagator = Propagator(system.lines)
        least, most = propagator.tighten(system.least, system.most)
        known.append(versions.Known(system, least, most))
    newest, structure = known[-1], structures[-1]
    system, least, most = newest.system, newest.least, newest.most
    # If no truth fits, all that is left are the bounds that each number gives by itself.
    usable = (least, most) if (least <= most).all() else (system.least, system.most)

    attempts: list[Attempt | None] = [
        _timed(lambda: arithmetic.check(system, structure)),
        _timed(lambda: intervals.sweep(system, *propagator.tighten(system.least, system.most))),
        _timed(lambda: groups.provable(system, *usable)),
        _timed(lambda: groups.few_schools(system, structure)),
        _timed(lambda: percentages.pin(system, *usable)),
        _timed(lambda: average(system)),
        _timed(lambda: withheld.subtract(system, propagator)),
        _timed(lambda: versions.told_again(known)),
        _timed(lambda: versions.term_to_term(known)),
        *(_timed(lambda own=one: subtract(system, least, most, own)) for one in own),  # type: ignore[misc]
        _timed(
            lambda: intervals.programmes(
                system, structure, (least, most), sample=None if whole else sample, chance=chance
            )
        ),
    ]
    return Verdict(
        releases=tuple(f"{released.name} version {released.version}" for released in history),
        cells=int(system.printed.sum()),
        lines=system.lines.count,
        attempts=tuple(attempt for attempt in attempts if attempt is not None),
        seconds=perf_counter() - began,
    )


def _timed(attempt: Callable[[], Attempt | None]) -> Attempt | None:
    began = perf_counter()
    made = attempt()
    return made and replace(made, seconds=perf_counter() - began)

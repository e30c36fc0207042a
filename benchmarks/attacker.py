"""How long the attacker takes on a release of about the real size.

`uv run python -m benchmarks.attacker [FOLDER]`: without a folder it writes a release of about 9,000 cells that passes.
Prints seconds by this machine's clock, beside the goals.
"""

import random
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from sharing.attacker import attack, intervals
from sharing.attacker.bounds import Propagator
from sharing.attacker.released import read_release
from sharing.attacker.rule import Rule
from sharing.attacker.system import Structure, build
from tests.attacker.publishers import trusted
from tests.attacker.worlds import large_world

GOAL_SWEEP, GOAL_SAMPLE, GOAL_WHOLE = 0.1, 10, 60


def write(folder: Path) -> Path:
    made = trusted(large_world(), 95_000, random.Random(1))
    made.world.write(folder, made.texts(), percents=made.percents)
    return folder


def main(*given: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(given[0]) if given else write(Path(place) / "release")
        start = perf_counter()
        released = read_release(folder)
        structure = Structure(released)
        system = build(released, Rule(), structure)
        print(
            f"read and built: {perf_counter() - start:.2f} s, {len(system.cells):,} cells, {system.lines.count:,} lines"
        )
        propagator = Propagator(system.lines)
        start = perf_counter()
        tightened = propagator.tighten(system.least, system.most)
        print(f"bounds: {perf_counter() - start:.3f} s (goal {GOAL_SWEEP})")
        for whole, goal in ((False, GOAL_SAMPLE), (True, GOAL_WHOLE)):
            verdict = attack([folder], whole=whole, seed=1)
            print(f"{'whole' if whole else 'sample'}: {verdict.seconds:.1f} s (goal {goal}), holds: {verdict.holds}")
        start = perf_counter()
        alone = intervals.programmes(system, structure, tightened, sample=50, chance=random.Random(1), by_points=False)
        print(f"50 cells by the solver alone: {perf_counter() - start:.1f} s; {alone.words}")


if __name__ == "__main__":
    main(*sys.argv[1:])

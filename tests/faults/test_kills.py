"""kill -9 of the web application, the worker and PostgreSQL: a round for each scenario, and some more by chance.

`python -m benchmarks.faults` does hundreds (docs/operators/faults.md).
"""

import pytest

from tests.faults.rounds import Rounds
from tests.faults.scenarios import SCENARIOS

SEED, MORE = 2026, 4


@pytest.mark.parametrize("number", range(len(SCENARIOS) + MORE))
def test_killed_at_a_random_moment(number: int, rounds: Rounds) -> None:
    """R13, R14, R22, R35, R41, R43, R44: nothing is half done, nothing is lost that was said to be done, the ledger is
    whole, the permission table exact, and what was under way can be gone on with."""
    chosen = [*SCENARIOS.values(), *[None] * MORE][number]
    done = rounds.round(number, SEED, chosen)
    assert done.faults == (), done

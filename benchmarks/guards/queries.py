"""The queries on their own: warm and in turn, then each one cold, straight after a restart."""

import math
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

from django.db import OperationalError

from benchmarks.guards import cluster
from benchmarks.guards.cost import Cost
from benchmarks.guards.ways import (
    BOTH_LOCKS,
    LONGEST,
    QUESTIONS,
    UNGUARDED,
    WAYS,
    WITH_LEDGER,
    Connections,
    Way,
    forgotten,
    scans_of_the_forgotten,
    scenes,
)

ROUNDS, FEWEST = 160, 5
SECONDS = 3.0  # given to each way, for one question at one size
COLD_ROUNDS = 3
GOAL_FORGOTTEN, GOAL_GROWTH = 1.3, 1.1
FORGOTTEN = Way("forgotten", "door", BOTH_LOCKS.role)
Key = tuple[int, Way]


def warm(sizes: list[int]) -> None:
    """Print the times of each question at each size in each way."""
    print("\nWarm: in SQL, quickest tenth and median in ms; PostgreSQL's work, median in ms; and times the unguarded.")
    connections = Connections()
    worked = {}
    for question in QUESTIONS:
        costs = {(size, way): Cost() for size in sizes for way in WAYS}
        asks = {key: partial(key[1].ask, question) for key in costs}
        _take_turns(asks, costs, connections)
        print(f"\n{question.title:36}{'pupils':>10}  quickest            median            worked            rounds")
        for (size, way), cost in costs.items():
            limit = costs[size, UNGUARDED]
            if not cost.rounds:
                print(f"  {way.name:34}{size:10,}   a statement took more than {LONGEST} s")
                continue
            print(
                f"  {way.name:34}{size:10,}{cost.quickest:10.2f}{cost.quickest / limit.quickest:7.2f}x"
                f"{cost.median:10.2f}{cost.median / limit.median:7.2f}x"
                f"{cost.worked:10.2f}{cost.worked / limit.worked:7.2f}x{cost.rounds:8}",
                flush=True,
            )
            worked[question.title, size, way] = cost.worked, cost.quickest
    for size in sizes[1:]:
        _growth(
            {q.title: [worked[q.title, s, BOTH_LOCKS] for s in (sizes[0], size)] for q in QUESTIONS}, sizes[0], size
        )
    _forgotten(sizes, connections)
    connections.forget()


def _take_turns(asks: dict[Key, Any], timed: dict[Key, Cost], connections: Connections) -> None:
    """Every size and way once a round, at one establishment after another. One that has used up its time sits out."""
    places = {size: scenes(size) for size, _ in asks}
    spent = dict.fromkeys(asks, 0.0)
    for size, way in asks:  # so that each connection has its catalogue and plans ready
        spent[size, way] = _ask_once(connections, size, way, partial(asks[size, way], places[size][0]))
    for number in range(ROUNDS):
        for size, way in asks:
            if spent[size, way] > LONGEST or (number >= FEWEST and spent[size, way] > SECONDS):
                continue
            ask = partial(asks[size, way], places[size][number % len(places[size])])
            spent[size, way] += _ask_once(connections, size, way, partial(timed[size, way].run, ask))


def _ask_once(connections: Connections, size: int, way: Way, ask: Callable[[], object]) -> float:
    """The seconds that it took. If a statement is stopped for taking too long, its way has used up all its time."""
    began = time.perf_counter()
    try:
        with connections.of(size, way):
            ask()
    except OperationalError:
        return math.inf
    return time.perf_counter() - began


def _growth(taken: dict[str, list[tuple[float, float]]], small: int, large: int) -> None:
    print(f"\nBoth locks, {small:,} to {large:,} pupils, worked and quickest (goal {GOAL_GROWTH}x):")
    for title, (before, after) in taken.items():
        print(f"  {title:34}{after[0] / before[0]:7.2f}x{after[1] / before[1]:7.2f}x")


def _forgotten(sizes: list[int], connections: Connections) -> None:
    print(f"\nThe forgotten filter: count and fifty of the whole table (goal {GOAL_FORGOTTEN}x, no sequential scan).")
    one = QUESTIONS[0]
    for size in sizes:
        asks = {
            (size, UNGUARDED): one.unguarded,
            (size, BOTH_LOCKS): one.door,
            (size, FORGOTTEN): forgotten,
        }
        costs = {key: Cost() for key in asks}
        _take_turns(asks, costs, connections)
        limit, kept, forgot = costs.values()
        with connections.of(size, BOTH_LOCKS):
            scans = scans_of_the_forgotten(scenes(size)[0])
        print(
            f"{size:10,} pupils: {forgot.quickest:.2f} ms, {forgot.quickest / limit.quickest:.2f}x the unguarded and "
            f"{forgot.quickest / kept.quickest:.2f}x both locks with the filter; "
            f"worked {forgot.worked / limit.worked:.2f}x and {forgot.worked / kept.worked:.2f}x; "
            f"sequential scans: {'; '.join(scans) or 'none'}",
            flush=True,
        )


def cold(sizes: list[int]) -> None:
    """Each question once, as the first thing after a restart, with the files dropped from the system's cache."""
    print(f"\nCold, in SQL: median in ms of {COLD_ROUNDS} first questions after a restart with the files let go.")
    ways = [way for way in WAYS if way is not WITH_LEDGER]
    print(f"{'':36}{'pupils':>10}  " + "".join(f"{way.name:>18}" for way in ways))
    for question in QUESTIONS:
        for size in sizes:
            medians = [median(_first(question, size, way, n) for n in range(COLD_ROUNDS)) for way in ways]
            cells = "".join(f"{taken:11.1f}{taken / medians[0]:6.2f}x" for taken in medians)
            print(f"{question.title:36}{size:10,}  {cells}", flush=True)


def _first(question: Any, size: int, way: Way, number: int) -> float:
    cluster.grow_cold()
    connections, cost = Connections(), Cost()
    with connections.of(size, way):
        cost.run(lambda: way.ask(question, scenes(size)[number]))
    connections.forget()
    return cost.median

"""One round: a scenario is under way, something is killed at a random moment, and all that must be true is checked."""

import multiprocessing
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from access_register import grants
from sharing.ledger import proof
from tests.faults.acting import PROCESS, TARGETS, Strike, act
from tests.faults.scenarios import SCENARIOS, Facts, Scenario
from tests.faults.server import PATIENCE, Server
from tests.people import as_batch

LONGEST_DELAY = 0.004  # seconds: as long as a statement and its commit take
# Tables whose rows come and go and are nobody's data: sign-in, and when jobs last ran.
NOISE = ("django_session", "portal_cache", "sharing_servicerun", "sharing_portalsetting")
# A state that a worker enters beforehand, so that it is seen, counts as the one it came from.
UNDER_WAY = {"checking": "uploaded", "applying": "to_apply", "making": "waiting"}
_TABLES = """
    SELECT format('%%I.%%I', nspname, relname), CASE WHEN EXISTS (
        SELECT FROM pg_attribute WHERE attrelid = table_.oid AND attname = 'state' AND NOT attisdropped)
        THEN 'state::text' ELSE '''''' END
    FROM pg_class AS table_ JOIN pg_namespace AS place ON place.oid = relnamespace
    WHERE nspname IN ('public', 'portal_keys') AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> ALL (%s)
    ORDER BY 1
"""
Shape = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Known:
    """What an undisturbed run looks like.

    It has the shape of the store before the run and after each step, and the number of statements.
    """

    database: str
    facts: Facts
    shapes: tuple[Shape, ...]
    statements: int


@dataclass(frozen=True)
class Round:
    """What was killed, and how far things had come. `told`: steps acknowledged; `kept`: steps in the store."""

    number: int
    scenario: str
    target: str
    by: str
    statement: int
    told: int
    kept: int
    of: int
    faults: tuple[str, ...]


def shape() -> Shape:
    """(table, state or nothing) -> number of rows, for every table there is."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")  # the superuser, from whom row-level security hides nothing
        cursor.execute(_TABLES, [list(NOISE)])
        each = [f"SELECT '{table}', {column}, count(*) FROM {table} GROUP BY 2" for table, column in cursor.fetchall()]
        cursor.execute(" UNION ALL ".join(each))
        found: Shape = Counter()
        for table, state, rows in cursor.fetchall():
            found[table, UNDER_WAY.get(state, state)] += rows
    connection.close()
    return +found


@dataclass
class Rounds:
    """A server filled from `template`, and what is known about each scenario so far."""

    server: Server
    template: str
    known: dict[str, Known] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.processes = multiprocessing.get_context("forkserver")
        self.processes.set_forkserver_preload(["tests.faults.acting"])

    def of(self, scenario: Scenario) -> Known:
        """What is known about the scenario: it is prepared, and run once without a fault."""
        if scenario.name not in self.known:
            database = f"ready_{scenario.name}"
            self.server.copy(self.template, database)
            facts = scenario.prepare()
            connection.close()
            self.server.copy(database, "now")
            shapes, statements = [shape()], 0
            for number in range(len(scenario.steps)):
                ((_, _, seen),) = self.acts(scenario, facts, None, first=number, last=number)
                shapes.append(shape())
                statements += seen
            faults = broken(scenario, facts)
            assert not faults, faults
            self.known[scenario.name] = Known(database, facts, tuple(shapes), statements)
        return self.known[scenario.name]

    def acts(
        self, scenario: Scenario, facts: Facts, strike: Strike | None, first: int = 0, last: int | None = None
    ) -> list[tuple[Any, ...]]:
        """Do the steps in a process of their own, and return what it reported before it ended or was killed."""
        connection.close()
        ours, theirs = self.processes.Pipe(duplex=False)
        given = (theirs, str(self.server.home), "now", scenario.name, facts, strike, self.server.pid, first, last)
        process = self.processes.Process(target=act, args=given)
        process.start()
        theirs.close()
        told = []
        try:
            while ours.poll(PATIENCE):
                told.append(ours.recv())
        except EOFError:
            pass
        ours.close()
        process.join(PATIENCE)
        assert process.exitcode is not None, "it neither ends nor is killed"
        process.close()
        return told

    def round(self, number: int, seed: int, scenario: Scenario | None = None) -> Round:
        chance = random.Random(f"{seed} {number}")
        scenario = scenario or chance.choice(list(SCENARIOS.values()))
        known = self.of(scenario)
        target = chance.choice(TARGETS)
        strike = Strike(target, chance.randint(1, known.statements), chance.uniform(0, LONGEST_DELAY))
        self.server.copy(known.database, "now")
        told = self.acts(scenario, known.facts, strike)
        self.server.is_back()
        self.nobody_works()
        acknowledged = sum(word == "done" for word, *_ in told)
        found = shape()
        kept, faults = settle(scenario, known, found, acknowledged)
        faults += broken(scenario, known.facts)
        for step in scenario.steps[kept:]:
            step.do(known.facts)
        faults += broken(scenario, known.facts)
        after = shape()
        if after != known.shapes[-1]:
            faults.append(f"gone on with, it ends otherwise: {difference(after, known.shapes[-1])}")
        by = scenario.steps[min(acknowledged, len(scenario.steps) - 1)].by if target == PROCESS else ""
        return Round(
            number, scenario.name, target, by, strike.statement, acknowledged, kept, len(scenario.steps), tuple(faults)
        )

    def nobody_works(self) -> None:
        """Wait until PostgreSQL knows that the process is gone. After a killed session it restarts all others."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT FROM pg_stat_activity WHERE datname = 'now' AND backend_type = 'client backend' "
                        "AND pid <> pg_backend_pid()"
                    )
                    if not cursor.rowcount:
                        return
            except (InterfaceError, OperationalError):
                connection.close()
            assert time.monotonic() < until, "a session of the dead goes on"
            time.sleep(0.02)


def settle(scenario: Scenario, known: Known, found: Shape, acknowledged: int) -> tuple[int, list[str]]:
    """How many steps are in the store: those acknowledged, and at most the one under way; and what is wrong."""
    possible = range(acknowledged, min(acknowledged + 1, len(scenario.steps)) + 1)
    for steps in possible:
        if found == known.shapes[steps]:
            return steps, []
    if acknowledged < len(scenario.steps) and scenario.steps[acknowledged].in_parts:
        return acknowledged, []  # each part is whole, as the scenario's own check says
    return acknowledged, [f"half done: {difference(found, known.shapes[acknowledged])}"]


def difference(found: Shape, wanted: Shape) -> str:
    keys = sorted(found.keys() | wanted.keys())
    return ", ".join(f"{'/'.join(key)} {found[key]}, not {wanted[key]}" for key in keys if found[key] != wanted[key])


def broken(scenario: Scenario, facts: Facts) -> list[str]:
    """What is not true now: the scenario's own whole, the ledger's chain (R43), the permission table (R45)."""
    faults = []
    try:
        scenario.whole(facts)
    except AssertionError as problem:
        faults.append(f"half done: {problem}")
    with as_batch():
        found = proof.check()
        drift = grants.rebuild(timezone.localdate())
    faults += [fault.words for fault in found.faults]
    if drift != (0, 0):
        faults.append(f"the permission table had {drift[0]} rows too few and {drift[1]} too many")
    return faults

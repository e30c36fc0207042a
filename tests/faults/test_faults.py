"""A backup restored on an empty server, and kill -9 of the web application, the worker and PostgreSQL on it.

`python -m benchmarks.faults` does hundreds of rounds (docs/operators/faults.md).
"""

from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command

from sharing.retention.replaying import refuse_until_replayed
from sharing.rls import PROTECTED
from sharing.roles import BACKUP, BATCH, OWNER
from tests.faults.conftest import HEAD
from tests.faults.rounds import Known, Rounds, settle
from tests.faults.scenarios import HANDOVER, SCENARIOS
from tests.locks.switches import rows
from tests.people import person
from tests.sign_in.ways import code_now, give_password

SEED, MORE = 2026, 4
pytestmark = pytest.mark.xdist_group("faults")


def test_a_backup_put_back_on_an_empty_server(rounds: Rounds) -> None:
    """R13, R43, R45: the roles, both locks, the ledger, the permission table, and signing in with a second factor."""
    roles = dict(rows("SELECT rolname, rolbypassrls FROM pg_roles WHERE rolname LIKE 'portal%%' AND NOT rolsuper"))
    assert roles == {OWNER: False, "portal_app": False, BATCH: False, BACKUP: True}
    locked = rows("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
    assert {rule.table for rule in PROTECTED} <= {table for (table,) in locked}
    assert rows("SELECT count(*) FROM sharing_pupil") == [(0,)]  # nobody asks
    refuse_until_replayed()
    for command in ("verify_ledger", "check_permissions"):
        call_command(command, stdout=StringIO())
    browser = give_password(person(HEAD))
    assert browser.get("/establishments/999002/pupils/").status_code == 302
    assert browser.post("/sign-in/code/", {"code": code_now()}).status_code == 302
    assert browser.get("/establishments/999002/pupils/").status_code == 200
    assert browser.get("/establishments/999003/pupils/").status_code == 404


@pytest.mark.parametrize("number", range(len(SCENARIOS) + MORE))
def test_killed_at_a_random_moment(number: int, rounds: Rounds) -> None:
    """R13, R14, R22, R35, R41, R43, R44: nothing is half done, nothing is lost that was said to be done, the ledger is
    whole, the permission table exact, and what was under way can be gone on with."""
    chosen = [*SCENARIOS.values(), *[None] * MORE][number]
    done = rounds.round(number, SEED, chosen)
    assert done.faults == (), done


def test_a_round_knows_what_is_half_done_and_what_is_lost() -> None:
    """The check itself notices a row without its ledger row, and an acknowledged step that is missing."""
    row, ledger = ("handover", ""), ("ledger", "")
    shapes = tuple(Counter({row: min(steps, 1), ledger: steps}) for steps in range(4))
    known = Known("", {}, shapes, 9)
    assert settle(HANDOVER, known, shapes[0], 0) == (0, [])
    assert settle(HANDOVER, known, shapes[1], 0) == (1, [])
    assert settle(HANDOVER, known, Counter({row: 1}), 0) == (0, ["half done: handover/ 1, not 0"])
    assert settle(HANDOVER, known, shapes[0], 1)[1] != []
    assert settle(HANDOVER, known, shapes[2], 0)[1] != []

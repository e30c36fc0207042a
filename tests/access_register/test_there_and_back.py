"""What is given and taken back, closed and opened again: afterwards everybody sees what they saw before."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from access_register import grants
from access_register.casework import orders
from access_register.levels import Level
from access_register.models import Breach, BreachParty, Person, ProtocolVersion, RegisterLine
from access_register.officers import officers
from access_register.participation import participation
from access_register.register import register
from access_register.register.register import Entry
from sharing import children, door
from sharing.authorise import Permission, visit
from sharing.models import Establishment
from tests.access_register import casework, duties
from tests.people import EDUNET, SCHOOLS_ONLINE, accepts, as_batch, as_owner, asker, person
from tests.sharing import closings, moves

pytestmark = pytest.mark.django_db
BECKSIDE = 999002
HEAD, RECEIVER, MANAGER, FIONA = "head-beckside", "head-ravensgill", "officer-information", "officer-no-duty"
WATCHED = {
    **dict.fromkeys((HEAD, "teacher-beckside", "assistant-beckside", "governor-beckside"), SCHOOLS_ONLINE),
    **dict.fromkeys((RECEIVER, "teacher-ravensgill"), SCHOOLS_ONLINE),
    **dict.fromkeys((MANAGER, FIONA, "officer-school-improvement", "officer-admissions"), EDUNET),
}
# Where the steps themselves are kept, for those who may read of them. Everything else is as it was.
STEPS = {
    "access_register_breachparty",
    "access_register_duty",
    "access_register_duty_establishments",
    "access_register_lineevent",
    "access_register_namedchild",
    "access_register_order",
    "access_register_participationstep",
    "access_register_registerline",
    "access_register_sanction",
    "sharing_closing",
    "sharing_ledgerentry",
    "sharing_namedchild",
    "sharing_transfer",
}
# A changed line has new rows: their numbers are others, and their reason may name the change.
OF_THE_STEP = {"sharing_establishmentpermission": {"id", "source", "reason"}}
READABLE = """
    SELECT relname, array_agg(attname::text) FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relrowsecurity AND NOT relispartition AND attnum > 0 AND has_column_privilege(attrelid, attnum, 'SELECT')
    GROUP BY relname
"""
Steps = Iterator[None]
"""Halts when all is ready, when it is given, and when it is taken back."""


def seen() -> dict[tuple[str, str], object]:
    """What each of them may read in the tables with a row lock, by that lock alone: how many rows, and a digest."""
    found = {}
    for slug, through in WATCHED.items():
        by = asker(slug, through)
        with visit(by, Permission.VIEW_ESTABLISHMENT, action="test") as here, connection.cursor() as cursor:
            here.showed()
            cursor.execute(READABLE)
            for table, columns in cursor.fetchall():
                if table not in STEPS:
                    read = ", ".join(f'"{name}"' for name in columns if name not in OF_THE_STEP.get(table, ()))
                    rows = f"SELECT {read} FROM {table}"
                    cursor.execute(f"SELECT count(*), sum(hashtextextended(t::text, 0)) FROM ({rows}) AS t")
                    found[slug, table] = cursor.fetchone()
    return found


def line(slug: str) -> int:
    with as_batch():
        return RegisterLine.objects.get(person=person(slug), establishment__urn=BECKSIDE, withdrawn_at=None).pk


def set_level(slug: str, level: Level) -> None:
    entry = Entry(level, "teacher", "heads_reason", "Takes a class", confirmed=True)
    register.change_access(asker(HEAD), BECKSIDE, line(slug), entry=entry)


def given_and_withdrawn(level: Level) -> Steps:
    yield
    known, entry = person("teacher-ravensgill"), Entry(level, "teacher", "heads_reason", "Covers", confirmed=True)
    given = register.give_access(asker(HEAD), BECKSIDE, name=known.name, email=known.email, entry=entry)
    yield
    register.withdraw_access(asker(HEAD), BECKSIDE, given.line_id, because="")


def changed(slug: str, there: Level, back: Level) -> Steps:
    set_level(slug, back)  # as the line is, but with the same reason
    yield
    set_level(slug, there)
    yield
    set_level(slug, back)


def narrowed_and_whole_again() -> Steps:
    narrow = partial(register.narrow_access, asker(HEAD), BECKSIDE, line("teacher-beckside"))
    yield
    narrow(year_groups=["1"], withheld=["sen"])
    yield
    narrow(year_groups=[], withheld=[])


def suspended_and_resumed() -> Steps:
    yield
    register.suspend_access(asker(HEAD), BECKSIDE, line("assistant-beckside"), because="")
    yield
    register.resume_access(asker(HEAD), BECKSIDE, line("assistant-beckside"))


def a_duty_that_ended() -> Steps:
    yield
    duty = duties.give()
    yield
    officers.end_duty(asker(MANAGER, EDUNET), duties.appointment(FIONA).pk, duty.pk)


def a_child_named_and_not_any_more() -> Steps:
    made = casework.child()
    yield
    duty = casework.give(made)
    yield
    officers.end_duty(asker(MANAGER, EDUNET), casework.appointment(), duty)


def an_override_that_ended() -> Steps:
    made = casework.child()
    yield
    number = casework.order(made)
    orders.authorise_order(asker(casework.AUTHORISER, EDUNET), number)
    yield
    orders.end_order(asker(MANAGER, EDUNET), number)


def a_child_closed_and_opened() -> Steps:
    made = closings.child()
    yield
    closing = closings.close(made)
    yield
    door.end_closing(asker(MANAGER, EDUNET), closing.pk)


def a_transfer_taken_back() -> Steps:
    made = moves.on_roll()
    yield
    transfer = moves.agreed(made)
    yield
    door.cancel_transfer(asker(HEAD), BECKSIDE, transfer.pk)


def two_children_joined_and_taken_apart() -> Steps:
    one, other = moves.on_roll(), casework.child(moves.RAVENSGILL)
    yield
    with as_batch():
        done = children.merge(one.child_id, other.child_id, because="One child.", by_name="x")
    yield
    with as_batch():
        children.undo(done.pk, by_name="x")


def left_the_protocol_and_came_back() -> Steps:
    yield
    participation.leave_protocol(asker(HEAD), BECKSIDE)
    yield
    with as_batch():
        version = ProtocolVersion.objects.in_force_on(timezone.localdate())[0].pk
    participation.join_protocol(asker(HEAD), BECKSIDE, version_id=version)
    for somebody in Person.objects.exclude(protocol_accepted_until=None):
        accepts(somebody)


def suspended_by_a_panel_and_acquitted() -> Steps:
    place = Establishment.objects.get(urn=BECKSIDE)
    with as_owner():
        case = Breach.objects.create(children="1", happened="x", whom="x", aware_at=timezone.now())
        BreachParty.objects.create(breach=case, name="x", establishment=place)
    yield
    for measure, weeks in (("suspend_establishment", 4), ("none", 0)):
        enacted = [case.pk, measure, weeks, timezone.localdate()]
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SELECT access_register_enact(%s, %s, %s, %s)", enacted)
        yield


THERE_AND_BACK: dict[str, Callable[[], Steps]] = {
    "Level 2 given and withdrawn": partial(given_and_withdrawn, Level.TWO),
    "Level 3 given and withdrawn": partial(given_and_withdrawn, Level.THREE),
    "a level raised and lowered": partial(changed, "governor-beckside", Level.TWO, back=Level.THREE),
    "a narrowed line lowered and raised": partial(changed, "assistant-beckside", Level.THREE, back=Level.TWO),
    "a line narrowed": narrowed_and_whole_again,
    "a line suspended": suspended_and_resumed,
    "a duty": a_duty_that_ended,
    "a child named for casework": a_child_named_and_not_any_more,
    "an override": an_override_that_ended,
    "a child closed": a_child_closed_and_opened,
    "a transfer taken back": a_transfer_taken_back,
    "two children joined": two_children_joined_and_taken_apart,
    "the protocol left": left_the_protocol_and_came_back,
    "a school suspended": suspended_by_a_panel_and_acquitted,
}


@pytest.mark.parametrize("name", THERE_AND_BACK)
def test_everybody_sees_what_they_saw_before(name: str) -> None:
    """R8, R9, R16, R18, R35, R44: in every table with a row lock, except those that keep the steps themselves."""
    steps = THERE_AND_BACK[name]()
    next(steps)
    before = seen()
    next(steps)
    assert seen() != before
    next(steps, None)
    assert seen() == before
    with as_batch():
        assert grants.drift(timezone.localdate()) == (set(), set())

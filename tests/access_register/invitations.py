"""People invited, for the tests of invitations."""

import re

from django.core import mail

from access_register.models import Invitation, LineEvent, Person, RegisterLine
from access_register.register import register
from access_register.register.register import Entry
from sharing.authorise import Asker, Through
from sharing.models import EstablishmentPermission
from tests.locks.switches import rows
from tests.people import as_batch, asker, person

BECKSIDE, RAVENSGILL = 999002, 999003
HEAD, NAMED, TEACHER = "head-beckside", "deputy-beckside", "teacher-beckside"
NEW, PASSWORD = "nadia.new@beckside.example", "otter lantern seventeen"


def invite(email: str = NEW, by: str = HEAD, urn: int = BECKSIDE, **entry: object) -> str:
    """Invite somebody, and answer the token of the link in the email."""
    register.give_access(asker(by), urn, name="Nadia New", email=email, entry=Entry(**({"confirmed": True} | entry)))
    return token_in(mail.outbox[-1].body)


def token_in(body: str) -> str:
    found = re.search(r"/invitation/([\w-]+)/", body)
    assert found, body
    return found[1]


def line_of(email: str = NEW, urn: int = BECKSIDE) -> RegisterLine:
    with as_batch():
        return RegisterLine.objects.select_related("person", "invitation").filter(
            person__email=email, establishment__urn=urn
        ).latest("pk")  # fmt: skip


def as_themselves(email: str = NEW) -> Asker:
    somebody = Person.objects.get(email=email)
    return Asker(somebody.pk, somebody.name, Through.SCHOOLS_ONLINE)


def free_a_seat() -> None:
    with as_batch():
        line = RegisterLine.objects.get(person=person("business-manager-beckside"), withdrawn_at=None)
    register.withdraw_access(asker(HEAD), BECKSIDE, line.pk, because="")


def change(email: str = NEW, **facts: object) -> None:
    with as_batch():
        Invitation.objects.filter(line__person__email=email).update(**facts)


def everything() -> dict[str, set[str]]:
    """Every row that acceptance could reach. When a line was last used is no change of it."""
    with as_batch():
        return {
            model.__name__: {
                str([(name, value) for name, value in row.items() if name != "last_used_on"])
                for row in model.objects.values()
            }
            for model in (Person, RegisterLine, EstablishmentPermission, Invitation, LineEvent)
        }


def tables_with(words: str) -> set[str]:
    """The tables of which some row holds the words, found by looking at every row of every table."""
    with as_batch():
        tables = rows(
            "SELECT oid::regclass FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relkind IN ('r', 'p') AND NOT relispartition"
        )
        holds = f"AS one WHERE position('{words}' IN one::text) > 0"
        return {table for (table,) in tables if rows(f"SELECT 1 FROM {table} {holds} LIMIT 1")}


def changed_since(before: dict[str, set]) -> dict[str, int]:
    return {name: len(rows - before[name]) for name, rows in everything().items() if rows != before[name]}

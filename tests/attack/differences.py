"""Takes away what a person may not see, and compares every page before and after (R2, R6, R9, R18, R33, R35).

Pages are compared to the letter, and none is examined by itself. Rows that somebody may not see exist on the first walk
and are gone on the second: a total, a list of choices, an order, an error, a header or a number in an address that
reveals them is a difference.
"""

import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction
from django.http import HttpResponse

from tests.attack import world
from tests.attack.addresses import Address, every_address
from tests.attack.forms import everything
from tests.people import client

BECKSIDE, RAVENSGILL = world.BECKSIDE, world.RAVENSGILL
# One's own account, and pages that every request makes anew.
NOT_WALKED = re.compile(
    r"(account|mfa|openid|socialaccount)_|(sign_out_everywhere|stay_signed_in|demo_sign_in|health|same_data)$"
)
CHANGING = re.compile(r'name="(?:csrfmiddlewaretoken|form_key)" value="[^"]+"|data-limit="[\d.]+"|\d\d:\d\d(:\d\d)?')
CHANGING_HEADERS = {"Expires", "Set-Cookie"}
# Facts of an establishment that are nobody's secret; and the tables by which the database decides who may see what.
OPEN = {
    "sharing_establishment", "sharing_establishmentlink", "sharing_localitymembership", "sharing_participation",
    "sharing_figure", "sharing_statisticscell", "sharing_establishmentpermission",
}  # fmt: skip


@dataclass(frozen=True)
class Hidden:
    """All rows of an establishment, except in the tables `shown`. `only`: table -> a condition on its rows."""

    urn: int
    shown: Collection[str] = ()
    only: Mapping[str, str] = field(default_factory=dict)

    def take_away(self) -> dict[str, int]:
        """Delete the rows, and return how many went from each table."""
        tables = _tables_with("establishment_id") - OPEN - set(self.shown)
        here = f"establishment_id = {place(self.urn)}"
        return take_away({table: f"{here} AND {self.only.get(table, 'true')}" for table in sorted(tables)})


def take_away(conditions: Mapping[str, str]) -> dict[str, int]:
    """Delete each table's rows that meet its condition, and return how many went. Triggers are off, so that figures
    which are out stay as they are.
    """
    gone = {}
    with world.as_nobody_in_particular(), connection.cursor() as cursor:
        for table, condition in conditions.items():
            cursor.execute(f'DELETE FROM "{table}" WHERE {condition}')
            gone[table] = cursor.rowcount
    return gone


def place(urn: int) -> str:
    """SQL for the key of the establishment."""
    return f"(SELECT id FROM sharing_establishment WHERE urn = {urn})"


def take_away_child(child: UUID) -> None:
    """Delete everything that belongs to a child, at every establishment, and the child's closings."""
    records = f"(SELECT id FROM sharing_pupil WHERE child_id = '{child}')"
    conditions = dict.fromkeys(_tables_with("pupil_id"), f"pupil_id IN {records}")
    conditions["sharing_transfer"] += f" OR leaving_id IN {records}"
    of_the_child = _tables_with("child_id") - {"sharing_pupil"}
    take_away(conditions | dict.fromkeys((*of_the_child, "sharing_pupil"), f"child_id = '{child}'"))


def _tables_with(column: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid "
            "WHERE attname = %s AND relkind = 'r' AND relnamespace = 'public'::regnamespace",
            [column],
        )
        return {name for (name,) in cursor.fetchall()}


def pages(slug: str, site: str, numbers: Mapping[int, dict[str, object]]) -> dict[str, str]:
    """Address -> the whole answer to this person, without what always differs. Each is asked in a fresh state.

    An address that only takes a form is sent one.
    """
    seen: dict[str, str] = {}
    form = everything("Words")
    with transaction.atomic():
        browser = client(slug, site)
        browser.raise_request_exception = False
        for path in _paths(every_address(site), numbers):
            if path not in seen:
                with transaction.atomic():
                    answer = browser.get(path)
                    seen[path] = _whole(answer if answer.status_code != 405 else browser.post(path, form))
                    transaction.set_rollback(True)
        transaction.set_rollback(True)
    return seen


def _paths(addresses: Collection[Address], numbers: Mapping[int, dict[str, object]]) -> Iterator[str]:
    for address in addresses:
        if not NOT_WALKED.match(address.name):
            yield from (address.path(rows, urn) for urn, rows in numbers.items())


def _whole(answer: HttpResponse) -> str:
    heads = [f"{name}: {value}" for name, value in sorted(answer.headers.items()) if name not in CHANGING_HEADERS]
    return CHANGING.sub("", "\n".join([str(answer.status_code), *heads, _text(answer.content)]))


def _text(content: bytes) -> str:
    """The text of an answer; for a workbook, of every part of it, including hidden sheets and properties."""
    if not content.startswith(b"PK"):
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(f"{name}\n{archive.read(name).decode(errors='replace')}" for name in archive.namelist())


def differing(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[str]]:
    """Address -> a few of the lines that are in only one of the two answers."""
    return {
        path: sorted(set(text.splitlines()) ^ set(after[path].splitlines()))[:4]
        for path, text in before.items()
        if after[path] != text
    }

"""What a person may not see, taken away; and every page before and after, to the letter (R2, R6, R9, R18, R33, R35).

Nothing is asked about a page here. Rows that somebody may not see are there at the first walk and gone at the second: a
total, a choice of a list, an order, an error, a header or a number in an address that tells of them is a difference.
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
# One's own account, and what another request makes anew.
NOT_WALKED = re.compile(
    r"(account|mfa|openid|socialaccount)_|(sign_out_everywhere|stay_signed_in|demo_sign_in|health|same_data)$"
)
CHANGING = re.compile(r'name="(?:csrfmiddlewaretoken|form_key)" value="[^"]+"|data-limit="[\d.]+"|\d\d:\d\d(:\d\d)?')
CHANGING_HEADERS = {"Expires", "Set-Cookie"}
# Of an establishment, and nobody's secret; and what the database itself asks who may see what.
OPEN = {
    "sharing_establishment", "sharing_establishmentlink", "sharing_localitymembership", "sharing_participation",
    "sharing_figure", "sharing_statisticscell", "sharing_establishmentpermission",
}  # fmt: skip


@dataclass(frozen=True)
class Hidden:
    """All rows of an establishment, save of the tables `shown`. `only`: table -> which of its rows, as a condition."""

    urn: int
    shown: Collection[str] = ()
    only: Mapping[str, str] = field(default_factory=dict)

    def take_away(self) -> dict[str, int]:
        """Table -> how many rows went."""
        tables = _tables_with("establishment_id") - OPEN - set(self.shown)
        here = f"establishment_id = {place(self.urn)}"
        return take_away({table: f"{here} AND {self.only.get(table, 'true')}" for table in sorted(tables)})


def take_away(conditions: Mapping[str, str]) -> dict[str, int]:
    """Table -> how many rows of its condition went. Without triggers: the figures that are out stay as they are."""
    gone = {}
    with world.as_nobody_in_particular(), connection.cursor() as cursor:
        for table, condition in conditions.items():
            cursor.execute(f'DELETE FROM "{table}" WHERE {condition}')
            gone[table] = cursor.rowcount
    return gone


def place(urn: int) -> str:
    """The key of the establishment, as SQL."""
    return f"(SELECT id FROM sharing_establishment WHERE urn = {urn})"


def take_away_child(child: UUID) -> None:
    """All that hangs on a child, at every establishment, and the child's closings."""
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
    """Address -> the whole answer to this person, without what differs by itself. Each in a state of its own.

    An address that takes a form and nothing else is sent one.
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
    """Of a workbook, every part of it: hidden sheets and properties too."""
    if not content.startswith(b"PK"):
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(f"{name}\n{archive.read(name).decode(errors='replace')}" for name in archive.namelist())


def differing(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[str]]:
    """Address -> a few of the lines that are not in both answers."""
    return {
        path: sorted(set(text.splitlines()) ^ set(after[path].splitlines()))[:4]
        for path, text in before.items()
        if after[path] != text
    }

"""The search for children: it must not find those of another place, another day, or other year groups (R5, R35)."""

from django.db import Error, transaction

from tests.locks.switches import rows
from tests.locks.trying import Trying

FIND_ALL = "SELECT pupil_id FROM portal_find_pupils('a', NULL, NULL, 1, 100000)"
FIND_BORN = "SELECT pupil_id FROM unnest(%s) AS day, LATERAL portal_find_pupils('', NULL, day, 1, 100000)"
FIND_NUMBERED = "SELECT pupil_id FROM unnest(%s) AS key, LATERAL portal_find_pupils('', key, NULL, 1, 100000)"
FIND_ALIKE = "SELECT pupil_id FROM unnest(%s) AS name, LATERAL portal_find_alike(name, NULL, 1, 100000)"
FIND_GONE = "SELECT 1 FROM portal_find_pupils('gone', NULL, NULL, 1, 1)"


def holes_in_search(who: Trying) -> None:
    who.attempt("search of another day", lambda: rows(FIND_GONE))
    keys, birthdays, names = map(list, zip(*who.there.wanted, strict=True))
    _look_at(who, "name", _found(FIND_ALL))
    _look_at(who, "birthday", _found(FIND_BORN, birthdays))
    _look_at(who, "number", _found(FIND_NUMBERED, keys))
    _look_at(who, "sound", _found(FIND_ALIKE, names))


def _look_at(who: Trying, how: str, found: set[int]) -> None:
    there, attempt = who.there, who.attempt
    attempt(f"search by {how} elsewhere", lambda: {there.place_of[pupil] for pupil in found} - who.pupils)
    attempt(f"search by {how} of another day", lambda: found & set(there.gone))
    if who.is_narrowed:
        attempt(f"search by {how} of other year groups", lambda: found & set(there.older))


def _found(sql: str, *params: object) -> set[int]:
    """The pupils found; none if the query is refused."""
    try:
        with transaction.atomic():
            return {number for (number,) in rows(sql, *params)}
    except Error:
        return set()

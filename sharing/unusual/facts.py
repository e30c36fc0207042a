"""What happened on a day, from the ledger, for the rules of unusual patterns (R43). Needs portal_batch.

The ledger has no index of times, which would slow down every page. Each month of it is a partition, so the first row of
a day is searched for from that month on in the key, which includes the time.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from sharing.days import midnight
from sharing.models import LedgerEntry
from sharing.unusual.rules import Look, Reader

FILES: Final = ("collect_download", "make_leaver_file", "make_transfer_file", "print_records")
LOOKED: Final = ("show_pupil", *FILES)
# Being asked for a second factor or a fresh confirmation is not a refusal; nor is being told why figures are stopped.
QUESTIONS: Final = ("NeedsSecondFactor", "NeedsConfirmation", "StatisticsStopped")
READ_AT_A_TIME: Final = 5_000


@dataclass(frozen=True, order=True)
class Place:
    """One person at one establishment, through one site. `urn` is 0 for several establishments, or none."""

    person_id: int
    urn: int
    through: str


@dataclass(frozen=True)
class Who:
    """The name as it was in the ledger, and what the register says about the person there on that day."""

    name: str
    reader: Reader
    is_head: bool


def first_row_from(instant: datetime) -> int:
    """The id of the first row at that time or later; one more than the last id where there is none."""
    first = LedgerEntry.objects.filter(at__gte=instant).order_by("pk").values_list("pk", flat=True).first()
    return first or (LedgerEntry.objects.aggregate(last=Max("pk"))["last"] or 0) + 1


_LOOKS = """
    SELECT person_id, urn, through, person_name, at, action = ANY (%(files)s),
           CASE WHEN action = 'show_pupil' THEN coalesce(about -> 'pupils' ->> 0, '') ELSE '' END
    FROM sharing_ledgerentry
    WHERE id >= %(first)s AND id < %(past)s AND at >= %(since)s AND at < %(until)s AND action = ANY (%(looked)s)
      AND outcome <> 'refused' AND person_id IS NOT NULL AND urn IS NOT NULL
      AND NOT about @> '{"given": false}' -- a file that was there no more
      AND (%(people)s::bigint[] IS NULL OR person_id = ANY (%(people)s))
    ORDER BY id
"""


def looks_between(
    since: datetime, until: datetime, people: Iterable[int] | None = None
) -> tuple[dict[Place, list[Look]], dict[int, str]]:
    """Each person's looks at each establishment, in order of time, and what the people are called."""
    names: dict[int, str] = {}
    found: dict[Place, list[Look]] = defaultdict(list)
    limits: dict[str, Any] = {
        "first": first_row_from(since), "past": first_row_from(until), "since": since, "until": until,
        "files": list(FILES), "looked": list(LOOKED), "people": None if people is None else list(people),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_LOOKS, limits)
        while rows := cursor.fetchmany(READ_AT_A_TIME):
            for person, urn, through, name, at, is_file, child in rows:
                found[Place(person, urn, through)].append(Look(timezone.localtime(at), child, is_file))
                names[person] = name
    return dict(found), names


_REGISTER = """
    SELECT line.person_id, place.urn, line.role, line.seat IS NOT DISTINCT FROM 0,
           CASE WHEN NOT EXISTS (
               SELECT FROM access_register_registerline AS other
               WHERE other.person_id = line.person_id AND other.establishment_id = line.establishment_id
                 AND other.id <> line.id AND other.withdrawn_at IS NULL AND other.starts_on <= last.day + 1
                 AND (other.ends_on IS NULL OR other.ends_on > last.day)) THEN last.day END
    FROM access_register_registerline AS line
    JOIN sharing_establishment AS place ON place.id = line.establishment_id
    CROSS JOIN LATERAL (SELECT least(line.ends_on, timezone(%(zone)s, line.withdrawn_at)::date) AS day) AS last
    WHERE line.person_id = ANY (%(people)s) AND line.starts_on <= %(day)s
      AND (line.ends_on IS NULL OR line.ends_on >= %(day)s)
      AND (line.withdrawn_at IS NULL OR timezone(%(zone)s, line.withdrawn_at)::date >= %(day)s)
    ORDER BY line.withdrawn_at
"""


def who_they_are(places: Iterable[Place], names: Mapping[int, str], day: date) -> dict[Place, Who]:
    """Who they were in the register of that day. If a line was withdrawn later, that counts as its last day. Somebody
    whose other line there goes on from the next day has no last day, such as a deputy who becomes head."""
    places = list(places)
    lines = {
        (person, urn): (role, is_head, last_day)
        for person, urn, role, is_head, last_day in _rows(
            _REGISTER, people=list({place.person_id for place in places}), day=day, zone=settings.TIME_ZONE
        )
    }
    found = {}
    for place in places:
        role, is_head, last_day = lines.get((place.person_id, place.urn), ("other", False, None))
        if place.through == "edunet":
            role, is_head, last_day = "officer", False, None
        found[place] = Who(names.get(place.person_id, ""), Reader(role, last_day), is_head)
    return found


# Compared in SQL, so that no child's name leaves the database. Nothing is said about a closed child, not even this.
_SURNAMES = r"""
    SELECT look.person_id, look.urn, look.through, count(DISTINCT pupil.id)
    FROM unnest(%(people)s::bigint[], %(urns)s::bigint[], %(sites)s::text[], %(children)s::uuid[])
         AS look (person_id, urn, through, child)
    JOIN access_register_person AS person ON person.id = look.person_id
    JOIN sharing_pupil AS pupil ON pupil.id = look.child
     AND sharing_plain(pupil.surname) = sharing_plain(regexp_replace(trim(person.name), '^.*\s', ''))
    WHERE pupil.id <> ALL (ARRAY(SELECT portal_closed())) AND (SELECT count(*) FROM sharing_pupil AS other
           WHERE other.establishment_id = pupil.establishment_id AND other.visible @> %(day)s::date
             AND sharing_plain(other.surname) = sharing_plain(pupil.surname)) <= %(shared_by)s
    GROUP BY 1, 2, 3
"""


def same_surnames(looks: Mapping[Place, list[Look]], day: date) -> dict[Place, int]:
    """How many children with the person's own surname they opened at each place, if only few there share that name."""
    opened = sorted({(at, look.child) for at, seen in looks.items() for look in seen if look.child})
    rows = _rows(
        _SURNAMES, people=[at.person_id for at, _ in opened], urns=[at.urn for at, _ in opened],
        sites=[at.through for at, _ in opened], children=[child for _, child in opened], day=day,
        shared_by=settings.UNUSUAL_SURNAME_SHARED_BY,
    )  # fmt: skip
    return {Place(person, urn, through): number for person, urn, through, number in rows}


_REFUSALS = """
    SELECT person_id, CASE WHEN min(urn) = max(urn) AND count(urn) = count(*) THEN min(urn) ELSE 0 END, through,
           min(person_name), count(*)
    FROM sharing_ledgerentry
    WHERE id >= %(first)s AND id < %(past)s AND at >= %(since)s AND at < %(until)s AND outcome = 'refused'
      AND person_id IS NOT NULL AND coalesce(about ->> 'why', '') <> ALL (%(questions)s)
    GROUP BY person_id, through HAVING count(*) > %(at_most)s
"""
# The same officer's other times in the seven days before count too. Two records of one child count as one time.
_GLASS = """
    SELECT opening.person_id, 0, 'edunet', min(opening.person_name), count(DISTINCT opening.starts_at)
    FROM sharing_opening AS opening
    WHERE opening.starts_at >= %(until)s - interval '7 days' AND opening.starts_at < %(until)s
    GROUP BY opening.person_id
    HAVING count(DISTINCT opening.starts_at) > %(at_most)s AND max(opening.starts_at) >= %(since)s
"""
# A last day may be recorded weeks late, so this starts from the children: who has left, and was looked at since?
_AFTER = """
    SELECT entry.person_id, entry.urn, entry.through, min(entry.person_name), count(DISTINCT pupil.id)
    FROM sharing_pupil AS pupil
    JOIN sharing_establishment AS place ON place.id = pupil.establishment_id
    JOIN sharing_ledgerentry AS entry ON entry.action = 'show_pupil' AND entry.outcome = 'shown'
     AND entry.about -> 'pupils' ->> 0 = pupil.id::text AND entry.urn = place.urn
    WHERE pupil.id <> ALL (ARRAY(SELECT portal_closed())) AND NOT pupil.visible @> %(day)s::date
      AND upper(pupil.visible) >= %(day)s::date - %(days)s
      AND entry.at >= %(until)s - make_interval(days => %(days)s) AND entry.at < %(until)s
      AND NOT pupil.visible @> timezone(%(zone)s, entry.at)::date AND entry.person_id IS NOT NULL
    GROUP BY 1, 2, 3 HAVING count(DISTINCT pupil.id) > %(at_most)s
"""
Counted = dict[Place, tuple[str, int]]


def refusals(day: date) -> Counted:
    """How often each person was refused, if more often than the rule lets pass; at no place unless all were at one."""
    since, until = midnight(day), midnight(day + timedelta(days=1))
    rows = _rows(
        _REFUSALS, first=first_row_from(since), past=first_row_from(until), since=since, until=until,
        questions=list(QUESTIONS), at_most=settings.UNUSUAL_REFUSALS,
    )  # fmt: skip
    return _counted(rows)


def broken_glasses(day: date) -> Counted:
    """Officers who broke the glass on the day, and within seven days more often than the rule lets pass."""
    since, until = midnight(day), midnight(day + timedelta(days=1))
    return _counted(_rows(_GLASS, since=since, until=until, at_most=settings.UNUSUAL_GLASS_A_WEEK))


def after_they_left(day: date) -> Counted:
    """People who opened records of children after their last day, in the days before."""
    rows = _rows(
        _AFTER, day=day, until=midnight(day + timedelta(days=1)), days=settings.UNUSUAL_PAST_DAYS,
        zone=settings.TIME_ZONE, at_most=settings.UNUSUAL_CHILDREN_WHO_LEFT,
    )  # fmt: skip
    return _counted(rows)


def withdrawn_on(day: date) -> list[int]:
    """The people whose lines were withdrawn that day."""
    statement = """SELECT DISTINCT person_id FROM access_register_registerline
        WHERE withdrawn_at >= %(since)s AND withdrawn_at < %(until)s"""
    rows = _rows(statement, since=midnight(day), until=midnight(day + timedelta(days=1)))
    return [person for (person,) in rows]


def _counted(rows: list[tuple[Any, ...]]) -> Counted:
    return {Place(person, urn, through): (name, number) for person, urn, through, name, number in rows}


def _rows(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())

"""The roll in a file compared with the roll here: who is missing, and whom a newer return has left out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sharing.days import day_in_words
from sharing.imports.problems import Problem, ProblemLog, named
from sharing.imports.staging import run
from sharing.imports.told import OF_A_RETURN

NOT_IN_THE_NEWER: Final = (
    "A newer return from this school, of {day}, does not include this pupil. The row is left out. If the pupil is on "
    "roll today, send a new return."
)
_FEWER, _FEW = 0.75, 5

# Pupils unknown here and on roll by an older file, although the school has a newer return: they left in between.
_LEAVE_OUT: Final = """
    WITH newest AS (
        SELECT establishment_id, max(as_of) AS day FROM sharing_pupil AS known
        WHERE establishment_id IN (SELECT establishment_id FROM told_record WHERE known_id IS NULL)
          AND as_of > %(as_of)s AND source ^@ %(of_a_return)s
        GROUP BY establishment_id)
    DELETE FROM told_record AS gone USING newest
    WHERE gone.establishment_id = newest.establishment_id AND gone.pupil_id IN (
        SELECT pupil_id FROM told_record AS told JOIN told_enrolment AS stay USING (n)
        WHERE told.known_id IS NULL AND coalesce(stay.ends_on, 'infinity') >= newest.day)
    RETURNING gone.row, newest.day
"""
_COUNT: Final = """
    WITH told AS (
        SELECT establishment_id, count(DISTINCT pupil_id) AS number
        FROM told_record LEFT JOIN told_enrolment AS stay USING (n)
        WHERE %(as_of)s BETWEEN stay.starts_on AND coalesce(stay.ends_on, 'infinity') GROUP BY establishment_id)
    SELECT pupil.establishment_id, count(*), coalesce(min(told.number), 0),
           count(*) FILTER (WHERE NOT EXISTS (SELECT FROM told_record WHERE told_record.pupil_id = pupil.id))
    FROM sharing_pupil AS pupil LEFT JOIN told USING (establishment_id)
    WHERE pupil.establishment_id = ANY(%(establishments)s)
      AND pupil.id IN (SELECT pupil_id FROM sharing_enrolment
                       WHERE establishment_id = ANY(%(establishments)s) AND cancelled_at IS NULL AND kind <> 'G'
                         AND %(as_of)s BETWEEN starts_on AND coalesce(ends_on, 'infinity'))
      AND pupil.establishment_id IN (SELECT establishment_id FROM told_record)
    GROUP BY pupil.establishment_id
"""


@dataclass(frozen=True)
class Roll:
    """Numbers of pupils on roll on the file's day at one establishment: `here` until now, `told` in the file, and
    `missing` for those who are here and not in the file. Guests are in no census, and not counted here.
    """

    here: int
    told: int
    missing: int

    @property
    def is_far_fewer(self) -> bool:
        return self.here >= _FEW and self.told < self.here * _FEWER


def leave_out_the_gone(told_by: Mapping[str, Any], log: ProblemLog) -> None:
    """Drop pupils whom an older file has on roll, but who are new here and not in a newer return: it undoes nothing."""
    for row, day in sorted(run(_LEAVE_OUT, {**told_by, "of_a_return": OF_A_RETURN})):
        log.add(Problem(row, "UPN", "", NOT_IN_THE_NEWER.format(day=day_in_words(day)), fatal=False))


def count(told_by: Mapping[str, Any]) -> dict[int, Roll]:
    """The roll of each establishment in the file, by its key."""
    return {place: Roll(*numbers) for place, *numbers in run(_COUNT, told_by)}


def far_fewer(rolls: Mapping[int, Roll], names: Mapping[int, str]) -> Iterable[str]:
    """A note if a return has far fewer pupils on roll than are here, as it may be incomplete. `names` are by key."""
    short = sorted((names[place], roll) for place, roll in rolls.items() if roll.is_far_fewer)
    if short:
        said = named([f"{name} ({roll.told:,} in the file, {roll.here:,} here)" for name, roll in short])
        yield (
            f"This file has far fewer pupils on roll than were here until now: {said}. Make sure that the return is "
            "complete before it is applied."
        )

"""The definition of a measure that is counted from the pupil store."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Counted:
    """How a measure is counted. `rows` is SQL for (pupil_id, numerator, denominator) of each record that counts.

    The figure is the sum of the numerators divided by that of the denominators. `of_children`: the numerator says that
    a child is one of them (a share) or how often something happened to the child; otherwise it is a quantity, such as
    sessions or points. `keeps_numerator`: its sum is a whole number. `itself`: the group that the measure is about, by
    which it is therefore not broken down. The SQL may use the table `measured` (a row for each record, with `on_roll`
    and `years_after_reception`) and the parameters %(year)s, %(first)s and %(last)s (days of it), %(day)s (of the roll)
    and %(end)s (summer census).
    """

    code: str
    rows: str
    of_children: bool = True
    keeps_numerator: bool = True
    itself: str = ""


@dataclass(frozen=True)
class When:
    """The relevant days of an academic year. `counted_on`: the census day whose roll is counted."""

    academic_year: int
    counted_on: date
    as_of: date
    is_complete: bool

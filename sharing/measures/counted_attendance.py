"""Sessions missed in an academic year, and suspensions.

A term is taken as the establishment itself counted it. Where there are terms, a count of the whole year is left out,
because sessions would count twice.

Absence is that of pupils aged 5 to 15 when the school year began, as the Department for Education counts it, because
its figures are shown next to ours. A year with a version that counted all ages continues to do so: a count of fewer
pupils next to it would reveal, by difference, Reception and the sixth form (R11). The second half of the summer term is
left out for pupils aged 15 when a return is read (`counts_second_half`).
"""

from sharing.measures.counted import Counted

OF_AGE = """(years_after_reception BETWEEN 1 AND 11
              OR EXISTS (SELECT FROM sharing_release WHERE of_all_ages AND academic_year = %(year)s))"""
PERSISTENT, SEVERE = 10, 2  # missed one in this many of their own possible sessions, or more (formats page 11)
SUSPENDED, EXCLUDED = "('SUSP', 'FIXD', 'LNCH')", "('PERM')"


def sessions(missed: str) -> str:
    """SQL for (pupil_id, missed, possible) in each pupil's academic year, whatever their age."""
    return f"""
        SELECT pupil_id,
               coalesce(sum({missed}) FILTER (WHERE term > 0), sum({missed}) FILTER (WHERE term = 0)) AS missed,
               coalesce(sum(sessions_possible) FILTER (WHERE term > 0),
                        sum(sessions_possible) FILTER (WHERE term = 0)) AS possible
        FROM sharing_attendance
        WHERE academic_year = %(year)s AND dfe_number = '' AND sessions_possible > 0 AND {missed} IS NOT NULL
        GROUP BY pupil_id
    """  # noqa: S608


def _of_age(missed: str) -> str:
    return f"({sessions(missed)}) AS year JOIN measured USING (pupil_id) WHERE {OF_AGE}"


def _of_sessions(code: str, missed: str) -> Counted:
    rows = f"SELECT pupil_id, missed, possible FROM {_of_age(missed)}"  # noqa: S608
    return Counted(code, rows, of_children=False)


def _missed_one_in(code: str, one_in: int) -> Counted:
    rows = f"SELECT pupil_id, ({one_in} * missed >= possible)::int, 1 FROM {_of_age('sessions_absent')}"  # noqa: S608
    return Counted(code, rows)


def _each_hundred(code: str, categories: str, how_many: str) -> Counted:
    """A rate per hundred pupils on roll on census day; events of a pupil not on roll that day count too.

    Events before the child came do not count: a school under a new URN has them from the old one, where they are
    counted.
    """
    return Counted(
        code,
        f"""
        SELECT measured.pupil_id, {how_many}, on_roll::int
        FROM measured LEFT JOIN sharing_suspension AS suspension
          ON suspension.pupil_id = measured.pupil_id AND category IN {categories}
             AND suspension.starts_on BETWEEN %(first)s AND %(last)s
             AND EXISTS (SELECT FROM sharing_enrolment AS stay WHERE stay.pupil_id = measured.pupil_id
                         AND stay.cancelled_at IS NULL AND stay.starts_on <= suspension.starts_on)
        GROUP BY measured.pupil_id, on_roll HAVING on_roll OR count(suspension.id) > 0
        """,  # noqa: S608
    )


ATTENDANCE = (
    _of_sessions("attendance_absence", "sessions_absent"),
    _of_sessions("attendance_unauthorised", "sessions_unauthorised"),
    _missed_one_in("attendance_persistent", PERSISTENT),
    _missed_one_in("attendance_severe", SEVERE),
)
SUSPENSIONS = (
    _each_hundred("suspensions_rate", SUSPENDED, "count(suspension.id)"),
    _each_hundred("suspended_pupils", SUSPENDED, "least(count(suspension.id), 1)"),
    _each_hundred("exclusions_rate", EXCLUDED, "count(suspension.id)"),
)

"""The school calendar, as far as the demonstration needs it."""

from datetime import date, timedelta

THURSDAY = 3
SESSIONS = {1: 144, 2: 118, 3: 118}  # half-days possible in the autumn, spring and summer term


def year_start(today: date) -> date:
    """The first day, 1 September, of the academic year that `today` is in."""
    return date(today.year if today.month >= 9 else today.year - 1, 9, 1)


def year_end(today: date) -> date:
    """The last day of the academic year that `today` is in."""
    return date(year_start(today).year + 1, 8, 31)


def last_census(today: date) -> tuple[date, int]:
    """The last census day up to `today`, and the sessions possible in the term it asks about (always the one before).

    Census day is the first Thursday of October and the third of January and of May.
    """
    past = [
        (day, sessions)
        for year in (today.year - 1, today.year)
        for day, sessions in (
            (_thursday(year, 1, 3), SESSIONS[1]),
            (_thursday(year, 5, 3), SESSIONS[2]),
            (_thursday(year, 10, 1), SESSIONS[3]),
        )
        if day <= today
    ]
    return max(past)


def counted_on(academic_year: int, term: int) -> date:
    """The census day that asked about this term: the first one after it."""
    if term == 3:
        return _thursday(academic_year + 1, 10, 1)
    return _thursday(academic_year + 1, 1 if term == 1 else 5, 3)


def last_workforce_census(today: date) -> date:
    """The last first Thursday of November up to `today`."""
    return max(day for year in (today.year - 1, today.year) if (day := _thursday(year, 11, 1)) <= today)


def _thursday(year: int, month: int, which: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(THURSDAY - first.weekday()) % 7 + 7 * (which - 1))

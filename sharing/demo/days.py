"""The parts of the school calendar that the demonstration needs."""

from datetime import date

from sharing.school_year import academic_year, census_days, workforce_census_day

SESSIONS = {1: 144, 2: 118, 3: 118}  # half-days possible in the autumn, spring and summer term


def year_start(today: date) -> date:
    """The first day, 1 September, of the academic year that `today` is in."""
    return date(academic_year(today), 9, 1)


def year_end(today: date) -> date:
    """The last day of the academic year that `today` is in."""
    return date(year_start(today).year + 1, 8, 31)


def last_census(today: date) -> tuple[date, int]:
    """The last census day up to `today`, and the possible sessions in the term it asks about: the one before."""
    return max(
        (day, sessions)
        for year in (today.year - 1, today.year)
        for day, sessions in zip(census_days(year), SESSIONS.values(), strict=True)
        if day <= today
    )


def year_told(today: date) -> int:
    """The calendar year in which the school year of the children's records began: new year groups come with the October
    census, and until then the records are those of the school year before.
    """
    return academic_year(last_census(today)[0])


def counted_on(academic_year: int, term: int) -> date:
    """The census day that asks about this term: the first one after it."""
    return census_days(academic_year + 1)[term - 1]


def last_workforce_census(today: date) -> date:
    """The last day of a School Workforce Census up to `today`."""
    return max(day for year in (today.year - 1, today.year) if (day := workforce_census_day(year)) <= today)

"""Measures for the demonstration's past, invented for children like those of today.

The demonstration has no children who have left. So earlier years are drawn at random, child by child, from the child's
number, the measure and the year: the same every time, related to free meals and special needs, and summed like real
counts.
"""

from sharing.measures.counted import Counted

MISSED_PRIMARY, MISSED_SECONDARY = 0.057, 0.098  # mean share of sessions missed
SESSIONS = 380
GETTING_BETTER = 0.008  # each year


def past(dataset: str, academic_year: int, years_before: int) -> tuple[Counted, ...]:
    """How the dataset's figures are invented for a year so many years before the present one."""
    return {
        "roll": _roll,
        "attendance": _attendance,
        "suspensions": _suspensions,
        "eyfsp": _early_years,
        "phonics": _phonics,
        "ks2": _at_eleven,
        "ks4": _at_sixteen,
    }[dataset](_Year(academic_year, years_before))


class _Year:
    """SQL for a child in that year: one like today's, in today's year group."""

    def __init__(self, academic_year: int, years_before: int) -> None:
        self.academic_year, self.before = academic_year, years_before

    def draw(self, salt: str, of: str = "pupil_id") -> str:
        """A repeatable random number between 0 and 1."""
        return f"((('x' || left(md5({of}::text || '{salt} {self.academic_year}'), 7))::bit(28)::int + 0.5) / 268435456)"

    def chance(self, start: float, meals: float, support: float, plan: float) -> str:
        """A child's chance: lower with free meals and needs, different at each school, better each year."""
        return (
            f"({start - GETTING_BETTER * self.before} - {meals} * (fsm = 'Y')::int - {support} * (sen = 'K')::int "
            f"- {plan} * (sen = 'E')::int + 0.16 * ({_at_school('establishment_id')} - 0.5))"
        )

    def cohort(self, first: int, last: int) -> str:
        """One of the year groups from `first` to `last`."""
        return (
            f"FROM measured WHERE on_roll AND years_after_reception BETWEEN {first} AND {last} "
            f"AND {self.draw('cohort')} < {1 / (last - first + 1)}"
        )

    def share(self, code: str, condition: str, whole: str) -> Counted:
        return Counted(code, f"SELECT pupil_id, ({condition})::int, 1 {whole}")

    def stayed(self, code: str, whole: str) -> Counted:
        """Nearly all stay. The Department publishes such a share, and we would withhold ours: so not `of_children`."""
        stayed = f"{self.draw('stayed')} < 0.98 - 0.14 * {_at_school('establishment_id')}"
        return Counted(code, f"SELECT pupil_id, ({stayed})::int, 1 {whole}", of_children=False)


def _at_school(of: str) -> str:
    return f"((('x' || left(md5({of}::text), 7))::bit(28)::int + 0.5) / 268435456)"


def _roll(year: _Year) -> tuple[Counted, ...]:
    here = f"FROM measured WHERE on_roll AND {year.draw('here')} < {1 - 0.015 * year.before}"
    eats = f"{year.draw('meals')} < {1 - 0.03 * year.before}"

    def share(code: str, condition: str, itself: str) -> Counted:
        return Counted(code, f"SELECT pupil_id, ({condition})::int, 1 {here}", itself=itself)

    return (
        Counted("roll_pupils", f"SELECT pupil_id, 1, 1 {here}"),
        share("roll_girls", "sex = 'F'", "sex"),
        share("roll_fsm", f"fsm = 'Y' AND {eats}", "fsm"),
        share("roll_eal", "eal = 'Y'", "eal"),
        share("roll_sen_support", "sen = 'K'", "sen"),
        share("roll_ehc_plan", "sen = 'E'", "sen"),
    )


def _attendance(year: _Year) -> tuple[Counted, ...]:
    mean = (
        f"(CASE WHEN years_after_reception < 7 THEN {MISSED_PRIMARY} ELSE {MISSED_SECONDARY} END "
        f"* (1 + 0.5 * (fsm = 'Y')::int + 0.3 * (sen <> 'N')::int) * {0.86 + 0.03 * year.before})"
    )
    missed = f"least({SESSIONS}, round({SESSIONS} * {mean} * -ln({year.draw('missed')})))"
    here = "FROM measured WHERE on_roll AND years_after_reception BETWEEN 1 AND 11"  # as in the real count
    return (
        Counted("attendance_absence", f"SELECT pupil_id, {missed}, {SESSIONS} {here}", of_children=False),
        year.share("attendance_persistent", f"{missed} * 10 >= {SESSIONS}", here),
        year.share("attendance_severe", f"{missed} * 2 >= {SESSIONS}", here),
    )


def _suspensions(year: _Year) -> tuple[Counted, ...]:
    likely = f"CASE WHEN years_after_reception < 7 THEN 0.012 ELSE {0.15 - 0.01 * year.before} END"
    happened = f"{year.draw('suspended')} < {likely}"
    times = f"CASE WHEN {happened} THEN 1 + floor(-1.8 * ln({year.draw('times')})) ELSE 0 END"
    here = "FROM measured WHERE on_roll"
    return (
        Counted("suspensions_rate", f"SELECT pupil_id, {times}, 1 {here}"),
        year.share("suspended_pupils", happened, here),
        year.share("exclusions_rate", f"{happened} AND {year.draw('excluded')} < 0.02", here),
    )


def _early_years(year: _Year) -> tuple[Counted, ...]:
    good = f"{year.draw('good level')} < {year.chance(0.73, 0.14, 0.40, 0.66)}"
    return (year.share("eyfsp_gld", good, year.cohort(0, 6)),)


def _phonics(year: _Year) -> tuple[Counted, ...]:
    met = f"{year.draw('phonics')} < {year.chance(0.87, 0.10, 0.35, 0.62)}"
    return (year.share("phonics_met", met, year.cohort(0, 6)),)


def _at_eleven(year: _Year) -> tuple[Counted, ...]:
    how_well, expected = year.draw("eleven"), year.chance(0.74, 0.16, 0.38, 0.62)
    return (
        year.share("ks2_rwm_expected", f"{how_well} < {expected}", year.cohort(0, 6)),
        year.share("ks2_rwm_higher", f"{how_well} < {expected} * 0.12", year.cohort(0, 6)),
        year.stayed("ks2_stayed", year.cohort(0, 6)),
    )


def _at_sixteen(year: _Year) -> tuple[Counted, ...]:
    spread = f"({year.draw('one')} + {year.draw('two')} + {year.draw('three')} - 1.5)"
    mean = "(47 - 12 * (fsm = 'Y')::int - 16 * (sen = 'K')::int - 31 * (sen = 'E')::int)"
    points = f"greatest(0, least(90, round(({mean} + 26 * {spread}) * 2) / 2))"
    return (
        Counted(
            "ks4_attainment8",
            f"SELECT pupil_id, {points}, 1 {year.cohort(7, 11)}",
            of_children=False,
            keeps_numerator=False,
        ),
        year.stayed("ks4_stayed", year.cohort(7, 11)),
    )

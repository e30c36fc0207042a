"""What the measures should be, counted child by child in plain Python: the other side of the test of the SQL."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sharing import codes
from sharing.models import (
    Attendance,
    Enrolment,
    Establishment,
    FreeMealsPeriod,
    LocalityMembership,
    Pupil,
    PupilNeeds,
    Result,
    Suspension,
)
from sharing.models.releases import Figure, Release
from sharing.school_year import academic_year as year_of
from sharing.school_year import census_days
from tests.sharing.plain_withheld import judged, of_few_in_the_wider, of_few_without_needs

# The group that a measure is itself about.
ITSELF = {
    "roll_girls": "sex",
    "roll_fsm": "fsm",
    "roll_fsm6": "fsm",
    "roll_eal": "eal",
    "roll_sen_support": "sen",
    "roll_ehc_plan": "sen",
}
EBACC = {
    "SCI", "BIO", "CHE", "PHY", "COM", "HIS", "GEO", "ANC", "FRE", "GER", "SPA", "ITA", "URD", "PNJ", "BEN", "GUJ",
    "ARA", "CHI", "POL", "RUS", "TUR", "POR", "GRE", "HEB", "JAP", "PER", "LAT", "CGR", "BHE",
}  # fmt: skip
AWARDS = {"L1P": 1.25, "L1M": 2, "L1D": 3, "L1D*": 3, "L2P": 4, "L2M": 5.5, "L2D": 7, "L2D*": 8.5}
TERM_OF_BIRTH = ("autumn", "spring", "summer")
PAIRS = [("sex", other) for other in ("fsm", "sen", "eal", "ethnicity")]
PAIRS += [("fsm", other) for other in ("sen", "eal", "ethnicity")]
GOALS = {"COM": 2, "PSE": 3, "PHY": 2, "LIT": 3, "MAT": 2}


@dataclass
class Life:
    """A record and everything that hangs on it."""

    pupil: Pupil
    enrolments: list = field(default_factory=list)
    meals: list = field(default_factory=list)
    attendance: list = field(default_factory=list)
    suspensions: list = field(default_factory=list)
    results: list = field(default_factory=list)
    sen: str = ""

    def on_roll(self, day: date) -> bool:
        return any(
            one.kind in "CM" and one.cancelled_at is None and one.starts_on <= day and (one.ends_on or day) >= day
            for one in self.enrolments
        )

    def eats_free(self, day: date) -> bool:
        if not self.meals:
            return self.pupil.free_school_meals
        return any(one.starts_on <= day <= (one.ends_on or day) for one in self.meals)

    def ate_free_in_six_years(self, day: date) -> bool:
        leap_day = (day.month, day.day) == (2, 29)
        since = day.replace(year=day.year - 6, day=28 if leap_day else day.day)  # as PostgreSQL counts
        return self.eats_free(day) or any(
            one.starts_on <= day and (one.ends_on is None or one.ends_on > since) for one in self.meals
        )

    def year_group(self, academic_year: int) -> int:
        return academic_year - 5 - year_of(self.pupil.born_on)

    def groups(self, day: date) -> list[str]:
        pupil = self.pupil
        language = (
            "U" if pupil.language in ("", "REF", "NOT", "ZZZ") else "N" if pupil.language in ("ENG", "ENB") else "Y"
        )
        sen = {"S": "E", "A": "K", "P": "K", "": "U"}.get(self.sen, self.sen)
        return [
            "total",
            f"sex:{pupil.sex}",
            f"fsm:{'Y' if self.eats_free(day) else 'N'}",
            f"sen:{sen}",
            f"eal:{language}",
            f"ethnicity:{codes.ethnicity_group(pupil.ethnicity)}",
            f"born:{TERM_OF_BIRTH[(pupil.born_on.month - 9) % 12 // 4]}",
        ]

    def pairs(self, day: date) -> list[str]:
        one = {group.split(":")[0]: group for group in self.groups(day)}
        return [f"{one[a]}|{one[b]}" for a, b in PAIRS]

    def reached(self, stage: str, academic_year: int) -> dict[tuple[str, str], str]:
        if not self.on_roll(census_days(academic_year + 1)[1]):
            return {}
        return {
            (one.subject, one.component): one.result
            for one in self.results
            if (one.stage, one.academic_year, one.dfe_number) == (stage, academic_year, "") and one.status in "RP"
        }


def lives(source: str) -> list[Life]:
    community = Establishment.objects.of_the_community()
    pupils = Pupil.objects.filter(establishment__in=community, source__contains=source)
    found = {pupil.pk: Life(pupil) for pupil in pupils.defer("upn")}
    for model, name in (
        (Enrolment, "enrolments"),
        (FreeMealsPeriod, "meals"),
        (Attendance, "attendance"),
        (Suspension, "suspensions"),
        (Result, "results"),
    ):
        for row in model.objects.filter(pupil__source__contains=source):
            if row.pupil_id in found:
                getattr(found[row.pupil_id], name).append(row)
    for needs in PupilNeeds.objects.filter(pupil__source__contains=source):
        if needs.pk in found:
            found[needs.pk].sen = needs.sen_provision
    return list(found.values())


def counted(code: str, life: Life, year: int, day: date) -> tuple[Decimal, int] | None:
    """(numerator, denominator) that this record adds to the measure, None if it is no part of it."""
    kind = code.split("_")[0]
    if kind == "roll":
        return _roll(code, life, year, day)
    if kind == "attendance":
        return _attendance(code, life, year)
    if code in ("suspensions_rate", "suspended_pupils", "exclusions_rate"):
        happened = [
            one
            for one in life.suspensions
            if year_of(one.starts_on) == year
            and (one.category == "PERM") == (code == "exclusions_rate")
            and any(stay.cancelled_at is None and stay.starts_on <= one.starts_on for stay in life.enrolments)
        ]
        many = min(len(happened), 1) if code == "suspended_pupils" else len(happened)
        on_roll = life.on_roll(day)
        return (Decimal(many), int(on_roll)) if on_roll or many else None
    return _attained(code, life, year)


def _roll(code: str, life: Life, year: int, day: date) -> tuple[Decimal, int] | None:
    if not life.on_roll(day) or (code == "roll_fsm6" and not 0 <= life.year_group(year) <= 11):
        return None
    groups = life.groups(day)
    is_one = {
        "roll_pupils": True,
        "roll_girls": life.pupil.sex == "F",
        "roll_fsm": "fsm:Y" in groups,
        "roll_fsm6": life.ate_free_in_six_years(day),
        "roll_eal": "eal:Y" in groups,
        "roll_sen_support": "sen:K" in groups,
        "roll_ehc_plan": "sen:E" in groups,
    }[code]
    return Decimal(is_one), 1


def _attendance(code: str, life: Life, year: int) -> tuple[Decimal, int] | None:
    """Of pupils aged 5 to 15 on 31 August, as the Department for Education counts absence."""
    told = sessions(life, year, "sessions_unauthorised" if code == "attendance_unauthorised" else "sessions_absent")
    born = life.pupil.born_on
    if told is None or not 5 <= year - born.year - ((born.month, born.day) > (8, 31)) <= 15:
        return None
    missed, possible = told
    if code == "attendance_persistent":
        return Decimal(missed / possible >= 0.1 or missed * 10 == possible), 1
    if code == "attendance_severe":
        return Decimal(missed / possible >= 0.5), 1
    assert code in ("attendance_absence", "attendance_unauthorised"), f"Count {code} here too, child by child."
    return Decimal(missed), possible


def sessions(life: Life, year: int, missed_as: str = "sessions_absent") -> tuple[int, int] | None:
    """(missed, possible) of the record's year, of whatever age."""
    terms = [
        one
        for one in life.attendance
        if one.academic_year == year
        and one.dfe_number == ""
        and one.sessions_possible
        and getattr(one, missed_as) is not None
    ]
    terms = [one for one in terms if one.term] or terms
    if not terms:
        return None
    return sum(getattr(one, missed_as) for one in terms), sum(one.sessions_possible for one in terms)


def _attained(code: str, life: Life, year: int) -> tuple[Decimal, int] | None:
    if code == "eyfsp_gld":
        told = life.reached("FS", year)
        if not told or set(told.values()) == {"A"}:
            return None
        if ("GLD", "") in told:
            return Decimal(told["GLD", ""] == "Y"), 1
        met = [
            told[area, ""] == "2"
            if (area, "") in told
            else sum(value == "2" for (subject, goal), value in told.items() if subject == area and goal) == goals
            for area, goals in GOALS.items()
        ]
        return Decimal(all(met)), 1
    if code == "phonics_met":
        told = life.reached("PH", year)
        if not told or life.year_group(year) != 1:
            return None
        outcome = told.get(("PHO", "OUT")) or told["PHO", ""]
        if outcome in ("L", "Q"):
            return None
        return Decimal(outcome == "Wa" or (outcome.isdecimal() and int(outcome) >= 32)), 1
    if code.startswith("ks2"):
        told = life.reached("K2", year)
        three = [told.get((subject, "")) for subject in ("REA", "MAT", "WRI")]
        if None in three or set(three) & set("LMQSX"):
            return None
        reading, maths, writing = three
        score, judged = (100, ("EXS", "GDS")) if code.endswith("rwm_expected") else (110, ("GDS",))
        return Decimal(
            all(mark.isdecimal() and int(mark) >= score for mark in (reading, maths)) and writing in judged
        ), 1
    return _attainment_8(life.reached("K4", year))


def _attainment_8(told: dict[tuple[str, str], str]) -> tuple[Decimal, int] | None:
    if ("ATT8", "") in told:
        return Decimal(told["ATT8", ""]), 1
    entries = {
        subject + component.removesuffix("GCSE"): result
        for (subject, component), result in told.items()
        if component == "GCSE" or subject == "VOC"
    }
    if not entries:
        return None
    taken = {subject: result for subject, result in entries.items() if result not in ("X", "Q")}

    def points(result: str) -> float:
        if "-" in result and result != "U-U":
            return sum(map(int, result.split("-"))) / 2
        return AWARDS.get(result, int(result) if result.isdecimal() else 0)

    english = sorted((points(taken[subject]) for subject in ("ENG", "ENL") if subject in taken), reverse=True)
    maths = points(taken["MAT"]) if "MAT" in taken else 0
    ebacc = [points(result) for subject, result in taken.items() if subject in EBACC]
    ebacc += [points(taken["SCI"])] if "SCI" in taken else []
    ebacc.sort(reverse=True)
    others = [points(result) for subject, result in taken.items() if subject not in EBACC | {"ENG", "ENL", "MAT"}]
    rest = sorted(ebacc[3:] + others + english[1:], reverse=True)
    total = sum(english[:1]) * len(english) + 2 * maths + sum(ebacc[:3]) + sum(rest[:3])
    return Decimal(str(total)), 1


def areas_of(place: Establishment, today: date) -> list[str]:
    if not Establishment.objects.participating(today).filter(pk=place.pk).exists():
        return []
    localities = [
        member.locality_id
        for member in LocalityMembership.objects.filter(establishment=place)
        if member.starts_on <= today <= (member.ends_on or today)
    ]
    phase = {1: "nursery", 2: "primary", 4: "secondary"}.get(place.phase_code or 0, place.kind)
    return ["authority", *[f"locality:{locality}" for locality in localities], f"phase:{phase}"]


def figures(codes_of: list[str], year: int, day: date, today: date, source: str = "") -> dict[tuple, tuple]:
    """(measure, establishment or None, area, group) -> (value, numerator, denominator, is_small)."""
    parts: dict[tuple, list] = defaultdict(list)
    areas = {place.pk: areas_of(place, today) for place in Establishment.objects.of_the_community()}
    contributors: dict[tuple, set] = defaultdict(set)
    for life in lives(source):
        groups = life.groups(day)
        for code in codes_of:
            mine = counted(code, life, year, day)
            if mine is None:
                continue
            place = life.pupil.establishment_id
            for group in groups if code in ITSELF else groups + life.pairs(day):
                if group.split(":")[0] == ITSELF.get(code):
                    continue
                parts[code, place, "", group].append(mine)
                for area in areas[place]:
                    parts[code, None, area, group].append(mine)
                    if mine[1]:
                        contributors[code, None, area, group].add(place)
    told_here = {cell: told for cell, told in parts.items() if not cell[2]}
    of_places = judged(told_here, set(), of_few_without_needs(told_here) | of_few_in_the_wider(told_here))
    of_areas = {cell: told for cell, told in parts.items() if cell[2]}
    few_places = {cell for cell in of_areas if len(contributors[cell]) < 3}
    beside_withheld = {
        (code, None, area, group)
        for code, place, _, group in parts
        if place
        and (of_places.get((code, place, "", group)) or (None, None, None, True))[3]
        and any(any(one) for one in parts[code, place, "", group])
        for area in areas[place]
    }
    return of_places | judged(of_areas, few_places, beside_withheld)


def stored(release: Release) -> dict[tuple, tuple]:
    """The release's figures in the same shape."""
    return {
        (figure.measure.code, figure.establishment_id, figure.area, figure.group): (
            figure.value,
            figure.numerator,
            figure.denominator,
            figure.is_small,
        )
        for figure in Figure.objects.filter(release=release).select_related("measure")
    }

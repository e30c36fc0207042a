"""The columns of the list of pupils: which ones exist, and which a person has chosen."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sharing import codes
from sharing.authorise import Withheld
from sharing.door.pupil_filter import SEN_IN_SHORT
from sharing.measures import writing
from sharing.models import Measure, Pupil, PupilListColumns
from sharing.records.pupils import Column


@dataclass(frozen=True)
class Kind:
    """A column: its heading, its content, whether it is shown by default, and which kind of data it is (R35)."""

    heading: str
    cell: Callable[[Pupil], str | date]
    usual: bool = False
    kind: Withheld | None = None


def attended(possible: int | None, absent: int | None) -> Decimal | None:
    """The percentage of the sessions that were attended; None where it is not known.

    0 where more were missed than there were: a return may say so, and data quality finds it.
    """
    return Decimal(100 * max(possible - absent, 0)) / possible if possible and absent is not None else None


def attended_in_words(percent: Decimal) -> str:
    """ "96.3%": halves are rounded up, as in every other figure."""
    return writing.in_words(percent, Measure.Unit.PERCENT, 1)


def _attended(pupil: Pupil) -> str:
    percent = attended(pupil.possible, pupil.absent)
    return "Not recorded" if percent is None else attended_in_words(percent)


def _first_language(pupil: Pupil) -> str:
    return codes.LANGUAGE.get(pupil.language, pupil.language) or "Not recorded"


def _ethnicity(pupil: Pupil) -> str:
    return codes.ETHNICITY_GROUP[codes.ethnicity_group(pupil.ethnicity)]


COLUMNS = {
    "year_group": Kind("Year group", lambda pupil: codes.NC_YEARS.get(pupil.year_group, pupil.year_group), usual=True),
    "class_name": Kind("Class", lambda pupil: pupil.class_name),
    "born_on": Kind("Date of birth", lambda pupil: pupil.born_on, usual=True),
    "sex": Kind("Sex", lambda pupil: codes.SEX.get(pupil.sex, pupil.sex), usual=True),
    "sen": Kind(
        "SEN", lambda pupil: SEN_IN_SHORT.get(pupil.sen or "", pupil.sen or "Not recorded"), True, Withheld.SEN
    ),
    "fsm": Kind("Free school meals", lambda pupil: "Eligible" if pupil.free_school_meals else "No", usual=True),
    "eal": Kind("First language", _first_language),
    "ethnicity": Kind("Ethnicity", _ethnicity),
    "attendance": Kind("Attendance", _attended, kind=Withheld.ATTENDANCE),
}


def columns(withheld: Collection[str], term: str, *, asked_for: Collection[str] = ()) -> tuple[Column, ...]:
    """The columns that the asker may have, with those marked that they chose or that the list is asked for.

    Called inside a visit.
    """
    chosen = PupilListColumns.objects.values_list("columns", flat=True).first()
    return tuple(
        Column(
            code,
            f"{column.heading}, {term}" if code == "attendance" and term else column.heading,
            shown=code in asked_for or (column.usual if chosen is None else code in chosen),
        )
        for code, column in COLUMNS.items()
        if column.kind not in withheld
    )


def choose(person_id: int, wanted: Collection[str], withheld: Collection[str]) -> list[str]:
    """Save the choice. A column that is not offered here (R35) stays as it was chosen elsewhere."""
    before = PupilListColumns.objects.filter(person_id=person_id).values_list("columns", flat=True).first()
    usual = [code for code, column in COLUMNS.items() if column.usual]
    kept = [
        code
        for code, column in COLUMNS.items()
        if code in (wanted if column.kind not in withheld else (usual if before is None else before))
    ]
    PupilListColumns.objects.update_or_create(person_id=person_id, defaults={"columns": kept})
    return kept

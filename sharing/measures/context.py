"""Measures of who the pupils are and where they live: context, which may order a list of establishments (R29)."""

from collections.abc import Mapping

from django.conf import settings

from sharing.measures.shape import NEITHER, NUMBER, PERCENT, SCORE, DatasetKind, MeasureKind

_OWNER = settings.DATA_TEAM
OPEN_STATISTICS = "open-statistics"

DATASETS = (
    DatasetKind(
        "census",
        "Pupils and their characteristics (published)",
        _OWNER,
        "Department for Education, performance tables (census)",
        "The pupils on roll in the January census, as the Department for Education has published them.",
        is_published_elsewhere=True,
    ),
    DatasetKind(
        "roll",
        "Pupils and their characteristics (school returns)",
        _OWNER,
        "The newest School Census of each school, counted by this portal",
        "The pupils on roll from the returns that schools have sent.",
    ),
    DatasetKind(
        "deprivation",
        "Deprivation",
        _OWNER,
        "Ministry of Housing, Communities and Local Government, English Indices of Deprivation",
        "How deprived the neighbourhoods are, by the national indices.",
        is_published_elsewhere=True,
    ),
    DatasetKind(
        "comparators",
        f"{settings.AUTHORITY_AREA}, region and England",
        _OWNER,
        "Department for Education, Local Authority Interactive Tool and Explore Education Statistics",
        "Figures of areas for measures of other datasets, to compare with. It has no figures of establishments.",
        is_published_elsewhere=True,
    ),
    DatasetKind(
        OPEN_STATISTICS,
        "Open statistics",
        _OWNER,
        "The records of all participating establishments, counted and protected by this portal",
        "How many pupils of each kind there are, what they attain and how they attend. The numbers in these tables "
        "are rounded so that no pupil and no establishment can be found in them.",
    ),
)

_ON_ROLL = "Pupils on roll on census day"
_FSM6 = "Pupils in Reception to Year 11 on roll on census day"
_EVERYBODY = "All residents of the area"
_CHILDREN = "Children aged 0 to 15 who live in the area"
# Shares of the pupils, for each source: code, name, whom they are a share of, definition.
_SHARES = (
    ("girls", "Girls", _ON_ROLL, "Girls among the pupils on roll."),
    ("fsm", "Eligible for free school meals", _ON_ROLL,
     "Pupils who are eligible for free school meals on census day because of their family's income."),
    ("fsm6", "Eligible for free school meals in the last six years", _FSM6,
     "Pupils who were eligible for free school meals on any day of the six years before census day."),
    ("eal", "English as an additional language", _ON_ROLL,
     "Pupils whose first language is known or believed to be other than English."),
    ("sen_support", "SEN support", _ON_ROLL, "Pupils who receive SEN support."),
    ("ehc_plan", "Education, health and care plan", _ON_ROLL, "Pupils with an education, health and care plan."),
)  # fmt: skip

# Since then, all whose family gets Universal Credit eat free ("expanded"); only those on the income limit of before
# ("targeted") bring pupil premium, and count as having been eligible in six years. Our returns do not tell them apart.
# How the Department will count is not known.
_SINCE_2026 = {
    "fsm": " Since September 2026 it includes every family with Universal Credit: do not compare it with years before.",
    "fsm6": " Since September 2026 it includes “expanded” free school meals, which bring no pupil premium.",
}


def _pupils(source: str, addition: str, more: Mapping[str, str]) -> list[MeasureKind]:
    """The same measures of the pupils on roll, for one source. `addition` to their names says which. `more`: what else
    the definition of a share says there.
    """
    name, counted = f"Pupils on roll{addition}", "Pupils with a main or single enrolment on census day."
    return [
        MeasureKind(f"{source}_pupils", source, name, NUMBER, 0, "None: a count of pupils", NEITHER, False, counted),
        *(
            MeasureKind(
                f"{source}_{code}",
                source,
                f"{words}{addition}",
                PERCENT,
                1,
                whole,
                NEITHER,
                False,
                definition + more.get(code, ""),
            )
            for code, words, whole, definition in _SHARES
        ),
    ]


MEASURES = (
    *_pupils("census", "", {}),
    *_pupils("roll", " (school returns)", _SINCE_2026),
    MeasureKind(
        "imd_score",
        "deprivation",
        "Index of Multiple Deprivation",
        SCORE,
        1,
        _EVERYBODY,
        NEITHER,
        False,
        "The score of the neighbourhood (LSOA) in which the establishment is. For an area, the mean of its "
        "neighbourhoods. The higher the score, the more deprived.",
    ),
    MeasureKind(
        "idaci",
        "deprivation",
        "Income Deprivation Affecting Children Index",
        SCORE,
        3,
        _CHILDREN,
        NEITHER,
        False,
        "The share, from 0 to 1, of children in low-income families in the neighbourhood (LSOA) in which the "
        "establishment is. For an area, the mean of its neighbourhoods.",
    ),
    MeasureKind(
        "idaci_pupils",
        "deprivation",
        "Income deprivation where the pupils live",
        SCORE,
        3,
        "Pupils on roll whose neighbourhood is known",
        NEITHER,
        False,
        "The mean, over the pupils, of the Income Deprivation Affecting Children Index of the neighbourhood in which "
        "each one lives.",
    ),
)

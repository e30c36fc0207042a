"""What pupils attain: the early years, phonics, Key Stage 2 and Key Stage 4 (formats page 6)."""

from django.conf import settings

from sharing.measures.shape import (
    EARLY,
    HIGHER,
    NEITHER,
    NUMBER,
    PERCENT,
    POINTS,
    PRIMARY,
    SCORE,
    SECONDARY,
    DatasetKind,
    MeasureKind,
)

_DFE = "Department for Education"
_OWNER = settings.DATA_TEAM

DATASETS = (
    DatasetKind(
        "eyfsp",
        "Early years foundation stage profile",
        _OWNER,
        "The profile that schools send to the authority at the end of Reception",
        "How far children had developed by the end of the Reception year, as their teachers assessed it.",
    ),
    DatasetKind(
        "phonics",
        "Phonics screening check",
        _OWNER,
        "The results of the check that schools send to the authority",
        "Whether children in Year 1 read words and made-up words aloud to the standard.",
    ),
    DatasetKind(
        "ks2",
        "Key Stage 2 results",
        _OWNER,
        f"{_DFE}, performance tables (ks2final)",
        "Tests and teacher assessment at the end of Year 6.",
        is_published_elsewhere=True,
    ),
    DatasetKind(
        "ks4",
        "Key Stage 4 results",
        _OWNER,
        f"{_DFE}, performance tables (ks4final)",
        "GCSEs and equal qualifications at the end of Year 11.",
        is_published_elsewhere=True,
    ),
    DatasetKind(
        "ks2_counts",
        "Key Stage 2 results (school returns)",
        _OWNER,
        "Results that schools have sent, counted by this portal",
        "Tests and teacher assessment at the end of Year 6, before the Department for Education publishes them. The "
        "Department counts by its own rules, so the two differ, and neither is wrong.",
    ),
    DatasetKind(
        "ks4_counts",
        "Key Stage 4 results (school returns)",
        _OWNER,
        "Results that schools have sent, counted by this portal",
        "GCSEs and equal qualifications at the end of Year 11, before the Department for Education publishes them. "
        "The Department counts by its own rules, so the two differ, and neither is wrong.",
    ),
)

_YEAR_6 = "Pupils at the end of Key Stage 2"
_WITH_KS1 = "Pupils at the end of Key Stage 2 with an assessment at Key Stage 1"
_KNOWN_YEAR_6 = "Pupils of Year 6 with a known result in reading, writing and maths"
_YEAR_11 = "Pupils at the end of Key Stage 4"
_WITH_KS2 = "Pupils at the end of Key Stage 4 with an assessment at Key Stage 2"
# The tests and assessments of 2020 and 2021 were cancelled: nobody knows where those pupils started.
_NO_KS1 = "There is none for 2023/24 and 2024/25, as those pupils had no assessment at Key Stage 1."
_NO_KS2 = "There is none for 2024/25 and 2025/26, as those pupils took no tests at Key Stage 2."
# Codes in our own counts (sharing.measures.counted_results).
_WHERE = "A result counts at the school that had the pupil on roll on the May census day."
_BELOW = "Pupils who were absent, or worked below the test, count as not having reached it."
_UNKNOWN = (
    "Pupils who left are not counted. Nor are results that are lost, suppressed or annulled for maladministration."
)


def _ks2_share(code: str, name: str, definition: str) -> MeasureKind:
    return MeasureKind(code, "ks2", name, PERCENT, 0, _YEAR_6, HIGHER, True, definition, (PRIMARY,))


def _ks2_scaled(code: str, subject: str) -> MeasureKind:
    return MeasureKind(
        code,
        "ks2",
        f"Average scaled score in {subject}",
        SCORE,
        0,
        f"Pupils at the end of Key Stage 2 with a scaled score in {subject}",
        HIGHER,
        True,
        "The mean of the pupils' scaled scores, from 80 to 120. The expected standard is 100.",
        (PRIMARY,),
    )


def _ks4_share(code: str, name: str, definition: str) -> MeasureKind:
    return MeasureKind(code, "ks4", name, PERCENT, 1, _YEAR_11, HIGHER, True, definition, (SECONDARY,))


def _stayed(stage: int, dataset: str, denominator: str, phase: str, which: str = "") -> MeasureKind:
    """How many stayed: context, for all that it comes in the table of their results."""
    return MeasureKind(
        f"{dataset}_stayed",
        dataset,
        f"Stayed at the school (Key Stage {stage})",
        PERCENT,
        0,
        denominator,
        NEITHER,
        False,
        f"Pupils whom the {_DFE} counts as having stayed at the school (“non-mobile”).{which}",
        (phase,),
    )


def _progress(
    code: str, dataset: str, name: str, decimals: int, denominator: str, phase: str, gap: str
) -> list[MeasureKind]:
    """A progress measure, and the two ends of its 95 per cent confidence interval as measures of their own."""
    measure = MeasureKind(
        code,
        dataset,
        name,
        SCORE,
        decimals,
        denominator,
        HIGHER,
        True,
        f"How much further pupils came than others in England with the same start. 0 is the average of England. {gap}",
        (phase,),
    )
    bounds = [
        MeasureKind(
            f"{code}_{end}",
            dataset,
            f"{name}: {end} confidence limit",
            SCORE,
            decimals,
            denominator,
            NEITHER,
            True,
            f"The {end} end of the range in which the measure lies with a confidence of 95 per cent.",
            (phase,),
        )
        for end in ("lower", "upper")
    ]
    return [measure, *bounds]


MEASURES = (
    MeasureKind(
        "eyfsp_gld",
        "eyfsp",
        "Good level of development",
        PERCENT,
        1,
        "Children assessed at the end of Reception",
        HIGHER,
        True,
        "Children at the expected level in all 12 early learning goals of communication and language, personal, "
        "social and emotional development, physical development, literacy, and mathematics. Children who were "
        f"exempt from all of them are not counted. {_WHERE}",
        (EARLY,),
    ),
    MeasureKind(
        "eyfsp_average_goals",
        "eyfsp",
        "Average number of early learning goals",
        NUMBER,
        1,
        "Children assessed at the end of Reception",
        HIGHER,
        True,
        "The mean number of early learning goals, out of 17, in which children were at the expected level.",
        (EARLY,),
    ),
    MeasureKind(
        "phonics_met",
        "phonics",
        "Met the phonics standard in Year 1",
        PERCENT,
        0,
        "Pupils in Year 1",
        HIGHER,
        True,
        "Pupils who reached the threshold mark of the screening check in June of Year 1. Year 1 is decided by age. "
        f"Pupils who were absent or disapplied count as not having reached it. {_UNKNOWN} {_WHERE}",
        (EARLY,),
    ),
    MeasureKind(
        "phonics_met_by_year_2",
        "phonics",
        "Met the phonics standard by the end of Year 2",
        PERCENT,
        0,
        "Pupils in Year 2",
        HIGHER,
        True,
        "Pupils who reached the threshold mark in Year 1 or when they tried again in Year 2.",
        (EARLY,),
    ),
    _ks2_share(
        "ks2_rwm_expected",
        "Expected standard in reading, writing and maths",
        "Pupils with a scaled score of 100 or more in reading and in maths, and assessed by their teacher at the "
        "expected standard or above in writing.",
    ),
    _ks2_share(
        "ks2_rwm_higher",
        "Higher standard in reading, writing and maths",
        "Pupils with a scaled score of 110 or more in reading and in maths, and working at greater depth in writing.",
    ),
    *_progress("ks2_reading_progress", "ks2", "Progress in reading", 1, _WITH_KS1, PRIMARY, _NO_KS1),
    *_progress("ks2_writing_progress", "ks2", "Progress in writing", 1, _WITH_KS1, PRIMARY, _NO_KS1),
    *_progress("ks2_maths_progress", "ks2", "Progress in maths", 1, _WITH_KS1, PRIMARY, _NO_KS1),
    _ks2_scaled("ks2_reading_score", "reading"),
    _ks2_scaled("ks2_maths_score", "maths"),
    _ks2_scaled("ks2_gps_score", "grammar, punctuation and spelling"),
    _ks2_share(
        "ks2_reading_expected", "Expected standard in reading", "Pupils with a scaled score of 100 or more in reading."
    ),
    _ks2_share(
        "ks2_writing_expected",
        "Expected standard in writing",
        "Pupils assessed by their teacher at the expected standard or above in writing.",
    ),
    _ks2_share(
        "ks2_maths_expected", "Expected standard in maths", "Pupils with a scaled score of 100 or more in maths."
    ),
    _ks2_share(
        "ks2_gps_expected",
        "Expected standard in grammar, punctuation and spelling",
        "Pupils with a scaled score of 100 or more in grammar, punctuation and spelling.",
    ),
    _ks2_share(
        "ks2_science_expected",
        "Expected standard in science",
        "Pupils assessed by their teacher at the expected standard in science.",
    ),
    _stayed(2, "ks2", _YEAR_6, PRIMARY),
    MeasureKind(
        "ks4_attainment8",
        "ks4",
        "Attainment 8",
        SCORE,
        1,
        _YEAR_11,
        HIGHER,
        True,
        "The mean of the pupils' points over eight qualifications, of which English and maths count twice.",
        (SECONDARY,),
    ),
    *_progress("ks4_progress8", "ks4", "Progress 8", 2, _WITH_KS2, SECONDARY, _NO_KS2),
    _ks4_share(
        "ks4_english_maths_4",
        "Grade 4 or above in English and maths",
        "Pupils with grade 4 or above in maths and in English language or literature.",
    ),
    _ks4_share(
        "ks4_english_maths_5",
        "Grade 5 or above in English and maths",
        "Pupils with grade 5 or above in maths and in English language or literature.",
    ),
    _ks4_share(
        "ks4_ebacc_entry",
        "Entered the English Baccalaureate",
        "Pupils who entered English, maths, sciences, a language, and history or geography.",
    ),
    MeasureKind(
        "ks4_ebacc_points",
        "ks4",
        "English Baccalaureate average point score",
        POINTS,
        2,
        _YEAR_11,
        HIGHER,
        True,
        "The mean of the pupils' points in the five subjects of the English Baccalaureate, from 0 to 9.",
        (SECONDARY,),
    ),
    _stayed(4, "ks4", _YEAR_11, SECONDARY, " They were there throughout Year 10 and Year 11."),
    MeasureKind(
        "ks2_counts_rwm_expected",
        "ks2_counts",
        "Expected standard in reading, writing and maths (school returns)",
        PERCENT,
        0,
        _KNOWN_YEAR_6,
        HIGHER,
        True,
        "Pupils with a scaled score of 100 or more in reading and in maths, and assessed by their teacher at the "
        f"expected standard or above in writing, by the results that schools have sent. {_BELOW} {_UNKNOWN} {_WHERE}",
        (PRIMARY,),
    ),
    MeasureKind(
        "ks2_counts_rwm_higher",
        "ks2_counts",
        "Higher standard in reading, writing and maths (school returns)",
        PERCENT,
        0,
        _KNOWN_YEAR_6,
        HIGHER,
        True,
        "Pupils with a scaled score of 110 or more in reading and in maths, and working at greater depth in writing, "
        f"by the results that schools have sent. {_BELOW} {_UNKNOWN} {_WHERE}",
        (PRIMARY,),
    ),
    MeasureKind(
        "ks4_counts_attainment8",
        "ks4_counts",
        "Attainment 8 (school returns)",
        SCORE,
        1,
        "Pupils of Year 11 whose results have been sent",
        HIGHER,
        True,
        "The mean of the pupils' points over eight qualifications, of which English and maths count twice, by the "
        f"results that schools have sent. {_WHERE}",
        (SECONDARY,),
    ),
)

# The count of our own, named as such, that stands in for a published measure in a year for which that is not out.
STANDS_IN_FOR = {
    "ks2_counts_rwm_expected": "ks2_rwm_expected",
    "ks2_counts_rwm_higher": "ks2_rwm_higher",
    "ks4_counts_attainment8": "ks4_attainment8",
}

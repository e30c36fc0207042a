"""The chapters of a report, and the questions that governors may ask about each."""

from dataclasses import dataclass

from sharing.records.figures import MeasureOfPlace

OF_EVERYTHING = (
    "Which of these figures surprises you, and what do we know about the reason?",
    "What do we expect next year's figures to be, and what will we do to get there?",
    "Which groups of children do better or worse than this, and how do we know?",
)


@dataclass(frozen=True)
class Subject:
    """What a chapter is about: its measures by code, and questions in plain English."""

    slug: str
    title: str
    about: str
    codes: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Chapter:
    """A subject with those of its measures that are out."""

    subject: Subject
    measures: tuple[MeasureOfPlace, ...]


SUBJECTS = (
    Subject(
        "early-years",
        "The early years and phonics",
        "How children had developed by the end of Reception, and how they read words in Year 1.",
        ("eyfsp_gld", "phonics_met"),
        (
            "What are children able to do when they come to us, and how far have they come by the end of Reception?",
            "Which children did not meet the standard in phonics, and who is helping them catch up?",
            "How do we work with parents and with the nurseries our children come from?",
        ),
    ),
    Subject(
        "key-stage-2",
        "The end of primary school",
        "Tests and teachers' assessment at the end of Year 6 (Key Stage 2).",
        (
            "ks2_rwm_expected",
            "ks2_rwm_higher",
            "ks2_counts_rwm_expected",
            "ks2_counts_rwm_higher",
            "ks2_reading_score",
            "ks2_maths_score",
        ),
        (
            "Are the results of reading and of mathematics alike? If one is lower, what are we doing about it?",
            "How many children does one percentage point represent here? In a small year group, a few children can "
            "change it.",
            "Do children who find learning easy go as far as they could?",
        ),
    ),
    Subject(
        "key-stage-4",
        "The end of Year 11",
        "GCSEs and qualifications like them (Key Stage 4).",
        ("ks4_attainment8", "ks4_counts_attainment8", "ks4_progress8", "ks4_english_maths_5"),
        (
            "How do results compare with what these pupils had attained when they came to us?",
            "In which subjects do pupils do best, and what can others learn from those teachers?",
            "Where did last year's leavers go, and is anybody without a place?",
        ),
    ),
    Subject(
        "absence",
        "Being at school",
        "How much school children miss, and how many miss a tenth of it or more.",
        ("absence_overall", "absence_persistent", "attendance_absence", "attendance_persistent"),
        (
            "Which children miss a tenth or more of school, and what has each family been offered?",
            "On which days, and in which year groups, is absence highest?",
            "What has worked for us so far, and what has not?",
        ),
    ),
    Subject(
        "suspensions",
        "Suspensions",
        "How often pupils are kept away from school for a time.",
        ("published_suspensions_rate", "suspensions_rate"),
        (
            "How many different children are behind this rate?",
            "Do children with special educational needs, or of one group, stand out?",
            "What happens on the day on which a child comes back?",
        ),
    ),
    Subject(
        "pupils",
        "Who the pupils are",
        "How many they are, and what they bring with them. These figures are context, not achievement.",
        (
            "roll_pupils", "roll_fsm", "roll_eal", "roll_sen_support", "roll_ehc_plan", "census_pupils", "census_fsm6",
            "census_eal",
        ),
        (
            "How has our intake changed, and does our budget follow it?",
            "How do we spend the pupil premium, and how do we know that it helps?",
            "Do we have the staff and the rooms for the needs that our children have?",
        ),
    ),
)  # fmt: skip


def chapters_of(measures: tuple[MeasureOfPlace, ...]) -> tuple[Chapter, ...]:
    """The measures by subject, in the order of the subjects; a subject without measures has no chapter."""
    by_code = {measure.code: measure for measure in measures}
    chapters = (Chapter(of, tuple(by_code[code] for code in of.codes if code in by_code)) for of in SUBJECTS)
    return tuple(chapter for chapter in chapters if chapter.measures)

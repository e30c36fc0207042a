"""What the dimensions and indicators of open statistics mean, for pages and files."""

from typing import Final

# The day of a release is that of its roll; attendance is that of the year, for the same pupils
# (docs/formats/statistics.md).
_SESSIONS = (
    "It counts the sessions of the whole school year that schools had sent when the release was made. Pupils aged 15 "
    "when the year began are counted until late May."
)
DEFINITIONS: Final = {
    "place": "Where the pupil’s establishment is: a Locality, or the authority-wide group of special, alternative and "
    "nursery schools. A pupil with two establishments is counted once.",
    "phase": "The phase of the pupil’s education, by year group.",
    "year": "The National Curriculum year group that the pupil follows.",
    "sex": "As the school census records it.",
    "fsm": "Eligible for free school meals on the day of the count. Since September 2026 it includes every family "
    "with Universal Credit: do not compare it with years before.",
    "sen": "On the day of the count: SEN support, or an education, health and care (EHC) plan.",
    "eal": "Whether the pupil’s first language is known or believed to be English.",
    "ethnicity": "As parents or pupils have told the school. Small categories are counted with a larger one.",
    "attained": "Pupils who reached the standard in that school year, of all pupils in the year group. "
    "Pupils who were absent or disapplied count as not reaching it.",
    "persistently_absent": "Pupils who missed 10% or more of the sessions that they could have attended, of those "
    f"whose attendance is measured. {_SESSIONS}",
    "attendance_mean": "The mean share of possible sessions attended, rounded to the step shown beside it. "
    f"{_SESSIONS}",
}

"""Pupils' attendance, suspensions and exclusions: published figures, and those counted from our own store."""

from django.conf import settings

from sharing.measures.shape import LOWER, PERCENT, RATE, DatasetKind, MeasureKind

_OWNER = settings.ATTENDANCE_TEAM

DATASETS = (
    DatasetKind(
        "absence",
        "Absence (published)",
        _OWNER,
        "Department for Education, performance tables (abs) and absence statistics",
        "Absence over the whole school year, as the Department for Education has published it.",
        is_published_elsewhere=True,
    ),
    DatasetKind(
        "attendance",
        "Attendance (school returns)",
        _OWNER,
        "Sessions in the termly School Census, counted by this portal",
        "Absence from the returns that schools have sent, before the Department for Education publishes it.",
    ),
    DatasetKind(
        "exclusions",
        "Suspensions and permanent exclusions (published)",
        _OWNER,
        "Department for Education, Explore Education Statistics",
        "Suspensions and permanent exclusions of a school year, as the Department for Education has published them.",
        is_published_elsewhere=True,
    ),
    DatasetKind(
        "suspensions",
        "Suspensions and permanent exclusions (school returns)",
        _OWNER,
        "Suspensions and exclusions in the termly School Census, counted by this portal",
        "Suspensions and permanent exclusions from the returns that schools have sent.",
    ),
)

_SESSIONS = "Sessions that the pupils could have attended"
_ENROLMENTS = "Enrolments in the school year"
_ABSENT_PUPILS = "Pupils who could have attended at least one session"


def _absence(code: str, dataset: str, name: str, denominator: str, definition: str) -> MeasureKind:
    return MeasureKind(code, dataset, name, PERCENT, 1, denominator, LOWER, True, definition)


def _excluded(code: str, dataset: str, name: str, definition: str) -> MeasureKind:
    return MeasureKind(code, dataset, name, RATE, 2, "Pupils on roll in the January census", LOWER, True, definition)


_OF_AGE = "It counts pupils aged 5 to 15 when the school year began. Those aged 15 are counted until late May."
_OVERALL = f"Sessions missed, authorised or not, of all sessions possible. {_OF_AGE}"
_UNAUTHORISED = f"Sessions missed without leave, of all sessions possible. {_OF_AGE}"
_PERSISTENT = f"Pupils who missed 10 per cent or more of their possible sessions. {_OF_AGE}"
_WHENEVER = "This includes pupils who came after the January census, or left before it."
_SEVERE = f"Pupils who missed 50 per cent or more of their possible sessions. {_OF_AGE}"

MEASURES = (
    _absence("absence_overall", "absence", "Absence", _SESSIONS, _OVERALL),
    _absence("absence_unauthorised", "absence", "Unauthorised absence", _SESSIONS, _UNAUTHORISED),
    _absence("absence_persistent", "absence", "Persistent absence", _ENROLMENTS, _PERSISTENT),
    _absence("absence_severe", "absence", "Severe absence", _ENROLMENTS, _SEVERE),
    _absence("attendance_absence", "attendance", "Absence (school returns)", _SESSIONS, _OVERALL),
    _absence(
        "attendance_unauthorised", "attendance", "Unauthorised absence (school returns)", _SESSIONS, _UNAUTHORISED
    ),
    _absence("attendance_persistent", "attendance", "Persistent absence (school returns)", _ABSENT_PUPILS, _PERSISTENT),
    _absence("attendance_severe", "attendance", "Severe absence (school returns)", _ABSENT_PUPILS, _SEVERE),
    _excluded(
        "published_suspensions_rate",
        "exclusions",
        "Suspensions",
        "Suspensions in the school year for each 100 pupils. A pupil suspended twice counts twice.",
    ),
    _excluded(
        "published_suspended_pupils",
        "exclusions",
        "Pupils suspended",
        "Pupils with at least one suspension in the school year, for each 100 pupils.",
    ),
    _excluded(
        "published_exclusions_rate",
        "exclusions",
        "Permanent exclusions",
        "Permanent exclusions in the school year for each 100 pupils.",
    ),
    _excluded(
        "suspensions_rate",
        "suspensions",
        "Suspensions (school returns)",
        f"Suspensions in the school year for each 100 pupils. A pupil suspended twice counts twice. {_WHENEVER}",
    ),
    _excluded(
        "suspended_pupils",
        "suspensions",
        "Pupils suspended (school returns)",
        f"Pupils with at least one suspension in the school year, for each 100 pupils. {_WHENEVER}",
    ),
    _excluded(
        "exclusions_rate",
        "suspensions",
        "Permanent exclusions (school returns)",
        f"Permanent exclusions in the school year for each 100 pupils. {_WHENEVER}",
    ),
)

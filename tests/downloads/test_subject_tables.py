"""Which tables an answer to a request for a child's own records is made of (R18)."""

from django.apps import apps  # noqa: TID251
from django.db import models

from sharing import codes
from sharing.downloads.subject_answer import _value
from sharing.downloads.subject_tables import EXCUSED, TABLES
from sharing.models import Attendance, Child, Pupil


def test_no_table_of_a_child_is_forgotten() -> None:
    """R18: whatever hangs on a child, by however many keys, is in the answer or left out by name."""
    every = [model for model in apps.get_models() if not model._meta.proxy]
    hangs: set[type[models.Model]] = {Pupil, Child}
    while True:
        more = {
            model
            for model in every
            for column in model._meta.concrete_fields
            if (column.is_relation and column.related_model in hangs)
            or column.column in ("child_id", "pupil_id", "leaving_id")
        } - hangs
        if not more:
            break
        hangs |= more
    told = {table.model._meta.label_lower for table in TABLES}
    assert {model._meta.label_lower for model in hangs} == told | EXCUSED.keys()
    assert not told & EXCUSED.keys()


def test_each_code_of_a_record_is_put_into_words() -> None:
    """R18: a parent is not answered with “S”, and neither page nor file has a code where words are known."""
    short = {column.name for column in Pupil._meta.concrete_fields if 0 < (column.max_length or 0) <= 4}
    missing = short - codes.OF_A_RECORD.keys()
    assert not missing, f"A line in OF_A_RECORD (sharing/codes/pupils.py) for each of {sorted(missing)}."


def test_what_is_answered_is_words_also_of_extended_codes_and_reasons_for_absence() -> None:
    """R18: as the record's own page says it."""
    pupil, term = Pupil(ethnicity="WROR"), Attendance(by_code={"I": 4, "/": 90})
    assert _value(Pupil._meta.get_field("ethnicity"), pupil, {}) == codes.ETHNICITY[codes.main_ethnicity("WROR")]
    told = _value(Attendance._meta.get_field("by_code"), term, {})
    assert told == f"{codes.ABSENCE['I']} 4, / 90"

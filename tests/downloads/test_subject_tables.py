"""Which tables an answer to a request for a child's own records is made of (R18)."""

from django.apps import apps  # noqa: TID251
from django.contrib.postgres.fields import ArrayField
from django.db import models

from sharing import codes
from sharing.downloads.subject_answer import _sheet, _value, shown
from sharing.downloads.subject_tables import EXCUSED, SAID, TABLES, WORDS
from sharing.models import Attendance, Child, Pupil, PupilChange, Result


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


# Of these what is held is what everybody calls it.
AS_IT_IS = {
    ("pupil", "class_name"),
    ("attendance", "dfe_number"),
    ("result", "dfe_number"),
    ("freemealsperiod", "country"),
}


def test_each_code_of_the_other_tables_is_put_into_words() -> None:
    """R18: also what files have changed, steps and sites; a new short column needs words, or a place in AS_IT_IS."""
    for table in TABLES:
        for column in shown(table):
            is_short = isinstance(column, ArrayField) or 0 < (column.max_length or 0) <= 40
            of = (str(table.model._meta.model_name), column.name)
            if is_short and not column.flatchoices:
                assert of in {*WORDS, *SAID, *AS_IT_IS}, f"Words for {of} in sharing/downloads/subject_tables.py."


def test_a_result_is_answered_as_its_page_says_it() -> None:
    """R18, R31: subject, mark, status and school year."""
    row = Result(stage="K2", subject="WRI", result="EXS", status="P", academic_year=2024)
    names = ("subject", "result", "status", "academic_year")
    told = [_value(Result._meta.get_field(name), row, {}) for name in names]
    assert told == ["Writing", "Working at the expected standard (EXS)", "Provisional", "2024/25"]
    changed = PupilChange(facts=["born_on", "leaving_reason"])
    assert _value(PupilChange._meta.get_field("facts"), changed, {}) == "date of birth, leaving reason"


def test_of_several_rows_each_begins_with_which_of_them_it_is() -> None:
    """R18: of twenty results one below the other, nobody could tell where one ended (UK GDPR, Article 12)."""
    (table,) = (table for table in TABLES if table.model is Result)
    several = [Result(subject=subject, stage="K2", academic_year=2024) for subject in ("WRI", "MAT")]
    rows = _sheet(table, [*several], {}).rows
    assert [row for row in rows if row[1] == ""] == [("1 of 2", ""), ("2 of 2", "")]
    assert rows[0] == ("1 of 2", "")
    assert [row[1] for row in rows if row[0] == "Subject"] == ["Writing", "Mathematics"]
    assert all(row[1] for row in _sheet(table, [several[0]], {}).rows)


def test_what_is_answered_is_words_also_of_extended_codes_and_reasons_for_absence() -> None:
    """R18: as the record's own page says it. A finer code stays beside the words, because they do not say all of it."""
    pupil, term = Pupil(ethnicity="WROR", language="KURM"), Attendance(by_code={"I": 4, "/": 90})
    assert _value(Pupil._meta.get_field("ethnicity"), pupil, {}) == "Gypsy / Roma (WROR)"
    assert _value(Pupil._meta.get_field("language"), pupil, {}) == "Kurdish (KURM)"
    told = _value(Attendance._meta.get_field("by_code"), term, {})
    assert told == f"{codes.ABSENCE['I']} 4, / 90"

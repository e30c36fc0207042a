"""Which tables an answer to a request for a child's own records is made of (R18)."""

from django.apps import apps  # noqa: TID251
from django.db import models

from sharing.downloads.subject_tables import EXCUSED, TABLES
from sharing.models import Child, Pupil


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

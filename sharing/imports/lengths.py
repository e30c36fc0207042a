"""Reports text that would not fit its column as a problem of the file, before the database refuses it."""

from collections.abc import Mapping

from django.db import models

from sharing.imports.csv_text import Column
from sharing.imports.problems import Problem, ProblemLog


def too_long(
    model: type[models.Model], facts: Mapping[str, object], row: int, columns: Mapping[str, Column], log: ProblemLog
) -> None:
    """Add a problem for each text of `facts` that is longer than its column in the table allows."""
    limits = {field.name: field.max_length for field in model._meta.fields if isinstance(field, models.CharField)}
    for name, value in facts.items():
        limit = limits.get(name)
        if limit and isinstance(value, str) and len(value) > limit:
            header = columns[name].header if name in columns else name
            log.add(Problem(row, header, "", f"{len(value)} letters. Shorten it to {limit} at most."))

"""Membership of an array, for conditions inside a query about something else: `filter(release__pk__among=...)`."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models


@models.BigAutoField.register_lookup
class Among(models.Lookup):
    """`column = ANY (array)`: PostgreSQL builds the array of an ArraySubquery once.

    The rows that `in` lists, it would list again for each row of the outer query.
    """

    lookup_name = "among"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        column, of_column = self.process_lhs(compiler, connection)
        array, of_array = self.process_rhs(compiler, connection)
        return f"{column} = ANY ({array})", (*of_column, *of_array)


def numbers(rows: models.QuerySet[Any]) -> ArraySubquery:
    """The primary keys of the rows, as such an array."""
    return ArraySubquery(rows.values("pk"))

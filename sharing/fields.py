"""Column types that Django does not have: text encrypted at rest, and the days on which a row may be seen."""

from datetime import date
from typing import Any

from django.db import models

from sharing import crypto
from sharing.keys import child_keys


class EncryptedTextField(models.BinaryField):
    """Text that a dump of the database does not give away (R13). Empty text is NULL; it cannot be searched.

    `childs`: about one child, and so encrypted under that child's own key (sharing.keys.child_keys). The column is the
    same.
    """

    description = "Text, encrypted at rest"

    def __init__(self, *args: Any, childs: bool = False, **kwargs: Any) -> None:
        kwargs |= {"null": True, "editable": True}
        self.childs = childs
        super().__init__(*args, **kwargs)

    def clone(self) -> Any:
        copied = super().clone()
        copied.childs = self.childs
        return copied

    @property
    def _column(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_default(self) -> str:
        return ""

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        return (f"portal_with_key({sql})" if self.childs else sql), params

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str:
        return child_keys.read(value, column=self._column) if value is not None else ""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        text = super().pre_save(model_instance, add)
        if text and self.childs:
            return child_keys.sealed_for(model_instance, text, column=self._column) or text
        return text

    def to_python(self, value: Any) -> Any:
        return value or ""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, child_keys.Sealed):
            return super().get_db_prep_value(bytes(value), connection, prepared)
        sealed = crypto.encrypt(value, column=self._column) if value else None
        return super().get_db_prep_value(sealed, connection, prepared)


class DateMultiRangeField(models.Field):
    """The days on which a row may be seen, as PostgreSQL's datemultirange. Only the database writes it."""

    description = "A set of days"

    def db_type(self, connection: Any) -> str:
        return "datemultirange"


@DateMultiRangeField.register_lookup
class Covers(models.Lookup):
    """`visible__covers=day`: the day is one of those days."""

    lookup_name = "covers"

    def get_prep_lookup(self) -> date:
        return self.rhs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        days, days_params = self.process_lhs(compiler, connection)
        return f"{days} @> %s::date", (*days_params, self.rhs)

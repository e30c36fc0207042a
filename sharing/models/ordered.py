"""QuerySets that know only some orders: those of establishments, and of their figures (R29)."""

from typing import Any, Self

from django.db.models.expressions import F, OrderBy
from django.db.models.functions import Coalesce

from sharing.models.plain import Plain
from sharing.ordering import NotAnOrder


class ContextValue(Coalesce):
    """A figure of context, to order establishments by. Only sharing.context makes one, from measures of context."""


class OrderedByContext:
    """Before a QuerySet: it refuses to be ordered by anything but `orders` and a ContextValue."""

    orders: frozenset[str]
    model: Any
    query: Any

    def order_by(self, *field_names: Any) -> Self:
        self._check(field_names)
        return super().order_by(*field_names)  # type: ignore[misc]

    def latest(self, *fields: Any) -> Any:
        self._check(fields)
        return super().latest(*fields)  # type: ignore[misc]

    def earliest(self, *fields: Any) -> Any:
        self._check(fields)
        return super().earliest(*fields)  # type: ignore[misc]

    def extra(self, *args: Any, **options: Any) -> Self:
        if len(args) > 4 or options.get("order_by"):
            raise NotAnOrder("No order in SQL of one's own.")
        return super().extra(*args, **options)  # type: ignore[misc]

    def _check(self, fields: tuple[Any, ...]) -> None:
        for field in fields:
            name = _name(field)
            if name not in self.orders and not isinstance(self.query.annotations.get(name), ContextValue):
                raise NotAnOrder(f"{self.model.__name__} is not ordered by {field!r}.")


def _name(field: Any) -> str:
    """The field's name without its direction. Empty for an expression of several."""
    if isinstance(field, Plain):
        (field,) = field.get_source_expressions()
    if isinstance(field, OrderBy):
        field = field.expression
    field = getattr(field, "name", "") if isinstance(field, F) else field
    return field.removeprefix("-") if isinstance(field, str) else ""

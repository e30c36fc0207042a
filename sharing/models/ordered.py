"""QuerySets that accept only certain orders: those of establishments, and of their figures (R29)."""

from collections.abc import Sequence
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db.models import DecimalField, JSONField, TextField, Value
from django.db.models.expressions import F, Func, OrderBy
from django.db.models.functions import Cast

from sharing.models.plain import Plain
from sharing.ordering import NotAnOrder

_TEXTS = ArrayField(TextField(), default=list)


class _FiguresOfContext(Func):
    """The figures of all establishments, by their id: a statement computes them once."""

    function = "sharing_figures_of_context"
    template = "(SELECT %(function)s(%(expressions)s))"
    output_field = JSONField()


class ContextValue(Func):
    """A figure of context, to order establishments by. Only sharing.context makes one, from measures of context.

    `codes` and `parts` are those of sharing/sql/context.sql. Its value is None where nothing has been published.
    """

    template, arg_joiner = "(%(expressions)s)::numeric", " -> "
    output_field = DecimalField(max_digits=14, decimal_places=4)

    def __init__(self, codes: Sequence[str], parts: Sequence[str | None]) -> None:
        figures = _FiguresOfContext(Value(list(codes), _TEXTS), Value(list(parts), _TEXTS))
        super().__init__(figures, Cast("pk", TextField()))


class OrderedByContext:
    """Mixin before a QuerySet: raises NotAnOrder for any order except by `orders` and by a ContextValue."""

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
    """The field's name without its direction. Empty for an expression over several fields."""
    if isinstance(field, Plain):
        (field,) = field.get_source_expressions()
    if isinstance(field, OrderBy):
        field = field.expression
    field = getattr(field, "name", "") if isinstance(field, F) else field
    return field.removeprefix("-") if isinstance(field, str) else ""

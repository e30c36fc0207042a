"""Pages that show several establishments: in an order of the closed set, or not at all (R29)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from sharing.ordering import ContextKey
from sharing.requests import PortalRequest

View = Callable[..., HttpResponse]
ASKED_IN = ("sort", "sort_by", "order", "order_by", "ordering")


def several_establishments(*orders: ContextKey) -> Callable[[View], View]:
    """Decorate a view that shows several establishments, in one of these orders.

    It is the first, unless the address asks for another, and stands in `request.order`. An address that asks for any
    other gets a page that says why not (422).
    """

    def decorated(view: View) -> View:
        @wraps(view)
        def checked(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            asked = [value for name in ASKED_IN for value in request.GET.getlist(name) if value]
            if any(value not in orders for value in asked):
                return render(request, "ordering/refused.html", {"orders": orders}, status=422)
            request.order = ContextKey(asked[-1]) if asked else orders[0]
            return view(request, *args, **kwargs)

        checked.orders = orders  # type: ignore[attr-defined]
        return checked

    return decorated

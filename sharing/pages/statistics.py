"""Open statistics, on both sites: the list of tables, one of them, those that name establishments, and their files."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sharing import door
from sharing.door.establishments import ORDERS_OF_FIGURES
from sharing.door.statistics import StatisticsStopped
from sharing.open_statistics import PARAMETERS, Selection
from sharing.pages.key_data import known_form, to_take_away
from sharing.pages.ordering import several_establishments
from sharing.requests import PortalRequest, page_number, typed_kind, typed_year
from sharing.statistics_files import of_statistics

MOST_TYPED, LONGEST = 20, 50
View = Callable[..., HttpResponse]


def of_a_table(view: View) -> View:
    """Decorate a view of one table or its file. If the figures asked for are stopped, a page says why instead."""

    @wraps(view)
    def told(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except StatisticsStopped as refused:
            return render(request, "statistics/stopped.html", {"stopped": refused.stopped}, status=404)

    return told


def statistics(request: PortalRequest) -> HttpResponse:
    found = door.list_statistics(request.asker, year=typed_year(request))
    return render(request, "statistics/list.html", {"found": found})


@of_a_table
def open_table(request: PortalRequest, table: str) -> HttpResponse:
    found = door.show_statistics(request.asker, table, _asked(request))
    return render(request, "statistics/table.html", {"found": found})


@of_a_table
def open_file(request: PortalRequest, table: str, form: str) -> HttpResponse:
    found = door.take_statistics(request.asker, table, known_form(form), year=typed_year(request))
    return to_take_away(of_statistics(found, form))


@several_establishments(*ORDERS_OF_FIGURES)
@of_a_table
def named_table(request: PortalRequest, table: str) -> HttpResponse:
    found = door.compare_statistics(
        request.asker,
        table,
        _asked(request),
        order=request.order,
        kind=typed_kind(request),
        number=page_number(request),
    )
    context = {"found": found, "orders": [(key.value, key.label) for key in ORDERS_OF_FIGURES]}
    return render(request, "statistics/named.html", context)


@several_establishments(*ORDERS_OF_FIGURES)
@of_a_table
def named_file(request: PortalRequest, table: str, form: str) -> HttpResponse:
    found = door.take_comparison(
        request.asker,
        table,
        known_form(form),
        year=typed_year(request),
        order=request.order,
        kind=typed_kind(request),
    )
    return to_take_away(of_statistics(found, form))


def statistics_of(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "statistics/place.html", {"found": door.show_statistics_of(request.asker, urn)})


def _asked(request: HttpRequest) -> Selection:
    """Anything else in the address is read as a dimension and its member; the table uses those that it has."""
    typed = {name: request.GET.get(name, "") for name in list(request.GET)[:MOST_TYPED]}
    names = {parameter: name for name, parameter in PARAMETERS.items()}
    members = {
        names.get(name, name): code for name, code in typed.items() if name not in PARAMETERS and len(code) <= LONGEST
    }
    return Selection(typed_year(request), typed.get("rows", ""), members)

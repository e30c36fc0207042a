"""Establishments side by side: the list, Key Data, the School Finder, and their files (R3, R29, R31)."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from sharing import door
from sharing.door.establishments import ORDERS
from sharing.files.files import FORMS, of_establishments, of_key_data
from sharing.models.establishments import Kind
from sharing.models.support import Challenge
from sharing.ordering import ContextKey
from sharing.pages.answers import file_to_keep
from sharing.pages.ordering import several_establishments
from sharing.records.figures import FileOfFigures
from sharing.requests import (
    PortalRequest,
    page_number,
    typed_challenge,
    typed_kind,
    typed_locality,
    typed_name,
    typed_urn,
)


@several_establishments(*ORDERS)
def establishments(request: PortalRequest) -> HttpResponse:
    named, kind = typed_name(request), typed_kind(request)
    found = door.list_establishments(
        request.asker, named=named, kind=kind, order=request.order, number=page_number(request)
    )
    context = {"found": found, "named": named, "kind": kind, "orders": [(key.value, key.label) for key in ORDERS]}
    return render(request, "establishments/list.html", context)


@several_establishments(*ORDERS)
def establishments_file(request: PortalRequest, form: str) -> HttpResponse:
    """The whole list, filtered and ordered as on the page."""
    found = door.list_establishments(
        request.asker,
        named=typed_name(request),
        kind=typed_kind(request),
        order=request.order,
        to_take_away=known_form(form),
    )
    return to_take_away(of_establishments(found, form))


def dashboard(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "establishments/dashboard.html", {"found": door.show_dashboard(request.asker, urn)})


def key_data(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "establishments/key_data.html", {"found": door.show_key_data(request.asker, urn)})


def key_data_file(request: PortalRequest, urn: int, form: str) -> HttpResponse:
    return to_take_away(of_key_data(door.show_key_data(request.asker, urn, to_take_away=known_form(form)), form))


@several_establishments(ContextKey.LIKENESS)
def school_finder(request: PortalRequest) -> HttpResponse:
    typed = {"locality": typed_locality(request), "kind": typed_kind(request), "challenge": typed_challenge(request)}
    found = door.find_schools(request.asker, of=typed_urn(request), number=page_number(request), **typed)
    context = {"found": found, "kinds": Kind.choices, "challenges": Challenge.choices, **typed}
    return render(request, "establishments/school_finder.html", context)


def known_form(form: str) -> str:
    """The form of file, if it is a known one. Raises Http404."""
    if form not in FORMS:
        raise Http404
    return form


def to_take_away(file: FileOfFigures) -> HttpResponse:
    return file_to_keep(file.name, file.content, file.content_type)

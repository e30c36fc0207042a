"""Deeper Data, on both sites: one measure broken down, its file, and the children behind a bar."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sharing import door
from sharing.files.files import of_deeper
from sharing.pages.key_data import known_form, to_take_away
from sharing.requests import PortalRequest, page_number, typed_year


def deeper(request: PortalRequest, urn: int) -> HttpResponse:
    found = door.show_deeper(request.asker, urn, _asked(request))
    return render(request, "deeper/page.html", {"found": found})


def deeper_file(request: PortalRequest, urn: int, form: str) -> HttpResponse:
    found = door.show_deeper(request.asker, urn, _asked(request), to_take_away=known_form(form))
    return to_take_away(of_deeper(found, form))


def behind_bar(request: PortalRequest, urn: int) -> HttpResponse:
    found = door.list_behind(
        request.asker,
        urn,
        measure=request.GET.get("measure", ""),
        year=typed_year(request) or 0,
        group=request.GET.get("group", ""),
        number=page_number(request),
    )
    return render(request, "deeper/children.html", {"found": found})


def _asked(request: HttpRequest) -> door.Question:
    asked = request.GET.get
    return door.Question(asked("measure", "")[:50], typed_year(request), asked("by", "")[:20], asked("and", "")[:20])

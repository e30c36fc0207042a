"""The pages of EduNet. Each asks the door, the same one as Schools Online (R40), and shows its answer."""

from django.http import HttpResponse
from django.shortcuts import render

from sharing import door
from sharing.door.workbench import OPENS
from sharing.ordering import ContextKey
from sharing.pages.ordering import several_establishments
from sharing.requests import (
    PortalRequest,
    page_number,
    typed_name,
)
from sharing.returns import Status


@several_establishments(ContextKey.NAME)
def home(request: PortalRequest) -> HttpResponse:
    """What waits for the officer, and where their duties open more than establishment information."""
    named, opens = typed_name(request), request.GET.get("opens", "")
    found = door.show_workbench(request.asker, named=named, opens=opens)
    context = {"found": found, "named": named, "opens": opens, "kinds_of_duty": OPENS.items()}
    return render(request, "edunet/home.html", context)


@several_establishments(ContextKey.NAME)
def returns_across(request: PortalRequest) -> HttpResponse:
    """Whose returns have come, among the establishments whose records the officer keeps."""
    state = request.GET.get("state", "")
    state = state if state in set(Status) else ""
    found = door.show_returns_across(request.asker, state=state, number=page_number(request))
    return render(request, "edunet/returns.html", {"found": found, "state": state})

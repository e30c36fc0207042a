"""The pages of closed children (R18)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sharing import door
from sharing.crypto import blind_index
from sharing.pages.answers import form_page, refusals_on
from sharing.pages.closing_forms import CloseChildForm
from sharing.requests import PortalRequest, page_number

AGREED = "You have agreed. The child stays closed until the last day."


def closings(request: PortalRequest) -> HttpResponse:
    found = door.list_closings(request.asker, number=page_number(request))
    return render(request, "closings/list.html", {"found": found})


def close(request: PortalRequest) -> HttpResponse:
    found = door.list_closings(request.asker)
    form = CloseChildForm(request.POST or None)
    if form.is_valid():
        told = {name: value for name, value in form.cleaned_data.items() if name not in ("upn", "sure")}
        with refusals_on(form):
            door.close_child(request.asker, upn_key=blind_index(form.cleaned_data["upn"]), **told)
            messages.success(request, "The child is closed. A second person must agree within 72 hours.")
            return redirect("closings")
    return form_page(request, "closings/close.html", form, found=found)


@require_POST
def agree(request: PortalRequest, closing_id: int) -> HttpResponse:
    door.agree_closing(request.asker, closing_id)
    messages.success(request, AGREED)
    return redirect("closings")


@require_POST
def end(request: PortalRequest, closing_id: int) -> HttpResponse:
    door.end_closing(request.asker, closing_id)
    again = "Unless another is in force, everybody whose access opens the record can see it again."
    oops = "If it was the wrong one, close the child again at once."
    messages.success(request, f"Closing {closing_id} has ended. {again} {oops}")
    return redirect("closings")


def here(request: PortalRequest, urn: int) -> HttpResponse:
    found = door.list_closings_here(request.asker, urn, number=page_number(request))
    return render(request, "closings/here.html", {"found": found})


@require_POST
def agree_here(request: PortalRequest, urn: int, closing_id: int) -> HttpResponse:
    door.agree_closing_here(request.asker, urn, closing_id)
    messages.success(request, AGREED)
    return redirect("closings_here", urn)

"""A headship in the browser, on both sites."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from access_register.headships import handovers as door
from access_register.headships.forms import CancelForm, SuccessorForm
from access_register.headships.newcomers import send_link_to_set_password
from sharing.pages.answers import form_page, is_done, refusals_on
from sharing.requests import PortalRequest

CANCELLED = "The handover has been cancelled. All is as it was before, except for changes made in the meantime."


def headship(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "headship/page.html", {"found": door.show_headship(request.asker, urn)})


def name_successor(request: PortalRequest, urn: int) -> HttpResponse:
    page = door.show_headship(request.asker, urn)
    form = SuccessorForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            welcome = partial(send_link_to_set_password, request)
            person = door.name_successor(request.asker, urn, **form.cleaned_data, welcome=welcome)
            said = f"{person.name} has been named. An officer verifies them next."
            messages.success(request, f"{said} You can cancel until they have accepted and the first day has come.")
            return redirect("headship", urn)
    return form_page(request, "headship/name.html", form, found=page)


def cancel_handover(request: PortalRequest, urn: int, handover_id: int) -> HttpResponse:
    page = door.show_headship(request.asker, urn)
    form = CancelForm(request.POST or None)
    if page.open is None or page.open.id != handover_id:
        messages.info(request, "This handover is no longer under way.")
        return redirect("headship", urn)
    if is_done(request, form, partial(door.cancel_handover, request.asker, handover_id), CANCELLED):
        return redirect("headship", urn)
    return form_page(request, "headship/cancel.html", form, found=page)

"""What the community consists of, in the information manager's browser (A2)."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from edunet.forms import CentreForm, CloseCentreForm, EndTypeForm, ReopenCentreForm, TypeForm
from sharing import door
from sharing.cannot import version_of
from sharing.ordering import ContextKey
from sharing.pages.answers import form_page, is_done, refusals_on
from sharing.pages.ordering import several_establishments
from sharing.requests import PortalRequest

TYPE_RECORDED = (
    "The type is recorded. Its open establishments take part from today, except any that has left the protocol."
)


@several_establishments(ContextKey.NAME)
def community(request: PortalRequest) -> HttpResponse:
    return render(request, "community/page.html", {"found": door.show_community(request.asker)})


def list_type(request: PortalRequest) -> HttpResponse:
    found = door.show_community(request.asker)
    form = TypeForm(request.POST or None, types=found.may_be_listed)
    if is_done(request, form, partial(door.list_type, request.asker), TYPE_RECORDED):
        return redirect("community")
    return form_page(request, "community/list_type.html", form)


@several_establishments(ContextKey.NAME)
def end_type(request: PortalRequest, type_code: int) -> HttpResponse:
    found = door.show_ending_type(request.asker, type_code)
    now = found.type.ends_on
    form = EndTypeForm(
        request.POST or None,
        initial={"last_day": now, "reason": found.type.ended_reason, "version": version_of(now)},
    )
    if form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("last_day", "reason", "version")}
        with refusals_on(form):
            door.end_type(request.asker, type_code, **told)
            messages.success(request, f"The last day of the type is recorded: {found.type.name}.")
            return redirect("community")
    return form_page(request, "community/end_type.html", form, found=found)


def add_centre(request: PortalRequest) -> HttpResponse:
    found = door.show_community(request.asker)
    form = CentreForm(request.POST or None, localities=found.localities)
    said = "The centre is entered. Next, record who is in charge of it."
    if is_done(request, form, partial(door.add_centre, request.asker), said):
        return redirect("community")
    return form_page(request, "community/add_centre.html", form)


def close_centre(request: PortalRequest, urn: int) -> HttpResponse:
    found = door.show_closing_centre(request.asker, urn)
    form = CloseCentreForm(
        request.POST or None, initial={"last_day": found.last_day, "version": version_of(found.last_day)}
    )
    if form.is_valid():
        last_day, version = form.cleaned_data["last_day"], form.cleaned_data["version"]
        with refusals_on(form):
            door.close_centre(request.asker, urn, last_day=last_day, version=version)
            messages.success(request, f"The last day of {found.name} is recorded.")
            return redirect("community")
    return form_page(request, "community/close_centre.html", form, found=found)


def reopen_centre(request: PortalRequest, urn: int) -> HttpResponse:
    found = door.show_reopening_centre(request.asker, urn)
    form = ReopenCentreForm(request.POST or None, initial={"version": version_of(found.last_day)})
    if form.is_valid():
        because, version = form.cleaned_data["reason"], form.cleaned_data["version"]
        with refusals_on(form):
            door.reopen_centre(request.asker, urn, because=because, version=version)
            messages.success(request, f"{found.name} is open, without a last day.")
            return redirect("community")
    return form_page(request, "community/reopen_centre.html", form, found=found)

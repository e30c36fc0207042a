"""Taking part in the protocol, in the browser: the list and each establishment on both sites; the rest for heads."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from access_register.participation import participation as door
from access_register.participation.forms import JoinForm, LeaveForm, ResponsibleForm
from access_register.protocol.protocol import text_in_force
from sharing.ordering import ContextKey
from sharing.pages.answers import form_page, refusals_on
from sharing.pages.ordering import several_establishments
from sharing.requests import PortalRequest

LEFT = (
    "You have left the protocol. From now on, your Access Register opens no shared information, and other "
    "establishments see none of yours."
)
JOINED = "You now take part in the protocol. Everybody else on your register is asked to accept it before they go on."


@several_establishments(ContextKey.NAME)
def participants(request: PortalRequest) -> HttpResponse:
    return render(request, "participation/list.html", {"found": door.list_participants(request.asker)})


def participation(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "participation/page.html", {"found": door.show_participation(request.asker, urn)})


def leave(request: PortalRequest, urn: int) -> HttpResponse:
    found, form = door.show_consequences(request.asker, urn), LeaveForm(request.POST or None)
    if found.page.since is None and found.page.again_on is None:
        messages.info(request, "Your establishment does not take part in the protocol, so there is nothing to leave.")
        return redirect("participation", urn)
    if form.is_valid():
        with refusals_on(form):
            door.leave_protocol(request.asker, urn, because=form.cleaned_data["because"])
            messages.success(request, LEFT)
            return redirect("participation", urn)
    return form_page(request, "participation/leave.html", form, found=found.page, consequences=found)


def join(request: PortalRequest, urn: int) -> HttpResponse:
    found, text = door.show_consequences(request.asker, urn), text_in_force()
    if found.page.since is not None:
        messages.info(request, "Your establishment already takes part in the protocol.")
        return redirect("participation", urn)
    form = JoinForm(request.POST or None, initial={"version": text.id if text else None})
    if form.is_valid():
        with refusals_on(form):
            door.join_protocol(request.asker, urn, version_id=form.cleaned_data["version"])
            messages.success(request, JOINED)
            return redirect("participation", urn)
    return form_page(request, "participation/join.html", form, found=found.page, consequences=found, text=text)


def responsible(request: PortalRequest, urn: int) -> HttpResponse:
    found = door.show_participation(request.asker, urn)
    form = ResponsibleForm(request.POST or None, initial={"part": request.GET.get("part")})
    if form.is_valid():
        with refusals_on(form):
            door.record_responsible(request.asker, urn, **form.cleaned_data)
            messages.success(request, f"{form.cleaned_data['name']} is on file.")
            return redirect("participation", urn)
    return form_page(request, "participation/responsible.html", form, found=found)

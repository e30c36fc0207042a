"""The first head of an establishment, in the information manager's browser on EduNet (A7)."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from access_register.headships import first_heads as door
from access_register.headships import heads_file
from access_register.headships.forms import FirstHeadForm
from access_register.headships.heads_file import HeadRow
from access_register.register.bulk import NO_LIST
from access_register.register.bulk_forms import ApplyForm, HeadsFileForm
from access_register.register.rules import CannotChange
from sharing.ordering import ContextKey
from sharing.pages.answers import file_to_keep, form_page, refusals_on, refusals_said
from sharing.pages.ordering import several_establishments
from sharing.requests import PortalRequest

WAITING = "heads file"
TAKEN_BACK = (
    "The record of the first head of {} has been taken back. Its Access Register no longer opens anything to them, nor "
    "to anybody whom they added. The link in the email no longer works. Consents that they gave are withdrawn, "
    "and suspensions that they lifted are back."
)


@several_establishments(ContextKey.NAME)
def without_head(request: PortalRequest) -> HttpResponse:
    return render(request, "community/without_head.html", {"found": door.list_without_head(request.asker)})


def first_head(request: PortalRequest, urn: int) -> HttpResponse:
    if "take_back" in request.POST:
        with refusals_said(request):
            name = door.take_back_first_head(request.asker, urn, version=request.POST.get("version"))
            messages.success(request, TAKEN_BACK.format(name))
        return redirect("without_head")
    form = FirstHeadForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            name = door.record_first_head(request.asker, urn, **form.cleaned_data)
            said = f"{name} is recorded as the first head. The email to them is on its way."
            messages.success(request, f"{said} If it is the wrong person, take the record back below.")
            return redirect("without_head")
    found = door.show_first_head(request.asker, urn)
    form.initial["version"] = found.version
    return form_page(request, "community/first_head.html", form, found=found)


def upload_heads(request: PortalRequest) -> HttpResponse:
    found = door.list_without_head(request.asker)
    form = HeadsFileForm(request.POST, request.FILES) if request.method == "POST" else HeadsFileForm()
    if form.is_valid():
        request.session[WAITING] = [asdict(row) for row in form.rows]
        return redirect("check_heads")
    return form_page(request, "community/upload_heads.html", form, found=found)


def check_heads(request: PortalRequest) -> HttpResponse:
    """Show the preview of a list of first heads, and apply it."""
    rows = [HeadRow(**row) for row in request.session.get(WAITING, [])]
    plan = door.preview_first_heads(request.asker, rows)
    if not rows or "forget" in request.POST:
        if not rows and request.method == "POST":
            messages.info(request, NO_LIST)
        request.session.pop(WAITING, None)
        return redirect("upload_heads")
    form = ApplyForm(request.POST if request.method == "POST" else None, plan=plan)
    if form.is_valid():
        try:
            counts = door.apply_first_heads(request.asker, rows, seal=form.cleaned_data["seal"]).counts
        except CannotChange as refused:
            messages.error(request, refused.message)
            return redirect("check_heads")
        del request.session[WAITING]
        messages.success(request, f"Heads recorded: {counts['new']}. On record already: {counts['unchanged']}.")
        return redirect("without_head")
    return form_page(request, "community/check_heads.html", form, found=plan)


def heads_template(request: PortalRequest) -> HttpResponse:
    """The file to fill in: a line for each establishment that has no head."""
    places = door.list_without_head(request.asker).establishments
    content = heads_file.template([(place.urn, place.name) for place in places])
    return file_to_keep("first-heads.csv", content, "text/csv; charset=utf-8")

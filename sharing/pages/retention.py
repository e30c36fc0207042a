"""The pages of retention, on EduNet (P5)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sharing.crypto import blind_index
from sharing.door import retention as door
from sharing.files.csv_cells import cell
from sharing.files.tables import csv_file
from sharing.pages.answers import form_page, refusals_on
from sharing.pages.key_data import to_take_away
from sharing.pages.retention_forms import HoldForm
from sharing.requests import PortalRequest, page_number
from sharing.retention.schedules import SCHEDULES

COLUMNS = (
    "Disposal", "Records", "Kept", "Ground", "URN", "Establishment", "Due", "Disposed of", "Done", "Asked by",
    "Approved by",
)  # fmt: skip


def retention(request: PortalRequest) -> HttpResponse:
    found = door.list_disposals(request.asker, number=page_number(request))
    return render(request, "retention/list.html", {"found": found, "schedules": SCHEDULES})


@require_POST
def ask(request: PortalRequest) -> HttpResponse:
    try:
        return redirect("disposal", door.ask_for_disposal(request.asker))
    except door.OneIsUnderWay:
        messages.info(request, "A disposal is under way. Settle that one first.")
        return redirect("retention")


def disposal(request: PortalRequest, disposal_id: int) -> HttpResponse:
    return render(request, "retention/disposal.html", {"found": door.show_disposal(request.asker, disposal_id)})


@require_POST
def decide(request: PortalRequest, disposal_id: int) -> HttpResponse:
    approves = request.POST.get("decision") == "approve"
    door.decide_disposal(request.asker, disposal_id, approves=approves)
    messages.success(
        request, "You have approved the disposal. It is being done." if approves else "Nothing will be disposed of."
    )
    return redirect("disposal", disposal_id)


def certificate(request: PortalRequest, disposal_id: int) -> HttpResponse:
    found = door.take_certificate(request.asker, disposal_id)
    done = found.disposal
    by = (f"{done.done_at:%Y-%m-%d %H:%M}", cell(done.asked_by_name), cell(done.decided_by_name))
    rows = [
        (
            done.reference,
            line.what,
            line.schedule,
            line.basis,
            line.urn or "",
            cell(line.establishment),
            line.counted,
            line.disposed,
            *by,
        )
        for line in found.lines
    ]
    return to_take_away(csv_file(f"certificate-of-disposal-{done.reference}", COLUMNS, rows))


def holds(request: PortalRequest) -> HttpResponse:
    found = door.list_holds(request.asker, number=page_number(request))
    return render(request, "retention/holds.html", {"found": found})


def place(request: PortalRequest) -> HttpResponse:
    found = door.list_holds(request.asker)
    form = HoldForm(request.POST or None)
    if form.is_valid():
        told = dict(form.cleaned_data)
        upn = told.pop("upn")
        with refusals_on(form):
            door.place_hold(request.asker, upn_key=blind_index(upn) if upn else "", **told)
            messages.success(request, "The records are held. They will not be disposed of while the hold is in force.")
            return redirect("holds")
    return form_page(request, "retention/place.html", form, found=found)


@require_POST
def lift(request: PortalRequest, hold_id: int) -> HttpResponse:
    door.lift_hold(request.asker, hold_id)
    said = f"Hold {hold_id} is lifted."
    messages.success(
        request, f"{said} If it was the wrong one, place it again: what is due can be disposed of until then."
    )
    return redirect("holds")

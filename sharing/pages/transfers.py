"""The pages of transfers, joiners and leavers, the same on both sites. Each asks the door and shows what it returns."""

from functools import partial
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from sharing.days import day_in_words
from sharing.door import moves, transferring
from sharing.door import transfers as door
from sharing.pages.answers import form_page, is_done, refusals_on, refusals_said
from sharing.pages.transfer_forms import AnswerForm, ArrivedForm, BeginForm, FromOutsideForm, LeftForm
from sharing.requests import PortalRequest, page_number, tell_of_unread_days, typed_day

CANCEL = "You can cancel it until the child has arrived."
KEPT = "You can see the record until {}, to send the transfer file."
BACK = "You can no longer see the record. If that was wrong, ask Admissions to tell you about the child again."


def transfers(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "transfers/inbox.html", {"found": door.show_transfers(request.asker, urn)})


def begin(request: PortalRequest, urn: int, pupil_id: UUID) -> HttpResponse:
    found = transferring.show_beginning(request.asker, urn, pupil_id)
    form = BeginForm(request.POST or None, places=found.places)
    if is_done(
        request,
        form,
        partial(transferring.begin_transfer, request.asker, urn, pupil_id),
        f"We have asked the other school whether it accepts {found.name}. You will see its answer here. {CANCEL}",
    ):
        return redirect("transfers", urn)
    return form_page(request, "transfers/begin.html", form, found=found)


def answer(request: PortalRequest, urn: int, transfer_id: int) -> HttpResponse:
    found = door.show_transfer(request.asker, urn, transfer_id)
    form = AnswerForm(request.POST or None)
    name = found.transfer.name
    if form.is_valid():
        with refusals_on(form):
            if request.POST.get("answer") == "yes":
                transferring.accept_transfer(request.asker, urn, transfer_id)
                messages.success(request, f"{name} is accepted, and you can see the record from today.")
            else:
                transferring.decline_transfer(request.asker, urn, transfer_id, because=form.cleaned_data["because"])
                messages.success(request, f"You have declined {name}.")
            return redirect("transfers", urn)
    return form_page(request, "transfers/answer.html", form, found=found)


def cancel(request: PortalRequest, urn: int, transfer_id: int) -> HttpResponse:
    found = door.show_transfer(request.asker, urn, transfer_id)
    form = forms.Form(request.POST if request.method == "POST" else None)
    said = f"The transfer of {found.transfer.name} is cancelled."
    if is_done(request, form, partial(transferring.cancel_transfer, request.asker, urn, transfer_id), said):
        return redirect("transfers", urn)
    return form_page(request, "transfers/cancel.html", form, found=found)


def arrived(request: PortalRequest, urn: int, transfer_id: int) -> HttpResponse:
    found = door.show_transfer(request.asker, urn, transfer_id)
    form = ArrivedForm(request.POST or None, initial={"on": timezone.localdate(), "kind": "C"})
    if is_done(
        request,
        form,
        partial(transferring.say_arrived, request.asker, urn, transfer_id),
        f"{found.transfer.name} is on the register.",
    ):
        return redirect("transfers", urn)
    return form_page(request, "transfers/arrived.html", form, found=found)


def left(request: PortalRequest, urn: int, pupil_id: UUID) -> HttpResponse:
    found = transferring.show_leaving(request.asker, urn, pupil_id)
    if "stays" in request.POST:
        with refusals_said(request):
            transferring.take_back_leaving(request.asker, urn, pupil_id, version=request.POST.get("version"))
            messages.success(request, f"{found.name} stays. No last day is recorded.")
            return redirect("joiners_and_leavers", urn)
        return redirect("pupil_left", urn, pupil_id)
    stay = found.stay
    known: dict[str, object] = {
        "last_day": stay.ends_on,
        "reason": stay.leaving_reason,
        "destination": stay.destination,
        "outside": stay.file_until is not None,
        "version": found.version,
    }
    owed = {"owes_file": found.owes_file, "may_owe_outside": found.may_owe_outside}
    form = LeftForm(request.POST or None, initial=known, name=found.name, since=stay.starts_on, **owed)
    do = partial(transferring.end_enrolment, request.asker, urn, pupil_id)
    if is_done(request, form, do, f"The last day of {found.name} is recorded."):
        if form.is_past:
            seen = form.seen_until
            messages.warning(request, KEPT.format(day_in_words(seen)) if seen else BACK)
        return redirect("joiners_and_leavers", urn)
    return form_page(request, "transfers/left.html", form, found=found)


def joiners_and_leavers(request: PortalRequest, urn: int) -> HttpResponse:
    tell_of_unread_days(request, "since")
    since = typed_day(request, "since")
    found = moves.show_moves(request.asker, urn, since=since, number=page_number(request))
    return render(request, "transfers/moves.html", {"found": found})


def all_transfers(request: PortalRequest) -> HttpResponse:
    only = request.GET.get("only", "")
    found = door.list_all_transfers(request.asker, only=only, number=page_number(request))
    return render(request, "transfers/all.html", {"found": found, "only": only})


def from_outside(request: PortalRequest) -> HttpResponse:
    """Announce a child. From a child who is missing education, or was declined, it opens with those details."""
    found = transferring.show_from_outside(request.asker)
    if request.POST.get("of") == "child":
        known = ("forename", "surname", "born_on", "sex", "year_group", "upn", "from_name")
        child = FromOutsideForm(initial={name: request.POST.get(name, "") for name in known}, places=found.places)
        return form_page(request, "transfers/from_outside.html", child, found=found)
    form = FromOutsideForm(request.POST or None, places=found.places)
    if form.is_valid():
        told = form.cleaned_data
        place, name = dict(found.places)[told["to"]], f"{told['forename']} {told['surname']}"
        said = f"We have asked {place} whether it accepts {name}."
        if is_done(request, form, partial(transferring.tell_from_outside, request.asker), said):
            return redirect("all_transfers")
    return form_page(request, "transfers/from_outside.html", form, found=found)


def children_missing(request: PortalRequest) -> HttpResponse:
    found = moves.list_missing(request.asker, number=page_number(request))
    return render(request, "transfers/missing.html", {"found": found})

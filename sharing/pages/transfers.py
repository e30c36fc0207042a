"""The pages of transfers, joiners and leavers, the same on both sites. Each asks the door and shows what it answers."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from sharing.door import moves, transferring
from sharing.door import transfers as door
from sharing.door.transferring import CannotTransfer
from sharing.pages.transfer_forms import AnswerForm, ArrivedForm, BeginForm, FromOutsideForm, LeftForm
from sharing.requests import PortalRequest, page_number, tell_of_unread_days, typed_day


def _done(request: PortalRequest, form: forms.Form, do: Callable[[], object], said: str) -> bool:
    """Whether the form was sent and the step taken. What stands in the way goes to the form."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        do()
    except CannotTransfer as refused:
        form.add_error(refused.field, refused.message)
        return False
    messages.success(request, said)
    return True


def _page(request: PortalRequest, template: str, **page: object) -> HttpResponse:
    form = page.get("form")
    return render(request, template, page, status=422 if isinstance(form, forms.Form) and form.errors else 200)


def transfers(request: PortalRequest, urn: int) -> HttpResponse:
    return _page(request, "transfers/inbox.html", found=door.show_transfers(request.asker, urn))


def begin(request: PortalRequest, urn: int, pupil_id: UUID) -> HttpResponse:
    found = transferring.show_beginning(request.asker, urn, pupil_id)
    form = BeginForm(request.POST or None, places=found.places)
    if _done(
        request,
        form,
        lambda: transferring.begin_transfer(request.asker, urn, pupil_id, **form.cleaned_data),
        "The other school is asked. You see its answer here.",
    ):
        return redirect("transfers", urn)
    return _page(request, "transfers/begin.html", found=found, form=form)


def answer(request: PortalRequest, urn: int, transfer_id: int) -> HttpResponse:
    found = door.show_transfer(request.asker, urn, transfer_id)
    form = AnswerForm(request.POST or None)
    accepts = request.POST.get("answer") == "yes"

    def do() -> None:
        if accepts:
            transferring.accept_transfer(request.asker, urn, transfer_id)
        else:
            because = form.cleaned_data["because"]
            transferring.decline_transfer(request.asker, urn, transfer_id, because=because)

    said = "The child is accepted, and the record is seen from today." if accepts else "The transfer is declined."
    if _done(request, form, do, said):
        return redirect("transfers", urn)
    return _page(request, "transfers/answer.html", found=found, form=form)


def cancel(request: PortalRequest, urn: int, transfer_id: int) -> HttpResponse:
    found = door.show_transfer(request.asker, urn, transfer_id)
    form = forms.Form(request.POST if request.method == "POST" else None)
    said = "The transfer is cancelled."
    if _done(request, form, lambda: transferring.cancel_transfer(request.asker, urn, transfer_id), said):
        return redirect("transfers", urn)
    return _page(request, "transfers/cancel.html", found=found, form=form)


def arrived(request: PortalRequest, urn: int, transfer_id: int) -> HttpResponse:
    found = door.show_transfer(request.asker, urn, transfer_id)
    form = ArrivedForm(request.POST or None, initial={"on": timezone.localdate(), "kind": "C"})
    if _done(
        request,
        form,
        lambda: transferring.say_arrived(request.asker, urn, transfer_id, **form.cleaned_data),
        "The child is on the register.",
    ):
        return redirect("transfers", urn)
    return _page(request, "transfers/arrived.html", found=found, form=form)


def left(request: PortalRequest, urn: int, pupil_id: UUID) -> HttpResponse:
    found = transferring.show_leaving(request.asker, urn, pupil_id)
    stay = found.stay
    known = {"last_day": stay.ends_on, "reason": stay.leaving_reason, "destination": stay.destination}
    form = LeftForm(request.POST or None, initial=known)
    if _done(
        request,
        form,
        lambda: transferring.end_enrolment(request.asker, urn, pupil_id, **form.cleaned_data),
        "The last day is recorded.",
    ):
        return redirect("joiners_and_leavers", urn)
    return _page(request, "transfers/left.html", found=found, form=form)


def joiners_and_leavers(request: PortalRequest, urn: int) -> HttpResponse:
    tell_of_unread_days(request, "since")
    since = typed_day(request, "since")
    found = moves.show_moves(request.asker, urn, since=since, number=page_number(request))
    return _page(request, "transfers/moves.html", found=found)


def all_transfers(request: PortalRequest) -> HttpResponse:
    only = request.GET.get("only", "")
    found = door.list_all_transfers(request.asker, only=only, number=page_number(request))
    return _page(request, "transfers/all.html", found=found, only=only)


def from_outside(request: PortalRequest) -> HttpResponse:
    found = transferring.show_from_outside(request.asker)
    form = FromOutsideForm(request.POST or None, places=found.places)
    if _done(
        request,
        form,
        lambda: transferring.tell_from_outside(request.asker, **form.cleaned_data),
        "The school is asked whether it accepts the child.",
    ):
        return redirect("all_transfers")
    return _page(request, "transfers/from_outside.html", found=found, form=form)


def children_missing(request: PortalRequest) -> HttpResponse:
    found = moves.list_missing(request.asker, number=page_number(request))
    return _page(request, "transfers/missing.html", found=found)

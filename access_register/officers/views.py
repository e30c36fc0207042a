"""Officers and their duties in the information manager's browser, on EduNet."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from access_register.headships.forms import SureForm
from access_register.headships.newcomers import send_link_to_set_password
from access_register.models import Person
from access_register.officers import appointments, left_notes
from access_register.officers import officers as door
from access_register.officers.forms import ChangeOfficerForm, DutyForm, OfficerForm, RemoteForm, RemoveNoteForm
from sharing.pages.answers import form_page, is_done, refusals_on
from sharing.requests import PortalRequest, page_number

BACK = "If it was the wrong person, record them as an officer again, and record each duty again."
EMAILED = "We have emailed them a link to choose a password. "
WRONG_ONE = "If it was the wrong one, record it again."


def officers(request: PortalRequest) -> HttpResponse:
    return render(request, "officers/list.html", {"found": door.list_officers(request.asker)})


def former_officers(request: PortalRequest) -> HttpResponse:
    found = appointments.list_former_officers(request.asker, number=page_number(request))
    return render(request, "officers/former.html", {"found": found})


def officer(request: PortalRequest, appointment_id: int) -> HttpResponse:
    found = door.show_officer(request.asker, appointment_id)
    return render(request, "officers/left.html" if found.officer.has_left else "officers/page.html", {"found": found})


def change_officer(request: PortalRequest, appointment_id: int) -> HttpResponse:
    page = door.show_officer(request.asker, appointment_id, to_change=True)
    now = {name: getattr(page.officer, name) for name in ("team", "post", "manager", "ends_on")} | {
        "version": page.version
    }
    form = ChangeOfficerForm(request.POST or None, initial=now)
    if form.is_valid():
        with refusals_on(form):
            if appointments.change_officer(request.asker, appointment_id, **form.cleaned_data):
                messages.success(request, "Team, post, manager and last day are on record as you entered them.")
            else:
                messages.info(request, "Nothing was changed, because it was all on record like this already.")
            return redirect("officer", appointment_id)
    return form_page(request, "officers/change.html", form, found=page)


def add_officer(request: PortalRequest) -> HttpResponse:
    door.list_officers(request.asker)  # refuses anybody who does not keep officers
    form = OfficerForm(request.POST or None)
    if form.is_valid():
        with refusals_on(form):
            welcome = partial(send_link_to_set_password, request)
            number, person, awaits_second = door.record_officer(request.asker, **form.cleaned_data, welcome=welcome)
            if not awaits_second:
                _say_on_record(request, person)
            return redirect("officer", number)
    return form_page(request, "officers/add.html", form)


def give_duty(request: PortalRequest, appointment_id: int) -> HttpResponse:
    page = door.show_officer(request.asker, appointment_id, to_change=True)
    first_day = max(page.officer.starts_on, timezone.localdate())
    form = DutyForm(request.POST or None, initial={"starts_on": first_day})
    if form.is_valid():
        with refusals_on(form):
            door.give_duty(request.asker, appointment_id, duty=form.duty())
            messages.success(request, "The duty is on record. The heads concerned see it from its first day.")
            return redirect("officer", appointment_id)
    return form_page(request, "officers/duty.html", form, found=page)


def authorise_remote_use(request: PortalRequest, appointment_id: int) -> HttpResponse:
    page = door.show_officer(request.asker, appointment_id, to_change=True)
    form = RemoteForm(request.POST or None)
    do = partial(door.authorise_remote_use, request.asker, appointment_id)
    if is_done(request, form, do, "They may use EduNet through Citrix on those days."):
        return redirect("officer", appointment_id)
    return form_page(request, "officers/remote.html", form, found=page)


def end_appointment(request: PortalRequest, appointment_id: int) -> HttpResponse:
    page = door.show_officer(request.asker, appointment_id)
    if page.officer.has_left:
        messages.info(request, f"{page.officer.name} is no longer an officer.")
        return redirect("officers")
    form = SureForm(request.POST or None, label="This person is no longer an officer")
    if form.is_valid():
        with refusals_on(form):
            name = door.end_appointment(request.asker, appointment_id)
            messages.success(request, f"{name} is no longer an officer, and cannot see anything on EduNet. {BACK}")
            return redirect("officers")
    return form_page(request, "officers/end.html", form, found=page)


def remove_left_note(request: PortalRequest, appointment_id: int, note_id: int) -> HttpResponse:
    note, form = left_notes.show_left_note(request.asker, appointment_id, note_id), RemoveNoteForm(request.POST or None)
    if form.is_valid():
        left_notes.remove_left_note(request.asker, appointment_id, note_id, **form.cleaned_data)
        messages.success(
            request, "The note has been removed. The ledger records that it was there, and why it was removed."
        )
        return redirect("officer", appointment_id)
    return form_page(request, "officers/remove_note.html", form, note=note, appointment_id=appointment_id)


@require_POST
def confirm_officer(request: PortalRequest, appointment_id: int) -> HttpResponse:
    person = door.confirm_officer(request.asker, appointment_id, welcome=partial(send_link_to_set_password, request))
    _say_on_record(request, person)
    return redirect("officer", appointment_id)


def _say_on_record(request: PortalRequest, person: Person) -> None:
    emailed = "" if person.has_account else EMAILED
    messages.success(request, f"{person.name} is on record as an officer. {emailed}Record what their work needs.")


@require_POST
def end_duty(request: PortalRequest, appointment_id: int, duty_id: int) -> HttpResponse:
    what = door.end_duty(request.asker, appointment_id, duty_id)
    messages.success(request, f"The duty has ended, and no longer opens anything: {what}. {WRONG_ONE}")
    return redirect("officer", appointment_id)


@require_POST
def confirm_duty(request: PortalRequest, appointment_id: int, duty_id: int) -> HttpResponse:
    door.confirm_duty(request.asker, appointment_id, duty_id)
    messages.success(request, "The duty is confirmed for the coming term.")
    return redirect("officer", appointment_id)


@require_POST
def end_remote_use(request: PortalRequest, appointment_id: int, authorisation_id: int) -> HttpResponse:
    door.end_remote_use(request.asker, appointment_id, authorisation_id)
    messages.success(request, "The authorisation has ended. If it was the wrong one, authorise it again.")
    return redirect("officer", appointment_id)

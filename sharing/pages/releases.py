"""The pages of releases: the calendar on both sites, the desk of the officers who run them on EduNet."""

from functools import partial

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sharing.door import release_calendar as calendar_door
from sharing.door import release_desk as door
from sharing.door import release_stops as stops_door
from sharing.door.release_desk import STATES
from sharing.measures.release_records import DeskPage
from sharing.pages.answers import form_page, is_done, refusals_on, refusals_said
from sharing.pages.release_forms import PostponeForm, ScheduleForm, StopForm, WithdrawForm
from sharing.requests import PortalRequest, page_number, typed_urn


def calendar(request: PortalRequest) -> HttpResponse:
    found = calendar_door.show_calendar(request.asker, number=page_number(request))
    return render(request, "releases/calendar.html", {"found": found})


def history(request: PortalRequest, dataset: str) -> HttpResponse:
    found = calendar_door.show_release_history(request.asker, dataset)
    return render(request, "releases/history.html", {"found": found})


def past_release(request: PortalRequest, dataset: str, release_id: int) -> HttpResponse:
    found = calendar_door.show_past_release(request.asker, dataset, release_id, of=typed_urn(request))
    return render(request, "releases/past.html", {"found": found, "stop_form": StopForm()})


def stop(request: PortalRequest, dataset: str, release_id: int) -> HttpResponse:
    found, form = calendar_door.show_past_release(request.asker, dataset, release_id), StopForm(request.POST)
    do = partial(stops_door.stop_release, request.asker, release_id)
    if is_done(request, form, do, "Nobody can read these figures any more. Your reason is shown in their place."):
        return redirect("past_release", dataset, release_id)
    shown = form if request.method == "POST" else StopForm()
    return form_page(request, "releases/past.html", shown, found=found, stop_form=shown)


@require_POST
def show_again(request: PortalRequest, dataset: str, release_id: int) -> HttpResponse:
    with refusals_said(request):
        stops_door.show_release_again(request.asker, release_id, version=request.POST.get("version"))
        messages.success(request, "The figures are shown again to everybody who could read them before.")
    return redirect("past_release", dataset, release_id)


def releases(request: PortalRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    found = door.list_releases(request.asker, state=state, number=page_number(request))
    return render(request, "releases/list.html", {"found": found, "state": state if state in STATES else ""})


def release(request: PortalRequest, release_id: int) -> HttpResponse:
    return _page(request, door.show_release(request.asker, release_id))


@require_POST
def check(request: PortalRequest, release_id: int) -> HttpResponse:
    with refusals_said(request):
        door.check_release(request.asker, release_id)
        messages.success(request, "The release is checked. Say below when it goes out.")
    return redirect("release", release_id)


def postpone(request: PortalRequest, release_id: int) -> HttpResponse:
    found, form = door.show_release(request.asker, release_id), PostponeForm(request.POST)
    said = "The release is put off, and the calendar says so. Schedule it again when it is ready."
    if is_done(request, form, partial(door.postpone_release, request.asker, release_id), said):
        return redirect("release", release_id)
    return _page(request, found, form if request.method == "POST" else None)


def schedule(request: PortalRequest, release_id: int) -> HttpResponse:
    found, form = door.show_release(request.asker, release_id), ScheduleForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            door.schedule_release(request.asker, release_id, at=form.cleaned_data["instant"])
            said = "The release is scheduled. Everybody sees it at that time, and nobody sees it before."
            messages.success(request, said)
            return redirect("release", release_id)
    return _page(request, found, form if request.method == "POST" else None)


def withdraw(request: PortalRequest, release_id: int) -> HttpResponse:
    found, form = door.show_release(request.asker, release_id), WithdrawForm(request.POST)
    said = "The release is withdrawn. It will never come out, and it stays on record."
    if is_done(request, form, partial(door.withdraw_release, request.asker, release_id), said):
        return redirect("release", release_id)
    return _page(request, found, form if request.method == "POST" else None)


def _page(request: PortalRequest, found: DeskPage, sent: Form | None = None) -> HttpResponse:
    """One release. Where a form was `sent`, its errors are at the top, and what was typed stays."""
    shown = {
        "schedule_form": sent if isinstance(sent, ScheduleForm) else ScheduleForm(),
        "postpone_form": sent if isinstance(sent, PostponeForm) else PostponeForm(),
        "withdraw_form": sent if isinstance(sent, WithdrawForm) else WithdrawForm(),
    }
    status = 422 if sent else 200
    return render(request, "releases/page.html", {"found": found, "form": sent, **shown}, status=status)

"""The pages of releases: the calendar on both sites, the desk of the officers who run them on EduNet."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sharing.door import release_calendar as calendar_door
from sharing.door import release_desk as door
from sharing.door import release_stops as stops_door
from sharing.door.release_desk import STATES
from sharing.measures.release_records import DeskPage
from sharing.pages.answers import form_page, is_done, refusals_said
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

    def do() -> None:
        stops_door.stop_release(request.asker, release_id, because=form.cleaned_data["because"])

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

    def do() -> None:
        door.postpone_release(request.asker, release_id, because=form.cleaned_data["because"])

    if is_done(
        request, form, do, "The release is put off, and the calendar says so. Schedule it again when it is ready."
    ):
        return redirect("release", release_id)
    return _page(request, found, postpone_form=form if request.method == "POST" else None)


def schedule(request: PortalRequest, release_id: int) -> HttpResponse:
    found, form = door.show_release(request.asker, release_id), ScheduleForm(request.POST)

    def do() -> None:
        door.schedule_release(request.asker, release_id, at=form.cleaned_data["instant"])

    if is_done(
        request, form, do, "The release is scheduled. Everybody sees it at that time, and nobody sees it before."
    ):
        return redirect("release", release_id)
    return _page(request, found, schedule_form=form if request.method == "POST" else None)


def withdraw(request: PortalRequest, release_id: int) -> HttpResponse:
    found, form = door.show_release(request.asker, release_id), WithdrawForm(request.POST)

    def do() -> None:
        door.withdraw_release(request.asker, release_id, because=form.cleaned_data["because"])

    if is_done(request, form, do, "The release is withdrawn. It will never come out, and it stays on record."):
        return redirect("release", release_id)
    return _page(request, found, withdraw_form=form if request.method == "POST" else None)


def _page(
    request: PortalRequest,
    found: DeskPage,
    schedule_form: ScheduleForm | None = None,
    postpone_form: PostponeForm | None = None,
    withdraw_form: WithdrawForm | None = None,
) -> HttpResponse:
    """One release. `form` is the one that was sent: its errors are at the top, and what was typed stays."""
    sent = schedule_form or postpone_form or withdraw_form
    return render(
        request,
        "releases/page.html",
        {
            "found": found,
            "form": sent,
            "schedule_form": schedule_form or ScheduleForm(),
            "postpone_form": postpone_form or PostponeForm(),
            "withdraw_form": withdraw_form or WithdrawForm(),
        },
        status=422 if sent else 200,
    )

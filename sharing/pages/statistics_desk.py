"""The pages on which officers ask for open statistics; the release that results has its own page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from sharing.door import statistics_desk as door
from sharing.pages.answers import form_page, moving_part, refusals_on, waiting_for_the_worker
from sharing.pages.release_forms import StatisticsForm
from sharing.requests import PortalRequest, page_number

ASKED_ALREADY = (
    "Somebody has already asked for this year, as you can see below. Your request was not added. Ask "
    "again when that one is finished."
)


def statistics_desk(request: PortalRequest) -> HttpResponse:
    found = door.show_statistics_desk(request.asker, number=page_number(request))
    form = StatisticsForm(request.POST or None, years=found.years)
    if form.is_valid():
        with refusals_on(form):
            number, says_this = door.ask_for_statistics(request.asker, **form.cleaned_data)
            if not says_this:
                messages.info(request, ASKED_ALREADY)
            return redirect("statistics_request", number)
    return form_page(request, "releases/statistics_desk.html", form, found=found)


def statistics_request(request: PortalRequest, number: int) -> HttpResponse:
    found = door.show_statistics_request(request.asker, number)
    waits = waiting_for_the_worker(is_moving=found.line.is_moving)
    return render(request, "releases/statistics_request.html", {"found": found} | waits)


def statistics_progress(request: PortalRequest, number: int) -> HttpResponse:
    line = door.show_statistics_request(request.asker, number).line
    return moving_part(request, "releases/statistics_progress.html", is_moving=line.is_moving, line=line)

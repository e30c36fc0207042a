"""Reports of misuse: the form beside every comparison, one's own reports, and the officers' desk (R20)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sharing.door import misuse as door
from sharing.pages.answers import form_page
from sharing.pages.misuse_forms import CloseForm, ReportForm
from sharing.requests import PortalRequest, page_number

REPORTED = (
    "Your report is recorded. An officer of the Education Department will look at it. We will email you when it is "
    "closed. You can find it again in My access."
)
NOTHING = "Nothing was changed: this report has moved on in the meantime, or is your own."


def report(request: PortalRequest, page: str, urn: int | None = None) -> HttpResponse:
    found = door.show_comparison(request.asker, page, urn)
    form = ReportForm(request.POST or None, measures=found.measures)
    if form.is_valid():
        number = door.report_misuse(request.asker, page, urn, **form.cleaned_data)
        messages.success(request, REPORTED)
        return redirect("misuse_report", number)
    back = page.replace("-", "_")  # the page's name among the addresses
    return form_page(request, "misuse/report.html", form, found=found, back=back)


def mine(request: PortalRequest) -> HttpResponse:
    found = door.list_my_reports(request.asker, number=page_number(request))
    return render(request, "misuse/list.html", {"found": found})


def one(request: PortalRequest, report_id: int) -> HttpResponse:
    found = door.show_misuse_report(request.asker, report_id)
    return form_page(request, "misuse/page.html", CloseForm(managers=found.managers), found=found)


def everybodys(request: PortalRequest) -> HttpResponse:
    found = door.list_misuse_reports(request.asker, number=page_number(request))
    return render(request, "misuse/list.html", {"found": found})


@require_POST
def acknowledge(request: PortalRequest, report_id: int) -> HttpResponse:
    try:
        door.acknowledge_misuse_report(request.asker, report_id)
    except door.NothingToSettle:
        messages.warning(request, NOTHING)
    else:
        messages.success(request, "The person who reported it can see that it is being looked into.")
    return redirect("misuse_report", report_id)


@require_POST
def close(request: PortalRequest, report_id: int) -> HttpResponse:
    found = door.show_misuse_report(request.asker, report_id)
    form = CloseForm(request.POST, managers=found.managers)
    if not form.is_valid():
        return form_page(request, "misuse/page.html", form, found=found)
    try:
        door.close_misuse_report(request.asker, report_id, **form.cleaned_data)
    except door.NothingToSettle:
        messages.warning(request, NOTHING)
        return form_page(request, "misuse/page.html", form, found=door.show_misuse_report(request.asker, report_id))
    messages.success(request, "The report is closed.")
    return redirect("misuse_report", report_id)

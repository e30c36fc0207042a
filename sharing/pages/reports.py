"""Standard reports of an establishment: the page, asking for one, and the PDF. The same on both sites."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sharing import door
from sharing.pages.answers import file_to_keep, moving_part
from sharing.records.reports import TITLES
from sharing.requests import PortalRequest


def reports(request: PortalRequest, urn: int) -> HttpResponse:
    return render(request, "reports/page.html", {"found": door.list_reports(request.asker, urn)})


def reports_progress(request: PortalRequest, urn: int) -> HttpResponse:
    found = door.list_reports(request.asker, urn)
    return moving_part(request, "reports/lines.html", is_moving=found.is_moving, found=found)


@require_POST
def ask_for_report(request: PortalRequest, urn: int, report: str) -> HttpResponse:
    door.ask_for_report(request.asker, urn, _known(report))
    return redirect("reports", urn)


def report_file(request: PortalRequest, urn: int, report: str) -> HttpResponse:
    try:
        file = door.download_report(request.asker, urn, _known(report))
    except door.NotMadeYet:
        messages.info(request, "This report is not made yet for the figures that are out now. You can follow it here.")
        return redirect("reports", urn)
    return file_to_keep(file.name, file.content, "application/pdf")


def _known(report: str) -> str:
    if report not in TITLES:
        raise Http404
    return report
